"""S3: objects by bucket and key, read whole or in ranges. Uploads in parts are not played."""

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Any

from .answers import NotPlayed, Refused


class S3:
    """Buckets by name. What is asked stands in path and headers: a request is `path`, `headers` (small letters), `body` (base64)."""

    throttled = "SlowDown"

    def __init__(self, buckets: Iterable[str]) -> None:
        self.buckets: dict[str, dict[str, bytes]] = {name: {} for name in buckets}

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return (request["path"][0],)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Do the operation; it has no parts."""
        bucket, key = request["path"][0], "/".join(request["path"][1:])
        if bucket not in self.buckets:
            raise Refused("NoSuchBucket", "The specified bucket does not exist", status=404)
        objects = self.buckets[bucket]
        if operation == "PutObject":
            objects[key] = base64.b64decode(request["body"])
            return b""
        if operation != "GetObject":
            raise NotPlayed(f"S3's {operation}")
        if key not in objects:
            raise Refused("NoSuchKey", "The specified key does not exist.", status=404)
        return _part(objects[key], request["headers"])


def etag_of(content: bytes) -> str:
    """Return the entity tag of an object that was uploaded in one piece, without its quotes."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _part(content: bytes, headers: dict[str, str]) -> bytes:
    wanted = headers.get("if-match")
    if wanted is not None and wanted != f'"{etag_of(content)}"':
        raise Refused("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", status=412)
    if "range" not in headers:
        return content
    asked = re.fullmatch(r"bytes=(\d+)-(\d+)", headers["range"])
    if asked is None:
        raise NotPlayed(f"the range {headers['range']}")
    first, last = int(asked[1]), int(asked[2])
    if first >= len(content) or last < first:
        raise Refused("InvalidRange", "The requested range is not satisfiable", status=416)
    return content[first : last + 1]
