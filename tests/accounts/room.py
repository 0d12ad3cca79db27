"""The card room at work: the real door, stores and keys, on a cloud in memory that may fail at any call."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import pytest

from chalicelib import wiring
from chalicelib.accounts.entry import card as door
from chalicelib.accounts.entry.card import card_lookup
from chalicelib.accounts.model.number import CardNumber
from chalicelib.items import typed
from tests.accounts.messages import KEY_ID, pair, secret
from tests.centre import forget_wiring
from tests.support.cloud import Cloud, Template
from tests.support.lambda_context import LambdaContext

MORNING = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)
CONTACT = "0d6a4f0e-5a1b-4c57-9d3e-1f2a3b4c5d01"
OTHER_CONTACT = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
CALLER = "+819012345678"
UNAVAILABLE = {
    "outcome": "unavailable",
    "account_id": "none",
    "language": "none",
    "priority": "none",
    "tail": "none",
}


class Clock:
    """What the door reads of the time: turned by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self, zone: Any) -> datetime:
        return MORNING + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


class Room:
    """A card room with members; tests key cards and say what goes wrong meanwhile."""

    def __init__(self, **parameters: str) -> None:
        self.cloud = Cloud(Template(parameters=parameters))
        self.dynamodb = self.cloud.client("dynamodb")
        self.clock = Clock()
        self.log = io.StringIO()
        self._stack = ExitStack()
        self.reset()

    def reset(self) -> None:
        """Forget every entry, member and function that runs; the secret holds the first key pair."""
        self.cloud.clear()
        self.cloud.secrets_manager.secrets["CardKeys"] = secret((KEY_ID, pair()))
        self.clock.seconds = 0.0
        # Its keys alone outlive an entry; clients stay good.
        wiring.card_opener.cache_clear()

    def __enter__(self) -> Self:
        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(door, "datetime", self.clock)
        patch.setattr(door, "time", self.clock)
        self._stack.enter_context(self.cloud.everywhere(self.cloud.template.environment("CardLookup")))
        self._stack.enter_context(self._listening())
        forget_wiring()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        forget_wiring()

    def member(self, account_id: str, *cards: str, status: str = "open", **told: str | int) -> None:
        """Enter an account and its cards, as the card system does."""
        accounts, tokens = self.cloud.table("AccountsTable"), self.cloud.table("CardTokensTable")
        item: dict[str, str | int | bytes] = {"account_id": account_id, "status": status, "name": "Hanako", **told}
        self.dynamodb.put_item(TableName=accounts.name, Item=typed(item))
        for digits in cards:
            for version in wiring.card_tokens().versions():
                token = wiring.card_tokens().token(CardNumber(digits), version).text()
                self.dynamodb.put_item(TableName=tokens.name, Item=typed({"token": token, "account_id": account_id}))

    def key(
        self, digits: str, contact: str = CONTACT, *, address: str | None = CALLER, by: str = "menu"
    ) -> dict[str, str]:
        """Key digits on a telephone; return what the flow is told."""
        return self.send(pair().stored(digits), contact, address=address, by=by)

    def send(
        self, stored: str, contact: str = CONTACT, *, address: str | None = CALLER, by: str = "menu"
    ) -> dict[str, str]:
        """Let a flow send a stored input; return what it is told."""
        answer = card_lookup(request(stored, contact, address=address, by=by), LambdaContext())
        assert set(answer) == {"outcome", "account_id", "language", "priority", "tail"}
        assert all(type(value) is str for value in answer.values())
        return dict(answer)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return every item of a table, plainly."""
        found = self.cloud.table(table).items()
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found]

    def entry(self, key: str) -> dict[str, Any]:
        """Return the entry of this key, empty when there is none."""
        return next((item for item in self.items("EntriesTable") if item["entry"] == key), {})

    def everything_kept(self) -> str:
        """Return all that is kept and logged, but for what the card system brought."""
        tables = ("EntriesTable", "IdentificationsTable", "CardAuditTable", "FactsTable", "ContactsTable")
        return json.dumps([self.items(table) for table in tables]) + self.log.getvalue()

    def _listening(self) -> Any:
        return _heard(self.log)


def request(stored: str, contact: str, *, address: str | None, by: str) -> dict[str, Any]:
    """Return Connect's request for the function, of a leg that follows the contact's first."""
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {},
                "Channel": "VOICE",
                "ContactId": contact,
                "InitialContactId": contact,
                "CustomerEndpoint": None if address is None else {"Address": address, "Type": "TELEPHONE_NUMBER"},
            },
            "Parameters": {"card": stored, "by": by},
        },
    }


class _Whole(logging.Formatter):
    """Writes a record with all that hangs on it."""

    def format(self, record: logging.LogRecord) -> str:
        said = f"{record.getMessage()} {json.dumps(vars(record), default=str)}"
        return said if record.exc_info is None else f"{said} {self.formatException(record.exc_info)}"


class _heard:  # noqa: N801 - used as a context, like a function
    """Everything that any logger says, at its chattiest."""

    def __init__(self, log: io.StringIO) -> None:
        self._handler = logging.StreamHandler(log)
        self._handler.setFormatter(_Whole())
        self._levels: dict[logging.Logger, int] = {}

    def __enter__(self) -> None:
        for logger in self._loggers():
            logger.addHandler(self._handler)
        for logger in (logging.getLogger(), logging.getLogger("tsunagu")):
            self._levels[logger] = logger.level
            logger.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        for logger, level in self._levels.items():
            logger.removeHandler(self._handler)
            logger.setLevel(level)

    @staticmethod
    def _loggers() -> Iterator[logging.Logger]:
        yield logging.getLogger()
        if not logging.getLogger("tsunagu").propagate:
            yield logging.getLogger("tsunagu")
