"""The running stack that journeys share: one for all, started as `make run` starts it, without traffic."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.running import RunningStack


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A running stack with its processes."""
    run = RunningStack(tmp_path_factory.mktemp("stack") / "local")
    try:
        run.ready()
        yield run
    finally:
        run.end()


@pytest.fixture(scope="session")
def stack(running: RunningStack) -> dict[str, Any]:
    """What `stack.json` says, parsed."""
    document: dict[str, Any] = json.loads((running.directory / "stack.json").read_text())
    return document


@pytest.fixture
def local_dir(tmp_path: Path) -> Path:
    """A directory for a run of one test's own."""
    return tmp_path / "local"
