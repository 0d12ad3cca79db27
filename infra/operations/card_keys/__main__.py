"""`make card-key`: make a card key and say what to upload; `ID=` names it, `LIST=1` shows the keys, `RETIRE=` takes one out.

The private key goes from this process's memory into the secret, and nowhere else (decision 0029). How to change a key without losing a call
stands in docs/card-room.md.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.prompt import Prompt
from rich.table import Table

from chalicelib.accounts.store.certificates import DynamoCertificateBook
from chalicelib.problems import Problem
from infra.card_keys import BITS, CardKey, make
from infra.local.settings import STAGE
from infra.operations.card_keys.ring import AT_ONCE, Held, KeyRing, NotPossible, ensure_room
from infra.operations.place import NoPlace, Place, find

DONE, LEFT, UNUSABLE, STOPPED = 0, 1, 2, 130
CLAIMS_OUTLIVE_KEYS_BY = 30
"""Days. A claim on a ciphertext is kept for RetentionDays; a key that is used for longer could open one again whose claim is gone (decision 0024)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do as told on the command line; 1 when whoever was asked said no, 2 when it could not be done, 130 when stopped."""
    told = _parser().parse_args(arguments)
    # Lines of a certificate must not be broken where the terminal ends.
    console = Console(soft_wrap=True, highlight=False)
    try:
        act = _chosen(told)
        place = find(told.stage)
        book = DynamoCertificateBook(place.client("dynamodb"), place.outputs["CardCertificatesTable"])
        ring = KeyRing(place.client("secretsmanager"), place.outputs["CardKeysArn"], book)
        return act(ring, place, console)
    except (NoPlace, NotPossible, Problem, BotoCoreError, ClientError, OSError) as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    except KeyError as missing:
        print(f"The stack has no output {missing}: deploy this release first.", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("Stopped. See what there is with `make card-key LIST=1`.", file=sys.stderr)
        return STOPPED


Act = Callable[[KeyRing, Place, Console], int]


def _chosen(told: argparse.Namespace) -> Act:
    """Return what to do; raises NotPossible for words that do not go together."""
    wished = [name for name, given in (("ID", told.id), ("RETIRE", told.retire), ("LIST", told.list)) if given]
    if len(wished) > 1:
        raise NotPossible(f"{' and '.join(wished)} are two wishes: say one at a time.")
    if told.list:
        return _show
    if told.id:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9:/._-]{0,99}", told.id):
            raise NotPossible("ID is what Connect calls AssociationId: letters, digits and hyphens, without spaces.")
        return lambda ring, place, console: _name(ring, told.id, told.key, told.force, console)
    if told.retire:
        return lambda ring, place, console: _retire(ring, told.retire, told.force, console)
    out = Path(told.out)
    if told.key:
        return lambda ring, place, console: _write_again(ring, told.key, out, place, console)
    return lambda ring, place, console: _make(ring, told.days, out, place, console)


def _make(ring: KeyRing, days: str, out: Path, place: Place, console: Console) -> int:
    most = int(place.outputs["RetentionDays"]) - CLAIMS_OUTLIVE_KEYS_BY
    if not (days.isdecimal() and 1 <= int(days) <= most):
        raise NotPossible(f"DAYS={days} is no number of days for a certificate: say one from 1 to {most}.")
    held = ring.read()
    ensure_room(held)
    # Before there is a key that could not be written down.
    out.mkdir(parents=True, exist_ok=True)
    console.print(f"Making a key of {BITS} bits takes some seconds.")
    key = make(datetime.now(UTC).replace(microsecond=0), days=int(days), common_name=f"Tsunagu {place.name}")
    ring.add(held, key)
    console.print("The private key is in the secret of the stack, and nowhere else.")
    ring.watch()
    _write_down(key, out, place, console)
    return DONE


def _write_again(ring: KeyRing, name: str, out: Path, place: Place, console: Console) -> int:
    key = ring.read().named(name)
    out.mkdir(parents=True, exist_ok=True)
    _write_down(key, out, place, console)
    return DONE


def _write_down(key: CardKey, out: Path, place: Place, console: Console) -> None:
    parameters = key.parameters()
    (out / "public-key.pem").write_text(key.public_key)
    (out / "certificate.pem").write_text(key.certificate)
    (out / "parameters.json").write_text(
        json.dumps([{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()], indent=2)
    )
    stage = "" if place.name == STAGE else f" STAGE={place.name}"
    console.print(
        f"""
Key          RSA {BITS}, fingerprint {key.fingerprint}
Certificate  ends on {key.ends:%Y-%m-%d}
Written to   {out}: public-key.pem, certificate.pem, parameters.json (all public)

