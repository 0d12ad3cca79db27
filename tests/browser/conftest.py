"""A real browser, a page in it that is watched for errors, and a stage that answers it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser import play
from tests.browser.centre import Centre
from tests.browser.stage import Stage, token

expect.set_options(timeout=20_000)  # milliseconds: a slow machine is no failure
# A breach of the content security policy is an error in its own right, even where the browser reports it as less.
LISTEN = "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Open a stage with a good morning on it."""
    opened = Stage()
    play.morning(opened)
    yield opened
    opened.close()


class Watch:
    """Collects what a page complains about; a test may say which complaints are part of its story."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Take complaints of this pattern as part of the story."""
        self._expected.append(pattern)

    def on(self, page: Page) -> None:
        """Watch this page."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def unexpected(self) -> list[str]:
        """Return the complaints that no story accounts for."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self._expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fail the test if a page complained."""
    watching = Watch()
    yield watching
    assert watching.unexpected() == []


@pytest.fixture
def centre() -> Centre:
    """Return a pretended centre with one agent at work."""
    return Centre()


Opener = Callable[..., Page]


def dress(page: Page, watch: Watch, *, signed_in: bool = True, role: str = "supervisor") -> None:
    """Make a tab ready for the story: watched, and signed in by itself."""
    page.add_init_script(LISTEN)
    if signed_in:
        kept = {"id": token(role=role), "refresh": "refresh-1", "expires": play.NOW.timestamp() * 1000 + 3_600_000}
        # Frames of others, such as Amazon Connect's, are nobody's place to sign in.
        page.add_init_script(
            f"if (self === top) sessionStorage.setItem('tsunagu.session', {json.dumps(json.dumps(kept))})"
        )
    watch.on(page)


@pytest.fixture
def open_page(browser: Browser, watch: Watch, centre: Centre) -> Iterator[Opener]:
    """Return a function that opens a page of its own: nothing that one has stored is known to the next."""
    contexts = []

    def open_one(
        *,
        language: str = "en-GB",
        theme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 900,
        signed_in: bool = True,
        role: str = "supervisor",
    ) -> Page:
        context = browser.new_context(
            locale=language, color_scheme=theme, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        contexts.append(context)
        centre.answer(context)
        page = context.new_page()
        # The clock of the page stands in the story; timers run, and a test can push them on.
        page.clock.install(time=play.NOW)
        dress(page, watch, signed_in=signed_in, role=role)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def desk(open_page: Opener, stage: Stage, centre: Centre) -> Callable[..., Page]:
    """Return a function that opens the desk of the centre's agent and waits until their state is there."""

    def open_desk(**how: Any) -> Page:
        page = open_page(**{"role": "agent"} | how)
        page.goto(f"{stage.url}/desk/")
        page.wait_for_selector("#state[data-type]:not([data-type=''])")
        return page

    return open_desk


@pytest.fixture
def board(open_page: Opener, stage: Stage) -> Callable[..., Page]:
    """Return a function that opens the board and waits until its figures and charts are there."""

    def open_board(query: str = "", **how: Any) -> Page:
        page = open_page(**how)
        page.goto(f"{stage.url}/board/{query}")
        page.wait_for_selector(".number .value[data-shown]")
        page.wait_for_selector(".widget canvas")
        return page

    return open_board
