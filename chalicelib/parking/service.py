"""Putting aside what cannot be read, so that it blocks nobody and is not lost."""

from typing import Protocol

from chalicelib.parking.model import Parked


class ParkingLot(Protocol):
    """Where unreadable documents wait for somebody to look at them."""

    def park(self, letter: Parked) -> None:
        """Keep the letter.

        Raises `TryAgain` when it could not be kept; the document must then stay where it came from.
        """
