"""A cloud in memory behind a port of this machine, for processes that come with nothing but boto3."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.support.cloud import Cloud

SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "GraniteServiceVersion20100801": "cloudwatch"}


@contextmanager
def served(cloud: Cloud) -> Iterator[str]:
    """Serve the cloud and yield its address."""

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body leave together: apart, the client would wait 40 ms to acknowledge the first.
        wbufsize = -1

        def do_POST(self) -> None:
            target, _, operation = self.headers["X-Amz-Target"].partition(".")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = cloud.reply(SERVICES[target], operation, body)
            self.send_response(reply.status)
            for name, value in reply.headers().items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
