"""What `make run` can be told, all by environment variables, and the fixed facts of the local installation."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local.problems import CannotRun

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"
REGION: Final = "ap-northeast-1"
STAGE = "local"
STACK_NAME = f"tsunagu-{STAGE}"
EVENT_SOURCE = "local.connect"
BUCKET = "tsunagu-artifacts"
ACCOUNT = "000000000000"
# The emulator takes this key for its account's root; every function still runs with its own role.
ROOT_KEY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One local run. Ports may be 0, which means any free one.

    A `connect_endpoint` is another Connect than ours, which then is not started. `lose` and `duplicate` are shares from 0 to 1.
    """

    directory: Path
    emulator_port: int
    web_port: int
    keep: bool
    traffic: bool
    seed: int
    connect_port: int
    connect_endpoint: str | None
    lose: float
    duplicate: float
    shuffle: bool

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; raises CannotRun naming the variable that makes no sense."""
        directory = Path(environment.get("LOCAL_DIR") or ".local")
        return cls(
            directory=directory if directory.is_absolute() else ROOT / directory,
            emulator_port=_number("EMULATOR_PORT", environment, 4566, most=65535),
            web_port=_number("WEB_PORT", environment, 8080, most=65535),
            keep=_switch("KEEP", environment, default=False),
            traffic=_switch("TRAFFIC", environment, default=True),
            seed=_number("SEED", environment, 1, most=2**63),
            connect_port=_number("CONNECT_PORT", environment, 4567, most=65535),
            connect_endpoint=_address("CONNECT_ENDPOINT", environment),
            lose=_share("LOSE", environment),
            duplicate=_share("DUPLICATE", environment),
            shuffle=_switch("SHUFFLE", environment, default=False),
        )


def lead_to(endpoint: str) -> None:
    """Lead every AWS client of this process, and of those it starts, to the emulator and nowhere else."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    os.environ.update(aws_environment(endpoint))


def aws_environment(endpoint: str) -> dict[str, str]:
    """Return the standard variables that lead any AWS client to the emulator, past whatever the developer has set up."""
    return {
        **ROOT_KEY,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }


def _number(name: str, environment: Mapping[str, str], default: int, *, most: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise CannotRun(f"{name}={text} makes no sense: give a whole number from 0 to {most}.")
    return int(text)


def _share(name: str, environment: Mapping[str, str]) -> float:
    text = environment.get(name) or "0"
    if not re.fullmatch(r"0|1|[01]?\.\d+|1\.0+", text) or float(text) > 1:
        raise CannotRun(f"{name}={text} makes no sense: give a share from 0 to 1, such as 0.02.")
    return float(text)


def _address(name: str, environment: Mapping[str, str]) -> str | None:
    text = environment.get(name) or None
    if text is not None and not text.startswith(("http://", "https://")):
        raise CannotRun(f"{name}={text} makes no sense: give an address such as http://{HOST}:4567.")
    return text


def _switch(name: str, environment: Mapping[str, str], *, default: bool) -> bool:
    text = environment.get(name, "").lower()
    if text in ("", "1", "on", "yes", "true"):
        return True if text else default
    if text in ("0", "off", "no", "false"):
        return False
    raise CannotRun(f"{name}={text} makes no sense: say on or off.")
