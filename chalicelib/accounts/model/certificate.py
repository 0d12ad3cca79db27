"""How long the certificates last by which Connect encrypts what callers key."""

from datetime import datetime, timedelta
from typing import NamedTuple


class Certificate(NamedTuple):
    """The certificate of a card key; `ends` is its notAfter.

    `fingerprint` is the SHA-256 of the public key (its SubjectPublicKeyInfo, RFC 5280) in hexadecimal digits; `key_id` the id that Connect
    gave that key, None while nobody has entered it.
    """

    fingerprint: str
    key_id: str | None
    ends: datetime

    @property
    def name(self) -> str:
        """What people know the key by: its id, or the beginning of its fingerprint while it has none."""
        return self.key_id or self.fingerprint[:16]

    def days_left(self, now: datetime) -> int:
        """Return the whole days until it ends; negative once it has ended."""
        return (self.ends - now) // timedelta(days=1)
