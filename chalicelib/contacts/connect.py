"""Amazon Connect, as far as it can be asked about contacts."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cloud import busy_means_try_again
from chalicelib.contacts.model import ContactId
from chalicelib.contacts.model.fact import Document
from chalicelib.contacts.model.pace import Pace
from chalicelib.moments import stamp
from chalicelib.problems import SlowDown

TOO_FAST = frozenset({"ThrottlingException", "TooManyRequestsException"})

UNKNOWN = frozenset({"ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException"})
"""How Connect says that it knows no such contact, or that no contact of its own could have such an id."""


class AmazonConnect:
    """A Connect instance behind DescribeContact, asked no faster than `per_second`.

    The limit, 10 requests a second with a burst of 15, is shared by everybody in the account and region, agents' tools
    among them: we take a fixed part of it. botocore's adaptive retries would take all of it before they slow down.
    """

    def __init__(self, connect: Callable[[], Any], instance_id: str, *, per_second: float) -> None:
        self._connect = connect
        self._instance_id = instance_id
        self._pace = Pace(per_second)

    def describe(self, contact_id: ContactId) -> Document | None:
        """Return what Connect knows of a contact at this moment, or None if it knows nothing of it."""
        time.sleep(self._pace.wait(time.monotonic()))
        try:
            with busy_means_try_again():
                return self._ask(contact_id)
        except ClientError as error:
            if error.response["Error"]["Code"] in UNKNOWN:
                return None
            raise

    def _ask(self, contact_id: ContactId) -> Document:
        try:
            answer = self._connect().describe_contact(InstanceId=self._instance_id, ContactId=contact_id)
        except ClientError as error:
            if error.response["Error"]["Code"] in TOO_FAST:
                raise SlowDown(f"Connect asks for fewer requests: {error}") from error
            raise
        contact: Document = _with_texts(answer["Contact"])
        return contact


def _with_texts(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, dict):
        return {name: _with_texts(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_texts(member) for member in value]
    return value
