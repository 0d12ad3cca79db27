"""A Connect instance that answers DescribeContact on this machine, until the local Connect does."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.cloud.answers import Refused, json_of
from tests.support.cloud.connect import Connect


class ConnectInstance:
    """Contacts as they truly are, behind a port; `callers` holds who signed each request, and for which service."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.callers: list[str] = []
        self._connect = Connect()

    def knows(self, contact: dict[str, Any]) -> None:
        """Answer with this contact when it is asked about."""
        self._connect.contacts[contact["Id"]] = contact

    def answer(self, path: str, signature: str) -> tuple[int, str, bytes]:
        """Return status, name of the error if it is one, and body of an answer."""
        self.callers.append(signature)
        parts = [unquote(part) for part in urlsplit(path).path.split("/")[1:]]
        try:
            return 200, "", self._connect.answer("DescribeContact", {"path": parts}, 1)
        except Refused as refused:
            return refused.status, refused.code, json_of(refused.document())


@contextmanager
def answering() -> Iterator[ConnectInstance]:
    """Serve an instance that knows no contact yet."""

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, error, body = instance.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    instance = ConnectInstance(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield instance
    finally:
        server.shutdown()
        server.server_close()
