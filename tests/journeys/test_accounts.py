"""Members come in on the running stack: rows to tokens by KMS, a file through S3, queue and function, under enforced IAM."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.accounts.model.member import Entry, Withdrawal, text_of
from infra.local.settings import ROOT
from infra.operations.accounts.demo import MEMBERS
from infra.operations.accounts.first_load import write_parts
from infra.operations.accounts.rows import COLUMNS
from tests.accounts.members import NOON, file_of, member, token
from tests.journeys.running import RunningStack
from tests.journeys.staff import client, until
from tests.journeys.test_kills import deaths, kill_workers

Stack = dict[str, Any]
HEAD = ",".join((*COLUMNS, "withdrawn_at"))


def tool(running: RunningStack, module: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as its target in the Makefile does."""
    environment = {**os.environ, "LOCAL_DIR": str(running.directory), "COLUMNS": "200"}
    command = [sys.executable, "-m", f"infra.operations.accounts{module}", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def account(stack: Stack, account_id: str) -> dict[str, str]:
    """Return what is held of an account."""
    answer = client(stack, "dynamodb").get_item(
        TableName=stack["outputs"]["AccountsTable"], Key={"account_id": {"S": account_id}}, ConsistentRead=True
    )
    return {name: next(iter(value.values())) for name, value in answer.get("Item", {}).items()}


def tokens(stack: Stack, account_id: str) -> set[str]:
    """Return the tokens that lead to an account."""
    answer = client(stack, "dynamodb").query(
        TableName=stack["outputs"]["CardTokensTable"],
        IndexName="by_account",
        KeyConditionExpression="account_id = :id",
        ExpressionAttributeValues={":id": {"S": account_id}},
    )
    return {item["token"]["S"] for item in answer["Items"]}


def put(stack: Stack, content: bytes) -> str:
    """Copy a member file into the bucket, as a card system does at night; return its key."""
    key = f"members/{uuid4()}.jsonl"
    client(stack, "s3").put_object(Bucket=stack["outputs"]["ImportsBucket"], Key=key, Body=content)
    return key


def ended(stack: Stack, key: str) -> dict[str, str]:
    """Wait until an import has ended, and return it."""

    def looked_up() -> dict[str, str]:
        answer = client(stack, "dynamodb").query(
            TableName=stack["outputs"]["ImportsTable"],
            KeyConditionExpression="import_key = :key",
            ExpressionAttributeValues={":key": {"S": key}},
            Limit=1,
        )
        found = {name: next(iter(value.values())) for item in answer["Items"] for name, value in item.items()}
        return found if found.get("state", "running") != "running" else {}

    whole: dict[str, str] = until(looked_up, f"the end of {key}")
    return whole


@contextmanager
def impatient_queue(stack: Stack, seconds: int = 5) -> Iterator[None]:
    """Let a slice that a dying function had in hand come again soon; as deployed, a quarter of an hour later."""
    sqs, url = client(stack, "sqs"), stack["outputs"]["ImportsQueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def test_rows_with_card_numbers_become_accounts_that_only_tokens_lead_to(
    running: RunningStack, stack: Stack, tmp_path: Path
) -> None:
    """By both commands, as somebody types them; then a delta with a broken row, a change of cards and a withdrawal."""
    # The demo's members have come in with the stack; these are the same, a year later.
    file, out = tmp_path / "members.csv", tmp_path / "members.jsonl"
    file.write_text(MEMBERS.read_text().replace("2025-01-06", "2026-01-06").replace("2024-01-06", "2025-02-06"))
    made = tool(running, ".card_tokens", str(file), str(out))
    assert made.returncode == 0, made.stdout + made.stderr
    assert out.stat().st_mode & 0o777 == 0o600
    brought = tool(running, "", str(out))
    assert brought.returncode == 0, brought.stdout + brought.stderr
    assert f"{9:>12,} of them changed something" in brought.stdout
    assert account(stack, "TSU-0003")["language"] == "en"
    assert len(tokens(stack, "TSU-0002")) == 2
    assert tokens(stack, "TSU-0004") == tokens(stack, "TSU-0005")
    assert [account(stack, each)["status"] for each in ("TSU-0006", "TSU-0007")] == ["closed", "locked"]

    rows = tmp_path / "delta.csv"
    now = "2026-11-01T00:00:00Z"
    rows.write_text(
        f"{HEAD}\n"
        f"TSU-0002,鈴木 一郎,,ja,open,1,5105 1051 0510 5100,{now},\n"
        f"TSU-0001,,,,,,,,{now}\n"
        f"TSU-0003,Emma 4111111111111111,,en,open,3,,{now},\n"
    )
    made = tool(running, ".card_tokens", str(rows), str(tmp_path / "delta.jsonl"))
    assert made.returncode == 1, made.stdout + made.stderr
    assert "4111" not in (tmp_path / "delta.jsonl.problems").read_text()
    # A system that makes its own files may let one slip through.
    with (tmp_path / "delta.jsonl").open("a") as delta:
        delta.write(text_of(member(3)).replace("会員", "4111 1111 1111 1111") + "\n")
    brought = tool(running, "", str(tmp_path / "delta.jsonl"))
    assert brought.returncode == 1, brought.stdout + brought.stderr
    assert "line 3: name holds what looks like a card number" in brought.stdout
    assert "4111" not in brought.stdout + (tmp_path / "delta.jsonl.problems").read_text()
    assert account(stack, "TSU-0001").keys() == {"account_id", "changed_at", "fingerprint", "withdrawn_at", "expires"}
    assert tokens(stack, "TSU-0001") == set()
    assert len(tokens(stack, "TSU-0002")) == 1

    again = tool(running, "", str(out))
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"{2:>12,} were older than what is known" in again.stdout
    assert tokens(stack, "TSU-0001") == set(), "an older file brings nobody back"


def test_a_member_is_gone_within_seconds_of_the_file_that_withdraws_them(stack: Stack) -> None:
    gone = member(7001, account_id="gone-1", cards=(token(7001), token(7002)))
    ended(stack, put(stack, file_of([gone])))
    assert tokens(stack, "gone-1") == set(gone.cards)
    whole = ended(stack, put(stack, file_of([Withdrawal("gone-1", NOON + timedelta(hours=1)), gone])))
    assert (whole["state"], whole["withdrawals"]) == ("done", "1")
    assert "name" not in account(stack, "gone-1")
    assert tokens(stack, "gone-1") == set()


def test_a_file_that_goes_up_in_parts_is_read_by_slices(running: RunningStack, stack: Stack, tmp_path: Path) -> None:
    """Above eight megabytes its entity tag is of another kind, and the first and the last line are far apart."""
    first, last = member(6_001, account_id="large-1"), member(6_002, account_id="large-2")
    file = tmp_path / "large.jsonl"
    file.write_bytes(file_of([first]) + b"\n" * 9_000_000 + file_of([last]))
    brought = tool(running, "", str(file))
    assert brought.returncode == 0, brought.stdout + brought.stderr
    assert f"{9_000_002:>12,} lines" in brought.stdout
    assert account(stack, "large-2")["name"] == last.name


def test_an_import_goes_on_when_its_worker_is_killed(running: RunningStack, stack: Stack) -> None:
    """Several slices are at work; what died in the middle of one is made up for, and nothing is counted twice."""
    members = [member(number, account_id=f"kill-{number}") for number in range(8_000, 16_000)]
    lines: list[Entry | str] = [*members[:100], "broken", *members[100:]]
    died = deaths(running)
    with impatient_queue(stack):
        key = put(stack, file_of(lines))
        until(lambda: account(stack, "kill-8000") or account(stack, "kill-15999"), "the first accounts")
        kill_workers(running)
        whole = ended(stack, key)
    assert deaths(running) > died, "nothing was at work when it was killed"
    assert (whole["state"], whole["lines"], whole["members"], whole["refused"]) == ("done", "8001", "8000", "1")
    bucket = stack["outputs"]["ImportsBucket"]
    problems = client(stack, "s3").get_object(Bucket=bucket, Key=f"{key}.problems")["Body"].read()
    assert json.loads(problems)["line"] == 101
    for each in members[:: len(members) // 50]:
        assert account(stack, each.account_id)["name"] == each.name
        assert tokens(stack, each.account_id) == set(each.cards)


def test_a_first_load_is_what_an_import_would_have_made(stack: Stack, tmp_path: Path) -> None:
    """DynamoDB's own import takes the parts; beside it the same file goes through the function."""
    entries: list[Entry] = [member(number, account_id=f"load-{number}") for number in range(20)]
    entries += [Withdrawal("load-3", NOON + timedelta(hours=1)), entries[5]]
    (tmp_path / "members.jsonl").write_bytes(file_of(entries))
    whole = ended(stack, put(stack, file_of(entries)))
    assert whole["state"] == "done"
    write_parts(tmp_path / "members.jsonl", tmp_path / "parts", now=NOON)
    for name, output in (("accounts", "AccountsTable"), ("tokens", "CardTokensTable")):
        loaded = _loaded(stack, name, output, tmp_path / "parts" / name)
        brought = [
            item for item in _items(stack, stack["outputs"][output]) if item["account_id"]["S"].startswith("load-")
        ]
        # A tombstone ends so long after it came in, and these came at two moments.
        for item in (*loaded, *brought):
            item.pop("expires", None)
        assert sorted(map(json.dumps, loaded)) == sorted(map(json.dumps, brought)) != []


def _loaded(stack: Stack, name: str, output: str, parts: Path) -> list[Any]:
    """Let DynamoDB import parts into a new table like one of the stack's, and return its items."""
    s3, dynamodb, bucket = client(stack, "s3"), client(stack, "dynamodb"), stack["outputs"]["ImportsBucket"]
    for part in sorted(parts.iterdir()):
        s3.put_object(Bucket=bucket, Key=f"first-load/{name}/{part.name}", Body=part.read_bytes())
    like = dynamodb.describe_table(TableName=stack["outputs"][output])["Table"]
    keys = {key["AttributeName"] for key in like["KeySchema"]}
    table = f"first-load-{name}"
    task = dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": f"first-load/{name}/"},
        InputFormat="DYNAMODB_JSON",
        InputCompressionType="GZIP",
        TableCreationParameters={
            "TableName": table,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": like["KeySchema"],
            "AttributeDefinitions": [each for each in like["AttributeDefinitions"] if each["AttributeName"] in keys],
        },
    )["ImportTableDescription"]["ImportArn"]

    def is_over() -> bool:
        status = dynamodb.describe_import(ImportArn=task)["ImportTableDescription"]["ImportStatus"]
        assert status in ("IN_PROGRESS", "COMPLETED")
        return bool(status == "COMPLETED")

    until(is_over, "DynamoDB's import")
    return _items(stack, table)


def _items(stack: Stack, table: str) -> list[Any]:
    dynamodb = client(stack, "dynamodb")
    return [
        dict(sorted(item.items()))
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("kms", "generate_mac", {"KeyId": "CardTokenKeyArn", "MacAlgorithm": "HMAC_SHA_256", "Message": b"1"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "CardKeysArn"}),
        ("dynamodb", "scan", {"TableName": "AccountsTable"}),
        ("dynamodb", "query", {"TableName": "CardTokensTable", "KeyConditionExpression": "#t = :t", "ExpressionAttributeNames": {"#t": "token"}, "ExpressionAttributeValues": {":t": {"S": "1.x"}}}),
        ("dynamodb", "delete_item", {"TableName": "AccountsTable", "Key": {"account_id": {"S": "a"}}}),
        ("dynamodb", "get_item", {"TableName": "FactsTable", "Key": {"contact_id": {"S": "a"}, "fact": {"S": "a"}}}),
        ("s3", "put_object", {"Bucket": "ImportsBucket", "Key": "members/a.jsonl", "Body": b"x"}),
        ("s3", "delete_object", {"Bucket": "ImportsBucket", "Key": "members/a.jsonl"}),
        ("s3", "get_object", {"Bucket": "ImportsBucket", "Key": "first-load/a"}),
    ],
)  # fmt: skip
def test_the_role_of_imports_may_do_nothing_else(
    service: str, operation: str, asked: dict[str, Any], stack: Stack
) -> None:
    role = _as_the_importer(stack, service)
    told = {
        name: stack["outputs"].get(value, value) if isinstance(value, str) else value for name, value in asked.items()
    }
    with pytest.raises(ClientError) as refused:
        getattr(role, operation)(**told)
    assert refused.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


def test_the_role_of_imports_may_do_its_work(stack: Stack) -> None:
    """So the refusals above are not those of a role that may do nothing."""
    key = {"account_id": {"S": "nobody"}}
    asked = {stack["outputs"]["AccountsTable"]: {"Keys": [key]}}
    assert _as_the_importer(stack, "dynamodb").batch_get_item(RequestItems=asked)["Responses"]


def _as_the_importer(stack: Stack, service: str) -> Any:
    """Return a client with the rights of the function's own role."""
    functions = client(stack, "lambda").list_functions()["Functions"]
    [role] = [each["Role"] for each in functions if "AccountImport" in each["FunctionName"]]
    lent = client(stack, "sts").assume_role(RoleArn=role, RoleSessionName="journey")["Credentials"]
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=stack["aws_endpoint"],
        region_name=stack["region"],
        aws_access_key_id=lent["AccessKeyId"],
        aws_secret_access_key=lent["SecretAccessKey"],
        aws_session_token=lent["SessionToken"],
    )
