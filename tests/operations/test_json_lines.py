"""Lines of JSON: each finds the way of its kind into the centre, or is refused with the reason."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib.contacts.model import Contact, read_event, read_record
from infra.operations.replay.documents import Kind, Refused
from infra.operations.replay.json_lines import read_line
from tests import lives
from tests.centre import Centre
from tests.operations.importing import bring_in, place

(LEG,) = lives.story("answered", Random(3))
EVENT = lives.event(LEG, "COMPLETED", LEG.at(LEG.ended))
RECORD = lives.record(LEG)
AGENT_EVENT = {
    "AgentARN": "arn:aws:connect:x:1:instance/i/agent/a",
    "EventType": "LOGIN",
    "EventId": "e",
    "EventTimestamp": "2026-06-15T00:00:00.000Z",
}


def read(told: Any) -> Any:
    return read_line(1, told if isinstance(told, str) else json.dumps(told), source="local.connect")


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as opened:
        yield opened


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (EVENT, Kind.EVENT),
        (EVENT["detail"], Kind.EVENT),
        (RECORD, Kind.RECORD),
        (AGENT_EVENT, Kind.AGENT_EVENT),
    ],
)
def test_a_line_is_known_by_the_names_of_its_members(told: dict[str, Any], kind: Kind) -> None:
    assert read(told).kind is kind


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ("{", "line"),
        ("7", "line"),
        ("[" * 100_000, "line"),
        ({}, "line"),
        ({"time": "2026-06-15T01:00:00Z", "detail": {"eventType": "QUEUED"}}, "detail.contactId"),
        ({"eventType": "QUEUED", "contactId": "c"}, "time"),
        ({**EVENT, "time": "noon"}, "time"),
        (RECORD | {"LastUpdateTimestamp": None}, "LastUpdateTimestamp"),
        (AGENT_EVENT | {"AgentARN": 7}, "AgentARN"),
        (AGENT_EVENT | {"EventTimestamp": "noon"}, "EventTimestamp"),
        ({**EVENT, "detail": EVENT["detail"] | {"note": "x" * 260_000}}, "line"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_our_readers_would_park_is_not_sent(told: Any, field: str) -> None:
    with pytest.raises(Refused) as problem:
        read(told)
    assert problem.value.field == field


def test_events_and_records_end_in_the_contacts_that_they_speak_of(centre: Centre, tmp_path: Path) -> None:
    legs = [leg for kind in lives.KINDS for leg in lives.story(kind, Random(5))]
    events = [event for leg in legs for event in lives.events(leg)]
    said: list[dict[str, Any]] = [*events[::2], *(event["detail"] for event in events[1::2])]
    said += [lives.record(leg) for leg in legs[::2]]
    Random(5).shuffle(said)
    file = tmp_path / "said.jsonl"
    file.write_text("\n".join([*map(json.dumps, said), "", json.dumps(AGENT_EVENT), "nonsense"]))

    report = bring_in(centre, file)
    assert (report.sent, report.applied, report.folded) == (len(said), len(said), len(said))
    assert report.refused.total() == 2
    refused = [json.loads(line) for line in (tmp_path / "said.refused.jsonl").read_text().splitlines()]
    assert [(each["line"], each["document"]) for each in refused] == [
        (len(said) + 2, AGENT_EVENT),
        (len(said) + 3, "nonsense"),
    ]
    facts = [fact for event in events for fact in read_event(json.dumps(event))]
    facts += [fact for leg in legs[::2] for fact in read_record(json.dumps(lives.record(leg)))]
    ids = {fact.contact_id for fact in facts}
    assert centre.contacts() == {i: Contact.of(i, [fact for fact in facts if fact.contact_id == i]) for i in ids}
    assert bring_in(centre, file).sent == 0, "all of it is there"


def test_agent_events_are_seen_applied_and_are_there_the_next_time(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "agents.jsonl"
    file.write_text("\n".join(json.dumps(AGENT_EVENT | {"EventId": str(number % 3)}) for number in range(4)))
    agents = {name: name for name in ("AgentEventsStream", "AgentEventsTable")}
    report = bring_in(centre, file, to=place(**agents))
    assert (report.sent, report.applied, report.folded, report.missing) == (4, 4, 4, [])
    assert len(centre.items("AgentEventsTable")) == 3
    again = bring_in(centre, file, to=place(**agents))
    assert (again.sent, again.there, again.applied) == (0, 4, 4)
