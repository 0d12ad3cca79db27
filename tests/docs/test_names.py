"""Every name that a reader may meet is explained, and no page explains a name that is not there."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from app import app
from chalicelib.agents.model import State
from chalicelib.contacts.model import Outcome, Stage
from chalicelib.contacts.model.events import WEIGHT
from chalicelib.contacts.model.silence import AFTER_CONTACT_WORK, BEFORE_A_CALLBACK, BEFORE_AN_AGENT, WITH_AN_AGENT
from chalicelib.desk.entry import ASK_FOR, SEE_AGENTS, SEE_CONTACTS, SEE_EARLIER, SEE_FIGURES
from chalicelib.desk.model import ROLES
from chalicelib.quality.model import By, Figures, Step, rates
from chalicelib.quality.model.figures import EDGES
from chalicelib.quality.model.interval import LONGEST_WAIT, MEASURES
from chalicelib.requests.model import Wish
from tests.docs.pages import TEMPLATE, first_cells, text_of

README, CONTRIBUTING = text_of("README.md"), text_of("CONTRIBUTING.md")
TOUR, CONTACTS, QUALITY = text_of("docs/tour.md"), text_of("docs/contacts.md"), text_of("docs/quality.md")
OPERATIONS = text_of("docs/operations.md")
CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
DEPLOYED: Any = [*app.pure_lambda_functions, *app.event_sources]
LAMBDAS: list[str] = [*(door.name for door in DEPLOYED), "api_handler"]
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", text_of("Makefile"), re.MULTILINE))
PARAMETERS = re.findall(
    r"^  (\w+):$",
    text_of("infra/template.yaml").partition("\nParameters:\n")[2].partition("\nGlobals:")[0],
    re.MULTILINE,
)


@pytest.mark.parametrize("function", LAMBDAS)
def test_every_lambda_is_on_the_tour(function: str) -> None:
    assert f"`{function}`" in TOUR


@pytest.mark.parametrize("handler", app.handler_map)
def test_every_handler_of_an_event_is_on_the_tour(handler: str) -> None:
    views = {view.view_name for methods in app.routes.values() for view in methods.values()}
    assert handler in views or f"`{handler}`" in TOUR


@pytest.mark.parametrize("path", app.routes)
def test_every_route_is_in_the_changelog_and_can_be_tried_from_the_readme(path: str) -> None:
    for method in app.routes[path]:
        assert f"`{method} {path}`" in text_of("CHANGELOG.md")
    assert f"/api{path.partition('{')[0]}" in README


def test_every_make_target_named_exists_and_every_one_there_is_is_named() -> None:
    named = set(re.findall(r"(?:`|^)(?:\w+=\S+ )*make ([a-z-]+)", README + CONTRIBUTING, re.MULTILINE))
    assert named == TARGETS


@pytest.mark.parametrize(
    "name",
    re.findall(
        r'(?:_number|_switch|_address|_share|environment\.get)\("([A-Z_]+)"', text_of("infra/local/settings.py")
    ),
)
def test_every_setting_of_the_local_run_is_in_the_readme(name: str) -> None:
    assert name in first_cells("README.md", "Two commands")


@pytest.mark.parametrize("name", ["BUCKET", "INSTANCE", "STAGE"])
def test_a_deployment_is_told_by_variables_that_make_passes_on(name: str) -> None:
    assert f"{name}=" in README
    assert f"$({name})" in text_of("Makefile")


def test_every_parameter_and_variable_of_the_template_is_explained_and_no_other() -> None:
    named = first_cells("docs/operations.md", "Settings")
    assert sorted(named) == sorted([*PARAMETERS, *TEMPLATE.all_environments()])


@pytest.mark.parametrize("alarm", TEMPLATE.definitions("AWS::CloudWatch::Alarm"))
def test_every_alarm_has_its_own_advice(alarm: str) -> None:
    assert f"\n### {alarm}\n" in OPERATIONS


def test_no_advice_is_for_an_alarm_that_does_not_exist() -> None:
    assert set(re.findall(r"^### (\w+)$", OPERATIONS, re.MULTILINE)) == set(
        TEMPLATE.definitions("AWS::CloudWatch::Alarm")
    )


@pytest.mark.parametrize("queue", TEMPLATE.definitions("AWS::SQS::Queue"))
def test_every_queue_is_in_operations(queue: str) -> None:
    assert queue in first_cells("docs/operations.md", "Queues")


@pytest.mark.parametrize("output", ["ContactRecordsStream", "AgentEventsStream", "StaffPoolId", "AlarmTopicArn"])
def test_outputs_that_an_administrator_needs_exist(output: str) -> None:
    assert f"`{output}`" in README
    assert f"\n  {output}: " in text_of("infra/template.yaml")


def test_the_metrics_on_the_page_are_those_that_are_published() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (?:Count|Seconds) \| `?(\w+)", QUALITY, re.MULTILINE)
    assert [name for name, _ in rows] == [*MEASURES, LONGEST_WAIT, "WaitingNow", "LongestWaitNow"]
    assert dict(rows[: len(MEASURES)]) == MEASURES
    seconds = re.findall(r"^\| `(\w+)` \| Seconds", QUALITY, re.MULTILINE)
    assert {name for name in MEASURES if name.endswith("Seconds")} | {LONGEST_WAIT, "LongestWaitNow"} == set(seconds)


def test_every_figure_of_the_api_is_defined_and_no_other() -> None:
    assert first_cells("docs/quality.md", "Figures of `GET /quality`") == list(rates(Figures()))


@pytest.mark.parametrize("part", [each.name for each in fields(Figures)])
def test_every_raw_part_is_explained(part: str) -> None:
    assert f"`{part}`" in QUALITY


def test_the_edges_on_the_page_are_those_that_count() -> None:
    edges = re.search(r"Histogram edges are ([\d, ]+) and (\d+) seconds", QUALITY)
    assert edges
    assert [*map(int, edges[1].split(", ")), int(edges[2])] == list(EDGES)


@pytest.mark.parametrize("word", [*Stage, *Outcome])
def test_every_stage_and_outcome_is_explained(word: str) -> None:
    assert f"| `{word}` |" in CONTACTS


def test_every_agent_state_is_explained_in_the_order_in_which_it_counts() -> None:
    assert first_cells("docs/agents.md", "States") == ["state", *State]


def test_the_patience_on_the_page_is_the_one_that_counts() -> None:
    rows = re.findall(r"^\| (in the menu|with an agent|in after-contact).*?\|(.+)\|$", CONTACTS, re.MULTILINE)
    table = {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}
    before = [_spoken(BEFORE_AN_AGENT[channel]) for channel in CHANNELS]
    assert table["in the menu"] == [f"{before[0]}, a callback {_spoken(BEFORE_A_CALLBACK)}", *before[1:]]
    assert table["with an agent"] == [_spoken(WITH_AN_AGENT[channel]) for channel in CHANNELS]
    assert table["in after-contact"] == [_spoken(AFTER_CONTACT_WORK)] * len(CHANNELS)


def _spoken(span: timedelta) -> str:
    hours = span // timedelta(hours=1)
    number, unit = (hours, "hour") if hours % 24 else (hours // 24, "day")
    return f"{number} {unit}{'s' * (number != 1)}"


@pytest.mark.parametrize("kind", WEIGHT)
def test_every_event_type_is_explained(kind: str) -> None:
    assert f"| `{kind}` |" in CONTACTS


@pytest.mark.parametrize("word", [*Step, *By, *ROLES])
def test_every_choice_and_role_is_in_the_readme(word: str) -> None:
    assert f"`{word}`" in README


def test_the_readme_says_truly_who_may_see_what() -> None:
    assert f"Roles: {', '.join(SEE_CONTACTS[:4])},\nadministrator." in README
    assert set(SEE_FIGURES) - set(SEE_CONTACTS) == {"analyst"}
    assert f"Roles: {', '.join(SEE_AGENTS)}.\n" in README
    assert "agent" not in {*SEE_CONTACTS, *SEE_FIGURES, *SEE_AGENTS}
    assert set(SEE_EARLIER) - set(SEE_CONTACTS) == {"agent"}


def test_the_readme_says_truly_who_may_ask_for_what() -> None:
    assert ASK_FOR[Wish.HELP] == ASK_FOR[Wish.HARASSMENT] == ("agent",)
    told = " ".join(README.split())
    assert "An `agent` asks for `help` or marks `harassment` on the own call" in told
    listeners = " or ".join(f"`{role}`" for role in ASK_FOR[Wish.LISTEN])
    assert f"a {listeners} asks to `listen`" in told
    assert set(ASK_FOR) == set(Wish)


def test_the_costs_count_the_metrics_that_there_are() -> None:
    assert f"{len(MEASURES) + 1} metrics x (1 + 5 + 2 + 4) + 2 x (1 + 5 + 4) = 176" in README
    assert (len(MEASURES) + 1) * (1 + 5 + 2 + 4) + 2 * (1 + 5 + 4) == 176