Connect needs the public key, and every flow that asks for a card needs the certificate and the key's id. Either, if infra/connect.yaml is your centre:

  aws cloudformation deploy --stack-name <its stack> --template-file out/connect.json --s3-bucket <bucket> --parameter-overrides file://{out}/parameters.json
  make card-key ID=<its output CardKeyId>{stage}

  (docs/flows.md makes out/connect.json; the first time, add the other parameters that it names to parameters.json)
  where CardPublicKey is public-key.pem, and CardCertificate is certificate.pem in one line, each line break written as \\n:

{parameters["CardCertificate"]}

or by hand:

  aws connect associate-security-key --instance-id <instance id> --key file://{out}/public-key.pem
  make card-key ID=<the AssociationId that it prints>{stage}
  then, in the block "Store customer input" of the flow, "Encrypt entry": that id, and certificate.pem as it is; publish

An instance takes {AT_ONCE} keys at most. Messages for an id that nobody has entered yet are tried with keys that have none, so calls may come at once.""",
        markup=False,
    )


def _name(ring: KeyRing, key_id: str, name: str, force: bool, console: Console) -> int:
    held = ring.read()
    key = held.named(name) if name else _the_one_without_id(held, key_id)
    others = [each for each in held.keys if each.fingerprint != key.fingerprint]
    if any(each.key_id == key_id for each in others):
        raise NotPossible(f"Another card key has the id {key_id} already: look with `make card-key LIST=1`.")
    if key.key_id not in (None, key_id) and not force:
        raise NotPossible(
            f"That key has the id {key.key_id}, by which messages find it. If it is wrong, repeat with FORCE=1."
        )
    if key.key_id != key_id:
        ring.name(held, key, key_id)
    ring.watch()
    console.print(f"The card key {key.fingerprint[:16]} has the id {key_id}.", markup=False)
    return DONE


def _the_one_without_id(held: Held, key_id: str) -> CardKey:
    known = [key for key in held.keys if key.key_id == key_id]
    if known:
        return known[0]
    nameless = [key for key in held.keys if key.key_id is None]
    if not nameless:
        raise NotPossible("Every card key has an id: say which one is meant, KEY=<fingerprint>, and FORCE=1.")
    if len(nameless) > 1:
        raise NotPossible(
            f"{len(nameless)} card keys have no id: say which one is meant, KEY=<fingerprint>, as `make card-key LIST=1` shows them."
        )
    return nameless[0]


def _retire(ring: KeyRing, name: str, force: bool, console: Console) -> int:
    held = ring.read()
    key = held.named(name)
    if key.fingerprint == held.keys[-1].fingerprint and not force:
        raise NotPossible(
            "That is the newest card key: without it nothing can be opened that is keyed from now on. "
            "Make another one first, or repeat with FORCE=1."
        )
    known = key.watched().name
    console.print(
        f"""Card key {known}, made at {key.made_at}. Once it is out, what was keyed for it can never be opened again; such calls go to an agent.
It is time when no flow carries its id any longer and Connect has not used it for as long as a call lasts: the metric PublicSigningKeyUsage
of AWS/Connect, with its id as SigningKeyId, stays 0 (docs/card-room.md).""",
        markup=False,
    )
    if _asked(f"Type {known} once more to take it out", console) != known:
        console.print("Nothing was done.")
        return LEFT
    ring.retire(held, key)
    ring.watch()
    console.print(
        "It is out. Remove its public key from the instance: aws connect disassociate-security-key --instance-id <instance id> --association-id <id>",
        markup=False,
    )
    return DONE


def _asked(question: str, console: Console) -> str:
    try:
        return Prompt.ask(question, console=console)
    except EOFError:
        # Nobody is there to answer.
        return ""


def _show(ring: KeyRing, place: Place, console: Console) -> int:
    held = ring.read()
    ring.watch()
    now = datetime.now(UTC)
    table = Table(title="Card keys and their certificates, the newest last")
    for column in ("id", "fingerprint", "ends", "days"):
        table.add_column(column, no_wrap=True)
    for key in held.keys:
        table.add_row(
            key.key_id or "not entered yet",
            key.fingerprint[:16],
            f"{key.ends:%Y-%m-%d}",
            str(key.watched().days_left(now)),
        )
    if held.keys:
        console.print(table)
    else:
        console.print("There is no card key yet: `make card-key` makes one.", markup=False)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make card-key", description="The keys of card entry.")
    parser.add_argument("--stage", default=STAGE)
    parser.add_argument("--days", default="730", help="how long the certificate lasts")
    parser.add_argument("--out", default="out/card-key", help="where public key and certificate are written")
    parser.add_argument("--id", default="", help="the id that Connect gave a key")
    parser.add_argument(
        "--key", default="", help="which key is meant, by fingerprint; alone: write down again what to upload"
    )
    parser.add_argument("--retire", default="", help="id or fingerprint of the key to take out")
    parser.add_argument("--list", action="store_true", help="show the keys")
    parser.add_argument("--force", action="store_true", help="also the newest, also another id")
    return parser


if __name__ == "__main__":
    sys.exit(main())
