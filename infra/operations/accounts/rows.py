"""Rows of the card system: comma-separated values in, what a member file may say and card numbers out, apart from each other.

A card number lives in a `CardNumber`, which shows itself to nobody, and no reason that is given here quotes a cell.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from chalicelib.accounts.model.answer import Outcome
from chalicelib.accounts.model.imports import Problem
from chalicelib.accounts.model.member import Entry, read_entry
from chalicelib.accounts.model.number import CardNumber, Keyed, read_number
from chalicelib.problems import Unreadable

COLUMNS = ("account_id", "name", "addresses", "language", "status", "priority", "cards", "changed_at")
WITHDRAWN = "withdrawn_at"
"""A column that may be missing where nobody is withdrawn."""

BETWEEN = ";"
"""What stands between the addresses, and between the card numbers, of one cell."""

FAULTS = {
    Outcome.LENGTH: "must be card numbers: one has a digit too few or too many",
    Outcome.CHECK_DIGIT: "must be card numbers: the check digit of one does not fit",
    Outcome.SCHEME: "must be card numbers: one begins like those of no scheme",
}


class BadFile(Exception):
    """The file cannot be read at all; the message says what to do."""


class Row(NamedTuple):
    """A row that was understood: what it says beside cards, and its card numbers."""

    line: int
    entry: Entry
    numbers: Sequence[CardNumber]


class Rows:
    """A file of the card system; `encoding` is that of its text."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path = path
        self.encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding

    def each(self, *, now: datetime) -> Iterator[Row | Problem]:
        """Yield the rows in their order; of one at fault its line, its column and the reason.

        Raises BadFile.
        """
        with self._open() as text:
            reader = csv.reader(text, strict=True)
            columns = self._columns(reader)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield Problem(
                        line=line, field="row", reason="must be cells with commas between them, quoted as in RFC 4180"
                    )
                    continue
                if not any(cells):
                    continue
                if len(cells) != len(columns):
                    yield Problem(
                        line=line, field="row", reason=f"must have as many cells as there are columns: {len(columns)}"
                    )
                    continue
                try:
                    yield read_row(line, dict(zip(columns, cells, strict=True)), now=now)
                except Unreadable as problem:
                    yield Problem(line=line, field=problem.field, reason=problem.reason)

    def _columns(self, reader: Iterator[list[str]]) -> list[str]:
        try:
            columns = [name.strip().lower() for name in next(reader, [])]
        except csv.Error:
            raise BadFile(f"The first line of {self.path} must name the columns.") from None
        wanted = f"It needs the columns {', '.join(COLUMNS)}, each once, and may have {WITHDRAWN}"
        if missing := [name for name in COLUMNS if name not in columns]:
            raise BadFile(f"{self.path} has no column {', '.join(missing)}. {wanted}.")
        if len(set(columns)) < len(columns) or set(columns) - {*COLUMNS, WITHDRAWN}:
            raise BadFile(f"{self.path} has a column twice, or one that nobody knows. {wanted}.")
        return columns

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        try:
            with self.path.open("rb") as raw:
                yield io.TextIOWrapper(io.BufferedReader(raw), self.encoding, newline="")
        except UnicodeError:
            # Without its cause, which carries a part of the file.
            raise BadFile(
                f"{self.path} is not written in {self.encoding.removesuffix('-sig')}: say ENCODING=utf-8 or ENCODING=cp932."
            ) from None
        except LookupError:
            raise BadFile(f"There is no encoding {self.encoding}: say ENCODING=utf-8 or ENCODING=cp932.") from None
        except OSError as error:
            raise BadFile(f"{self.path} cannot be read: {error.strerror or 'is it there?'}") from None


def read_row(line: int, cells: Mapping[str, str], *, now: datetime) -> Row:
    """Return what a row says.

    Raises `Unreadable` with the column at fault and a reason that quotes nothing.
    """
    told = {name: cell.strip() for name, cell in cells.items()}
    numbers = [_number(text) for text in _parts(told["cards"])]
    if told.get(WITHDRAWN):
        if any(told[name] for name in COLUMNS if name != "account_id"):
            raise Unreadable(WITHDRAWN, "must stand beside an account_id alone")
        return Row(line, read_entry({name: told[name] for name in ("account_id", WITHDRAWN)}, now=now), [])
    priority = told["priority"]
    document: dict[str, Any] = {
        **{name: told[name] for name in ("account_id", "name", "language", "status", "changed_at")},
        "addresses": _parts(told["addresses"]),
        "priority": int(priority) if priority.isascii() and priority.isdigit() and len(priority) < 3 else None,
        "cards": [],
    }
    return Row(line, read_entry(document, now=now), numbers)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(BETWEEN) if part.strip()]


def _number(text: str) -> CardNumber:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "")
    number = read_number(Keyed(plain))
    if not isinstance(number, CardNumber):
        raise Unreadable("cards", FAULTS.get(number, FAULTS[Outcome.LENGTH]))
    return number
