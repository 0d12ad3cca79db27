"""Way into the second check; the API takes checks, this compares them."""

from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring
from chalicelib.accounts.service.checks import carry_out_check
from chalicelib.edge import Document, lambda_style, logger

doors = Blueprint(__name__)


# One message at a time: what one check meets holds up no other. A message that nobody can read crashes and ends among the dead
# letters: it may hold what a customer said, and the parked queue is one place more that would keep it.
@doors.on_sqs_message(queue_arn="arn:placeholder", name="account_checks", batch_size=1, maximum_concurrency=5)
@lambda_style
@logger.inject_lambda_context
def account_checks(event: Document, context: Any) -> None:
    """Compare what customers said with what members are registered with; what could not be done for now comes again."""
    for record in event["Records"]:
        check, outcome = carry_out_check(
            record["body"],
            identifications=wiring.identification_book(),
            members=wiring.member_book(),
            audit=wiring.check_audit(),
            memory=wiring.flow_memory(),
        )
        logger.info("check compared", check=check.check_id, fact=check.asked, contact=check.contact_id, outcome=outcome)
