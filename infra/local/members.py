"""The demo's members: they come in by the import that all members come in by, while the rest of the centre starts.

Their cards, in `members.csv`, have the test numbers that schemes publish; nobody was ever given such a card.
"""

import csv
from collections.abc import Callable, Mapping
from threading import Thread

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.problems import TryAgain
from infra.local.settings import EVENT_SOURCE, REGION, ROOT_KEY, STAGE
from infra.operations.accounts.bringing import Stuck
from infra.operations.accounts.demo import MEMBERS, load_demo_members
from infra.operations.accounts.rows import BadFile
from infra.operations.place import Place
from infra.operations.replay.__main__ import Clock


def cards() -> list[str]:
    """Return the numbers of all members' cards, as callers key them."""
    with MEMBERS.open(newline="", encoding="utf-8") as rows:
        written = [card for row in csv.DictReader(rows) for card in row["cards"].split(";")]
    return [card.replace(" ", "") for card in written if card]


def begin_to_bring_in(endpoint: str, outputs: Mapping[str, str], *, tell: Callable[[str], None]) -> Thread:
    """Bring the members into the centre on this machine, beside whatever else goes on; `tell` hears of it only if that fails.

    Nothing waits for them: who calls before they are there goes to an agent, as anybody does whom no account is known of.
    """
    session = boto3.session.Session(
        aws_access_key_id=ROOT_KEY["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_KEY["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    place = Place(name=STAGE, session=session, outputs=outputs, event_source=EVENT_SOURCE, endpoint=endpoint)

    def bring_in() -> None:
        try:
            load_demo_members(place, clock=Clock())
        except (BadFile, Stuck, TryAgain, Boto3Error, BotoCoreError, ClientError) as problem:
            tell(f"The demo's members did not come in: {problem}")

    thread = Thread(target=bring_in, name="members", daemon=True)
    thread.start()
    return thread
