"""`make preflight PEAK=… AGENTS=…`: are the account's quotas large enough for the busiest hour, before it comes?

A new account has 10 concurrent calls in Connect and as few as 10 concurrent Lambda executions; above them callers hear a fast busy tone and events wait.
Quotas are those that Service Quotas reports for the account and region. Formulas: Little's law, and the normal approximation of a Poisson number.
"""

import argparse
import math
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

RARELY = 3.1
"""Standard deviations that a Poisson number exceeds once in a thousand times."""

LEFT_FREE = 100
"""Lambda refuses to reserve concurrency when fewer executions than these would be left for functions without."""

CONTACT_EVENTS = 20
STREAM_READERS = 4 * 4 * 5
"""Five streams, each read from four shards to begin with, four batches of a shard at a time."""
RESERVED = 3
"""Functions that reserve one execution each: figures, their check, the sweep."""
PAGES_A_SUPERVISOR = 2


class Peak(NamedTuple):
    """The busiest hour that is expected: calls that arrive, seconds that one is there (menu, wait, talk), and who works."""

    calls: int
    seconds: int
    agents: int
    queues: int
    supervisors: int


class Need(NamedTuple):
    """A quota and how much of it the busiest hour takes; `names` finds it among the service's quotas."""

    service: str
    names: str
    what: str
    amount: int
    why: str


class Quota(NamedTuple):
    """A quota as it is applied to the account; `code` is what an increase is asked for by."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool


class Finding(NamedTuple):
    """A need beside its quota, or None where Service Quotas reports none of that name."""

    need: Need
    quota: Quota | None

    @property
    def enough(self) -> bool | None:
        """Whether the quota suffices; None when it is not known."""
        return None if self.quota is None else self.quota.value >= self.need.amount


def needs(peak: Peak) -> list[Need]:
    """Return what the busiest hour takes of each quota that would stop it."""
    calls = at_once(peak.calls, peak.seconds)
    pages = peak.supervisors * PAGES_A_SUPERVISOR
    executions = CONTACT_EVENTS + STREAM_READERS + RESERVED + pages + at_once(peak.calls, 2)
    return [
        Need("connect", r"Concurrent (active )?calls per instance", "calls at once", calls, f"{peak.calls} an hour, each there for {peak.seconds} s"),
        Need("connect", r"Users per instance", "users", peak.agents + peak.supervisors, "agents and supervisors"),
        Need("connect", r"Queues per instance", "queues", peak.queues, "as given"),
        Need("lambda", r"Concurrent executions", "functions at once", executions + LEFT_FREE, f"events, streams, pages, flows; {LEFT_FREE} stay unreserved"),
    ]  # fmt: skip


def at_once(arrivals: int, seconds: int) -> int:
    """Return how many are there at once but for one moment in a thousand, when so many arrive an hour."""
    mean = arrivals * seconds / 3600
    return math.ceil(mean + RARELY * math.sqrt(mean))


def compared(wanted: Iterable[Need], quotas: Iterable[Quota]) -> list[Finding]:
    """Return each need beside its quota."""
    known = list(quotas)

    def quota(need: Need) -> Quota | None:
        fits = [each for each in known if each.service == need.service and re.fullmatch(need.names, each.name)]
        return fits[0] if fits else None

    return [Finding(need=need, quota=quota(need)) for need in wanted]


def advice(findings: Iterable[Finding]) -> list[str]:
    """Return what to do about each quota that is too small or not known."""
    lines = []
    for need, quota in findings:
        if quota is None:
            lines.append(
                f"Look up the quota for {need.what} of {need.service} in the console: it must be {need.amount}."
            )
        elif quota.value < need.amount and quota.adjustable:
            lines.append(
                f"aws service-quotas request-service-quota-increase --service-code {need.service} "
                f"--quota-code {quota.code} --desired-value {need.amount}"
            )
        elif quota.value < need.amount:
            lines.append(f"{quota.name} cannot be raised: spread {need.what} over several instances or accounts.")
    return lines


def quotas_of(services: Iterable[str], client: Any) -> Iterator[Quota]:
    """Yield the applied quotas of these services, and AWS's defaults where none is applied."""
    for service in services:
        applied: dict[str, Any] = {}
        for operation in ("list_aws_default_service_quotas", "list_service_quotas"):
            for page in client.get_paginator(operation).paginate(ServiceCode=service):
                applied |= {quota["QuotaCode"]: quota for quota in page["Quotas"]}
        for code, quota in applied.items():
            yield Quota(service, code, quota["QuotaName"], float(quota["Value"]), bool(quota["Adjustable"]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare as told on the command line; 1 when something must be raised first, 2 when AWS could not be asked."""
    parser = argparse.ArgumentParser(prog="make preflight", description="Are the account's quotas large enough?")
    parser.add_argument("--peak", type=_number, required=True, help="calls in the busiest hour")
    parser.add_argument("--seconds", type=_number, default=420, help="how long one is there: menu, wait and talk")
    parser.add_argument("--agents", type=_number, required=True, help="agents in the instance")
    parser.add_argument("--queues", type=_number, default=10)
    parser.add_argument("--supervisors", type=_number, default=5)
    told = parser.parse_args(arguments)
    peak = Peak(told.peak, told.seconds, told.agents, told.queues, told.supervisors)
    console = Console()
    try:
        found = compared(needs(peak), quotas_of(("connect", "lambda"), boto3.client("service-quotas")))
    except (BotoCoreError, ClientError) as problem:
        print(f"AWS could not be asked for the account's quotas: {problem}", file=sys.stderr)
        return 2
    console.print(_table(found))
    for line in advice(found):
        console.print(line, markup=False, soft_wrap=True)
    return 0 if all(each.enough for each in found) else 1


def _table(findings: Sequence[Finding]) -> Table:
    table = Table("service", "quota", "is", "must be", "because", "")
    for finding in findings:
        need, quota = finding
        verdict = {True: "enough", False: "too small", None: "not reported"}[finding.enough]
        value = f"{quota.value:g}" if quota else "?"
        table.add_row(need.service, need.what, value, str(need.amount), need.why, verdict)
    return table


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**7:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
