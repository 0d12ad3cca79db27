"""What bringing members in costs: here, in memory, and 34 million of them on paper."""

import json
import math
import sys
from pathlib import Path
from random import Random
from typing import Any

import boto3

from bench import accounts_here
from bench.accounts_run import LUCK, Brought, Made, Stored, brought, changed, invented, made, stored
from bench.report import Report
from tests.support.cloud import Cloud
from tests.support.house import opened

SIZES = (1_000, 4_000, 16_000)
PROMISED, ROUNDS = 4_000, 3
NUMBERS = 3_000
HERE = 4_000
TIMES_BARE = 2.0
TIMES_BARE_KMS = 1.8
GROWTH = 1.3
PRICES = Path(__file__).with_name("prices-2026-11.json")


def main() -> int:
    report = Report(
        "accounts",
        "the same items written bare, 25 a call (bench/put_in_batches.py), through boto3's default client;"
        " for tokens, bare calls of KMS",
    )
    told = json.loads(PRICES.read_text())
    first, delta = measure(told["assumed"])
    rows = [_row(f"{members:,} new ones", each) for members, each in first.items()]
    report.table(
        "Members brought in a second of CPU, without what answering takes",
        ["", "members/s", "bare/s", "times its CPU", "calls a member", "items written", "items read"],
        [*rows, _row(f"delta of {delta.members:,}", delta)],
    )
    tokens = made(NUMBERS)
    report.table(
        f"{tokens.numbers:,} card numbers become tokens, by CPU",
        ["", "numbers/s"],
        [["make card-tokens", f"{tokens.numbers / tokens.seconds:,.0f}"], ["bare calls", f"{tokens.numbers / tokens.bare:,.0f}"]],
    )  # fmt: skip
    here = accounts_here.measure(invented(Random(LUCK), HERE))
    report.table(
        f"{HERE:,} members here, by the wall, until the import says that it is done",
        ["into the local stack", "members/s"],
        [["import", f"{here.brought:,.0f}"], ["reference, bare writes", f"{here.bare:,.0f}"]],
    )
    _paper(report, first[PROMISED], delta, tokens, stored(invented(Random(LUCK), 2_000)), told)
    times, each = first[PROMISED].seconds / first[PROMISED].bare, [_each(measured) for measured in first.values()]
    report.promise(
        f"a member read, weighed and written costs at most {TIMES_BARE} times its bare writes",
        f"{times:.2f} times",
        kept=times <= TIMES_BARE,
    )
    report.promise(
        f"a token costs at most {TIMES_BARE_KMS} times a bare call of KMS",
        f"{tokens.seconds / tokens.bare:.2f} times",
        kept=tokens.seconds / tokens.bare <= TIMES_BARE_KMS,
    )
    report.promise(
        f"a member of {SIZES[-1]:,} costs no more than {GROWTH} times one of {SIZES[0]:,}",
        f"{each[-1] / each[0]:.2f} times",
        kept=each[-1] / each[0] <= GROWTH,
    )
    return report.finish()


