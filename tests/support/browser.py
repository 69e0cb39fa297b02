"""A page in a real browser, with what it asked for and complained about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REQUIRED = "VSTREAMQA_BROWSER"
"""Set to `required`, a browser that is not there fails a test in place of skipping it."""


@dataclass
class Opened:
    """A page that is open, and what happened on it so far."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start Chromium, or skip the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _lacking("Playwright")
    if program is None:
        _lacking("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def _lacking(what: str) -> None:
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{what} is not there, but {REQUIRED} says that it is")
    pytest.skip(f"needs {what}: make browser, and a Chromium of the system's")


@contextmanager
def opened(browser: Any, site: Path | str, address: str = "", **context: Any) -> Iterator[Opened]:
    """Open a site's page from its folder, or from where it is served, and wait until it is ready."""
    given = browser.new_context(**{"viewport": {"width": 1400, "height": 1000}, **context})
    found = Opened(given.new_page())
    found.page.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
    found.page.on("pageerror", lambda error: found.said.append(f"error: {error}"))
    found.page.on("request", lambda request: found.asked_for.append(request.url))
    found.page.goto(f"{site if isinstance(site, str) else (site / 'index.html').as_uri()}{address}")
    found.page.wait_for_selector("html[data-ready]", state="attached")
    try:
        yield found
    finally:
        given.close()
