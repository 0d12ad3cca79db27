"""Decisions keep their form."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, name_of, text_of

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
HEADINGS = ["What we faced", "What we chose", "What it costs", "When to look again"]
WORDS_ON_A_PAGE = 500


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_a_decision_has_its_number_and_four_headings_on_less_than_a_page(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {page.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert len(text.split()) < WORDS_ON_A_PAGE


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_index_lists_every_decision_by_its_title() -> None:
    index = text_of("docs/decisions/README.md")
    for page in DECISIONS:
        title = page.read_text().splitlines()[0].removeprefix(f"# {page.name[:4]} ")
        assert f"| [{page.name[:4]}]({page.name}) | {title} |" in index
