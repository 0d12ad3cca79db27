"""The local centre's card key: what callers key is encrypted by it in the local Connect, and opened by the application.

A pair and its certificate belong to one directory, where only its owner reads them; `KEEP=1` keeps them, so that what an earlier run
encrypted can still be opened.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3

from chalicelib.accounts.store.certificates import DynamoCertificateBook
from infra.card_keys import BITS, CardKey, NoSecret, keys_in, secret_of
from infra.card_keys import make as make_key
from infra.local.connect.intrinsics import id_of
from infra.local.state import write_private
from infra.operations.card_keys.ring import KeyRing

DAYS = 730
CARD_KEY = "CardKey"
"""The logical name of the key in infra/connect.yaml."""


def make(now: datetime, *, bits: int = BITS) -> CardKey:
    """Make a key that the local Connect knows; with the usual size it takes seconds. It holds in the past as well, since days of it are played."""
    key = make_key(now, days=DAYS, common_name="Tsunagu local", bits=bits, holds_since=now - timedelta(days=DAYS))
    return key._replace(key_id=id_of(CARD_KEY))


def of_directory(path: Path, *, keep: bool) -> Future[CardKey]:
    """Begin to make a key and keep it in a file, or take the one that lies there; `result()` waits for it."""
    aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="card-key")
    try:
        return aside.submit(_of_directory, path, keep)
    finally:
        aside.shutdown(wait=False)


def _of_directory(path: Path, keep: bool) -> CardKey:
    if keep:
        try:
            [key] = keys_in(path.read_text())
        except (FileNotFoundError, NoSecret, ValueError):
            pass
        else:
            return key
    key = make(datetime.now(UTC).replace(microsecond=0))
    write_private(path, secret_of([key]))
    return key


def store(key: CardKey, outputs: Mapping[str, str]) -> None:
    """Put the key where the application looks for it, beside those that somebody has added there since."""
    book = DynamoCertificateBook(boto3.client("dynamodb"), outputs["CardCertificatesTable"])
    ring = KeyRing(boto3.client("secretsmanager"), outputs["CardKeysArn"], book)
    held = ring.read()
    if key.fingerprint not in {each.fingerprint for each in held.keys}:
        ring.add(held, key)
    ring.watch()
