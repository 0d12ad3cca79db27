"""The lines of a member file, and which of two lines about one account counts (`docs/accounts.md` has the format).

A line names no card number: cards stand there as tokens. No reason that is given for a refusal quotes the line, since
nobody can know what somebody put there.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.accounts.model.finding import Status
from chalicelib.accounts.model.likeness import holds_a_card_number
from chalicelib.moments import stamp
from chalicelib.problems import Unreadable

LINE_BYTES = 16_384
"""Bytes of the longest line."""

CARDS, ADDRESSES = 40, 20
"""The most that one account has. A change of all its cards still fits into one transaction of DynamoDB."""

TEXT_LENGTH = 254
"""Characters in the longest name or address."""

AHEAD = timedelta(days=1)
"""How far the card system's clock may be ahead. A change dated later would hold off every change until then."""

_ACCOUNT = re.compile(r"[\x21-\x7e]{1,64}")
_TOKEN = re.compile(r"[1-9][0-9]?\.[A-Za-z0-9_-]{43}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LANGUAGE = re.compile(r"[a-z]{2}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Member(NamedTuple):
    """One account as the card system had it at `changed_at`; `priority` 1 is the most urgent, `cards` are tokens."""

    account_id: str
    name: str
    addresses: tuple[str, ...]
    language: str
    status: Status
    priority: int
    cards: tuple[str, ...]
    changed_at: datetime

    def told(self) -> dict[str, Any]:
        """Return the line as JSON's values."""
        return {**self._asdict(), "status": self.status.value, "changed_at": stamp(self.changed_at)}


class Withdrawal(NamedTuple):
    """An account that the card system no longer has since `withdrawn_at`."""

    account_id: str
    withdrawn_at: datetime

    def told(self) -> dict[str, Any]:
        """Return the line as JSON's values."""
        return {"account_id": self.account_id, "withdrawn_at": stamp(self.withdrawn_at)}


Entry = Member | Withdrawal
"""What one line says."""


class Rank(NamedTuple):
    """The order of entries about one account: the greatest counts, whatever came when.

    The later moment wins; at the same moment a withdrawal, then tokens of the newer key, then anything that is the same for
    everybody.
    """

    at: str
    is_withdrawal: bool
    key_version: int
    fingerprint: str


def rank_of(entry: Entry) -> Rank:
    """Return the rank of an entry."""
    told = text_of(entry).encode()
    return Rank(
        at=stamp(moment_of(entry)),
        is_withdrawal=isinstance(entry, Withdrawal),
        key_version=key_version(cards_of(entry)),
        fingerprint=hashlib.sha256(told).hexdigest()[:32],
    )


def key_version(cards: Iterable[str]) -> int:
    """Return the version of the newest key of these tokens; 0 without any."""
    return max((int(card.partition(".")[0]) for card in cards), default=0)


def cards_of(entry: Entry) -> tuple[str, ...]:
    """Return the tokens by which the account may be found."""
    return entry.cards if isinstance(entry, Member) else ()


def moment_of(entry: Entry) -> datetime:
    """Return when the card system made this change."""
    return entry.changed_at if isinstance(entry, Member) else entry.withdrawn_at


def newest(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return of each account the entry that counts."""
    found: dict[str, Entry] = {}
    for entry in entries:
        other = found.get(entry.account_id)
        if other is None or rank_of(other) < rank_of(entry):
            found[entry.account_id] = entry
    return found


def text_of(entry: Entry) -> str:
    """Return the line of an entry, without its end: always the same text for the same entry."""
    return json.dumps(entry.told(), ensure_ascii=False, separators=(",", ":"))


def read_line(line: bytes, *, now: datetime) -> Entry:
    """Return what a line says; `now` is about when it is read.

    Raises `Unreadable` with the field at fault and a reason that quotes nothing.
    """
    if len(line) > LINE_BYTES:
        raise Unreadable("line", f"must have at most {LINE_BYTES:,} bytes")
    try:
        document = json.loads(line.decode())
    except UnicodeDecodeError:
        # Without its cause, which carries the line.
        raise Unreadable("line", "must be UTF-8") from None
    except (ValueError, RecursionError):
        raise Unreadable("line", "must be a JSON object") from None
    return read_entry(document, now=now)


def read_entry(document: Any, *, now: datetime) -> Entry:
    """Return what the values of a line say; as `read_line`."""
    if not isinstance(document, dict):
        raise Unreadable("line", "must be a JSON object")
    for field, value in document.items():
        if any(holds_a_card_number(text) for text in _texts(field)):
            raise Unreadable("line", "holds what looks like a card number, in the name of a field")
        if any(holds_a_card_number(text) for text in _texts(value) if not _is_phone(field, text)):
            known = field if field in Member._fields or field in Withdrawal._fields else "line"
            raise Unreadable(
                known, "holds what looks like a card number: only tokens of cards may leave the card system"
            )
    fields = Withdrawal._fields if "withdrawn_at" in document else Member._fields
    if missing := [field for field in fields if field not in document]:
        raise Unreadable(missing[0], "must be there")
    if len(document) > len(fields):
        raise Unreadable("line", f"must have no field but {', '.join(fields)}")
    account_id = _matching(document, "account_id", _ACCOUNT, "must be 1 to 64 visible ASCII characters")
    if fields is Withdrawal._fields:
        return Withdrawal(account_id=account_id, withdrawn_at=_moment(document, "withdrawn_at", now))
    return Member(
        account_id=account_id,
        name=_text(document["name"], "name"),
        addresses=_each(document, "addresses", ADDRESSES, _address),
        language=_matching(document, "language", _LANGUAGE, "must be a language of two small letters, such as ja"),
        status=_status(document["status"]),
        priority=_priority(document["priority"]),
        cards=_each(document, "cards", CARDS, _token),
        changed_at=_moment(document, "changed_at", now),
    )


def is_phone_number(text: str) -> bool:
    """Whether this is a telephone number as E.164 writes it: a plus and 7 to 15 digits."""
    return _PHONE.fullmatch(text) is not None


def _is_phone(field: str, text: str) -> bool:
    return field == "addresses" and is_phone_number(text)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text and number in a value; the reader of JSON has bounded how deep it goes."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float):
        yield str(value)


def _matching(document: Mapping[str, Any], field: str, pattern: re.Pattern[str], must: str) -> str:
    value = document[field]
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Unreadable(field, must)
    return value


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_LENGTH or _CONTROL.search(value):
        raise Unreadable(field, f"must be text of 1 to {TEXT_LENGTH} characters, none of them a control character")
    return value


def _each(document: Mapping[str, Any], field: str, most: int, read: Any) -> tuple[str, ...]:
    value = document[field]
    if not isinstance(value, list) or len(value) > most:
        raise Unreadable(field, f"must be a list of at most {most}")
    return tuple(sorted({read(each) for each in value}))


def _address(value: Any) -> str:
    address = _text(value, "addresses")
    if not is_phone_number(address) and not _MAIL.fullmatch(address):
        raise Unreadable("addresses", "must be mail addresses and telephone numbers such as +81312345678")
    return address


def _token(value: Any) -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise Unreadable("cards", "must be tokens as `make card-tokens` makes them")
    return value


def _status(value: Any) -> Status:
    if not isinstance(value, str) or value not in set(Status):
        raise Unreadable("status", f"must be {', '.join(Status)}")
    return Status(value)


def _priority(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 10:
        raise Unreadable("priority", "must be a whole number from 1 to 10")
    return value


def _moment(document: Mapping[str, Any], field: str, now: datetime) -> datetime:
    value = document[field]
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (TypeError, ValueError, OverflowError):
        raise Unreadable(field, "must be an ISO 8601 time such as 2026-06-15T01:00:29Z") from None
    if moment.tzinfo is None:
        raise Unreadable(field, "must name its offset from UTC, such as Z or +09:00")
    if moment > now + AHEAD:
        raise Unreadable(field, "must not lie in the future")
    # As it is stored: two lines that differ by less are of the same moment.
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
