"""Digits encrypted as Amazon Connect does it: a message of the AWS Encryption SDK, wrapped for the public key of the instance.

Format: Administrator Guide, "Encrypt sensitive customer input"; suite, frame and context as in messages that Connect made: format 1 without key
commitment, signed, nothing in the context that ties a message to its contact. One thing differs: the SDK counts initialisation vectors where
Connect draws them, so nobody should rely on either.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import cache

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from infra.local.connect.flows.line import Refused
from infra.local.connect.instance import SecurityKey

PROVIDER = "AmazonConnect"
SUITE = Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384
FRAME = 4096


def encrypted(keyed: str, key_id: str, certificate: str, keys: Mapping[str, SecurityKey], now: datetime) -> str:
    """Return what was keyed as `$.StoredCustomerInput` holds it: base64 of one message.

    Raises `Refused` for a key that the instance does not have, a certificate of another key, and one that is not valid `now` (whether Connect
    looks at the dates when it publishes or when it plays is unconfirmed). No message says what was keyed.
    """
    if key_id not in keys:
        raise Refused(f"the instance has no security key {key_id}")
    try:
        shown = x509.load_pem_x509_certificate(certificate.encode())
        own = serialization.load_pem_public_key(keys[key_id].public_key.encode())
    except ValueError as problem:
        raise Refused("the certificate or the security key is no PEM") from problem
    if _pem(shown.public_key()) != _pem(own):
        raise Refused(f"the certificate does not belong to the security key {key_id}")
    if not shown.not_valid_before_utc <= now <= shown.not_valid_after_utc:
        raise Refused(f"the certificate of the security key {key_id} is not valid today")
    client = aws_encryption_sdk.EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT, max_encrypted_data_keys=1
    )
    message, _ = client.encrypt(
        source=keyed.encode(), key_provider=_master_key(key_id, _pem(own)), algorithm=SUITE, frame_length=FRAME
    )
    return base64.b64encode(message).decode()


def _pem(key: object) -> bytes:
    assert hasattr(key, "public_bytes"), "every public key can be written"
    written: bytes = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return written


@cache
def _master_key(key_id: str, public_key: bytes) -> RawMasterKey:
    wrapping = WrappingKey(
        wrapping_algorithm=WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
        wrapping_key=public_key,
        wrapping_key_type=EncryptionKeyType.PUBLIC,
    )
    return RawMasterKey(provider_id=PROVIDER, key_id=key_id, wrapping_key=wrapping)
