"""The desk of a test, with a client of its API."""

from collections.abc import Iterator

import pytest

from tests.local_connect.desk import Desk, client_of, serving


@pytest.fixture
def desk() -> Iterator[Desk]:
    """An exchange behind its API."""
    desk = Desk()
    with serving(desk) as address:
        desk.client = client_of(address)
        yield desk
