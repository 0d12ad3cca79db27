"""Files of history: what is in them, line by line, and the refused lines beside them. Never a whole file in memory."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from infra.operations.replay.call_log import COLUMNS
from infra.operations.replay.documents import Refused

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error)


class BadFile(Exception):
    """The file cannot be imported at all; the message says what to do."""


class Survey(NamedTuple):
    """What a first look at the whole file showed; `lines` is about the number of its rows."""

    is_call_log: bool
    lines: int


class Line(NamedTuple):
    """One row of a call log, or one line of JSON: `cells` by column, or `{"line": …}`.

    `problem` is there when the row could not be taken apart.
    """

    number: int
    cells: Mapping[str, str]
    problem: Refused | None = None


class History:
    """A file of history; `encoding` is that of its text, and gzip is seen through."""

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path = path
        # A byte order mark, as Excel writes it, is no part of the first column's name.
        self._encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
        self.columns: Sequence[str] = ("line",)

    def survey(self) -> Survey:
        """Read all of it once, so that nothing is sent of a file that cannot be read to its end.

        Raises BadFile.
        """
        lines, first, last = 0, "", ""
        with self._open() as text:
            while chunk := text.read(_CHUNK):
                first = first or chunk.lstrip()[:1]
                lines += chunk.count("\n")
                last = chunk[-1]
        if not first:
            raise BadFile(f"{self.path} is empty.")
        if first == "[":
            raise BadFile(f"{self.path} is one JSON array: write each document on a line of its own.")
        lines += last != "\n"
        if first == "{":
            return Survey(is_call_log=False, lines=lines)
        with self._open() as text:
            self.columns = _columns(self.path, text)
        return Survey(is_call_log=True, lines=lines - 1)

    def lines(self) -> Iterator[Line]:
        """Yield the lines of JSON that are not blank."""
        with self._open() as text:
            for number, line in enumerate(text, 1):
                if line.strip():
                    yield Line(number, {"line": line.strip()})

    def rows(self) -> Iterator[Line]:
        """Yield the rows of a call log; one that cannot be taken apart comes with its problem, and its text whole."""
        with self._open() as text:
            taken = _Taken(text)
            reader = csv.reader(taken, strict=True)
            next(reader)
            while True:
                number = taken.number + 1
                taken.lines.clear()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    whole = {self.columns[0]: "".join(taken.lines).rstrip("\r\n")}
                    yield Line(number, whole, Refused("row", f"cannot be taken apart: {error}"))
                    continue
                if not any(cells):
                    continue
                row = dict(zip(self.columns, cells, strict=False))
                problem = None
                if len(cells) != len(self.columns):
                    row = {self.columns[0]: "".join(taken.lines).rstrip("\r\n")}
                    problem = Refused("row", f"must have as many cells as there are columns: {len(self.columns)}")
                yield Line(number, row, problem)

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        if not _is_encoding(self._encoding):
            raise BadFile(f"There is no encoding {self._encoding}: say ENCODING=utf-8 or ENCODING=cp932.")
        try:
            with self.path.open("rb") as raw:
                start = raw.read(len(_GZIP))
                raw.seek(0)
                plain = gzip.GzipFile(fileobj=raw) if start == _GZIP else raw
                yield io.TextIOWrapper(io.BufferedReader(plain), self._encoding, newline="")
        except UnicodeError as error:
            raise BadFile(self._not_in_its_encoding()) from error
        except _BROKEN as error:
            raise BadFile(f"{self.path} is broken off or damaged: {error}") from error
        except FileNotFoundError as error:
            raise BadFile(f"There is no file {self.path}.") from error
        except OSError as error:
            raise BadFile(f"{self.path} cannot be read: {error.strerror or error}") from error

    def _not_in_its_encoding(self) -> str:
        name = self._encoding.removesuffix("-sig")
        other = "ENCODING=cp932 reads exports of older Japanese systems" if name == "utf-8" else "try ENCODING=utf-8"
        return f"{self.path} is not written in {name}: name its encoding; {other}."


class RefusedLines:
    """The file beside, for lines that were refused: made with the first of them, in place of an earlier one."""

    def __init__(self, history: Path, columns: Sequence[str], *, is_call_log: bool) -> None:
        stem = history.name.removesuffix(".gz").rpartition(".")[0] or history.name
        self.path = history.with_name(f"{stem}.refused.{'csv' if is_call_log else 'jsonl'}")
        self.path.unlink(missing_ok=True)
        self._columns = [column for column in columns if column != "reason"]
        self._is_call_log = is_call_log
        self._file: IO[str] | None = None

    def write(self, line: Line, refused: Refused) -> None:
        """Keep a line with the reason; a call log of mended rows can be imported as it is, reasons and all."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            if self._is_call_log:
                csv.writer(self._file).writerow([*self._columns, "reason"])
        if self._is_call_log:
            cells = [line.cells.get(column, "") for column in self._columns]
            csv.writer(self._file).writerow([*cells, str(refused)])
        else:
            told = {"line": line.number, "reason": str(refused), "document": _parsed(line.cells["line"])}
            self._file.write(json.dumps(told, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Write all of it down."""
        if self._file is not None:
            self._file.close()


class _Taken:
    """Lines of a text that remembers which ones were taken since it was last asked."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self.lines: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.number += 1
        self.lines.append(line)
        return line


def _is_encoding(name: str) -> bool:
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def _columns(path: Path, text: IO[str]) -> list[str]:
    try:
        columns = [name.strip().lower() for name in next(csv.reader(text, strict=True))]
    except csv.Error as error:
        raise BadFile(f"The first line of {path} cannot be taken apart: {error}") from error
    documented = f"A call log has the columns {', '.join(COLUMNS)}, separated by commas"
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise BadFile(f"{path} has no column {', '.join(missing)}. {documented}; an unknown value is an empty cell.")
    if len(set(columns)) < len(columns):
        twice = sorted({name for name in columns if columns.count(name) > 1})
        raise BadFile(f"{path} has the column {', '.join(twice)} twice. {documented}, each once.")
    return columns


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
