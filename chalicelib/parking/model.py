"""A parked letter: a document that no retry will make readable, kept with the reason."""

import base64
import json
import zlib
from typing import NamedTuple

from chalicelib.problems import Unreadable

ROOM = 250_000
"""Bytes that a queue takes in one message, less what the envelope around it needs (SQS took 262,144 for long)."""


class Parked(NamedTuple):
    """What lies in the parked queue: where the document came from, which field is at fault, why, and the document."""

    source: str
    field: str
    reason: str
    body: str

    @classmethod
    def of(cls, source: str, problem: Unreadable, body: str) -> "Parked":
        """Return the letter to park for this problem."""
        return cls(source=source, field=problem.field, reason=problem.reason, body=body)

    @classmethod
    def of_text(cls, text: str) -> "Parked":
        """Return the letter that `text` wrote; raises ValueError for what is none."""
        try:
            told = json.loads(text)
            body = told["body"]
            if "encoding" in told:
                body = zlib.decompress(base64.b85decode(body)).decode(errors="surrogatepass")
            letter = cls(source=told["source"], field=told["field"], reason=told["reason"], body=body)
        except (KeyError, TypeError, AttributeError, zlib.error) as error:
            raise ValueError(f"no parked letter: {error!r}") from error
        if not all(isinstance(member, str) for member in letter):
            raise ValueError("no parked letter: its members must be texts")
        return letter

    def text(self) -> str:
        """Return the message: JSON, whose `body` is the document or, with `encoding` beside it, its packed form."""
        envelope = {"source": self.source, "field": self.field, "reason": self.reason}
        text = json.dumps({**envelope, "body": self.body})
        if len(text.encode()) <= ROOM:
            return text
        packed = base64.b85encode(zlib.compress(self.body.encode(errors="surrogatepass"))).decode()
        return json.dumps({**envelope, "encoding": "zlib+base85", "body": packed})
