"""What people who run the centre do by hand, on the running stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import lives
from tests.journeys.running import RunningStack
from tests.journeys.staff import client, send_events, until

ROOT = Path(__file__).parents[2]


def tool(running: RunningStack, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a tool as its target in the Makefile does."""
    environment = {**os.environ, "LOCAL_DIR": str(running.directory), "COLUMNS": "200"}
    command = [sys.executable, "-m", *words, "--stage", "local"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_a_parked_letter_is_shown_with_its_reason_and_goes_back(running: RunningStack, stack: dict[str, Any]) -> None:
    """It is still nonsense, so it comes to lie there again; whoever mends the release first finds it read."""
    leg = lives.abandoned_leg(7, began=lives.MORNING)
    event = lives.event(leg, "INITIATED", leg.began)
    event["detail"]["channel"] = 5
    send_events(stack, [event])
    sqs, url = client(stack, "sqs"), stack["outputs"]["ParkedQueueUrl"]

    def lies_there() -> bool:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        return any(json.loads(message["Body"])["field"] == "detail.channel" for message in found)

    until(lies_there, "the parked letter")
    done = tool(running, "infra.operations.redrive", "parked", "--choose", "all")
    assert done.returncode == 0, done.stderr
    assert leg.contact_id in done.stdout
    assert "detail.channel" in done.stdout
    assert "must be text" in done.stdout
    assert "0 kept where they are" in done.stdout
    until(lies_there, "the letter again")


def test_an_empty_queue_is_no_error(running: RunningStack) -> None:
    done = tool(running, "infra.operations.redrive", "dead-letters", "--choose", "all")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The queue is empty." in done.stdout
