"""A member file into a centre: up into its bucket, and watched until its function is done with it."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from chalicelib.accounts.model.imports import Import, Problem, State
from chalicelib.accounts.store.imports import PROBLEMS, import_of
from chalicelib.items import plain
from infra.operations.accounts.rows import BadFile
from infra.operations.place import Place

PREFIX = "members/"
POLL = 1.0
PATIENCE = 1_800.0
"""Seconds in which nothing moves before somebody should look: twice as long as a slice stays away after a crash."""

_GZIP = b"\x1f\x8b"


class Clock(Protocol):
    """Time as it passes."""

    def now(self) -> float:
        """Return seconds that only go forward."""

    def pause(self, seconds: float) -> None:
        """Wait."""


class Stuck(Exception):
    """Nothing has moved for a while; the text says where to look."""


class Upload(NamedTuple):
    """A file on its way in: `key` is its own name in the bucket, like that of no other upload."""

    path: Path
    key: str
    bytes: int

    @classmethod
    def of(cls, path: Path, at: datetime) -> "Upload":
        """Return the upload of a member file.

        Raises BadFile for what is none.
        """
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                start = file.read(1)
                start += file.read(1)
        except OSError as error:
            raise BadFile(f"{path} cannot be read: {error.strerror}") from error
        if not size:
            raise BadFile(f"{path} is empty.")
        if start == _GZIP:
            raise BadFile(f"{path} is packed: unpack it first, since its lines are read in slices.")
        if not start.lstrip().startswith((b"{", b"\xef")):
            raise BadFile(f"{path} is no member file (docs/accounts.md): `make card-tokens` makes one of rows.")
        return cls(path=path, key=f"{PREFIX}{at:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}.jsonl", bytes=size)


class Bringing:
    """Brings a file into one centre."""

    def __init__(self, place: Place, *, clock: Clock) -> None:
        self._place = place
        self._clock = clock
        self._dynamodb: Any = place.client("dynamodb")
        self._s3: Any = place.client("s3")

    def send(self, upload: Upload, *, show: Callable[[int], None] = lambda sent: None) -> None:
        """Put the file into the bucket; `show` is told of each portion of bytes. Raises botocore's and boto3's errors."""
        self._s3.upload_file(str(upload.path), self._place.outputs["ImportsBucket"], upload.key, Callback=show)

    def watch(self, upload: Upload) -> Iterator[Import]:
        """Yield how the import stands, again and again until it has ended.

        Raises Stuck, and botocore's errors.
        """
        moved_at, done = self._clock.now(), -1
        while True:
            whole = self._import(upload.key)
            if whole is not None:
                yield whole
                if whole.state is not State.RUNNING:
                    return
            if whole is not None and whole.slices_done > done:
                moved_at, done = self._clock.now(), whole.slices_done
            if self._clock.now() - moved_at > PATIENCE:
                raise Stuck(
                    "Nothing has moved for half an hour: look at the log of the function account_import and at the dead-letter"
                    " queue (docs/operations.md). The import goes on by itself; bringing the file in again harms nothing."
                )
            self._clock.pause(POLL)

    def problems(self, upload: Upload) -> list[Problem]:
        """Return the problems of an import that has refused lines."""
        answer = self._s3.get_object(Bucket=self._place.outputs["ImportsBucket"], Key=f"{upload.key}{PROBLEMS}")
        return [Problem(**json.loads(line)) for line in answer["Body"].read().splitlines()]

    def _import(self, key: str) -> Import | None:
        answer = self._dynamodb.query(
            TableName=self._place.outputs["ImportsTable"],
            KeyConditionExpression="import_key = :key",
            ExpressionAttributeValues={":key": {"S": key}},
            # The import itself sorts before its slices.
            Limit=1,
            ConsistentRead=True,
        )
        return import_of(plain(answer["Items"][0])) if answer["Items"] else None
