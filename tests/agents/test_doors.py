"""Agent events at the doors: what is kept, what is parked, and what folding costs."""

import base64
import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.agents.entry import agent_events
from chalicelib.agents.model import State, read_event
from chalicelib.agents.service import states_between, states_now
from chalicelib.problems import TryAgain
from tests import shifts
from tests.centre import Centre, kinesis_event
from tests.shifts import MORNING, Shift, event, held, snapshot, status
from tests.support.cloud import Fault, Trouble
from tests.support.lambda_context import LambdaContext

Document = dict[str, Any]
AVAILABLE = status("Available", MORNING)


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        yield running


def a_heartbeat(**changes: Any) -> Document:
    return event("HEART_BEAT", MORNING, snapshot(AVAILABLE, held("a", "CONNECTED", MORNING))) | changes


def seen(**changes: Any) -> Document:
    return {"CurrentAgentSnapshot": snapshot(AVAILABLE, held("a", "CONNECTED", MORNING)) | changes}


def holding(**changes: Any) -> Document:
    return seen(Contacts=[held("a", "CONNECTED", MORNING) | changes])


UNREADABLE = [
    ("not JSON", "body"),
    ("[]", "body"),
    ("[" * 20_000, "body"),
    ({"AgentARN": None}, "AgentARN"),
    ({"AgentARN": 7}, "AgentARN"),
    ({"AgentARN": "arn:x/agent/" + "ä" * 200}, "AgentARN"),
    ({"EventId": ""}, "EventId"),
    ({"EventId": "x" * 300}, "EventId"),
    ({"EventType": None}, "EventType"),
    ({"EventTimestamp": None}, "EventTimestamp"),
    ({"EventTimestamp": "noon"}, "EventTimestamp"),
    ({"EventTimestamp": "2026-06-15T10:00:00"}, "EventTimestamp"),
    ({"CurrentAgentSnapshot": []}, "CurrentAgentSnapshot"),
    (seen(AgentStatus=None), "CurrentAgentSnapshot.AgentStatus.Name"),
    (seen(AgentStatus={"Name": "Lunch"}), "CurrentAgentSnapshot.AgentStatus.StartTimestamp"),
    (seen(Contacts={}), "CurrentAgentSnapshot.Contacts"),
    (seen(Contacts=["a"]), "CurrentAgentSnapshot.Contacts[0]"),
    (holding(ContactId=None), "CurrentAgentSnapshot.Contacts[0].ContactId"),
    (holding(State=None), "CurrentAgentSnapshot.Contacts[0].State"),
    (holding(StateStartTimestamp="soon"), "CurrentAgentSnapshot.Contacts[0].StateStartTimestamp"),
    (seen(Configuration="none"), "CurrentAgentSnapshot.Configuration"),
    ({"PreviousAgentSnapshot": {"AgentStatus": {}}}, "PreviousAgentSnapshot.AgentStatus.Name"),
]


@pytest.mark.parametrize(
    ("wrong", "field"), UNREADABLE, ids=[f"{field} {n}" for n, (_, field) in enumerate(UNREADABLE)]
)
def test_what_cannot_be_read_is_parked_by_its_field_and_blocks_nobody(
    centre: Centre, wrong: Document | str, field: str
) -> None:
    body = wrong if isinstance(wrong, str) else json.dumps(a_heartbeat() | wrong)
    centre.tell_of_agents([body, a_heartbeat()])
    centre.fold_agents()
    (letter,) = centre.parked()
    assert (letter["source"], letter["field"], letter["body"]) == ("agent-events", field, body)
    assert [interval.state for interval in states_now(states=wiring.agent_state_book())] == [State.ON_CONTACT]


def test_an_event_is_kept_whole() -> None:
    told = a_heartbeat(AddedTomorrow={"x": 1})
    again = read_event(read_event(json.dumps(told)).text)
    assert again == read_event(json.dumps(told))
    assert json.loads(again.text)["AddedTomorrow"] == {"x": 1}


@pytest.mark.parametrize("trouble", [Fault(Trouble.THROTTLED), Fault(Trouble.UNPROCESSED, applied=1)])
def test_a_batch_comes_again_as_a_whole_while_the_table_is_busy(centre: Centre, trouble: Fault) -> None:
    centre.cloud.faults = lambda call: trouble
    told = [a_heartbeat(), a_heartbeat(EventId="another")]
    with pytest.raises(TryAgain):
        agent_events(kinesis_event([*told, "not JSON"]), LambdaContext())
    assert centre.parked() == [], "it is parked once the rest is safe"


