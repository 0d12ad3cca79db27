"""The cloud in memory: real botocore clients, whose requests are answered before they are sent."""

import gzip
import itertools
import json
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import boto3
import botocore.endpoint
from botocore import handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from .answers import NotPlayed, Refused, json_of
from .cloudwatch import CloudWatch
from .connect import Connect
from .dynamodb import DynamoDB
from .events import Events
from .faults import EVERY_PART, Call, Crash, Fault, Faults, Trouble, no_faults
from .kinesis import Kinesis
from .kms import Kms
from .secrets_manager import SecretsManager
from .shelf import Shelf
from .sqs import Sqs
from .stream import Stream
from .tables import Table
from .tally import Tally
from .template import REGION, Template

_GZIP = b"\x1f\x8b"
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "memory", "AWS_SECRET_ACCESS_KEY": "memory", "AWS_DEFAULT_REGION": REGION}
_NO_FILES = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(slots=True)
class Reply:
    """An HTTP answer; `old_code` is told beside the error's own by services with an older protocol."""

    status: int
    body: bytes
    old_code: str = ""

    def headers(self) -> dict[str, str]:
        """Return the headers that AWS sends and botocore reads."""
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "content-length": str(len(self.body)),
            "x-amzn-requestid": "MEMORY",
            "x-amz-crc32": str(zlib.crc32(self.body)),
        }
        if self.old_code:
            headers["x-amzn-query-error"] = f"{self.old_code};Sender"
        return headers


class _Service(Protocol):
    @property
    def throttled(self) -> str: ...

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]: ...

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes: ...


