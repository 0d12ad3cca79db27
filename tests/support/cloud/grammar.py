"""The words of DynamoDB's expressions: cut into tokens, names and values looked up, misuse refused as on AWS."""

import re
from collections.abc import Mapping
from pathlib import Path

from .answers import NotPlayed, invalid
from .items import Value

_TOKEN = re.compile(r"\s*(?:(<>|<=|>=|[<>=(),+-])|([#:]?[A-Za-z0-9_]+))")
_RESERVED = frozenset(Path(__file__).with_name("reserved_words.txt").read_text().split())


class Words:
    """A reader over one expression; `names` and `values` are the request's placeholders."""

    def __init__(self, expression: str, names: Mapping[str, str], values: Mapping[str, Value], used: set[str]) -> None:
        self._tokens = _tokens(expression)
        self._expression = expression
        self._names = names
        self._values = values
        self._used = used
        self._at = 0

    @property
    def next(self) -> str:
        """The coming token, "" at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.next
        self._at += 1
        return token

    def skips(self, token: str) -> bool:
        """Step over this token if it comes next, whatever its case; say whether it did."""
        if self.next.upper() != token:
            return False
        self._at += 1
        return True

    def expect(self, token: str) -> None:
        if not self.skips(token):
            raise NotPlayed(f"{self._expression!r}: {token!r} was expected, {self.next!r} came")

    def end(self) -> None:
        if self.next:
            raise NotPlayed(f"{self._expression!r}: nothing known begins with {self.next!r} there")

    def attribute(self) -> str:
        """Take the name of a top-level attribute, written bare or as a placeholder."""
        token = self.take()
        if token.startswith("#"):
            if token not in self._names:
                raise invalid(f"An expression attribute name used in the document path is not defined: {token}")
            self._used.add(token)
            return self._names[token]
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise NotPlayed(f"{self._expression!r}: an attribute name was expected, {token!r} came")
        if self.next == "(":
            raise NotPlayed(f"{self._expression!r}: the function {token}")
        if token.upper() in _RESERVED:
            raise invalid(f"Attribute name is a reserved keyword; reserved keyword: {token}")
        return token

    def value(self) -> Value:
        """Take a `:placeholder` and return its value."""
        token = self.take()
        if not token.startswith(":"):
            raise NotPlayed(f"{self._expression!r}: a value was expected, {token!r} came")
        if token not in self._values:
            raise invalid(f"An expression attribute value used in expression is not defined: {token}")
        self._used.add(token)
        return self._values[token]


def _tokens(expression: str) -> list[str]:
    tokens: list[str] = []
    at = 0
    text = expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise NotPlayed(f"expression {expression!r}: {text[at:]!r} is no form known here")
        tokens.append(match[1] or match[2])
        at = match.end()
    return tokens
