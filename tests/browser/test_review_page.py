"""The review page in a real browser: looking, deciding, searching, coming back."""

from __future__ import annotations

import json

import fakes

from browser.review_page import TEXT, VALIDATOR, choose, cleaned, progress, reviewed, saved, state_counts
from ocrfix import apply_decisions
from ocrfix.model import Safety
from ocrfix.reports.html import render


def test_open_look_and_decide(open_page):
    page = open_page(render([reviewed()]))
    assert page.inner_text("#title") == "bao.txt"
    assert progress(page) == "0 of 7 decided"
    assert state_counts(page) == {"repaired": 5, "suggested": 2, "accepted": 0, "rejected": 0}
    card = page.inner_text("#card")
    assert "Vi → Vì" in card
    assert 'read "Vi"' in card
    assert "99\u00a0% sure" in card
    assert "1 of 7 · line 1" in card
    page.keyboard.press("a")
    assert progress(page) == "1 of 7 decided"
    assert page.inner_text("#said").startswith("Accepted.")
    assert "2 of 7" in page.inner_text("#card")
    page.keyboard.press("r")
    assert state_counts(page) == {"repaired": 3, "suggested": 2, "accepted": 1, "rejected": 1}
    first = page.inner_text(".row >> nth=0 >> .new")
    assert "Quỹ Vì" in first
    assert "quỹ Vi" in first
    page.keyboard.press("u")
    assert state_counts(page)["rejected"] == 0
    assert "quỹ Vì" in page.inner_text(".row >> nth=0 >> .new")
    assert "2 of 7" in page.inner_text("#card")
    page.keyboard.press("Control+z")
    assert progress(page) == "0 of 7 decided"
    page.keyboard.press("u")
    assert "nothing to undo" in page.inner_text("#said")


def test_filters(open_page):
    page = open_page(render([reviewed()]))
    page.select_option("#rule", "WRD*")
    assert "of 5" in page.inner_text("#card")
    page.select_option("#rule", "")
    page.select_option("#sure", "0-0.8")
    assert "1 of 1" in page.inner_text("#card")
    assert "WRD093" in page.inner_text("#card")
    page.select_option("#sure", "0.8-0.95")
    assert "muc → mục" in page.inner_text("#card")
    page.select_option("#sure", "")
    for state in ("repaired", "accepted", "rejected"):
        page.uncheck(f"#state-{state}")
    assert "of 2" in page.inner_text("#card")
    rows = page.locator(".row").count()
    page.check("#only")
    assert page.locator(".row").count() == 2 < rows
    page.uncheck("#state-suggested")
    assert page.locator(".row").count() == 0
    assert "No change is shown" in page.inner_text("#card")
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert progress(page) == "0 of 7 decided"


def test_all_of_the_same_word_and_kind(open_page):
    page = open_page(render([reviewed()]))
    bulk = page.locator(".bulk-row")
    assert "same change (3)" in bulk.nth(0).inner_text()
    bulk.nth(0).get_by_text("Reject all").click()
    assert state_counts(page) == {"repaired": 2, "suggested": 2, "accepted": 0, "rejected": 3}
    page.keyboard.press("u")
    assert progress(page) == "0 of 7 decided"
    page.keyboard.press("Shift+A")
    assert state_counts(page)["accepted"] == 3
    page.keyboard.press("k")
    page.keyboard.press("u")
    choose(page, "Vì")
    page.keyboard.press("r")
    choose(page, "Vì")
    page.keyboard.press("Shift+A")
    assert (state_counts(page)["rejected"], state_counts(page)["accepted"]) == (1, 2)


def test_another_reading_and_a_typed_text(open_page):
    page = open_page(render([reviewed()]))
    page.keyboard.press("1")
    assert "Quỹ Vị" in page.inner_text(".row >> nth=0 >> .new")
    assert progress(page) == "1 of 7 decided"
    page.keyboard.press("t")
    page.keyboard.type("Vi\u0300 <b>")
    page.keyboard.press("Enter")
    assert "Quỹ Vì <b>" in page.inner_text(".row >> nth=0 >> .new")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('mark')")
    choose(page, "la")
    assert page.is_disabled(".accept")
    page.fill(".typed input", "là")
    page.keyboard.press("Enter")
    assert "Trạm y tế xã là" in page.inner_text("#text")
    name, data = saved(page, "Decisions")
    assert name == "bao.decisions.json"
    decisions = json.loads(data)
    VALIDATOR.validate(decisions)
    text = apply_decisions(decisions, TEXT).text
    assert "Quỹ Vì <b> người nghèo" in text
    assert "xã là nơi" in text
    assert "muc lục" in text


