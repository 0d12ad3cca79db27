"""What lies in the queues of things that failed, read: where each came from, why it failed, since when.

Formats: our own for parked letters (`chalicelib/parking/model.py`); Amazon SQS Developer Guide, "Dead-letter queues"; Amazon EventBridge
User Guide, "Using dead-letter queues"; AWS Lambda Developer Guide, "Capturing discarded batches" of Kinesis and DynamoDB streams.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chalicelib.accounts.model.imports import read_message
from chalicelib.accounts.service.importing import SOURCE as ACCOUNT_IMPORTS
from chalicelib.parking.model import Parked
from chalicelib.problems import Unreadable
from chalicelib.requests.model import read_request
from chalicelib.requests.service import SOURCE as DESK_REQUESTS

Message = Mapping[str, Any]

FACTS = "facts"
AGENT_FACTS = "agent-facts"
DESCRIPTIONS = "descriptions"
CONTACT_EVENTS = "contact-events"
KINESIS = "kinesis-batch"
DYNAMODB = "dynamodb-batch"


class Letter(NamedTuple):
    """One message that failed.

    `about` names whom or what it concerns, never what it says; `body` is the document as it came, or for a batch of a stream
    the note that says where the batch stands.
    """

    receipt: str
    source: str
    field: str
    reason: str
    first_failed_at: datetime
    about: str
    body: str


class Group(NamedTuple):
    """Letters of one source that failed for one reason."""

    source: str
    field: str
    reason: str
    letters: list[Letter]

    @property
    def first_failed_at(self) -> datetime:
        """When the first of them failed."""
        return min(letter.first_failed_at for letter in self.letters)


def parked(message: Message) -> Letter:
    """Return a letter of the parked queue; one that we did not write is read as far as it goes."""
    try:
        letter = Parked.of_text(message["Body"])
    except ValueError:
        return _letter(message, "unknown", "", "is no parked letter", _sent_at(message), "", message["Body"])
    about = letter.body if letter.source in (FACTS, AGENT_FACTS) else _about(letter.body)
    return _letter(message, letter.source, letter.field, letter.reason, _sent_at(message), about, letter.body)


def dead(message: Message) -> Letter:
    """Return what crashed its function, or what EventBridge could not deliver: a contact event, a request from the desk or a slice of a member file."""
    told = {name: each.get("StringValue", "") for name, each in message.get("MessageAttributes", {}).items()}
    if "ERROR_CODE" in told:
        reason = f"EventBridge could not deliver it: {told['ERROR_CODE']} {told.get('ERROR_MESSAGE', '')}".strip()
    else:
        reason = "crashed its function as often as the queue allows; the function's log has the error"
    about = _about(message["Body"])
    return _letter(message, _source(message["Body"]), "", reason, _sent_at(message), about, message["Body"])


def given_up(message: Message) -> Letter:
    """Return a batch of stream records that Lambda gave up."""
    try:
        note = json.loads(message["Body"])
        source = KINESIS if "KinesisBatchInfo" in note else DYNAMODB
        batch = note[{KINESIS: "KinesisBatchInfo", DYNAMODB: "DDBStreamBatchInfo"}[source]]
        function = str(note["requestContext"]["functionArn"]).split(":function:")[-1].split(":")[0]
        condition = str(note["requestContext"].get("condition", "given up"))
        first = datetime.fromisoformat(str(note.get("timestamp") or "").replace("Z", "+00:00"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return _letter(message, "unknown", "", "is no note of a batch", _sent_at(message), "", message["Body"])
    about = f"{batch.get('batchSize', '?')} records of {batch.get('shardId', '?')}"
    return _letter(message, source, "", f"{function}: {condition}", first, about, message["Body"])


def grouped(letters: Iterable[Letter]) -> list[Group]:
    """Return the letters by source, field and reason, the oldest failure first."""
    groups: dict[tuple[str, str, str], list[Letter]] = defaultdict(list)
    for letter in letters:
        groups[letter.source, letter.field, letter.reason].append(letter)
    found = [
        Group(source=source, field=field, reason=reason, letters=members)
        for (source, field, reason), members in groups.items()
    ]
    return sorted(found, key=lambda group: (group.first_failed_at, group.source, group.field, group.reason))


def chosen(words: str, groups: list[Group]) -> list[Group]:
    """Return the groups that somebody named: `all`, or their numbers from 1, such as `1,3`.

    Raises ValueError with a sentence that says what to do.
    """
    if words.strip().lower() == "all":
        return groups
    numbers = [word.strip() for word in words.split(",") if word.strip()]
    wrong = [word for word in numbers if not word.isdecimal() or not 1 <= int(word) <= len(groups)]
    if wrong or not numbers:
        raise ValueError(f"{words!r} names no group: give numbers from 1 to {len(groups)}, such as 1,3, or all.")
    return [groups[number - 1] for number in dict.fromkeys(map(int, numbers))]


def _letter(message: Message, source: str, field: str, reason: str, at: datetime, about: str, body: str) -> Letter:
    return Letter(
        receipt=message["ReceiptHandle"],
        source=source,
        field=field,
        reason=reason,
        first_failed_at=at,
        about=about,
        body=body,
    )


def _source(body: str) -> str:
    for source, read in ((DESK_REQUESTS, read_request), (ACCOUNT_IMPORTS, read_message)):
        try:
            read(body)
        except Unreadable:
            continue
        return source
    return CONTACT_EVENTS


def _about(body: str) -> str:
    """Return the id of the contact or the agent that a document speaks of, where it names one readably."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    inside = document.get("detail")
    for part in (inside if isinstance(inside, dict) else {}, document):
        for name in ("contactId", "ContactId", "AgentARN"):
            if isinstance(part.get(name), str):
                return str(part[name]).rpartition("/")[2][:64]
    return ""


def _sent_at(message: Message) -> datetime:
    """Return when the message was first sent; SQS keeps that when it moves one to a dead-letter queue."""
    return datetime.fromtimestamp(int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000, UTC)