def test_an_event_that_a_fold_cannot_read_is_parked_by_its_agent_and_holds_up_no_other(centre: Centre) -> None:
    centre.tell_of_agents([a_heartbeat(), event("HEART_BEAT", MORNING, snapshot(AVAILABLE), agent="kenji")])
    (item,) = [item for item in centre.items("AgentEventsTable") if item["agent_id"]["S"] == "hanako"]
    no_event = {"B": base64.b64encode(zlib.compress(b"{}")).decode()}
    centre.cloud.table("AgentEventsTable").fill(
        [item | {"event": {"S": "2026-06-15T00:00:01.000Z#x"}, "detail": no_event}]
    )
    centre.tell_of_agents([event("HEART_BEAT", MORNING + timedelta(minutes=2), snapshot(AVAILABLE))])
    centre.fold_agents()
    assert {(letter["source"], letter["body"]) for letter in centre.parked()} == {("agent-facts", "hanako")}
    assert [interval.agent_id for interval in states_now(states=wiring.agent_state_book())] == ["kenji"]


def test_a_heartbeat_that_says_nothing_new_costs_one_read_of_two_items(centre: Centre) -> None:
    shift = Shift(Random(1))
    shift.sign_in()
    shift.rest()
    centre.tell_of_agents(shift.events)
    centre.fold_agents()
    same = snapshot(shift.events[-1]["CurrentAgentSnapshot"]["AgentStatus"])
    beat = event("HEART_BEAT", MORNING + timedelta(hours=1), same, same)
    centre.tell_of_agents([beat])
    centre.cloud.tally.clear()
    centre.fold_agents()
    read = centre.cloud.tally.of("Query", "AgentEventsTable")
    assert (read.calls, read.items_read) == (1, 2)
    assert centre.cloud.tally.of("BatchWriteItem", "AgentStatesTable").calls == 0


def test_a_heartbeat_that_tells_of_a_change_whose_event_never_came_counts(centre: Centre) -> None:
    lunch = snapshot(status("Lunch", MORNING + timedelta(minutes=1)))
    centre.tell_of_agents([event("STATE_CHANGE", MORNING, snapshot(AVAILABLE))])
    centre.fold_agents()
    centre.tell_of_agents([event("HEART_BEAT", MORNING + timedelta(minutes=2), lunch, lunch)])
    centre.fold_agents()
    assert [(each.status, each.start) for each in states_now(states=wiring.agent_state_book())] == [
        ("Lunch", MORNING + timedelta(minutes=1))
    ]


def test_a_change_reads_back_to_the_last_status_and_writes_two_intervals(centre: Centre) -> None:
    luck = Random(3)
    shift = shifts.days(luck, [(["call", "rest", "miss"], "at once", 1), (["call out", "rest"], None, 1)])
    centre.tell_of_agents(shift.events)
    centre.fold_agents()
    before = len(shift.events)
    shift.choose("Lunch")
    centre.tell_of_agents(shift.events[before:])
    centre.cloud.tally.clear()
    centre.fold_agents()
    assert centre.cloud.tally.of("BatchWriteItem", "AgentStatesTable").items_written == 2
    assert centre.cloud.tally.of("Query", "AgentEventsTable").items_read < before / 2


def test_intervals_between_two_moments_are_those_that_hold_at_some_moment_between(centre: Centre) -> None:
    shift = Shift(Random(5))
    shift.sign_in()
    shift.sign_out("at once")
    shift.go_home(10)
    shift.sign_in()
    centre.tell_of_agents(shift.events)
    centre.fold_agents()

    def between(days: float, hours: float = 1) -> list[tuple[str, bool]]:
        start = MORNING + timedelta(days=days)
        found = states_between(start, start + timedelta(hours=hours), states=wiring.agent_state_book())
        return [(interval.state.value, interval.end is None) for interval in found]

    assert between(-1) == []
    assert between(5.5) == [("offline", False)], "a day on which nothing was told"
    assert between(5.99) == [("offline", False), ("offline", False)], "two pieces meet at midnight"
    assert between(11) == [("available", True)]
    assert between(0, 24 * 20)[-1] == ("available", True)


def test_intervals_and_events_go_when_their_time_is_over(centre: Centre) -> None:
    centre.tell_of_agents([a_heartbeat()])
    centre.fold_agents()
    for table in ("AgentEventsTable", "AgentStatesTable"):
        (item,) = centre.items(table)
        assert int(item["expires"]["N"]) == int((MORNING + timedelta(days=800)).timestamp())
