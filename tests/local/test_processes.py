"""Processes: noticed when they end, ended with all they started, and found again after a crash."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from infra.local.problems import ProcessEnded
from infra.local.processes import Family, end_leftovers, wait_until
from infra.local.settings import ROOT

# A process that starts another, as the emulator starts Lambda workers, and says who they are.
PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "parent.py").write_text(PARENT)
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path)
    yield family
    family.end()


def pids(path: Path) -> list[int]:
    assert wait_until(lambda: path.exists() and len(path.read_text().split()) == 2, seconds=10)
    return [int(pid) for pid in path.read_text().split()]


def gone(pid: int) -> Callable[[], bool]:
    def is_gone() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return is_gone


def test_a_killed_process_is_named(family: Family, tmp_path: Path, environment: dict[str, str]) -> None:
    child = family.start("clock", "parent", [str(tmp_path / "pids")], environment=environment)
    pids(tmp_path / "pids")
    family.check()
    child.process.kill()
    child.process.wait()
    with pytest.raises(
        ProcessEnded, match=rf"The clock \(process {child.process.pid}\) was ended by signal 9 \(SIGKILL\)"
    ):
        family.check()


def test_a_process_that_ends_by_itself_is_named_with_its_code(family: Family, environment: dict[str, str]) -> None:
    child = family.start("clock", "no_such_module", environment=environment)
    child.process.wait()
    with pytest.raises(ProcessEnded, match=r"ended by itself with code 1.+clock\.log"):
        family.check()


def test_ending_takes_what_the_process_started_too(family: Family, tmp_path: Path, environment: dict[str, str]) -> None:
    family.start("emulator", "parent", [str(tmp_path / "pids")], environment=environment)
    parent, grandchild = pids(tmp_path / "pids")
    family.end()
    assert wait_until(gone(parent), seconds=5)
    assert wait_until(gone(grandchild), seconds=5)
    assert not (tmp_path / "processes.json").exists()


def test_even_a_killed_process_takes_along_what_it_started(
    family: Family, tmp_path: Path, environment: dict[str, str]
) -> None:
    family.start("emulator", "parent", [str(tmp_path / "pids")], environment=environment)
    parent, grandchild = pids(tmp_path / "pids")
    os.kill(parent, signal.SIGKILL)
    family.end()
    assert wait_until(gone(grandchild), seconds=5)


SUPERVISOR = """
import os, sys, time
from pathlib import Path
from infra.local.processes import Family
Family(Path(sys.argv[1])).start("emulator", "parent", [sys.argv[1] + "/pids"], environment=dict(os.environ))
time.sleep(600)
"""


def test_processes_end_with_their_supervisor_however_it_ends(tmp_path: Path, environment: dict[str, str]) -> None:
    environment["PYTHONPATH"] += f":{ROOT}"
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(tmp_path)], env=environment)
    parent, grandchild = pids(tmp_path / "pids")
    supervisor.kill()
    supervisor.wait()
    assert wait_until(gone(parent), seconds=10)
    assert wait_until(gone(grandchild), seconds=10)


def test_the_next_start_ends_what_was_left_and_nothing_else(tmp_path: Path) -> None:
    mark = "0123456789abcdef"
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    ours = subprocess.Popen(sleep, env={**os.environ, "TSUNAGU_RUN": mark}, start_new_session=True)
    another = subprocess.Popen(sleep, env={**os.environ, "TSUNAGU_RUN": "another"}, start_new_session=True)
    try:
        (tmp_path / "processes.json").write_text(json.dumps({"mark": mark, "groups": [ours.pid, another.pid]}))
        assert end_leftovers(tmp_path) == 1
        assert ours.poll() is not None
        assert another.poll() is None
    finally:
        for process in (ours, another):
            process.kill()
            process.wait()


@pytest.mark.parametrize("record", ["", "{", "[]", '{"mark": 1}'])
def test_a_broken_record_stops_no_start(tmp_path: Path, record: str) -> None:
    (tmp_path / "processes.json").write_text(record)
    assert end_leftovers(tmp_path) == 0
    assert not (tmp_path / "processes.json").exists()


def test_waiting_ends_when_time_is_over() -> None:
    started = time.monotonic()
    assert not wait_until(lambda: False, seconds=0.2)
    assert time.monotonic() - started < 2
