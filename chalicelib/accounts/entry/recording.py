"""The way in of the flow that takes a card number in the middle of a call: nobody records meanwhile."""

from typing import Any

from chalice.app import Blueprint

from chalicelib import wiring
from chalicelib.accounts.service.recording import Call, pause, resume
from chalicelib.edge import Document, logger

doors = Blueprint(__name__)


@doors.lambda_function(name="card_recording")
@logger.inject_lambda_context
def card_recording(event: Document, context: Any) -> dict[str, str]:
    """Pause the recordings of the agent's contact, or let them go on: `do` is `pause` or `resume`, the answer one `outcome`.

    The flow plays on the consultation; what is recorded is the contact before it. Format: Administrator Guide, "Invoke AWS Lambda
    functions". Whatever raises is asked again by Connect, and then takes the flow's error branch.
    """
    details = event["Details"]
    contact, wanted = details["ContactData"], details["Parameters"]["do"]
    call = Call(contact_id=contact["PreviousContactId"], initial_id=contact["InitialContactId"])
    act = {"pause": pause, "resume": resume}[wanted]
    outcome = act(call, recorder=wiring.card_recorder())
    logger.info("recording around card entry", contact=call.contact_id, do=wanted, outcome=outcome)
    return {"outcome": outcome}
