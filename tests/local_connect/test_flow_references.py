"""What references stand for, alone and among words."""

from typing import Any

import pytest

from infra.local.connect.flows.references import as_text, interpolated, is_reference, look_up, path_of, resolved

KNOWN: dict[str, Any] = {
    "Attributes": {"name": "Sato", "a-b": "dash", "first name": "Hanako", "empty": ""},
    "External": {"customer": {"visits": 7, "open": True}, "list": ["a", "b"]},
    "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Telephony"}},
    "StoredCustomerInput": "Timeout",
    "Queue": None,
}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("$.Attributes.name", "Sato"),
        ("$.Attributes.a-b", "dash"),
        ("$.Attributes['first name']", "Hanako"),
        ('$.Attributes["first name"]', "Hanako"),
        ("$['Attributes'].name", None),
        ("$.External.customer.visits", 7),
        ("$.External.customer", {"visits": 7, "open": True}),
        ("$.External.list", ["a", "b"]),
        ("$.External.list.a", None),
        ("$.SegmentAttributes['connect:Subtype']", "connect:Telephony"),
        ("$.StoredCustomerInput", "Timeout"),
        ("$.StoredCustomerInput.more", None),
        ("$.Queue.Name", None),
        ("$.Nothing", None),
    ],
)
def test_a_reference_stands_for_one_value(reference: str, value: Any) -> None:
    if is_reference(reference):
        assert look_up(reference, KNOWN) == value
    else:
        assert resolved(reference, KNOWN) == reference


@pytest.mark.parametrize(
    "text", ["", "$", "$.", "name", "$.Attributes.name!", "Mr $.Attributes.name", "$.External.list[0]"]
)
def test_what_is_no_whole_reference_stays_as_it_is(text: str) -> None:
    assert not is_reference(text)
    assert resolved(text, KNOWN) == text


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Dear $.Attributes.name.", "Dear Sato."),
        ("$.Attributes.name様、$.External.customer.visits回目", "Sato様、7回目"),
        ("[$.Attributes.unknown][$.Queue.Name]", "[][]"),
        ("It costs $5, or $.50", "It costs $5, or $.50"),
        ("$.External.customer", '{"visits":7,"open":true}'),
    ],
)
def test_references_among_words_are_spoken(text: str, heard: str) -> None:
    assert interpolated(text, KNOWN) == heard


def test_a_nested_parameter_is_resolved_everywhere() -> None:
    assert resolved({"a": ["$.Attributes.name", {"b": "$.Queue.Name"}], "c": "x"}, KNOWN) == {
        "a": ["Sato", {"b": None}],
        "c": "x",
    }


def test_a_path_is_a_list_of_names() -> None:
    assert path_of("$.SegmentAttributes['connect:Subtype'].x") == ("SegmentAttributes", "connect:Subtype", "x")


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("x", "x"), (7, "7"), (True, "true"), ({"a": "あ"}, '{"a":"あ"}')]
)
def test_attributes_hold_text(value: Any, text: str) -> None:
    assert as_text(value) == text
