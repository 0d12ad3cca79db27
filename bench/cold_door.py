"""Run by bench/coldstart.py in a fresh interpreter that sees the standard library only: open one door as Lambda does.

    python -I -S bench/cold_door.py '{"paths": […], "handler": "module.function", "event": {…}}'

Prints JSON: CPU seconds of the import, and of import and first call together, and what the call answered. A handler
without a dot is a module to import and no more.
"""

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


told = json.loads(sys.argv[1])
sys.path[:0] = told["paths"]
module, _, function = told["handler"].rpartition(".")

began = time.process_time()
imported = __import__(module or function, fromlist=["_"])
opened = time.process_time()
answer = getattr(imported, function)(told["event"], Context()) if module else None
answered = time.process_time()

print()
print(json.dumps({"import": opened - began, "call": answered - began, "answer": answer}))
