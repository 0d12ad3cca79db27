"""A story may use another story's words and its service, never its store or its doors (decision 0006)."""

import ast
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, name_of

STORIES = sorted(path.parent.name for path in (ROOT / "chalicelib").glob("*/model*") if path.parent.is_dir())
MODULES = [path for story in STORIES for path in sorted((ROOT / "chalicelib" / story).rglob("*.py"))]
SHARED = ("model", "service")
PURE = {"moments", "problems", "slices"}
"""What all may use, rules too: plain Python that knows nobody."""


def imports(path: Path) -> list[str]:
    """Return the modules that a file imports from."""
    tree = ast.parse(path.read_text())
    named = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return named + [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]


def test_every_story_is_found() -> None:
    assert {"agents", "contacts", "desk", "parking", "quality", "routing"} <= set(STORIES)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_story_imports_only_words_and_services_of_others(path: Path) -> None:
    own = path.relative_to(ROOT / "chalicelib").parts[0]
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "chalicelib" and len(parts) > 1 and parts[1] in STORIES and parts[1] != own:
            assert len(parts) > 2, f"{name_of(path)} imports {module}"
            assert parts[2] in SHARED, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize(
    "path", [path for path in MODULES if "model" in path.relative_to(ROOT).as_posix()], ids=name_of
)
def test_a_rule_speaks_to_nobody_but_rules(path: Path) -> None:
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "chalicelib":
            assert parts[1] in PURE or parts[2:3] == ["model"], f"{name_of(path)} imports {module}"
