"""The local Connect and the application side by side, IAM enforced: whatever is lost, doubled, late or killed, they agree in the end."""

import base64
import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.contacts.model import Contact, ContactId, read_event, read_record
from chalicelib.quality.model import interval_start
from infra.local import state
from infra.local.clock import tick
from infra.local.connect.api.caller import key_of
from infra.local.connect.centre import Centre
from infra.local.connect.outbox import Kind, Outbox, Promise, outbox_of
from infra.local.ports import claim
from infra.local.settings import HOST, ROOT, ROOT_KEY
from tests.journeys.gate import gate
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, until
from tests.journeys.telling import COUNTS, counted, failed, kept, truly_counted

Stack = dict[str, Any]
ENDED, RECORDS = 12, 10
"""Contacts that must have come to an end before we look."""
BUSY = 300
"""Seconds that people get to bring that many."""
OVERDUE = timedelta(days=15)
"""After which even a mail has been silent for too long."""


class Process:
    """A local Connect of its own, in a directory of its own; its people come only if there is `traffic`."""

    def __init__(self, directory: Path, stack_file: Path, *, traffic: bool) -> None:
        self.directory = directory
        self.port = claim(0, "CONNECT_PORT")
        self._log = directory / "connect.log"
        with self._log.open("ab") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "infra.local.connect", str(stack_file), str(self.port)],
                cwd=ROOT,
                env={**os.environ, "LOCAL_DIR": str(directory), "TRAFFIC": "on" if traffic else "off"},
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
            )

    def listens(self) -> bool:
        """Whether it answers already; by then its outbox is open."""
        assert self.process.poll() is None, self._log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def holds(self, kind: Kind | None = None) -> int:
        """Return how many documents, of one kind or of all, lie in its outbox."""
        assert self.process.poll() is None, self._log.read_text()
        with closing(sqlite3.connect(f"file:{outbox_of(self.directory)}?mode=ro", uri=True)) as base:
            question = "SELECT COUNT(*) FROM promises WHERE ? IN (kind, '')"
            return int(base.execute(question, (kind or "",)).fetchone()[0])

    def kill(self) -> None:
        """End it without a word of warning."""
        self.process.kill()
        self.process.wait()


class Kept(NamedTuple):
    """What lies in an outbox of which the process is dead."""

    events: list[Promise]
    records: list[Promise]

    @classmethod
    def of(cls, directory: Path) -> "Kept":
        outbox = Outbox(outbox_of(directory))
        with closing(outbox):
            later = datetime.now(UTC) + timedelta(days=1)
            return cls(*(outbox.due(kind, later, most=100_000) for kind in (Kind.EVENT, Kind.RECORD)))

    def truth(self) -> dict[ContactId, Contact]:
        """Return what these documents add up to, without any cloud."""
        facts = [fact for each in self.events for fact in read_event(_envelope(each))]
        facts += [fact for each in self.records for fact in read_record(each.document)]
        ids = {fact.contact_id for fact in facts}
        return {each: Contact.of(each, [fact for fact in facts if fact.contact_id == each]) for each in ids}


