"""A morning of the local Connect delivered into a stack that is started for it alone."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from bench import local_connect
from infra.local.connect.delivery import BestEffort, Post, deliver
from infra.local.connect.outbox import Kind, Outbox
from infra.local.connect.timeline import Timeline
from infra.local.connect.world import StackWorld
from infra.local.settings import lead_to
from tests.journeys.running import RunningStack
from tests.journeys.staff import client

BEGAN = timedelta(hours=3)
"""How long ago the morning began: time in it passes as fast as it is worked through, and must not overtake the clock."""


def measure(contacts: int) -> float:
    """Return contacts a second, from the first call until the last contact is complete in the pipeline."""
    with TemporaryDirectory() as directory:
        running = RunningStack(Path(directory) / "local")
        try:
            stack = running.ready()
            lead_to(stack.aws_endpoint)
            outbox = Outbox(Path(directory) / "outbox.sqlite")
            began = time.monotonic()
            ids = _played(contacts, outbox)
            post = Post.of(stack.outputs)
            while len(outbox):
                for kind in Kind:
                    deliver(outbox, post, kind, datetime.now(UTC))
            dynamodb = client({"aws_endpoint": stack.aws_endpoint, "region": stack.region}, "dynamodb")
            while not ids <= _complete(dynamodb, stack.outputs["ContactsTable"]):
                time.sleep(0.2)
            return contacts / (time.monotonic() - began)
        finally:
            running.end()


def _played(contacts: int, outbox: Outbox) -> set[str]:
    setting = local_connect.Setting(agents=12, waiting=0)
    instance, timeline = local_connect.centre(setting.agents), Timeline(datetime.now(UTC) - BEGAN)
    functions = boto3.client("lambda")
    world = StackWorld(instance, timeline, outbox, functions, effort=BestEffort(), dice=Random(7), woken=lambda: None)
    day = local_connect.Day(setting, instance, timeline, world, contacts)
    world.audiences.append(day)
    day.run()
    # Records come a second after all is over.
    timeline.advance(timeline.now + timedelta(seconds=5))
    return set(day.exchange.contacts)


def _complete(dynamodb: Any, table: str) -> set[str]:
    found = dynamodb.get_paginator("scan").paginate(TableName=table).search("Items[]")
    return {item["contact_id"]["S"] for item in found if item.get("stage", {}).get("S") == "ended"}
