"""The naive import: every stage of a call is an event, every event one invocation and one put."""

import json
from collections.abc import Iterator
from typing import Any

from bench.documents import Document

TABLE = "Contacts"
STAGES = {
    "initiated_at": "INITIATED",
    "enqueued_at": "QUEUED",
    "connected_at": "CONNECTED_TO_AGENT",
    "disconnected_at": "DISCONNECTED",
}


def events_of(row: dict[str, str]) -> Iterator[Document]:
    """Yield one invocation for each stage that a row knows."""
    for column, stage in STAGES.items():
        if row[column]:
            detail = {**row, "eventType": stage, "at": row[column]}
            yield {"Records": [{"body": json.dumps({"detail": detail})}]}


class PutAnEvent:
    """A Lambda handler that keeps one event as one item; no contact and no figure comes of it yet."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb

    def __call__(self, event: Document, context: Any) -> None:
        for record in event["Records"]:
            detail = json.loads(record["body"])["detail"]
            item = {name: {"S": str(value)} for name, value in detail.items() if value}
            item["contact_id"] = {"S": f"{detail['contact_id']}#{detail['eventType']}"}
            self._dynamodb.put_item(TableName=TABLE, Item=item)
