"""Code on the pages is code."""

import ast
import importlib
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, blocks, name_of

PYTHON = [(page, code) for page in PAGES for language, code in blocks(page) if language == "python"]
SHELL = [(page, code) for page in PAGES for language, code in blocks(page) if language == "sh"]


@pytest.mark.parametrize(("page", "code"), PYTHON, ids=lambda value: name_of(value) if isinstance(value, Path) else "")
def test_python_compiles_and_imports_what_exists(page: Path, code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            assert all(hasattr(module, name.name) for name in node.names)


@pytest.mark.parametrize(("page", "code"), SHELL, ids=lambda value: name_of(value) if isinstance(value, Path) else "")
def test_the_shell_can_read_every_command(page: Path, code: str) -> None:
    # What a reader fills in stands between < and >, which the shell would take for files.
    filled_in = code.replace("<", "").replace(">", "")
    read = subprocess.run(["bash", "-n"], input=filled_in, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
