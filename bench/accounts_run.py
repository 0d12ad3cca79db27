"""Members brought into the cloud in memory by the real door, and made into a file by the real command."""

import gzip
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import boto3

import bench.doors  # noqa: F401  first, so that what doors log goes nowhere
from bench.clock import cpu_seconds
from bench.put_in_batches import put_in_batches
from chalicelib.accounts.model.member import Entry, Member, Withdrawal, cards_of, text_of
from chalicelib.accounts.model.number import has_check_digit
from chalicelib.accounts.store.members import account_item, token_item
from chalicelib.accounts.vault import KmsTokens
from infra.operations.accounts.first_load import write_parts
from infra.operations.accounts.making import Making, MemberFile
from infra.operations.accounts.rows import COLUMNS, Rows
from infra.operations.replay.__main__ import Clock
from tests.accounts.members import NOON, arrives, carry, file_of, member, stands
from tests.support.cloud import Cloud
from tests.support.cloud.items import Row

LUCK = 20261123
TABLES = ("AccountsTable", "CardTokensTable")


@dataclass(frozen=True)
class Brought:
    """One import: CPU seconds without the answering's, those of bare writes of the same items, and what was asked of AWS.

    `written` and `read` are items; `line_bytes` those of the whole file.
    """

    members: int
    seconds: float
    bare: float
    calls: int
    transactions: int
    written: int
    read: int
    line_bytes: int


@dataclass(frozen=True)
class Stored:
    """Bytes of one member, on average: its account and its tokens as DynamoDB counts them, and as lines for its import."""

    account: float
    token: float
    import_lines: float
    packed: float


@dataclass(frozen=True)
class Made:
    """CPU seconds of making a member file of so many numbers, and of as many bare calls of KMS."""

    numbers: int
    seconds: float
    bare: float


def invented(luck: Random, members: int) -> list[Entry]:
    """Return members as a card system might have them: every fifth has two cards."""
    return [
        member(
            number,
            account_id=f"{luck.randrange(16**6):06x}-M{number}",
            name=luck.choice(("佐藤 花子", "鈴木 一郎", "Emma Brown", "高橋 健太郎")),
            addresses=(f"+8190{luck.randrange(10**8):08}", f"member{number}@example.jp"),
            cards=tuple(sorted(_token(luck) for _ in range(1 + (number % 5 == 0)))),
        )
        for number in range(members)
    ]


def changed(entries: list[Entry], luck: Random, *, other_cards: float, withdrawn: float) -> list[Entry]:
    """Return a later entry of each: some with other cards, some withdrawn, the others with another name alone."""
    told: list[Entry] = []
    for entry in entries:
        assert isinstance(entry, Member)
        later = NOON + timedelta(hours=1)
        dice = luck.random()
        if dice < withdrawn:
            told.append(Withdrawal(entry.account_id, later))
        elif dice < withdrawn + other_cards:
            told.append(entry._replace(changed_at=later, cards=(_token(luck),)))
        else:
            told.append(entry._replace(changed_at=later, name="山田 太郎"))
    return told


def brought(cloud: Cloud, entries: list[Entry], bare: Any, reference: Cloud) -> Brought:
    """Bring entries into what the cloud holds, and write the items that they are bare into another."""
    content = file_of(entries)
    reference.clear()
    items = items_of(entries)
    whole_bare = cpu_seconds(lambda: put_in_batches(bare, items))
    cloud.tally.clear()
    import_id = arrives(cloud, content, sequencer=str(len(cloud.sqs.queues)) + str(id(entries)))
    whole = cpu_seconds(lambda: carry(cloud))
    assert stands(import_id).counts.written == len(entries)
    total = {table: cloud.tally.total(resource=table) for table in (*TABLES, "+".join(TABLES))}
    return Brought(
        members=len(entries),
        seconds=whole - cloud.tally.seconds,
        bare=whole_bare - reference.tally.seconds,
        calls=cloud.tally.total().calls,
        transactions=cloud.tally.total("TransactWriteItems").calls,
        written=sum(each.items_written for each in total.values()),
        read=total["AccountsTable"].items_read,
        line_bytes=len(content),
    )


def items_of(entries: list[Entry]) -> dict[str, list[Any]]:
    """Return the items that entries become in empty tables."""
    return {
        "AccountsTable": [account_item(entry, at=NOON) for entry in entries],
        "CardTokensTable": [token_item(card, entry.account_id) for entry in entries for card in cards_of(entry)],
    }


def stored(entries: list[Entry]) -> Stored:
    """Return what these take in the tables and on the way to DynamoDB's import."""
    items = items_of(entries)
    sizes = {table: sum(Row.of(item).size for item in own) for table, own in items.items()}
    with TemporaryDirectory() as directory:
        lines, parts = Path(directory) / "members.jsonl", Path(directory) / "parts"
        lines.write_text("".join(f"{text_of(entry)}\n" for entry in entries))
        write_parts(lines, parts, now=NOON)
        written = [part.read_bytes() for part in parts.rglob("*.gz")]
    return Stored(
        account=sizes["AccountsTable"] / len(entries),
        token=sizes["CardTokensTable"] / len(items["CardTokensTable"]),
        import_lines=sum(len(gzip.decompress(part)) for part in written) / len(entries),
        packed=sum(map(len, written)) / len(entries),
    )


def made(numbers: int) -> Made:
    """Make a member file of rows with so many card numbers; beside it the same number of bare calls."""
    luck, cloud = Random(LUCK), Cloud()
    cards = [_number(luck) for _ in range(numbers)]
    with TemporaryDirectory() as directory, cloud.everywhere():
        kms = boto3.client("kms")
        rows = Path(directory) / "rows.csv"
        head, day = ",".join(COLUMNS), "2026-11-20T03:00:00Z"
        rows.write_text(
            "\n".join(
                [head, *(f"A-{number},会員,+81312345678,ja,open,5,{card},{day}" for number, card in enumerate(cards))]
            )
        )
        making = Making(KmsTokens(lambda: kms, {1: "CardTokenKey.Arn"}), 1, per_second=1e9, clock=Clock(), now=NOON)
        whole = cpu_seconds(lambda: making.run(Rows(rows), MemberFile(Path(directory) / "out.jsonl")))
        seconds = whole - cloud.tally.seconds
        cloud.tally.clear()
        bare = cpu_seconds(lambda: _bare(kms, cards))
        return Made(numbers=numbers, seconds=seconds, bare=bare - cloud.tally.seconds)


def _bare(kms: Any, cards: list[str]) -> None:
    for card in cards:
        kms.generate_mac(KeyId="CardTokenKey.Arn", MacAlgorithm="HMAC_SHA_256", Message=card.encode())


def _token(luck: Random) -> str:
    return f"1.{urlsafe_b64encode(sha256(luck.randbytes(16)).digest()).decode().rstrip('=')}"


def _number(luck: Random) -> str:
    front = f"4{luck.randrange(10**14):014}"
    return next(f"{front}{last}" for last in range(10) if has_check_digit(f"{front}{last}"))
