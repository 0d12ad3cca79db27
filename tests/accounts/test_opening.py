"""What Connect encrypted for us is opened; what differs by a single bit is not."""

import base64
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aws_encryption_sdk.identifiers import Algorithm, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from chalicelib.accounts import opening
from chalicelib.accounts.opening import SdkOpener
from chalicelib.accounts.service.lookup import NotOpened
from chalicelib.accounts.vault import Pem, PrivateKey
from chalicelib.problems import TryAgain
from chalicelib.settings import Misconfigured
from tests.accounts.messages import KEY_ID, OTHER_SUITES, SUITES, Pair, pair
from tests.support.reference import reference

CARD = "4111111111111111"
P384 = int("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
"""The order of the curve that signs."""


def opener(*keys: tuple[str | None, Pair]) -> SdkOpener:
    held = [PrivateKey(key_id=key_id, pem=Pem(each.pem)) for key_id, each in keys or [(KEY_ID, pair())]]

    def for_id(key_id: str) -> Sequence[PrivateKey]:
        found = [key for key in held if key.key_id == key_id]
        return found or [key for key in held if key.key_id is None]

    return SdkOpener(for_id)


def opens(message: bytes, by: SdkOpener) -> bool:
    try:
        by.open(base64.b64encode(message).decode())
    except NotOpened:
        return False
    return True


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
@pytest.mark.parametrize("keyed", [CARD, "378282246310005", "12", "", "Timeout"])
def test_connects_suite_its_unsigned_one_and_the_committing_ones_are_opened(suite: Algorithm, keyed: str) -> None:
    opened = opener().open(pair().stored(keyed, suite=suite))
    assert opened.keyed.text() == keyed
    assert len(opened.message_id) == (64 if suite.is_committing() else 32)
    assert repr(opened).endswith("keyed=<Keyed>)")


def test_ivs_are_read_and_not_assumed() -> None:
    message = pair().stored_with_drawn_ivs(CARD)
    assert message.startswith("AYAD")
    assert opener().open(message).keyed.text() == CARD


@pytest.mark.parametrize("suite", OTHER_SUITES.values(), ids=OTHER_SUITES)
def test_suites_that_connect_never_sends_are_refused(suite: Algorithm) -> None:
    with pytest.raises(NotOpened, match="suite"):
        opener().open(pair().stored(CARD, suite=suite))


@pytest.mark.parametrize("written", ["drawn IVs", "counted IVs"])
def test_no_bit_of_a_message_can_be_changed(written: str) -> None:
    """Every single one: format, suite, ids, context, wrapped key, IVs, tags, lengths, digits, signature."""
    text = pair().stored_with_drawn_ivs(CARD) if written == "drawn IVs" else pair().stored(CARD)
    by, message = opener(), base64.b64decode(text)
    assert opens(message, by)
    opened = []
    for bit in range(8 * len(message)):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        if opens(bytes(changed), by):
            opened.append(bit)
    assert opened == []


def test_no_bit_of_an_unsigned_message_can_be_changed_either() -> None:
    for suite in ("0178", "0478"):
        by, message = opener(), base64.b64decode(pair().stored(CARD, suite=SUITES[suite]))
        for bit in range(8 * len(message)):
            changed = bytearray(message)
            changed[bit // 8] ^= 1 << bit % 8
            assert not opens(bytes(changed), by), (suite, bit)


def test_no_bit_of_its_text_can_be_changed() -> None:
    """Most changes give another message or no base64; the last letters hold bits that mean nothing, and must be as they are."""
    by = opener()
    for keyed in (CARD, CARD + "1", CARD + "12"):
        text = pair().stored_with_drawn_ivs(keyed)
        for at in range(0 if keyed == CARD else len(text) - 8, len(text)):
            for bit in range(7):
                changed = text[:at] + chr(ord(text[at]) ^ 1 << bit) + text[at + 1 :]
                with pytest.raises(NotOpened):
                    by.open(changed)


@pytest.mark.parametrize("added", [" ", "\n", "=", "A", "AAAA", "=AAA", "\0"])
def test_nothing_may_stand_before_or_after_the_text(added: str) -> None:
    text = pair().stored(CARD)
    for changed in (text + added, added + text, text[:100] + added + text[100:]):
        with pytest.raises(NotOpened):
            opener().open(changed)


def test_nothing_may_follow_the_message_or_lack_at_its_end() -> None:
    message, by = base64.b64decode(pair().stored(CARD)), opener()
    assert not opens(message + b"\0", by)
    assert not opens(message + message, by)
    for length in range(len(message)):
        assert not opens(message[:length], by), length


def test_a_second_signature_of_the_same_text_is_another_ciphertext() -> None:
    """Of each ECDSA signature (r, s) there is (r, n-s); it verifies, so what binds a ciphertext must tell them apart."""
    message = base64.b64decode(pair().stored(CARD))
    start = message.rindex(b"\x30", len(message) - 110, len(message) - 90)
    for start in range(len(message) - 110, len(message) - 90):
        if int.from_bytes(message[start - 2 : start]) == len(message) - start:
            break
    r, s = decode_dss_signature(message[start:])
    other = encode_dss_signature(r, P384 - s)
    twin = message[: start - 2] + len(other).to_bytes(2) + other
    by = opener()
    one, two = by.open(base64.b64encode(message).decode()), by.open(base64.b64encode(twin).decode())
    assert one.message_id == two.message_id
    assert one.digest != two.digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Timeout",
        "4111111111111111",
        "A" * 4096,
        "AYAD",
        "AgR4" + "A" * 400,
        "é" * 8,
        "\ud800",
        base64.b64encode(os.urandom(900)).decode(),
    ],
)
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(NotOpened):
        opener().open(text)


