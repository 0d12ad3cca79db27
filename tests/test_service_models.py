"""What functions know of AWS: the operations that their policies allow, and all that those operations say."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from chalicelib import cloud
from infra.models import model_of, operations_allowed, write_models

ROOT = Path(__file__).parents[1]
POLICIES = ROOT / "infra" / "policies"


def test_the_package_knows_every_operation_that_a_policy_allows(service_models: Path) -> None:
    allowed = operations_allowed(POLICIES)
    for service in cloud.SERVICES:
        whole, carried = _whole(service), _carried(service_models, service)
        assert set(carried.operation_names) == allowed[service] & set(whole.operation_names)


@pytest.mark.parametrize("service", cloud.SERVICES)
def test_an_operation_says_the_same_in_the_package_as_in_botocore(service: str, service_models: Path) -> None:
    whole, carried = _whole(service), _carried(service_models, service)
    for name in carried.operation_names:
        there, here = whole.operation_model(name), carried.operation_model(name)
        assert _told(here.input_shape) == _told(there.input_shape)
        assert _told(here.output_shape) == _told(there.output_shape)
        assert here.http == there.http
        assert carried.metadata == whole.metadata


def test_the_package_carries_hundredths_of_what_botocore_has(service_models: Path) -> None:
    assert sum(path.stat().st_size for path in service_models.rglob("*.json")) < 150_000


def test_a_member_called_documentation_is_no_prose() -> None:
    model = {
        "metadata": {},
        "documentation": "Tells of all.",
        "operations": {"Tell": {"input": {"shape": "Asked"}, "documentation": "Tells."}, "Forget": {}},
        "shapes": {
            "Asked": {"type": "structure", "members": {"documentation": {"shape": "Text", "documentation": "What."}}},
            "Text": {"type": "string", "documentation": "A text."},
            "Unused": {"type": "string"},
        },
    }
    assert model_of(model, ["Tell"]) == {
        "metadata": {},
        "operations": {"Tell": {"input": {"shape": "Asked"}}},
        "shapes": {
            "Asked": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
            "Text": {"type": "string"},
        },
    }


def test_a_service_that_no_policy_names_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allows a call to polly"):
        write_models(["polly"], POLICIES, tmp_path)


def _whole(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _carried(place: Path, service: str) -> ServiceModel:
    [path] = (place / service).glob("*/service-2.json")
    return ServiceModel(json.loads(path.read_text()), service)


def _told(shape: Any, above: tuple[str, ...] = ()) -> Any:
    """Return a shape with all that it is made of; one inside itself is named and no more."""
    if shape is None or shape.name in above:
        return shape and shape.name
    inside = (*above, shape.name)
    members = {name: _told(member, inside) for name, member in getattr(shape, "members", {}).items()}
    parts = [_told(getattr(shape, part, None), inside) for part in ("member", "key", "value")]
    return shape.type_name, shape.serialization, members, parts
