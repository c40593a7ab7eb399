"""The review page in a real browser for everybody: hostile text, no mouse, contrast, narrow windows."""

from __future__ import annotations

import json

import fakes
import pytest

from browser.review_page import TEXT, progress, reviewed, saved
from ocrfix import apply_decisions
from ocrfix.reports import Failure
from ocrfix.reports.html import render

EVIL = (
    '</script><!--<script>document.title="evil"</script>'
    "<img src=x onerror=\"document.title='evil'\">&lt;b&gt;"
)


def test_hostile_text_and_names_stay_text(open_page, monkeypatch):
    fakes.install(monkeypatch, (fakes.Stage("a", (fakes.Replace("CHR001", "script", EVIL, name=EVIL),)),))
    file = reviewed(f"{EVIL} Vi\u2028\u200b\n", f"{EVIL}.txt")
    page = open_page(render([file, file], [Failure(EVIL, EVIL)]))
    assert EVIL in page.inner_text("#failures")
    assert EVIL in page.inner_text("#files")
    page.click("#files button >> nth=0")
    assert page.inner_text("#title") == f"{EVIL}.txt"
    assert page.evaluate("document.querySelector('.new').textContent").startswith(file.cleaned[:20])
    page.fill("#search", "<script")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.type(EVIL)
    page.keyboard.press("Enter")
    page.keyboard.press("s")
    assert page.locator("img, script").count() == 2
    assert page.title() != "evil"
    assert "evil" in page.inner_text("#text")


def test_several_files_each_have_their_own_review(open_page):
    page = open_page(
        render([reviewed(), reviewed("Vi dân\n", "sổ tay.txt"), reviewed("Đúng cả.\n", "3.txt")])
    )
    assert page.inner_text("#title") == "3 files"
    assert page.locator("#files tbody tr").count() == 3
    page.click("#files tbody tr >> nth=1 >> button")
    assert progress(page) == "0 of 1 decided"
    page.keyboard.press("r")
    page.click("#files-button")
    assert page.locator("#files tbody tr >> nth=1 >> td").all_inner_texts()[:2] == ["1", "1"]
    page.click("#files tbody tr >> nth=2 >> button")
    assert "nothing to decide" in page.inner_text("#card")
    page.click("#files-button")
    page.click("#files tbody tr >> nth=0 >> button")
    page.keyboard.press("a")
    name, data = saved(page, "Decisions")
    assert name == "ocrfix.decisions.json"
    assert apply_decisions(json.loads(data), "Vi dân\n").text == "Vi dân\n"
    assert apply_decisions(json.loads(data), TEXT).text == reviewed().cleaned


def test_an_empty_page(open_page):
    assert open_page(render([])).inner_text("#title") == "No files"
    page = open_page(render([reviewed("")]), name="empty.html")
    assert "nothing to decide" in page.inner_text("#card")
    page.keyboard.press("j")
    page.keyboard.press("a")


def test_without_a_mouse(open_page):
    page = open_page(render([reviewed()]))
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    assert page.is_hidden("#help")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("“Vi” becomes “Vì”")
    assert page.locator(".mark[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('accept')")
    page.keyboard.press("Enter")
    assert progress(page) == "1 of 7 decided"
    assert page.evaluate("document.getElementById('card').contains(document.activeElement)")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('mark')")
    page.keyboard.press("ArrowUp")
    assert "2 of 7" in page.inner_text("#card")
    page.keyboard.press("?")
    page.uncheck("#help input")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert progress(page) == "1 of 7 decided"
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {
        "save-button",
        "theme",
        "help-button",
        "rule",
        "sure",
        "only",
        "search",
        "state-repaired",
    } <= reached
    assert "accept" in reached


CONTRAST = """() => {
  const light = (rgb) => {
    const part = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2]);
  };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.checkVisibility()) continue;
    if (e.matches(":disabled, :disabled *, option, script, noscript")) continue;
    let back = null;
    for (let up = e; up; up = up.parentElement) {
      const color = parse(getComputedStyle(up).backgroundColor);
      if (color.length < 4 || color[3] > 0) { back = color; break; }
    }
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(back ?? [255, 255, 255])];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push([e.tagName, e.className, e.textContent.slice(0, 20), ratio]);
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_and_themes(open_page, scheme):
    page = open_page(render([reviewed()]), color_scheme=scheme)
    page.keyboard.press("a")
    page.keyboard.press("r")
    assert page.evaluate(CONTRAST) == []
    for dialog in ("#help", "#save"):
        page.click(f"{dialog}-button")
        assert page.evaluate(CONTRAST) == []
        page.keyboard.press("Escape")
    back = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(back)
    page.click("#theme" if scheme == "dark" else "#theme >> visible=true")
    if scheme == "light":
        page.click("#theme")
    assert page.inner_text("#theme") == ("Theme: light" if scheme == "dark" else "Theme: dark")
    assert page.evaluate(back) != before
    page.reload()
    assert page.evaluate(back) != before


@pytest.mark.parametrize(("width", "height"), [(320, 256), (390, 844), (768, 600)])
def test_narrow_and_zoomed(open_page, width, height):
    page = open_page(render([reviewed()]), viewport={"width": width, "height": height})
    for key in "jjarj":
        page.keyboard.press(key)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        mark = page.locator(".mark.now.current").first.bounding_box()
        assert 0 <= mark["y"] < height
    assert page.is_visible("#card .accept")
    card = page.locator("#card .accept").bounding_box()
    assert card["width"] >= 44
    assert card["height"] >= 44
    page.click("#tools summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#save-button")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
