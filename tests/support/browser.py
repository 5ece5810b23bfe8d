"""Playwright fixtures on the Chromium of tests/support/chromium.py."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.chromium import FLAGS, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole test process. Raises ServerMissingError, never skips."""
    path = chromium().address
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: nobody signed in, English, UTC."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
