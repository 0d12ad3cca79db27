"""Whatever a page or a comment points at is there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, blocks, name_of, prose, sources

LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(
    r"(?<![\w./-])((?:docs|infra|tests|bench|web|chalicelib|\.chalice|\.ci)/(?:[\w-]+/)*[\w-]+\.(?:py|md|yaml|json|js|png))\b"
)
DECISION = re.compile(r"(?<![\w/])(\d{4}-[a-z0-9-]+\.md)")
MADE_LATER = {"web/config.json"}
"""What a deployment writes."""


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{name_of(page)} links to {target}"
        assert not anchor or anchor in anchors(found), (
            f"{name_of(page)} links to {target}, and there is no such heading"
        )


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    missing = {name for name in FILE.findall(prose(page)) if not (ROOT / name).exists()} - MADE_LATER
    assert not missing


def test_every_file_that_the_code_speaks_of_is_there() -> None:
    missing = {
        f"{name_of(path)}: {name}"
        for path in sources()
        for name in FILE.findall(path.read_text(errors="replace"))
        if name.startswith("docs/") and not (ROOT / name).exists()
    }
    assert not missing


def test_every_decision_that_the_code_names_is_there() -> None:
    missing = {
        f"{name_of(path)}: {name}"
        for path in sources()
        for name in DECISION.findall(path.read_text(errors="replace"))
        if not (ROOT / "docs/decisions" / name).exists()
    }
    assert not missing


def test_the_one_picture_is_a_png_of_the_width_of_a_page() -> None:
    picture = (ROOT / "docs/images/board.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20]) == 1280


def test_the_licence_is_apache_2() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_pages_show_code_in_languages_that_are_checked() -> None:
    assert {language for page in PAGES for language, _ in blocks(page)} <= {"python", "sh", "text"}
