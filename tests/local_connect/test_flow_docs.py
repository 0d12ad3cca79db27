"""docs/flows.md tells what plays and which flows are ours."""

import re

from infra.local.connect.floor.memory import REMEMBERED
from infra.local.connect.flows.actions import PLAYED
from infra.local.connect.flows.grammar import HOOKS
from infra.local.connect.flows.player import MOST_AT_ONCE, MOST_NESTED
from infra.local.connect.flows.references import NAMESPACES
from tests.docs.pages import ROOT, first_cells, text_of

PAGE = "docs/flows.md"


def test_the_table_names_every_action_that_plays_in_the_order_of_the_code() -> None:
    assert first_cells(PAGE, "What plays") == list(PLAYED)


def test_every_flow_of_ours_is_on_the_page() -> None:
    assert sorted(first_cells(PAGE, "Our flows")) == sorted(file.stem for file in (ROOT / "infra/flows").glob("*.json"))


def test_namespaces_that_do_not_play_are_namespaces() -> None:
    named = re.search(r"every namespace except (.+?), which", text_of(PAGE))
    assert named
    assert set(re.findall(r"\$\.(\w+)", named[1])) < NAMESPACES


def test_limits_on_the_page_are_those_of_the_player() -> None:
    assert f"plays {MOST_AT_ONCE} actions" in text_of(PAGE)
    assert MOST_NESTED == 5
    assert "up to five deep" in text_of(PAGE)


def test_hooks_that_the_page_says_play_are_those_that_the_floor_looks_for() -> None:
    floor = "".join(file.read_text() for file in (ROOT / "infra/local/connect/floor").glob("*.py"))
    said = re.search(
        r"Of the event hooks, these flows play: (.+?)\. Any other hook .+?: (.+?)\. A function",
        " ".join(text_of(PAGE).split()),
    )
    assert said
    plays, does_nothing = (set(re.findall(r"`(\w+)`", each)) for each in said.groups())
    assert plays == set(re.findall(r'hooks\.get\("(\w+)"\)', floor))
    assert plays | does_nothing == HOOKS


def test_how_long_contacts_are_remembered_is_on_the_page() -> None:
    assert f"remembered for {REMEMBERED.total_seconds() / 3600:.0f} hours" in text_of("docs/local-connect.md")
