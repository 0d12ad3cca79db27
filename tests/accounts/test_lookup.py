"""A caller keys a card, and the flow hears whose account it is: rule by rule, and whatever breaks."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.accounts.entry.card import card_lookup
from chalicelib.accounts.model.limits import ENTRIES_A_CONTACT, MISSES_A_CALLER
from tests.accounts.messages import KEY_ID, SUITES, card, pair, secret
from tests.accounts.room import CALLER, CONTACT, MORNING, OTHER_CONTACT, UNAVAILABLE, Room, request
from tests.docs.pages import TEMPLATE
from tests.support.cloud import Call, Crash, Fault, Trouble, conflicting, denied
from tests.support.lambda_context import LambdaContext

LUCK = Random(20260615)
MINE, SECOND, SHARED, OLD, LOCKED, STRANGE = (card(LUCK) for _ in range(6))
NONE = {"account_id": "none", "language": "none", "priority": "none", "tail": "none"}
LOOKUP_CALLS = ["TransactWriteItems", "GenerateMac", "Query", "BatchGetItem", "TransactWriteItems"]


def calls_of(number: int) -> str:
    return f"{number:08x}{CONTACT[8:]}"


@pytest.fixture(scope="module")
def house() -> Iterator[Room]:
    with Room(CompanyTrunks="+81355550") as room:
        yield room


@pytest.fixture
def room(house: Room) -> Room:
    house.reset()
    house.member("100-1", MINE, SECOND, language="ja", priority=2)
    house.member("100-2", SHARED)
    house.member("100-3", SHARED, OLD, status="open")
    house.member("100-4", OLD, status="closed")
    house.member("100-5", LOCKED, status="locked")
    return house


def test_the_caller_is_identified_by_each_of_their_cards(room: Room) -> None:
    for digits in (MINE, SECOND):
        found = {"account_id": "100-1", "language": "ja", "priority": "2", "tail": digits[-4:]}
        assert room.key(digits) == {"outcome": "identified", **found}
    [kept] = room.items("IdentificationsTable")
    week = int((MORNING + timedelta(days=7)).timestamp())
    assert kept == {
        "contact_id": CONTACT, "state": "identified", "account_id": "100-1", "account_ids": '["100-1"]',
        "at": "2026-06-15T01:00:00.000Z", "by": "card", "expires": str(week),
    }  # fmt: skip


def test_a_card_of_several_accounts_is_for_an_agent_to_ask_about(room: Room) -> None:
    assert room.key(SHARED) == NONE | {"outcome": "several", "tail": SHARED[-4:]}
    [kept] = room.items("IdentificationsTable")
    assert (kept["state"], json.loads(kept["account_ids"])) == ("several", ["100-2", "100-3"])
    assert "account_id" not in kept


def test_an_account_that_is_closed_does_not_hide_the_open_one(room: Room) -> None:
    assert room.key(OLD)["account_id"] == "100-3"


@pytest.mark.parametrize(
    ("digits", "outcome"),
    [
        ("", "silence"),
        ("123", "length"),
        (MINE[:-1], "length"),
        (MINE[:-1] + str((int(MINE[-1]) + 1) % 10), "check_digit"),
        ("9999999999999995", "scheme"),
    ],
)
def test_faults_of_form_are_named_without_asking_anybody(room: Room, digits: str, outcome: str) -> None:
    room.cloud.tally.clear()
    assert room.key(digits) == NONE | {"outcome": outcome}
    asked = {operation for operation, _ in room.cloud.tally.counts}
    assert not asked & {"GenerateMac", "Query", "BatchGetItem"}
    assert [item["outcome"] for item in room.items("CardAuditTable")] == [outcome]


def test_a_caller_who_keys_nothing_costs_nothing(room: Room) -> None:
    for stored in ("Timeout", ""):
        assert room.send(stored) == NONE | {"outcome": "silence"}
    assert room.items("EntriesTable") == []


def test_unknown_closed_and_locked_are_alike_to_the_last_call(room: Room) -> None:
    room.member("100-6", closed := card(LUCK), status="closed")
    room.key(MINE, OTHER_CONTACT)
    seen = []
    for number, digits in enumerate((STRANGE, closed, LOCKED)):
        calls: list[str] = []

        def note(call: Call, calls: list[str] = calls) -> None:
            calls.append(call.operation)

        room.cloud.faults = note
        assert room.key(digits, calls_of(number)) == NONE | {"outcome": "not_found"}
        room.cloud.faults = lambda call: None
        seen.append(calls)
    assert seen == [LOOKUP_CALLS] * 3
    assert room.entry(f"caller#{CALLER}")["misses"] == "3"
    assert {item["outcome"] for item in room.items("CardAuditTable")} == {"identified", "not_found"}


def test_the_same_ciphertext_in_the_same_call_has_the_same_answer_and_counts_once(room: Room) -> None:
    stored = pair().stored(MINE)
    answers = [room.send(stored) for _ in range(3)]
    assert answers == [answers[0]] * 3
    assert answers[0]["tail"] == MINE[-4:]
    assert room.entry(f"contact#{CONTACT}")["tries"] == "1"
    assert len(room.items("CardAuditTable")) == 1


def test_the_answer_stays_when_the_world_has_changed_meanwhile(room: Room) -> None:
    stored = pair().stored(MINE)
    first = room.send(stored)
    room.member("100-1", status="closed")
    assert room.send(stored) == first
    assert room.key(MINE)["outcome"] == "not_found"


def test_in_another_call_it_is_refused_and_noted(room: Room) -> None:
    stored = pair().stored(MINE)
    room.send(stored)
    assert room.send(stored, OTHER_CONTACT) == UNAVAILABLE
    assert room.entry(f"contact#{OTHER_CONTACT}") == {}
    noted = [item for item in room.items("CardAuditTable") if item["contact_id"] == OTHER_CONTACT]
    assert [item["outcome"] for item in noted] == ["replayed"]
    assert "account_id" not in noted[0]
    assert room.send(stored)["outcome"] == "identified"


def test_a_second_writing_of_the_same_message_is_refused(room: Room) -> None:
    """An entry is claimed for its bytes: the same id alone is not enough."""
    stored = pair().stored(MINE)
    room.send(stored)
    claim = next(item for item in room.items("EntriesTable") if item["entry"].startswith("message#"))
    room.cloud.client("dynamodb").update_item(
        TableName="EntriesTable",
        Key={"entry": {"S": claim["entry"]}},
        UpdateExpression="SET digest = :other",
        ExpressionAttributeValues={":other": {"S": "0" * 64}},
    )
    assert room.send(stored) == UNAVAILABLE


def test_a_call_does_not_go_on_for_days(room: Room) -> None:
    stored = pair().stored(MINE)
    room.send(stored)
    room.clock.seconds = timedelta(hours=23).total_seconds()
    assert room.send(stored)["outcome"] == "identified"
    assert room.key(MINE)["outcome"] == "identified"
    room.clock.seconds = timedelta(hours=25).total_seconds()
    assert room.send(stored) == UNAVAILABLE
    assert room.key(MINE) == NONE | {"outcome": "limited"}


def test_a_contact_has_nine_entries_and_a_repetition_is_none(room: Room) -> None:
    last = pair().stored(MINE)
    for number in range(ENTRIES_A_CONTACT - 1):
        assert room.key(MINE[:-1] if number % 2 else MINE)["outcome"] != "limited"
    assert room.send(last)["outcome"] == "identified"
    over = pair().stored(MINE)
    assert [room.send(over)["outcome"] for _ in range(2)] == ["limited"] * 2
    assert room.send(last)["outcome"] == "identified"
    assert room.entry(f"contact#{CONTACT}")["tries"] == str(ENTRIES_A_CONTACT)
    assert [item["outcome"] for item in room.items("CardAuditTable")].count("limited") == 1
    assert room.key(MINE, OTHER_CONTACT)["outcome"] == "identified"


def test_a_calling_number_has_ten_misses_in_a_day(room: Room) -> None:
    for number in range(MISSES_A_CALLER):
        assert room.key(card(LUCK), calls_of(number))["outcome"] == "not_found"
    assert room.key(MINE, calls_of(90)) == NONE | {"outcome": "limited"}
    assert room.key(MINE, calls_of(91), address="+819099999999")["outcome"] == "identified"
    room.clock.seconds = timedelta(hours=24).total_seconds()
    assert room.key(MINE, calls_of(92))["outcome"] == "identified"
    assert room.key(STRANGE, calls_of(93))["outcome"] == "not_found"
    assert room.entry(f"caller#{CALLER}")["misses"] == "1", "a new count, though the old one was still there"


def test_hits_and_faults_of_form_are_no_misses(room: Room) -> None:
    for number in range(2 * MISSES_A_CALLER):
        room.key(MINE if number % 2 else "4111", calls_of(number))
    assert room.entry(f"caller#{CALLER}") == {}


@pytest.mark.parametrize("address", [None, "", "anonymous", "09012345678", "+81355550123"])
def test_strangers_who_share_a_number_do_not_share_its_limit(room: Room, address: str | None) -> None:
    for number in range(2 * MISSES_A_CALLER):
        assert room.key(card(LUCK), calls_of(number), address=address)["outcome"] == "not_found"
    assert room.key(MINE, calls_of(99), address=address)["outcome"] == "identified"
    assert not [item for item in room.items("EntriesTable") if item["entry"].startswith("caller#")]


def test_an_entry_during_a_call_is_the_agents_wish(room: Room) -> None:
    room.key(MINE, by="call")
    assert room.items("IdentificationsTable")[0]["by"] == "card in call"
    assert room.items("CardAuditTable")[0]["by"] == "card in call"


def test_the_audit_says_who_when_and_what_and_no_more(room: Room) -> None:
    room.key(MINE)
    [item] = room.items("CardAuditTable")
    at, _, message_id = item["at"].partition("#")
    assert f"message#{message_id}" in {each["entry"] for each in room.items("EntriesTable")}
    assert item | {"at": at} == {
        "day": "2026-06-15", "at": "2026-06-15T01:00:00.000Z", "contact_id": CONTACT, "what": "lookup", "by": "card",
        "outcome": "identified", "account_id": "100-1", "key_version": "1",
        "expires": str(int((MORNING + timedelta(days=1100)).timestamp())),
    }  # fmt: skip


def test_a_claim_is_kept_as_long_as_facts(room: Room) -> None:
    room.key(MINE)
    claim = next(item for item in room.items("EntriesTable") if item["entry"].startswith("message#"))
    assert claim["expires"] == str(int((MORNING + timedelta(days=800)).timestamp()))


def test_no_table_knows_the_last_digits(room: Room) -> None:
    """A number whose tail stands nowhere by chance: not in a time, an id or a count."""
    digits = next(digits for digits in (card(LUCK) for _ in range(100)) if digits[-4:] == "7393" or digits[-4] == "7")
    room.member("100-7", digits)
    answers = [room.key(digits)["tail"] for _ in range(2)]
    assert answers == [digits[-4:]] * 2
    for item in [*room.items("EntriesTable"), *room.items("CardAuditTable"), *room.items("IdentificationsTable")]:
        for name, value in item.items():
            assert "tail" not in name
            assert name in ("entry", "digest", "at", "expires") or digits[-4:] not in str(value)


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_is_looked_up(room: Room, suite: str) -> None:
    assert room.send(pair().stored(MINE, suite=SUITES[suite]))["account_id"] == "100-1"
    assert room.send(pair().stored_with_drawn_ivs(MINE))["account_id"] == "100-1"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Details": None},
        {"Details": {"ContactData": {}, "Parameters": {"card": "A", "by": "menu"}}},
        {"Details": {"ContactData": {"ContactId": "c"}, "Parameters": {"card": "A"}}},
        {"Details": {"ContactData": {"ContactId": "c"}, "Parameters": {"card": "A", "by": "somebody"}}},
        {"Details": {"ContactData": {"ContactId": "c"}, "Parameters": {"card": ["A"], "by": "menu"}}},
        request("garbage", CONTACT, address=None, by="menu"),
        request(MINE, CONTACT, address=None, by="menu"),
    ],
)
def test_what_no_flow_of_ours_sends_is_unavailable(room: Room, event: dict[str, Any]) -> None:
    assert card_lookup(event, LambdaContext()) == UNAVAILABLE
    assert MINE not in room.log.getvalue()


def test_a_refused_message_leaves_no_entry(room: Room) -> None:
    assert room.send(pair("second").stored(MINE)) == UNAVAILABLE
    assert room.items("EntriesTable") == []
    room.cloud.secrets_manager.secrets["CardKeys"] = secret((KEY_ID, pair()), ("next", pair("second")))
    room.clock.seconds = 31


SERVICES = ("kms", "secrets-manager", "dynamodb")


def denying(call: Call) -> Fault | None:
    raise denied(call)


GONE: dict[str, Callable[[Call], Fault | None]] = {
    "throttled": lambda call: Fault(Trouble.THROTTLED),
    "failing": lambda call: Fault(Trouble.SERVER_ERROR),
    "gone": lambda call: Fault(Trouble.DISCONNECTED),
    "denied": denying,
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("how", GONE)
def test_a_service_that_fails_is_an_agent_without_identification_and_no_storm(
    room: Room, service: str, how: str
) -> None:
    calls: list[str] = []

    def trouble(call: Call) -> Fault | None:
        calls.append(call.operation)
        return GONE[how](call) if call.service == service else None

    room.cloud.faults = trouble
    assert room.key(MINE) == UNAVAILABLE
    assert len(calls) <= len(LOOKUP_CALLS) + 2, "each call is repeated once at most"
    kinds = {"throttled": "TryAgain", "failing": "TryAgain", "gone": "TryAgain", "denied": "AccessDeniedException"}
    said = room.log.getvalue().splitlines()[-1]
    assert said.startswith("card lookup unavailable")
    assert f'"kind": "{kinds[how]}"' in said


@pytest.mark.parametrize("how", ["found", *GONE])
def test_the_log_never_holds_what_a_flow_sent(room: Room, how: str) -> None:
    """Encrypted as it is: whoever has log and key would have the number."""
    stored = pair().stored(MINE)
    if how != "found":
        room.cloud.faults = GONE[how]
    room.send(stored)
    said = room.log.getvalue()
    assert said
    assert stored not in said
    assert stored[-64:] not in said


def test_the_alarm_listens_for_the_words_that_the_log_says(room: Room) -> None:
    room.cloud.faults = GONE["denied"]
    room.key(MINE)
    line = json.loads("{" + room.log.getvalue().splitlines()[-1].partition("{")[2])
    [heard] = TEMPLATE.definitions("AWS::Logs::MetricFilter").values()
    assert heard["FilterPattern"] == f'{{ $.message = "{line["msg"]}" }}'


@pytest.mark.parametrize("service", SERVICES)
def test_a_slow_service_is_given_up_while_the_flow_still_waits(room: Room, service: str) -> None:
    def slow(call: Call) -> Fault | None:
        if call.service != service:
            return None
        room.clock.seconds += 2
        return Fault(Trouble.DISCONNECTED, 1)

    room.cloud.faults = slow
    assert room.key(MINE) == UNAVAILABLE
    assert room.clock.seconds <= 5


def test_many_slow_answers_add_up_to_a_refusal(room: Room) -> None:
    def slow(call: Call) -> None:
        room.clock.seconds += 1.5

    room.cloud.faults = slow
    assert room.key(MINE) == UNAVAILABLE
    assert room.clock.seconds <= 5


def test_after_the_trouble_the_same_ciphertext_is_answered(room: Room) -> None:
    stored = pair().stored(MINE)
    room.cloud.faults = lambda call: Fault(Trouble.DISCONNECTED, 1) if call.service == "kms" else None
    assert room.send(stored) == UNAVAILABLE
    room.cloud.faults = lambda call: None
    assert room.send(stored)["account_id"] == "100-1"
    assert room.entry(f"contact#{CONTACT}")["tries"] == "1"


@pytest.mark.parametrize("applied", [0, 1])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_death_at_any_call_counts_once_and_ends_in_the_same_answer(room: Room, at: int, applied: int) -> None:
    stored, calls = pair().stored(STRANGE), 0

    def die(call: Call) -> Fault | None:
        nonlocal calls
        calls += 1
        return Fault(Trouble.CRASHED, applied) if calls == at else None

    room.cloud.faults = die
    with pytest.raises(Crash):
        room.send(stored)
    assert [room.send(stored)["outcome"] for _ in range(2)] == ["not_found"] * 2
    assert room.entry(f"contact#{CONTACT}")["tries"] == "1"
    assert room.entry(f"caller#{CALLER}")["misses"] == "1"
    assert len(room.items("CardAuditTable")) == 1


@pytest.mark.parametrize("at", range(1, 7))
def test_three_at_the_same_time_are_one(room: Room, at: int) -> None:
    """Connect asks again while the first is still at work: another invocation from its first call to its last."""
    stored, calls, answers = pair().stored(STRANGE), 0, []

    def meanwhile(call: Call) -> Fault | None:
        nonlocal calls
        calls += 1
        if calls in (at, at + 3):
            answers.append(room.send(stored))
        return None

    room.cloud.faults = meanwhile
    answers.append(room.send(stored))
    assert answers == [NONE | {"outcome": "not_found"}] * len(answers)
    assert room.entry(f"contact#{CONTACT}")["tries"] == "1"
    assert room.entry(f"caller#{CALLER}")["misses"] == "1"
    assert len(room.items("CardAuditTable")) == 1


@pytest.mark.parametrize("conflicts", [1, 4, 99])
def test_transactions_that_meet_are_tried_again_for_a_while(room: Room, conflicts: int) -> None:
    left = conflicts

    def meet(call: Call) -> None:
        nonlocal left
        if call.operation == "TransactWriteItems" and left:
            left -= 1
            raise conflicting(call)

    room.cloud.faults = meet
    assert room.key(MINE)["outcome"] == ("unavailable" if conflicts == 99 else "identified")


def test_the_settings_that_are_deployed_are_enough(room: Room) -> None:
    """And a missing one is told by name, once somebody looks into the log."""
    environment = room.cloud.template.environment("CardLookup")
    assert environment["CARD_TOKEN_KEYS"] == "1=CardTokenKey.Arn"
    assert environment["COMPANY_TRUNKS"] == "+81355550"
