"""The parts of botocore's data that the functions use.

botocore describes every operation of every service, in JSON that a function reads again at each cold start: 1.2 MB of
endpoints and the whole model of each service it speaks to. The functions' policies say which operations they may call,
so that is what their package carries; `chalicelib/cloud.py` looks there first and in botocore's own data after.
See `docs/decisions/0013-functions-carry-their-service-models.md`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

Model = dict[str, Any]

SERVICE_MODEL = "service-2"

TRANSACTIONS = {"ConditionCheckItem": "TransactWriteItems"}
"""DynamoDB's transactions have no action of their own; checking a condition is one that nothing else needs."""


def write_models(services: Iterable[str], policies: Path, place: Path) -> None:
    """Write into `place`, laid out as botocore's data, what calls allowed by these policies need of these services.

    Raises ValueError for a policy that cannot be read and for a service of which none allows a call.
    """
    loader = Loader()
    allowed = operations_allowed(policies)
    wanted = sorted(services)
    for service in wanted:
        if service not in allowed:
            raise ValueError(f"no policy in {policies} allows a call to {service}, which chalicelib/cloud.py names")
        version = loader.determine_latest_version(service, SERVICE_MODEL)
        model = loader.load_service_model(service, SERVICE_MODEL, version)
        _write(place / service / version / f"{SERVICE_MODEL}.json", model_of(model, allowed[service]))
    _write(place / "endpoints.json", endpoints_of(loader.load_data("endpoints"), wanted))


def operations_allowed(policies: Path) -> dict[str, set[str]]:
    """Return the operations that these policies allow, by service: an action's name is its operation's, transactions apart.

    Raises ValueError naming the file that is no policy.
    """
    allowed: dict[str, set[str]] = defaultdict(set)
    for path in sorted(policies.glob("*.json")):
        try:
            granted = [statement["Action"] for statement in json.loads(path.read_text())["Statement"]]
        except (ValueError, KeyError, TypeError) as problem:
            raise ValueError(f"{path.name} is no IAM policy with a Statement and Actions: {problem!r}") from problem
        for actions in granted:
            for action in [actions] if isinstance(actions, str) else actions:
                service, _, operation = action.partition(":")
                allowed[service].add(TRANSACTIONS.get(operation, operation))
    return allowed


def model_of(model: Mapping[str, Any], operations: Iterable[str]) -> Model:
    """Return a service model of these operations alone, with the shapes that they use and without its prose.

    Operations that it does not know are left out: reading a stream of DynamoDB is another service's, called by Lambda.
    """
    allowed = frozenset(operations)
    kept = {name: _without_prose(part) for name, part in model["operations"].items() if name in allowed}
    shapes: Model = {}
    waiting = list(_shapes_in(kept))
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = _without_prose(model["shapes"][name])
            waiting += _shapes_in(shapes[name])
    spoken = {name: part for name, part in model.items() if name not in ("documentation", "examples")}
    return {**spoken, "operations": kept, "shapes": dict(sorted(shapes.items()))}


def endpoints_of(endpoints: Mapping[str, Any], services: Iterable[str]) -> Model:
    """Return botocore's table of endpoints for these services alone."""
    wanted = frozenset(services)
    partitions = [
        {**partition, "services": {name: part for name, part in partition["services"].items() if name in wanted}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def _shapes_in(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for member in part.values():
            yield from _shapes_in(member)
    elif isinstance(part, list):
        for member in part:
            yield from _shapes_in(member)


def _without_prose(part: Any) -> Any:
    if isinstance(part, Mapping):
        # A member may itself be called documentation; prose is text.
        return {
            name: _without_prose(member)
            for name, member in part.items()
            if not (name == "documentation" and isinstance(member, str))
        }
    if isinstance(part, list):
        return [_without_prose(member) for member in part]
    return part


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, separators=(",", ":")))
