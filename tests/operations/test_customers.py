"""A customer asks what is held of them, or to be forgotten; somebody asks whose data an account opened."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from infra.operations.customers import __main__ as command
from infra.operations.customers.holdings import HOLDINGS
from infra.operations.customers.request import Desk
from infra.operations.place import Place
from infra.packaging import ROOT
from tests import lives
from tests.centre import Centre
from tests.desk.desk import NOON
from tests.desk.desk import Desk as ApiDesk

NUMBER = "+819012345678"
KEEPING = (
    "AWS::DynamoDB::",
    "AWS::SQS::Queue",
    "AWS::Kinesis",
    "AWS::S3::Bucket",
    "AWS::Cognito::UserPool",
    "AWS::Logs",
)
NO_STORES = (
    "AWS::Logs::MetricFilter",
    "AWS::SQS::QueuePolicy",
    "AWS::S3::BucketPolicy",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
)


class Office:
    """A place on a cloud in memory whose staff we are."""

    def __init__(self, centre: Centre) -> None:
        self.outputs = {
            **{name: name for name in ("ContactsTable", "FactsTable", "AccessesTable")},
            "RetentionDays": "800",
            "AccessRetentionDays": "1100",
        }
        self._centre = centre

    def client(self, service: str) -> Any:
        if service == "sts":
            return SimpleNamespace(get_caller_identity=lambda: {"Arn": "arn:aws:iam::1:user/privacy-officer"})
        return self._centre.cloud.client(service)


def desk_in(office: Office) -> Desk:
    return Desk(cast("Place", office))


@pytest.fixture
def legs() -> list[lives.Leg]:
    return lives.story("agent_transfer", Random(1)) + lives.story("answered", Random(2))


@pytest.fixture
def centre(legs: list[lives.Leg]) -> Iterator[Centre]:
    with Centre() as running:
        running.deliver(lives.bodies(legs))
        running.record([lives.record(leg) for leg in legs])
        running.fold()
        yield running


@pytest.fixture
def office(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office where the command's words are answered; the stream is read whenever somebody waits for it."""
    place = Office(centre)
    monkeypatch.setattr(command, "find", lambda stage: place)
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setattr("infra.operations.customers.__main__.time.sleep", lambda seconds: centre.fold())
    return place


def test_disclosure_holds_every_contact_and_every_fact_as_it_came(
    office: Office, legs: list[lives.Leg], tmp_path: Path
) -> None:
    out = tmp_path / "disclosure.json"
    assert command.main(["disclose", NUMBER, "--out", str(out)]) == 0
    told = json.loads(out.read_text())
    assert {contact["contact_id"] for contact in told["contacts"]} == {leg.contact_id for leg in legs}
    assert {contact["customer_address"] for contact in told["contacts"]} == {NUMBER}
    records = [fact for fact in told["facts"] if fact["fact"].startswith("record#")]
    assert len(records) == len(legs)
    assert all(json.loads(fact["detail"])["CustomerEndpoint"]["Address"] == NUMBER for fact in records)
    assert out.stat().st_mode & 0o077 == 0, "nobody else on this machine may read it"


def test_forgetting_reaches_every_store_and_says_what_it_did(
    office: Office, centre: Centre, legs: list[lives.Leg], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["forget", NUMBER, "--yes"]) == 0
    said = capsys.readouterr().out
    assert f"{len(legs)} contacts are held under {NUMBER}" in said
    for store in HOLDINGS:
        assert store in said
    assert desk_in(office).find(NUMBER) == []
    assert NUMBER not in json.dumps(centre.items("ContactsTable"))
    assert command.main(["forget", NUMBER, "--yes"]) == 0
    assert "Nothing is held under" in capsys.readouterr().out


def test_a_record_that_comes_a_year_later_brings_nobody_back(
    office: Office, centre: Centre, legs: list[lives.Leg]
) -> None:
    command.main(["forget", NUMBER, "--yes"])
    centre.record([lives.record(legs[0], updated=365 * 86_400.0)])
    centre.fold()
    centre.fold()
    assert desk_in(office).find(NUMBER) == []
    assert desk_in(office).not_yet_forgotten([leg.contact_id for leg in legs]) == []


def test_nobody_is_forgotten_by_a_slip_of_the_hand(
    office: Office, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.operations.customers.__main__.Prompt.ask", lambda question: "+819012345679")
    assert command.main(["forget", NUMBER]) == 1
    assert desk_in(office).find(NUMBER)


def test_folding_that_does_not_come_is_said(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PATIENCE", 0)
    monkeypatch.setattr("infra.operations.customers.__main__.time.sleep", lambda seconds: None)
    assert command.main(["forget", NUMBER, "--yes"]) == 1
    assert "still to be folded" in capsys.readouterr().out


def test_somebody_unknown_is_said_to_be_unknown(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["disclose", "090-1234-5678"]) == 0
    assert "kept as +819012345678" in capsys.readouterr().out


def test_whose_data_did_this_account_open(
    office: Office, legs: list[lives.Leg], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    ApiDesk().ask(f"/contacts/{legs[0].contact_id}")
    span = ["--start", NOON.isoformat(), "--end", (NOON + timedelta(hours=1)).isoformat()]
    assert command.main(["accesses", "hana", *span]) == 0
    said = capsys.readouterr().out
    assert legs[0].contact_id in said
    assert NUMBER in said


def test_requests_of_customers_leave_traces_too(office: Office, legs: list[lives.Leg], tmp_path: Path) -> None:
    command.main(["disclose", NUMBER, "--out", str(tmp_path / "d.json")])
    now = datetime.now(UTC)
    looked = desk_in(office).accesses("arn:aws:iam::1:user/privacy-officer", now - timedelta(hours=1), now)
    assert {each.contact_id for each in looked} == {leg.contact_id for leg in legs}
    assert {(each.what, each.customer) for each in looked} == {("disclose", NUMBER)}


def test_no_store_is_missing_from_the_list_of_holdings() -> None:
    template = yaml.load((ROOT / "infra" / "template.yaml").read_text(), _Loader)
    stores = {
        name
        for name, resource in template["Resources"].items()
        if resource.get("Type", "").startswith(KEEPING) and resource["Type"] not in NO_STORES
    }
    assert stores == set(HOLDINGS), "enter a new store into infra/operations/customers/holdings.py"


def test_the_documented_list_is_the_true_one() -> None:
    page = (ROOT / "docs" / "personal-data.md").read_text()
    for name, holding in HOLDINGS.items():
        assert f"| `{name}` | {holding.holds} | {holding.kept_for} |" in page


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short functions as what they are given."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))
