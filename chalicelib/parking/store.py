"""The parked queue."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cloud import busy_means_try_again
from chalicelib.parking.model import Parked
from chalicelib.problems import TryAgain


class SqsParkingLot:
    """A parking lot that is an SQS queue; its client is made for the first letter, since most runs park none."""

    def __init__(self, sqs: Callable[[], Any], queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def park(self, letter: Parked) -> None:
        """Send the letter to the queue.

        Raises `TryAgain` when SQS is busy, and also when the letter is larger than SQS takes: its carrier then brings
        the document again and in the end dead-letters it whole.
        """
        try:
            with busy_means_try_again():
                self._sqs().send_message(QueueUrl=self._queue_url, MessageBody=letter.text())
        except ClientError as error:
            if not error.response["Error"]["Code"].endswith("InvalidParameterValue"):
                raise
            raise TryAgain(f"the parked queue takes no letter of this size: {error}") from error
