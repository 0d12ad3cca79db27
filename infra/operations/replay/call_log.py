"""A row of a call log becomes a contact record; `docs/history.md` explains the columns and the rules.

The record is made of the row alone, neither of the clock nor of chance: the same row makes the same record, so the
same fact, however often it is imported.
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.contacts.model import Contact, Fact, Outcome, read_record
from chalicelib.contacts.model.fact import CONTACT_ID_BYTES
from chalicelib.problems import Unreadable
from chalicelib.routing.model import Entry, Kind
from infra.operations.replay.documents import Refused
from infra.operations.replay.moments import read_moment

STAGES = ("initiated_at", "enqueued_at", "connected_at", "disconnected_at")
COLUMNS = (
    "contact_id", "channel", "queue", "site", "agent", *STAGES, "outcome", "disconnect_reason", "customer",
)  # fmt: skip
OUTCOMES = {
    "answered": Outcome.ANSWERED,
    "abandoned": Outcome.ABANDONED,
    "menu": Outcome.LEFT_IN_MENU,
    "other": Outcome.OTHER,
}
REACHED = {
    "answered": frozenset(STAGES),
    "abandoned": frozenset(STAGES) - {"connected_at"},
    "menu": frozenset({"initiated_at", "disconnected_at"}),
    "other": frozenset({"initiated_at", "disconnected_at"}),
}
"""The stages that a call of each outcome can have reached."""

INSTANCE = f"arn:aws:connect:ap-northeast-1:000000000000:instance/{uuid.uuid5(uuid.NAMESPACE_URL, 'https://tsunagu.invalid/history')}"
"""Stands for the system that was there before Amazon Connect."""

LENGTH = 256
"""Characters in the longest value of a column."""

_TELEPHONE = re.compile(r"\+?\d[\d ()-]{2,}", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Call(NamedTuple):
    """A row that was understood: its contact record, the facts in it, and what was put right on the way, in words."""

    record: str
    facts: list[Fact]
    notes: list[str]


class Names:
    """What queues and sites are called in the centre's directory, so that history and live contacts share them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._ids = {(entry.kind, entry.name): entry.id for entry in sorted(entries, reverse=True)}

    def id(self, kind: Kind, name: str) -> str:
        """Return the id of the queue or site of this name; one that nobody entered has its name for an id."""
        return self._ids.get((kind, name), name)


def read_call(row: Mapping[str, str], *, zone: ZoneInfo, names: Names) -> Call:
    """Return the call of this row; `zone` is that of the clocks by which its times were written.

    Raises `Refused` for a row that says nothing certain, naming column and remedy.
    """
    told = {column: row[column].strip() for column in COLUMNS}
    _check_texts(told)
    outcome = told["outcome"].lower()
    if outcome not in OUTCOMES:
        raise Refused("outcome", f"must be {', '.join(OUTCOMES)}")
    moments, notes = _moments(told, outcome, zone)
    record = json.dumps(_record(told, outcome, moments, names), ensure_ascii=False, separators=(",", ":"))
    try:
        facts = read_record(record)
    except Unreadable as problem:
        raise Refused.of(problem) from problem
    if Contact.of(facts[0].contact_id, facts).outcome is not OUTCOMES[outcome]:
        raise Refused("outcome", _contradicted(told))
    return Call(record=record, facts=facts, notes=notes)


def _check_texts(told: Mapping[str, str]) -> None:
    if not 0 < len(told["contact_id"].encode()) <= CONTACT_ID_BYTES:
        raise Refused("contact_id", f"must be text of 1 to {CONTACT_ID_BYTES} bytes")
    for column, text in told.items():
        if len(text) > LENGTH:
            raise Refused(column, f"must have at most {LENGTH} characters")
        if _CONTROL.search(text):
            raise Refused(column, "must have no control characters")


