"""What a caller keys is encrypted as Amazon Connect does it: the holder of the private key reads it, nobody else."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError
from aws_encryption_sdk.identifiers import CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from infra.local.connect.encryption import encrypted
from infra.local.connect.flows.line import Refused
from infra.local.connect.instance import SecurityKey

NOW = datetime(2026, 6, 15, tzinfo=UTC)
KEY_ID = "8a1f0d2e-1111-4222-8333-444455556666"
CARD = "4111111111111111"


class Pair:
    """A key pair with its certificate, as an administrator makes it."""

    def __init__(self) -> None:
        self.private = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "connect-input")])
        began = NOW - timedelta(days=1)
        built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.private.public_key())
        built = built.serial_number(1).not_valid_before(began).not_valid_after(began + timedelta(days=730))
        self.certificate = built.sign(self.private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
        self.public = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()  # fmt: skip

    def reader(self, *, key_id: str = KEY_ID) -> RawMasterKey:
        pem = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        key = WrappingKey(WrappingAlgorithm.RSA_OAEP_SHA512_MGF1, pem, EncryptionKeyType.PRIVATE)
        return RawMasterKey(provider_id="AmazonConnect", key_id=key_id, wrapping_key=key)


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair()


def stored(pair: Pair, *, key_id: str = KEY_ID, certificate: str | None = None, now: datetime = NOW) -> str:
    keys = {KEY_ID: SecurityKey(id=KEY_ID, public_key=pair.public)}
    return encrypted(CARD, key_id, certificate or pair.certificate, keys, now)


def read(message: str, pair: Pair, *, policy: CommitmentPolicy = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT) -> str:
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    plain, _ = client.decrypt(source=base64.b64decode(message), key_provider=pair.reader())
    return str(plain.decode())


def test_the_holder_of_the_private_key_reads_it(pair: Pair) -> None:
    assert read(stored(pair), pair) == CARD


def test_it_looks_like_a_message_that_connect_made(pair: Pair) -> None:
    message = stored(pair)
    assert message.startswith("AYAD"), "format 1, the signed suite without key commitment"
    assert len(base64.b64decode(message)) in range(612 + len(CARD), 616 + len(CARD)), (
        "the signature's length varies by a byte or two"
    )
    assert b"AmazonConnect" in base64.b64decode(message)
    assert CARD not in str(base64.b64decode(message))


def test_a_client_that_insists_on_commitment_refuses_it(pair: Pair) -> None:
    with pytest.raises(AWSEncryptionSDKClientError, match="commit"):
        read(stored(pair), pair, policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)


def test_another_private_key_opens_nothing(pair: Pair) -> None:
    with pytest.raises(AWSEncryptionSDKClientError):
        read(stored(pair), Pair())


def test_the_same_digits_never_look_the_same(pair: Pair) -> None:
    assert stored(pair) != stored(pair)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"key_id": "another"}, "no security key another"),
        ({"certificate": "no certificate"}, "no PEM"),
        ({"now": NOW + timedelta(days=800)}, "not valid today"),
    ],
)
def test_a_key_must_be_known_and_its_certificate_valid(pair: Pair, told: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused, match=problem) as refused:
        stored(pair, **told)
    assert CARD not in str(refused.value)


def test_a_certificate_of_another_key_is_refused(pair: Pair) -> None:
    with pytest.raises(Refused, match="does not belong"):
        stored(pair, certificate=Pair().certificate)
