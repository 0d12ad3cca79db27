"""Our own centre with a card key, and stand-ins for the two functions of card entry; nothing else is a stand-in."""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey

from infra.card_keys import CardKey
from infra.local import cards
from infra.local.connect.encryption import encrypted
from infra.local.connect.floor.contact import Contact, Player, Stage
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.flows.line import Invoke, Result
from infra.local.connect.flows.player import play
from infra.local.connect.flows.turn import State
from infra.local.connect.instance import Instance
from infra.local.connect.intrinsics import id_of
from infra.local.connect.template import Template
from infra.local.connect.timeline import Timeline
from tests.local_connect.house import CALLER, MORNING, World

LOOK_UP = "arn:aws:lambda:ap-northeast-1:000000000000:function:card_lookup"
RECORDING = "arn:aws:lambda:ap-northeast-1:000000000000:function:card_recording"
CENTRE = "+81312345678"
CARD = "4111111111111111"
NOTHING = {"outcome": "", "account_id": "none", "language": "none", "priority": "none", "tail": "none"}
"""All five members of an answer of `card_lookup`, empty."""
FOUND = {"outcome": "identified", "account_id": "A-77", "language": "none", "priority": "none", "tail": "1111"}
Function = Callable[[Mapping[str, Any]], Result]


@cache
def card_key() -> CardKey:
    """A key that is shorter than in use, so that it is made at once."""
    return cards.make(MORNING, bits=2048)


@cache
def instance() -> Instance:
    parameters = {
        **card_key().parameters(),
        "CardLookupFunctionArn": LOOK_UP,
        "CardRecordingFunctionArn": RECORDING,
    }
    return Template.of_file(parameters=parameters).instance()


def opened(stored: str) -> str:
    """Return what was keyed, as the holder of the private key reads it."""
    key = WrappingKey(
        WrappingAlgorithm.RSA_OAEP_SHA512_MGF1, card_key().private_key.text().encode(), EncryptionKeyType.PRIVATE
    )
    reader = RawMasterKey(provider_id="AmazonConnect", key_id=id_of(cards.CARD_KEY), wrapping_key=key)
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
    plain, _ = client.decrypt(source=base64.b64decode(stored), key_provider=reader)
    return str(plain.decode())


class CardWorld(World):
    """The world that writes down, and encrypts as Connect does."""

    def encrypt(self, keyed: str, key_id: str, certificate: str) -> str:
        return encrypted(keyed, key_id, certificate, instance().security_keys, self.timeline.now)


class CardHouse:
    """An exchange that plays our flows. `answers` are what `card_lookup` answers in turn, then that the card is found; `records` is Connect's own say."""

    def __init__(self, *answers: Mapping[str, str] | None, refuses: bool = False, breaks: bool = False) -> None:
        self.timeline = Timeline(MORNING)
        self.world = CardWorld(self.timeline)
        self.world.functions = self._function
        self.exchange = Exchange(instance(), self.timeline, self.world, _player)
        self._answers = iter(answers)
        self._refuses, self._breaks = refuses, breaks
        self.looked_up: list[Mapping[str, str]] = []
        self.recording: list[tuple[str, str]] = []
        [self.agent] = [user.id for user in instance().users.values() if user.name == "hanako.sato"]

    def _function(self, request: Invoke) -> Result:
        details = request.request["Details"]
        if request.aside:
            return Result(document={})
        if request.function_arn == LOOK_UP:
            self.looked_up.append(details["Parameters"])
            answer = next(self._answers, FOUND)
            return Result(problem="it broke") if answer is None else Result(document={**NOTHING, **answer})
        assert request.function_arn == RECORDING
        return self._record(details["Parameters"]["do"], details["ContactData"]["PreviousContactId"])

    def _record(self, do: str, contact_id: str) -> Result:
        self.recording.append((do, contact_id))
        if self._breaks:
            return Result(problem="it broke")
        if self._refuses:
            return Result(document={"outcome": "refused"})
        if do == "pause":
            self.exchange.pause_recording(contact_id)
        else:
            self.exchange.resume_recording(contact_id)
        return Result(document={"outcome": "paused" if do == "pause" else "resumed"})

    def pass_seconds(self, seconds: float) -> None:
        self.timeline.advance(self.timeline.now + timedelta(seconds=seconds))

    def is_offered(self, contact_id: str) -> bool:
        """Whether a caller comes to be offered to Hanako, within two minutes."""
        for _ in range(120):
            if self.contact(contact_id).stage is Stage.RINGING:
                return True
            self.pass_seconds(1)
        return False

    def on_duty(self) -> None:
        """Let Hanako come and be available."""
        [available] = [each.id for each in instance().statuses.values() if each.name == "Available"]
        self.exchange.sign_in(self.agent)
        self.exchange.set_status(self.agent, available)

    def calls(self, *keys: str) -> str:
        """Let somebody call and key these in the menus, each after the voice has spoken for long enough."""
        contact_id = self.exchange.call(to=CENTRE, by=CALLER)
        for key in keys:
            self.keys(contact_id, key)
        return contact_id

    def keys(self, contact_id: str, keys: str) -> None:
        """Let a caller key something as soon as the voice asks; after that, a moment passes."""
        for _ in range(60):
            if self.hears(contact_id).keys:
                self.exchange.press(contact_id, keys)
                self.pass_seconds(0.5)
                return
            self.pass_seconds(1)
        raise AssertionError("nobody asks for keys")

    def hears(self, contact_id: str) -> Any:
        """What the caller hears now, wherever they are."""
        heard = self.exchange.customer_of(contact_id).heard
        assert heard is not None
        return heard

    def said(self, contact_id: str) -> list[str]:
        """What a voice has said on a contact, in order."""
        prompts = [each.prompts[0] for each in self.world.heard.get(contact_id, []) if each.kind == "prompt"]
        return [each.text or each.ssml or "" for each in prompts]

    def contact(self, contact_id: str) -> Contact:
        return self.exchange.contact(contact_id)

    def talks(self, *keys: str) -> str:
        """Let somebody call and talk to Hanako for ten seconds."""
        self.on_duty()
        contact_id = self.calls(*keys)
        assert self.is_offered(contact_id)
        self.exchange.accept(self.agent, contact_id)
        self.pass_seconds(15)
        assert self.state(contact_id) == "CONNECTED"
        return contact_id

    def state(self, contact_id: str) -> str | None:
        """How Hanako has a contact."""
        held = self.exchange.agent(self.agent).contacts.get(contact_id)
        return held.state.value if held else None

    def sends_to_card_entry(self, contact_id: str) -> str:
        """Let Hanako press the key; return the contact of the consultation."""
        [to] = [each.id for each in instance().quick_connects.values() if each.name == "Card entry"]
        return self.exchange.transfer(self.agent, contact_id, to)

    def is_recorded(self, contact_id: str) -> bool:
        spans = self.contact(contact_id).recording.spans
        return bool(spans) and spans[-1].end is None


def _player() -> Player:
    memory = State()
    return lambda flow, line: play(flow, line, memory)
