"""KMS: HMAC keys that stay inside, and what they say of a message."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from .answers import NotPlayed, Refused, invalid, json_of, only

MESSAGE = 4096


class Kms:
    """HMAC_256 keys by ARN (a key's logical id and ".Arn"); `made` counts the codes that each of them made."""

    throttled = "ThrottlingException"

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = {f"{name}.Arn": hashlib.sha256(name.encode()).digest() for name in keys}
        self.made = dict.fromkeys(self.keys, 0)

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request["KeyId"],)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; it has no parts."""
        if operation != "GenerateMac":
            raise NotPlayed(f"KMS's {operation}")
        only(request, "KeyId", "MacAlgorithm", "Message")
        key_id, message = request["KeyId"], base64.b64decode(request["Message"])
        if key_id not in self.keys:
            raise Refused("NotFoundException", f"Key '{key_id}' does not exist")
        if request["MacAlgorithm"] != "HMAC_SHA_256":
            raise Refused("InvalidKeyUsageException", f"The algorithm is not valid for {key_id}")
        if not 0 < len(message) <= MESSAGE:
            raise invalid("Value at 'message' failed to satisfy constraint: length between 1 and 4096")
        self.made[key_id] = self.made.get(key_id, 0) + 1
        mac = hmac.digest(self.keys[key_id], message, "sha256")
        return json_of({"KeyId": key_id, "Mac": base64.b64encode(mac).decode(), "MacAlgorithm": "HMAC_SHA_256"})
