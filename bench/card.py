"""What it costs to open what a caller keyed, against the one operation that nobody can spare; and a whole lookup."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from random import Random
from statistics import quantiles

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bench.clock import side_by_side
from bench.doors import card_lookup
from bench.report import Report
from chalicelib import wiring
from chalicelib.accounts.model.number import CardNumber, read_number
from chalicelib.accounts.opening import SdkOpener
from chalicelib.accounts.vault import Pem, PrivateKey
from chalicelib.items import typed
from tests.accounts.messages import KEY_ID, Pair, card, secret
from tests.accounts.room import request
from tests.support.cloud import Cloud
from tests.support.house import opened
from tests.support.lambda_context import LambdaContext

MESSAGES, ANEW, LOOKUPS = 300, 3, 500
TIMES = 2.2
SEED = 20260617
IMPORTS = {
    "cryptography, as far as needed": "cryptography.hazmat.primitives.asymmetric.rsa, cryptography.hazmat.primitives.serialization",
    "boto3": "boto3",
    "the AWS Encryption SDK, which imports boto3": "aws_encryption_sdk",
}
PROBE = (
    "import pathlib, time; began = time.process_time(); import {}; spent = time.process_time() - began;"
    "status = pathlib.Path('/proc/self/status'); lines = status.read_text().splitlines() if status.exists() else ['VmHWM: 0'];"
    "print(spent * 1000, next(int(line.split()[1]) for line in lines if line.startswith('VmHWM:')) / 1024)"
)


def main() -> int:
    report = Report(
        "card", "one RSA-4096 private operation (OAEP, SHA-512) of `cryptography`, in turns with what is measured"
    )
    keys, luck = Pair(rsa.generate_private_key(65537, 4096)), Random(SEED)
    _opening(report, keys, luck)
    _imports(report)
    _lookup(report, keys, luck)
    return report.finish()


def _opening(report: Report, keys: Pair, luck: Random) -> None:
    held = [PrivateKey(key_id=KEY_ID, pem=Pem(keys.pem))]
    opener = SdkOpener(lambda key_id: held)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)
    wrapped = [keys.private.public_key().encrypt(os.urandom(32), oaep) for _ in range(MESSAGES)]
    portions = [(key, keys.stored_with_drawn_ivs(card(luck))) for key in wrapped]
    opener.open(portions[0][1])
    kept = side_by_side(
        portions,
        {
            "bare": lambda portion: keys.private.decrypt(portion[0], oaep),
            "ours": lambda portion: _recognised(opener, portion[1]),
        },
    )
    anew = side_by_side(
        portions[:ANEW],
        {
            "bare": lambda portion: keys.private.decrypt(portion[0], oaep),
            "anew": lambda portion: _recognised(SdkOpener(lambda key_id: held), portion[1]),
        },
    )
    bare = kept["bare"] / MESSAGES
    rows = [
        ["one private operation", f"{bare * 1000:.2f}", "1.00"],
        [
            "opened and recognised, key kept",
            f"{kept['ours'] / MESSAGES * 1000:.2f}",
            f"{kept['ours'] / kept['bare']:.2f}",
        ],
        ["the same, key parsed each time", f"{anew['anew'] / ANEW * 1000:.0f}", f"{anew['anew'] / anew['bare']:.0f}"],
    ]
    report.table(f"CPU milliseconds a message, {MESSAGES} of them", ["", "ms", "times"], rows)
    times = kept["ours"] / kept["bare"]
    report.promise(
        f"opened and recognised, warm: at most {TIMES} times the private operation",
        f"{times:.2f} times",
        kept=times <= TIMES,
    )


def _recognised(opener: SdkOpener, text: str) -> None:
    assert isinstance(read_number(opener.open(text).keyed), CardNumber)


def _imports(report: Report) -> None:
    rows = []
    for name, modules in IMPORTS.items():
        said = [
            subprocess.run(
                [sys.executable, "-c", PROBE.format(modules)], capture_output=True, text=True, check=True
            ).stdout
            for _ in range(5)
        ]
        milliseconds, megabytes = min(tuple(map(float, each.split())) for each in said)
        rows.append([name, f"{milliseconds:.0f}", f"{megabytes:.0f}"])
    report.table("Imports, in a fresh interpreter, best of five", ["", "CPU ms", "MB in all"], rows)


def _lookup(report: Report, keys: Pair, luck: Random) -> None:
    cloud, digits = Cloud(), [card(luck) for _ in range(LOOKUPS)]
    cloud.secrets_manager.secrets["CardKeys"] = secret((KEY_ID, keys))
    with opened(cloud):
        dynamodb = cloud.client("dynamodb")
        for number, each in enumerate(digits[: LOOKUPS // 2]):
            token = wiring.card_tokens().token(CardNumber(each), 1).text()
            account: dict[str, str | int | bytes] = {"account_id": f"{number}", "status": "open"}
            dynamodb.put_item(TableName="CardTokensTable", Item=typed({"token": token, "account_id": f"{number}"}))
            dynamodb.put_item(TableName="AccountsTable", Item=typed(account))
        events = [
            request(
                keys.stored_with_drawn_ivs(each), f"{number:08x}-1111-4222-8333-444455556666", address=None, by="menu"
            )
            for number, each in enumerate(digits)
        ]
        took = [_milliseconds(partial(card_lookup, event, LambdaContext())) for event in events]
    found, lost = sorted(took[1 : LOOKUPS // 2]), sorted(took[LOOKUPS // 2 :])
    rows = [
        [name, *(f"{quantiles(some, n=100)[at - 1]:.1f}" for at in (50, 99))]
        for name, some in (("a card that is found", found), ("a card that is not", lost))
    ]
    report.table(
        f"Milliseconds of the whole function, AWS answered in memory, {LOOKUPS} lookups", ["", "p50", "p99"], rows
    )


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main())
