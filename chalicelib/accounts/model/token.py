"""Card numbers as they are kept: tokens, from which nobody reads a number back."""

import base64
from typing import NamedTuple


class Token(NamedTuple):
    """The keyed hash of a card number under one version of the key; equal numbers have equal tokens."""

    version: int
    mac: bytes

    def text(self) -> str:
        """Return the token as tables hold it: ``<key version>.<base64url of the HMAC, without padding>``."""
        return f"{self.version}.{base64.urlsafe_b64encode(self.mac).rstrip(b'=').decode()}"
