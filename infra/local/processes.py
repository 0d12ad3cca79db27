"""The processes of one local run: started on a leash, watched, and ended together.

Each one leads a process group and carries the run's random mark in its environment, which what it starts inherits (the emulator's
Lambda workers). So a later start can find what a killed one left behind, and never touches a process that is not ours.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.local.problems import ProcessEnded
from infra.local.settings import ROOT

MARK = "TSUNAGU_RUN"
LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process of ours, by the name that people read."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    patience: float


class Family:
    """All processes of one run."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._mark = secrets.token_hex(16)
        self._children: list[Child] = []
        self._ending = False

    def start(
        self,
        name: str,
        module: str,
        arguments: Sequence[str] = (),
        *,
        environment: Mapping[str, str],
        python: str = sys.executable,
        patience: float = 3.0,
    ) -> Child:
        """Start a Python module; its words go to `logs/<name>.log`. `patience` is the seconds it gets to end by itself."""
        log = self._directory / "logs" / f"{name.replace(' ', '-')}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as written:
            process = subprocess.Popen(
                [python, "-P", str(LEASH), module, *arguments],
                cwd=ROOT,
                env={**environment, MARK: self._mark},
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name=name, process=process, log=log, patience=patience)
        self._children.append(child)
        self._record()
        return child

    def check(self) -> None:
        """Raise ProcessEnded if any process ended though nobody asked it to."""
        if self._ending:
            return
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                how = (
                    f"was ended by signal {-code} ({signal.Signals(-code).name})"
                    if code < 0
                    else f"ended by itself with code {code}"
                )
                raise ProcessEnded(
                    f"The {child.name} (process {child.process.pid}) {how}, so everything else is stopped: start again with 'make run' (its last words are in {_short(child.log)})."
                )

    def end(self) -> None:
        """End every process, the youngest first, and with each all that it started."""
        self._ending = True
        for child in reversed(self._children):
            _signal_group(child.process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(child.patience)
            # The leader may be gone while what it started is not.
            _signal_group(child.process.pid, signal.SIGKILL)
            child.process.wait()
            if child.process.stdin:
                child.process.stdin.close()
        self._children.clear()
        _record_path(self._directory).unlink(missing_ok=True)

    def _record(self) -> None:
        path = _record_path(self._directory)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"mark": self._mark, "groups": [child.process.pid for child in self._children]}))
        fresh.replace(path)


def end_leftovers(directory: Path) -> int:
    """End what an earlier run of this directory left behind, and return how many processes that were."""
    path = _record_path(directory)
    try:
        record = json.loads(path.read_text())
        left = _carrying(str(record["mark"]), {int(group) for group in record["groups"]})
    except FileNotFoundError:
        return 0
    except (ValueError, KeyError, TypeError):
        left = []
    for process in left:
        _quietly(process.terminate)
    _, stubborn = psutil.wait_procs(left, timeout=10)
    for process in stubborn:
        _quietly(process.kill)
    psutil.wait_procs(stubborn, timeout=5)
    path.unlink(missing_ok=True)
    return len(left)


def _carrying(mark: str, groups: set[int]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) in groups and process.environ().get(MARK) == mark:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _quietly(act: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        act()


def _signal_group(group: int, number: signal.Signals) -> None:
    # It may be gone already; macOS answers "not permitted" for a group of which only a zombie is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _record_path(directory: Path) -> Path:
    return directory / "processes.json"


def _short(path: Path) -> str:
    return os.path.relpath(path, ROOT) if path.is_relative_to(ROOT) else str(path)


def wait_until(answers: Callable[[], bool], *, seconds: float, pause: float = 0.1) -> bool:
    """Ask again and again until the answer is true; False when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answers():
            return True
        time.sleep(pause)
    return False