def _moments(told: Mapping[str, str], outcome: str, zone: ZoneInfo) -> tuple[dict[str, datetime], list[str]]:
    moments: dict[str, datetime] = {}
    notes: list[str] = []
    earlier = ""
    for stage in STAGES:
        if not told[stage]:
            continue
        if stage not in REACHED[outcome]:
            notes.append(f"{stage} of a call with outcome {outcome}: left out")
            continue
        try:
            moment = read_moment(told[stage], zone)
        except ValueError as error:
            raise Refused(stage, str(error)) from error
        at = moment.at
        if moment.skipped:
            notes.append(f"{stage} at a time that the clocks skipped: counted on from before")
        if moment.again is not None:
            at = moment.again if earlier and at < moments[earlier] <= moment.again else at
            notes.append(f"{stage} at a time that the clocks showed twice: the first that is not too early")
        if earlier and at < moments[earlier]:
            notes.append(f"{stage} before {earlier}: moved to it")
            at = moments[earlier]
        moments[stage], earlier = at, stage
    if not moments:
        raise Refused("initiated_at", "is empty, and so is every other time that counts: a call needs one")
    return moments, notes


def _record(told: Mapping[str, str], outcome: str, moments: Mapping[str, datetime], names: Names) -> dict[str, Any]:
    last = max(moments.values())
    record = {
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "Agent": _agent(told, moments, names) if outcome == "answered" else None,
        "Channel": told["channel"].upper() or "VOICE",
        "ContactId": told["contact_id"],
        "CustomerEndpoint": _endpoint(told["customer"]),
        "CustomerId": told["customer"],
        "DisconnectReason": told["disconnect_reason"],
        "DisconnectTimestamp": _stamp(moments.get("disconnected_at")),
        # A call that no customer brought to us counts nowhere.
        "InitiationMethod": "OUTBOUND" if outcome == "other" else "INBOUND",
        "InitiationTimestamp": _stamp(moments.get("initiated_at")),
        "InstanceARN": INSTANCE,
        "LastUpdateTimestamp": _stamp(last),
        "Queue": _queue(told["queue"], outcome, moments, names),
    }
    return {name: value for name, value in record.items() if value}


def _queue(queue: str, outcome: str, moments: Mapping[str, datetime], names: Names) -> dict[str, str]:
    left = moments.get("connected_at")
    if outcome == "abandoned":
        # Who abandoned left the queue, at the end if it is known. That alone says that there was a queue at all
        # where nobody knows when it was entered.
        left = max(moments.values()) if "enqueued_at" not in moments else moments.get("disconnected_at")
    told = {
        "ARN": f"{INSTANCE}/queue/{names.id('queue', queue)}" if queue else None,
        "Name": queue,
        "EnqueueTimestamp": _stamp(moments.get("enqueued_at")),
        "DequeueTimestamp": _stamp(left),
    }
    return {name: value for name, value in told.items() if value}


def _agent(told: Mapping[str, str], moments: Mapping[str, datetime], names: Names) -> dict[str, Any]:
    # An agent must be named, or the record would not say that there was one.
    name, site = told["agent"] or "unknown", told["site"]
    told_of_agent = {
        "ARN": f"{INSTANCE}/agent/{uuid.uuid5(uuid.NAMESPACE_URL, f'{INSTANCE}/agent/{name}')}",
        "Username": name,
        "ConnectedToAgentTimestamp": _stamp(moments.get("connected_at")),
        "HierarchyGroups": {
            "Level1": {"ARN": f"{INSTANCE}/agent-group/{names.id('site', site)}", "GroupName": site}
        } if site else None,
    }  # fmt: skip
    return {name: value for name, value in told_of_agent.items() if value}


def _endpoint(customer: str) -> dict[str, str] | None:
    if _TELEPHONE.fullmatch(customer):
        return {"Address": customer, "Type": "TELEPHONE_NUMBER"}
    if _MAIL.fullmatch(customer):
        return {"Address": customer, "Type": "EMAIL_ADDRESS"}
    return None


def _contradicted(told: Mapping[str, str]) -> str:
    if told["disconnect_reason"].upper() == "TRANSFERRED":
        return "contradicts the disconnect_reason TRANSFERRED: the call went on elsewhere; leave the reason out"
    return f"cannot be that of the channel {told['channel'].upper()}: only a person can hang up; say answered or other"


def _stamp(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    precision = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
