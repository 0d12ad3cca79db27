"""SQS: what was sent, by queue."""

import hashlib
from collections.abc import Iterable
from typing import Any

from .answers import NotPlayed, Refused, json_of, only

MESSAGE_LIMIT = 256 * 1024
ENTRIES = 10
_ENTRY = ("MessageBody", "MessageAttributes", "DelaySeconds")


class Sqs:
    """Queues by URL. A message is a request's entry as it came: `MessageBody`, perhaps `MessageAttributes`."""

    throttled = "RequestThrottled"

    def __init__(self, queues: Iterable[str]) -> None:
        self.queues: dict[str, list[dict[str, Any]]] = {url: [] for url in queues}

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request["QueueUrl"],)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; of a batch, only the first `parts` entries."""
        if request["QueueUrl"] not in self.queues:
            raise _refused("QueueDoesNotExist", "The specified queue does not exist.", "NonExistentQueue")
        queue = self.queues[request["QueueUrl"]]
        if operation == "SendMessage":
            only(request, "QueueUrl", *_ENTRY)
            _check([request])
            return json_of(_sent(queue, {name: request[name] for name in _ENTRY if name in request}))
        if operation == "SendMessageBatch":
            only(request, "QueueUrl", "Entries")
            return json_of(_batch_sent(queue, request["Entries"], parts))
        raise NotPlayed(f"SQS's {operation}")


def _batch_sent(queue: list[dict[str, Any]], entries: list[dict[str, Any]], parts: int) -> dict[str, Any]:
    if not entries:
        raise _refused("EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry in the request.")
    if len(entries) > ENTRIES:
        raise _refused("TooManyEntriesInBatchRequest", f"Maximum number of entries per request are {ENTRIES}.")
    if len({entry["Id"] for entry in entries}) < len(entries):
        raise _refused("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
    for entry in entries:
        only(entry, "Id", *_ENTRY)
    _check(entries)
    sent = [
        {"Id": entry["Id"]} | _sent(queue, {name: entry[name] for name in _ENTRY if name in entry})
        for entry in entries[:parts]
    ]
    failed = [{"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"} for entry in entries[parts:]]
    return {"Successful": sent} | ({"Failed": failed} if failed else {})


def _sent(queue: list[dict[str, Any]], message: dict[str, Any]) -> dict[str, str]:
    queue.append(message)
    digest = hashlib.md5(message["MessageBody"].encode(), usedforsecurity=False).hexdigest()
    return {"MessageId": f"00000000-0000-4000-8000-{len(queue):012x}", "MD5OfMessageBody": digest}


def _check(entries: list[dict[str, Any]]) -> None:
    sizes = [_size(entry) for entry in entries]
    if any(not entry["MessageBody"] for entry in entries):
        raise _refused("MissingParameter", "The request must contain the parameter MessageBody.")
    if max(sizes) > MESSAGE_LIMIT:
        raise _refused(
            "InvalidParameterValue",
            f"One or more parameters are invalid. Reason: Message must be shorter than {MESSAGE_LIMIT} bytes.",
        )
    if sum(sizes) > MESSAGE_LIMIT:
        raise _refused("BatchRequestTooLong", f"Batch requests cannot be longer than {MESSAGE_LIMIT} bytes.")


def _size(entry: dict[str, Any]) -> int:
    attributes = entry.get("MessageAttributes", {})
    of_attributes = sum(
        len(name.encode()) + len(value["DataType"]) + len(value.get("StringValue", "").encode())
        for name, value in attributes.items()
    )
    return len(entry["MessageBody"].encode()) + of_attributes


def _refused(code: str, message: str, old_name: str = "") -> Refused:
    return Refused(code, message, old_code=f"AWS.SimpleQueueService.{old_name or code}")
