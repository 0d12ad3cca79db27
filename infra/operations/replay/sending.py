"""Ways in: contact records and agent events through their streams, contact events through their queue.

Nobody but AWS may send as `aws.connect`, and not every bus keeps the time that an event is sent with. So events go where
the rule would put them, in the envelope that it would deliver: the same here and on AWS, and the same again next time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from infra.operations.patience import until_taken
from infra.operations.place import Place
from infra.operations.replay.documents import Document, Kind


class Limits(NamedTuple):
    """What one call takes at most."""

    entries: int
    bytes: int


KINESIS = Limits(entries=500, bytes=4_500_000)
SQS = Limits(entries=10, bytes=250_000)


class Sender:
    """Sends documents to a centre, each by the way of its kind; what AWS refuses for now is sent again."""

    def __init__(self, place: Place, *, pause: Callable[[float], None]) -> None:
        self._place = place
        self._pause = pause
        self._ways: Mapping[Kind, Callable[[Sequence[Document]], None]] = {
            Kind.RECORD: lambda documents: self._to_stream("ContactRecordsStream", documents),
            Kind.AGENT_EVENT: lambda documents: self._to_stream("AgentEventsStream", documents),
            Kind.EVENT: self._to_queue,
        }

    def takes(self, kind: Kind) -> bool:
        """Whether this centre has a way in for documents of this kind."""
        return kind is not Kind.AGENT_EVENT or "AgentEventsStream" in self._place.outputs

    def send(self, documents: Sequence[Document]) -> None:
        """Send these, in their order within each kind.

        Raises Busy when AWS takes none of them for a long time, and botocore's errors.
        """
        for kind, way in self._ways.items():
            if own := [document for document in documents if document.kind is kind]:
                way(own)

    @cached_property
    def _kinesis(self) -> Any:
        return self._place.client("kinesis")

    @cached_property
    def _sqs(self) -> Any:
        return self._place.client("sqs")

    def _to_stream(self, output: str, documents: Sequence[Document]) -> None:
        stream = self._place.outputs[output]

        def put(some: Sequence[Document]) -> list[bool]:
            records = [{"Data": each.body.encode(), "PartitionKey": each.key} for each in some]
            answer = self._kinesis.put_records(StreamName=stream, Records=records)
            return ["ErrorCode" not in said for said in answer["Records"]]

        self._until_taken(documents, KINESIS, put)

    def _to_queue(self, documents: Sequence[Document]) -> None:
        url = self._place.outputs["ContactEventsQueueUrl"]

        def put(some: Sequence[Document]) -> list[bool]:
            entries = [{"Id": str(number), "MessageBody": each.body} for number, each in enumerate(some)]
            answer = self._sqs.send_message_batch(QueueUrl=url, Entries=entries)
            taken = {said["Id"] for said in answer.get("Successful", ())}
            return [str(number) in taken for number in range(len(some))]

        self._until_taken(documents, SQS, put)

    def _until_taken(
        self, documents: Sequence[Document], limits: Limits, put: Callable[[Sequence[Document]], list[bool]]
    ) -> None:
        def refused(some: Sequence[Document]) -> Sequence[Document]:
            return [each for each, was_taken in zip(some, put(some), strict=True) if not was_taken]

        for some in in_calls(documents, limits):
            until_taken(some, refused, pause=self._pause)


def in_calls(documents: Iterable[Document], limits: Limits) -> Iterator[Sequence[Document]]:
    """Yield these in order, as many at a time as one call takes; a document alone is never larger than that."""
    call: list[Document] = []
    size = 0
    for document in documents:
        own = len(document.body.encode()) + len(document.key.encode())
        if call and (len(call) == limits.entries or size + own > limits.bytes):
            yield call
            call, size = [], 0
        call.append(document)
        size += own
    if call:
        yield call
