"""Entries of the card room, and what is written with them: identifications and the audit.

What belongs together is written in one transaction. So an entry counts once and has one audit item, whoever dies between two
calls, and nothing in these tables is a card number or a part of one.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.accounts.model.answer import Outcome
from chalicelib.accounts.model.entry import Claim, Entry
from chalicelib.accounts.model.finding import Finding
from chalicelib.accounts.model.limits import (
    A_CALL_LASTS,
    ENTRIES_A_CONTACT,
    MISSES_A_CALLER,
    MISSES_COUNT_FOR,
)
from chalicelib.accounts.service.lookup import InTheWay
from chalicelib.cloud import busy_means_try_again, is_refused_condition
from chalicelib.contacts.model import ContactId
from chalicelib.items import Value, plain, typed
from chalicelib.moments import stamp
from chalicelib.problems import TryAgain

REPLAYED = "replayed"
"""The outcome in the audit of a claim on somebody else's entry; the flow hears that the lookup is unavailable."""

COUNTED_FOR = timedelta(days=2)
"""How long the entries of a contact are counted; it takes none after a day."""

IDENTIFIED_FOR = timedelta(days=7)
"""How long it is kept who a call turned out to be: for the call and an hour, and for who looks into it some days."""

CONFLICT, REFUSED, FINE = "TransactionConflict", "ConditionalCheckFailed", "None"


class Tables(NamedTuple):
    """The names of the tables that an entry is written to."""

    entries: str
    identifications: str
    audit: str


class _Reason(NamedTuple):
    """Why one write of a transaction was refused, and the item that stood in its way."""

    code: str
    item: dict[str, Any] | None


class _Cancelled(Exception):
    """A transaction that did not take place; `reasons` has one for each write, in their order."""

    def __init__(self, reasons: Sequence[_Reason]) -> None:
        super().__init__("a condition of a transaction did not hold")
        self.reasons = reasons

    def refuses(self, number: int) -> bool:
        """Whether the condition of this write did not hold."""
        return number < len(self.reasons) and self.reasons[number].code == REFUSED


