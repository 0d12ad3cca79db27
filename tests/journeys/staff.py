"""Staff and senders on the running stack: what they do, they do over the network, as in the centre."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

from infra.local.settings import ROOT_KEY

PATIENCE = 90  # seconds
Document = dict[str, Any]


class Staff:
    """Somebody of a role, signed in through the pages' own door."""

    def __init__(self, stack: Document, role: str) -> None:
        self._web = stack["web_url"].rstrip("/")
        (self.user,) = [user for user in stack["users"] if user["role"] == role][:1]
        config = self._answer(urllib.request.Request(f"{self._web}/config.json"))[1]
        self._client_id = config["cognito"]["clientId"]
        self.token = self.sign_in(self.user["password"])[1]["AuthenticationResult"]["IdToken"]

    def sign_in(self, password: str) -> tuple[int, Document]:
        """Return the status and what Cognito says to this password."""
        known = {"USERNAME": self.user["username"], "PASSWORD": password}
        words = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": self._client_id, "AuthParameters": known}
        target = "AWSCognitoIdentityProviderService.InitiateAuth"
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
        return self._answer(urllib.request.Request(f"{self._web}/cognito", json.dumps(words).encode(), headers))

    def get(self, path: str, *, token: str | None = None, **question: str) -> tuple[int, Document]:
        """Return the status and the document of an answer of the API."""
        url = f"{self._web}/api{path}?{urllib.parse.urlencode(question)}"
        return self._answer(urllib.request.Request(url, headers={"Authorization": token or self.token}))

    def post(self, path: str, document: Document) -> tuple[int, Document]:
        """Return the status and the document of the API's answer to a document that is sent."""
        headers = {"Authorization": self.token, "Content-Type": "application/json"}
        return self._answer(urllib.request.Request(f"{self._web}/api{path}", json.dumps(document).encode(), headers))

    def _answer(self, request: urllib.request.Request) -> tuple[int, Document]:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")


def client(stack: Document, service: str, **settings: Any) -> Any:
    """Return a client of the running stack, as the account's owner; `settings` are botocore's."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=stack["aws_endpoint"],
        region_name=stack["region"],
        aws_access_key_id=ROOT_KEY["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_KEY["AWS_SECRET_ACCESS_KEY"],
        config=Config(**settings),
    )


def send_events(stack: Document, envelopes: list[Document]) -> None:
    """Put contact events on the bus, as Connect does."""
    events = client(stack, "events")
    for at in range(0, len(envelopes), 10):
        entries = [
            {
                "Source": stack["event_source"],
                "DetailType": "Amazon Connect Contact Event",
                "Detail": json.dumps(each["detail"]),
            }
            for each in envelopes[at : at + 10]
        ]
        assert events.put_events(Entries=entries)["FailedEntryCount"] == 0


def send_records(stack: Document, records: list[Document]) -> None:
    """Put contact records on the stream, as Connect does."""
    kinesis = client(stack, "kinesis")
    for each in records:
        kinesis.put_record(
            StreamName=stack["outputs"]["ContactRecordsStream"], Data=json.dumps(each), PartitionKey=each["ContactId"]
        )


def until(condition: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> Any:
    """Wait until the condition gives something, and return that."""
    end = time.monotonic() + seconds
    while not (given := condition()):
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.2)
    return given
