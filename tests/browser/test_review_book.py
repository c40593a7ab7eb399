"""The review page of a whole book in a real browser."""

from __future__ import annotations

import json
import random
import statistics
import time

import fakes

from browser.review_page import TEXT, saved
from ocrfix import apply_decisions
from ocrfix.model import Edit, Finding, Rule, Safety, Span
from ocrfix.repair import apply
from ocrfix.report import AppliedEdit, Report, ReportedFinding, Status, Step
from ocrfix.reports import Reviewed
from ocrfix.reports.html import render

BOOK_RULE = Rule("WRD002", "wrong-syllable", "A real syllable that does not fit", Safety.SAFE, "made up")


def book():
    """A book of 300 pages: 600 kB with 5,000 changes, a tenth of which are suggestions."""
    rng = random.Random(7)
    words = list(dict.fromkeys(TEXT.replace(",", " ").replace(".", " ").split()))
    pieces, edits, findings, size, shift, paragraph = [], [], [], 0, 0, 0
    while len(findings) < 5000:
        word = rng.choice(words)
        if rng.random() < 0.037:
            made = len(findings) % 10 > 0
            change = Edit(Span(size, size + len(word)), word + "ạ")
            read = change if made else Edit(Span(size + shift, size + shift + len(word)), word + "ạ")
            evidence = {"alternatives": [{"word": word + "ạ", "probability": 0.9}]}
            safety = Safety.SAFE if made else Safety.UNSAFE
            confidence = rng.uniform(0.7, 1)
            finding = Finding(BOOK_RULE, read.span, f'read "{word}"', (read,), confidence, safety, evidence)
            status, step = (Status.APPLIED, 0) if made else (Status.LEFT, 1)
            found = ReportedFinding(finding, status, change.span, 1, 1, word, word + "ạ", step, "words")
            findings.append(found)
            if made:
                edits.append(AppliedEdit(change, word))
                shift += 1
        paragraph += 1
        end = "\n\n" if paragraph % 90 == 0 else " "
        pieces.append(word + end)
        size += len(word) + len(end)
    original = "".join(pieces)
    text = apply(original, [a.edit for a in edits])
    report = Report(
        "sách.txt", tuple(findings), (Step("words", tuple(edits)),), len(original), len(text),
        fakes.digest(original), fakes.digest(text),
    )  # fmt: skip
    return Reviewed(report, original, text)


KEY_TIME = """() => {
  window.times = [];
  addEventListener("keydown", () => {
    const start = performance.now();
    requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - start)));
  }, true);
}"""


def test_a_book(open_page):
    file = book()
    assert len(file.original) > 500_000
    html = render([file])
    start = time.perf_counter()
    page = open_page(html)
    page.wait_for_selector(".mark.current")
    opened = time.perf_counter() - start
    page.evaluate(KEY_TIME)
    for number, key in enumerate("jjaaarrkuajnnaar", 1):
        page.keyboard.press(key)
        page.wait_for_function("(number) => times.length === number", arg=number)
    times = page.evaluate("times")
    assert opened < 5  # 0.7 s on a quiet machine
    assert statistics.median(times) < 100  # 25 ms
    assert page.locator("body *").count() < 6000
    for _ in range(3):
        page.locator(".parts >> nth=0 >> text='Next part →'").click()
    assert "Part" in page.inner_text(".parts >> nth=0")
    page.keyboard.press("Shift+R")
    page.fill("#search", "ba con")
    page.keyboard.press("Enter")
    assert " of " in page.inner_text("#search-count")
    _, decisions = saved(page, "Decisions")
    _, text = saved(page, "Cleaned text")
    assert apply_decisions(json.loads(decisions), file.original).text.encode() == text
