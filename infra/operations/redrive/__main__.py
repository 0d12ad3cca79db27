"""`make redrive QUEUE=parked|dead-letters|given-up [STAGE=…] [CHOOSE=all|1,3]`: look, choose, put back."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress
from rich.prompt import Prompt
from rich.table import Table

from infra.operations.place import NoPlace, Place, find
from infra.operations.progress import counting_bar
from infra.operations.redrive.letters import Group, Letter, Message, chosen, dead, given_up, grouped, parked
from infra.operations.redrive.ways_back import NotPutBack, WaysBack

QUEUES: dict[str, tuple[str, Callable[[Message], Letter]]] = {
    "parked": ("ParkedQueueUrl", parked),
    "dead-letters": ("DeadLetterQueueUrl", dead),
    "given-up": ("StreamFailuresQueueUrl", given_up),
}
HELD = 900
"""Seconds for which letters that somebody looks at are hidden from others."""
SHOWN = 3


class Outcome(NamedTuple):
    """What became of the chosen letters: how many went back, and how often which reason kept one where it is."""

    put_back: int
    kept: Counter[str]


class Queue:
    """One of the queues of things that failed."""

    def __init__(self, place: Place, name: str) -> None:
        output, self._read = QUEUES[name]
        self._url = place.outputs[output]
        self._sqs = place.client("sqs")

    def letters(self) -> Iterator[Letter]:
        """Yield every letter, hidden from others for as long as somebody may look at them."""
        # Without a wait SQS asks only some of its servers, and an empty answer would not mean an empty queue.
        asked = {
            "QueueUrl": self._url,
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": HELD,
            "WaitTimeSeconds": 1,
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        while messages := self._sqs.receive_message(**asked).get("Messages", []):
            yield from map(self._read, messages)

    def forget(self, letter: Letter) -> None:
        """Delete a letter that went back."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=letter.receipt)

    def release(self, letter: Letter) -> None:
        """Let others see the letter again."""
        self._sqs.change_message_visibility(QueueUrl=self._url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)


def redrive(queue: Queue, ways: WaysBack, choose: Callable[[list[Group]], list[Group]], bar: Progress) -> Outcome:
    """Let somebody choose among the letters of a queue, and put those back; a letter leaves the queue once it is back."""
    found = list(queue.letters())
    try:
        wanted = {letter.receipt for group in choose(grouped(found)) for letter in group.letters}
    except BaseException:
        for letter in found:
            queue.release(letter)
        raise
    outcome = Outcome(put_back=0, kept=Counter())
    task = bar.add_task("Putting back", total=len(wanted)) if wanted else None
    for letter in found:
        if letter.receipt not in wanted:
            queue.release(letter)
            continue
        try:
            ways.put_back(letter)
        except NotPutBack as problem:
            outcome.kept[str(problem)] += 1
            queue.release(letter)
        else:
            queue.forget(letter)
            outcome = outcome._replace(put_back=outcome.put_back + 1)
        if task is not None:
            bar.advance(task)
    return outcome


def table_of(groups: Sequence[Group]) -> Table:
    """Return the groups as somebody looks at them: identifiers and reasons, nothing that a customer said."""
    table = Table("", "source", "field", "why", "letters", "first failed (UTC)", "about")
    for number, group in enumerate(groups, 1):
        names = list(dict.fromkeys(letter.about for letter in group.letters if letter.about))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        first = f"{group.first_failed_at:%Y-%m-%d %H:%M:%S}"
        about = ", ".join(names[:SHOWN]) + more
        table.add_row(str(number), group.source, group.field, group.reason, str(len(group.letters)), first, about)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Redrive as told on the command line; 1 when a chosen letter could not go back, 2 when nothing could be done."""
    parser = argparse.ArgumentParser(prog="make redrive", description="Put back what failed.")
    parser.add_argument(
        "queue", choices=QUEUES, help="parked: unreadable; dead-letters: crashed; given-up: stream batches"
    )
    parser.add_argument("--stage", default="local")
    parser.add_argument("--choose", default="", help="all, or numbers such as 1,3; without it you are asked")
    told = parser.parse_args(arguments)
    console = Console()
    try:
        place = find(told.stage)
        bar = counting_bar(console)
        with bar:
            outcome = redrive(Queue(place, told.queue), WaysBack(place), _choosing(told.choose, console, bar), bar)
    except (NoPlace, BotoCoreError, ClientError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    console.print(f"{outcome.put_back} put back, {outcome.kept.total()} kept where they are.")
    for reason, count in outcome.kept.most_common():
        console.print(f"  {count}: {reason}", markup=False)
    return 1 if outcome.kept else 0


def _choosing(words: str, console: Console, bar: Progress) -> Callable[[list[Group]], list[Group]]:
    def choose(groups: list[Group]) -> list[Group]:
        if not groups:
            console.print("The queue is empty.")
            return []
        console.print(table_of(groups))
        if words:
            return chosen(words, groups)
        bar.stop()
        try:
            return _asked(groups, console)
        finally:
            bar.start()

    return choose


def _asked(groups: list[Group], console: Console) -> list[Group]:
    while True:
        words = Prompt.ask(
            "Which go back? (1,3 · all · show 2 prints documents, customers' data included · Enter: none)"
        )
        if not words:
            return []
        try:
            if words.startswith("show "):
                _show(chosen(words.removeprefix("show "), groups), console)
            else:
                return chosen(words, groups)
        except ValueError as problem:
            console.print(str(problem), markup=False)


def _show(groups: list[Group], console: Console) -> None:
    for letter in [letter for group in groups for letter in group.letters[:SHOWN]]:
        console.print(letter.body, markup=False)


if __name__ == "__main__":
    sys.exit(main())
