"""The local centre's card key: what callers key is encrypted by it in the local Connect, and opened by the application.

A pair and its certificate belong to one directory, where only its owner reads them; `KEEP=1` keeps them, so that what an earlier run
encrypted can still be opened.
"""

import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from infra.local.connect.intrinsics import id_of
from infra.local.state import write_private

BITS = 4096
VALID = timedelta(days=730)
CARD_KEY = "CardKey"
"""The logical name of the key in infra/connect.yaml."""


class CardKey(NamedTuple):
    """A key pair with its certificate, all PEM; `made_at` is ISO text."""

    private_key: str
    public_key: str
    certificate: str
    made_at: str

    def parameters(self) -> Mapping[str, str]:
        """Return what infra/connect.yaml takes of it; the certificate stands inside a flow's JSON, so its line breaks are written out."""
        return {"CardPublicKey": self.public_key, "CardCertificate": self.certificate.replace("\n", "\\n")}


def make(now: datetime, *, bits: int = BITS) -> CardKey:
    """Make a pair and a certificate by itself; with the usual size it takes seconds."""
    private = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tsunagu local")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        # Days of the past are played too.
        .not_valid_before(now - VALID)
        .not_valid_after(now + VALID)
        .sign(private, hashes.SHA256())
    )
    return CardKey(
        private_key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        public_key=private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        made_at=now.isoformat(),
    )


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
            return CardKey(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            pass
    key = make(datetime.now(UTC).replace(microsecond=0))
    write_private(path, json.dumps(key._asdict()))
    return key


def store(key: CardKey, secret: str) -> None:
    """Put the private key where the application looks for it, under the id that the local Connect gives the public one."""
    known = {
        "id": id_of(CARD_KEY),
        "private_key": key.private_key,
        "certificate": key.certificate,
        "made_at": key.made_at,
    }
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps({"keys": [known]}))
