"""What is sent: one document of one contact, with the names of the facts that it will be."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from chalicelib.contacts.model import Fact
from chalicelib.problems import Unreadable

FACTS = "FactsTable"
AGENT_EVENTS = "AgentEventsTable"


class FactName(NamedTuple):
    """Under which key something will lie in a table (named by the stack's output) once it was applied."""

    table: str
    owner: str
    key: str


class Kind(StrEnum):
    """By which way a document goes in."""

    EVENT = "contact event"
    RECORD = "contact record"
    AGENT_EVENT = "agent event"


class Document(NamedTuple):
    """A document as it is sent.

    `line` is where it stands in its file, `key` the id that keeps documents of one contact or agent in order, and
    `facts` names what will lie in the tables once it was applied.
    """

    line: int
    kind: Kind
    key: str
    body: str
    facts: Sequence[FactName]


class Refused(Exception):
    """A row or line that is not sent; `field` is the part at fault, `reason` says what it must be."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason

    @classmethod
    def of(cls, problem: Unreadable) -> "Refused":
        """Return the refusal that our own readers would end in."""
        return cls(problem.field, problem.reason)


def names_of(facts: Sequence[Fact]) -> list[FactName]:
    """Return the names of these facts."""
    return [FactName(table=FACTS, owner=fact.contact_id, key=fact.key) for fact in facts]
