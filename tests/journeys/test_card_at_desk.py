"""A caller keys a card in the middle of a call, both before pages of their own: named, checked, taken back, keyed again."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_card_entry import CARD, OTHER_CARD, members
from tests.journeys.test_people import BAR, LANGUAGES, PATIENCE, People, accepts, people, says

__all__ = ["members", "people"]

Stack = dict[str, Any]
STANDING, OUTCOME = "#account .standing", "#account .outcome"
NAME, PHONE_AS_SAID = "鈴木 一郎", "090-1234-0002"
"""Of the demo member whose card it is (`infra/local/members.csv`)."""


def keys_card(people: People, desk: Page, phone: Page, card: str, outcome: str) -> None:
    """The agent asks by one key; the caller keys when the page says that nobody sees it; the call comes back by itself."""
    desk.keyboard.press("p")
    says(desk, STANDING, people.word("desk", "account.keying"))
    says(phone, "#hint", people.word("phone", "hint.secret"))
    for key in f"{card}#":
        phone.keyboard.press(key)
    says(desk, OUTCOME, people.word("desk", outcome))
    says(desk, BAR, people.word("desk", "situation.talking"))
    assert card[4:12] not in phone.locator("body").inner_text() + desk.locator("body").inner_text()


@pytest.mark.parametrize("people", ["ja"], indirect=True)
def test_a_card_is_keyed_checked_taken_back_and_keyed_again(people: People, members: None) -> None:
    hanako = people.signs_in(people.opens("desk"), "hanako.sato")
    people.is_available(hanako)
    phone = people.opens("phone")
    phone.locator("#numbers button").first.wait_for(timeout=PATIENCE)
    phone.keyboard.press("c")
    phone.keyboard.press("Enter")
    says(phone, "#transcript", "For English, press 2")
    phone.keyboard.press("1")
    says(phone, "#transcript", LANGUAGES["ja"][2])
    phone.locator("#pad button", has_text="1").first.click()
    accepts(hanako, people.word("desk", "situation.talking"))

    keys_card(people, hanako, phone, CARD, "check.entered")
    says(hanako, STANDING, people.word("desk", "account.identified"))
    expect(hanako.locator("#account")).not_to_contain_text(NAME)

    hanako.keyboard.press("v")
    hanako.keyboard.type(PHONE_AS_SAID)
    hanako.keyboard.press("Enter")
    says(hanako, STANDING, people.word("desk", "account.verified"))
    says(hanako, "#account", NAME)

    hanako.keyboard.press("Escape")
    hanako.keyboard.press("u")
    says(hanako, STANDING, people.word("desk", "account.undone"))
    expect(hanako.locator("#account")).not_to_contain_text(NAME)

    keys_card(people, hanako, phone, OTHER_CARD, "check.entered")
    says(hanako, STANDING, people.word("desk", "account.identified"))
    hanako.keyboard.press("Shift+E")
    people.finishes(hanako)
