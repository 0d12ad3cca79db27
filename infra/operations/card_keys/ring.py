"""The card keys of a centre: its secret, and beside it the table in which their certificates are watched."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.accounts.store.certificates import DynamoCertificateBook
from infra.card_keys import CardKey, NoSecret, keys_in, secret_of

AT_ONCE = 2
"""An instance of Connect takes two keys at most (Administrator Guide, "Encrypt sensitive customer input")."""

SHORTEST_PREFIX = 8

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
"""Staging labels of Secrets Manager."""


class NotPossible(Exception):
    """Nothing was changed; the message says why and what to do."""


class Held(NamedTuple):
    """What the secret holds, the newest key last, and in which version; None before it has any."""

    keys: Sequence[CardKey]
    version: str | None

    def named(self, name: str) -> CardKey:
        """Return the key of this id, or whose fingerprint is this or begins with it; raises NotPossible unless there is just one."""
        found = [
            key
            for key in self.keys
            if key.key_id == name or (len(name) >= SHORTEST_PREFIX and key.fingerprint.startswith(name.lower()))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotPossible(f"More than one key begins with {name}: give more of its fingerprint.")
        raise NotPossible(
            f"There is no card key {name}: give an id, or a fingerprint of {SHORTEST_PREFIX} digits or more, as `make card-key LIST=1` shows them."
        )


class KeyRing:
    """The keys in a secret.

    Every change names what was held before; it raises NotPossible when somebody else has changed that meanwhile, so that no key is lost.
    """

    def __init__(self, secretsmanager: Any, secret: str, certificates: DynamoCertificateBook) -> None:
        self._secretsmanager = secretsmanager
        self._secret = secret
        self._certificates = certificates

    def read(self) -> Held:
        """Return what the secret holds; raises NotPossible when it holds something else."""
        try:
            answer = self._secretsmanager.get_secret_value(SecretId=self._secret, VersionStage=CURRENT)
        except self._secretsmanager.exceptions.ResourceNotFoundException:
            return Held(keys=[], version=None)
        try:
            keys = keys_in(answer.get("SecretString") or '{"keys": []}')
        except NoSecret as problem:
            raise NotPossible(
                f"The secret {self._secret} was changed by hand: {problem}. Put its former version back, or repair it in the console."
            ) from problem
        return Held(keys=keys, version=answer["VersionId"])

    def add(self, held: Held, key: CardKey) -> None:
        """Add a key to those held."""
        self._write(held, [*held.keys, key])

    def name(self, held: Held, key: CardKey, key_id: str) -> None:
        """Say by which id Connect knows a key."""
        named = key._replace(key_id=key_id)
        self._write(held, [named if each.fingerprint == key.fingerprint else each for each in held.keys])

    def retire(self, held: Held, key: CardKey) -> None:
        """Take a key out, and let go of the version that had it: Secrets Manager deletes versions without a label."""
        self._write(held, [each for each in held.keys if each.fingerprint != key.fingerprint])
        if held.version is not None:
            self._let_go(PREVIOUS, held.version)

    def watch(self) -> None:
        """Let the certificates that are watched be those of the keys in the secret; raises `TryAgain` when the table is busy."""
        held = {key.fingerprint: key.watched() for key in self.read().keys}
        for certificate in self._certificates.all():
            if certificate.fingerprint not in held:
                self._certificates.forget(certificate.fingerprint)
        for certificate in held.values():
            self._certificates.keep(certificate)

    def _let_go(self, label: str, version: str) -> None:
        self._secretsmanager.update_secret_version_stage(
            SecretId=self._secret, VersionStage=label, RemoveFromVersionId=version
        )

    def _write(self, before: Held, keys: Sequence[CardKey]) -> None:
        """Make these the keys, provided that nobody else has written since `before` was read.

        PutSecretValue knows no condition. UpdateSecretVersionStage does: a label leaves only the version that is named.
        """
        text = secret_of(keys)
        if before.version is None:
            self._secretsmanager.put_secret_value(SecretId=self._secret, SecretString=text)
            return
        made = self._secretsmanager.put_secret_value(SecretId=self._secret, SecretString=text, VersionStages=[PENDING])
        try:
            self._secretsmanager.update_secret_version_stage(
                SecretId=self._secret,
                VersionStage=CURRENT,
                MoveToVersionId=made["VersionId"],
                RemoveFromVersionId=before.version,
            )
        except ClientError as problem:
            if problem.response["Error"]["Code"] not in ("InvalidParameterException", "InvalidRequestException"):
                raise
            # The answer to a first try may have been lost.
            if self.read().version != made["VersionId"]:
                self._let_go(PENDING, made["VersionId"])
                raise NotPossible(
                    "Somebody else changed the card keys at this moment, so nothing was done: look with `make card-key LIST=1`, then repeat."
                ) from problem


def ensure_room(held: Held) -> None:
    """Raise NotPossible when the secret holds as many keys as Connect takes."""
    if len(held.keys) >= AT_ONCE:
        raise NotPossible(
            f"There are {len(held.keys)} card keys, and an instance of Connect takes {AT_ONCE}: "
            "look with `make card-key LIST=1`, and take the one out that is no longer used, `make card-key RETIRE=<id>`."
        )
