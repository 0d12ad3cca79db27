"""What the second check reads and keeps: the queue of checks, identifications and members, and its part of the audit."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.model.checks import (
    Asked,
    Check,
    Decided,
    Identification,
    Registered,
    State,
    standing,
)
from chalicelib.accounts.service.checks import Audited
from chalicelib.cloud import busy_means_try_again, is_refused_condition
from chalicelib.contacts.model import ContactId
from chalicelib.items import plain, typed
from chalicelib.moments import stamp
from chalicelib.problems import TryAgain

GONE = frozenset({"ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException"})
"""How Connect says that a contact is over, or that it knows none of this id."""


class SqsCheckPost:
    """A post that is an SQS queue; its client is made for the first check."""

    def __init__(self, sqs: Callable[[], Any], queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def send(self, check: Check) -> None:
        """Send a check to the queue."""
        with busy_means_try_again():
            self._sqs().send_message(QueueUrl=self._queue_url, MessageBody=check.text())


class DynamoIdentificationBook:
    """Identifications as `card_lookup` makes them; checks are kept beside them, under `checks`."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def get(self, contact_id: ContactId) -> Identification | None:
        """Return the identification of a contact; read consistently, since it has just been made or checked."""
        with busy_means_try_again():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key={"contact_id": {"S": contact_id}}, ConsistentRead=True
            )
        return _identification(plain(answer["Item"])) if "Item" in answer else None

    def replace(self, before: Identification, after: Identification) -> bool:
        """Keep `after` where `before` still stands: of the same card entry, with the same checks."""
        now, undone = standing(after), after.undone
        told: dict[str, str | int] = {"state": now.state.value, "check_tries": now.wrong, "checks": _written(after)}
        if now.state is State.VERIFIED and now.last is not None and now.account_id is not None:
            told |= {"account_id": now.account_id, "checked_by": now.last.by, "checked_at": stamp(now.last.at)}
        if undone is not None:
            told |= {"undone_by": undone.by, "undone_at": stamp(undone.at)}
        same = "checks = :before" if before.decided or before.undone else "attribute_not_exists(checks)"
        values: dict[str, str | int] = {f":{name}": value for name, value in told.items()} | {":made": stamp(before.at)}
        if before.decided or before.undone:
            values[":before"] = _written(before)
        try:
            with busy_means_try_again():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"contact_id": {"S": before.contact_id}},
                    UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in told),
                    ConditionExpression=f"#at = :made AND {same}",
                    ExpressionAttributeNames={"#at": "at"} | {f"#{name}": name for name in told},
                    ExpressionAttributeValues=typed(values),
                )
        except ClientError as error:
            if is_refused_condition(error):
                return False
            raise
        return True


class DynamoRegister:
    """Members as they were loaded, read by account id."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def several(self, account_ids: Sequence[str]) -> list[Registered]:
        """Return those of these members that are registered, in the order of their ids."""
        if not account_ids:
            return []
        keys = [{"account_id": {"S": each}} for each in dict.fromkeys(account_ids)]
        with busy_means_try_again():
            answer = self._dynamodb.batch_get_item(RequestItems={self._table: {"Keys": keys}})
        if answer.get("UnprocessedKeys"):
            raise TryAgain("DynamoDB had no room for all members asked for; asking again is safe.")
        found = [_registered(plain(item)) for item in answer["Responses"][self._table]]
        return sorted(found, key=lambda each: each.account_id)


class DynamoCheckAudit:
    """The card room's audit, as far as checks add to it; their ids are the API's, so a repetition names the same entry."""

    def __init__(self, dynamodb: Any, table: str, *, retention: timedelta) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._retention = retention

    def add(self, audited: Audited) -> None:
        """Keep an entry unless it is there already."""
        at = stamp(audited.at)
        item: dict[str, str | int] = {
            "day": at[:10],
            "at": f"{at}#{audited.check_id}",
            "what": "undo" if audited.asked is Asked.NOT_THIS_CUSTOMER else "check",
            "contact_id": audited.contact_id,
            "account_ids": json.dumps(audited.account_ids),
            "fact": audited.asked.value,
            "by": audited.by,
            "outcome": audited.outcome.value,
            "expires": int((audited.at + self._retention).timestamp()),
        }
        try:
            with busy_means_try_again():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=typed(item),
                    ConditionExpression="attribute_not_exists(#day)",
                    ExpressionAttributeNames={"#day": "day"},
                )
        except ClientError as error:
            if not is_refused_condition(error):
                raise


class ConnectMemory:
    """The attributes that flows set when a card has named somebody; Connect takes none away, so they are emptied."""

    def __init__(self, connect: Callable[[], Any], instance_id: str) -> None:
        self._connect = connect
        self._instance_id = instance_id

    def forget(self, contact_id: ContactId) -> None:
        """Empty the attributes of a contact."""
        try:
            with busy_means_try_again():
                self._connect().update_contact_attributes(
                    InstanceId=self._instance_id,
                    InitialContactId=contact_id,
                    Attributes={"account_id": "", "identified": ""},
                )
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise


def _identification(item: dict[str, str | int]) -> Identification:
    written = json.loads(str(item.get("checks", "{}")))
    undone = written.get("undone")
    return Identification(
        contact_id=ContactId(str(item["contact_id"])),
        account_ids=tuple(json.loads(str(item["account_ids"]))),
        at=datetime.fromisoformat(str(item["at"])),
        decided=tuple(_decided(each) for each in written.get("decided", ())),
        undone=_decided(undone) if undone else None,
    )


def _written(identification: Identification) -> str:
    undone = identification.undone
    told = {
        "decided": [_plain(each) for each in identification.decided],
        "undone": _plain(undone) if undone else None,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _plain(decided: Decided) -> dict[str, Any]:
    return {**decided._asdict(), "at": stamp(decided.at)}


def _decided(told: dict[str, Any]) -> Decided:
    return Decided(**{**told, "at": datetime.fromisoformat(told["at"]), "asked": Asked(told["asked"])})


def _registered(item: dict[str, str | int]) -> Registered:
    return Registered(
        account_id=str(item["account_id"]),
        name=str(item.get("name", "")),
        addresses=tuple(json.loads(str(item.get("addresses", "[]")))),
        language=str(item.get("language", "")),
        status=str(item.get("status", "")),
    )
