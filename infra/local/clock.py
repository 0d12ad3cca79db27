"""The clock of the local run: it sends the ticks that EventBridge sends on AWS, more often, so that figures are fresh.

    python -m infra.local.clock <stack.json>

Time enters a function only with its event, so a tick may carry any time: this is where a virtual clock would stand.
"""

import json
import logging
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import state
from infra.local.settings import ACCOUNT, REGION

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Which function gets a tick every how many seconds; `output` names it in the stack's outputs."""

    output: str
    every: float


SCHEDULES = (
    Schedule(output="QualityFiguresFunction", every=5),
    Schedule(output="ContactSweepFunction", every=60),
    Schedule(output="QualityCheckFunction", every=3600),
    Schedule(output="CardKeyWatchFunction", every=3600),
)


def tick(function: str, moment: datetime) -> dict[str, Any]:
    """Return the event by which EventBridge wakes a function on a schedule; its time has whole seconds."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{function}"],
        "detail": {},
    }


def due(schedules: tuple[Schedule, ...], start: float) -> Iterator[tuple[float, Schedule]]:
    """Yield when which schedule is due, in order, for ever: the first at `start`, each again after its interval."""
    following = dict.fromkeys(schedules, start)
    while True:
        schedule = min(following, key=lambda one: following[one])
        yield following[schedule], schedule
        following[schedule] += schedule.every


def send(event: dict[str, Any], function: str, client: "LambdaClient") -> bool:
    """Invoke the function with a tick and wait for it: ticks never overtake each other. False when it failed."""
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    except (BotoCoreError, ClientError) as problem:
        logger.warning("%s could not be woken: %s", function, problem)
        return False
    if answer.get("FunctionError"):
        logger.warning("%s failed: %s", function, answer["Payload"].read(2000).decode(errors="replace"))
        return False
    return True


def run(outputs: dict[str, str]) -> None:
    """Send ticks for ever. A tick that comes late because the one before took long goes out at once, but only one of them."""
    client = boto3.client("lambda", config=Config(read_timeout=320, retries={"total_max_attempts": 1}))
    for moment, schedule in due(SCHEDULES, time.monotonic()):
        late = time.monotonic() - moment
        if late > schedule.every:
            continue
        time.sleep(max(0.0, -late))
        function = outputs[schedule.output]
        send(tick(function, datetime.now(UTC)), function, client)


def main() -> None:
    """Run the clock of the stack whose file is named."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    run(dict(state.read(Path(sys.argv[1])).outputs))


if __name__ == "__main__":
    main()
