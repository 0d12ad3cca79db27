"""Whatever the cloud does to what is said of agents, the same events end in the same intervals, and those are true."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.agents.entry import agent_events, agent_folding
from chalicelib.agents.model import AgentEvent, Interval, intervals_of, read_event
from chalicelib.agents.service import states_between, states_now
from tests import shifts
from tests.centre import Centre, kinesis_event, until_it_works
from tests.shifts import Lived, Shift
from tests.support.cloud import EVERY_PART, Crash, Fault, Trouble, in_turn, no_faults
from tests.support.lambda_context import LambdaContext

faults = st.lists(
    st.none() | st.builds(Fault, st.sampled_from(Trouble), st.sampled_from((0, 1, 3, EVERY_PART))), max_size=40
)
a_day = st.tuples(
    st.lists(st.sampled_from(sorted(shifts.ACTIVITIES)), max_size=4),
    st.none() | st.sampled_from(shifts.SIGN_OUTS),
    st.integers(1, 4),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Shift], Random]:
    luck = Random(draw(st.integers(0, 2**32)))
    plans = draw(st.lists(st.lists(a_day, min_size=1, max_size=3), min_size=1, max_size=2))
    return [shifts.days(luck, plan, agent=f"agent-{number}") for number, plan in enumerate(plans)], luck


@pytest.fixture(scope="module")
def running() -> Iterator[Centre]:
    with Centre() as centre:
        yield centre


@given(history=histories())
def test_all_events_of_an_agent_add_up_to_what_truly_happened(history: tuple[list[Shift], Random]) -> None:
    for shift in history[0]:
        events = sorted(map(read_event, shifts.bodies(shift)), key=lambda event: event.key)
        assert lived(intervals_of(events)) == shift.truth


def test_any_delivery_ends_in_the_same_intervals(running: Centre, request: pytest.FixtureRequest) -> None:
    """Repeated, shuffled, batched, folded in between, with throttling and crashes at any call."""
    histories_to_try = settings(max_examples=request.config.getoption("--histories") // 20)
    histories_to_try(
        given(history=histories(), trouble=faults)(
            lambda history, trouble: check_history(running, history[0], history[1], trouble)
        )
    )()


def check_history(running: Centre, agents: list[Shift], luck: Random, trouble: list[Fault | None]) -> None:
    """Bring what is told of some agents in some disorder, and compare what the centre then knows with what is true.

    Now and then some events never come; then what the others add up to is all that can be known.
    """
    running.cloud.clear()
    lost = luck.choice((0, 0, 0.1, 0.5))
    told = [event for shift in agents for event in shift.events if luck.random() >= lost]
    deliver(running, told, luck, trouble)
    kept = running.items("AgentStatesTable")
    for number, shift in enumerate(agents):
        own = [item for item in kept if item["agent_id"]["S"] == f"agent-{number}"]
        assert len(own) == len({item["start"]["S"] for item in own})
        known = intervals_of(sorted(events_of(f"agent-{number}", told), key=lambda event: event.key))
        assert whole(f"agent-{number}") == known
        assert lost or lived(known) == shift.truth
        assert [each for each in states_now(states=wiring.agent_state_book()) if each in known] == known[-1:]

    running.cloud.clear()
    running.tell_of_agents(told)
    running.fold_agents(batch=10_000)
    assert by_key(kept) == by_key(running.items("AgentStatesTable")), "byte for byte"


def events_of(agent_id: str, told: list[dict[str, Any]]) -> list[AgentEvent]:
    """Return what is told of one agent."""
    return [event for event in (read_event(json.dumps(each)) for each in told) if event.agent_id == agent_id]


def deliver(running: Centre, told: list[dict[str, Any]], luck: Random, trouble: list[Fault | None]) -> None:
    """Bring events twice or once, in any order and batches; fold whenever it comes, and again where that fails."""
    waiting = [*told, *luck.sample(told, luck.randrange(len(told) + 1))]
    if luck.random() < 0.7:
        luck.shuffle(waiting)
    largest = luck.choice((2, 30, 300))
    running.cloud.faults = in_turn(trouble)
    while waiting:
        size = luck.randint(1, largest)
        batch, waiting = waiting[:size], waiting[size:]
        with suppress(Exception, Crash):
            agent_events(kinesis_event(luck.sample(batch, len(batch) // 2)), LambdaContext())
        running.tell_of_agents(batch)
        if luck.random() < 0.5:
            fold_some(running, luck)
    running.fold_agents(batch=luck.choice((1, 7, 100)))
    running.cloud.faults = no_faults


def fold_some(running: Centre, luck: Random) -> None:
    """Fold a batch, and perhaps once more, as when its answer got lost; a batch that failed comes again."""
    event = running.cloud.stream("AgentEventsTable").take(luck.randint(1, 100))
    if not event["Records"]:
        return
    for _ in range(luck.choice((1, 1, 2))):
        until_it_works(agent_folding, event)


def whole(agent_id: str) -> list[Interval]:
    """Return the agent's intervals as they are stored, pieces of one put together."""
    found: list[Interval] = []
    begin, end = shifts.MORNING - timedelta(days=2), shifts.MORNING + timedelta(days=20)
    for piece in states_between(begin, end, states=wiring.agent_state_book()):
        if piece.agent_id != agent_id:
            continue
        at_midnight = piece.start == piece.start.replace(hour=0, minute=0, second=0, microsecond=0)
        if found and at_midnight and found[-1]._replace(start=piece.start, end=piece.end) == piece:
            found[-1] = found[-1]._replace(end=piece.end)
        else:
            found.append(piece)
    assert [interval.end for interval in found[:-1]] == [interval.start for interval in found[1:]], "no gap, no overlap"
    return found


def lived(intervals: list[Interval]) -> list[Lived]:
    """Return intervals in the words of the truth."""
    return [
        Lived(each.start, each.state.value, each.status, each.contacts, each.routing_profile_id or "")
        for each in intervals
    ]


def by_key(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: (item["agent_id"]["S"], item["start"]["S"]))
