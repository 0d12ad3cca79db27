"""The emulated AWS: one process on this machine alone, with IAM enforced."""

import json
import os
import shutil
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from infra.local.problems import CannotRun
from infra.local.processes import Family, wait_until
from infra.local.settings import HOST, REGION, ROOT, ROOT_KEY

PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
PATIENCE = 60  # seconds until it must answer
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where the emulator keeps what it knows."""

    directory: Path

    @property
    def state(self) -> Path:
        """What every service knows, written when the emulator ends."""
        return self.directory / "state"

    @property
    def objects(self) -> Path:
        """The objects of S3, written as they come."""
        return self.directory / "objects"

    @property
    def scratch(self) -> Path:
        """Unpacked functions."""
        return self.directory / "scratch"

    def is_kept(self) -> bool:
        """Whether an earlier run ended in good order and left its state; the emulator writes it when it ends."""
        return (self.state / "cloudformation.json").exists()

    def prepare(self, *, keep: bool) -> None:
        """Make the directories; forget everything unless `keep`. Unpacked functions of an earlier run always go."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        if not keep:
            shutil.rmtree(self.directory, ignore_errors=True)
        for path in (self.state, self.objects, self.scratch):
            path.mkdir(parents=True, exist_ok=True)


def start(family: Family, home: Home, port: int, *, connect_endpoint: str) -> str:
    """Start the emulator and return its address; it may take a while to answer.

    Functions find Amazon Connect, which is not among what it emulates, at `connect_endpoint`.
    """
    if not PYTHON.exists():
        raise CannotRun("The emulator is not installed: start with 'make run', which installs it.")
    environment = {**_environment(home, port), "AWS_ENDPOINT_URL_CONNECT": connect_endpoint}
    family.start("emulator", "ministack", environment=environment, python=str(PYTHON), patience=30)
    return f"http://{HOST}:{port}"


def wait_until_ready(family: Family, address: str) -> None:
    """Wait for the emulator's health and make sure that it enforces IAM; raises CannotRun or ProcessEnded."""
    health: dict[str, object] = {}

    def answers() -> bool:
        # Our own process must be alive: with its port taken it ends, and somebody else would answer.
        family.check()
        health.update(_health(address))
        return bool(health)

    if not wait_until(answers, seconds=PATIENCE):
        raise CannotRun(
            f"The emulator does not answer on {address} within {PATIENCE} s: see logs/emulator.log in the local directory."
        )
    family.check()
    if health.get("auth") != "enabled":
        raise CannotRun(
            f"The emulator on {address} does not enforce IAM, so it is not the one we started: end it, or set EMULATOR_PORT."
        )


def _environment(home: Home, port: int) -> dict[str, str]:
    # Lambda workers inherit this, so nothing of the developer's own environment goes in.
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        **ROOT_KEY,
        "AUTH": "true",
        "BIND_HOST": HOST,
        "DOCKER_HOST": f"unix://{home.directory}/no-docker",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.objects),
        "TMPDIR": str(home.scratch),
    }


def _health(address: str) -> dict[str, object]:
    try:
        # The developer's proxy has no part in what stays on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/_ministack/health", timeout=2) as answer:
            return dict(json.load(answer))
    except (OSError, ValueError):
        return {}