def test_what_is_too_long_is_not_even_read() -> None:
    with pytest.raises(NotOpened, match="too long"):
        opener().open("A" * 4097)


def test_wrong_keys_providers_and_hashes_are_refused() -> None:
    others = [
        pair().stored(CARD, provider="AmazonConnec"),
        pair().stored(CARD, provider="aws-kms"),
        pair().stored(CARD, key_id="another"),
        pair("second").stored(CARD),
        pair().stored(CARD, wrapping=WrappingAlgorithm.RSA_OAEP_SHA256_MGF1),
    ]
    for text in others:
        with pytest.raises(NotOpened):
            opener().open(text)


def test_several_keys_are_held_by_id_and_one_without_id_stands_in_for_unknown_ids() -> None:
    by = opener((KEY_ID, pair()), ("next", pair("second")), (None, pair("third")))
    assert by.open(pair().stored(CARD)).keyed.text() == CARD
    assert by.open(pair("second").stored(CARD, key_id="next")).keyed.text() == CARD
    assert by.open(pair("third").stored(CARD, key_id="nobody-knows-yet")).keyed.text() == CARD
    for wrongly in (pair("third").stored(CARD), pair().stored(CARD, key_id="nobody-knows-yet")):
        with pytest.raises(NotOpened):
            by.open(wrongly)


def test_keys_out_of_reach_are_no_fault_of_the_message() -> None:
    for trouble in (TryAgain("Secrets Manager was busy"), Misconfigured("no secret"), KeyError("keys")):

        def nothing(key_id: str, trouble: Exception = trouble) -> Sequence[PrivateKey]:
            raise trouble

        with pytest.raises(type(trouble)):
            SdkOpener(nothing).open(pair().stored(CARD))


def test_each_key_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    real: Any = WrappingKey

    def counting(algorithm: object, pem: bytes, kind: object) -> object:
        parsed.append(pem)
        return real(algorithm, pem, kind)

    monkeypatch.setattr(opening, "WrappingKey", counting)
    by = opener((KEY_ID, pair()), ("next", pair("second")))
    for _ in range(3):
        by.open(pair().stored(CARD))
        by.open(pair("second").stored(CARD, key_id="next"))
    assert len(parsed) == 2


def test_a_message_that_connect_wrote_is_read_as_far_as_its_wrapped_key() -> None:
    """Nobody has the private key of the sample, so it is refused there, and not before."""
    sample = reference("samples", "lambda-request-encrypted-input.json")
    if sample is None:
        pytest.skip("the reference is not at hand")
    text = sample.read_text().split('"encryptedPin": "')[1].split('"')[0]
    asked: list[str] = []

    def for_id(key_id: str) -> Sequence[PrivateKey]:
        asked.append(key_id)
        return [PrivateKey(key_id=key_id, pem=Pem(pair().pem))]

    with pytest.raises(NotOpened, match="library"):
        SdkOpener(for_id).open(text)
    assert asked == [KEY_ID]


def test_a_refusal_says_nothing_and_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    text = pair().stored(CARD)
    broken = text[:-8] + "AAAAAAA="
    with caplog.at_level(logging.DEBUG), pytest.raises(NotOpened) as refused:
        opener().open(broken)
    with caplog.at_level(logging.DEBUG):
        opener().open(text)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert caplog.records == []


def test_only_who_opens_messages_pays_for_the_library() -> None:
    probe = "import sys, app; print(*[name for name in ('aws_encryption_sdk', 'cryptography') if name in sys.modules])"
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", probe], cwd=root, capture_output=True, text=True, check=True).stdout
    assert said.split() == []
