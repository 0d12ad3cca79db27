"""A caller, two agents and a supervisor, each before a page of their own: a call from the first key to the last line of work."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

WEB = Path(__file__).parents[2] / "web"
PATIENCE = 90_000
"""Milliseconds: prompts take as long as they take to be heard."""
LANGUAGES = {"ja": ("ja-JP", "1", "製品についてのお問い合わせ"), "en": ("en-GB", "2", "For help with the product")}
"""The browser's language, the key by which a caller chooses it, and what the choice among services begins with."""
BAR, DETAIL = "#calls .row.first", "#calls .row.second"
Stack = dict[str, Any]


class People:
    """Whoever sits before pages of one language. Everybody has a browser of their own."""

    def __init__(self, browser: Browser, stack: Stack, language: str) -> None:
        self._browser, self._stack, self._language = browser, stack, language
        self._words = {page: self._words_of(page) for page in ("shared", "phone", "desk", "board")}
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def _words_of(self, page: str) -> dict[str, str]:
        return dict(json.loads((WEB / page / "messages" / f"{self._language}.json").read_text()))

    def word(self, page: str, key: str, **values: str) -> str:
        """Return what a page says there."""
        return self._words[page][key].format(**values)

    def opens(self, path: str) -> Page:
        """Open a page in a browser of its own."""
        context = self._browser.new_context(
            locale=LANGUAGES[self._language][0], viewport={"width": 1280, "height": 900}
        )
        self._contexts.append(context)
        return self.opens_again(context, path)

    def opens_again(self, context: BrowserContext, path: str) -> Page:
        """Open a page in a browser that somebody has."""
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.goto(f"{self._stack['web_url']}/{path}/")
        return page

    def signs_in(self, page: Page, username: str) -> Page:
        """Sign somebody in where a page asks for it."""
        [user] = [each for each in self._stack["users"] if each["username"] == username]
        page.locator("#username").fill(username)
        page.locator("#password").fill(user["password"])
        page.keyboard.press("Enter")
        expect(page.locator("dialog.signin")).to_have_count(0, timeout=PATIENCE)
        return page

    def is_available(self, desk: Page) -> None:
        """Choose Available at a desk."""
        expect(desk.locator("#state .mark")).to_be_visible(timeout=PATIENCE)
        desk.keyboard.press("s")
        desk.get_by_role("option", name=self.word("desk", "status.available")).click()
        expect(desk.locator(BAR)).to_have_text(self.word("desk", "free.routable"), timeout=PATIENCE)

    def finishes(self, desk: Page) -> None:
        """Finish after-contact work at a desk, and sign out."""
        says(desk, BAR, self.word("desk", "bar.work"))
        desk.keyboard.press("w")
        says(desk, BAR, self.word("desk", "free.routable"))
        desk.keyboard.press("o")
        expect(desk.locator("dialog.signin")).to_be_visible(timeout=PATIENCE)

    def go(self) -> None:
        """Close every browser."""
        for context in self._contexts:
            context.close()


@pytest.fixture(params=LANGUAGES)
def people(request: pytest.FixtureRequest, browser: Browser, living: Stack) -> Iterator[People]:
    around = People(browser, living, request.param)
    yield around
    around.go()
    assert around.wrong == []


def says(page: Page, place: str, text: str) -> None:
    expect(page.locator(place).first).to_contain_text(text, timeout=PATIENCE)


def accepts(desk: Page, talking: str) -> None:
    """Accept what rings, once it does: the bar of a free agent speaks of ringing too."""
    expect(desk.locator(f'{BAR} [data-situation="ringing"]')).to_be_visible(timeout=PATIENCE)
    desk.keyboard.press("a")
    says(desk, BAR, talking)


def dies(page: Page) -> None:
    """Let a page's process crash, as it does when a laptop runs out of memory."""
    with suppress(Error):
        page.goto("chrome://crash", timeout=5_000)
    page.close()


def test_a_call_from_the_first_key_to_the_last_line_of_work(people: People, request: pytest.FixtureRequest) -> None:
    language = request.node.callspec.params["people"]
    _, key, services = LANGUAGES[language]
    board = people.signs_in(people.opens("board"), "akari.mori")
    hanako = people.signs_in(people.opens("desk"), "hanako.sato")
    people.is_available(hanako)

    phone = people.opens("phone")
    phone.locator("#numbers button").first.wait_for(timeout=PATIENCE)
    phone.keyboard.press("c")
    phone.keyboard.press("Enter")
    says(phone, "#transcript", "For English, press 2")
    phone.keyboard.press(key)
    says(phone, "#transcript", services)
    phone.locator("#pad button", has_text="1").first.click()

    accepts(hanako, people.word("desk", "situation.talking"))
    says(phone, "#words", people.word("phone", "stage.talking", who="Hanako Sato"))

    ken = people.signs_in(people.opens("desk"), "ken.suzuki")
    people.is_available(ken)
    browser_of_ken = ken.context
    dies(ken)
    ken = people.signs_in(people.opens_again(browser_of_ken, "desk"), "ken.suzuki")
    says(ken, BAR, people.word("desk", "free.routable"))

    hanako.keyboard.press("f")
    hanako.keyboard.type("Billing")
    hanako.keyboard.press("Enter")
    says(phone, "#words", people.word("phone", "stage.held", who="Hanako Sato"))
    accepts(ken, people.word("desk", "situation.talking"))
    says(hanako, DETAIL, people.word("desk", "consult.talking", name="Ken Suzuki"))
    hanako.keyboard.press("Shift+G")
    says(phone, "#words", people.word("phone", "stage.talking", who="Ken Suzuki"))
    people.finishes(hanako)
    says(board, "#floor", "ken.suzuki")

    phone.keyboard.press("h")
    says(phone, "#words", people.word("phone", "over.customer_disconnect"))
    people.finishes(ken)

    row = board.locator("#table tr").filter(has_text="Billing").first
    says(board, "#table", "Billing")
    expect(row.locator('a[data-figure="answered"]')).not_to_have_text("0", timeout=PATIENCE)
    row.locator('a[data-figure="answered"]').click()
    expect(board.locator(".drill tbody tr").first).to_be_visible(timeout=PATIENCE)
