"""A line of JSON is a contact event, a contact record or an agent event, told apart by the names of its members."""

import json
from datetime import UTC, datetime
from typing import Any

from chalicelib.agents.model import read_event as read_agent_event
from chalicelib.contacts.model import Fact, read_event, read_record
from chalicelib.contacts.model.events import said_by_event
from chalicelib.problems import Unreadable
from infra.operations.replay.documents import AGENT_EVENTS, Document, FactName, Kind, Refused, names_of

DETAIL_TYPE = "Amazon Connect Contact Event"
_MOST = {Kind.EVENT: 250_000, Kind.RECORD: 1_000_000, Kind.AGENT_EVENT: 1_000_000}
"""Bytes of the largest document that its way takes: SQS, Kinesis."""


def read_line(line: int, text: str, *, source: str) -> Document:
    """Return the document in one line; `source` is what the centre's rule for contact events listens to.

    Raises `Refused` for a line that our readers would park, or that is none of the three kinds.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("line", "must be a JSON object") from error
    if not isinstance(told, dict):
        raise Refused("line", "must be a JSON object")
    try:
        document = _document(line, told, source)
    except Unreadable as problem:
        raise Refused.of(problem) from problem
    except RecursionError as error:
        raise Refused("line", "is nested too deeply") from error
    if len(document.body.encode(errors="replace")) > _MOST[document.kind]:
        raise Refused("line", f"is longer than a {document.kind} can be: {_MOST[document.kind]} bytes")
    return document


def _document(line: int, told: dict[str, Any], source: str) -> Document:
    if isinstance(told.get("detail"), dict):
        return _event(line, told["detail"], told, source)
    if "AgentARN" in told and "EventType" in told:
        body = json.dumps(told)
        event = read_agent_event(body)
        name = FactName(table=AGENT_EVENTS, owner=event.agent_id, key=event.key)
        return Document(line, Kind.AGENT_EVENT, told["AgentARN"][:256], body, [name])
    if "eventType" in told or "EventType" in told:
        return _event(line, told, {}, source)
    if "ContactId" in told:
        body = json.dumps(told)
        facts = read_record(body)
        return Document(line, Kind.RECORD, facts[0].contact_id, body, names_of(facts))
    raise Refused(
        "line",
        "must be a contact event (eventType), a contact record (ContactId) or an agent event (AgentARN, EventType)",
    )


def _event(line: int, detail: dict[str, Any], envelope: dict[str, Any], source: str) -> Document:
    body = {
        "version": "0",
        "id": str(envelope.get("id") or "00000000-0000-4000-8000-000000000000"),
        "detail-type": DETAIL_TYPE,
        "source": source,
        "account": str(envelope.get("account") or "000000000000"),
        "time": _time_of(detail, envelope),
        "region": str(envelope.get("region") or "ap-northeast-1"),
        "resources": [each for each in envelope.get("resources") or () if isinstance(each, str)],
        "detail": detail,
    }
    text = json.dumps(body)
    facts: list[Fact] = read_event(text)
    return Document(line, Kind.EVENT, facts[0].contact_id, text, names_of(facts))


def _time_of(detail: dict[str, Any], envelope: dict[str, Any]) -> str:
    """Return when the event was sent, else the last moment that it names, in whole seconds, as EventBridge writes it."""
    time = envelope.get("time")
    if time is None:
        latest = max(said_by_event(detail, "").moments(), default=None)
        if latest is None:
            raise Refused("time", "is not there, and the event names no moment: send the whole envelope")
        return _seconds(latest)
    try:
        return _seconds(datetime.fromisoformat(time).astimezone(UTC))
    except (ValueError, TypeError, OverflowError) as error:
        raise Refused("time", "must be an ISO 8601 time such as 2026-06-15T01:00:00Z") from error


def _seconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