def measure(assumed: dict[str, Any]) -> tuple[dict[int, Brought], Brought]:
    """Bring members into empty tables, and a delta into full ones: the medians by their ratio to bare writes."""
    ours, theirs = Cloud(), Cloud()
    with theirs.everywhere():
        bare = boto3.client("dynamodb")
    with opened(ours):
        first = {}
        brought(ours, invented(Random(LUCK), 100), bare, theirs)  # A warm Lambda has its clients.
        for size in SIZES:
            rounds = []
            for _ in range(ROUNDS):
                ours.clear()
                rounds.append(brought(ours, invented(Random(LUCK), size), bare, theirs))
            first[size] = sorted(rounds, key=lambda each: each.seconds / each.bare)[ROUNDS // 2]
        share = {"other_cards": assumed["delta_with_other_cards"], "withdrawn": assumed["delta_withdrawn"]}
        delta = brought(ours, changed(invented(Random(LUCK), PROMISED), Random(LUCK), **share), bare, theirs)
    return first, delta


def _each(measured: Brought) -> float:
    return measured.seconds / measured.members


def _row(name: str, measured: Brought) -> list[str]:
    members = measured.members
    figures = (measured.calls / members, measured.written / members, measured.read / members)
    return [
        name,
        f"{members / measured.seconds:,.0f}",
        f"{members / measured.bare:,.0f}",
        f"{measured.seconds / measured.bare:.2f}",
        *(f"{figure:.3f}" for figure in figures),
    ]


def _paper(report: Report, first: Brought, delta: Brought, tokens: Made, kept: Stored, told: dict[str, Any]) -> None:
    """Scale what was measured to all members, by list prices and named assumptions."""
    price = {name: each["price"] for name, each in told["prices"].items()}
    assumed = told["assumed"]
    members = assumed["members"]
    numbers = members * assumed["cards_a_member"]
    overhead = assumed["item_overhead_bytes"]
    # A token stands in its table and in the index by_account.
    tables = members * (kept.account + overhead) + numbers * 2 * (kept.token + overhead)
    lines = members * kept.import_lines / 1e9
    delta_members = members * assumed["delta"]
    # The least unit is a write of 1 KB; in a transaction it counts twice, and an index is written once more.
    tokens_a_member = (delta.written - delta.members) / delta.members
    units = delta_members * (2 + 3 * tokens_a_member)
    cpu = _each(delta) / assumed["vcpus"]
    waits = (
        delta.transactions * assumed["transaction_seconds"]
        + (delta.calls - delta.transactions) * assumed["round_trip_seconds"]
    ) / delta.members
    seconds = delta_members * (cpu + waits)
    whole_units = members * 2 + numbers * 3
    whole_seconds = members * (_each(first) / assumed["vcpus"] + waits)
    gb_seconds = assumed["memory_gb"] * price["lambda_gb_second"]
    million = price["dynamodb_write_million"] / 1e6
    dollars = {
        "tokens": numbers / 1e6 * price["kms_request_million"],
        "import": lines * price["dynamodb_import_gb"],
        "delta": units * million + delta_members / 1e6 * price["dynamodb_read_million"] + seconds * gb_seconds
        + delta_members * assumed["cards_a_member"] / 1e6 * price["kms_request_million"],
        "storage": tables / 1e9 * (price["dynamodb_gb_month"] + price["dynamodb_pitr_gb_month"]),
        "by function": whole_units * million + members / 1e6 * price["dynamodb_read_million"] + whole_seconds * gb_seconds,
    }  # fmt: skip
    hours = {
        "tokens": numbers / assumed["kms_a_second"] / 3600,
        "import": lines / assumed["import_gb_hour"],
        "delta": seconds / assumed["slices_at_once"] / 3600,
        "by function": whole_seconds / assumed["slices_at_once"] / 3600,
    }
    a_process = tokens.numbers / tokens.seconds
    report.table(
        f"On paper: {members:,} members, {numbers:,.0f} cards; list prices of {told['as_of']}, {told['region']}",
        ["", "size", "hours", "$", "made of"],
        [
            ["tokens, once", f"{numbers:,.0f} calls", f"{hours['tokens']:.1f}", f"{dollars['tokens']:,.2f}",
             f"{assumed['kms_a_second']:,} calls a second, {math.ceil(assumed['kms_a_second'] / a_process)} processes of {a_process:,.0f}"],
            ["first load by DynamoDB's import", f"{lines:.1f} GB, packed {members * kept.packed / 1e9:.1f}", f"{hours['import']:.1f}",
             f"{dollars['import']:,.2f}", f"{assumed['import_gb_hour']} GB an hour; both tables and the index"],
            ["the same through the function", f"{members * first.line_bytes / first.members / 1e9:.1f} GB", f"{hours['by function']:.1f}",
             f"{dollars['by function']:,.2f}", f"{assumed['slices_at_once']} slices at once"],
            [f"a daily delta of {assumed['delta']:.1%}", f"{delta_members * delta.line_bytes / delta.members / 1e6:.0f} MB", f"{hours['delta']:.2f}",
             f"{dollars['delta']:.2f}", f"{delta_members:,.0f} members, their tokens made anew"],
            ["a month of deltas", "", "", f"{30 * dollars['delta']:.2f}", ""],
            ["a month of storage", f"{tables / 1e9:.1f} GB", "", f"{dollars['storage']:.2f}", "tables, index, point-in-time recovery"],
        ],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