def _envelope(event: Promise) -> str:
    time = datetime.fromtimestamp(event.told, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps({"time": time, "detail": json.loads(event.document)})


def uncounted(contacts: dict[ContactId, Contact]) -> dict[ContactId, Contact]:
    """Return these contacts whatever the number of their facts.

    The emulator puts its own time on an envelope, where AWS keeps Connect's: a CONTACT_DATA_UPDATED that comes twice is two facts here.
    """
    return {each: contact._replace(facts=0) for each, contact in contacts.items()}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start local Connects, all in the same directory, that end with the test."""
    started: list[Process] = []

    def begin(stack: state.Stack, *, traffic: bool = False) -> Process:
        file = tmp_path / "stack.json"
        state.write(file, stack)
        started.append(Process(tmp_path, file, traffic=traffic))
        until(started[-1].listens, "the local Connect's answer")
        return started[-1]

    yield begin
    for each in started:
        each.kill()


def test_killed_in_mid_traffic_it_delivers_the_records_of_every_finished_contact(
    running: RunningStack, stack: Stack, start: Callable[..., Process], tmp_path: Path
) -> None:
    """Killed before it could deliver anything, and again when AWS has just taken the records: none is lost, none counts twice."""
    known, put_aside = state.read(running.directory / "stack.json"), failed(stack)
    supervisor, began = Staff(stack, "supervisor"), interval_start(datetime.now(UTC))
    span = began, began + timedelta(hours=1)
    with socket.socket() as nowhere:
        nowhere.bind((HOST, 0))
        address = "http://{}:{}".format(*nowhere.getsockname())
        busy = start(replace(known, aws_endpoint=address), traffic=True)
        until(lambda: busy.holds(Kind.RECORD) >= RECORDS, f"{RECORDS} contacts at an end", seconds=BUSY)
        busy.kill()
    told, before = Kept.of(tmp_path), counted(supervisor, *span)
    truth = told.truth()
    assert kept(stack, list(truth)) == {}, "nothing of it can have been delivered"

    with gate(known.aws_endpoint, holds_back=stack["outputs"]["ContactRecordsStream"]) as way:
        cut_off = start(replace(known, aws_endpoint=way.address))
        until(way.has_held_back, "records that AWS has taken")
        cut_off.kill()
    assert len(Kept.of(tmp_path).records) == len(told.records), "taken, and not crossed off"

    last = start(known)
    until(lambda: last.holds() == 0, "an empty outbox")
    until(lambda: uncounted(kept(stack, list(truth))) == uncounted(truth), f"{len(truth)} contacts as they were")
    for contact_id in {each.key for each in told.records}:
        status, answer = supervisor.get(f"/contacts/{contact_id}")
        assert status == 200, answer
        assert answer["contact"]["stage"] == "ended"
        assert answer["contact"]["outcome"] == truth[ContactId(contact_id)].outcome
        assert [fact["source"] for fact in answer["facts"]].count("record") == 1
    added = truly_counted(truth)
    expected = {name: before[name] + added[name] for name in COUNTS}
    until(lambda: counted(supervisor, *span) == expected, f"{added} more in the figures")
    assert failed(stack) == put_aside


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A run of its own whose contacts come from people, and whose events are delivered as badly as EventBridge may."""
    run = RunningStack(
        tmp_path_factory.mktemp("lively") / "local", TRAFFIC="on", LOSE="0.5", DUPLICATE="0.2", SHUFFLE="on"
    )
    try:
        run.ready()
        yield json.loads((run.directory / "stack.json").read_text())
    finally:
        run.end()


def connect_of(stack: Stack, *, key: str = ROOT_KEY["AWS_ACCESS_KEY_ID"]) -> Any:
    """Return a client of the stack's Connect, signed with this access key."""
    return boto3.client(
        "connect",
        endpoint_url=stack["connect_endpoint"],
        region_name=stack["region"],
        aws_access_key_id=key,
        aws_secret_access_key=ROOT_KEY["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"mode": "standard", "total_max_attempts": 10}),
    )


def listed(stack: Stack, supervisor: Staff, since: datetime) -> dict[str, dict[str, Any]]:
    """Return every contact that the API lists, of all queues and of none."""
    found: dict[str, dict[str, Any]] = {}
    span = {"from": since.isoformat(), "to": (datetime.now(UTC) + timedelta(minutes=1)).isoformat()}
    for queue in ("none", *(queue.id for queue in Centre.of_file().queues.values())):
        page: dict[str, str] = {}
        while True:
            status, answer = supervisor.get("/contacts", queue=queue, limit="100", **span, **page)
            assert status == 200, answer
            found |= {contact["contact_id"]: contact for contact in answer["contacts"]}
            if answer["next"] is None:
                break
            page = {"next": answer["next"]}
    return found


def seen_here(contact: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the two must agree on, as the API tells it; a contact record cuts fractions of a second off."""
    ended = contact["disconnected_at"] and datetime.fromisoformat(contact["disconnected_at"]).replace(microsecond=0)
    queue, agent = contact["queue"], contact["agent"]
    return contact["stage"], ended, queue and queue["id"], agent and agent["id"]


def seen_there(contact: dict[str, Any]) -> tuple[Any, ...]:
    """Return the same of what Connect describes, which has no word for the stage."""
    agent, queue, ended = contact.get("AgentInfo", {}), contact.get("QueueInfo", {}), contact.get("DisconnectTimestamp")
    works = "AfterContactWorkStartTimestamp" in agent and "AfterContactWorkEndTimestamp" not in agent
    if ended:
        stage = "after_contact_work" if works else "ended"
    else:
        stage = "with_agent" if agent else "waiting" if queue else "in_menu"
    return stage, ended and ended.replace(microsecond=0), queue.get("Id"), agent.get("Id")


def swept(stack: Stack, moment: datetime) -> dict[str, Any]:
    """Wake the sweep with a tick of this moment, and return what its log says it found."""
    functions = client(stack, "lambda", read_timeout=320)
    answer = functions.invoke(
        FunctionName=stack["outputs"]["ContactSweepFunction"], LogType="Tail",
        Payload=json.dumps(tick("contact_sweep", moment)),
    )  # fmt: skip
    assert "FunctionError" not in answer, answer["Payload"].read()
    log = base64.b64decode(answer["LogResult"]).decode()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    found: dict[str, Any] = next(line for line in lines if line.get("message") == "silent contacts asked about")
    return found


def test_the_sweep_brings_our_contacts_and_connect_s_together(lively: Stack) -> None:
    """Half of the events lost, some twice, all out of order: of every contact that we list we know what Connect knows."""
    supervisor, connect = Staff(lively, "supervisor"), connect_of(lively)
    began = datetime.now(UTC) - timedelta(minutes=10)

    def ended() -> bool:
        stages = [each["stage"] for each in listed(lively, supervisor, began).values()]
        return stages.count("ended") >= ENDED

    until(ended, f"{ENDED} contacts at an end", seconds=BUSY)
    moment = datetime.now(UTC)
    held = {
        contact["ContactId"]
        for user in connect.get_current_user_data(
            InstanceId=lively["instance_id"],
            Filters={"Queues": [queue.id for queue in Centre.of_file().queues.values()]},
        )["UserDataList"]
        for contact in user["Contacts"]
    }
    assert held, "the agents have nothing to do"
    # Of one whose every event was lost we hear when its record comes.
    until(lambda: held <= listed(lively, supervisor, began).keys(), "every contact that an agent has")

    ours = listed(lively, supervisor, began)
    chosen = {each for each, contact in ours.items() if datetime.fromisoformat(contact["initiated_at"]) < moment}
    assert len(chosen) > ENDED, "none of them is open"

    # Each look needs a later tick: whom the one before found open is asked about again after as long as it was silent.
    ticks = (moment + OVERDUE + timedelta(days=day) for day in count())
    apart: dict[str, Any] = dict.fromkeys(chosen)

    def agreed() -> bool:
        tick_of_this_look = next(ticks)
        # Connect may be asked ten times a second: who was not asked for that is left to the next run.
        found = until(lambda: _if_all_were_asked(swept(lively, tick_of_this_look)), "a sweep that leaves nobody out")
        assert (found["unknown"], found["parked"]) == ([], 0)
        ours = listed(lively, supervisor, began)
        looked_at = {each: (seen_here(ours[each]), _described(connect, lively, each)) for each in apart}
        # What changed at Connect since it was asked, or is not folded yet, is looked at again.
        apart.clear()
        apart.update({each: both for each, both in looked_at.items() if both[0] != both[1]})
        return not apart

    try:
        until(agreed, "one view of every contact", seconds=BUSY)
    except AssertionError as problem:
        raise AssertionError(f"{problem}: {apart}") from problem
    told = [supervisor.get(f"/contacts/{each}")[1]["facts"] for each in chosen]
    assert "DESCRIBED" in {fact["type"] for facts in told for fact in facts}, "it was not the sweep that did it"


def _if_all_were_asked(found: dict[str, Any]) -> dict[str, Any] | None:
    return None if found["silent"] else found


def _described(connect: Any, stack: Stack, contact_id: str) -> tuple[Any, ...]:
    return seen_there(connect.describe_contact(InstanceId=stack["instance_id"], ContactId=contact_id)["Contact"])


def test_connect_lets_the_sweep_s_role_look_and_not_touch(lively: Stack) -> None:
    """The policy beside the function decides, as IAM reads it."""
    sweep = client(lively, "lambda").get_function_configuration(FunctionName=lively["outputs"]["ContactSweepFunction"])
    connect = connect_of(lively, key=key_of(sweep["FunctionArn"], sweep["Role"]))
    supervisor, began = Staff(lively, "supervisor"), datetime.now(UTC) - timedelta(minutes=30)
    contact_id = min(until(lambda: listed(lively, supervisor, began), "a contact"))
    asked = {"InstanceId": lively["instance_id"], "ContactId": contact_id}
    assert connect.describe_contact(**asked)["Contact"]["Id"] == contact_id
    with pytest.raises(ClientError, match="is not authorized to perform connect:StopContact") as refused:
        connect.stop_contact(**asked)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
