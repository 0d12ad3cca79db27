"""Kinesis: what was put, by stream, until somebody takes it."""

from collections.abc import Iterable
from typing import Any

from .answers import NotPlayed, Refused, invalid, json_of, only

MEGABYTE = 1024 * 1024


class Kinesis:
    """Streams by name. A record is a request's entry as it came, its `Data` in base64."""

    throttled = "ProvisionedThroughputExceededException"

    def __init__(self, streams: Iterable[str]) -> None:
        self.streams: dict[str, list[dict[str, Any]]] = {name: [] for name in streams}

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request["StreamName"],)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Put records; only the first `parts` of them are taken."""
        if operation != "PutRecords":
            raise NotPlayed(f"Kinesis's {operation}")
        only(request, "StreamName", "Records")
        if request["StreamName"] not in self.streams:
            raise Refused("ResourceNotFoundException", "Stream not found")
        records = request["Records"]
        for record in records:
            only(record, "Data", "PartitionKey")
            if not 0 < len(record["PartitionKey"]) <= 256 or _size(record) > MEGABYTE:
                raise invalid("A record's partition key has 1 to 256 characters, and the record at most 1 MiB.")
        if not 0 < len(records) <= 500 or sum(map(_size, records)) > 5 * MEGABYTE:
            raise invalid("A call takes 1 to 500 records, and 5 MiB together.")
        stream = self.streams[request["StreamName"]]
        stream.extend(records[:parts])
        taken = [{"SequenceNumber": str(number), "ShardId": "0"} for number in range(len(records[:parts]))]
        failed = [{"ErrorCode": self.throttled, "ErrorMessage": "Rate exceeded"} for _ in records[parts:]]
        return json_of({"FailedRecordCount": len(failed), "Records": [*taken, *failed]})


def _size(record: dict[str, Any]) -> int:
    return len(record["Data"]) * 3 // 4 + len(record["PartitionKey"].encode())
