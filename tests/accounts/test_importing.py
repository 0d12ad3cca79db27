"""Imports: in any order, repeated, at once, with crashes wherever one can be, they end in the same tables."""

import json
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.accounts.model import imports
from chalicelib.accounts.model.finding import Status
from chalicelib.accounts.model.imports import State
from chalicelib.accounts.model.member import Entry, text_of
from tests.accounts.members import (
    BUCKET,
    NOON,
    QUEUE,
    arrives,
    carry,
    check,
    file_of,
    history,
    member,
    stands,
    tables,
    token,
    withdrawal,
)
from tests.support.cloud import EVERY_PART, Call, Cloud, Crash, Fault, Trouble, in_turn, no_faults, queue_url
from tests.support.house import opened

HOUR = timedelta(hours=1)
SERIES = "Tsunagu/Stage"


@pytest.fixture(scope="module")
def house() -> Iterator[Cloud]:
    """One for all: making clients takes longer than most imports."""
    cloud = Cloud()
    with opened(cloud):
        yield cloud


@pytest.fixture
def cloud(house: Cloud) -> Cloud:
    house.clear()
    return house


def metric(cloud: Cloud, name: str) -> float:
    """Return what a metric adds up to."""
    return sum(
        sums.sum
        for (_, metric, _), minutes in cloud.cloudwatch.series.items()
        for sums in minutes.values()
        if metric == name
    )


# --- one file -----------------------------------------------------------------------------------------------------------


def test_a_file_of_members_becomes_accounts_and_tokens(cloud: Cloud) -> None:
    """One card on two accounts, two cards on one, a locked and a closed account."""
    shared = token(1)
    members = [
        member(1, cards=(shared,)),
        member(2, cards=tuple(sorted((shared, token(2))))),
        member(3, status=Status.LOCKED),
        member(4, status=Status.CLOSED, cards=()),
    ]
    whole = arrives(cloud, file_of(members))
    carry(cloud)
    check(cloud, members)
    assert stands(whole).state is State.DONE
    counts = stands(whole).counts
    assert (counts.lines, counts.members, counts.written, counts.refused) == (4, 4, 4, 0)
    assert metric(cloud, "ImportLinesRefused") == 0
    assert f"{whole.key}.problems" not in cloud.s3.buckets[BUCKET]


def test_a_token_has_nothing_beside_it(cloud: Cloud) -> None:
    arrives(cloud, file_of([member(1)]))
    carry(cloud)
    [item] = cloud.table("CardTokensTable").items()
    assert item == {"token": {"S": token(1)}, "account_id": {"S": "A-000001"}}


def test_a_change_of_cards_takes_away_those_that_are_no_longer_there(cloud: Cloud) -> None:
    first, then = member(1, cards=(token(1), token(2))), member(1, cards=(token(2), token(3)), changed_at=NOON + HOUR)
    for sequencer, entry in enumerate([first, then]):
        arrives(cloud, file_of([entry]), sequencer=str(sequencer))
        carry(cloud)
    check(cloud, [first, then])
    assert {card for card, _ in tables(cloud)[1]} == {token(2), token(3)}


def test_a_withdrawal_leaves_nothing_that_leads_to_the_account_and_no_older_file_brings_it_back(cloud: Cloud) -> None:
    before = member(1, cards=(token(1), token(2)))
    told: list[Entry] = [before, withdrawal(1, NOON + HOUR), before]
    for sequencer, entry in enumerate(told):
        arrives(cloud, file_of([entry]), sequencer=str(sequencer))
        carry(cloud)
    accounts, tokens = tables(cloud)
    assert tokens == set()
    assert accounts["A-000001"].keys() == {"account_id", "changed_at", "withdrawn_at", "fingerprint"}
    assert "会員" not in json.dumps(list(cloud.table("AccountsTable").items()), ensure_ascii=False)
    back = member(1, changed_at=NOON + 2 * HOUR)
    arrives(cloud, file_of([back]), sequencer="9")
    carry(cloud)
    check(cloud, [back])


def test_a_withdrawal_takes_tokens_that_came_another_way(cloud: Cloud) -> None:
    """Restored, or loaded when the tables were made: the index knows them, the account's item does not."""
    arrives(cloud, file_of([member(1, cards=())]))
    carry(cloud)
    cloud.table("CardTokensTable").fill([{"token": {"S": token(8)}, "account_id": {"S": "A-000001"}}])
    arrives(cloud, file_of([withdrawal(1, NOON + HOUR)]), sequencer="2")
    carry(cloud)
    assert tables(cloud)[1] == set()


