"""Demo members of staff, one at least of each role, with passwords that no other installation has."""

import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import boto3

from infra.local.state import User, write_private

STAFF = (
    ("hanako.sato", "agent"),
    ("ken.suzuki", "agent"),
    ("yui.takahashi", "agent"),
    ("akari.mori", "supervisor"),
    ("leader", "leader"),
    ("quality", "quality"),
    ("analyst", "analyst"),
    ("auditor", "auditor"),
    ("administrator", "administrator"),
)
"""User names and roles. Who has a softphone goes by the name of a user of infra/connect.yaml; simulated people leave those desks free."""
ALPHABET = string.ascii_letters + string.digits


def make_users(pool_id: str) -> list[User]:
    """Create the demo staff in the user pool, ready to sign in."""
    cognito = boto3.client("cognito-idp")
    users = [User(username=name, password=make_password(), role=role) for name, role in STAFF]
    for user in users:
        cognito.admin_create_user(UserPoolId=pool_id, Username=user.username, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=user.username, Password=user.password, Permanent=True
        )
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=user.username, GroupName=user.role)
    return users


def make_password() -> str:
    """Return a random password that the pool's policy accepts: 95 bits, with each kind of character it asks for."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(16))
        if (
            any(c.islower() for c in password)
            and any(c.isupper() for c in password)
            and any(c.isdigit() for c in password)
        ):
            return password


def keep(path: Path, users: Sequence[User]) -> None:
    """Keep the users for a later `KEEP=1`."""
    write_private(path, json.dumps([asdict(user) for user in users]))


def kept(path: Path) -> list[User]:
    """Return the users that were kept; none when nothing was."""
    try:
        return [User(**user) for user in json.loads(path.read_text())]
    except (FileNotFoundError, ValueError, TypeError):
        return []
