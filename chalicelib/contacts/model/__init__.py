"""The rules of contacts: what a document says, and what all that was said adds up to.

Nothing here knows AWS, the clock or the store.
"""

from chalicelib.contacts.model.contact import Contact, Outcome, Stage
from chalicelib.contacts.model.descriptions import read_description
from chalicelib.contacts.model.events import read_event
from chalicelib.contacts.model.fact import ContactId, Fact
from chalicelib.contacts.model.forgetting import forgetting, is_forgotten, still_telling
from chalicelib.contacts.model.lists import Page, Talk, Waiting
from chalicelib.contacts.model.mark import Mark, MarkKind, mark_fact
from chalicelib.contacts.model.records import read_record
from chalicelib.contacts.model.silence import Silent

__all__ = [
    "Contact",
    "ContactId",
    "Fact",
    "Mark",
    "MarkKind",
    "Outcome",
    "Page",
    "Silent",
    "Stage",
    "Talk",
    "Waiting",
    "forgetting",
    "is_forgotten",
    "mark_fact",
    "read_description",
    "read_event",
    "read_record",
    "still_telling",
]
