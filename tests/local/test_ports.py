"""Ports: free ones are found, taken ones are named."""

import os
import socket

import pytest

from infra.local.ports import claim
from infra.local.problems import CannotRun


def test_any_port_will_do() -> None:
    assert 0 < claim(0, "WEB_PORT") < 65536


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_named_with_its_holder_and_what_to_set(address: str) -> None:
    with socket.create_server((address, 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(
            CannotRun, match=rf"Port {port} is taken by .+ \(process {os.getpid()}\): .+WEB_PORT={port + 1}"
        ):
            claim(port, "WEB_PORT")


def test_a_port_that_was_just_left_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            holder.accept()[0].close()
    assert claim(port, "WEB_PORT") == port
