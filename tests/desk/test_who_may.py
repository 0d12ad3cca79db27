"""Who may ask what: the document and the doors agree, role by role."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app import app
from chalicelib.desk.model import ROLES, roles_in
from tests import lives
from tests.centre import Centre
from tests.desk.desk import HOUSE, OPENAPI, Desk, operations, parameters
from tests.desk.members import known_by_card
from tests.support.cloud import Call

HOUR = timedelta(hours=1)
ROUTES = [(method, path) for method, path, _ in operations()]


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


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", [*ROLES, None])
def test_who_passes_is_who_the_document_says(desk: Desk, method: str, path: str, role: str | None) -> None:
    passing = OPENAPI["paths"][path][method]["x-roles"]
    answer = desk.sit_down(role or "").knock(method, unheard_of(path), "queue=none&nonsense=1")
    if role in passing:
        assert answer.status == 400, "let in, and then told that there is no such parameter"
    else:
        assert answer.status == 403
        assert all(name in answer.message for name in passing)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_may_be_asked_is_what_the_document_says(desk: Desk, method: str, path: str) -> None:
    known = [name for name, told in parameters(OPENAPI["paths"][path][method]).items() if told["in"] == "query"]
    answer = desk.knock(method, unheard_of(path), "nonsense=1")
    assert answer.status == 400
    assert "'nonsense'" in answer.message
    if known:
        said = answer.message.partition("Known are ")[2].rstrip(".").split(", ")
        assert sorted(said) == sorted(known)
    else:
        assert "none at all" in answer.message


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token_use", ["access", "refresh", ""])
def test_only_the_id_token_of_a_sign_in_counts(desk: Desk, method: str, path: str, token_use: str) -> None:
    answer = desk.sit_down("administrator", token_use).knock(method, unheard_of(path))
    assert answer.status == 401
    assert "ID token" in answer.message


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_passes_without_a_sign_in(desk: Desk, method: str, path: str) -> None:
    assert Desk(claims=None).knock(method, unheard_of(path)).status == 401


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
        index, [place] = call.request.get("IndexName"), call.resources
        of_connect = "${ConnectInstanceId}/contact/*"
        named = of_connect if call.service == "connect" else place.rpartition("/")[2]
        seen.add((f"{call.service}:{call.operation}", f"{named}/index/{index}" if index else named))

    leg, going_on = (lives.answered_leg(seed, channel="VOICE", began=lives.MORNING + seed * HOUR) for seed in (1, 2))
    centre.deliver(lives.bodies([leg])[:-1])
    centre.record([lives.record(leg)])
    centre.deliver([json.dumps(lives.event(going_on, "CONNECTED_TO_AGENT", going_on.at(going_on.answered or 0)))])
    centre.cloud.connect.contacts[going_on.contact_id] = lives.description(going_on)
    centre.fold()
    known_by_card(centre, leg.contact_id, at=lives.MORNING)
    centre.cloud.faults = note
    for path, query in (
        (f"/contacts/{leg.contact_id}", ""),
        ("/contacts", "queue=none"),
        ("/quality", ""),
        ("/quality/now", ""),
        ("/agents", ""),
        ("/floor", ""),
        (f"/contacts/{going_on.contact_id}/earlier", ""),
        (f"/contacts/{leg.contact_id}/requests/1", ""),
    ):
        assert desk.ask(path, query).status == 200
    assert desk.send(f"/contacts/{leg.contact_id}/requests", {"request": "listen"}).status == 202
    assert desk.ask(f"/contacts/{leg.contact_id}/account").status == 200
    assert desk.send(f"/contacts/{leg.contact_id}/checks", {"fact": "name", "said": "x"}).status == 202
    ours = ("dynamodb:", "sqs:", "connect:")
    assert seen == {(action, place) for action, place in _permitted() if action.startswith(ours)}
    others = {"cloudwatch", "logs", "xray"}
    assert {action.partition(":")[0] for action, _ in _permitted()} == {"dynamodb", "sqs", "connect", *others}
    assert {action for action, _ in _permitted() if action.startswith("cloudwatch:")} == {
        "cloudwatch:GetDashboard",
        "cloudwatch:GetMetricData",
        "cloudwatch:DescribeAlarms",
    }


def unheard_of(path: str) -> str:
    """Return a path of this form that leads to nothing."""
    return path.replace("{contact_id}", "unheard-of").replace("{request_id}", "never-given")


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
    return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", resource["Fn::Sub"].rpartition(":instance/")[2])
