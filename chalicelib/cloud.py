"""How stores speak to AWS: clients without boto3's weight, and AWS's errors in our words.

Stores and `wiring` use this room; nothing above a store does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import botocore
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.loaders import Loader

from chalicelib.problems import TryAgain
from chalicelib.slices import in_slices

BUSY = frozenset(
    {
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
    }
)

SERVICES = ("cloudwatch", "connect", "dynamodb", "kms", "secretsmanager", "sqs")
"""The AWS services that our stores speak to."""

SERVICE_MODELS = Path(__file__).with_name("service_models")
"""What `infra/models.py` puts into the package: the parts of botocore's data that our functions use.

Where it is missing, as in a work tree, botocore's own data serves.
"""


class _OurServices(Loader):
    """Finds the models of our services without first looking through those of four hundred others.

    That look is a third of what a cold start spends on making a client.
    """

    def __init__(self) -> None:
        super().__init__(extra_search_paths=[str(SERVICE_MODELS)])

    def list_available_services(self, type_name: str) -> list[str]:
        return list(SERVICES)


def session() -> botocore.session.Session:
    """Return what clients are made of; what the first one loads of endpoints and services, the next one finds there.

    botocore itself: importing boto3 as well costs every cold start about a tenth more and adds nothing here.
    """
    session = botocore.session.get_session()
    session.register_component("data_loader", _OurServices())
    return session


def client(service: str, session: botocore.session.Session, *, retries: int = 4, seconds: float = 20) -> Any:
    """Return a client of an AWS service that tries a failed call again so many times, and waits so many seconds for each answer.

    What it is asked to send is made by our own stores, so it need not compare each member with the service's model;
    that would be a fifth of the whole cost of writing a fact. Nor need it compose its name anew, twice for each call.
    """
    settings = Config(
        retries={"mode": "standard", "max_attempts": retries},
        connect_timeout=min(3, seconds),
        read_timeout=seconds,
        parameter_validation=False,
        user_agent=f"Tsunagu Botocore/{botocore.__version__}",
    )
    return session.create_client(service, config=settings)


@contextmanager
def busy_means_try_again() -> Iterator[None]:
    """Turn throttling, outages and broken connections into `TryAgain`; every other error passes as it is."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error.response["Error"]["Code"] in BUSY or status >= 500:
            raise TryAgain(f"AWS was busy: {error}") from error
        raise
    except (HTTPClientError, BotoCoreError) as error:
        if isinstance(error, HTTPClientError) or "connect" in str(error).lower():
            raise TryAgain(f"AWS was out of reach: {error}") from error
        raise


def is_refused_condition(error: ClientError) -> bool:
    """Whether DynamoDB refused a conditional write because its condition did not hold."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def pages(dynamodb: Any, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield the items of a DynamoDB query, page by page."""
    while True:
        with busy_means_try_again():
            answer = dynamodb.query(**query)
        yield answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def write_in_batches(dynamodb: Any, table: str, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put and delete items, 25 a call, and return the requests that the table did not take.

    A request is a `PutRequest` or a `DeleteRequest` of BatchWriteItem; no two may name the same key.
    Raises whatever is no lack of capacity.
    """
    left: list[dict[str, Any]] = []
    for chunk in in_slices(requests, 25):
        try:
            with busy_means_try_again():
                answer = dynamodb.batch_write_item(RequestItems={table: chunk})
        except TryAgain:
            left.extend(chunk)
        else:
            left.extend(answer.get("UnprocessedItems", {}).get(table, []))
    return left
