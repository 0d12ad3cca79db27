"""An AWS small enough to live in a test: DynamoDB, SQS, CloudWatch, KMS, Secrets Manager and Connect answered in memory, at botocore's HTTP layer.

The whole cost and behaviour of the client is kept (validation, serialisation, signing, retries, parsing); the network
and the service are not. `tests/contracts/test_cloud_in_memory.py` holds it to the same answers as another emulation.
What it does not know it refuses with `NotPlayed` instead of guessing.
"""

from .answers import NotPlayed, Refused
from .cloud import Cloud, Reply, without_waiting
from .faults import EVERY_PART, Call, Crash, Fault, Faults, Trouble, conflicting, denied, in_turn, no_faults
from .stream import Stream
from .tables import Table
from .tally import Count, Tally
from .template import Template, queue_url

__all__ = [
    "EVERY_PART",
    "Call",
    "Cloud",
    "Count",
    "Crash",
    "Fault",
    "Faults",
    "NotPlayed",
    "Refused",
    "Reply",
    "Stream",
    "Table",
    "Tally",
    "Template",
    "Trouble",
    "conflicting",
    "denied",
    "in_turn",
    "no_faults",
    "queue_url",
    "without_waiting",
]
