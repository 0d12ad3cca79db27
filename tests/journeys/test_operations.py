"""What people who run the centre do by hand, on the running stack."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests import lives
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, send_events, send_records, until

ROOT = Path(__file__).parents[2]


def tool(running: RunningStack, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a tool as its target in the Makefile does."""
    environment = {**os.environ, "LOCAL_DIR": str(running.directory), "COLUMNS": "200"}
    module, *rest = words
    command = [sys.executable, "-m", module, "--stage", "local", *rest]
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


def test_a_customer_is_disclosed_then_forgotten_and_the_trace_of_who_looked_stays(
    running: RunningStack, stack: dict[str, Any], tmp_path: Path
) -> None:
    """Also when the contact's record comes once more afterwards."""
    number = "+815011112222"
    leg = lives.answered_leg(70, began=datetime.now(UTC) - timedelta(hours=3))
    record = lives.record(leg, CustomerEndpoint={"Address": number, "Type": "TELEPHONE_NUMBER"})
    send_events(stack, lives.events(leg))
    send_records(stack, [record])
    supervisor = Staff(stack, "supervisor")
    out = tmp_path / "disclosure.json"

    def disclosed() -> str:
        done = tool(running, "infra.operations.customers", "disclose", number, "--out", str(out))
        assert done.returncode == 0, done.stderr
        return out.read_text() if out.exists() else ""

    until(disclosed, "the customer's contact")
    assert number in out.read_text()
    assert supervisor.get(f"/contacts/{leg.contact_id}")[0] == 200
    seen = tool(running, "infra.operations.customers", "accesses", supervisor.user["username"])
    assert leg.contact_id in seen.stdout
    assert number in seen.stdout

    forgotten = tool(running, "infra.operations.customers", "forget", number, "--yes")
    assert forgotten.returncode == 0, forgotten.stdout + forgotten.stderr
    assert "Nothing is held" in tool(running, "infra.operations.customers", "disclose", number).stdout
    known = len(facts_of(supervisor, leg.contact_id))
    send_records(stack, [{**record, "LastUpdateTimestamp": "2030-01-01T00:00:00Z"}])
    until(lambda: len(facts_of(supervisor, leg.contact_id)) > known, "the late record")
    assert "Nothing is held" in tool(running, "infra.operations.customers", "disclose", number).stdout
    seen = tool(running, "infra.operations.customers", "accesses", supervisor.user["username"])
    assert leg.contact_id in seen.stdout
    assert number not in seen.stdout


def facts_of(staff: Staff, contact_id: str) -> list[Any]:
    facts: list[Any] = staff.get(f"/contacts/{contact_id}")[1]["facts"]
    return facts
