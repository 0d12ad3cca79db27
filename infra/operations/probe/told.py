"""What Connect told of one contact, as the pipeline kept it: its events and its records."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from chalicelib.contacts.model import ContactId, Fact
from chalicelib.contacts.store import DynamoFactBook
from infra.operations.place import Place

EVENTS, RECORDS = "contact events", "contact records"
PATIENCE = 120.0
"""Seconds within which everything that Connect tells of a test task must have come through the pipeline."""


def documents_of(
    place: Place, contact_id: ContactId, *, pause: Callable[[float], None] = time.sleep
) -> dict[str, list[Any]]:
    """Return what was told of a contact, by kind; waits until its record is there, or until `PATIENCE` is over."""
    retention = timedelta(days=int(place.outputs["RetentionDays"]))
    book = DynamoFactBook(place.client("dynamodb"), place.outputs["FactsTable"], retention=retention)
    end = time.monotonic() + PATIENCE
    while True:
        told = sorted_out(book.of(contact_id))
        if RECORDS in told or time.monotonic() >= end:
            return told
        pause(2)


def sorted_out(facts: Sequence[Fact]) -> dict[str, list[Any]]:
    """Return the documents in these facts by kind. A fact keeps no nulls: what Connect sends as null is not seen here."""
    kinds: Mapping[str, str] = {"event": EVENTS, "record": RECORDS}
    told: dict[str, list[Any]] = {}
    for fact in facts:
        kind = kinds.get(fact.key.partition("#")[0])
        if kind is not None:
            told.setdefault(kind, []).append(json.loads(fact.detail))
    return told
