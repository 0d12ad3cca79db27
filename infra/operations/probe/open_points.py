"""Points on which Amazon's documents are silent or disagree, what the local Connect assumes, and how a probe settles them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from infra.operations.probe.shapes import NOTHING, Shape


class Evidence(NamedTuple):
    """What a probe saw of an instance: shapes by what was asked or told, error codes, and counts."""

    shapes: Mapping[str, Shape]
    errors: Mapping[str, str]
    counts: Mapping[str, int]


class OpenPoint(NamedTuple):
    """A question, what is assumed until somebody knows, and how to read the answer; None when the evidence is silent."""

    question: str
    assumed: str
    read: Callable[[Evidence], str | None]


def _member_of(told: str, member: str) -> Callable[[Evidence], str | None]:
    def read(evidence: Evidence) -> str | None:
        shape = evidence.shapes.get(told)
        if shape is None:
            return None
        kinds = shape.get(member, frozenset()) - {NOTHING}
        return "it is sent" if kinds else "it is not sent"

    return read


def _code_of(asked: str) -> Callable[[Evidence], str | None]:
    return lambda evidence: evidence.errors.get(asked)


def _people_shown(evidence: Evidence) -> str | None:
    users, shown = evidence.counts.get("user"), evidence.counts.get("people shown")
    if users is None or shown is None or not users:
        return None
    return (
        "everybody is shown: ask again while somebody is signed out"
        if shown == users
        else f"{shown} of {users} users are shown"
    )


def _nowhere_to_see(evidence: Evidence) -> str | None:
    return None


OPEN_POINTS = (
    OpenPoint("Do contact events carry globalResiliencyMetadata?", "it is not sent", _member_of("contact events", "globalResiliencyMetadata")),
    OpenPoint("Does a task's INITIATED event name a system endpoint?", "it is not sent", _member_of("contact events", "systemEndpoint")),
    OpenPoint("Does GetCurrentUserData show people who are signed out?", "they are absent", _people_shown),
    OpenPoint("What answers DescribeContact to an id that is none?", "ResourceNotFoundException", _code_of("a contact id that is none")),
    OpenPoint("What answers StopContact to an unknown contact?", "ResourceNotFoundException", _code_of("the end of nobody")),
    OpenPoint("What answers a token of no page?", "InvalidParameterException", _code_of("a page from nowhere")),
    OpenPoint("By which key are contact records put into Kinesis?", "the contact id", _nowhere_to_see),
    OpenPoint("Which branch does a flow take on transfer to a disabled queue?", "NoMatchingError", _nowhere_to_see),
    OpenPoint("Is OldestContactInQueueAgeSeconds compared in seconds?", "in seconds", _nowhere_to_see),
    OpenPoint("Is the last day of an hours override included?", "it is", _nowhere_to_see),
    OpenPoint("Do hours that end before they start last until the next day?", "they do", _nowhere_to_see),
    OpenPoint("Which address has a caller who withholds the number?", "anonymous", _nowhere_to_see),
)  # fmt: skip
"""Those that a probe cannot see say so: they take a call, a change of the instance, or its streams."""
