"""The way in of keyed digits: the one door behind which a card number is seen, and from which none comes out."""

import time
from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint

from chalicelib import settings, wiring
from chalicelib.accounts.model.answer import Answer, Outcome
from chalicelib.accounts.model.entry import By
from chalicelib.accounts.service.lookup import Asked, NotOpened, Patience, look_up
from chalicelib.contacts.model import ContactId
from chalicelib.edge import Document, logger

doors = Blueprint(__name__)


@doors.lambda_function(name="card_lookup")
@logger.inject_lambda_context
def card_lookup(event: Document, context: Any) -> dict[str, str]:
    """Answer a flow whose account the card is that its caller keyed: always the same five keys, all texts.

    `Parameters` are `card`, the stored input, and `by`, `menu` or `call`. Format: Administrator Guide, "Invoke AWS Lambda functions".
    Connect asks again when a function fails, up to three times, while a caller waits: so whatever goes wrong is an answer too,
    `unavailable`. The log says of it what kind it was and nothing of what it said.
    """
    contact: str | None = None
    try:
        asked = _asked(event)
        contact = asked.contact_id
        answer = look_up(
            asked,
            trunks=(settings.optional("COMPANY_TRUNKS") or "").replace(",", " ").split(),
            opener=wiring.card_opener(),
            entries=wiring.card_entries(),
            tokens=wiring.card_tokens(),
            members=wiring.card_members(),
            # Last: what a cold start takes to import is nobody's delay.
            patience=Patience(time.monotonic),
        )
    except Exception as error:
        logger.error("card lookup unavailable", kind=_kind(error), contact=contact)
        return Answer(outcome=Outcome.UNAVAILABLE).flat()
    logger.info("card lookup", outcome=answer.outcome.value, contact=contact)
    return answer.flat()


def _asked(event: Document) -> Asked:
    details = event["Details"]
    contact, parameters = details["ContactData"], details["Parameters"]
    return Asked(
        stored_input=parameters.get("card") or "",
        contact_id=ContactId(contact.get("InitialContactId") or contact["ContactId"]),
        address=(contact.get("CustomerEndpoint") or {}).get("Address"),
        by=By(parameters["by"]),
        at=datetime.now(UTC),
    )


def _kind(error: Exception) -> str:
    """Return what kind of trouble it was: AWS's own name for it, ours with its reason, or that of its class."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", type(error).__name__))
    return f"{type(error).__name__}: {error}" if isinstance(error, NotOpened) else type(error).__name__
