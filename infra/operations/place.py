"""Which contact centre a tool works on: the one that runs on this machine, or a stage on AWS."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra import stack
from infra.local import settings, state

CONNECT = "aws.connect"
PATIENT = Config(retries={"mode": "standard", "max_attempts": 8}, connect_timeout=5, read_timeout=60)


class NoPlace(Exception):
    """There is no such contact centre; the message says what to do."""


class Place(NamedTuple):
    """A contact centre that stands.

    `outputs` are its stack's; `event_source` is what its rule for contact events listens to.
    """

    name: str
    session: boto3.session.Session
    outputs: Mapping[str, str]
    event_source: str
    endpoint: str | None = None

    def client(self, service: str) -> Any:
        """Return a client of an AWS service there."""
        return self.session.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            config=PATIENT,
        )


def find(stage: str, environment: Mapping[str, str] = os.environ) -> Place:
    """Return the centre of this stage; `local` is the one that `make run` started in `LOCAL_DIR`.

    Raises NoPlace when it does not stand or cannot be asked.
    """
    return _here(settings.Settings.of(environment).directory) if stage == settings.STAGE else _on_aws(stage)


def _here(directory: Path) -> Place:
    try:
        running = state.read(directory / "stack.json")
    except FileNotFoundError as missing:
        raise NoPlace(
            "No contact centre runs on this machine: type `make run` in another terminal, or name one on AWS by STAGE=prod."
        ) from missing
    keys = settings.ROOT_KEY
    session = boto3.session.Session(
        keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], region_name=running.region
    )
    return Place(settings.STAGE, session, running.outputs, running.event_source, running.aws_endpoint)


def _on_aws(stage: str) -> Place:
    session = boto3.session.Session()
    name = f"tsunagu-{stage}"
    try:
        outputs = stack.outputs_of(name, session.client("cloudformation"))
    except (BotoCoreError, ClientError) as problem:
        raise NoPlace(f"AWS could not be asked for the stack {name}: {problem}") from problem
    if not outputs:
        raise NoPlace(f"There is no stack {name} in {session.region_name}: deploy it first, or name another STAGE.")
    return Place(stage, session, outputs, CONNECT)
