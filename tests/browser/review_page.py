"""A review page to look at, and what can be seen and done on it."""

from __future__ import annotations

from pathlib import Path

import jsonschema

import ocrfix
from ocrfix.decisions import schema
from ocrfix.formats import read_data
from ocrfix.reports import Reviewed

TEXT = """Quỹ Vi người nghèo của xã giúp 12 hộ, quỹ Vi trẻ em giúp 30 cháu.

>được vay vốn làm ăn.

Bà con trong xã ðã có muc lục sổ vay, Vi thế không ai quên.

Trạm y tế xã la nơi khám bệnh cho người già.
"""
VALIDATOR = jsonschema.Draft202012Validator(schema())


def reviewed(data=TEXT, name="bao.txt"):
    source = read_data(data.encode() if isinstance(data, str) else data, name)
    result = ocrfix.clean(source.document)
    raw = source.render(result).decode("utf-8", "surrogateescape")
    return Reviewed(result.report, source.document.text, result.text, source.raw, raw)


def progress(page):
    return page.inner_text("#progress-text")


def state_counts(page):
    return {s: int(page.inner_text(f"#count-{s}")) for s in ("repaired", "suggested", "accepted", "rejected")}


def cleaned(page):
    return page.evaluate(
        "[...document.querySelectorAll('.row')].map((r) => r.querySelector('.new').textContent)"
    )


def choose(page, text):
    """Choose the change whose mark in the cleaned text has these words."""
    page.locator(".mark.now", has_text=text).first.click()


def saved(page, label):
    page.click("#save-button")
    with page.expect_download() as waiting:
        page.click(f"#save >> text='{label}'")
    page.keyboard.press("Escape")
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()
