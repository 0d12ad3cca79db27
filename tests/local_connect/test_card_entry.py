"""Card entry as callers and agents meet it: our own flows on the floor, with a real key; only the two functions are stand-ins."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.connect.floor.contact import Stage
from infra.local.connect.flows.line import Result
from tests.local_connect.card_house import CARD, FOUND, CardHouse, opened

LANGUAGES = {"ja": "1", "en": "2"}
BILLING = "2"
ASK = {"ja": "ご登録のカード番号", "en": "key in the number of the card"}
AGAIN = {"ja": "もう一度カード番号", "en": "once more"}
AGENT = {"ja": "担当者がご案内いたします", "en": "An agent will help you"}
FAULTS: dict[str, dict[str, str]] = {
    "silence": {"ja": "入力を確認できませんでした", "en": "did not receive"},
    "length": {"ja": "桁数が合いません", "en": "too short or too long"},
    "check_digit": {"ja": "押し間違い", "en": "a mistake in the number"},
    "scheme": {"ja": "お取り扱いのない種類", "en": "this kind of card"},
    "not_found": {"ja": "お客様を確認できませんでした", "en": "could not find a customer"},
}
LEADS_ON: dict[str, Mapping[str, str] | None] = {
    "too many": {"outcome": "limited"},
    "broken inside": {"outcome": "unavailable"},
    "gone": None,
    "a word that nobody knows": {"outcome": "hello"},
}


def to_billing(house: CardHouse, language: str = "ja") -> str:
    return house.calls(LANGUAGES[language], BILLING)


def said_after(house: CardHouse, contact_id: str, words: str) -> list[str]:
    """What was said from these words on."""
    said = house.said(contact_id)
    [begins] = [place for place, text in enumerate(said) if words in text]
    return said[begins:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_caller_keys_a_card_and_is_known_before_an_agent_is_there(language: str) -> None:
    house = CardHouse({**FOUND, "priority": "2"})
    house.on_duty()
    caller = to_billing(house, language)
    house.keys(caller, CARD + "#")
    assert house.is_offered(caller)
    [asked] = house.looked_up
    assert (opened(asked["card"]), asked["by"]) == (CARD, "menu")
    contact = house.contact(caller)
    assert contact.attributes == {
        "language": language, "service": "billing", "account_id": "A-77", "identified": "card",
    }  # fmt: skip
    assert (contact.details["CustomerId"], contact.priority) == ("A-77", 2)
    assert any('<say-as interpret-as="digits">1111</say-as>' in text for text in house.said(caller))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "silence"])
def test_a_fault_is_named_and_the_number_may_be_keyed_three_times(fault: str, language: str) -> None:
    house = CardHouse(*[{"outcome": fault}] * 5)
    caller = to_billing(house, language)
    for _ in range(3):
        house.keys(caller, CARD + "#")
    house.pass_seconds(20)
    assert len(house.looked_up) == 3
    said = said_after(house, caller, ASK[language])
    fault_in_words = FAULTS[fault][language]
    expected = [
        ASK[language], fault_in_words, AGAIN[language], fault_in_words, AGAIN[language], fault_in_words, AGENT[language],
    ]  # fmt: skip
    assert len(said) >= len(expected)
    for text, words in zip(said, expected, strict=False):
        assert words in text
    assert "account_id" not in house.contact(caller).attributes


def test_who_mistypes_twice_is_known_at_the_third_try() -> None:
    house = CardHouse({"outcome": "check_digit"}, {"outcome": "length"})
    caller = to_billing(house)
    for keyed in ("4111111111111112#", "4111#", "99*" + CARD + "#"):
        house.keys(caller, keyed)
    assert [opened(each["card"]) for each in house.looked_up] == ["4111111111111112", "4111", CARD]
    house.pass_seconds(10)
    assert house.contact(caller).attributes["account_id"] == "A-77"


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_cannot_key_waits_and_gets_to_an_agent(language: str) -> None:
    house = CardHouse()
    house.on_duty()
    caller = to_billing(house, language)
    assert house.is_offered(caller)
    assert house.looked_up == []
    silence = FAULTS["silence"][language]
    for text, words in zip(said_after(house, caller, ASK[language])[:5], (ASK[language], silence, AGAIN[language], silence, AGENT[language]), strict=True):  # fmt: skip
        assert words in text
    house.exchange.accept(house.agent, caller)
    house.pass_seconds(10)
    assert (house.state(caller), house.is_recorded(caller)) == ("CONNECTED", True)


@pytest.mark.parametrize("answer", LEADS_ON.values(), ids=LEADS_ON)
@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_goes_wrong_leads_on_to_an_agent(answer: Mapping[str, str] | None, language: str) -> None:
    house = CardHouse(answer)
    house.on_duty()
    caller = to_billing(house, language)
    house.keys(caller, CARD + "#")
    assert house.is_offered(caller)
    assert AGENT[language] in said_after(house, caller, ASK[language])[1]
    assert "account_id" not in house.contact(caller).attributes


def test_a_card_of_several_accounts_is_left_to_the_agent() -> None:
    house = CardHouse({"outcome": "several", "tail": "1111"})
    house.on_duty()
    caller = to_billing(house)
    house.keys(caller, CARD + "#")
    assert house.is_offered(caller)
    assert "続きは担当者が確認いたします" in said_after(house, caller, ASK["ja"])[1]
    assert "account_id" not in house.contact(caller).attributes


def test_an_account_with_another_language_is_served_in_it() -> None:
    house = CardHouse({**FOUND, "language": "en"})
    caller = to_billing(house, "ja")
    house.keys(caller, CARD + "#")
    house.pass_seconds(20)
    contact = house.contact(caller)
    assert (contact.attributes["language"], contact.details["LanguageCode"]) == ("en", "en-US")


def test_an_expired_certificate_leads_on_to_an_agent() -> None:
    house = CardHouse()
    house.on_duty()
    house.world.encrypt = _refuse  # type: ignore[method-assign]
    caller = to_billing(house)
    house.keys(caller, CARD + "#")
    assert house.is_offered(caller)
    assert house.looked_up == []


def _refuse(keyed: str, key_id: str, certificate: str) -> str:
    raise RuntimeError(keyed)


def test_nobody_records_and_nothing_is_logged_while_a_number_is_keyed() -> None:
    house = CardHouse({"outcome": "length"})
    house.on_duty()
    caller = to_billing(house)
    house.keys(caller, "4111#")
    contact = house.contact(caller)
    assert (contact.recording.wanted, contact.logging) == (frozenset(), False)
    house.keys(caller, CARD + "#")
    assert house.is_offered(caller)
    assert (contact.recording.wanted, contact.logging) == (frozenset({"Agent", "Customer"}), True)
    logged = {entry["Identifier"] for entry in house.world.log}
    assert {"record-on", "to-queue"} & logged == {"to-queue"}
    assert not {"ask", "look-up-in-menu", "outcome", "say-found", "remember"} & logged


def test_no_number_and_no_tail_is_in_anything_that_is_told_or_kept() -> None:
    house = CardHouse({"outcome": "check_digit"})
    house.on_duty()
    caller = to_billing(house)
    house.keys(caller, "4111111111111112#")
    house.keys(caller, CARD + "#")
    house.pass_seconds(20)
    house.exchange.hang_up(caller)
    house.pass_seconds(30)
    contact = house.contact(caller)
    kept: list[Any] = [
        contact.attributes, contact.details, contact.tags, contact.references, contact.segment_attributes, contact.keys,
        *house.world.events, *house.world.records, *house.world.agent_events, *house.world.log,
    ]  # fmt: skip
    for each in kept:
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", json.dumps(each, default=str))
        assert "1111" not in text


# --- in the middle of a call ----------------------------------------------------------------------------------------------


def comes_back(house: CardHouse, call: str) -> bool:
    """Whether the caller talks to the same agent, and is recorded."""
    return (house.state(call), house.hears(call).kind, house.is_recorded(call)) == ("CONNECTED", "agent", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agent_sends_the_caller_to_key_a_card_and_has_them_back_known(language: str) -> None:
    house = CardHouse()
    call = house.talks(LANGUAGES[language], "1")
    entry = house.sends_to_card_entry(call)
    assert house.recording == [("pause", call)]
    assert house.contact(call).attributes["tsunagu_card_entry"] == "open"
    assert not house.is_recorded(call)
    house.keys(call, CARD + "#")
    house.pass_seconds(10)
    [asked] = house.looked_up
    assert (opened(asked["card"]), asked["by"]) == (CARD, "call")
    assert house.recording == [("pause", call), ("resume", call)]
    assert comes_back(house, call)
    attributes = house.contact(call).attributes
    assert (attributes["account_id"], attributes["identified"]) == ("A-77", "card")
    assert attributes["tsunagu_card_entry"] == "over"
    assert house.said(entry) == []
    assert ASK[language] in " ".join(house.said(call))


@pytest.mark.parametrize("answers", [[{"outcome": "not_found"}] * 3, [None], [{"outcome": "limited"}]], ids=str)
def test_the_same_agent_has_the_caller_back_after_failure(answers: list[Mapping[str, str] | None]) -> None:
    house = CardHouse(*answers)
    call = house.talks("1", "1")
    house.sends_to_card_entry(call)
    for _ in answers:
        house.keys(call, CARD + "#")
    house.pass_seconds(20)
    assert comes_back(house, call)
    assert "account_id" not in house.contact(call).attributes


def test_the_same_agent_has_the_caller_back_after_silence() -> None:
    house = CardHouse()
    call = house.talks("1", "1")
    house.sends_to_card_entry(call)
    house.pass_seconds(90)
    assert comes_back(house, call)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", ["refuses", "breaks"])
def test_without_a_pause_of_the_recording_no_entry_begins(how: str, language: str) -> None:
    house = CardHouse(refuses=how == "refuses", breaks=how == "breaks")
    call = house.talks(LANGUAGES[language], "1")
    entry = house.sends_to_card_entry(call)
    [word] = house.said(entry)
    assert {"ja": "録音を止められない", "en": "cannot be paused"}[language] in word
    assert not any(each.secret for each in house.world.heard[call])
    assert house.contact(call).attributes["tsunagu_card_entry"] == "open"
    # Where nobody knows whether it was paused, it is resumed.
    assert [do for do, _ in house.recording] == (["pause"] if how == "refuses" else ["pause", "resume"])
    house.pass_seconds(20)
    assert comes_back(house, call)
    assert house.contact(call).attributes["tsunagu_card_entry"] == "over"


def test_who_is_known_already_is_not_asked_again() -> None:
    house = CardHouse()
    house.on_duty()
    call = to_billing(house)
    house.keys(call, CARD + "#")
    assert house.is_offered(call)
    house.exchange.accept(house.agent, call)
    house.pass_seconds(10)
    house.sends_to_card_entry(call)
    assert comes_back(house, call)
    assert (len(house.looked_up), house.recording) == (1, [])


GOES = ["end", "leave", "lose_line"]


@pytest.mark.parametrize("how", GOES)
def test_a_caller_whose_agent_is_gone_meanwhile_is_first_in_the_queue(how: str) -> None:
    house = CardHouse()
    call = house.talks("1", "1")
    house.sends_to_card_entry(call)
    house.exchange.press(call, CARD[:8])
    act = getattr(house.exchange, how)
    act(house.agent) if how == "lose_line" else act(house.agent, call)
    house.pass_seconds(20)
    customer = house.exchange.customer_of(call)
    assert (customer.stage, customer.priority, customer.queue and customer.queue.name) == (Stage.WAITING, 1, "Support")
    assert customer.recording.wanted == {"Agent", "Customer"}


def test_an_agent_who_leaves_before_the_entry_begins_leaves_the_caller_to_the_queue() -> None:
    house = CardHouse()
    call = house.talks("1", "1")
    house.world.functions = None
    house.sends_to_card_entry(call)
    house.exchange.leave(house.agent, call)
    house.world.late.pop()(Result(document={"outcome": "refused"}))
    house.pass_seconds(20)
    customer = house.exchange.customer_of(call)
    assert (customer.stage, customer.queue and customer.queue.name) == (Stage.WAITING, "Support")


DEEDS = ["digits", "hash", "star", "wait", "a moment"]


@given(
    st.lists(st.sampled_from(DEEDS), max_size=20),
    st.lists(st.none() | st.sampled_from([*FAULTS, "identified", "several", "limited", "unavailable"]).map(lambda outcome: {**FOUND, "outcome": outcome}), max_size=6),
    st.booleans(),
)  # fmt: skip
def test_whatever_a_caller_keys_the_agent_has_them_back_and_they_are_recorded(
    deeds: list[str], answers: list[Mapping[str, str] | None], in_call: bool
) -> None:
    house = CardHouse(*answers)
    call = house.talks("1", "1") if in_call else to_billing(house)
    if in_call:
        house.sends_to_card_entry(call)
    for deed in deeds:
        if deed in ("wait", "a moment"):
            house.pass_seconds(12 if deed == "wait" else 1)
        elif house.hears(call).secret:
            house.exchange.press(call, {"digits": "41111111", "hash": "#", "star": "*"}[deed])
    house.pass_seconds(300)
    attributes = house.contact(call).attributes
    assert not any(re.search(r"\d{4}", value) for value in attributes.values())
    assert len(house.looked_up) <= 3
    if in_call:
        assert comes_back(house, call)
        assert [do for do, _ in house.recording] == ["pause", "resume"]
    else:
        assert house.contact(call).recording.wanted == {"Agent", "Customer"}
        assert house.contact(call).logging