def test_tokens_of_a_newer_key_replace_those_of_the_older_one_at_the_same_change(cloud: Cloud) -> None:
    """The card system makes all tokens anew when the key changes; nothing of the members has changed."""
    before, after = member(1, cards=(token(1, 1),)), member(1, cards=(token(1, 2),))
    for order in ((before, after), (after, before)):
        cloud.clear()
        for sequencer, entry in enumerate(order):
            arrives(cloud, file_of([entry]), sequencer=str(sequencer))
            carry(cloud)
        check(cloud, [after])


def test_bad_lines_are_told_by_line_and_reason_and_the_others_are_taken(cloud: Cloud) -> None:
    lines: list[Entry | str] = [
        member(1),
        "no JSON",
        member(2),
        '{"account_id": "A-000003"}',
        "",
        text_of(member(4)).replace("会員", "4111 1111 1111 1111"),
    ]
    whole = arrives(cloud, file_of(lines))
    carry(cloud)
    check(cloud, [member(1), member(2)])
    problems = [json.loads(line) for line in cloud.s3.buckets[BUCKET][f"{whole.key}.problems"].splitlines()]
    assert [(problem["line"], problem["field"]) for problem in problems] == [(2, "line"), (4, "name"), (6, "name")]
    assert problems[2]["reason"].startswith("holds what looks like a card number")
    assert stands(whole).counts.refused == metric(cloud, "ImportLinesRefused") == 3
    assert stands(whole).counts.lines == 6
    assert b"4111" not in b"".join(cloud.s3.buckets[BUCKET].values()).replace(file_of(lines), b"")


def test_lines_of_a_long_file_keep_their_numbers_across_slices(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "SLICE_BYTES", 1_000)
    lines: list[Entry | str] = [member(number) if number % 7 else "{}" for number in range(1, 100)]
    whole = arrives(cloud, file_of(lines))
    carry(cloud, Random(1))
    problems = [json.loads(line) for line in cloud.s3.buckets[BUCKET][f"{whole.key}.problems"].splitlines()]
    assert [problem["line"] for problem in problems] == list(range(7, 100, 7))
    assert stands(whole).slices > 10
    check(cloud, [line for line in lines if not isinstance(line, str)])


def test_a_line_without_an_end_is_refused_and_costs_no_other(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "SLICE_BYTES", 5_000)
    whole = arrives(cloud, file_of([member(1), "x" * 70_000, member(2)]))
    carry(cloud)
    check(cloud, [member(1), member(2)])
    [problem] = map(json.loads, cloud.s3.buckets[BUCKET][f"{whole.key}.problems"].splitlines())
    assert (problem["line"], problem["reason"]) == (2, "must have at most 16,384 bytes")


def test_an_empty_file_fails_and_says_so(cloud: Cloud) -> None:
    whole = arrives(cloud, b"")
    carry(cloud)
    assert (stands(whole).state, stands(whole).why) == (State.FAILED, "The file is empty.")
    assert metric(cloud, "ImportsFailed") == 1


