"""A way to AWS that can be cut at the worst moment: when AWS has taken something and nobody has heard that it has."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

PATIENCE = 60  # seconds


class Gate:
    """The way; what is put onto one stream goes through, and its answer never comes back."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.held_back = Event()
        self.over = Event()

    def has_held_back(self) -> bool:
        """Whether AWS has taken something of which the answer was held back."""
        return self.held_back.is_set()


@contextmanager
def gate(endpoint: str, *, holds_back: str) -> Iterator[Gate]:
    """Lead to an endpoint while this lasts, and hold back the answers to whatever is put onto this Kinesis stream."""

    class Way(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            onward = HTTPConnection(urlsplit(endpoint).netloc, timeout=PATIENCE)
            onward.request("POST", self.path, body, dict(self.headers.items()))
            answer = onward.getresponse()
            text = answer.read()
            onward.close()
            if holds_back.encode() in body:
                assert answer.status == 200, text
                way.held_back.set()
                way.over.wait()
                return
            # Who asked may be dead by now.
            with suppress(ConnectionError):
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.getheader("Content-Type", ""))
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    server.daemon_threads = True
    way = Gate(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield way
    finally:
        way.over.set()
        server.shutdown()
        server.server_close()
