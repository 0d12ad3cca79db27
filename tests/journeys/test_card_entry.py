"""Callers key their card on the running stack, IAM enforced: in the menu, and in the middle of a call, by every message that pages send."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from infra.local.connect.encryption import encrypted
from infra.local.connect.template import Template
from tests.journeys.running import RunningStack
from tests.journeys.staff import Staff, client, until
from tests.journeys.test_doors import NUMBER, asked
from tests.journeys.test_local_connect import connect_of
from tests.local_connect.doors import Page

Stack = dict[str, Any]
PATIENCE = 90.0
"""Seconds: prompts take as long as they take to be heard."""
CARD, ACCOUNT = "5105105105105100", "TSU-0002"
OTHER_CARD, OTHER_ACCOUNT = "4111111111111111", "TSU-0001"
"""Demo members' (`infra/local/members.csv`): one with a priority of its own, one who speaks Japanese."""
MISTYPED, SHORT, UNKNOWN = "4111111111111112", "411111111111", "4012888888881881"
"""A wrong check digit, too few digits, and a test number that no member has."""


@pytest.fixture(scope="module")
def members(living: Stack) -> None:
    """The demo's members are there, and both functions are awake: a first start takes longer than a caller is kept waiting."""
    awake(living)


def awake(stack: Stack) -> None:
    instance = Template.of_file(parameters={**stack["outputs"], **stack["centre"]}).instance()
    [key_id], certificate = instance.security_keys, stack["centre"]["CardCertificate"].replace("\\n", "\n")
    functions = client(stack, "lambda", read_timeout=60)

    def answer(function: str, **parameters: str) -> Any:
        nobody = str(uuid4())
        contact = {
            "ContactId": nobody,
            "PreviousContactId": nobody,
            "InitialContactId": nobody,
            "CustomerEndpoint": None,
        }
        event = {"Details": {"ContactData": contact, "Parameters": parameters}}
        answered = functions.invoke(FunctionName=stack["outputs"][function], Payload=json.dumps(event).encode())
        return json.loads(answered["Payload"].read()).get("outcome")

    def looked_up() -> bool:
        keyed = encrypted(CARD, key_id, certificate, instance.security_keys, datetime.now(UTC))
        return bool(answer("CardLookupFunctionArn", card=keyed, by="menu") == "identified")

    until(looked_up, "an answer of card_lookup")
    until(lambda: answer("CardRecordingFunctionArn", do="resume") == "over", "an answer of card_recording")


class Centre:
    """The doors of the running stack."""

    def __init__(self, session: ClientSession, stack: Stack) -> None:
        self._session, self.stack = session, stack

    async def page(self, path: str) -> Page:
        web = self.stack["web_url"]
        return Page(await self._session.ws_connect(f"{web}/connect/{path}", origin=web), PATIENCE)

    async def caller(self, number: str, *keys: str) -> Page:
        """Let somebody call and key these where a voice asks."""
        phone = await self.page("phone")
        await phone.sends({"do": "have", "number": number})
        await phone.sends({"do": "call", "to": NUMBER})
        for key in keys:
            await keyed(phone, key)
        return phone

    async def agent(self, token: str) -> Page:
        """Let Hanako come and be available."""
        desk = await self.page("desk")
        await desk.sends({"token": token})
        agent = await desk.sees(lambda agent: agent["username"] == "hanako.sato")
        [available] = [each["id"] for each in agent["statuses"] if each["type"] == "routable"]
        assert await desk.asks("setStatus", status=available) is None
        return desk

    async def goes_home(self, desk: Page) -> None:
        """Let an agent clear what was missed, and go."""
        agent = await desk.sees(bool)
        [offline] = [each["id"] for each in agent["statuses"] if each["type"] == "offline"]
        assert await desk.asks("setStatus", status=offline) is None
        assert await desk.asks("signOut") is None


@asynccontextmanager
async def doors(stack: Stack) -> AsyncIterator[Centre]:
    async with ClientSession() as session:
        yield Centre(session, stack)


async def keyed(phone: Page, keys: str) -> str:
    """Key something when a voice asks for it; return what it said."""
    said = await asked(phone)
    await phone.sends({"do": "press", "keys": keys})
    return said