class DynamoEntries:
    """Entries as items, and the audit and the identifications that are written with them.

    A claim outlives the private key that could open its message again: after `retention` no old ciphertext may be of use.
    """

    def __init__(self, dynamodb: Any, tables: Tables, *, retention: timedelta, audited_for: timedelta) -> None:
        self._dynamodb = dynamodb
        self._tables = tables
        self._retention = retention
        self._audited_for = audited_for

    def claim(self, claim: Claim) -> Entry | None:
        """Keep and count the claim unless its message is claimed, and return the entry there is; None for one too many."""
        writes = [self._claimed(claim, {}), self._counted(claim)]
        if claim.caller is not None:
            writes.append(self._within_limit(claim.caller, claim.at))
        try:
            self._write(writes)
        except _Cancelled as cancelled:
            return _entry_in_the_way(cancelled) if cancelled.refuses(0) else None
        return _entry_of(claim, None)

    def finish(self, claim: Claim, finding: Finding) -> Finding:
        """Keep the finding with all that hangs on it, unless there is one; return the one there is."""
        writes = [self._answered(claim, finding), self._audited(claim, finding.outcome.value, finding)]
        if finding.account_ids:
            writes.append(self._identified(claim, finding))
        is_miss = finding.outcome is Outcome.NOT_FOUND and claim.caller is not None
        try:
            self._write([*writes, self._missed(claim)] if is_miss else writes)
        except _Cancelled as cancelled:
            if cancelled.refuses(0):
                return _finding_in_the_way(cancelled)
            # What is left is a count of misses that has ended and is still there.
            self._write_or_again([*writes, self._missed_anew(claim)])
        return finding

    def turn_away(self, claim: Claim) -> Entry:
        """Keep the claim as one too many unless its message is claimed; return the entry there is."""
        finding = Finding(outcome=Outcome.LIMITED)
        answered = _plain_of(finding)
        try:
            self._write([self._claimed(claim, answered), self._audited(claim, finding.outcome.value, finding)])
        except _Cancelled as cancelled:
            return _entry_in_the_way(cancelled)
        return _entry_of(claim, finding)

    def note_replay(self, claim: Claim) -> None:
        """Keep an audit item of the attempt."""
        put = self._audited(claim, REPLAYED, None)["Put"]
        try:
            with busy_means_try_again():
                self._dynamodb.put_item(**put)
        except ClientError as error:
            if not is_refused_condition(error):
                raise

    def _claimed(self, claim: Claim, answered: dict[str, Value]) -> dict[str, Any]:
        item: dict[str, Value] = {
            "entry": _message(claim),
            "contact_id": claim.contact_id,
            "digest": claim.digest,
            "at": stamp(claim.at),
            "expires": _seconds(claim.at + self._retention),
        }
        return {
            "Put": {
                "TableName": self._tables.entries,
                "Item": typed(item | answered),
                "ConditionExpression": "attribute_not_exists(entry)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _counted(self, claim: Claim) -> dict[str, Any]:
        values: dict[str, Value] = {
            ":one": 1,
            ":most": ENTRIES_A_CONTACT,
            ":at": stamp(claim.at),
            ":oldest": stamp(claim.at - A_CALL_LASTS),
            ":expires": _seconds(claim.at + COUNTED_FOR),
        }
        return {
            "Update": {
                "TableName": self._tables.entries,
                "Key": typed({"entry": f"contact#{claim.contact_id}"}),
                "UpdateExpression": (
                    "SET since = if_not_exists(since, :at), expires = if_not_exists(expires, :expires) ADD tries :one"
                ),
                "ConditionExpression": "attribute_not_exists(tries) OR (tries < :most AND since > :oldest)",
                "ExpressionAttributeValues": typed(values),
            }
        }

    def _within_limit(self, caller: str, at: datetime) -> dict[str, Any]:
        values: dict[str, Value] = {":most": MISSES_A_CALLER, ":now": _seconds(at)}
        return {
            "ConditionCheck": {
                "TableName": self._tables.entries,
                "Key": typed({"entry": f"caller#{caller}"}),
                "ConditionExpression": "attribute_not_exists(misses) OR misses < :most OR expires <= :now",
                "ExpressionAttributeValues": typed(values),
            }
        }

    def _answered(self, claim: Claim, finding: Finding) -> dict[str, Any]:
        answered = _plain_of(finding)
        return {
            "Update": {
                "TableName": self._tables.entries,
                "Key": typed({"entry": _message(claim)}),
                "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in answered),
                "ConditionExpression": "attribute_exists(entry) AND attribute_not_exists(outcome)",
                "ExpressionAttributeNames": {f"#{name}": name for name in answered},
                "ExpressionAttributeValues": typed({f":{name}": value for name, value in answered.items()}),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _audited(self, claim: Claim, outcome: str, finding: Finding | None) -> dict[str, Any]:
        """Return the writing of an audit item; without a finding it is of an attempt on another contact's entry."""
        at = stamp(claim.at)
        item: dict[str, Value] = {
            "day": at[:10],
            "at": f"{at}#{claim.message_id}" if finding else f"{at}#{claim.message_id}#{claim.contact_id}",
            "contact_id": claim.contact_id,
            "what": "lookup",
            "by": claim.by.means,
            "outcome": outcome,
            "expires": _seconds(claim.at + self._audited_for),
        }
        if finding is not None and finding.account_id is not None:
            item["account_id"] = finding.account_id
        if finding is not None and finding.key_version is not None:
            item["key_version"] = finding.key_version
        return {
            "Put": {
                "TableName": self._tables.audit,
                "Item": typed(item),
                "ConditionExpression": "attribute_not_exists(contact_id)",
            }
        }

    def _identified(self, claim: Claim, finding: Finding) -> dict[str, Any]:
        item: dict[str, Value] = {
            "contact_id": claim.contact_id,
            "state": finding.outcome.value,
            "account_ids": json.dumps(list(finding.account_ids)),
            "at": stamp(claim.at),
            "by": claim.by.means,
            "expires": _seconds(claim.at + IDENTIFIED_FOR),
        }
        if finding.account_id is not None:
            item["account_id"] = finding.account_id
        return {"Put": {"TableName": self._tables.identifications, "Item": typed(item)}}

    def _missed(self, claim: Claim) -> dict[str, Any]:
        values: dict[str, Value] = {
            ":one": 1,
            ":end": _seconds(claim.at + MISSES_COUNT_FOR),
            ":now": _seconds(claim.at),
        }
        return {
            "Update": {
                "TableName": self._tables.entries,
                "Key": typed({"entry": f"caller#{claim.caller}"}),
                "UpdateExpression": "SET expires = if_not_exists(expires, :end) ADD misses :one",
                "ConditionExpression": "attribute_not_exists(expires) OR expires > :now",
                "ExpressionAttributeValues": typed(values),
            }
        }

    def _missed_anew(self, claim: Claim) -> dict[str, Any]:
        item: dict[str, Value] = {
            "entry": f"caller#{claim.caller}",
            "misses": 1,
            "expires": _seconds(claim.at + MISSES_COUNT_FOR),
        }
        return {
            "Put": {
                "TableName": self._tables.entries,
                "Item": typed(item),
                "ConditionExpression": "attribute_not_exists(expires) OR expires <= :now",
                "ExpressionAttributeValues": typed({":now": _seconds(claim.at)}),
            }
        }

    def _write_or_again(self, writes: Sequence[dict[str, Any]]) -> None:
        try:
            self._write(writes)
        except _Cancelled as cancelled:
            raise InTheWay("Another invocation wrote the same entry.") from cancelled

    def _write(self, writes: Sequence[dict[str, Any]]) -> None:
        """Write all or nothing; raises `_Cancelled` when a condition did not hold."""
        try:
            with busy_means_try_again():
                self._dynamodb.transact_write_items(TransactItems=list(writes))
        except ClientError as error:
            if error.response["Error"]["Code"] == "TransactionInProgressException":
                raise InTheWay("The same transaction is going on.") from error
            told: Any = error.response.get("CancellationReasons")
            if not told:
                raise
            reasons = [_Reason(code=each.get("Code", FINE), item=each.get("Item")) for each in told]
            codes = {reason.code for reason in reasons} - {FINE}
            if CONFLICT in codes:
                raise InTheWay("Another transaction writes the same items.") from error
            if codes != {REFUSED}:
                raise TryAgain(f"DynamoDB cancelled a transaction: {', '.join(sorted(codes))}") from error
            raise _Cancelled(reasons) from error


def _plain_of(finding: Finding) -> dict[str, Value]:
    told: dict[str, Value | None] = {
        "outcome": finding.outcome.value,
        "account_ids": json.dumps(list(finding.account_ids)),
        "language": finding.language,
        "priority": finding.priority,
        "key_version": finding.key_version,
    }
    return {name: value for name, value in told.items() if value is not None}


def _entry_of(claim: Claim, finding: Finding | None) -> Entry:
    return Entry(
        message_id=claim.message_id, digest=claim.digest, contact_id=claim.contact_id, at=claim.at, finding=finding
    )


def _entry_in_the_way(cancelled: _Cancelled) -> Entry:
    item = cancelled.reasons[0].item
    if item is None:
        raise InTheWay("The entry changed at this moment.") from cancelled
    there = plain(item)
    return Entry(
        message_id=str(there["entry"]).removeprefix("message#"),
        digest=str(there["digest"]),
        contact_id=ContactId(str(there["contact_id"])),
        at=datetime.fromisoformat(str(there["at"])),
        finding=_finding_in(there),
    )


def _finding_in_the_way(cancelled: _Cancelled) -> Finding:
    finding = _entry_in_the_way(cancelled).finding
    if finding is None:
        raise InTheWay("The entry changed at this moment.") from cancelled
    return finding


def _finding_in(there: dict[str, str | int]) -> Finding | None:
    if "outcome" not in there:
        return None
    return Finding(
        outcome=Outcome(str(there["outcome"])),
        account_ids=json.loads(str(there["account_ids"])),
        language=str(there["language"]) if "language" in there else None,
        priority=int(there["priority"]) if "priority" in there else None,
        key_version=int(there["key_version"]) if "key_version" in there else None,
    )


def _message(claim: Claim) -> str:
    return f"message#{claim.message_id}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
