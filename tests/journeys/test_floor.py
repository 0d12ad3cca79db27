"""The live floor on the running stack, IAM enforced: a supervisor sees who waits too long and who calls for help, and listens.

People bring the calls and take them (`TRAFFIC`); a member of staff who asks is one of those agents, signed in to our pages
under the same name. Nobody here has a softphone of their own, so what a supervisor hears is for another journey.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.local.users import make_password
from tests import lives
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, send_events, send_records, until
from tests.journeys.test_local_connect import connect_of

Stack = dict[str, Any]
Row = dict[str, Any]
BUSY = 300
"""Seconds until a call has been found that lasts for long enough."""


class Floor:
    """A running centre with people, as its supervisor sees it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.supervisor = Staff(stack, "supervisor")
        self._signed_in: dict[str, Staff] = {}

    def seen(self) -> dict[str, Any]:
        """Return the floor as the API tells it."""
        status, answer = self.supervisor.get("/floor")
        assert status == 200, answer
        return answer

    def calls(self) -> list[Row]:
        """Return the calls of agents whose names are known, the newest first: they have the longest still to go."""
        return [call for call in reversed(self.seen()["calls"]) if call["channel"] == "VOICE" and _name(call)]

    def free(self) -> list[str]:
        """Return the names of agents without a contact who are not signed in to our pages as agents."""
        names = [row["agent"]["name"] for row in self.seen()["agents"] if row["state"] == "available"]
        agents = {name for name, staff in self._signed_in.items() if staff.user["role"] == "agent"}
        return [name for name in names if name not in agents]

    def sign_in(self, name: str, role: str = "agent") -> Staff:
        """Return somebody signed in to our pages under the name of a user of Connect, in the role of the first time."""
        if name not in self._signed_in:
            user = {"username": name, "password": make_password(), "role": role}
            cognito, pool = client(self.stack, "cognito-idp"), self.stack["outputs"]["StaffPoolId"]
            cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
            cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=user["password"], Permanent=True)
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=role)
            self._signed_in[name] = Staff({**self.stack, "users": [user]}, role)
        return self._signed_in[name]

    def asked(self, staff: Staff, contact_id: str, wish: str) -> dict[str, Any]:
        """Ask for something, and return what became of it."""
        status, taken = staff.post(f"/contacts/{contact_id}/requests", {"request": wish})
        assert status == 202, taken

        def answered() -> dict[str, Any] | None:
            status, answer = staff.get(f"/contacts/{contact_id}/requests/{taken['request_id']}")
            assert status == 200, answer
            return answer if answer["state"] != "waiting" else None

        answer: dict[str, Any] = until(answered, f"an answer to the request {wish}")
        return answer