def contact_of(stack: Stack, phone: Page) -> dict[str, Any]:
    """The caller's contact as Connect describes it."""
    call_id = next(each["call"]["id"] for each in reversed(phone.told) if each.get("call"))
    described: dict[str, Any] = connect_of(stack).describe_contact(
        InstanceId=stack["instance_id"], ContactId=call_id
    )["Contact"]  # fmt: skip
    return described


def words_of(phone: Page) -> str:
    return " ".join(phone.heard())


# --- in the menu ------------------------------------------------------------------------------------------------------


def test_callers_key_their_card_in_the_menu_each_as_people_do(living: Stack, members: None) -> None:
    """Four at once: one keys it right, one mistypes twice, one says nothing, one has a card that nobody knows."""

    async def played() -> None:
        async with doors(living) as centre:
            # With nobody there they would be offered a callback.
            desk = await centre.agent(Staff(living, "agent").token)
            # One function answers one at a time; two at once would wait for another to start.
            turn = asyncio.Lock()
            callers = [
                ("+819011110001", (CARD,)),
                ("+819011110002", (MISTYPED, SHORT, OTHER_CARD)),
                ("+819011110003", ("", "")),
                ("+819011110004", (UNKNOWN, UNKNOWN, UNKNOWN)),
            ]

            async def calls(number: str, tries: tuple[str, ...]) -> Page:
                phone = await centre.caller(number, "2", "2")
                for each in tries:
                    await asked(phone)
                    async with turn:
                        await phone.sends({"do": "press", "keys": f"{each}#"})
                        await phone.until(lambda told: "heard" in told)
                await phone.on(stage="waiting")
                return phone

            right, mistyped, silent, unknown = await asyncio.gather(*(calls(*each) for each in callers))
            known = contact_of(living, right)
            assert (known["Attributes"]["account_id"], known["Attributes"]["identified"]) == (ACCOUNT, "card")
            assert (known["CustomerId"], known["QueuePriority"]) == (ACCOUNT, 1)
            assert "ends in <say-as" in words_of(right)
            assert contact_of(living, mistyped)["Attributes"]["account_id"] == OTHER_ACCOUNT
            assert "a mistake in the number" in words_of(mistyped)
            assert "too short or too long" in words_of(mistyped)
            # The account's language is Japanese.
            assert contact_of(living, mistyped)["Attributes"]["language"] == "ja"
            assert "did not receive a number" in words_of(silent)
            assert words_of(unknown).count("could not find a customer") == 3
            for phone in (silent, unknown):
                assert "An agent will help you" in words_of(phone)
                assert "account_id" not in contact_of(living, phone)["Attributes"]
            for phone in (right, mistyped, silent, unknown):
                await phone.sends({"do": "hangUp"})
                await phone.on(stage="over")
            await centre.goes_home(desk)

    asyncio.run(played())


@contextmanager
def not_invoked_by_connect(stack: Stack, function: str) -> Iterator[None]:
    """Take away from Connect that it may invoke a function, for a while."""
    functions = client(stack, "lambda")
    [statement] = json.loads(functions.get_policy(FunctionName=function)["Policy"])["Statement"]
    conditions = statement["Condition"]
    functions.remove_permission(FunctionName=function, StatementId=statement["Sid"])
    try:
        yield
    finally:
        functions.add_permission(
            FunctionName=function, StatementId=statement["Sid"], Action="lambda:InvokeFunction", Principal="connect.amazonaws.com",
            SourceArn=next(value for each in conditions.values() for key, value in each.items() if key.lower() == "aws:sourcearn"),
            SourceAccount=next(value for each in conditions.values() for key, value in each.items() if key.lower() == "aws:sourceaccount"),
        )  # fmt: skip


