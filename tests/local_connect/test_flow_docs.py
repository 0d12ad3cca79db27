"""docs/flows.md tells what plays and which flows are ours."""

import re

from infra.local.connect.flows.actions import PLAYED
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
