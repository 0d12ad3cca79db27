"""A second card key on the running stack, as an engineer brings it in and takes it out, with the function and IAM as deployed."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.card_keys import CardKey, keys_in
from infra.local.clock import tick
from infra.local.connect.encryption import encrypted
from infra.local.connect.instance import SecurityKey
from tests.accounts.messages import check_digit
from tests.journeys.running import RunningStack
from tests.journeys.staff import client, until

Stack = dict[str, Any]
ROOT = Path(__file__).parents[2]
NEW_ID = "5f3c0c86-0000-4000-8000-00000000e29a"
NOBODYS_CARD = "411199999999999" + check_digit("411199999999999")


def make(running: RunningStack, target: str, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a target of the Makefile on this stack."""
    environment = {**os.environ, "LOCAL_DIR": str(running.directory)}
    # Its own Python, and without looking whether that is up to date.
    command = ["make", "--no-print-directory", "-o", ".venv/.stamp", target, f"PY={sys.executable}", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False, timeout=120
    )


def keys(stack: Stack) -> list[CardKey]:
    secret = client(stack, "secretsmanager").get_secret_value(SecretId=stack["outputs"]["CardKeysArn"])
    return keys_in(secret["SecretString"])


def looked_up(stack: Stack, stored: str, contact_id: str) -> str:
    """Send a stored input as a flow does; return the outcome."""
    contact = {"ContactId": contact_id, "InitialContactId": contact_id, "CustomerEndpoint": None}
    event = {"Details": {"ContactData": contact, "Parameters": {"card": stored, "by": "menu"}}}
    answer = client(stack, "lambda", read_timeout=60).invoke(
        FunctionName=stack["outputs"]["CardLookupFunctionArn"], Payload=json.dumps(event).encode()
    )
    return str(json.loads(answer["Payload"].read())["outcome"])


def stored_by(key: CardKey, key_id: str) -> str:
    """Return what Connect stores when somebody keys the card in a flow with this key."""
    known = {key_id: SecurityKey(id=key_id, public_key=key.public_key)}
    return encrypted(NOBODYS_CARD, key_id, key.certificate, known, datetime.now(UTC))


def begin_anew(stack: Stack) -> None:
    """Let the function begin anew, which knows no key yet; else it keeps keys for five minutes."""
    functions, name = client(stack, "lambda"), stack["outputs"]["CardLookupFunctionArn"]
    known = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**known, "BEGUN": NEW_ID}})


def test_a_second_key_comes_is_used_and_goes(alive: RunningStack, living: Stack, tmp_path: Path) -> None:
    [old] = keys(living)
    assert old.key_id
    made = make(alive, "card-key", f"OUT={tmp_path}")
    assert made.returncode == 0, made.stderr
    assert "PRIVATE" not in made.stdout + made.stderr + "".join(each.read_text() for each in tmp_path.iterdir())
    kept, new = keys(living)
    assert (kept.fingerprint, new.key_id) == (old.fingerprint, None)

    old_input, new_input = stored_by(old, old.key_id), stored_by(new, NEW_ID)
    until(
        lambda: looked_up(living, new_input, "journey-new-1") == "not_found", "the new key, whose id nobody has entered"
    )
    assert looked_up(living, old_input, "journey-old-1") == "not_found", "calls of the old flow go on"
    named = make(alive, "card-key", f"ID={NEW_ID}")
    assert named.returncode == 0, named.stderr
    listed = make(alive, "card-key", "LIST=1").stdout
    assert old.key_id in listed
    assert NEW_ID in listed

    checked = make(alive, "card-check", given=new_input)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "16 digits, check digit right" in checked.stdout
    told = watched(living)
    assert told[NEW_ID] == 729
    assert told["all"] == min(told.values())

    gone = make(alive, "card-key", f"RETIRE={NEW_ID}", "FORCE=1", given=f"{NEW_ID}\n")
    assert gone.returncode == 0, gone.stderr
    assert [key.fingerprint for key in keys(living)] == [old.fingerprint]
    begin_anew(living)
    until(lambda: looked_up(living, stored_by(new, NEW_ID), "journey-new-2") == "unavailable", "the end of the new key")
    until(lambda: looked_up(living, stored_by(old, str(old.key_id)), "journey-old-2") == "not_found", "the old key")


def watched(stack: Stack) -> dict[str, float]:
    """Wake the watch; return the days left that CloudWatch was told, by key."""
    now = datetime.now(UTC)
    function = stack["outputs"]["CardKeyWatchFunction"]
    answer = client(stack, "lambda", read_timeout=60).invoke(
        FunctionName=function, Payload=json.dumps(tick(function, now)).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    dimensions = {"all": ("Centre", "all"), NEW_ID: ("CardKey", NEW_ID)}
    told = {}
    for name, (dimension, value) in dimensions.items():
        points = client(stack, "cloudwatch").get_metric_statistics(
            Namespace=stack["outputs"]["MetricsNamespace"],
            MetricName="CardCertificateDaysLeft",
            Dimensions=[{"Name": dimension, "Value": value}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=3600,
            Statistics=["Minimum"],
        )["Datapoints"]
        told[name] = min(point["Minimum"] for point in points)
    return told