def _name(call: Row) -> str | None:
    agent = call["agent"]
    return agent["name"] if agent and agent["name"] != agent["id"] else None


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A run of its own whose calls come from people."""
    run = RunningStack(tmp_path_factory.mktemp("floor") / "local", TRAFFIC="on")
    try:
        run.ready()
        yield Floor(json.loads((run.directory / "stack.json").read_text()))
    finally:
        run.end()


def on_a_call(floor: Floor, act: Callable[[Row], Any]) -> Any:
    """Do something with a call that goes on, and with another if that one ends too soon; return what it gives."""

    def tried() -> Any:
        calls = floor.calls()
        return act(calls[0]) if calls else None

    return until(tried, "a call that lasts for long enough", seconds=BUSY)


def test_a_call_that_waits_too_long_is_at_risk(floor: Floor) -> None:
    began = datetime.now(UTC) - timedelta(minutes=3)
    leg = lives.answered_leg(7, contact_id="floor-waits", began=began, channel="VOICE", queue="floor-queue", queued=1.0)
    send_events(floor.stack, [lives.event(leg, "QUEUED", leg.at(1.0))])

    def waits() -> Row | None:
        return next((row for row in floor.seen()["at_risk"] if row["contact_id"] == leg.contact_id), None)

    row = until(waits, "the call among those at risk")
    assert (row["why"], row["queue"], row["agent"]) == ("waits_long", "floor-queue", None)
    assert row["seconds"] >= 170
    lines = {line["queue"]: line for line in floor.seen()["waiting"]}
    assert lines["floor-queue"]["waiting"] == 1


def test_an_agent_marks_harassment_and_the_floor_shows_it_while_the_call_goes_on(floor: Floor) -> None:
    connect = connect_of(floor.stack)

    def marked(call: Row) -> tuple[str, str] | None:
        name, contact_id = str(_name(call)), call["contact_id"]
        if floor.asked(floor.sign_in(name), contact_id, "harassment")["state"] != "done":
            return None

        def shown() -> bool:
            seen = floor.seen()
            risks = {(row["contact_id"], row["why"]) for row in seen["at_risk"]}
            if (contact_id, "harassment") in risks:
                [now] = [each for each in seen["calls"] if each["contact_id"] == contact_id]
                assert [(mark["mark"], mark["by"]) for mark in now["marks"]] == [("harassment", name)]
                return True
            # Too late for this one: it has ended.
            assert contact_id in {each["contact_id"] for each in seen["calls"]}
            return False

        try:
            until(shown, "the mark on the floor", seconds=20)
        except AssertionError:
            return None
        return name, contact_id

    name, contact_id = on_a_call(floor, marked)
    status, answer = floor.supervisor.get(f"/contacts/{contact_id}")
    assert status == 200
    assert [(mark["mark"], mark["by"]) for mark in answer["contact"]["marks"]] == [("harassment", name)]
    assert ("mark", "HARASSMENT") in {(fact["source"], fact["type"]) for fact in answer["facts"]}
    told = connect.describe_contact(InstanceId=floor.stack["instance_id"], ContactId=contact_id)["Contact"]
    assert told["Attributes"]["tsunagu_harassment"].startswith(name)


def test_an_agents_hand_is_on_the_floor_beside_the_state(floor: Floor) -> None:
    def held() -> list[Row]:
        return [contact for agent in floor.seen()["agents"] for contact in agent["contacts"] if contact["queue"]]

    contact = until(held, "an agent with a contact in hand")[0]
    assert contact["channel"] in ("VOICE", "TASK", "EMAIL")
    assert contact["queue"]["name"] != contact["queue"]["id"]


def test_nobody_calls_for_help_on_the_call_of_another(floor: Floor) -> None:
    def refused(call: Row) -> str | None:
        others = [str(_name(each)) for each in floor.calls() if _name(each) != _name(call)]
        if not others:
            return None
        answer = floor.asked(floor.sign_in(others[0]), call["contact_id"], "help")
        assert answer["state"] == "refused"
        return answer["why"] if "over" not in answer["why"] else None

    assert on_a_call(floor, refused) == "Another agent has this contact: each agent marks their own."


def test_a_supervisor_listens(floor: Floor) -> None:
    connect, instance_id = connect_of(floor.stack), floor.stack["instance_id"]

    def listening(call: Row) -> str | None:
        free = floor.free()
        if not free:
            return None
        answer = floor.asked(floor.sign_in(free[0], "leader"), call["contact_id"], "listen")
        return free[0] if answer["state"] == "done" else None

    name = on_a_call(floor, listening)
    named = {"FieldName": "Username", "Value": name, "ComparisonType": "EXACT"}
    [user] = connect.search_users(InstanceId=instance_id, SearchCriteria={"StringCondition": named})["Users"]

    def own() -> str | None:
        held = [row["contacts"] for row in floor.seen()["agents"] if row["agent"]["id"] == user["Id"]]
        for contact in [contact for contacts in held for contact in contacts]:
            told = connect.describe_contact(InstanceId=instance_id, ContactId=contact["contact_id"])["Contact"]
            if told["InitiationMethod"] == "MONITOR":
                return str(contact["contact_id"])
        return None

    listening_on = until(own, "the supervisor's own contact")
    assert listening_on not in {call["contact_id"] for call in floor.seen()["calls"]}


def test_what_the_caller_brought_before_is_there_while_the_call_goes_on(floor: Floor) -> None:
    connect = connect_of(floor.stack)

    def found(call: Row) -> list[Row] | None:
        told = connect.describe_contact(InstanceId=floor.stack["instance_id"], ContactId=call["contact_id"])["Contact"]
        number = told["CustomerEndpoint"]["Address"]
        before = lives.answered_leg(
            9, contact_id=f"before-{call['contact_id']}", began=datetime.now(UTC) - timedelta(days=2), channel="VOICE"
        )
        record = lives.record(before, CustomerEndpoint={"Type": "TELEPHONE_NUMBER", "Address": number})
        send_records(floor.stack, [record])
        agent = floor.sign_in(str(_name(call)))

        def earlier() -> list[Row] | None:
            status, answer = agent.get(f"/contacts/{call['contact_id']}/earlier")
            assert status == 200, answer
            assert number not in json.dumps(answer)
            return list(answer["contacts"])

        try:
            contacts: list[Row] = until(earlier, "the earlier contact", seconds=20)
        except AssertionError:
            return None
        return contacts

    contacts = on_a_call(floor, found)
    assert contacts[0]["contact_id"].startswith("before-")


def test_each_role_asks_for_what_is_its_own(floor: Floor) -> None:
    quality, analyst = Staff(floor.stack, "quality"), Staff(floor.stack, "analyst")
    agent, leader = Staff(floor.stack, "agent"), Staff(floor.stack, "leader")
    assert quality.get("/floor")[0] == 200
    for staff in (analyst, agent):
        assert staff.get("/floor")[0] == 403
    path = "/contacts/floor-waits/requests"
    for staff, wish in ((quality, "listen"), (analyst, "help"), (agent, "listen"), (leader, "help")):
        assert staff.post(path, {"request": wish})[0] == 403, wish
    assert analyst.get("/contacts/floor-waits/earlier")[0] == 403
    assert leader.post(path, {"request": "sing"})[0] == 400
