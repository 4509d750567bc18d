"""One headless Chromium for all of these tests, whose pages record what they ask for and complain about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@dataclass
class Opened:
    """A page with what it asked for and what it wrote to the console, errors included."""

    page: Any
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        found: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium: that of CHROMIUM, one on the path, or playwright's own. Without one the tests are skipped, or fail with REQUIRE_BROWSER=1."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        _absent("playwright is not installed")
    known = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses its sandbox to root
        try:
            launched = playwright.chromium.launch(executable_path=known, args=arguments)
        except Error as error:
            _absent(f"no Chromium starts ({str(error).splitlines()[0]}): set CHROMIUM, or run `playwright install chromium`")
        yield launched
        launched.close()


def _absent(reason: str) -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"REQUIRE_BROWSER=1: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def pages(browser: Any) -> Callable[[bool], Opened]:
    """A page of a desk and one of a phone, each made once: a new one takes half a second."""
    made: dict[bool, Opened] = {}

    def page(phone: bool) -> Opened:
        if phone not in made:
            context = browser.new_context(viewport=PHONE if phone else DESK, is_mobile=phone, has_touch=phone)
            made[phone] = Opened(context.new_page())
            _attend(made[phone])
        return made[phone]

    return page


def _attend(opened: Opened) -> None:
    page = opened.page
    page.on("request", lambda request: opened.asked.append(request.url))
    page.on("console", lambda message: opened.said.append(message.text))
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.on("dialog", lambda dialog: (opened.said.append(f"dialog: {dialog.message}"), dialog.dismiss())[1])


@pytest.fixture
def opened(pages: Callable[[bool], Opened]) -> Iterator[Callable[..., Opened]]:
    """Opens a file, at what follows # in its address. No page may complain, nor ask for anything but its own file."""
    files: list[Path] = []
    used: list[Opened] = []

    def open_(file: Path, hash_: str = "", *, phone: bool = False, scheme: str = "light") -> Opened:
        found = pages(phone)
        files.append(file)
        used.append(found)
        found.page.goto("about:blank")  # else another hash of the same file would load nothing
        found.page.emulate_media(color_scheme=scheme)
        found.page.goto(file.as_uri() + hash_)
        return found

    yield open_
    for found in used:
        said, asked = list(found.said), {url.partition("#")[0] for url in found.asked}
        found.said.clear()
        found.asked.clear()
        assert said == []
        assert asked <= {"about:blank", *(file.as_uri() for file in files)}
