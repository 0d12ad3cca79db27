"""The service model inside the published Streams package: what an agent's snapshot and each request may look like."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from tests.browser.stage import WEB

SERVICE = '"serviceFullName":"AmazonConnectCTIService"'
ABOVE_THE_MODEL = frozenset({"agentStates", "queues", "authentication"})
"""Members that Streams puts together from several answers, or adds to every request."""


@cache
def model() -> dict[str, Any]:
    """Return the model; in the package's larger file it is still JSON."""
    text = (WEB / "node_modules/amazon-connect-streams/release/connect-streams.js").read_text()
    start = text.rindex(".exports=", 0, text.index(SERVICE)) + len(".exports=")
    found, _ = json.JSONDecoder().raw_decode(text[start:])
    return dict(found)


def fits_request(method: str, params: dict[str, Any]) -> None:
    """Fail unless these are parameters of a request of that name, such as `acceptContact`."""
    _fits(_operation(method)["input"], params, method)


def fits_answer(method: str, answer: dict[str, Any]) -> None:
    """Fail unless this is what that request answers."""
    _fits(_operation(method)["output"], answer, method)


def _operation(method: str) -> dict[str, Any]:
    return dict(model()["operations"][method[0].upper() + method[1:]])


def _fits(shape: dict[str, Any], value: Any, where: str) -> None:
    shape = model()["shapes"][shape["shape"]] if "shape" in shape else shape
    match shape.get("type", "string"):
        case "structure":
            assert isinstance(value, dict), where
            # A null goes over the wire as nothing.
            value = {name: each for name, each in value.items() if each is not None}
            unknown = value.keys() - shape["members"].keys() - ABOVE_THE_MODEL
            missing = set(shape.get("required", ())) - value.keys() - ABOVE_THE_MODEL
            assert not unknown, f"{where} has no {unknown}"
            assert not missing, f"{where} needs {missing}"
            for name in value.keys() & shape["members"].keys():
                _fits(shape["members"][name], value[name], f"{where}.{name}")
        case "list":
            for each in value:
                _fits(shape["member"], each, where)
        case "map":
            for name, each in value.items():
                _fits(shape["value"], each, f"{where}[{name}]")
        case "timestamp":
            datetime.fromisoformat(value["moment"])
        case "boolean":
            assert isinstance(value, bool), where
        case "long" | "integer":
            assert isinstance(value, int), where
        case _:
            assert isinstance(value, str), f"{where} is {value!r}"
