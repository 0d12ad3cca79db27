"""Ways into the story of connection quality."""

from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib import settings, wiring
from chalicelib.contacts.model import Contact
from chalicelib.edge import Document, lambda_style, logger, more_time
from chalicelib.items import plain
from chalicelib.quality.service import Change, bring_up_to_date, correct_drift, note_changes, show_waiting
from chalicelib.routing.service import read_directory

doors = Blueprint(__name__)


@doors.on_dynamodb_record(
    stream_arn="arn:placeholder", name="quality_changes", batch_size=500, starting_position="TRIM_HORIZON"
)
@lambda_style
@logger.inject_lambda_context
def quality_changes(event: Document, context: Any) -> None:
    """Note in which intervals contacts count that changed."""
    changes = [
        Change(before=_contact(record, "OldImage"), after=after)
        for record in event["Records"]
        if (after := _contact(record, "NewImage")) is not None
    ]
    cells = note_changes(changes, tally=wiring.tally(), name=event["Records"][-1]["dynamodb"]["SequenceNumber"])
    logger.info("changed contacts noted", records=len(event["Records"]), cells=cells)


@doors.schedule(Rate(1, unit=Rate.MINUTES), name="quality_figures")
@lambda_style
@logger.inject_lambda_context
def quality_figures(event: Document, context: Any) -> None:
    """Bring figures and CloudWatch up to date with what changed."""
    now = datetime.fromisoformat(event["time"])
    directory = read_directory(
        directory=wiring.directory_book(), service_level_seconds=settings.number("SERVICE_LEVEL_SECONDS")
    )
    counted = bring_up_to_date(
        now=now, tally=wiring.tally(), gauge=wiring.gauge(), directory=directory, more_time=more_time(context)
    )
    show_waiting(now=now, waiting=wiring.contact_book().waiting(), gauge=wiring.gauge(), directory=directory)
    logger.info("figures up to date", cells=counted.cells, points=counted.points, complete=counted.complete)


@doors.schedule(Rate(1, unit=Rate.DAYS), name="quality_check")
@lambda_style
@logger.inject_lambda_context
def quality_check(event: Document, context: Any) -> None:
    """Make CloudWatch hold what it was meant to hold."""
    directory = read_directory(
        directory=wiring.directory_book(), service_level_seconds=settings.number("SERVICE_LEVEL_SECONDS")
    )
    now = datetime.fromisoformat(event["time"])
    points = correct_drift(now=now, tally=wiring.tally(), gauge=wiring.gauge(), directory=directory)
    logger.info("drift corrected", points=points)


def _contact(record: Document, image: str) -> Contact | None:
    item = record["dynamodb"].get(image)
    return Contact.of_plain(plain(item)) if item else None
