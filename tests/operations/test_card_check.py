"""Somebody who sets up an instance learns whether their key opens what Connect stored, why not, and never a digit."""

import base64
import io
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_encryption_sdk.identifiers import Algorithm, WrappingAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.accounts.vault import Pem, PrivateKey
from infra.operations import card_check
from infra.operations.card_check import (
    CHANGED,
    FOR_ANOTHER,
    LARGEST_FILE,
    NO_MESSAGE,
    NOT_A_CARD,
    OPENED,
    UNUSABLE,
    WRONG_KEY,
)
from infra.operations.place import Place
from tests.accounts.messages import CONNECT, OTHER_SUITES, SUITES, pair, secret

ID, OTHER_ID = "5f3c0c86-0000-4000-8000-000000000001", "5f3c0c86-0000-4000-8000-000000000002"
NUMBER = "4111111111111111"
"""Visa's public test number."""


@cache
def stored(keyed: str = NUMBER, *, key_id: str = ID, **ways: Any) -> str:
    """Return what Connect stores when this is keyed."""
    return (
        pair().stored_with_drawn_ivs(keyed, key_id=key_id) if not ways else pair().stored(keyed, key_id=key_id, **ways)
    )


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_text(pair().pem)
    return path


Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(key_file: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run the command; return what it ended with and all that it said, of which no part is a run of digits of a card."""

    def run(given: str | bytes, *words: str, key: Path | None = None) -> tuple[int, str]:
        stream = io.BytesIO(given.encode() if isinstance(given, str) else given)
        code = card_check.main(list(words) or ["--key", str(key or key_file), "--id", ID], stream)
        said = capsys.readouterr()
        assert not re.search(r"\d{5}", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", said.out + said.err))
        return code, said.out + said.err

    return run


@pytest.mark.parametrize(
    ("keyed", "code", "says"),
    [
        (NUMBER, OPENED, "16 digits, check digit right."),
        ("378282246310005", OPENED, "15 digits, check digit right."),
        ("4111111111111112", NOT_A_CARD, "16 digits, check digit wrong."),
        ("411111", NOT_A_CARD, "6 digits, check digit wrong."),
        ("4111*1111", NOT_A_CARD, "9 characters, not all of them digits."),
        ("Timeout", NOT_A_CARD, "nothing was keyed in time."),
        ("", NOT_A_CARD, "nothing was keyed in time."),
    ],
)
def test_what_opens_is_told_by_its_length_and_check_digit(check: Check, keyed: str, code: int, says: str) -> None:
    ended, said = check(stored(keyed))
    assert ended == code
    assert f"The key opens it: {says}" in said
    assert not keyed or keyed not in said


@pytest.mark.parametrize(
    ("suite", "says"),
    [
        (CONNECT, "Format 1, algorithm suite 0x0378, which does not commit, as Connect's do not, to its key."),
        (SUITES["0478"], "Format 2, algorithm suite 0x0478, which commits to its key."),
    ],
)
def test_format_and_suite_are_told(check: Check, suite: Algorithm, says: str) -> None:
    ended, said = check(stored(suite=suite))
    assert ended == OPENED
    assert says in said


def test_line_breaks_of_a_terminal_are_no_part_of_it(check: Check) -> None:
    text = stored()
    broken = "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    assert check(f"  {broken}\n")[0] == OPENED


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "Nothing came on standard input"),
        (" \n", "Nothing came on standard input"),
        ("Timeout", "nothing was keyed in time"),
        ('"AYADeJ+"', "not base64"),
        ("$.StoredCustomerInput", "not base64"),
        ("\x00\xff", "not base64"),
        (base64.b64encode(b"no message at all").decode(), "no message of the AWS Encryption SDK"),
        ("A" * 5000, "more than 4096 characters"),
    ],
)
def test_what_is_no_message_is_told_as_what_it_is(check: Check, given: str, says: str) -> None:
    ended, said = check(given)
    assert ended == NO_MESSAGE
    assert says in said


def test_a_number_given_in_plain_is_refused_and_not_repeated(check: Check) -> None:
    ended, _ = check(NUMBER)
    assert ended == NO_MESSAGE


def test_a_message_for_another_key_id_names_both(check: Check) -> None:
    ended, said = check(stored(key_id=OTHER_ID))
    assert ended == FOR_ANOTHER
    assert f"It is for the key id {OTHER_ID}, not for {ID}." in said


def test_a_message_of_another_provider_names_it(check: Check) -> None:
    ended, said = check(stored(provider="SomebodyElse"))
    assert ended == FOR_ANOTHER
    assert "the provider SomebodyElse, not of AmazonConnect" in said


def test_names_in_a_message_do_not_reach_the_terminal_as_they_are(check: Check) -> None:
    ended, said = check(stored(key_id="\x1b[2J"))
    assert ended == FOR_ANOTHER
    assert "\x1b" not in said


def test_another_key_does_not_open_it(check: Check, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(pair("another").pem)
    ended, said = check(stored(), key=other)
    assert ended == WRONG_KEY
    assert "The key does not open it" in said


def test_a_message_wrapped_in_another_way_is_not_connects(check: Check) -> None:
    assert check(stored(wrapping=WrappingAlgorithm.RSA_OAEP_SHA256_MGF1))[0] == WRONG_KEY


def test_a_suite_that_is_not_opened_says_so(check: Check) -> None:
    ended, said = check(stored(suite=OTHER_SUITES["0078"]))
    assert ended == WRONG_KEY
    assert "does not open messages of this algorithm suite" in said


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_changed_bit_is_enough(data: st.DataObject) -> None:
    """Wherever it is; and nothing of the number is said."""
    message = bytearray(base64.b64decode(stored()))
    place = data.draw(st.integers(0, len(message) * 8 - 1))
    message[place // 8] ^= 1 << place % 8
    ours = [PrivateKey(key_id=ID, pem=Pem(pair().pem))]
    verdict = card_check.judged(base64.b64encode(message), lambda key_id: ours if key_id == ID else [], ID)
    assert verdict.code in (NO_MESSAGE, FOR_ANOTHER, WRONG_KEY, CHANGED)
    assert "1111" not in " ".join(verdict.says)


def test_a_changed_or_shortened_message_is_told_from_a_wrong_key(check: Check) -> None:
    message = bytearray(base64.b64decode(stored()))
    shortened = base64.b64encode(message[:-20]).decode()
    message[-1] ^= 1
    for changed in (base64.b64encode(message).decode(), shortened):
        ended, said = check(changed)
        assert ended == CHANGED
        assert "was changed, or cut off" in said


def test_an_endless_input_is_left_after_a_while(check: Check, key_file: Path) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 <= size <= LARGEST_FILE
            self.taken += size
            return b"A" * size

    endless: Any = Endless()
    assert card_check.main(["--key", str(key_file), "--id", ID], endless) == NO_MESSAGE
    assert endless.taken <= LARGEST_FILE


def unusable(tmp_path: Path) -> dict[str, Path]:
    """Return files that are no private key, by what is said of them."""
    ours: Any = load_pem_private_key(pair().pem.encode(), None)
    form = Encoding.PEM, PrivateFormat.PKCS8
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(*form, NoEncryption())
    texts = {
        "is the public half or a certificate": b"-----BEGIN CERTIFICATE-----\nMIIF",
        "is the public half": pair().public_pem,
        "is locked by a passphrase": ours.private_bytes(*form, BestAvailableEncryption(b"secret")),
        "is no RSA key": elliptic,
        "is no private key in PEM": b"no key",
        "no private key": pair().pem[:300].encode(),
    }
    files = {}
    for number, (says, text) in enumerate(texts.items()):
        files[says] = tmp_path / f"{number}.pem"
        files[says].write_bytes(text)
    return files | {"cannot be read: No such file": tmp_path / "nowhere", "cannot be read: Is a directory": tmp_path}


def test_every_file_that_is_no_private_key_has_its_sentence(check: Check, tmp_path: Path) -> None:
    for says, path in unusable(tmp_path).items():
        ended, said = check(stored(), key=path)
        assert ended == UNUSABLE
        assert says in said
        assert len(said.strip().splitlines()) == 1


def test_a_key_as_older_tools_write_it_serves_too(check: Check, tmp_path: Path) -> None:
    ours: Any = load_pem_private_key(pair().pem.encode(), None)
    path = tmp_path / "pkcs1.pem"
    path.write_bytes(ours.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    assert check(stored(), key=path)[0] == OPENED


def test_a_key_without_an_id_is_asked_for_it(check: Check, key_file: Path) -> None:
    ended, said = check(stored(), "--key", str(key_file))
    assert ended == UNUSABLE
    assert "ID=<AssociationId>" in said


def test_without_a_file_the_keys_of_the_secret_are_tried_as_the_function_does(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws():
        session = boto3.Session(region_name="ap-northeast-1")
        secrets: Any = session.client("secretsmanager")
        arn = secrets.create_secret(Name="card-keys")["ARN"]
        monkeypatch.setattr(
            card_check, "find", lambda stage: Place(stage, session, {"CardKeysArn": arn}, "aws.connect")
        )
        stage = "--stage", "prod"
        assert check(stored(), *stage)[0] == FOR_ANOTHER, "it has no key yet"
        secrets.put_secret_value(SecretId=arn, SecretString=secret((None, pair("another")), (None, pair())))
        assert check(stored(), *stage)[0] == OPENED, "nobody has entered an id yet"
        secrets.put_secret_value(SecretId=arn, SecretString=secret((OTHER_ID, pair("another")), (ID, pair())))
        assert check(stored(), *stage)[0] == OPENED
        assert check(stored(key_id=OTHER_ID), *stage)[0] == WRONG_KEY
        ended, said = check(stored(key_id="gone"), *stage)
        assert ended == FOR_ANOTHER
        assert "the key id gone, and the secret has no such key" in said


def test_it_reads_what_a_shell_pipes_into_it(key_file: Path) -> None:
    words = [sys.executable, "-m", "infra.operations.card_check", "--key", str(key_file), "--id", ID]
    done = subprocess.run(words, input=stored(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (OPENED, "")
    assert done.stdout.startswith("The key opens it: 16 digits, check digit right.\n")


def test_every_code_stands_on_the_page() -> None:
    page = (Path(card_check.__file__).parents[2] / "docs/card-room.md").read_text()
    told = {int(code) for code in re.findall(r"^\| (\d) \| ", page, re.MULTILINE)}
    assert told == {OPENED, NOT_A_CARD, UNUSABLE, NO_MESSAGE, FOR_ANOTHER, WRONG_KEY, CHANGED}
