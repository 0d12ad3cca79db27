"""Which account a card finds, and how often somebody may try."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.accounts.model.answer import Answer, Outcome
from chalicelib.accounts.model.entry import By, Claim, Entry
from chalicelib.accounts.model.finding import Account, Status, find
from chalicelib.accounts.model.limits import counted_number
from chalicelib.accounts.model.token import Token
from chalicelib.contacts.model import ContactId

AT = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)


def account(name: str, status: Status = Status.OPEN, language: str | None = "ja", priority: int | None = 3) -> Account:
    return Account(account_id=name, status=status, language=language, priority=priority)


@pytest.mark.parametrize(
    ("accounts", "outcome", "ids"),
    [
        ([], Outcome.NOT_FOUND, []),
        ([account("a")], Outcome.IDENTIFIED, ["a"]),
        ([account("a", Status.CLOSED)], Outcome.NOT_FOUND, []),
        ([account("a", Status.LOCKED)], Outcome.NOT_FOUND, []),
        ([account("a", Status.CLOSED), account("b", Status.LOCKED)], Outcome.NOT_FOUND, []),
        ([account("a", Status.CLOSED), account("b")], Outcome.IDENTIFIED, ["b"]),
        ([account("b"), account("a")], Outcome.SEVERAL, ["a", "b"]),
        ([account("c"), account("a"), account("b", Status.LOCKED)], Outcome.SEVERAL, ["a", "c"]),
    ],
)
def test_a_card_finds_the_open_accounts_that_hold_it(accounts: list[Account], outcome: Outcome, ids: list[str]) -> None:
    finding = find(accounts, {each.account_id: 2 for each in accounts})
    assert (finding.outcome, list(finding.account_ids)) == (outcome, ids)
    assert finding.account_id == (ids[0] if outcome is Outcome.IDENTIFIED else None)
    assert finding.key_version == (2 if ids else None)


def test_unknown_closed_and_locked_are_answered_alike_and_without_the_tail() -> None:
    lost = [[], [account("a", Status.CLOSED)], [account("a", Status.LOCKED)]]
    assert {find(each, {"a": 1}).answer("1111") for each in lost} == {Answer(outcome=Outcome.NOT_FOUND)}


def test_who_is_found_is_told_how_to_be_served() -> None:
    whole = find([account("a")], {"a": 1}).answer("1111")
    assert whole == Answer(outcome=Outcome.IDENTIFIED, account_id="a", language="ja", priority="3", tail="1111")
    bare = find([account("a", language=None, priority=None)], {"a": 1}).answer("1111")
    assert (bare.language, bare.priority) == ("none", "none")
    several = find([account("a"), account("b")], {"a": 1, "b": 1}).answer("1111")
    assert several == Answer(outcome=Outcome.SEVERAL, tail="1111")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("+819012345678", True),
        ("+14155550100", True),
        ("anonymous", False),
        ("Anonymous", False),
        ("", False),
        (None, False),
        ("unavailable", False),
        ("09012345678", False),
        ("sip:alice@example.com", False),
        ("+0312345678", False),
        ("+81312345678", False),
        ("+8131234567", False),
        ("+813123", False),
        ("+12345", False),
        ("+" + "1" * 16, False),
        ("+819012345678 ", False),
        ("+8190123456\uff17\uff18", False),
    ],
)
def test_no_counter_is_shared_by_strangers(address: str | None, counted: bool) -> None:
    """Withheld numbers, what is no number, and the company's exchange +81 3 123."""
    assert counted_number(address, ["+813123"]) == (address if counted else None)


def test_a_repetition_is_the_same_bytes_in_the_same_call_within_a_day() -> None:
    contact = ContactId("0d6a4f0e-5a1b-4c57-9d3e-1f2a3b4c5d01")
    entry = Entry(message_id="a", digest="b", contact_id=contact, at=AT, finding=None)
    claim = Claim(message_id="a", digest="b", contact_id=contact, caller=None, by=By.MENU, at=AT)
    day = timedelta(days=1)
    assert entry.belongs_to(claim)
    assert entry.belongs_to(claim._replace(at=AT + day - timedelta(seconds=1), by=By.CALL))
    assert not entry.belongs_to(claim._replace(at=AT + day))
    assert not entry.belongs_to(claim._replace(contact_id=ContactId("another")))
    assert not entry.belongs_to(claim._replace(digest="malleable"))


def test_a_token_says_its_version_and_nothing_of_the_card() -> None:
    assert Token(version=2, mac=bytes(range(32))).text() == "2.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
