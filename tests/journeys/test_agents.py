"""Agents on the running stack, IAM enforced: events in, and a supervisor sees who is in which state."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests import shifts
from tests.journeys.staff import Staff, client, until
from tests.shifts import Shift

Stack = dict[str, Any]


def send_agent_events(stack: Stack, events: list[dict[str, Any]]) -> None:
    """Put agent events on the stream, as Connect does: an agent's in one shard."""
    kinesis = client(stack, "kinesis")
    for start in range(0, len(events), 500):
        records = [{"Data": json.dumps(each), "PartitionKey": each["AgentARN"]} for each in events[start : start + 500]]
        answer = kinesis.put_records(StreamName=stack["outputs"]["AgentEventsStream"], Records=records)
        assert answer["FailedRecordCount"] == 0


def on_a_call(luck: Random, agent: str) -> Shift:
    """A morning that has led to a contact that goes on."""
    shift = Shift(luck, datetime.now(UTC) - timedelta(hours=2), agent)
    shift.sign_in()
    shift.call(queued_break=True)
    shift.choose("Available")
    shift.answer()
    return shift


def test_a_supervisor_sees_what_agents_do_now(stack: Stack) -> None:
    luck = Random(20261122)
    talking, gone = on_a_call(luck, "journey-talking"), on_a_call(luck, "journey-gone")
    gone.sign_out("closes the browser")
    told = [*talking.events, *gone.events]
    luck.shuffle(told)
    send_agent_events(stack, [*told, *told])
    supervisor = Staff(stack, "supervisor")
    truth = {"journey-talking": talking.truth[-1], "journey-gone": gone.truth[-1]}

    def seen() -> dict[str, dict[str, Any]] | None:
        status, answer = supervisor.get("/agents")
        assert status == 200, answer
        rows = {row["agent"]["id"]: row for row in answer["agents"]}
        states = {each: row["state"] for each, row in rows.items() if each in truth}
        return rows if states == {each: lived.state for each, lived in truth.items()} else None

    rows = until(seen, "the states of both agents")
    for agent_id, lived in truth.items():
        assert datetime.fromisoformat(rows[agent_id]["since"]) == datetime.fromisoformat(shifts.text(lived.start))
        assert rows[agent_id]["contacts"] == list(lived.contacts)
        assert rows[agent_id]["site"] == {"id": "tokyo", "name": "Tokyo"}


def test_an_analyst_does_not(stack: Stack) -> None:
    status, answer = Staff(stack, "analyst").get("/agents")
    assert status == 403
    assert "supervisor" in answer["Message"]
