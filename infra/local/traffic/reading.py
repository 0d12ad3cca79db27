"""A scenario's file, read key by key; what is wrong is said in one sentence: the file, the key, and what is allowed there."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from infra.local.problems import CannotRun

HOUR = 3600.0


class BadScenario(CannotRun):
    """A scenario that cannot be played; the text says where and what to write."""


class Table:
    """One table of the file. Each key is read once; `done` refuses keys that nobody asked for."""

    def __init__(self, file: str, values: Mapping[str, Any], path: str = "") -> None:
        self._file, self._values, self._path = file, dict(values), path
        self._read: set[str] = set()

    @classmethod
    def of_file(cls, path: Path) -> "Table":
        """Open a file; raises BadScenario."""
        try:
            return cls(path.name, tomllib.loads(path.read_text()))
        except (OSError, ValueError) as problem:
            raise BadScenario(f"{path.name} cannot be read: {' '.join(str(problem).split())}.") from problem

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def text(self, key: str) -> str:
        """Return a text."""
        value = self._take(key, "a text")
        return value if isinstance(value, str) and value else self.fail(key, "a text")

    def flag(self, key: str) -> bool:
        """Return true or false, false if it is not there."""
        value = self._take(key, "true or false", False)
        return value if isinstance(value, bool) else self.fail(key, "true or false")

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        """Return a number from `least` to `most`."""
        allowed = f"a number from {least:g} to {most:g}"
        return self._number(self._take(key, allowed, default), key, least, most, allowed)

    def whole(self, key: str, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`."""
        allowed = f"a whole number from {least} to {most}"
        value = self._take(key, allowed)
        return value if type(value) is int and least <= value <= most else self.fail(key, allowed)

    def share(self, key: str, default: float | None = None) -> float:
        """Return a share from 0 to 1."""
        return self.number(key, 0, 1, default)

    def clock(self, key: str) -> float:
        """Return seconds since midnight of a time such as 09:30, at most 24:00."""
        allowed = "a time from 00:00 to 24:00, in quotes"
        value = self._take(key, allowed)
        hours, colon, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
        if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal() and int(minutes) < 60):
            self.fail(key, allowed)
        seconds = int(hours) * HOUR + int(minutes) * 60.0
        return seconds if seconds <= 24 * HOUR else self.fail(key, allowed)

    def numbers(self, key: str, length: int) -> tuple[float, ...]:
        """Return so many numbers of at least 0, not all of them 0."""
        allowed = f"{length} numbers of at least 0, not all of them 0"
        value = self._take(key, allowed)
        if not isinstance(value, list) or len(value) != length:
            self.fail(key, allowed)
        found = tuple(self._number(each, key, 0, 1e9, allowed) for each in value)
        return found if any(found) else self.fail(key, allowed)

    def table(self, key: str) -> "Table":
        """Return the table of this name."""
        value = self._take(key, "a table")
        return Table(self._file, value, self._inside(key)) if isinstance(value, dict) else self.fail(key, "a table")

    def tables(self, key: str) -> "list[Table]":
        """Return the tables of this name, none if there is none."""
        allowed = f"a list of tables, each begun by [[{self._inside(key)}]]"
        value = self._take(key, allowed, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fail(key, allowed)
        return [Table(self._file, each, f"{self._inside(key)}[{number}]") for number, each in enumerate(value)]

    def done(self) -> None:
        """Raise BadScenario for a key that means nothing here."""
        for key in sorted(set(self._values) - self._read):
            known = ", ".join(sorted(self._read))
            raise BadScenario(f"{self._file}: {self._inside(key)} means nothing here: the keys are {known}.")

    def fail(self, key: str, allowed: str) -> NoReturn:
        """Raise BadScenario about what stands at a key."""
        raise BadScenario(f"{self._file}: {self._inside(key)} is {self._values.get(key)!r}: write {allowed}.")

    def _take(self, key: str, allowed: str, default: Any = None) -> Any:
        self._read.add(key)
        if key not in self._values and default is None:
            raise BadScenario(f"{self._file}: {self._inside(key)} is missing: write {allowed}.")
        return self._values.get(key, default)

    def _number(self, value: Any, key: str, least: float, most: float, allowed: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.fail(key, allowed)
        return float(value)

    def _inside(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key
