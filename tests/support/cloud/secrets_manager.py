"""Secrets Manager: texts by name, which may have none yet."""

from collections.abc import Iterable
from typing import Any

from .answers import NotPlayed, Refused, json_of, only


class SecretsManager:
    """Secrets by logical id, which their ARN (`GetAtt` of `Id`) stands for too; `read` counts how often each was asked for."""

    throttled = "ThrottlingException"

    def __init__(self, names: Iterable[str]) -> None:
        self.secrets: dict[str, str | None] = dict.fromkeys(names)
        self.read = dict.fromkeys(self.secrets, 0)

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request["SecretId"],)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; it has no parts."""
        if operation != "GetSecretValue":
            raise NotPlayed(f"Secrets Manager's {operation}")
        only(request, "SecretId")
        name = request["SecretId"].removesuffix(".Id")
        if name not in self.secrets:
            raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        self.read[name] += 1
        text = self.secrets[name]
        if text is None:
            raise Refused(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            )
        return json_of({"ARN": name, "Name": name, "SecretString": text, "VersionStages": ["AWSCURRENT"]})
