"""A stage for the pages: serves web/ as the real homes do, and an API that says exactly what a test wants.

States that a running stack cannot be put in at will (nothing there yet, slow, refused, gone) are only a line here.
"""

import base64
import json
import mimetypes
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

WEB = Path(__file__).parents[2] / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CONFIG = {
    "region": "ap-northeast-1",
    "stage": "test",
    "api": "/api",
    "cognito": {"endpoint": "/cognito", "clientId": "test-client"},
    "zone": "Asia/Tokyo",
    "dashboard": "tsunagu-test",
    "softphone": {"home": "local", "path": "/connect/desk"},
}

Query = Mapping[str, str]
Said = tuple[int, Any]


class Asked(NamedTuple):
    """A request that came to the stage."""

    path: str
    query: Query
    token: str
    body: Any = None


def token(username: str = "hanako", role: str = "supervisor") -> str:
    """Return what looks like an ID token to a page, which reads it but never judges it."""
    claims = json.dumps({"cognito:username": username, "cognito:groups": [role]}).encode()
    return f"head.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.signature"


class Stage:
    """A server whose answers a test writes; every answer may be changed while a page is open."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.cognito: Callable[[str, dict[str, Any]], Said] = lambda action, body: (200, {})
        self.accepted: str | None = None
        """The only token that opens the API, or None while every one does."""
        self.gate = threading.Event()
        self._answers: dict[str, Callable[[Query], Said]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.let_through()

    def answer(self, path: str, body: Any, status: int = 200) -> None:
        """Answer this path with a document, or with what a function makes of the query."""
        self._answers[path] = lambda query: (status, body(query) if callable(body) else body)

    def hold_back(self) -> None:
        """Let the API answer nothing until `let_through`."""
        self.gate.clear()

    def let_through(self) -> None:
        """Let the API answer again."""
        self.gate.set()

    def close(self) -> None:
        """End the server, and let go of every request that still waits."""
        self.let_through()
        self._server.shutdown()
        self._server.server_close()

    def say(self, path: str, query: Query, token: str, body: Any = None) -> Said:
        """Return what this stage answers."""
        self.asked.append(Asked(path, query, token, body))
        self.gate.wait(timeout=60)
        if self.accepted is not None and token != self.accepted:
            return 401, {"Message": "The incoming token has expired"}
        answer = self._answers.get(path) or self._answers.get(path.rsplit("/", 1)[0] + "/*")
        return answer(query) if answer else (404, {"Code": "NotFoundError", "Message": f"Nothing at {path}."})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path.startswith("/api/"):
                    query = dict(parse_qsl(parts.query))
                    token = self.headers.get("Authorization", "")
                    self._json(*stage.say(parts.path.removeprefix("/api"), query, token))
                elif parts.path == "/config.json":
                    self._json(200, CONFIG)
                else:
                    self._file(parts.path)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                token = self.headers.get("Authorization", "")
                action = self.headers.get("X-Amz-Target", "").rsplit(".", 1)[-1]
                path = self.path.removeprefix("/api")
                self._json(*(stage.cognito(action, body) if path == "/cognito" else stage.say(path, {}, token, body)))

            def _file(self, path: str) -> None:
                libraries: dict[str, str] = json.loads((WEB / "vendor.json").read_text())
                name = libraries.get(path, path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
                file = WEB / name
                if not file.is_file():
                    missing = "run 'make web/node_modules/.stamp' first" if path in libraries else "no such page"
                    self._send(404, "text/plain", f"{path}: {missing}".encode())
                    return
                self._send(200, mimetypes.guess_type(name)[0] or "application/octet-stream", file.read_bytes())

            def _json(self, status: int, document: Any) -> None:
                self._send(status, "application/json", json.dumps(document).encode())

            def _send(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", POLICY)
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet: what was asked stands in `asked`."""

        return Handler
