"""Pages of long answers: a token says where the next one begins, and is good for the same question only."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from infra.local.connect.api.problems import invalid_parameter

Thing = TypeVar("Thing")
USUAL = 100
"""Members of a page when nobody says how many."""


def page(things: Sequence[Thing], asked: Mapping[str, Any], of: str) -> tuple[list[Thing], str | None]:
    """Return the page that is asked for and the token of the next one, if there is one; `of` names what is listed.

    Raises ApiProblem for the token of another question.
    """
    question = _digest(asked, of)
    begin = 0
    if "NextToken" in asked:
        try:
            begin, asked_before = json.loads(base64.urlsafe_b64decode(asked["NextToken"]))
        except (ValueError, TypeError):
            begin, asked_before = 0, None
        if asked_before != question:
            raise invalid_parameter("NextToken is not one of this question: ask again from the beginning.")
    end = begin + asked.get("MaxResults", USUAL)
    token = base64.urlsafe_b64encode(json.dumps([end, question]).encode()).decode() if end < len(things) else None
    return list(things[begin:end]), token


def _digest(asked: Mapping[str, Any], of: str) -> str:
    same = {name: value for name, value in asked.items() if name not in ("NextToken", "MaxResults")}
    return hashlib.sha256(json.dumps([of, same], sort_keys=True).encode()).hexdigest()[:16]
