"""Who may ask what: the document and the doors agree, role by role."""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from app import app
from chalicelib.desk.model import ROLES, roles_in
from tests import lives
from tests.centre import Centre
from tests.desk.desk import HOUSE, OPENAPI, Desk, operations, parameters
from tests.support.cloud import Call

ROUTES = [path for path, _ in operations()]


@pytest.fixture(scope="module")
def centre() -> Iterator[Centre]:
    """A centre in which nothing happens; whoever only asks may share it."""
    with Centre() as running:
        yield running


def test_every_door_is_in_the_document_and_every_entry_has_a_door() -> None:
    assert set(app.routes) == set(OPENAPI["paths"])
    for path, methods in app.routes.items():
        assert {method.lower() for method in methods} == {
            name for name in OPENAPI["paths"][path] if name in ("get", "put", "post", "delete", "patch", "head")
        }


def test_every_door_is_behind_the_staff_authorizer() -> None:
    for path, methods in app.routes.items():
        for method, route in methods.items():
            assert route.authorizer is not None, f"{method} {path}"
            assert route.authorizer.name == "Staff"
            cors: object = route.cors
            assert cors is None, "pages and API share one origin"


def test_nothing_hangs_on_middleware() -> None:
    assert not app.middleware_handlers


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("role", [*ROLES, None])
def test_who_passes_is_who_the_document_says(desk: Desk, path: str, role: str | None) -> None:
    passing = OPENAPI["paths"][path]["get"]["x-roles"]
    answer = desk.sit_down(role or "").ask(path.replace("{contact_id}", "unheard-of"), "queue=none&nonsense=1")
    if role in passing:
        assert answer.status == 400, "let in, and then told that there is no such parameter"
    else:
        assert answer.status == 403
        assert all(name in answer.message for name in passing)


@pytest.mark.parametrize("path", ROUTES)
def test_what_may_be_asked_is_what_the_document_says(desk: Desk, path: str) -> None:
    known = [name for name, told in parameters(OPENAPI["paths"][path]["get"]).items() if told["in"] == "query"]
    answer = desk.ask(path.replace("{contact_id}", "unheard-of"), "nonsense=1")
    assert answer.status == 400
    assert "'nonsense'" in answer.message
    if known:
        said = answer.message.partition("Known are ")[2].rstrip(".").split(", ")
        assert sorted(said) == sorted(known)
    else:
        assert "none at all" in answer.message


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("token_use", ["access", "refresh", ""])
def test_only_the_id_token_of_a_sign_in_counts(desk: Desk, path: str, token_use: str) -> None:
    answer = desk.sit_down("administrator", token_use).ask(path.replace("{contact_id}", "unheard-of"))
    assert answer.status == 401
    assert "ID token" in answer.message


@pytest.mark.parametrize("path", ROUTES)
def test_nobody_passes_without_a_sign_in(desk: Desk, path: str) -> None:
    assert Desk(claims=None).ask(path.replace("{contact_id}", "unheard-of")).status == 401


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        ("supervisor", {"supervisor"}),
        ("[supervisor]", {"supervisor"}),
        ("agent,quality", {"agent", "quality"}),
        ("[agent, quality]", {"agent", "quality"}),
        ("[agent quality]", {"agent", "quality"}),
        ('["agent","quality"]', {"agent", "quality"}),
        (["agent", "quality"], {"agent", "quality"}),
        (["agent", 7], {"agent"}),
        ("", set()),
        ("[]", set()),
        (None, set()),
        (7, set()),
        ("Supervisor", set()),
        ("supervisors", set()),
        ("not-a-supervisor", set()),
        ("staff,leader", {"leader"}),
    ],
)
def test_groups_are_read_however_they_were_written(groups: object, roles: set[str]) -> None:
    assert roles_in(groups) == roles


def test_who_has_several_roles_may_do_what_any_of_them_may(desk: Desk) -> None:
    assert desk.sit_down("[agent, analyst]").ask("/quality").status == 200
    assert desk.sit_down("[agent, analyst]").ask("/contacts", queue="none").status == 403


def test_the_api_may_read_the_tables_and_indexes_that_it_reads_and_nothing_else(centre: Centre, desk: Desk) -> None:
    seen: set[tuple[str, str]] = set()

    def note(call: Call) -> None:
        index = call.request.get("IndexName")
        seen.add((f"dynamodb:{call.operation}", call.request["TableName"] + (f"/index/{index}" if index else "")))

    (leg,) = lives.story("answered", Random(1))
    centre.deliver(lives.bodies([leg]))
    centre.fold()
    centre.cloud.faults = note
    for path, query in (
        (f"/contacts/{leg.contact_id}", ""),
        ("/contacts", "queue=none"),
        ("/quality", ""),
        ("/quality/now", ""),
        ("/agents", ""),
    ):
        assert desk.ask(path, query).status == 200
    assert seen == {(action, table) for action, table in _permitted() if action.startswith("dynamodb:")}
    assert {action.partition(":")[0] for action, _ in _permitted()} == {"dynamodb", "cloudwatch", "logs", "xray"}
    assert {action for action, _ in _permitted() if action.startswith("cloudwatch:")} == {
        "cloudwatch:GetDashboard",
        "cloudwatch:GetMetricData",
        "cloudwatch:DescribeAlarms",
    }


def _permitted() -> set[tuple[str, str]]:
    policy = json.loads((HOUSE / "infra" / "policies" / "api_handler.json").read_text())
    return {
        (action, _resource(resource))
        for statement in policy["Statement"]
        for action in statement["Action"]
        for resource in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
    }


def _resource(resource: Any) -> str:
    if isinstance(resource, str):
        return resource
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", resource["Fn::Sub"])