def test_a_card_that_cannot_be_looked_up_leads_to_an_agent(living: Stack, members: None) -> None:
    async def played() -> Page:
        async with doors(living) as centre:
            desk = await centre.agent(Staff(living, "agent").token)
            phone = await centre.caller("+819011110005", "2", "2", f"{CARD}#")
            await phone.on(stage="waiting")
            await phone.sends({"do": "hangUp"})
            await phone.on(stage="over")
            await centre.goes_home(desk)
            return phone

    with not_invoked_by_connect(living, living["outputs"]["CardLookupFunctionArn"]):
        phone = asyncio.run(played())
    assert "An agent will help you" in words_of(phone)
    assert "account_id" not in contact_of(living, phone)["Attributes"]


# --- in the middle of a call --------------------------------------------------------------------------------------------


def test_an_agent_sends_a_caller_to_key_a_card_and_has_them_back(
    living: Stack, members: None, alive: RunningStack
) -> None:
    """First the recording cannot be paused, so nothing begins; then it can. The log says what was paused, and when it was resumed."""
    hanako, recording = Staff(living, "agent"), living["outputs"]["CardRecordingFunctionArn"]

    def recorded(contact_id: str) -> list[tuple[str, str]]:
        log = (alive.directory / "logs" / "emulator.log").read_text(errors="replace")
        lines = [line for line in log.splitlines() if "recording around card entry" in line and contact_id in line]
        found = [(re.search(r'"do":\s*"(\w+)', line), re.search(r'"outcome":\s*"(\w+)', line)) for line in lines]
        return [(do[1], outcome[1]) for do, outcome in found if do and outcome]

    async def played() -> None:
        async with doors(living) as centre:
            desk = await centre.agent(hanako.token)
            phone = await centre.caller("+819011110006", "1", "1")
            offered = await desk.holds(state="connecting", customer="+819011110006")
            call = offered["id"]
            assert await desk.asks("accept", contact=call) is None
            agent = await desk.sees(lambda agent: [each["state"] for each in agent["contacts"]] == ["connected"])
            await phone.on(stage="talking")
            [entry] = [each["id"] for each in agent["destinations"] if each["name"] == "Card entry"]

            with not_invoked_by_connect(living, recording):
                assert await desk.asks("transfer", contact=call, destination=entry) is None
                await phone.on(stage="held")
                await phone.on(stage="talking", **{"with": "Hanako Sato"})
                await desk.holds(id=call, held=False, consult=None)
            assert not any(each.get("heard", {}).get("secret") for each in phone.told)

            assert await desk.asks("transfer", contact=call, destination=entry) is None
            assert "ご登録のカード番号" in await asked(phone)
            assert recorded(call)[-1:] == [("pause", "paused")]
            held = await desk.holds(id=call, held=True)
            assert held["consult"]["name"] == "Card entry"
            assert await desk.asks("resume", contact=call) is not None
            await phone.sends({"do": "press", "keys": f"{MISTYPED}#"})
            assert "もう一度" in await keyed(phone, f"{OTHER_CARD}#")
            await phone.on(stage="talking", **{"with": "Hanako Sato"})
            back = await desk.holds(id=call, held=False, consult=None)
            assert (back["attributes"]["account_id"], back["attributes"]["identified"]) == (OTHER_ACCOUNT, "card")
            assert recorded(call)[-1:] == [("resume", "resumed")]

            assert await desk.asks("end", contact=call) is None
            assert await desk.asks("closeWork", contact=call) is None
            await centre.goes_home(desk)
            told = json.dumps(desk.told, ensure_ascii=False)
            for secret in (OTHER_CARD, MISTYPED, OTHER_CARD[-6:], "カード番号を入力"):
                assert secret not in told
            assert OTHER_CARD not in json.dumps(phone.told)

    asyncio.run(played())


def test_nothing_that_was_keyed_is_in_a_log_or_in_what_the_local_connect_keeps(
    living: Stack, members: None, alive: RunningStack
) -> None:
    parts = [part.encode() for secret in (CARD, OTHER_CARD, MISTYPED, UNKNOWN) for part in (secret, secret[:12])]
    looked_at, found = 0, []
    for file in alive.directory.rglob("*"):
        # Files of a running stack come and go.
        with suppress(FileNotFoundError):
            if file.is_file() and file.name != "card-key.json":
                content = file.read_bytes()
                looked_at += file.suffix == ".log"
                found += [file for part in parts if part in content]
    assert looked_at >= 4
    assert found == []
