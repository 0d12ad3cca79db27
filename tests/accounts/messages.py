"""What callers key, encrypted as Connect does it, and in every other way that somebody could."""

import base64
import json
import os
from dataclasses import dataclass, field
from functools import cache
from random import Random

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

KEY_ID = "8a1f0d2e-1111-4222-8333-444455556666"
CONNECT = Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384
SUITES = {
    "0378": CONNECT,
    "0178": Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA256,
    "0478": Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
    "0578": Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
}
OTHER_SUITES = {
    "0078": Algorithm.AES_256_GCM_IV12_TAG16,
    "0114": Algorithm.AES_128_GCM_IV12_TAG16_HKDF_SHA256,
    "0346": Algorithm.AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384,
}
FRAME = 4096


@dataclass(frozen=True)
class Pair:
    """A key pair as an administrator makes it, and who encrypts for it."""

    private: rsa.RSAPrivateKey = field(repr=False)

    @property
    def pem(self) -> str:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    @property
    def public_pem(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def stored(
        self,
        keyed: str,
        *,
        suite: Algorithm = CONNECT,
        key_id: str = KEY_ID,
        provider: str = "AmazonConnect",
        wrapping: WrappingAlgorithm = WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
    ) -> str:
        """Return a stored input that the SDK wrote, whose IVs count."""
        key = WrappingKey(wrapping, self.public_pem, EncryptionKeyType.PUBLIC)
        policy = (
            CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
            if suite.is_committing()
            else CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
        )
        message, _ = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy).encrypt(
            source=keyed.encode(),
            key_provider=RawMasterKey(provider_id=provider, key_id=key_id, wrapping_key=key),
            algorithm=suite,
            frame_length=FRAME,
        )
        return base64.b64encode(message).decode()

    def stored_with_drawn_ivs(self, keyed: str, *, key_id: str = KEY_ID) -> str:
        """Return a stored input as Connect itself writes it: format 1, signed, with IVs that are drawn."""
        message_id, data_key, suite = os.urandom(16), os.urandom(32), bytes.fromhex("0378")
        signing = ec.generate_private_key(ec.SECP384R1())
        point = signing.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        context = (1).to_bytes(2) + _sized(b"aws-crypto-public-key") + _sized(base64.b64encode(point))
        oaep = padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)
        wrapped = self.private.public_key().encrypt(data_key, oaep)
        header = b"\x01\x80" + suite + message_id + _sized(context)
        header += (1).to_bytes(2) + _sized(b"AmazonConnect") + _sized(key_id.encode()) + _sized(wrapped)
        header += b"\x02" + bytes(4) + b"\x0c" + FRAME.to_bytes(4)
        cipher = AESGCM(HKDF(hashes.SHA384(), 32, None, suite + message_id).derive(data_key))
        header_iv, frame_iv, plain = os.urandom(12), os.urandom(12), keyed.encode()
        body_aad = message_id + b"AWSKMSEncryptionClient Final Frame" + (1).to_bytes(4) + len(plain).to_bytes(8)
        message = header + header_iv + cipher.encrypt(header_iv, b"", header)
        message += b"\xff" * 4 + (1).to_bytes(4) + frame_iv + len(plain).to_bytes(4)
        message += cipher.encrypt(frame_iv, plain, body_aad)
        message += _sized(signing.sign(message, ec.ECDSA(hashes.SHA384())))
        return base64.b64encode(message).decode()


@cache
def pair(name: str = "first") -> Pair:
    """Return the key pair of this name, the same for all tests of a process."""
    return Pair(rsa.generate_private_key(65537, 2048))


def secret(*keys: tuple[str | None, Pair]) -> str:
    """Return the text of the secret that holds these keys."""
    told = [{"id": key_id, "private_key": each.pem, "certificate": "", "made_at": ""} for key_id, each in keys]
    return json.dumps({"keys": told})


def card(luck: Random, *, prefix: str = "4", length: int = 16) -> str:
    """Return a card number that nobody was given, with its check digit."""
    digits = prefix + "".join(luck.choices("0123456789", k=length - 1 - len(prefix)))
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """Return the digit that makes these a card number: of the sum of digits, each second one doubled, the rest to ten."""
    doubled = (sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(digits[::-1]))
    return str(-sum(doubled) % 10)


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(2) + content
