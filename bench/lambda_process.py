"""A quality run in a process of its own, as in Lambda: AWS is elsewhere (`AWS_ENDPOINT_URL`).

    python -m bench.lambda_process < event.json

Prints, as its last line, the most megabytes that the process ever held.
"""

import json
import resource
import sys
from pathlib import Path

from chalicelib.quality.entry import quality_figures


class Context:
    """What Lambda tells a handler, without what a test's own context would bring along."""

    function_name = "quality_figures"
    memory_limit_in_mb = 512
    aws_request_id = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:quality_figures"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def megabytes() -> float:
    """Return the most memory that this process ever held.

    On Linux a process begins with its parent's `ru_maxrss`, so it is asked for elsewhere there.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    quality_figures(json.load(sys.stdin), Context())
    print(f"\n{megabytes():.1f}")
