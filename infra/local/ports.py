"""Ports on this machine: a free one where any will do, and a clear word where a wanted one is taken."""

import errno
import socket
from contextlib import suppress

import psutil

from infra.local.problems import CannotRun
from infra.local.settings import HOST


def claim(port: int, variable: str) -> int:
    """Return the port if nobody holds it, or any free one for 0.

    Raises CannotRun that names the port, its holder where the system shows it, and the variable to set.
    """
    if port and _answers(port):
        raise CannotRun(_taken(port, variable))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            if problem.errno == errno.EACCES:
                raise CannotRun(
                    f"Port {port} needs administrator rights: set {variable} to one above 1023."
                ) from problem
            raise CannotRun(_taken(port, variable)) from problem
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    # A listener on all addresses does not stop a bind to one of them everywhere, so ask as a client too.
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _taken(port: int, variable: str) -> str:
    return f"Port {port} is taken{_holder(port)}: end that program, or choose another port with '{variable}={port + 1 if port < 65535 else 0} make run'."


def _holder(port: int) -> str:
    # Other users' processes, and on some systems all of them, are not ours to see.
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
            if listens and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""
