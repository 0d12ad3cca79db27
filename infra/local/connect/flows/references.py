"""References such as `$.Attributes.language`: how they are written, and what they stand for.

A path has names, `.name` or `['name']`, and nothing else of JSONPath: no wildcard, no filter, no index, since flows cannot index lists.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

NAMESPACES = frozenset(
    {"Attributes", "External", "LambdaInvocation", "FlowAttributes", "StoredCustomerInput", "Metrics", "Lex", "Loop", "Modules"}
    | {"Views", "Media", "Agent", "SegmentAttributes", "CustomerEndpoint", "SystemEndpoint", "Channel", "ContactId"}
    | {"InitialContactId", "PreviousContactId", "RelatedContactId", "InitiationMethod", "InstanceARN", "Queue", "LanguageCode"}
    | {"Name", "Description", "CustomerId", "AwsRegion", "References", "Tags", "MediaStreams"}
)  # fmt: skip
"""First names that a reference may have."""

_STEP = r"(?:\.([A-Za-z0-9_-]+)|\[(?:'([^']+)'|\"([^\"]+)\")\])"
_REFERENCE = re.compile(rf"\$\.[A-Za-z]+(?:{_STEP})*")
_STEPS = re.compile(_STEP)


def is_reference(value: Any) -> bool:
    """Whether a value is one whole reference."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def path_of(reference: str) -> tuple[str, ...]:
    """Return the names on the way, outermost first."""
    return tuple(match[1] or match[2] or match[3] for match in _STEPS.finditer(reference, 1))


def references_in(text: str) -> list[str]:
    """Return every reference that a text contains."""
    return [match[0] for match in _REFERENCE.finditer(text)]


def look_up(reference: str, known: Mapping[str, Any]) -> Any:
    """Return what a reference stands for, or None where there is no such thing.

    Values of segment attributes come out of their wrapping, as in `$.SegmentAttributes['connect:Subtype']`.
    """
    value: Any = known
    for name in path_of(reference):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    if isinstance(value, Mapping) and value.keys() == {"ValueString"}:
        return value["ValueString"]
    return value


def interpolated(text: str, known: Mapping[str, Any]) -> str:
    """Return a text with every reference replaced by what it stands for; what is not there is left out."""
    return _REFERENCE.sub(lambda match: as_text(look_up(match[0], known)), text)


def resolved(value: Any, known: Mapping[str, Any]) -> Any:
    """Return a parameter, however nested, with every value that is a reference replaced; what is not there becomes None."""
    if isinstance(value, Mapping):
        return {key: resolved(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, known) for inner in value]
    return look_up(value, known) if is_reference(value) else value


def as_text(value: Any) -> str:
    """Return a value as attributes and prompts hold it: text as it is, nothing as nothing, the rest as JSON writes it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
