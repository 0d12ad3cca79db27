"""The pages that are tested, and what is read from them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.cloud import Template

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SOURCES = ("app.py", "chalicelib", "infra", "tests", "bench", "web", "Makefile", "pyproject.toml", ".ci")
TEXTS = {".py", ".js", ".html", ".css", ".yaml", ".json", ".toml", ".in", ".sh", ""}
LEFT_OUT = {"node_modules", "__pycache__"}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    """Return a path as people write it."""
    return str(path.relative_to(ROOT))


def text_of(name: str) -> str:
    """Return a page or source by its path from the root."""
    return (ROOT / name).read_text()


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the code blocks of a page: language and code."""
    return [(match[1], match[2]) for match in _FENCE.finditer(page.read_text())]


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return _FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def sources() -> Iterator[Path]:
    """Yield every file of ours that is code or configuration."""
    for name in SOURCES:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.suffix in TEXTS and not LEFT_OUT & set(path.parts):
                yield path


def first_cells(page: str, heading: str) -> list[str]:
    """Return what stands in code type in the first column of the tables under a heading."""
    section = text_of(page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


TEMPLATE = Template()
