"""Identified is not verified: what a check decides, in which order, and what the same checks come to however they arrive."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.accounts.entry.checks import account_checks
from chalicelib.accounts.model.checks import (
    TRIES,
    Asked,
    Check,
    Identification,
    State,
    counts,
    decide,
    objection,
    read_check,
    shown_ids,
    standing,
)
from chalicelib.contacts.model import ContactId
from chalicelib.moments import stamp
from chalicelib.problems import TryAgain, Unreadable
from tests.centre import Centre, until_it_works
from tests.desk.desk import NOON
from tests.desk.members import JIRO, MAIL, PHONE, TARO, known_by_card
from tests.support.cloud import Fault, Trouble, in_turn, no_faults
from tests.support.lambda_context import LambdaContext

CALL = ContactId("call")
ONE = Identification(contact_id=CALL, account_ids=("A-1",), at=NOON)
TWO = ONE._replace(account_ids=("A-1", "A-2"))
SECOND = timedelta(seconds=1)


def check(number: int = 1, asked: Asked = Asked.ADDRESS, said: str = PHONE, **changes: Any) -> Check:
    return Check(
        check_id=f"check-{number}", contact_id=CALL, in_hand=ContactId("leg"), asked=asked, said=said, username="hana", at=NOON + number * SECOND,
    )._replace(**changes)  # fmt: skip


def right(number: int, said: str = MAIL) -> Check:
    return check(number, said=said)


def wrong(number: int) -> Check:
    return check(number, said="+81355559999")


def name(number: int, said: str = "山田太郎") -> Check:
    return check(number, Asked.NAME, said)


def undo(number: int) -> Check:
    return check(number, Asked.NOT_THIS_CUSTOMER, "")


def after(identification: Identification, *checks: Check) -> Identification:
    """Return the identification after these checks, in the order in which they arrive."""
    members = [each for each in (TARO, JIRO) if each.account_id in identification.account_ids]
    for each in checks:
        if counts(each, identification):
            identification = identification.with_decided(decide(each, members))
    return identification


@pytest.mark.parametrize(
    ("known", "checks", "state", "account_id", "tries_left", "why"),
    [
        (ONE, [], State.IDENTIFIED, "A-1", 3, "a card names an account, and nobody is sure yet"),
        (ONE, [right(1)], State.VERIFIED, "A-1", 0, "one registered address makes sure"),
        (ONE, [check(1, said="090 1234 5678")], State.VERIFIED, "A-1", 0, "however it is written"),
        (ONE, [name(1)], State.IDENTIFIED, "A-1", 3, "a right name alone does not, and is no wrong answer"),
        (ONE, [name(1), right(2)], State.VERIFIED, "A-1", 0, "an address after it does"),
        (ONE, [name(1, "山田次郎")], State.IDENTIFIED, "A-1", 2, "a wrong name is a wrong answer"),
        (ONE, [wrong(1)], State.IDENTIFIED, "A-1", 2, "one wrong answer"),
        (ONE, [wrong(1), wrong(2), right(3)], State.VERIFIED, "A-1", 0, "the third try may be right"),
        (ONE, [wrong(1), wrong(2), wrong(3)], State.IDENTIFIED, "A-1", 0, "three wrong answers end it"),
        (ONE, [wrong(1), wrong(2), wrong(3), right(4)], State.IDENTIFIED, "A-1", 0, "for good"),
        (ONE, [right(1), wrong(2)], State.VERIFIED, "A-1", 0, "who is verified stays so"),
        (ONE, [undo(1)], State.UNDONE, "A-1", 0, "somebody else calls"),
        (ONE, [right(1), undo(2)], State.UNDONE, "A-1", 0, "though the answer was right"),
        (ONE, [undo(1), right(2)], State.UNDONE, "A-1", 0, "and nothing after it counts"),
        (ONE, [wrong(1), wrong(2), wrong(3), undo(4)], State.UNDONE, "A-1", 0, "after three wrong answers too"),
        (TWO, [], State.SEVERAL, None, 3, "one card, two accounts"),
        (TWO, [right(1)], State.VERIFIED, "A-1", 0, "the check tells which of them"),
        (TWO, [check(1, said="090-5555-0000")], State.VERIFIED, "A-2", 0, "or the other"),
        (TWO, [right(1, PHONE)], State.SEVERAL, None, 2, "what fits both tells nothing"),
        (TWO, [name(1)], State.SEVERAL, None, 3, "a name alone chooses nobody"),
        (ONE._replace(account_ids=("A-9",)), [right(1)], State.IDENTIFIED, "A-9", 2, "who is gone fits nothing"),
        (ONE, [right(1, "")], State.IDENTIFIED, "A-1", 2, "nothing fits nobody"),
        (ONE, [right(1)._replace(at=NOON - SECOND)], State.IDENTIFIED, "A-1", 3, "it was about an earlier card"),
    ],
)  # fmt: skip
def test_what_checks_come_to(
    known: Identification, checks: list[Check], state: State, account_id: str | None, tries_left: int, why: str
) -> None:
    now = standing(after(known, *checks))
    assert (now.state, now.account_id, now.tries_left) == (state, account_id, tries_left), why


def test_nobody_is_identified_where_no_card_was_keyed() -> None:
    assert (standing(None).state, standing(None).tries_left, tuple(shown_ids(None))) == (State.NONE, 0, ())


def test_before_the_agent_stand_the_accounts_of_the_card_then_the_certain_one_and_none_after_undoing() -> None:
    assert tuple(shown_ids(TWO)) == ("A-1", "A-2")
    assert tuple(shown_ids(after(TWO, right(1)))) == ("A-1",)
    assert tuple(shown_ids(after(TWO, right(1), undo(2)))) == ()


CHECKS = st.lists(st.sampled_from([right, wrong, name, undo]), max_size=7)


def numbered(kinds: list[Callable[[int], Check]]) -> list[Check]:
    return [make(number) for number, make in enumerate(kinds, start=1)]


@settings(max_examples=400)
@given(CHECKS, st.randoms(use_true_random=False), st.sampled_from([ONE, TWO]))
def test_the_same_checks_come_to_the_same_in_any_order_and_however_often(
    kinds: list[Callable[[int], Check]], luck: random.Random, known: Identification
) -> None:
    checks = numbered(kinds)
    shuffled = [each for each in checks for _ in range(luck.randint(1, 3))]
    luck.shuffle(shuffled)
    assert standing(after(known, *shuffled)) == standing(after(known, *checks))


@given(CHECKS)
def test_nobody_is_verified_after_three_wrong_answers_or_by_less_than_an_address(
    kinds: list[Callable[[int], Check]],
) -> None:
    found = after(ONE, *numbered(kinds))
    first_right = kinds.index(right) if right in kinds else len(kinds)
    expected = right in kinds and kinds[:first_right].count(wrong) < TRIES and undo not in kinds
    assert (standing(found).state is State.VERIFIED) is expected
    assert sum(not each.right for each in found.decided) <= TRIES


# --- messages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", Asked)
def test_a_check_comes_back_as_it_was_sent(asked: Asked) -> None:
    assert read_check(check(1, asked, "千代田区").text()) == check(1, asked, "千代田区")


def test_what_was_said_is_in_no_representation() -> None:
    assert PHONE not in repr(check()) + str(check()) + f"{check()}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fact": "mood"}, "fact"),
        ({"fact": None}, "fact"),
        ({"said": None}, "said"),
        ({"said": 7}, "said"),
        ({"check_id": ""}, "check_id, username, at"),
        ({"username": None}, "check_id, username, at"),
        ({"at": "noon"}, "at"),
        ({"ContactId": ""}, "ContactId"),
        ({"in_hand": ""}, "in_hand"),
    ],
)
def test_a_message_that_is_no_check_is_told_by_its_field_without_what_was_said(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Unreadable) as problem:
        read_check(json.dumps(json.loads(check().text()) | changes))
    assert problem.value.field == field
    assert PHONE not in str(problem.value)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(Unreadable) as problem:
        read_check(text)
    assert problem.value.__cause__ is None, "the cause would hold the text"


@pytest.mark.parametrize(
    ("asked", "said", "why"),
    [
        (Asked.ADDRESS, "090-1234-5678", None),
        (Asked.NAME, "山田 太郎", None),
        (Asked.NOT_THIS_CUSTOMER, "", None),
        (Asked.NOT_THIS_CUSTOMER, "x", "no `said`"),
        (Asked.ADDRESS, "", "what the customer said"),
        (Asked.ADDRESS, "  ", "what the customer said"),
        (Asked.ADDRESS, "x" * 201, "at most 200"),
        (Asked.ADDRESS, "\ud800", "half a character"),
        (Asked.ADDRESS, "4111 1111 1111 1111", "looks like a card number"),
        (Asked.NAME, "4111 1111 1111 1111", "looks like a card number"),
    ],
)
def test_what_stands_against_taking_an_answer(asked: Asked, said: str, why: str | None) -> None:
    found = objection(asked, said)
    assert (found is None) if why is None else (why in str(found))
    assert "4111" not in str(found)


# --- carrying out -------------------------------------------------------------------------------------------------------


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        yield running


def identify(centre: Centre, known: Identification = ONE) -> None:
    """Let `card_lookup` have found somebody."""
    found = [each for each in (TARO, JIRO) if each.account_id in known.account_ids]
    known_by_card(centre, known.contact_id, *found, at=known.at)


def bring(*checks: Check) -> None:
    for each in checks:
        account_checks({"Records": [{"messageId": "m", "body": each.text()}]}, LambdaContext())


def kept(centre: Centre) -> dict[str, Any]:
    [item] = centre.items("IdentificationsTable")
    return {key: value.get("S", value.get("N")) for key, value in item.items()}


def audited(centre: Centre) -> list[tuple[str, str, str]]:
    items = sorted(centre.items("CardAuditTable"), key=lambda item: item["at"]["S"])
    return [(item["what"]["S"], item["by"]["S"], item["outcome"]["S"]) for item in items]


def test_who_is_verified_is_kept_with_who_checked_and_when(centre: Centre) -> None:
    identify(centre, TWO)
    bring(wrong(1), right(2))
    item = kept(centre)
    assert (item["state"], item["account_id"], item["check_tries"]) == ("verified", "A-1", "1")
    assert (item["checked_by"], item["checked_at"]) == ("hana", stamp(NOON + 2 * SECOND))
    assert audited(centre) == [("check", "hana", "wrong"), ("check", "hana", "passed")]


def test_an_identification_that_is_undone_keeps_who_and_when(centre: Centre) -> None:
    identify(centre)
    bring(right(1), undo(2))
    item = kept(centre)
    assert (item["state"], item["undone_by"], item["undone_at"]) == ("undone", "hana", stamp(NOON + 2 * SECOND))
    assert audited(centre) == [("check", "hana", "passed"), ("undo", "hana", "undone")]


def test_after_undoing_the_flows_may_ask_for_a_card_again(centre: Centre) -> None:
    identify(centre)
    centre.cloud.connect.contacts["leg"] = {"Attributes": {"account_id": "A-1", "identified": "card", "language": "ja"}}
    bring(right(1))
    assert centre.cloud.connect.did == []
    bring(undo(2))
    emptied = {"account_id": "", "identified": ""}
    assert centre.cloud.connect.contacts["leg"]["Attributes"] == emptied | {"language": "ja"}


@pytest.mark.parametrize("instance_id", ["", None])
def test_an_identification_of_a_contact_that_is_over_or_of_no_instance_is_undone_all_the_same(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, instance_id: str | None
) -> None:
    if instance_id is not None:
        monkeypatch.setenv("CONNECT_INSTANCE_ID", instance_id)
    identify(centre)
    bring(undo(1))
    assert (kept(centre)["state"], centre.cloud.connect.did) == ("undone", [])


def test_flows_forget_though_the_function_broke_off_before_it_could_tell_them(centre: Centre) -> None:
    identify(centre)
    centre.cloud.connect.contacts["leg"] = {"Attributes": {"account_id": "A-1", "identified": "card"}}
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.service == "connect" else None
    with pytest.raises(TryAgain):
        bring(undo(1))
    centre.cloud.faults = no_faults
    bring(undo(1))
    assert centre.cloud.connect.contacts["leg"]["Attributes"]["identified"] == ""


def test_another_card_makes_an_undone_identification_anew_and_late_checks_of_the_old_one_are_nothing_to_it(
    centre: Centre,
) -> None:
    identify(centre)
    bring(wrong(1), undo(2))
    identify(centre, ONE._replace(account_ids=("A-2",), at=NOON + 10 * SECOND))
    bring(undo(2), wrong(1), right(3))
    assert (kept(centre)["state"], "checks" in kept(centre)) == ("identified", False)
    bring(check(11, said="090-5555-0000"))
    assert (kept(centre)["state"], kept(centre)["account_id"]) == ("verified", "A-2")


def test_a_check_where_nobody_is_identified_leaves_a_trace_and_nothing_else(centre: Centre) -> None:
    bring(right(1))
    assert centre.items("IdentificationsTable") == []
    assert audited(centre) == [("check", "hana", "too_late")]


def test_what_was_said_is_kept_nowhere(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Any] = []
    monkeypatch.setattr(
        "chalicelib.accounts.entry.checks.logger.info", lambda *said, **more: logged.append((said, more))
    )
    identify(centre)
    said = "zzsecretzz@example.jp"
    bring(check(1, said=said), check(2, Asked.NAME, said))
    tables = [centre.items(name) for name in ("IdentificationsTable", "CardAuditTable")]
    seen = json.dumps(tables) + str(logged)
    assert "check compared" in seen
    assert "zzsecretzz" not in seen


def test_a_message_that_nobody_can_read_is_parked_nowhere(centre: Centre) -> None:
    body = json.dumps(json.loads(check().text()) | {"fact": "mood"})
    with pytest.raises(Unreadable):
        account_checks({"Records": [{"messageId": "m", "body": body}]}, LambdaContext())
    assert centre.parked() == []


def test_while_a_table_is_busy_the_check_comes_again(centre: Centre) -> None:
    identify(centre)
    centre.cloud.faults = lambda call: Fault(Trouble.THROTTLED) if call.operation == "UpdateItem" else None
    with pytest.raises(TryAgain):
        bring(right(1))
    centre.cloud.faults = no_faults
    bring(right(1))
    assert kept(centre)["state"] == "verified"
    assert audited(centre) == [("check", "hana", "passed")]


FAULTS = st.lists(st.none() | st.builds(Fault, st.sampled_from(list(Trouble)), st.sampled_from([0, 1])), max_size=30)


@pytest.fixture(scope="module")
def running() -> Iterator[Centre]:
    with Centre() as centre:
        yield centre


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=CHECKS, luck=st.randoms(use_true_random=False), troubles=FAULTS)
def test_however_checks_are_repeated_overtake_each_other_and_break_off_they_end_the_same(
    running: Centre, kinds: list[Callable[[int], Check]], luck: random.Random, troubles: list[Fault | None]
) -> None:
    running.cloud.clear()
    identify(running, TWO)
    checks = numbered(kinds)
    shuffled = [each for each in checks for _ in range(luck.randint(1, 2))]
    luck.shuffle(shuffled)
    running.cloud.faults = in_turn(troubles)
    for each in shuffled:
        until_it_works(account_checks, {"Records": [{"messageId": "m", "body": each.text()}]})
    running.cloud.faults = no_faults
    found = wiring.identification_book().get(CALL)
    assert standing(found) == standing(after(TWO, *checks))
    assert len(audited(running)) == len(checks), "one trace a check"
    item = kept(running)
    assert item["state"] == standing(found).state
    assert int(item.get("check_tries", 0)) == standing(found).wrong
