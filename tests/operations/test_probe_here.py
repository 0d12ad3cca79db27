"""The probe, put to the real local Connect: it finds no difference from itself, and the open points' assumptions in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from chalicelib.contacts.model import ContactId
from infra.local.connect.delivery import BestEffort
from infra.local.connect.floor.hours import is_open
from infra.local.connect.floor.waiting import admit
from infra.local.connect.flows.line import Refused
from infra.local.connect.instance import Hours, Opening, Override
from infra.local.connect.intrinsics import INSTANCE_ID
from infra.local.connect.outbox import Kind, Outbox
from infra.local.connect.world import StackWorld
from infra.operations.probe.__main__ import compared, observe
from infra.operations.probe.open_points import OPEN_POINTS, Evidence
from infra.operations.probe.told import EVENTS, RECORDS
from tests.local_connect.desk import FLOW, HANA, NOW, NUMBER, SUPPORT, Desk, client_of, serving


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A centre at which one of two agents has signed in."""
    desk = Desk()
    desk.on_duty(HANA)
    with serving(desk) as address:
        desk.client = client_of(address)
        yield desk


def probed(desk: Desk) -> Evidence:
    """What the probe sees, with a test contact, at a time at which it is not asked too often."""

    def told(contact_id: ContactId) -> Mapping[str, Sequence[Any]]:
        desk.pass_seconds(1)
        return {
            EVENTS: [each for each in desk.world.events if each["contactId"] == contact_id],
            RECORDS: [each for each in desk.world.records if each["ContactId"] == contact_id],
        }

    desk.pass_seconds(60)
    return observe(desk.client, INSTANCE_ID, flow_id=FLOW, told=told)


def test_the_local_connect_does_not_differ_from_itself(desk: Desk) -> None:
    one, other = probed(desk), probed(desk)
    assert compared(one, other) == {}
    assert one == other
    assert {EVENTS, RECORDS, "the task, over", "metrics of now", "people now"} <= set(one.shapes)
    assert "ThrottlingException" not in one.errors.values()


def test_a_contact_that_is_forgotten_answers_as_one_that_never_was(desk: Desk) -> None:
    contact = desk.calls()
    desk.exchange.hang_up(contact)
    desk.pass_seconds(timedelta(hours=24).total_seconds())

    class OfOld:
        """The API, asked about that contact where the probe asks about one that it does not know."""

        def __getattr__(self, operation: str) -> Any:
            def call(**asked: Any) -> Any:
                unknown = dict.fromkeys(asked.keys() & {"ContactId", "InitialContactId"}, contact)
                return getattr(desk.client, operation)(**{**asked, **unknown})

            return call

    here = observe(desk.client, INSTANCE_ID, flow_id=None, told=lambda _: {})
    desk.pass_seconds(60)
    assert observe(OfOld(), INSTANCE_ID, flow_id=None, told=lambda _: {}).errors == here.errors


class Here(NamedTuple):
    """A running local Connect, what the probe saw of it, and a place for files."""

    desk: Desk
    evidence: Evidence
    directory: Path


def people_shown(here: Here) -> str:
    counts = here.evidence.counts
    return "they are absent" if counts["people shown"] < counts["user"] else "they are shown"


def key_of_records(here: Here) -> str:
    outbox, due = Outbox(here.directory / "outbox"), NOW + timedelta(days=1)
    world = StackWorld(
        here.desk.instance, here.desk.timeline, outbox, None,  # type: ignore[arg-type]
        effort=BestEffort(), dice=Random(0), woken=lambda: None,
    )  # fmt: skip
    world.tell_record(here.desk.world.records[0])
    (promise,) = outbox.due(Kind.RECORD, due, most=2)
    return "the contact id" if promise.key == here.desk.world.records[0]["ContactId"] else promise.key


def branch_of_a_disabled_queue(here: Here) -> str:
    here.desk.exchange.set_queue_status(SUPPORT, enabled=False)
    with pytest.raises(Refused) as refused:
        admit(here.desk.exchange.queue(SUPPORT))
    return refused.value.error_type


def unit_of_age(here: Here) -> str:
    here.desk.exchange.set_queue_status(SUPPORT, enabled=True)
    here.desk.calls()
    here.desk.pass_seconds(7)
    return {7: "in seconds", 7000: "in milliseconds"}[here.desk.exchange.metrics(SUPPORT).oldest_contact_seconds]


NEVER = Hours(id="it", arn="it", name="it", zone="Asia/Tokyo", week={})
MONDAY = date(2026, 6, 15)
NINE_TO_FIVE, EVENING = Opening(start=time(9), end=time(17)), Opening(start=time(22), end=time(2))


def last_day_of_an_override(here: Here) -> str:
    week = dict.fromkeys(range(7), (NINE_TO_FIVE,))
    override = Override(name="it", first=MONDAY - timedelta(days=3), last=MONDAY, week=week)
    return "it is" if is_open(replace(NEVER, overrides=(override,)), NOW) else "it is not"


def hours_past_midnight(here: Here) -> str:
    at_one_on_tuesday = NOW.replace(hour=16)
    return "they do" if is_open(replace(NEVER, week={0: (EVENING,)}), at_one_on_tuesday) else "they do not"


def address_withheld(here: Here) -> str:
    contact = here.desk.exchange.call(to=NUMBER, by="anonymous")
    return str(here.desk.described(contact)["CustomerEndpoint"]["Address"])


UNSEEN: dict[str, Callable[[Here], str]] = {
    "Does GetCurrentUserData show people who are signed out?": people_shown,
    "By which key are contact records put into Kinesis?": key_of_records,
    "Which branch does a flow take on transfer to a disabled queue?": branch_of_a_disabled_queue,
    "Is OldestContactInQueueAgeSeconds compared in seconds?": unit_of_age,
    "Is the last day of an hours override included?": last_day_of_an_override,
    "Do hours that end before they start last until the next day?": hours_past_midnight,
    "Which address has a caller who withholds the number?": address_withheld,
}
"""How the local Connect answers what a probe cannot see, or sees as a number."""


@pytest.mark.parametrize("point", OPEN_POINTS, ids=[each.question for each in OPEN_POINTS])
def test_what_is_assumed_is_what_the_local_connect_does(point: Any, desk: Desk, tmp_path: Path) -> None:
    here = Here(desk=desk, evidence=probed(desk), directory=tmp_path)
    does = UNSEEN[point.question](here) if point.question in UNSEEN else point.read(here.evidence)
    assert does == point.assumed


def test_every_answer_looked_up_here_is_to_an_open_point() -> None:
    assert set(UNSEEN) <= {each.question for each in OPEN_POINTS}