def test_search(open_page):
    page = open_page(render([reviewed()]))
    page.keyboard.press("/")
    page.keyboard.type("nguoi")
    page.keyboard.press("Enter")
    assert page.inner_text("#search-count") == "1 of 2 paragraphs"
    assert "người nghèo" in page.inner_text(".row.hit")
    page.keyboard.press("Enter")
    assert "người già" in page.inner_text(".row.hit")
    page.keyboard.press("Shift+Enter")
    assert page.inner_text("#search-count") == "1 of 2 paragraphs"
    assert page.evaluate("CSS.highlights.get('search').size") >= 3
    page.fill("#search", "Vì trẻ")
    page.keyboard.press("Enter")
    assert page.inner_text("#search-count") == "1 of 1 paragraph"
    page.fill("#search", "ngươi")
    page.locator("#search-count", has_text="0 paragraphs").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert progress(page) == "1 of 7 decided"


def test_choices_survive_a_reload_and_a_later_report(open_page):
    html = render([reviewed()])
    page = open_page(html)
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.keyboard.press("t")
    page.keyboard.type("vay nợ")
    page.keyboard.press("Enter")
    before = (progress(page), state_counts(page), cleaned(page))
    page.reload()
    assert (progress(page), state_counts(page), cleaned(page)) == before
    page.close()
    again = open_page(html, name="again.html", context=page.context)
    assert (progress(again), state_counts(again)) == before[:2]
    other = open_page(render([reviewed(TEXT + "Thêm một dòng.\n")]), name="other.html", context=page.context)
    assert progress(other).startswith("0 of")


def test_without_storage(open_page, browser):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"
    )
    page = open_page(render([reviewed()]), context=context)
    assert "keeps nothing" in page.inner_text("#text")
    page.keyboard.press("a")
    page.click("#theme")
    assert progress(page) == "1 of 7 decided"
    page.keyboard.press("s")
    assert "save the decisions before you close it" in page.inner_text("#save")
    context.close()


def test_saved_decisions_can_be_loaded(open_page, tmp_path):
    page = open_page(render([reviewed()]))
    page.keyboard.press("a")
    page.keyboard.press("r")
    choose(page, "la")
    page.keyboard.press("t")
    page.keyboard.type("là")
    page.keyboard.press("Enter")
    choose(page, "muc")
    page.keyboard.press("a")
    before = (progress(page), state_counts(page), cleaned(page))
    _, decisions = saved(page, "Decisions")
    page.evaluate("localStorage.clear()")
    page.close()
    page = open_page(None)
    path = tmp_path / "decisions.json"

    def load(data):
        path.write_bytes(data)
        page.click("#save-button")
        page.set_input_files("#save input[type=file]", path)
        page.wait_for_selector("#save", state="hidden")
        page.locator("#said:not(:empty)").wait_for()
        return page.inner_text("#said")

    assert progress(page) == "0 of 7 decided"
    assert load(b"{") == "This is not a file of decisions, or it is cut short."
    assert load(b"[]") == "This is not a file of decisions that this page can read."
    other = json.loads(decisions)
    other["files"][0]["original"]["sha256"] = "0" * 64
    assert load(json.dumps(other).encode()) == "These decisions were made on other files."
    assert load(decisions) == "4 decisions loaded."
    assert (progress(page), state_counts(page), cleaned(page)) == before
    page.keyboard.press("u")
    assert progress(page) == "0 of 7 decided"


def test_a_suggestion_takes_the_place_of_a_change(open_page, monkeypatch):
    sure = fakes.Replace("CHR001", "ð", "đ")
    word = fakes.Replace("WRD091", "đuờng", "đường", Safety.UNSAFE, 0.8)
    fakes.install(monkeypatch, (fakes.Stage("a", (sure,)), fakes.Stage("b", (word,))))
    page = open_page(render([reviewed("con ðuờng\n")]))
    assert progress(page) == "0 of 2 decided"
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert cleaned(page) == ["con đường"]
    assert progress(page) == "2 of 2 decided"
    page.keyboard.press("a")
    assert cleaned(page) == ["con đuờng"]
    assert progress(page) == "1 of 2 decided"
    page.keyboard.press("u")
    assert cleaned(page) == ["con đường"]
