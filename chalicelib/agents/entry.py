"""Ways into the story of agents."""

import base64
from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring
from chalicelib.agents.service import fold, note
from chalicelib.edge import Document, lambda_style, logger

doors = Blueprint(__name__)


@doors.on_kinesis_record(stream="placeholder", name="agent_events", batch_size=100, starting_position="TRIM_HORIZON")
@lambda_style
@logger.inject_lambda_context
def agent_events(event: Document, context: Any) -> None:
    """Keep what agent events say; while a store is busy the whole batch comes again, which harms nothing."""
    noted = note(
        [base64.b64decode(record["kinesis"]["data"]).decode(errors="replace") for record in event["Records"]],
        events=wiring.agent_event_book(),
        parked=wiring.parking_lot(),
    )
    logger.info("agent events noted", applied=noted.applied, parked=noted.parked)


@doors.on_dynamodb_record(
    stream_arn="arn:placeholder", name="agent_folding", batch_size=100, starting_position="TRIM_HORIZON"
)
@lambda_style
@logger.inject_lambda_context
def agent_folding(event: Document, context: Any) -> None:
    """Fold the intervals around what was newly said of agents."""
    changed = [record["dynamodb"]["Keys"] for record in event["Records"] if record["eventName"] != "REMOVE"]
    written = fold(
        [(keys["agent_id"]["S"], keys["event"]["S"]) for keys in changed],
        events=wiring.agent_event_book(),
        states=wiring.agent_state_book(),
        parked=wiring.parking_lot(),
    )
    logger.info("agents folded", records=len(event["Records"]), written=written)