class Cloud:
    """DynamoDB, SQS, CloudWatch, Kinesis, KMS, Secrets Manager and a bus of EventBridge as one template makes them, and a Connect instance beside them.

    - `with cloud.everywhere():` every client made inside is answered from here, the code under test's own as well;
      botocore's retries are taken, but nobody waits for them.
    - `cloud.client("dynamodb")` is one client that is answered from here and does not retry.
    - `cloud.faults` is asked before each call; `cloud.tally` counts what was asked.
    - `cloud.stream(table).take()` gives the records that wake a stream's reader.
    """

    def __init__(self, template: Template | None = None, *, now: Callable[[], datetime] | None = None) -> None:
        self.template = template or Template()
        self.tally = Tally()
        self.faults: Faults = no_faults
        self._now = now
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything: items, messages, points, counts and faults. Clients stay good."""
        self._shelf = Shelf(self.template.tables(), self.tally)
        self.sqs = Sqs(self.template.queues())
        self.cloudwatch = CloudWatch(self._now)
        self.connect = Connect()
        self.events = Events()
        self.kinesis = Kinesis(self.template.definitions("AWS::Kinesis::Stream"))
        self.kms = Kms(self.template.definitions("AWS::KMS::Key"))
        self.secrets_manager = SecretsManager(self.template.definitions("AWS::SecretsManager::Secret"))
        self._services: dict[str, _Service] = {
            "dynamodb": DynamoDB(self._shelf),
            "sqs": self.sqs,
            "cloudwatch": self.cloudwatch,
            "connect": self.connect,
            "eventbridge": self.events,
            "kinesis": self.kinesis,
            "kms": self.kms,
            "secrets-manager": self.secrets_manager,
        }
        self.tally.clear()
        self.faults = no_faults
        self._numbers = itertools.count(1)

    def table(self, name: str) -> Table:
        """Return the table with this logical id."""
        return self._shelf.table(name)

    def stream(self, table: str) -> Stream:
        """Return the stream of the table with this logical id."""
        stream = self.table(table).stream
        if stream is None:
            raise NotPlayed(f"a stream of {table}, which has none")
        return stream

    def client(self, service: str, *, attempts: int = 1) -> Any:
        """Return a new client of one of these services that gives up after so many attempts."""
        session = boto3.Session("memory", "memory", region_name=REGION)
        config = Config(retries={"total_max_attempts": attempts, "mode": "standard"})
        client: Any = session.client(service, config=config)  # type: ignore[call-overload]
        client.meta.events.register("before-send", self._answer)
        return client

    @contextmanager
    def everywhere(self, environment: Mapping[str, str] | None = None) -> Iterator[None]:
        """Answer every client made inside; `environment` is added to the process's own, without AWS's variables."""
        entry = "before-send", self._answer
        kept, environ = boto3.DEFAULT_SESSION, dict(os.environ)
        for name in [name for name in environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(_CREDENTIALS | _NO_FILES | dict(environment or {}))
        boto3.DEFAULT_SESSION = None
        handlers.BUILTIN_HANDLERS.append(entry)
        try:
            with without_waiting():
                yield
        finally:
            handlers.BUILTIN_HANDLERS.remove(entry)
            boto3.DEFAULT_SESSION = kept
            os.environ.clear()
            os.environ.update(environ)

    def reply(self, service: str, operation: str, body: bytes) -> Reply:
        """Answer one request, as a client would send it; raises what a fault brings about instead of an answer."""
        began = time.thread_time()
        if service not in self._services:
            raise NotPlayed(f"the service {service}")
        request = json.loads(gzip.decompress(body) if body.startswith(_GZIP) else body)
        call = Call(next(self._numbers), service, operation, self._services[service].resources(request), request)
        count = self.tally.of(operation, "+".join(call.resources))
        count.calls += 1
        count.request_bytes += len(body)
        try:
            fault = self.faults(call)
            with self._lock:
                reply = Reply(200, self._done(call, fault))
        except Refused as refused:
            count.refused += 1
            reply = Reply(refused.status, json_of(refused.document()), refused.old_code)
        count.response_bytes += len(reply.body)
        self.tally.seconds += time.thread_time() - began
        return reply

    def _answer(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        _before_send, service, operation = event_name.split(".")
        reply = self.reply(service, operation, _body(request))
        headers: Any = reply.headers()
        return AWSResponse(request.url, reply.status, headers, _Raw(reply.body))

    def _done(self, call: Call, fault: Fault | None) -> bytes:
        if fault is None:
            return self._effect(call, EVERY_PART)
        in_parts = "Batch" in call.operation or call.operation in ("PutRecords", "PutEvents")
        if fault.trouble is Trouble.UNPROCESSED and fault.applied and in_parts:
            return self._effect(call, fault.applied)
        if fault.trouble in (Trouble.THROTTLED, Trouble.UNPROCESSED):
            raise Refused(self._services[call.service].throttled, "The request rate is too high.")
        if fault.applied:
            self._effect(call, fault.applied)
        if fault.trouble is Trouble.SERVER_ERROR:
            raise Refused("InternalServerError", "The request could not be processed.", status=500)
        if fault.trouble is Trouble.DISCONNECTED:
            raise ConnectionClosedError(endpoint_url=call.service)
        raise Crash(f"at {call.operation}")

    def _effect(self, call: Call, parts: int) -> bytes:
        try:
            return self._services[call.service].answer(call.operation, call.request, parts)
        except Refused:
            raise
        except Exception as error:
            raise NotPlayed(f"{call.operation} {call.request}") from error


@contextmanager
def without_waiting() -> Iterator[None]:
    """Let botocore's retries follow each other without a pause."""
    module: Any = botocore.endpoint
    clock = module.time
    module.time = SimpleNamespace(sleep=lambda seconds: None)
    try:
        yield
    finally:
        module.time = clock


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body
    if not body:
        # A service of the REST kind: what is asked stands in the path.
        return json_of({"path": [unquote(part) for part in urlsplit(request.url).path.split("/")[1:]]})
    return body.encode() if isinstance(body, str) else bytes(body)


class _Raw(BytesIO):
    """The part of urllib3's response that botocore reads."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()
