"""A desk in the contact centre: somebody of a role signs in and asks the API, and every answer keeps its word.

What API Gateway would have added to a request is added here: the sign-in's claims, the request's id and its moment.
"""

import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema
import yaml
from chalice.test import Client

from app import app

HOUSE = Path(__file__).parents[2]
OPENAPI: dict[str, Any] = yaml.safe_load((HOUSE / "docs" / "openapi.yaml").read_text())
NOON = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)
"""Noon in Tokyo, on a Monday."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def message(self) -> str:
        return str(self.body["Message"])


@dataclass
class Desk:
    """`claims` are those of whoever sits here; `now` is when API Gateway takes the next request."""

    now: datetime = NOON
    claims: dict[str, Any] | None = field(
        default_factory=lambda: {
            "token_use": "id",
            "sub": "someone",
            "cognito:username": "hana",
            "cognito:groups": "supervisor",
        }
    )

    def sit_down(self, groups: object, token_use: str = "id") -> "Desk":
        return Desk(
            now=self.now,
            claims={"token_use": token_use, "sub": "someone", "cognito:username": "hana", "cognito:groups": groups},
        )

    def ask(self, path: str, _query: str = "", /, **query: object) -> Answer:
        """Ask, and see that the answer is one that the OpenAPI document promises; `from_` stands for `from`."""
        text = _query or urlencode({name.rstrip("_"): value for name, value in query.items()})
        http = client().http
        gateway: Any = http._local_gateway
        gateway._generate_lambda_event = self._with_sign_in
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="CognitoUserPoolAuthorizer is not a supported")
            answered = http.get(f"{path}?{text}" if text else path)
        answer = Answer(answered.status_code, answered.headers, json.loads(answered.body))
        validate(_path_of(path), answer)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer

    def _with_sign_in(self, *request: Any) -> Any:
        event = client().http._local_gateway.event_converter.create_lambda_event(*request)
        context = event["requestContext"]
        context |= {"requestId": "request-1", "requestTimeEpoch": int(self.now.timestamp() * 1000)}
        if self.claims is not None:
            context["authorizer"] = {"claims": self.claims}
        return event


@cache
def client() -> Client:
    return Client(app, project_dir=str(HOUSE))


def validate(path: str, answer: Answer) -> None:
    """Raise unless the OpenAPI document promises this answer."""
    operation = OPENAPI["paths"][path]["get"]
    response = _resolved(operation["responses"][str(answer.status)])
    schema = response["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": OPENAPI["components"]}).validate(answer.body)
    assert {name for name in response.get("headers", {}) if name not in answer.headers} == set()


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in OPENAPI["paths"].items():
        yield path, item["get"]


def parameters(operation: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what may be asked, by name."""
    found = map(_resolved, operation.get("parameters", []))
    return {each["name"]: each for each in found}


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = OPENAPI
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _path_of(path: str) -> str:
    return path if path in OPENAPI["paths"] else "/contacts/{contact_id}"
