"""A run of the whole stack as a person starts it, beside whatever else runs on this machine."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from infra.local import state
from infra.local.settings import ROOT

PATIENCE = 180  # seconds; a first start on a cold machine packages too


class RunningStack:
    """`make run` in a directory and on ports of its own; `traffic` is off unless told otherwise."""

    def __init__(self, directory: Path, **variables: str) -> None:
        self.directory = directory
        # Two runs of one directory must not write over each other's words.
        self.words = directory.with_name(f"{directory.name}-{time.monotonic_ns()}.words")
        ports = dict.fromkeys(("WEB_PORT", "EMULATOR_PORT", "CONNECT_PORT"), "0")
        given = {"LOCAL_DIR": str(directory), "TRAFFIC": "off", **ports, **variables}
        with self.words.open("wb") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.local"],
                cwd=ROOT,
                env={**os.environ, **given},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """All that it has said so far."""
        return self.words.read_text()

    def ready(self) -> state.Stack:
        """Wait until it stands, and return what it says of itself."""
        file = self.directory / "stack.json"
        end = time.monotonic() + PATIENCE
        while not file.exists():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)
        return state.read(file)

    def process_of(self, module: str) -> psutil.Process:
        """Return the process that runs a module, such as `ministack` or `infra.local.clock`."""
        [found] = [p for p in psutil.Process(self.process.pid).children() if module in p.cmdline()]
        return found

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end, and return its code."""
        self.process.send_signal(number)
        return self.process.wait(60)
