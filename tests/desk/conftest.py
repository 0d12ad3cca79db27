"""A centre with a desk in it."""

from collections.abc import Iterator

import pytest

from tests.centre import Centre
from tests.desk.desk import Desk


@pytest.fixture
def centre() -> Iterator[Centre]:
    with Centre() as running:
        yield running


@pytest.fixture
def desk(centre: Centre) -> Desk:
    return Desk()
