"""What is saved of the review page in a real browser, up to the bytes that `ocrfix apply` writes."""

from __future__ import annotations

import json
from pathlib import Path

import fakes
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ocrfix
from browser.review_page import TEXT, VALIDATOR, choose, progress, reviewed, saved
from ocrfix import apply_decisions
from ocrfix.cli.commands import cli
from ocrfix.config_file import read_words
from ocrfix.model import Span
from ocrfix.reports import Reviewed
from ocrfix.reports.html import render


@pytest.mark.parametrize("form", ["unix", "dos", "mixed"])
def test_what_is_saved_is_what_apply_writes(open_page, tmp_path, monkeypatch, form):
    raw = {
        "unix": TEXT,
        "dos": "\ufeff" + TEXT.replace("\n", "\r\n"),
        "mixed": TEXT.replace("\n", "\r\n", 1),
    }[form]
    page = open_page(render([reviewed(raw)]))
    page.keyboard.press("r")
    choose(page, "muc")
    page.keyboard.press("a")
    choose(page, "đ")
    page.keyboard.press("r")
    name, decisions = saved(page, "Decisions")
    _, text = saved(page, "Cleaned text")
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(decisions)
    Path("bao.txt").write_bytes(raw.encode())
    VALIDATOR.validate(json.loads(decisions))
    done = CliRunner().invoke(cli, ["apply", "-q", name, "bao.txt", "-o", "sach.txt"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    written = Path("sach.txt").read_bytes()
    assert "Quỹ Vi người nghèo" in written.decode()
    assert "ðã có mục lục" in written.decode()
    assert written.replace(b"\r\n", b"\n") == text.replace(b"\r\n", b"\n")
    assert form == "mixed" or written == text
    assert CliRunner().invoke(cli, ["apply", name, "sach.txt"]).exit_code == 2


def test_rejecting_everything_gives_the_original(open_page):
    page = open_page(render([reviewed()]))
    page.evaluate("document.activeElement.blur()")
    for _ in range(7):
        page.keyboard.press("r")
    assert progress(page) == "7 of 7 decided"
    assert saved(page, "Cleaned text") == ("bao.cleaned.txt", TEXT.encode())


def test_deciding_nothing_gives_the_cleaned_text(open_page):
    file = reviewed()
    assert saved(open_page(render([file])), "Cleaned text")[1] == file.cleaned.encode()


def test_words_rejected_twice_can_be_protected(open_page, tmp_path):
    page = open_page(render([reviewed()]))
    page.keyboard.press("r")
    page.click("#save-button")
    assert page.is_disabled("text='Words to protect'")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    name, data = saved(page, "Words to protect")
    assert name == "bao.protect.txt"
    path = tmp_path / name
    path.write_bytes(data)
    assert read_words(path) == ("Vi",)
    assert "Quỹ Vi người" in ocrfix.clean(TEXT, ocrfix.Config(protect=read_words(path))).text


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("bao.txt", ["bao", ".txt"]),
        ("a/b.c/số 1.v2.hocr", ["số 1.v2", ".hocr"]),
        ("bao.txt.gz", ["bao", ".txt.gz"]),
        ("-", ["text", ".txt"]),
        (".txt", [".txt", ".txt"]),
        ("c:\\x<y>.txt", ["x_y_", ".txt"]),
    ],
)
def test_saved_files_are_named_after_the_original(bare_page, name, parts):
    assert bare_page.evaluate("(name) => [stem(name), ending(name)]", name) == parts


@pytest.mark.parametrize("word", ["#Vi", "/Vi/", "Vi (a+b)", "/\\d"])
def test_protected_words_are_read_back(open_page, tmp_path, word):
    page = open_page(render([reviewed()]))
    path = tmp_path / "words.txt"
    path.write_text(page.evaluate("(word) => protectLine(word)", word), "utf-8")
    assert ocrfix.Config(protect=read_words(path)).protected(f"a {word} b") == [Span(2, 2 + len(word))]


@pytest.fixture(scope="module")
def bare_page(browser):
    page = browser.new_page()
    page.set_content(render([]))
    yield page
    page.close()


RANDOM_CHOICES = """([data, choices]) => {
  const file = new ReviewedFile(data);
  file.keep = () => {};
  for (const [index, state, text] of choices) {
    const item = file.items[index % Math.max(1, file.items.length)];
    if (!item) continue;
    const choice = state === null ? null : text !== null && item.single ? { state, text } : { state };
    const fits = state !== "accepted" || choice.text !== undefined || file.canAccept(item);
    if (fits) file.decide([item], choice);
  }
  file.rows = makeRows(file);
  const undone = new ReviewedFile(data);
  undone.choices = new Map(file.choices);
  undone.past = [...file.past];
  undone.keep = () => {};
  while (undone.undo());
  file.rows.forEach((row) => drawRow(file, row, () => true, null));
  return {
    text: file.cleaned(),
    rows: file.rows.map((row) => rowCleaned(file, row)),
    decisions: file.decisions(),
    undone: undone.cleaned(),
    left: undone.choices.size,
  };
}"""
CHOICE = st.tuples(
    st.integers(0, 30),
    st.sampled_from(["accepted", "rejected", None]),
    st.none() | st.text(st.sampled_from("yắ \n\U0001d49e"), max_size=3),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=fakes.reports(st.text(st.sampled_from("ab ắ\n\n\f\r.\u200b\U0001d49e"), max_size=60)),
    choices=st.lists(CHOICE, max_size=12),
)
def test_the_browser_and_the_command_agree(bare_page, made, choices):
    report, original, cleaned_text = made
    html = render([Reviewed(report, original, cleaned_text)])
    data = json.loads(html.split('id="data">')[1].split("</script>")[0])["files"][0]
    got = bare_page.evaluate(RANDOM_CHOICES, [data, choices])
    decisions = {"schema": "ocrfix-decisions/1", "files": [got["decisions"]]}
    VALIDATOR.validate(decisions)
    assert apply_decisions(decisions, original).text == got["text"]
    assert "".join("".join(got["rows"]).split()) == "".join(got["text"].split())
    assert got["undone"] == cleaned_text
    assert got["left"] == 0
