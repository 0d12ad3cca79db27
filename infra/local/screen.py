"""What the person in front of `make run` sees."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from infra.local.state import Stack


def _nowhere(text: str) -> None:
    """Show nothing: there is no terminal."""


@dataclass
class Step:
    """One step: `detail` shows what it is at, `done` is what the finished line says instead of the first."""

    done: str = ""
    detail: Callable[[str], None] = _nowhere


class Screen:
    """The terminal; a closed one is no reason to fail, since the processes still have to be ended."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, doing: str) -> Iterator[Step]:
        """Show that something is being done, and how long it took."""
        started = time.monotonic()
        step = Step()
        if self._console.is_terminal:
            with self._console.status(doing) as status:
                step.detail = lambda text: status.update(f"{doing} [dim]{text}[/]")
                yield step
        else:
            yield step
        self.say(f"[green]✓[/] {step.done or doing} [dim]{time.monotonic() - started:.1f} s[/]")

    def say(self, text: str) -> None:
        """Print one line."""
        with suppress(OSError):
            self._console.print(text)

    def show(self, stack: Stack, *, new_users: bool) -> None:
        """Print the addresses, and the passwords of users that were just made."""
        addresses = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for name, address in (
            ("Phone", f"{stack.web_url}/phone/"),
            ("Desk", f"{stack.web_url}/desk/"),
            ("Board", f"{stack.web_url}/board/"),
            ("API", f"{stack.web_url}/api"),
            ("AWS endpoint", stack.aws_endpoint),
            ("Connect", stack.connect_endpoint),
        ):
            addresses.add_row(name, address)
        self._print(addresses)
        users = Table("Sign in as", "Password", box=None, padding=(0, 2, 0, 0))
        for user in stack.users:
            users.add_row(user.username, user.password if new_users else "[dim]as before[/]")
        self._print(users)

    def _print(self, table: Table) -> None:
        with suppress(OSError):
            self._console.print(table, "")
