"""A real browser for the journeys: Playwright drives Debian's Chromium.

Fixtures for conftest (`pytest_plugins = ["tests.support.browser"]`): `browser` for the session, `open_page`
to open pages at phone or desktop size, `page` and `wide_page` for one of them. A test that used a page fails
at its end when the page logged an error, threw one, lacked a file or asked a foreign host.
"""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
# Chromium without its windows comes first: the same pages in less than half of the processor time.
EXECUTABLES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Nothing may come from elsewhere; a page that tries fails its test.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


_silent: weakref.WeakSet[BrowserContext] = weakref.WeakSet()


def runs_scripts(page: Page) -> bool:
    """False where a test has switched scripts off: there nothing that waits for a promise ever ends."""
    return page.context not in _silent


@dataclass
class Watch:
    """What went wrong on the pages of one test."""

    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *parts: str) -> None:
        """Expected faults: those whose text contains one of these parts do not fail the test."""
        self.allowed.extend(parts)

    def left(self) -> list[str]:
        return [fault for fault in self.faults if not any(part in fault for part in self.allowed)]

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("requestfailed", self._request_failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium logs every 4xx as "Failed to load resource"; _response judges those.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request_failed(self, request: Request) -> None:
        # Leaving a page or starting a download aborts requests: that is no fault.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"request failed: {request.method} {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        # A refused form (422) and a stranger's page (404) may be wanted; a lacking file never is.
        page_itself = response.request.resource_type in ("document", "fetch", "xhr")
        if response.status >= 500 or (response.status >= 400 and not page_itself):
            self.faults.append(f"answer {response.status}: {response.request.method} {response.url}")


class Pages:
    """Opens pages for one test; each in a context of its own, so each is another person's browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.watch = Watch()
        self.contexts: list[BrowserContext] = []

    def __call__(
        self, base_url: str = "", *, wide: bool = False, scripts: bool = True, **settings: Any
    ) -> Page:
        size = DESKTOP if wide else PHONE
        context = self.browser.new_context(
            base_url=base_url or None,
            viewport=size,  # type: ignore[arg-type]
            has_touch=not wide,
            is_mobile=not wide,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
            java_script_enabled=scripts,
            **settings,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.watch.follow(context)
        self.contexts.append(context)
        if not scripts:
            _silent.add(context)
        return context.new_page()

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def find_chromium() -> str | None:
    """The browser to drive: LUMBUNG_TEST_CHROMIUM, or the system's Chromium."""
    given = os.environ.get("LUMBUNG_TEST_CHROMIUM")
    return given or next(filter(None, map(shutil.which, EXECUTABLES)), None)


def sideways(page: Page) -> list[str]:
    """Elements that make the page scroll sideways, once the page has loaded; empty on a good page.

    A click may have left a document on its way that has no element yet, so this asks until one is whole.
    """
    found = page.wait_for_function(
        """() => {
            if (document.readyState !== 'complete') return null;
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > width + 1)
                .map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right));
        }"""
    )
    return list(found.json_value())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; skips, with what to install, where there is none."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("Chromium missing: sudo apt-get install chromium-headless-shell (or chromium)")
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Pages]:
    """`open_page(base_url, wide=False, scripts=True)`; `open_page.watch.allow(...)` names expected faults."""
    pages = Pages(browser)
    yield pages
    pages.close()
    left = pages.watch.left()
    assert not left, "the browser complained:\n  " + "\n  ".join(left)


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    """One page at 360 x 740."""
    return open_page()


@pytest.fixture
def wide_page(open_page: Callable[..., Page]) -> Page:
    """One page at 1280 x 800."""
    return open_page(wide=True)
