"""Secrets Manager, which holds the private keys of card entry, and KMS, which makes tokens of card numbers."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.accounts.model.number import CardNumber, Unshown
from chalicelib.accounts.model.token import Token
from chalicelib.cloud import busy_means_try_again
from chalicelib.problems import TryAgain
from chalicelib.settings import Misconfigured

KEPT_SECONDS = 300
"""How long keys are used before the secret is read again."""

PAUSE_SECONDS = 30
"""Between two readings that an unknown key id or a failed reading asks for: nobody makes us ask faster by sending ids."""

_log = logging.getLogger(__name__)


class Pem(Unshown):
    """A private key in PEM."""

    __slots__ = ()

    def text(self) -> str:
        """Return it, for what opens messages alone."""
        return self._text


class PrivateKey(NamedTuple):
    """A private key of card entry; `key_id` is the id that Connect gave its public half, None while nobody has entered it."""

    key_id: str | None
    pem: Pem


class SecretKeys:
    """The private keys in a secret: ``{"keys": [{"id": …, "private_key": "<PEM>", …}]}``.

    A secret without a value has no keys yet. `clock` tells seconds that only grow.
    """

    def __init__(self, secretsmanager: Callable[[], Any], secret_id: str, *, clock: Callable[[], float]) -> None:
        self._secretsmanager = secretsmanager
        self._secret_id = secret_id
        self._clock = clock
        self._keys: Sequence[PrivateKey] | None = None
        self._read_at = self._tried_at = float("-inf")

    def for_id(self, key_id: str) -> Sequence[PrivateKey]:
        """Return the keys that a message for this id may be for: those of the id, or those whose id nobody knows yet.

        Raises `TryAgain` when there are none yet and Secrets Manager is out of reach.
        """
        now = self._clock()
        if self._keys is None or now - self._read_at >= KEPT_SECONDS:
            self._refresh(now)
        found = self._of(key_id)
        if not found and now > self._read_at:
            self._refresh(now)
            found = self._of(key_id)
        return found or self._of(None)

    def _of(self, key_id: str | None) -> Sequence[PrivateKey]:
        return [key for key in self._keys or () if key.key_id == key_id]

    def _refresh(self, now: float) -> None:
        """Read the secret, unless that was tried a moment ago; keys that are there outlive a failure."""
        if self._keys is not None and now - self._tried_at < PAUSE_SECONDS:
            return
        self._tried_at = now
        try:
            self._keys, self._read_at = self._read(), now
        except (TryAgain, ClientError, BotoCoreError, ValueError, KeyError, TypeError) as problem:
            if self._keys is None:
                if isinstance(problem, (ValueError, KeyError, TypeError)):
                    # Not from it: its text would hold what could not be read.
                    raise Misconfigured("The secret of card keys is not what `make card-key` writes.") from None
                raise
            _log.warning("card keys could not be read again; those of before are used: %s", type(problem).__name__)

    def _read(self) -> Sequence[PrivateKey]:
        with busy_means_try_again():
            try:
                answer = self._secretsmanager().get_secret_value(SecretId=self._secret_id)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return []
                raise
        text = answer.get("SecretString") or '{"keys": []}'
        return [PrivateKey(key_id=key["id"], pem=Pem(key["private_key"])) for key in json.loads(text)["keys"]]


class KmsTokens:
    """Tokens by HMAC keys that never leave KMS, one for each version of the key."""

    def __init__(self, kms: Callable[[], Any], keys: Mapping[int, str]) -> None:
        self._kms = kms
        self._keys = keys

    def versions(self) -> Sequence[int]:
        """Return the versions of the key under which cards are looked for, the newest first."""
        return sorted(self._keys, reverse=True)

    def token(self, number: CardNumber, version: int) -> Token:
        """Return a number's token under one version of the key.

        Raises `TryAgain` when KMS is busy or out of reach.
        """
        with busy_means_try_again():
            answer = self._kms().generate_mac(
                KeyId=self._keys[version], MacAlgorithm="HMAC_SHA_256", Message=number.normalised()
            )
        return Token(version=version, mac=answer["Mac"])


def keys_by_version(setting: str) -> dict[int, str]:
    """Return the ARNs in a setting like ``1=<arn>,2=<arn>`` by version.

    Raises `Misconfigured` for one that is not like that.
    """
    pairs = [part.partition("=") for part in setting.split(",")]
    keys = {int(version): arn for version, _, arn in pairs if version.isdecimal() and arn}
    if len(keys) < len(pairs):
        raise Misconfigured("Setting CARD_TOKEN_KEYS must read 1=<ARN>, or 1=<ARN>,2=<ARN> with two versions.")
    return keys
