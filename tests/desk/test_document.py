"""The OpenAPI document: it is one, and its examples are true to its schemas."""

from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from tests.desk.desk import OPENAPI, operations

EXAMPLES = {
    "ContactsPage": "ContactsPage",
    "ContactInFull": "ContactInFull",
    "Quality": "Quality",
    "QualityNow": "QualityNow",
    "Agents": "Agents",
    "Dashboard": "Dashboard",
    "EarlierContacts": "EarlierContacts",
    "Identified": "Identified",
    "Floor": "Floor",
}


def test_it_is_an_openapi_document() -> None:
    validate(OPENAPI)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_they_are_examples_of(name: str) -> None:
    _check(EXAMPLES[name], OPENAPI["components"]["examples"][name]["value"])


@pytest.mark.parametrize("name", OPENAPI["components"]["responses"])
def test_examples_of_problems_are_problems(name: str) -> None:
    content = OPENAPI["components"]["responses"][name]["content"]["application/json"]
    examples = [each["value"] for each in content.get("examples", {}).values()] or [content["example"]]
    for example in examples:
        _check_schema(content["schema"], example)


def test_everybody_is_told_who_may_ask_and_what_can_go_wrong() -> None:
    for method, path, operation in operations():
        assert operation["x-roles"], path
        done = "200" if method == "get" else "202"
        assert {done, "400", "401", "403", "500", "503"} <= set(operation["responses"]), path
        assert operation["operationId"]
        assert operation["summary"]


def _check(schema: str, example: Any) -> None:
    _check_schema({"$ref": f"#/components/schemas/{schema}"}, example)


def _check_schema(schema: dict[str, Any], example: Any) -> None:
    jsonschema.Draft202012Validator({**schema, "components": OPENAPI["components"]}).validate(example)
