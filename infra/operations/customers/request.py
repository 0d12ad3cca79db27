"""What is done on a customer's request, on one centre."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.contacts.model import ContactId, still_telling
from chalicelib.contacts.service import contacts_of, forget
from chalicelib.contacts.store import DynamoContactBook, DynamoFactBook
from chalicelib.privacy.model import Access
from chalicelib.privacy.service import accesses_of, note_access
from chalicelib.privacy.store import DynamoAccessLog
from infra.operations.place import Place


class Disclosure(NamedTuple):
    """All that is held of a customer: records of contacts and the facts they are made of."""

    contacts: list[dict[str, Any]]
    facts: list[dict[str, str]]


class Looked(NamedTuple):
    """That an account opened a contact, and whose it is: the customer's address or id, or None for one without, or forgotten."""

    at: datetime
    what: str
    contact_id: str
    customer: str | None


class Desk:
    """Answers customers' requests with the rights of whoever sits here; each request leaves a trace in the access log."""

    def __init__(self, place: Place) -> None:
        dynamodb, outputs = place.client("dynamodb"), place.outputs
        retention = timedelta(days=int(outputs["RetentionDays"]))
        log_retention = timedelta(days=int(outputs["AccessRetentionDays"]))
        self._contacts = DynamoContactBook(dynamodb, outputs["ContactsTable"], retention=retention)
        self._facts = DynamoFactBook(dynamodb, outputs["FactsTable"], retention=retention)
        self._log = DynamoAccessLog(dynamodb, outputs["AccessesTable"], retention=log_retention)
        self._account = str(place.client("sts").get_caller_identity()["Arn"])

    def find(self, customer: str) -> list[ContactId]:
        """Return the customer's contacts."""
        return contacts_of(customer, contacts=self._contacts)

    def disclose(self, contact_ids: Sequence[ContactId], now: datetime) -> Disclosure:
        """Return all that is held of these contacts."""
        self._note("disclose", contact_ids, now)
        known = [contact for each in contact_ids if (contact := self._contacts.get(each)) is not None]
        return Disclosure(
            contacts=[dict(contact.plain()) for contact in known],
            facts=[
                {"contact_id": fact.contact_id, "fact": fact.key, "detail": fact.detail}
                for each in contact_ids
                for fact in self._facts.of(each)
            ],
        )

    def forget(self, contact_ids: Sequence[ContactId], now: datetime) -> None:
        """Ask for these contacts to be forgotten."""
        self._note("forget", contact_ids, now)
        forget(contact_ids, now=now, facts=self._facts)

    def not_yet_forgotten(self, contact_ids: Sequence[ContactId]) -> list[ContactId]:
        """Return those of these contacts of which something still tells whom they are about."""
        return [each for each in contact_ids if self._still_tells(each)]

    def accesses(self, account: str, start: datetime, end: datetime) -> list[Looked]:
        """Return what an account opened in this time, and whose data that was."""
        opened = [
            (access, contact_id)
            for access in accesses_of(account, start=start, end=end, log=self._log)
            for contact_id in access.contact_ids
        ]
        customers = _by_id(self._customer, [contact_id for _, contact_id in opened])
        return [
            Looked(at=access.at, what=access.what, contact_id=contact_id, customer=customers[contact_id])
            for access, contact_id in opened
        ]

    def _still_tells(self, contact_id: ContactId) -> bool:
        return self._customer(contact_id) is not None or bool(still_telling(self._facts.of(contact_id)))

    def _customer(self, contact_id: str) -> str | None:
        contact = self._contacts.get(ContactId(contact_id))
        return (contact.said.customer_address or contact.said.customer_id) if contact else None

    def _note(self, what: str, contact_ids: Sequence[ContactId], now: datetime) -> None:
        access = Access(account=self._account, at=now, request="by hand", what=what, contact_ids=contact_ids)
        note_access(access, log=self._log)


def _by_id(look_up: Callable[[str], str | None], ids: Sequence[str]) -> dict[str, str | None]:
    return {each: look_up(each) for each in dict.fromkeys(ids)}
