"""The queue of requests, and the table of what became of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.cloud import busy_means_try_again
from chalicelib.contacts.model import ContactId
from chalicelib.items import plain, typed
from chalicelib.moments import stamp
from chalicelib.requests.model import Answer, Request, State, Wish

KEPT_FOR = timedelta(days=7)
"""How long it is kept what became of a request: for who asked minutes are enough, for who looks into it days."""


class SqsPost:
    """A post that is an SQS queue; its client is made for the first request, since most questions to the API are others."""

    def __init__(self, sqs: Callable[[], Any], queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def send(self, request: Request) -> None:
        """Send a request to the queue."""
        with busy_means_try_again():
            self._sqs().send_message(QueueUrl=self._queue_url, MessageBody=request.text())


class DynamoAnswerBook:
    """Answers as items, one a request."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def get(self, request_id: str) -> Answer | None:
        """Return what became of a request, or None while nothing did; read consistently, since a copy may be stale."""
        with busy_means_try_again():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key={"request_id": {"S": request_id}}, ConsistentRead=True
            )
        return (
            _answer({name: str(value) for name, value in plain(answer["Item"]).items()}) if "Item" in answer else None
        )

    def keep(self, answer: Answer) -> None:
        """Keep what became of a request."""
        request = answer.request
        item: dict[str, str | int] = {
            "request_id": request.request_id,
            "contact_id": request.contact_id,
            "wish": request.wish.value,
            "username": request.username,
            "at": stamp(request.at),
            "state": answer.state.value,
            "expires": int((request.at + KEPT_FOR).timestamp()),
        }
        if answer.why is not None:
            item["why"] = answer.why
        with busy_means_try_again():
            self._dynamodb.put_item(TableName=self._table, Item=typed(item))


def _answer(item: dict[str, str]) -> Answer:
    request = Request(
        request_id=item["request_id"],
        contact_id=ContactId(item["contact_id"]),
        wish=Wish(item["wish"]),
        username=item["username"],
        at=datetime.fromisoformat(item["at"]),
    )
    return Answer(request=request, state=State(item["state"]), why=item.get("why"))
