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
        return self._call("get", f"{path}?{text}" if text else path, path)

    def send(self, path: str, body: object, _query: str = "", /) -> Answer:
        """Send a document, and see that the answer is one that the OpenAPI document promises; text goes as it is."""
        text = body if isinstance(body, str) else json.dumps(body)
        json_of = {"Content-Type": "application/json"}
        return self._call("post", f"{path}?{_query}" if _query else path, path, headers=json_of, body=text.encode())

    def knock(self, method: str, path: str, query: str = "") -> Answer:
        """Ask or send as the operation wants it, with nothing that it knows."""
        return self.ask(path, query) if method == "get" else self.send(path, {}, query)

    def _call(self, method: str, url: str, path: str, **sent: Any) -> Answer:
        http = client().http
        gateway: Any = http._local_gateway
        gateway._generate_lambda_event = self._with_sign_in
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="CognitoUserPoolAuthorizer is not a supported")
            answered = getattr(http, method)(url, **sent)
        answer = Answer(answered.status_code, answered.headers, json.loads(answered.body))
        validate(_path_of(path), method, answer)
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


def validate(path: str, method: str, answer: Answer) -> None:
    """Raise unless the OpenAPI document promises this answer."""
    operation = OPENAPI["paths"][path][method]
    response = _resolved(operation["responses"][str(answer.status)])
    schema = response["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": OPENAPI["components"]}).validate(answer.body)
    assert {name for name in response.get("headers", {}) if name not in answer.headers} == set()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method and path of every operation, and what the document says of it."""
    for path, item in OPENAPI["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


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
    """Return the document's path that this one is an instance of."""
    if path in OPENAPI["paths"]:
        return path
    parts = path.split("/")
    [found] = [each for each in OPENAPI["paths"] if _fits(each.split("/"), parts)]
    return str(found)


def _fits(template: list[str], parts: list[str]) -> bool:
    pairs = zip(template, parts, strict=False)
    return len(template) == len(parts) and all(name == part or name.startswith("{") for name, part in pairs)