@pytest.mark.parametrize(("becomes", "why"), [(None, "was removed"), (b"another", "Another file of this name")])
def test_a_file_that_goes_or_changes_while_it_is_read_fails(
    becomes: bytes | None, why: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SLICE_BYTES", 500)
    whole = arrives(cloud, file_of(member(number) for number in range(20)))
    carry(cloud, most=3)
    if becomes is None:
        del cloud.s3.buckets[BUCKET][whole.key]
    else:
        cloud.s3.buckets[BUCKET][whole.key] = becomes
    carry(cloud)
    assert stands(whole).state is State.FAILED
    assert why in str(stands(whole).why)
    assert metric(cloud, "ImportsFailed") == 1


def test_a_test_event_of_s3_is_no_file(cloud: Cloud) -> None:
    cloud.sqs.queues[QUEUE].append({"MessageBody": json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"})})
    carry(cloud)
    assert not cloud.sqs.queues[queue_url("ParkedQueue")]


@pytest.mark.parametrize(
    "body", ["no JSON", "[]", "{}", '{"Records": [{}]}', '{"slice": "x", "key": "k", "sequencer": "s"}']
)
def test_a_message_that_nobody_can_read_is_parked(body: str, cloud: Cloud) -> None:
    cloud.sqs.queues[QUEUE].append({"MessageBody": body})
    carry(cloud)
    [letter] = cloud.sqs.queues[queue_url("ParkedQueue")]
    assert json.loads(letter["MessageBody"])["source"] == "account-imports"


# --- any order, any trouble -----------------------------------------------------------------------------------------------

TROUBLES = st.builds(
    Fault,
    st.sampled_from(
        [Trouble.THROTTLED, Trouble.UNPROCESSED, Trouble.SERVER_ERROR, Trouble.DISCONNECTED, Trouble.CRASHED]
    ),
    st.sampled_from([0, 1, 3, EVERY_PART]),
)


@given(
    seed=st.integers(0, 10**6),
    files=st.integers(1, 3),
    slice_bytes=st.integers(200, 3_000),
    faults=st.lists(st.none() | TROUBLES, max_size=80),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_in_any_order_repeated_and_crashing_they_end_in_the_same_tables(
    house: Cloud, seed: int, files: int, slice_bytes: int, faults: list[Fault | None]
) -> None:
    luck, cloud = Random(seed), house
    cloud.clear()
    told = history(luck, accounts=6, entries=30)
    shuffled = luck.sample([*told, *luck.choices(told, k=5)], k=len(told) + 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "SLICE_BYTES", slice_bytes)
        for number in range(files):
            arrives(cloud, file_of(shuffled[number::files]), key=f"members/{number}.jsonl")
        cloud.faults = in_turn(faults)
        carry(cloud, luck)
        cloud.faults = no_faults
        check(cloud, told)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_two_workers_between_each_others_steps_end_in_the_same_tables(house: Cloud, seed: int) -> None:
    """Before any call of one worker another one may take a whole message."""
    luck, cloud = Random(seed), house
    cloud.clear()
    told = history(luck, accounts=4, entries=30)
    busy = False

    def another(call: Call) -> None:
        nonlocal busy
        if not busy and luck.random() < 0.3:
            busy = True
            try:
                carry(cloud, luck, most=1)
            finally:
                busy = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "SLICE_BYTES", 900)
        for number in range(2):
            arrives(cloud, file_of(told[number::2]), key=f"members/{number}.jsonl")
        cloud.faults = another
        carry(cloud, luck)
        cloud.faults = no_faults
        check(cloud, told)


@pytest.mark.parametrize("applied", [0, EVERY_PART])
def test_a_worker_that_dies_at_any_call_is_made_up_for(
    applied: int, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts that follow from the file are right as well, and its problems are told once."""
    monkeypatch.setattr(imports, "SLICE_BYTES", 2_000)
    told: list[Entry] = [*(member(number) for number in range(1, 20)), withdrawal(3, NOON + HOUR)]
    lines: list[Entry | str] = [told[0], "no JSON", *told[1:]]
    for nth in range(1, 100):
        cloud.clear()
        whole = arrives(cloud, file_of(lines))
        died = Fault(Trouble.CRASHED, applied)
        coming = iter([*[None] * (nth - 1), died])
        cloud.faults = in_turn(coming)
        carry(cloud)
        if next(coming, None) is died:
            break
        cloud.faults = no_faults
        check(cloud, told)
        counts = stands(whole).counts
        assert (stands(whole).state, counts.lines, counts.members) == (State.DONE, 21, 19)
        assert (counts.withdrawals, counts.refused) == (1, 1)
        assert len(cloud.s3.buckets[BUCKET][f"{whole.key}.problems"].splitlines()) == 1
    assert nth > 15, "it took more calls than that"


def test_the_same_file_again_writes_nothing(cloud: Cloud) -> None:
    told = history(Random(5), accounts=10, entries=40)
    arrives(cloud, file_of(told))
    carry(cloud)
    before = tables(cloud)
    again = arrives(cloud, file_of(told), sequencer="2")
    cloud.tally.clear()
    carry(cloud)
    assert tables(cloud) == before
    assert stands(again).counts.written == 0
    assert cloud.tally.total(resource="AccountsTable").items_written == 0


def test_a_new_release_goes_on_with_slices_as_they_were_cut(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [member(number) for number in range(40)]
    monkeypatch.setattr(imports, "SLICE_BYTES", 1_000)
    whole = arrives(cloud, file_of(members))
    carry(cloud, most=3)
    monkeypatch.setattr(imports, "SLICE_BYTES", 777)
    carry(cloud)
    assert stands(whole).counts.members == 40
    check(cloud, members)


def test_many_changes_share_a_transaction(cloud: Cloud) -> None:
    arrives(cloud, file_of(member(number) for number in range(100)))
    carry(cloud)
    assert cloud.tally.total("BatchGetItem", "AccountsTable").calls == 1
    assert cloud.tally.total("TransactWriteItems", "AccountsTable+CardTokensTable").calls == 2


def test_a_crash_is_no_lack_of_tests(cloud: Cloud) -> None:
    """The faults above do happen: a worker that dies at every call never ends."""
    arrives(cloud, file_of([member(1)]))
    cloud.faults = lambda call: Fault(Trouble.CRASHED)
    with pytest.raises(AssertionError, match="for ever"):
        carry(cloud)
    cloud.faults = no_faults
    with pytest.raises(Crash):
        raise Crash("at last")
    assert wiring.import_rooms()
