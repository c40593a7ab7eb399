"""Makes review.png, the picture of the review page in the README: python tests/browser/picture.py."""

from __future__ import annotations

import tempfile
from pathlib import Path

from conftest import ARGUMENTS, chromium_path
from playwright.sync_api import sync_playwright

import ocrfix
from ocrfix.reports import Reviewed
from ocrfix.reports.html import render

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "samples" / "tin-ngan.txt"
WIDTH, HEIGHT = 1240, 760


def main():
    text = SAMPLE.read_text("utf-8")
    result = ocrfix.clean(ocrfix.Document(text, SAMPLE.name))
    html = render([Reviewed(result.report, text, result.text)])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        path = Path(folder) / "review.html"
        path.write_text(html, "utf-8")
        page.goto(path.as_uri())
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.keyboard.press("r")
        page.keyboard.press("k")
        page.evaluate("document.getElementById('said').textContent = ''")
        page.screenshot(path=HERE / "review.png")
        browser.close()


if __name__ == "__main__":
    main()
