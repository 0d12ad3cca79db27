"""What is done with the directory of sites and queues."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from chalicelib.routing.model import Directory, Entry


class DirectoryBook(Protocol):
    """Where the directory is kept."""

    def keep(self, entries: Sequence[Entry]) -> None:
        """Keep these entries in place of those of the same kind and id.

        Raises `TryAgain` when the store is busy.
        """

    def all(self) -> Iterable[Entry]:
        """Return every entry.

        Raises `TryAgain` when the store is busy.
        """


def keep_directory(entries: Sequence[Entry], *, directory: DirectoryBook) -> None:
    """Enter these queues and sites; entering them twice changes nothing."""
    directory.keep(entries)


def read_directory(*, directory: DirectoryBook, service_level_seconds: int) -> Directory:
    """Return the directory; `service_level_seconds` is the threshold of queues that have none of their own."""
    return Directory(directory.all(), service_level_seconds=service_level_seconds)
