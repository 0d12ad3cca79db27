"""Ways into the story of contacts."""

import base64
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Rate

from chalicelib import wiring
from chalicelib.contacts.model import read_event, read_record
from chalicelib.contacts.service import Letter, Noted, fold, note
from chalicelib.contacts.service.sweep import reconcile
from chalicelib.edge import Document, lambda_style, logger, more_time
from chalicelib.problems import TryAgain

doors = Blueprint(__name__)


@doors.on_sqs_message(
    queue_arn="arn:placeholder",
    name="contact_events",
    batch_size=100,
    maximum_batching_window_in_seconds=1,
    maximum_concurrency=20,
)
@lambda_style
@logger.inject_lambda_context
def contact_events(event: Document, context: Any) -> Document:
    """Keep what contact events say; SQS brings back those that could not be kept for now."""
    noted = note(
        [Letter(id=record["messageId"], body=record["body"]) for record in event["Records"]],
        source="contact-events",
        read=read_event,
        facts=wiring.fact_book(),
        parked=wiring.parking_lot(),
    )
    _log(noted, "contact events noted")
    return {"batchItemFailures": [{"itemIdentifier": letter_id} for letter_id in noted.back]}


@doors.on_kinesis_record(stream="placeholder", name="contact_records", batch_size=100, starting_position="TRIM_HORIZON")
@lambda_style
@logger.inject_lambda_context
def contact_records(event: Document, context: Any) -> None:
    """Keep what contact records say; while a store is busy the whole batch comes again, which harms nothing."""
    noted = note(
        [Letter(id=record["kinesis"]["sequenceNumber"], body=_text_in(record)) for record in event["Records"]],
        source="contact-records",
        read=read_record,
        facts=wiring.fact_book(),
        parked=wiring.parking_lot(),
    )
    _log(noted, "contact records noted")
    if noted.back:
        raise TryAgain(f"{len(noted.back)} contact records could not be kept for now; the batch comes again.")


@doors.on_dynamodb_record(
    stream_arn="arn:placeholder", name="contact_folding", batch_size=100, starting_position="TRIM_HORIZON"
)
@lambda_style
@logger.inject_lambda_context
def contact_folding(event: Document, context: Any) -> None:
    """Fold the contacts of which something new was said."""
    changed = fold(
        [
            record["dynamodb"]["Keys"]["contact_id"]["S"]
            for record in event["Records"]
            if record["eventName"] != "REMOVE"
        ],
        facts=wiring.fact_book(),
        contacts=wiring.contact_book(),
        parked=wiring.parking_lot(),
    )
    logger.info("contacts folded", records=len(event["Records"]), changed=changed)


@doors.schedule(Rate(5, unit=Rate.MINUTES), name="contact_sweep")
@lambda_style
@logger.inject_lambda_context
def contact_sweep(event: Document, context: Any) -> None:
    """Ask Connect about open contacts that went silent, and publish how many stay so."""
    connect = wiring.connect()
    swept = reconcile(
        now=datetime.fromisoformat(event["time"]),
        connect=connect,
        contacts=wiring.contact_book(),
        facts=wiring.fact_book(),
        parked=wiring.parking_lot(),
        gauge=wiring.silence_gauge(),
        more_time=more_time(context),
    )
    if connect is None:
        logger.warning("nobody to ask about silent contacts: the parameter ConnectInstanceId is empty")
    logger.info("silent contacts asked about", **swept._asdict())


def _text_in(record: Document) -> str:
    return base64.b64decode(record["kinesis"]["data"]).decode(errors="replace")


def _log(noted: Noted, what: str) -> None:
    logger.info(what, applied=noted.applied, parked=noted.parked, back=len(noted.back))
