"""The way in for member files: S3 tells of one that came, and its slices come one by one."""

from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring
from chalicelib.accounts.service.importing import carry_out
from chalicelib.edge import Document, lambda_style, logger

doors = Blueprint(__name__)


# One message at a time: a slice is work for half a minute, and what one meets must not bring others again.
@doors.on_sqs_message(queue_arn="arn:placeholder", name="account_import", batch_size=1, maximum_concurrency=4)
@lambda_style
@logger.inject_lambda_context
def account_import(event: Document, context: Any) -> None:
    """Bring members in; what could not be done for now comes again."""
    for record in event["Records"]:
        for whole in carry_out(record["body"], rooms=wiring.import_rooms()):
            logger.info(
                "member file",
                key=whole.id.key,
                sequencer=whole.id.sequencer,
                state=whole.state,
                why=whole.why,
                slices=whole.slices,
                slices_done=whole.slices_done,
                **whole.counts._asdict(),
            )
