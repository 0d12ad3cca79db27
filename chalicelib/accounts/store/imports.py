"""Where imports keep their place, where their files lie, and the queue that carries their slices."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.model.imports import Counts, Import, ImportId, Problem, Slice, State
from chalicelib.accounts.service.importing import Gone
from chalicelib.cloud import busy_means_try_again, is_refused_condition, pages
from chalicelib.items import plain, typed
from chalicelib.moments import stamp
from chalicelib.problems import TryAgain

KEPT_FOR = timedelta(days=90)
"""How long it is kept what became of an import."""

TRIES = 10
"""How often a slice is entered while others enter theirs: all of them count on the same item."""

PROBLEMS = ".problems"
"""What the name of a file's problems ends with, after its own."""


class DynamoImportBook:
    """Imports as items: one a file, under its upload, and one for each of its slices that is done."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def begin(self, whole: Import) -> None:
        """Keep a new import; one that is known stays as it is."""
        item: dict[str, str | int] = {
            **_head(whole.id),
            "etag": whole.etag,
            "size": whole.size,
            "slice_bytes": whole.slice_bytes,
            "slices": whole.slices,
            "began_at": stamp(whole.began_at),
            "state": whole.state.value,
            "expires": _expires(whole),
        }
        try:
            with busy_means_try_again():
                self._dynamodb.put_item(
                    TableName=self._table, Item=typed(item), ConditionExpression="attribute_not_exists(import_key)"
                )
        except ClientError as error:
            if not is_refused_condition(error):
                raise

    def get(self, import_id: ImportId) -> Import | None:
        """Return an import as it stands, or None when nobody began it."""
        item = self._item(_head(import_id))
        return import_of(item) if item else None

    def is_done(self, part: Slice) -> bool:
        """Whether this slice was done before."""
        return bool(self._item(_part(part)))

    def done(self, part: Slice, counts: Counts, problems: Sequence[Problem], *, whole: Import) -> None:
        """Keep that a slice is done and count what was found in it, both or neither; the second time changes nothing."""
        told = json.dumps([[problem.line, problem.field, problem.reason] for problem in problems])
        item = {**_part(part), "lines": counts.lines, "problems": told, "expires": _expires(whole)}
        figures = {f":{name}": value for name, value in counts._asdict().items()}
        adding = ", ".join(f"#{name} :{name}" for name in Counts._fields)
        entered = {
            "TableName": self._table,
            "Item": typed(item),
            "ConditionExpression": "attribute_not_exists(import_key)",
        }
        counted = {
            "TableName": self._table,
            "Key": typed(_head(part.id)),
            "UpdateExpression": f"ADD slices_done :one, {adding}",
            "ExpressionAttributeNames": {f"#{name}": name for name in Counts._fields},
            "ExpressionAttributeValues": typed({":one": 1, **figures}),
        }
        for _ in range(TRIES):
            if self._entered([{"Put": entered}, {"Update": counted}]):
                return
        raise TryAgain("Others were counting their slices of the same import.")

    def slices(self, import_id: ImportId) -> Iterator[tuple[int, Sequence[Problem]]]:
        """Yield of each slice that is done, in order, the number of its lines and its problems."""
        found = pages(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="import_key = :key AND begins_with(part, :part)",
            ExpressionAttributeValues=typed({":key": import_id.key, ":part": f"{import_id.sequencer}#"}),
            ConsistentRead=True,
        )
        for items in found:
            for item in map(plain, items):
                told = json.loads(str(item["problems"]))
                yield int(item["lines"]), [Problem(line, field, reason) for line, field, reason in told]

    def end(self, import_id: ImportId, state: State, why: str | None) -> None:
        """Keep how an import ended."""
        with busy_means_try_again():
            self._dynamodb.update_item(
                TableName=self._table,
                Key=typed(_head(import_id)),
                UpdateExpression="SET #state = :state, why = :why",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=typed({":state": state.value, ":why": why or ""}),
            )

    def _item(self, key: Mapping[str, str | int]) -> Mapping[str, str | int]:
        with busy_means_try_again():
            answer = self._dynamodb.get_item(TableName=self._table, Key=typed(key), ConsistentRead=True)
        return plain(answer.get("Item", {}))

    def _entered(self, writes: Sequence[Mapping[str, Any]]) -> bool:
        """Write these together; whether they are in, now or from before."""
        try:
            with busy_means_try_again():
                self._dynamodb.transact_write_items(TransactItems=writes)
        except ClientError as error:
            reasons = [reason.get("Code", "") for reason in error.response.get("CancellationReasons", ())]
            if not reasons:
                raise
            if "ConditionalCheckFailed" in reasons:
                return True
            if "TransactionConflict" in reasons:
                return False
            raise TryAgain(f"AWS was busy: {error}") from error
        return True


class S3Files:
    """A bucket of member files; a file is read as it was when its import began, or not at all."""

    def __init__(self, s3: Callable[[], Any], bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def read(self, whole: Import, first: int, last: int) -> bytes:
        """Return the bytes from `first` to `last`."""
        try:
            with busy_means_try_again():
                answer = self._s3().get_object(
                    Bucket=self._bucket, Key=whole.id.key, Range=f"bytes={first}-{last}", IfMatch=f'"{whole.etag}"'
                )
                return bytes(answer["Body"].read())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("NoSuchKey", "404"):
                raise Gone("The file was removed before all of it was read: send it again.") from error
            if code in ("PreconditionFailed", "412"):
                raise Gone(
                    "Another file of this name came before all of it was read: that one is imported by itself."
                ) from error
            raise

    def put_problems(self, import_id: ImportId, text: str) -> None:
        """Put the problems of an import beside its file."""
        with busy_means_try_again():
            self._s3().put_object(Bucket=self._bucket, Key=f"{import_id.key}{PROBLEMS}", Body=text.encode())


class SqsSlicePost:
    """A post that is an SQS queue."""

    def __init__(self, sqs: Callable[[], Any], queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def send(self, slices: Sequence[Slice]) -> None:
        """Send these one by one; after trouble all may be sent again, since a slice that comes twice is taken once."""
        for part in slices:
            with busy_means_try_again():
                self._sqs().send_message(QueueUrl=self._queue_url, MessageBody=part.text())


def import_of(item: Mapping[str, str | int]) -> Import:
    """Return the import that an item keeps."""
    return Import(
        id=ImportId(key=str(item["import_key"]), sequencer=str(item["part"])),
        etag=str(item["etag"]),
        size=int(item["size"]),
        slice_bytes=int(item["slice_bytes"]),
        slices=int(item["slices"]),
        began_at=datetime.fromisoformat(str(item["began_at"])),
        state=State(str(item["state"])),
        slices_done=int(item.get("slices_done", 0)),
        counts=Counts(**{name: int(item.get(name, 0)) for name in Counts._fields}),
        why=str(item.get("why", "")) or None,
    )


def _head(import_id: ImportId) -> dict[str, str | int]:
    return {"import_key": import_id.key, "part": import_id.sequencer}


def _part(part: Slice) -> dict[str, str | int]:
    return {"import_key": part.id.key, "part": f"{part.id.sequencer}#{part.number:09}"}


def _expires(whole: Import) -> int:
    return int((whole.began_at + KEPT_FOR).timestamp())
