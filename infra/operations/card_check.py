"""`make card-check KEY=key.pem ID=… < stored-input`: does the key open what Connect stored? Never the number, nor a digit of it.

For whoever sets up an instance. It opens with the card room's own opener; what it says beside "no" is read from the part of the message that is
not encrypted (AWS Encryption SDK Developer Guide, "Message format reference"). Without KEY the keys of the stage's secret are tried, as the
function would.
"""

import argparse
import base64
import binascii
import sys
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from aws_encryption_sdk.internal.formatting.deserialize import deserialize_header
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chalicelib.accounts.model.number import SILENCE, Keyed, has_check_digit
from chalicelib.accounts.opening import MOST_CHARACTERS, PROVIDER, SUITES, SdkOpener
from chalicelib.accounts.service.lookup import NotOpened
from chalicelib.accounts.vault import Pem, PrivateKey, SecretKeys
from chalicelib.problems import Problem
from infra.local.settings import STAGE
from infra.operations.place import NoPlace, find

OPENED, NOT_A_CARD, UNUSABLE, NO_MESSAGE, FOR_ANOTHER, WRONG_KEY, CHANGED, STOPPED = 0, 1, 2, 3, 4, 5, 6, 130
"""What the command ends with. 0: opened, digits only, check digit right. 1: opened, but that is no card number. 2: key or stage cannot be
used. 3: no message was given. 4: the message is for another provider or key id. 5: the key does not open it. 6: it was changed or cut off."""

LARGEST_FILE = 65_536
"""Bytes. Neither a key nor a stored input is larger; more is not read."""

PRIVATE = b"PRIVATE KEY-----"

Keys = Callable[[str], Sequence[PrivateKey]]
"""The private keys for a key id."""


class Unusable(Exception):
    """Nothing can be checked; the message says what to give instead."""


class Verdict(NamedTuple):
    """What the command ends with, and what it says."""

    code: int
    says: Sequence[str]


class Told(NamedTuple):
    """What a message says of itself in plain."""

    provider: str
    key_id: str
    wrapped: bytes
    suite: str
    opened: bool


def judged(given: bytes, keys: Keys, expected_id: str | None) -> Verdict:
    """Return whether one of these keys opens a stored input, and whether that holds a card number; `expected_id` is the only id allowed."""
    text = b"".join(given.split())
    if not text:
        return Verdict(NO_MESSAGE, ["Nothing came on standard input: give it the value of $.StoredCustomerInput."])
    if text == SILENCE.encode():
        return Verdict(
            NO_MESSAGE, [f"{SILENCE} is no message: it is what Connect stores when nothing was keyed in time."]
        )
    if len(text) > MOST_CHARACTERS:
        return Verdict(
            NO_MESSAGE,
            [f"That is more than {MOST_CHARACTERS} characters, longer than any stored input: give one alone."],
        )
    try:
        message = base64.b64decode(text, validate=True)
    except binascii.Error:
        return Verdict(
            NO_MESSAGE, ["It is not base64: give the whole value of $.StoredCustomerInput, without quotes around it."]
        )
    try:
        told = _told(message)
    except Exception:
        # The SDK raises what its parts raise.
        return Verdict(
            NO_MESSAGE,
            ["It is base64, but no message of the AWS Encryption SDK: was the entry encrypted, and is it whole?"],
        )
    verdict = _opened(text.decode(), told, keys, expected_id)
    return verdict._replace(says=[*verdict.says, told.suite])


def _told(message: bytes) -> Told:
    header, _ = deserialize_header(BytesIO(message), max_encrypted_data_keys=1)
    [wrapped] = header.encrypted_data_keys
    suite = header.algorithm
    commits = "commits" if suite.is_committing() else "does not commit, as Connect's do not,"
    return Told(
        provider=_printable(wrapped.key_provider.provider_id),
        key_id=_printable(wrapped.key_provider.key_info.decode()),
        wrapped=wrapped.encrypted_data_key,
        suite=f"Format {header.version.value}, algorithm suite 0x{suite.algorithm_id:04x}, which {commits} to its key.",
        opened=suite.algorithm_id in SUITES,
    )


