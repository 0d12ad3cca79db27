"""Secrets Manager: texts by name, which may have none yet, and the versions that they were."""

import hashlib
from collections.abc import Iterable
from typing import Any

from .answers import NotPlayed, Refused, json_of, only

CURRENT = "AWSCURRENT"


class SecretsManager:
    """Secrets by logical id, which their ARN (`GetAtt` of `Id`) stands for too; `read` counts how often each was asked for.

    A version's id is made from its text.
    """

    throttled = "ThrottlingException"

    def __init__(self, names: Iterable[str]) -> None:
        self.secrets: dict[str, str | None] = dict.fromkeys(names)
        self.read = dict.fromkeys(self.secrets, 0)
        self._versions: dict[str, str] = {}
        self._labels: dict[tuple[str, str], str] = {}

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request["SecretId"],)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; none has parts."""
        name = request["SecretId"].removesuffix(".Id")
        if name not in self.secrets:
            raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        if operation == "GetSecretValue":
            return self._get(name, request)
        if operation == "PutSecretValue":
            return self._put(name, request)
        if operation == "UpdateSecretVersionStage":
            return self._move(name, request)
        raise NotPlayed(f"Secrets Manager's {operation}")

    def _get(self, name: str, request: dict[str, Any]) -> bytes:
        only(request, "SecretId", "VersionStage")
        if request.get("VersionStage", CURRENT) != CURRENT:
            raise NotPlayed(f"the version {request['VersionStage']}")
        self.read[name] += 1
        text = self.secrets[name]
        if text is None:
            raise Refused(
                "ResourceNotFoundException",
                f"Secrets Manager can't find the specified secret value for staging label: {CURRENT}",
            )
        told = {"ARN": name, "Name": name, "SecretString": text, "VersionId": _id(text), "VersionStages": [CURRENT]}
        return json_of(told)

    def _put(self, name: str, request: dict[str, Any]) -> bytes:
        only(request, "SecretId", "SecretString", "VersionStages", "ClientRequestToken")
        text, labels = request["SecretString"], request.get("VersionStages", [CURRENT])
        self._versions[_id(text)] = text
        for label in labels:
            self._label(name, label, _id(text))
        return json_of({"ARN": name, "Name": name, "VersionId": _id(text), "VersionStages": labels})

    def _move(self, name: str, request: dict[str, Any]) -> bytes:
        only(request, "SecretId", "VersionStage", "MoveToVersionId", "RemoveFromVersionId")
        label, target = request["VersionStage"], request.get("MoveToVersionId")
        bearer = self._bearer(name, label)
        if bearer not in (None, target) and request.get("RemoveFromVersionId") != bearer:
            raise Refused("InvalidParameterException", f"The staging label {label} is attached to version {bearer}.")
        if target is None:
            self._labels.pop((name, label), None)
        else:
            if label == CURRENT and bearer not in (None, target):
                self._labels[name, "AWSPREVIOUS"] = str(bearer)
            self._label(name, label, target)
        return json_of({"ARN": name, "Name": name})

    def _bearer(self, name: str, label: str) -> str | None:
        if label != CURRENT:
            return self._labels.get((name, label))
        text = self.secrets[name]
        return None if text is None else _id(text)

    def _label(self, name: str, label: str, version: str) -> None:
        if label == CURRENT:
            self.secrets[name] = self._versions[version]
        else:
            self._labels[name, label] = version


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
