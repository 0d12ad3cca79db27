"""How the cloud in memory says no."""

import json
from typing import Any


class Refused(Exception):
    """An error that AWS would answer with; botocore turns it into a `ClientError`.

    `code` is the error's name on AWS, `fields` are members of the error beside its message. `old_code` is the name that
    services with an older protocol still tell their clients.
    """

    def __init__(
        self, code: str, message: str, *, status: int = 400, fields: dict[str, Any] | None = None, old_code: str = ""
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.old_code = old_code
        self.message = message
        self.status = status
        self.fields = fields or {}

    def document(self) -> dict[str, Any]:
        """Return the error as it is written in an answer."""
        return {"__type": self.code, "message": self.message, **self.fields}

    def xml(self) -> bytes:
        """Return the error as S3 writes it."""
        return f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>".encode()


class NotPlayed(BaseException):
    """The code under test asked for something that the cloud in memory does not know.

    A `BaseException`, so that a handler which parks whatever it cannot apply does not swallow it.
    """


def invalid(message: str) -> Refused:
    """A request that no retry will make acceptable."""
    return Refused("ValidationException", message)


def only(request: dict[str, Any], *known: str) -> None:
    """Raise `NotPlayed` for a parameter that would otherwise be ignored in silence."""
    if unknown := request.keys() - set(known):
        raise NotPlayed(f"request parameters {sorted(unknown)}; known here: {sorted(known)}")


def json_of(answer: Any) -> bytes:
    """Return an answer's body."""
    return json.dumps(answer).encode()
