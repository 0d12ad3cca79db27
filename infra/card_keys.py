"""Card keys: a pair and its certificate, as they are made, as the secret holds them, and as Connect takes them.

Callers' keys are encrypted by the certificate that a flow carries; Connect holds the public key against it (Administrator Guide, "Encrypt
sensitive customer input"). The private key opens them, and is a text that shows itself to nobody.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from chalicelib.accounts.model.certificate import Certificate
from chalicelib.accounts.vault import Pem

BITS = 4096
"""Connect takes a public key of at most 1,024 characters, which one of 8,192 bits exceeds."""

CLOCKS_DIFFER = timedelta(days=1)


class NoSecret(ValueError):
    """A text that is no secret of card keys; it says where it goes wrong, and nothing of what it holds."""


class CardKey(NamedTuple):
    """A key pair with its certificate; `key_id` is the id that Connect gave the public key, None while nobody has entered it."""

    key_id: str | None
    private_key: Pem
    certificate: str
    made_at: str

    @property
    def public_key(self) -> str:
        """The public key, PEM."""
        return self._x509.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in hexadecimal digits: ``openssl pkey -pubin -in public-key.pem -outform DER | sha256sum``."""
        der = self._x509.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    @property
    def ends(self) -> datetime:
        """When the certificate ends."""
        return self._x509.not_valid_after_utc

    def watched(self) -> Certificate:
        """Return what the watch needs to know of it."""
        return Certificate(fingerprint=self.fingerprint, key_id=self.key_id, ends=self.ends)

    def parameters(self) -> Mapping[str, str]:
        """Return what infra/connect.yaml takes of it; the certificate stands inside a flow's JSON, so its line breaks are written out."""
        return {"CardPublicKey": self.public_key, "CardCertificate": self.certificate.replace("\n", "\\n")}

    @property
    def _x509(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.certificate.encode())


def make(
    now: datetime, *, days: int, common_name: str, bits: int = BITS, holds_since: datetime | None = None
) -> CardKey:
    """Make a pair and a certificate signed by itself that ends after so many days; with the usual size it takes seconds.

    It holds since a day ago unless told otherwise: the clocks of two machines differ.
    """
    private = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(holds_since or now - CLOCKS_DIFFER)
        .not_valid_after(now + timedelta(days=days))
        .sign(private, hashes.SHA256())
    )
    return CardKey(
        key_id=None,
        private_key=Pem(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()),
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
    )


def secret_of(keys: Sequence[CardKey]) -> str:
    """Return the text of the secret that holds these keys, the newest last."""
    return json.dumps(
        {
            "keys": [
                {
                    "id": key.key_id,
                    "private_key": key.private_key.text(),
                    "certificate": key.certificate,
                    "made_at": key.made_at,
                }
                for key in keys
            ]
        }
    )


def keys_in(secret: str) -> list[CardKey]:
    """Return the keys that a secret holds.

    Raises `NoSecret` for a text of another form.
    """
    try:
        return [_key(each) for each in json.loads(secret)["keys"]]
    except (ValueError, KeyError, TypeError):
        # Not from it: its text would hold what could not be read.
        raise NoSecret('it must read {"keys": [{"id", "private_key", "certificate", "made_at"}]}') from None


def _key(told: Mapping[str, Any]) -> CardKey:
    key = CardKey(
        key_id=None if told["id"] is None else str(told["id"]),
        private_key=Pem(str(told["private_key"])),
        certificate=str(told["certificate"]),
        made_at=str(told["made_at"]),
    )
    # Raises ValueError for what is no certificate.
    key.watched()
    return key
