"""What may go wrong at a call, for tests to bring about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from .answers import Refused

EVERY_PART = 1_000_000


class Crash(BaseException):
    """The Lambda dies here. A `BaseException`, because nothing in the code under test can catch its own death."""


class Trouble(Enum):
    """How a call goes wrong."""

    THROTTLED = auto()
    """Too much asked for; never takes effect."""
    UNPROCESSED = auto()
    """A batch is done in part and the answer names the rest; with nothing done, or no batch: throttled."""
    SERVER_ERROR = auto()
    """An answer of status 500."""
    DISCONNECTED = auto()
    """The connection ends without an answer."""
    CRASHED = auto()
    """The caller dies before it reads the answer."""


@dataclass(frozen=True)
class Fault:
    """A call goes wrong after `applied` of its parts took effect: 0 none, `EVERY_PART` the whole call.

    The parts are a batch's entries in the order of the request; any other call has one part.
    """

    trouble: Trouble
    applied: int = 0


@dataclass(frozen=True)
class Call:
    """A call about to be answered; `number` counts all calls from 1, retries among them."""

    number: int
    service: str
    operation: str
    resources: tuple[str, ...]
    request: dict[str, Any]


Faults = Callable[[Call], Fault | None]
"""Asked before every call, outside any lock, so that it may itself make calls: another writer between two steps.

It may also raise `Refused`, and the call is answered by that.
"""


def no_faults(call: Call) -> None:
    """Nothing goes wrong."""


def in_turn(faults: Iterable[Fault | None]) -> Faults:
    """Return the faults for the coming calls, one each; when they run out, nothing goes wrong."""
    coming = iter(faults)
    return lambda call: next(coming, None)


def denied(call: Call) -> Refused:
    """Return how AWS answers who may not do this."""
    return Refused("AccessDeniedException", f"User is not authorized to perform: {call.service}:{call.operation}")


def conflicting(call: Call) -> Refused:
    """Return how DynamoDB cancels a transaction because another one writes its first item at this moment."""
    others = len(call.request["TransactItems"]) - 1
    reasons = [{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}]
    reasons += [{"Code": "None"}] * others
    told = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{told}]"
    return Refused("TransactionCanceledException", message, fields={"CancellationReasons": reasons})
