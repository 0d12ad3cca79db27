"""Who may ask what: the document and the doors agree, role by role."""

import pytest

from app import app
from chalicelib.desk.model import ROLES, roles_in
from tests.desk.desk import OPENAPI, Desk, operations, parameters

ROUTES = [path for path, _ in operations()]


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
