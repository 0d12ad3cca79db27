"""The running stack that journeys share: one for all, started as `make run` starts it, without traffic."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.connect import ConnectInstance, answering
from tests.journeys.running import RunningStack


@pytest.fixture(scope="session")
def connect() -> Iterator[ConnectInstance]:
    """The Connect instance that the shared stack asks about contacts."""
    with answering() as instance:
        yield instance


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, connect: ConnectInstance) -> Iterator[RunningStack]:
    """A running stack with its processes."""
    run = RunningStack(tmp_path_factory.mktemp("stack") / "local", CONNECT_ENDPOINT=connect.address)
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


@pytest.fixture(scope="session")
def alive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A running stack with a Connect of its own, in which nobody calls by themselves."""
    run = RunningStack(tmp_path_factory.mktemp("alive") / "local")
    try:
        run.ready()
        yield run
    finally:
        run.end()


@pytest.fixture(scope="session")
def living(alive: RunningStack) -> dict[str, Any]:
    """What the `stack.json` of that stack says, parsed."""
    document: dict[str, Any] = json.loads((alive.directory / "stack.json").read_text())
    return document


@pytest.fixture
def make_run() -> Iterator[Callable[..., RunningStack]]:
    """Start runs that end with the test, however the test ends."""
    runs: list[RunningStack] = []

    def start(directory: Path, **variables: str) -> RunningStack:
        runs.append(RunningStack(directory, **variables))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.end()


@pytest.fixture
def local_dir(tmp_path: Path) -> Path:
    """A directory for a run of one test's own."""
    return tmp_path / "local"
