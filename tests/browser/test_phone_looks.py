"""Every state of the telephone in both languages, both themes, wide and narrow: photographed, free of barriers, never wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opener
from tests.browser.exchange_line import CARD, SERVICES, VOICES, WELCOME, Exchange, text
from tests.browser.looks import look_at
from tests.browser.stage import Stage

AGENTS = {"ja": "佐藤 花子", "en": "Hanako Sato"}
OWN = "+819012345678"


def idle(exchange: Exchange, language: str) -> None:
    exchange.page.wait_for_selector(".numbers button:enabled")


def calling(exchange: Exchange, language: str) -> None:
    exchange.call("calling")
    exchange.heard("ringing")


def menu(exchange: Exchange, language: str) -> None:
    calling(exchange, language)
    exchange.call("menu", ago=9)
    exchange.heard("prompt", text(WELCOME, None, ssml=True), keys=True)
    exchange.heard("prompt", text(SERVICES[language], VOICES[language]), keys=True)
    exchange.page.wait_for_selector(".pad button.named")


def card(exchange: Exchange, language: str) -> None:
    menu(exchange, language)
    exchange.heard("prompt", text(CARD[language], VOICES[language]), keys=True)
    exchange.page.wait_for_selector(".pad[data-expected]:not(:has(.named))")


def waiting(exchange: Exchange, language: str) -> None:
    menu(exchange, language)
    exchange.call("waiting", ago=80, place=3)
    exchange.heard("music")


def talking(exchange: Exchange, language: str) -> None:
    waiting(exchange, language)
    exchange.call("talking", ago=200, agent=AGENTS[language])
    exchange.heard("agent")


def held(exchange: Exchange, language: str) -> None:
    talking(exchange, language)
    exchange.call("held", ago=12, agent=AGENTS[language])
    exchange.heard("music")


def over(exchange: Exchange, language: str) -> None:
    talking(exchange, language)
    exchange.call("over", reason="AGENT_DISCONNECT")
    exchange.heard("over")


def ringing(exchange: Exchange, language: str) -> None:
    exchange.call("ringing", ago=4, incoming=True)


def changing(exchange: Exchange, language: str) -> None:
    exchange.page.locator("#own-change").click()
    exchange.page.locator("#own-input").fill("12")
    exchange.page.keyboard.press("Enter")
    exchange.page.wait_for_selector("#own-wrong:not(:empty)")


def refused(exchange: Exchange, language: str) -> None:
    exchange.page.locator(".numbers button").first.click()
    exchange.until(lambda: exchange.commands() != [])
    exchange.problem("All lines of this centre are taken. Try again in a minute.")
    exchange.page.wait_for_selector("#trouble:visible")


def lost(exchange: Exchange, language: str) -> None:
    waiting(exchange, language)
    exchange.closes_with = 1011
    exchange.drop()
    exchange.page.wait_for_selector("#trouble:visible")


def taken(exchange: Exchange, language: str) -> None:
    exchange.in_use = True
    exchange.page.reload()
    exchange.page.wait_for_selector("#trouble button")


def unreachable(exchange: Exchange, language: str) -> None:
    exchange.closes_with = 1011
    exchange.page.reload()
    exchange.page.wait_for_selector("#numbers .state.error")


def empty(exchange: Exchange, language: str) -> None:
    exchange.numbers = ()
    exchange.page.reload()
    exchange.page.wait_for_selector("#numbers .state.empty")


def loading(exchange: Exchange, language: str) -> None:
    exchange.greets = False
    exchange.page.reload()
    exchange.page.wait_for_selector("#words:not(:empty)")
    exchange.page.clock.fast_forward(400)
    exchange.page.wait_for_selector(".number-to-come")


def keys(exchange: Exchange, language: str) -> None:
    exchange.page.keyboard.press("?")
    exchange.page.wait_for_selector("dialog.keys")


STATES: list[Callable[[Exchange, str], None]] = [
    idle, calling, menu, card, waiting, talking, held, over, ringing, changing, refused, lost, taken, unreachable, empty, loading, keys,
]  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_state_is_fit_to_be_seen(
    open_page: Opener, stage: Stage, state: Callable[[Exchange, str], None], language: str
) -> None:
    page: Page = open_page(language="ja-JP" if language == "ja" else "en-GB", signed_in=False)
    page.add_init_script(f"localStorage.setItem('tsunagu.phone.number', '{OWN}')")
    exchange = Exchange(page)
    page.goto(f"{stage.url}/phone/")
    page.wait_for_selector(".numbers button")
    state(exchange, language)
    look_at(page, f"phone-{state.__name__}", language)
