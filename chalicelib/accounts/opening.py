"""Opens what Connect encrypted, with the AWS Encryption SDK (decision 0023): nobody else here imports it, nor `cryptography`.

Format: AWS Encryption SDK Developer Guide, "Message format reference". Connect sends format 1 without key commitment, wraps for a raw
RSA key, and puts nothing of the contact into the encryption context; what binds a message to a contact is ours (decision 0024).
"""

import base64
import hashlib
import logging
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import aws_encryption_sdk
from aws_encryption_sdk.exceptions import DecryptKeyError, IncorrectMasterKeyError, InvalidDataKeyError
from aws_encryption_sdk.identifiers import CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.base import MasterKeyProvider, MasterKeyProviderConfig
from aws_encryption_sdk.key_providers.raw import RawMasterKey

from chalicelib.accounts.model.number import Keyed
from chalicelib.accounts.service.lookup import NotOpened, Opened
from chalicelib.accounts.vault import PrivateKey

PROVIDER = "AmazonConnect"

MOST_CHARACTERS = 4096
"""Base64 of a message: with RSA-4096 and 19 digits it is 1,184 characters."""

SUITES = frozenset({0x0378, 0x0178, 0x0478, 0x0578})
"""Algorithm suites that are opened: what Connect sends, the same unsigned, and the two that commit to their key.

All derive the data key by HKDF from the message's id. 0x0078 does not, so that nothing but a tag binds message and key; Connect
never sent it and AWS keeps it for old messages only: it is refused.
"""

FORMAT_1, FORMAT_2 = 1, 2

# On failure the SDK logs tracebacks of its own, and when told to debug what it reads.
logging.getLogger("aws_encryption_sdk").setLevel(logging.CRITICAL + 1)


class SdkOpener:
    """Opens messages with private keys that are asked for by id; each key is parsed once, which costs a hundred times its use."""

    def __init__(self, keys: Callable[[str], Sequence[PrivateKey]]) -> None:
        self._provider = _Provider(keys)
        # Encrypting it would commit; Connect's messages do not, so they must be let pass.
        self._client = aws_encryption_sdk.EncryptionSDKClient(
            commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT, max_encrypted_data_keys=1
        )

    def open(self, text: str) -> Opened:
        """Return what a stored input holds.

        Raises `NotOpened` for whatever is not, to the last bit, a message of Connect for one of our keys; `TryAgain` when the keys
        are out of reach.
        """
        message = _decoded(text)
        if _suite(message) not in SUITES:
            raise NotOpened("unknown format or suite")
        source = BytesIO(message)
        try:
            with self._client.stream(mode="decrypt", source=source, key_provider=self._provider) as stream:
                keyed, header = Keyed(stream.read().decode("ascii")), stream.header
        except _NoKeys as missing:
            raise missing.why from None
        except Exception as refused:
            # The SDK raises what its parts raise. The kind is enough, and no traceback shall lead to where the digits are.
            raise NotOpened(f"refused by the encryption library ({type(refused).__name__})") from None
        if source.read(1):
            raise NotOpened("bytes follow the message")
        return Opened(message_id=header.message_id.hex(), digest=hashlib.sha256(message).hexdigest(), keyed=keyed)


class _NoKeys(Exception):
    """The private keys could not be had, which is no fault of the message."""

    def __init__(self, why: Exception) -> None:
        super().__init__("the private keys could not be had")
        self.why = why


class _Kept(NamedTuple):
    fingerprint: bytes
    key: WrappingKey


class _Provider(MasterKeyProvider):  # type: ignore[misc]
    """What the SDK asks to unwrap a data key: our private keys of that id, one after the other."""

    provider_id = PROVIDER
    _config_class = MasterKeyProviderConfig

    def __new__(cls, keys: Callable[[str], Sequence[PrivateKey]]) -> Any:
        return super().__new__(cls)

    def __init__(self, keys: Callable[[str], Sequence[PrivateKey]]) -> None:
        self._keys = keys
        self._kept: list[_Kept] = []

    def decrypt_data_key(self, encrypted_data_key: Any, algorithm: Any, encryption_context: Any) -> Any:
        wrapped_for = encrypted_data_key.key_provider
        if wrapped_for.provider_id == PROVIDER:
            for private_key in self._held(wrapped_for.key_info.decode()):
                master_key = RawMasterKey(
                    provider_id=PROVIDER, key_id=wrapped_for.key_info, wrapping_key=self._parsed(private_key)
                )
                try:
                    return master_key.decrypt_data_key(encrypted_data_key, algorithm, encryption_context)
                except (IncorrectMasterKeyError, InvalidDataKeyError):
                    continue
        raise DecryptKeyError("no key of ours unwraps it")

    def _held(self, key_id: str) -> Sequence[PrivateKey]:
        try:
            return self._keys(key_id)
        except Exception as problem:
            raise _NoKeys(problem) from None

    def _new_master_key(self, key_id: Any) -> Any:
        raise NotImplementedError("nothing is encrypted here")

    def _parsed(self, private_key: PrivateKey) -> WrappingKey:
        pem = private_key.pem.text().encode()
        fingerprint = hashlib.sha256(pem).digest()
        kept = next((each for each in self._kept if each.fingerprint == fingerprint), None)
        if kept is None:
            key = WrappingKey(WrappingAlgorithm.RSA_OAEP_SHA512_MGF1, pem, EncryptionKeyType.PRIVATE)
            kept = _Kept(fingerprint=fingerprint, key=key)
            # Two keys may be in use while they are exchanged, one of them not yet known by its id.
            self._kept = [kept, *self._kept][:4]
        return kept.key


def _decoded(text: str) -> bytes:
    """Return the bytes of a text in canonical base64: one text for each message, so that no bit of the text is without meaning."""
    if len(text) > MOST_CHARACTERS:
        raise NotOpened("too long")
    try:
        message = base64.b64decode(text.encode("ascii"), validate=True)
    except (NotBase64, UnicodeEncodeError):
        raise NotOpened("not base64") from None
    if base64.b64encode(message).decode() != text:
        raise NotOpened("not canonical base64")
    return message


def _suite(message: bytes) -> int | None:
    """Return the algorithm suite that a message names; None where it is no message of a format that we know."""
    if message[:2] == bytes([FORMAT_1, 0x80]):
        return int.from_bytes(message[2:4])
    return int.from_bytes(message[1:3]) if message[:1] == bytes([FORMAT_2]) else None
