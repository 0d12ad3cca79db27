"""Requests and answers as botocore's own model of Amazon Connect describes them: paths, names, shapes, limits."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from infra.local.connect.api.problems import ApiProblem

LABEL = re.compile(r"\{(\w+)\+?\}")


class Route(NamedTuple):
    """An operation with its method and path."""

    method: str
    path: re.Pattern[str]
    operation: OperationModel


class Wire:
    """The model of Connect's API."""

    def __init__(self) -> None:
        self._model = ServiceModel(Loader().load_service_model("connect", "service-2"), "connect")

    @cached_property
    def _routes(self) -> list[Route]:
        operations = [self._model.operation_model(name) for name in self._model.operation_names]
        # A path without a label in a place comes before one that takes anything there.
        operations.sort(key=lambda operation: len(LABEL.findall(operation.http["requestUri"])))
        return [
            Route(
                method=operation.http["method"],
                path=re.compile(LABEL.sub(r"(?P<\1>[^/]+)", operation.http["requestUri"].partition("?")[0])),
                operation=operation,
            )
            for operation in operations
        ]

    def operation(self, method: str, path: str) -> tuple[OperationModel, dict[str, str]] | None:
        """Return the operation that a method and a raw path ask for, and what stands in the path by its name there."""
        for route in self._routes:
            if route.method == method and (found := route.path.fullmatch(path)):
                return route.operation, {name: unquote(text) for name, text in found.groupdict().items()}
        return None

    def status(self, code: str) -> int:
        """Return the HTTP status of an error."""
        return int(self._model.shape_for(code).metadata["error"]["httpStatusCode"])

    @staticmethod
    def request(
        operation: OperationModel, labels: Mapping[str, str], query: Mapping[str, Sequence[str]], body: bytes
    ) -> dict[str, Any]:
        """Return what is asked, by the model's names. Raises ApiProblem naming what is wrong."""
        try:
            document = json.loads(body) if body else {}
        except ValueError:
            raise _unfit(operation, "The body is no JSON.") from None
        if not isinstance(document, dict):
            raise _unfit(operation, "The body is no JSON object.")
        shape = operation.input_shape
        assert isinstance(shape, StructureShape), "every operation of Connect takes a structure"
        asked: dict[str, Any] = {}
        for name, member in shape.members.items():
            place, wire_name = member.serialization.get("location"), member.serialization.get("name", name)
            if place == "uri" and wire_name in labels:
                asked[name] = labels[wire_name]
            elif place == "querystring" and wire_name in query:
                asked[name] = _queried(member, query[wire_name])
            elif place is None and document.get(wire_name) is not None:
                asked[name] = document[wire_name]
        report = ParamValidator().validate(asked, shape)
        if report.has_errors():
            raise _unfit(operation, report.generate_report())
        for problem in _beyond(shape, asked, ""):
            raise _unfit(operation, problem)
        return asked

    @staticmethod
    def answer(operation: OperationModel, document: Mapping[str, Any]) -> bytes:
        """Return the body of an answer; members that are None are left out. Raises KeyError for one that the model does not know."""
        return json.dumps(_written(operation.output_shape, document) if operation.output_shape else {}).encode()

    @staticmethod
    def fitting(operation: OperationModel, *codes: str) -> str:
        """Return the first of these errors that the operation has, or the last of them."""
        known = {shape.name for shape in operation.error_shapes}
        return next((code for code in codes if code in known), codes[-1])


def _unfit(operation: OperationModel, problem: str) -> ApiProblem:
    code = Wire.fitting(operation, "InvalidParameterException", "InvalidRequestException")
    return ApiProblem(code, " ".join(problem.split()))


def _queried(shape: Shape, texts: Sequence[str]) -> Any:
    if isinstance(shape, ListShape):
        return list(texts)
    if shape.type_name in ("integer", "long"):
        # What is no number stays a text, which the validator then names.
        return int(texts[-1]) if re.fullmatch(r"-?\d+", texts[-1]) else texts[-1]
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(texts[-1], texts[-1])
    return texts[-1]


def _beyond(shape: Shape, value: Any, name: str) -> Iterator[str]:
    """Yield what botocore's validator lets pass because the service checks it: greatest lengths and values, words, patterns."""
    most = shape.metadata.get("max")
    if isinstance(shape, StructureShape):
        for member, inner in value.items():
            yield from _beyond(shape.members[member], inner, f"{name}.{member}".strip("."))
    elif isinstance(shape, ListShape | MapShape):
        if most is not None and len(value) > most:
            yield f"{name} has {len(value)} members, and {most} is the most."
        inner_shape = shape.member if isinstance(shape, ListShape) else shape.value
        for each in value if isinstance(shape, ListShape) else value.values():
            yield from _beyond(inner_shape, each, name)
    elif shape.type_name == "string":
        yield from _unfit_text(shape, value, name)
    elif shape.type_name in ("integer", "long", "float", "double") and most is not None and value > most:
        yield f"{name} is {value}, and {most} is the most."


def _unfit_text(shape: Shape, value: str, name: str) -> Iterator[str]:
    most, pattern, words = shape.metadata.get("max"), shape.metadata.get("pattern"), getattr(shape, "enum", None)
    if words and value not in words:
        yield f"{name} is {value}: give one of {', '.join(words)}."
    if most is not None and len(value) > most:
        yield f"{name} has {len(value)} characters, and {most} is the most."
    if pattern and (readable := _python(pattern)) and not readable.search(value):
        yield f"{name} does not match {pattern}."


@cache
def _python(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of the model, which is Java's, as Python has it; None for the few that Python cannot read."""
    # Some patterns there are escaped twice.
    text = pattern.replace("\\\\", "\\").replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d")
    try:
        return re.compile(text)
    except re.error:
        return None


def _written(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return {
            shape.members[name].serialization.get("name", name): _written(shape.members[name], inner)
            for name, inner in value.items()
            if inner is not None
        }
    if isinstance(shape, ListShape):
        return [_written(shape.member, each) for each in value]
    if isinstance(shape, MapShape):
        return {name: _written(shape.value, each) for name, each in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value
