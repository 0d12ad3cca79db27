"""Ways into the story of requests from the desk; the API takes them, this carries them out."""

from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring
from chalicelib.edge import Document, lambda_style, logger
from chalicelib.requests.service import carry_out

doors = Blueprint(__name__)


# One message at a time: what one request meets must not hold up another's cry for help.
@doors.on_sqs_message(queue_arn="arn:placeholder", name="desk_requests", batch_size=1, maximum_concurrency=5)
@lambda_style
@logger.inject_lambda_context
def desk_requests(event: Document, context: Any) -> None:
    """Carry out what staff ask for; what could not be done for now comes again."""
    for record in event["Records"]:
        answer = carry_out(
            record["body"],
            connect=wiring.connect_desk(),
            facts=wiring.fact_book(),
            answers=wiring.answer_book(),
            accesses=wiring.access_log(),
            parked=wiring.parking_lot(),
        )
        if answer is None:
            logger.warning("a request that nobody can read was parked")
        else:
            logger.info(
                "request carried out",
                request=answer.request.request_id,
                wish=answer.request.wish,
                contact=answer.request.contact_id,
                state=answer.state,
                why=answer.why,
            )
