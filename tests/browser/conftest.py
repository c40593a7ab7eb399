"""A real browser for the review page: Chromium under Playwright."""

from __future__ import annotations

import os
import shutil

import pytest

ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb")


def chromium_path():
    """The browser that OCRFIX_CHROMIUM names, or the system's; None if there is none."""
    named = os.environ.get("OCRFIX_CHROMIUM")
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium here (apt-get install chromium, or name one with OCRFIX_CHROMIUM)")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture
def open_page(browser, tmp_path):
    """Opens a page of HTML in a context of its own; nothing may go wrong in it, nor be loaded by it."""
    contexts, wrong = [], []

    def open_html(html, *, name="review.html", context=None, **options):
        path = tmp_path / name
        if html is not None:
            path.write_text(html, "utf-8")
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
            context.set_default_timeout(10_000)
            contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if not own(request.url) else None)
        page.goto(path.as_uri())
        return page

    def own(url):
        return url.startswith(("data:", "blob:")) or url.split("#")[0].startswith(tmp_path.as_uri())

    yield open_html
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(autouse=True)
def made_up_rules(monkeypatch):
    import fakes

    fakes.install(monkeypatch)
