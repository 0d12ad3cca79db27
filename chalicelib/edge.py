"""What every door shares: the shape of a handler, and the log.

Chalice runs middleware only for handlers written in `app.py`, so what cuts across doors is stacked on the function
itself (`docs/decisions/0002-decorators-on-the-door.md`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from aws_lambda_powertools.logging import Logger
from chalice.app import BaseLambdaEvent

Answer = TypeVar("Answer")
Document = dict[str, Any]

logger = Logger(service="tsunagu")

SPARE_MILLISECONDS = 30_000
"""What a run that ends by itself leaves of its function's time."""


def lambda_style(handler: Callable[[Document, Any], Answer]) -> Callable[[BaseLambdaEvent], Answer]:
    """Give a Chalice event handler the `(event, context)` shape that Lambda tools expect."""

    @wraps(handler)
    def adapted(event: BaseLambdaEvent) -> Answer:
        return handler(event.to_dict(), event.context)

    return adapted


def more_time(context: Any) -> Callable[[], bool]:
    """Return what tells whether this invocation has time for more than finishing what it is at."""
    return lambda: bool(context.get_remaining_time_in_millis() > SPARE_MILLISECONDS)
