"""The way in of the clock: certificates are looked at."""

from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib import wiring
from chalicelib.accounts.service.watching import watch
from chalicelib.edge import Document, lambda_style, logger

doors = Blueprint(__name__)


@doors.schedule(Rate(6, unit=Rate.HOURS), name="card_key_watch")
@lambda_style
@logger.inject_lambda_context
def card_key_watch(event: Document, context: Any) -> None:
    """Publish how long the certificates of the card keys last."""
    now = datetime.fromisoformat(event["time"])
    days_left = watch(now=now, certificates=wiring.card_certificates(), gauge=wiring.certificate_gauge())
    logger.info("card certificates looked at", days_left=days_left)