def _opened(text: str, told: Told, keys: Keys, expected_id: str | None) -> Verdict:
    if told.provider != PROVIDER:
        return Verdict(
            FOR_ANOTHER,
            [f"It is a message of the provider {told.provider}, not of {PROVIDER}: Connect did not make it."],
        )
    if expected_id is not None and told.key_id != expected_id:
        return Verdict(FOR_ANOTHER, [f"It is for the key id {told.key_id}, not for {expected_id}."])
    candidates = keys(told.key_id)
    if not candidates:
        return Verdict(
            FOR_ANOTHER,
            [f"It is for the key id {told.key_id}, and the secret has no such key: look with `make card-key LIST=1`."],
        )
    if not told.opened:
        return Verdict(
            WRONG_KEY, ["The card room does not open messages of this algorithm suite; Connect never sent one."]
        )
    try:
        opened = SdkOpener(keys).open(text)
    except NotOpened:
        if any(_unwraps(key, told.wrapped) for key in candidates):
            return Verdict(
                CHANGED,
                ["The key is the right one, but the message is not as it was made: it was changed, or cut off."],
            )
        return Verdict(
            WRONG_KEY,
            [
                f"The key does not open it. Is it the private half of the public key that Connect knows as {told.key_id}, "
                "and the certificate in the flow made of that same key? If so, the message was changed."
            ],
        )
    return _read(opened.keyed)


def _read(keyed: Keyed) -> Verdict:
    """Say what kind of text was keyed; no part of it."""
    text = keyed.text()
    if text in ("", SILENCE):
        return Verdict(NOT_A_CARD, ["The key opens it: nothing was keyed in time."])
    if not (text.isascii() and text.isdigit()):
        return Verdict(NOT_A_CARD, [f"The key opens it: {len(text)} characters, not all of them digits."])
    right = has_check_digit(text)
    return Verdict(
        OPENED if right else NOT_A_CARD,
        [f"The key opens it: {len(text)} digits, check digit {'right' if right else 'wrong'}."],
    )


def _unwraps(key: PrivateKey, wrapped: bytes) -> bool:
    private: Any = load_pem_private_key(key.pem.text().encode(), None)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA512()), algorithm=hashes.SHA512(), label=None)
    try:
        private.decrypt(wrapped, oaep)
    except ValueError:
        return False
    return True


def _printable(text: str) -> str:
    """Return a name out of a message as a terminal may show it."""
    return text if text.isprintable() else repr(text)


def key_in(path: Path) -> Pem:
    """Return the private key in a PEM file; raises Unusable for a file that has none of RSA."""
    try:
        with path.open("rb") as file:
            written = file.read(LARGEST_FILE)
    except OSError as problem:
        raise Unusable(f"KEY={path} cannot be read: {problem.strerror}.") from problem
    if PRIVATE not in written and b"-----BEGIN" in written:
        raise Unusable(f"KEY={path} is the public half or a certificate: give the private key, which nobody uploads.")
    try:
        key = load_pem_private_key(written, None)
    except TypeError:
        raise Unusable(f"KEY={path} is locked by a passphrase: give it as `openssl pkey` writes it without.") from None
    except (ValueError, UnsupportedAlgorithm):
        # Not from it: its text may hold what could not be read.
        raise Unusable(f"KEY={path} is no private key in PEM.") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Unusable(f"KEY={path} is no RSA key, and Connect takes no other.")
    return Pem(written.decode("ascii", errors="ignore"))


def _keys(told: argparse.Namespace) -> Keys:
    if told.key:
        if not told.id:
            raise Unusable("Say under which id Connect knows the key: ID=<AssociationId>.")
        key = PrivateKey(key_id=told.id, pem=key_in(Path(told.key)))
        return lambda key_id: [key] if key_id == told.id else []
    place = find(told.stage)
    secret = place.outputs["CardKeysArn"]
    return SecretKeys(lambda: place.client("secretsmanager"), secret, clock=time.monotonic).for_id


def main(arguments: Sequence[str] | None = None, given: BinaryIO | None = None) -> int:
    """Check what comes on standard input as told on the command line; see OPENED and its neighbours for what it ends with."""
    parser = argparse.ArgumentParser(prog="make card-check", description="Does the key open what Connect stored?")
    parser.add_argument("--stage", default=STAGE)
    parser.add_argument(
        "--key", default="", help="file of the private key, PEM; without it, the keys in the stage's secret"
    )
    parser.add_argument("--id", default="", help="the key id in the flow, which Connect calls AssociationId")
    told = parser.parse_args(arguments)
    stream = given or sys.stdin.buffer
    try:
        keys = _keys(told)
        if stream.isatty():
            print("Paste the value of $.StoredCustomerInput, then Enter and Ctrl-D.", file=sys.stderr)
        verdict = judged(stream.read(LARGEST_FILE), keys, told.id or None)
    except (Unusable, NoPlace, Problem, BotoCoreError, ClientError) as problem:
        print(problem, file=sys.stderr)
        return UNUSABLE
    except KeyError as missing:
        print(f"The stack has no output {missing}: deploy this release first.", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return STOPPED
    for line in verdict.says:
        print(line)
    return verdict.code


if __name__ == "__main__":
    sys.exit(main())
