"""What a bench says: tables, promises kept or broken, the same as JSON."""

import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[1] / ".local" / "bench"


@dataclass(frozen=True)
class Promise:
    """A promise, in words, with what was measured."""

    text: str
    measured: str
    kept: bool


@dataclass
class Report:
    """A bench's findings; `finish` prints the promises and returns the exit code."""

    name: str
    reference: str
    tables: list[dict[str, object]] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

    def __post_init__(self) -> None:
        # A terminal narrower than the tables would cut them; a log has no width at all.
        self._console = Console(width=max(Console().width, 118))
        self._console.rule(f"bench/{self.name}")
        self._console.print(f"Reference: {self.reference}", highlight=False)

    def table(self, title: str, columns: list[str], rows: list[list[str]]) -> None:
        """Print a table; the first column is text, the others are right-aligned."""
        shown = Table(*columns, title=title, title_justify="left")
        for column in shown.columns[1:]:
            column.justify = "right"
        for row in rows:
            shown.add_row(*row)
        self._console.print(shown)
        self.tables.append({"title": title, "columns": columns, "rows": rows})

    def promise(self, text: str, measured: str, *, kept: bool) -> None:
        """Note a promise and whether it was kept."""
        self.promises.append(Promise(text, measured, kept))

    def finish(self) -> int:
        """Print the promises, write the JSON; 0 when all are kept, else 1."""
        for promise in self.promises:
            mark = "[green]kept  [/]" if promise.kept else "[bold red]BROKEN[/]"
            self._console.print(f"{mark} {promise.text}: {promise.measured}", highlight=False)
        RESULTS.mkdir(parents=True, exist_ok=True)
        found = {
            "bench": self.name,
            "reference": self.reference,
            "machine": f"Python {platform.python_version()}, {platform.machine()}",
            "tables": self.tables,
            "promises": [asdict(promise) for promise in self.promises],
        }
        (RESULTS / f"{self.name}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return 0 if all(promise.kept for promise in self.promises) else 1
