"""Run by bench/coldstart.py in a fresh interpreter that sees the standard library only: open one door as Lambda does.

    python -I -S bench/cold_door.py < {"paths": […], "handler": "module.function", "event": {…}, "replies": […]}

Prints JSON: CPU seconds of the import, and of import and first call together, and what the call answered. AWS answers
with `replies`, in this order. A handler without a dot is a module to import and no more.
"""

import io
import json
import sys
import time


class Context:
    """What Lambda tells a handler; `tests/support/lambda_context.py` cannot be seen from here."""

    function_name = "cold"
    memory_limit_in_mb = 512
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:cold"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Raw(io.BytesIO):
    """The part of an HTTP answer that botocore reads."""

    def stream(self) -> list[bytes]:
        return [self.read()]


told = json.load(sys.stdin)
sys.path[:0] = told["paths"]
module, _, function = told["handler"].rpartition(".")
replies = iter(told.get("replies", []))


def call(handler: object) -> object:
    """Call the door; what is imported here to answer in AWS's stead, the door itself would import."""
    from botocore.awsrequest import AWSResponse
    from botocore.handlers import BUILTIN_HANDLERS

    def answer(request: object, **_: object) -> AWSResponse:
        status, headers, body = next(replies)
        return AWSResponse("https://aws", status, headers, Raw(body.encode()))

    BUILTIN_HANDLERS.append(("before-send", answer))
    return handler(told["event"], Context())  # type: ignore[operator]


began = time.process_time()
imported = __import__(module or function, fromlist=["_"])
opened = time.process_time()
answer = call(getattr(imported, function)) if module else None
answered = time.process_time()

print()
print(json.dumps({"import": opened - began, "call": answered - began, "answer": answer, "unused": len(list(replies))}))
