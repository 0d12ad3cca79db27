"""Send synthetic contacts into a running stack.

python -m infra.local.traffic --seed 7                  in real time, until it is ended
python -m infra.local.traffic --contacts 200 --fast     at once, as if they had come in the last minutes
"""

import argparse
import logging
import os
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.local import state
from infra.local.connect.centre import Centre
from infra.local.connect.delivery import Post
from infra.local.settings import Settings, lead_to
from infra.local.traffic.customers import Contact, Customers
from infra.local.traffic.documents import Event, Record
from infra.local.traffic.sending import Sender, in_order

logger = logging.getLogger("traffic")
PAUSE = 2.0  # seconds before trying again what could not be sent
TOGETHER = 200  # documents sent between two looks, when there is no hurry to wait for


def send_as_it_happens(seed: int, sender: Sender) -> None:
    """Send each document at its moment, for ever."""
    for document in in_order(Customers(centre=Centre.of_file(), seed=seed, start=datetime.now(UTC))):
        time.sleep(max(0.0, (document.at - datetime.now(UTC)).total_seconds()))
        _surely(sender, [document])


def send_at_once(seed: int, contacts: int, sender: Sender) -> int:
    """Send all documents of the first `contacts` contacts, the last of which is over now; return how many documents."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    chosen = _first(contacts, Customers(centre=Centre.of_file(), seed=seed, start=start))
    # Decide once to learn how long it takes, then again from the start that makes it end now.
    longest = max(contact.completed_at for contacts_of_one in chosen for contact in contacts_of_one) - start
    beginning = datetime.now(UTC) - longest - timedelta(seconds=2)
    documents = list(in_order(_first(contacts, Customers(centre=Centre.of_file(), seed=seed, start=beginning))))
    for begin in range(0, len(documents), TOGETHER):
        _surely(sender, documents[begin : begin + TOGETHER])
    return len(documents)


def _first(contacts: int, customers: Iterable[list[Contact]]) -> list[list[Contact]]:
    chosen: list[list[Contact]] = []
    for one in customers:
        chosen.append(one)
        if sum(map(len, chosen)) >= contacts:
            break
    return chosen


def _surely(sender: Sender, documents: Sequence[Event | Record]) -> None:
    while True:
        try:
            return sender.send(documents)
        except (BotoCoreError, ClientError) as problem:
            logger.warning("The stack takes no contacts: %s; trying again", problem)
            time.sleep(PAUSE)


def main() -> None:
    """Send as told on the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    parser = argparse.ArgumentParser(
        prog="infra.local.traffic", description="Send synthetic contacts into a running stack."
    )
    parser.add_argument("--stack", type=Path, default=None, help="the stack's file (default: stack.json of LOCAL_DIR)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--contacts", type=int, default=200, help="how many, with --fast")
    parser.add_argument("--fast", action="store_true", help="send them at once instead of in real time")
    arguments = parser.parse_args()
    stack = state.read(arguments.stack or Settings.of(os.environ).directory / "stack.json")
    lead_to(stack.aws_endpoint)
    sender = Sender(Post.of(stack.outputs))
    if arguments.fast:
        print(f"{send_at_once(arguments.seed, arguments.contacts, sender)} documents sent")
    else:
        send_as_it_happens(arguments.seed, sender)


if __name__ == "__main__":
    main()
