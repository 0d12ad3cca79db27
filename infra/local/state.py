"""`stack.json`: what others need to know of a running stack. Readable by its owner alone, since it holds demo passwords."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class User:
    """A demo member of staff."""

    username: str
    password: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A running stack, under the names that tests and tools rely on. None stands for a part that does not exist.

    `control_key` opens the door of `make traffic` in our own local Connect. `centre` are the parameters that infra/connect.yaml takes beside the
    application's outputs; all of them are public.
    """

    aws_endpoint: str
    api_url: str
    web_url: str
    region: str
    instance_id: str
    event_source: str
    outputs: Mapping[str, str]
    users: Sequence[User]
    connect_endpoint: str
    control_key: str | None = None
    centre: Mapping[str, str] = field(default_factory=dict)
    smtp_host: str | None = None
    smtp_port: int | None = None


def write(path: Path, stack: Stack) -> None:
    """Write the file in one step, so that no reader sees half of it."""
    write_private(path, json.dumps(asdict(stack), indent=2, sort_keys=True))


def read(path: Path) -> Stack:
    """Read what `write` wrote."""
    known = json.loads(path.read_text())
    return Stack(**{**known, "users": [User(**user) for user in known["users"]]})


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in one step."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(text)
    fresh.replace(path)
