"""Keys are changed while people call, and no call is lost: the drills of docs/card-room.md, with the real commands and the real function."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.accounts.opening import SdkOpener
from chalicelib.accounts.vault import KEPT_SECONDS, PAUSE_SECONDS, PrivateKey, SecretKeys
from infra.card_keys import CardKey, make
from infra.local.connect.encryption import encrypted
from infra.local.connect.instance import SecurityKey
from infra.operations.card_keys import __main__ as command
from infra.operations.place import Place
from tests.accounts.room import UNAVAILABLE, Room

CARD, ACCOUNT = "4111111111111111", "100-1"
A_READING_AGAIN = PAUSE_SECONDS + 1


class Flow(NamedTuple):
    """What a published flow carries: a key's id and its certificate."""

    key_id: str
    certificate: str


class Instance:
    """As much of Connect as it takes: two security keys at most, and flows that carry one each."""

    def __init__(self, out: Path) -> None:
        self.keys: dict[str, SecurityKey] = {}
        self._out = out
        self._numbers = count(1)

    def associate(self) -> str:
        """Take the public key that was written down; return its id."""
        assert len(self.keys) < 2, "an instance takes two"
        public_key = (self._out / "public-key.pem").read_text()
        key_id = f"00000000-0000-4000-8000-{next(self._numbers):012}"
        self.keys[key_id] = SecurityKey(id=key_id, public_key=public_key)
        return key_id

    def published(self, key_id: str) -> Flow:
        """Return a flow with this key and the certificate that was written down."""
        return Flow(key_id, (self._out / "certificate.pem").read_text())

    def stored(self, flow: Flow, keyed: str = CARD) -> str:
        """Return what a call in this flow stores when this is keyed."""
        return encrypted(keyed, flow.key_id, flow.certificate, self.keys, datetime.now(UTC))


class Drill:
    """A card room with one member, the commands that work on it, and callers."""

    def __init__(self, room: Room, keys: Sequence[CardKey], monkeypatch: pytest.MonkeyPatch, out: Path) -> None:
        class OnePlace(Place):
            def client(self, service: str) -> Any:
                return room.cloud.client(service)

        outputs = {"CardKeysArn": "CardKeys", "CardCertificatesTable": "CardCertificatesTable", "RetentionDays": "800"}
        place = OnePlace("prod", boto3.Session(region_name="ap-northeast-1"), outputs, "aws.connect")
        monkeypatch.setattr(command, "find", lambda stage: place)
        # Making one takes a while.
        monkeypatch.setattr(command, "make", lambda *_, **__: next(self._coming))
        monkeypatch.setattr(wiring, "card_opener", cache(lambda: SdkOpener(self._keys_by_the_rooms_clock())))
        self._monkeypatch, self._out, self._keys = monkeypatch, out, keys
        self._coming: Iterator[CardKey] = iter(())
        self.room = room
        self.begin()

    def begin(self) -> None:
        """Forget all; then there is one member, and no key."""
        self.room.reset()
        self.room.cloud.secrets_manager.secrets["CardKeys"] = None
        self.room.member(ACCOUNT, CARD)
        self.instance = Instance(self._out)
        self._coming, self._calls = iter(self._keys), count(1)

    def run(self, *words: str, answer: str = "") -> None:
        """Run `make card-key` with these words."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert command.main(["--stage", "prod", "--out", str(self._out), *words]) == 0

    def answers(self, stored: str) -> dict[str, str]:
        """Let a call of its own send what it stored; return what its flow is told."""
        return self.room.send(stored, f"11111111-0000-4000-8000-{next(self._calls):012}")

    def finds(self, stored: str) -> bool:
        """Whether a call is told its account."""
        return self.answers(stored)["account_id"] == ACCOUNT

    def passes(self, seconds: float) -> None:
        self.room.clock.seconds += seconds

    def _keys_by_the_rooms_clock(self) -> Callable[[str], Sequence[PrivateKey]]:
        secrets = wiring.client("secretsmanager")
        return SecretKeys(lambda: secrets, "CardKeys", clock=self.room.clock.monotonic).for_id

    def with_a_key(self) -> Flow:
        """Make the first key, as a centre begins; return the flow that carries it."""
        self.run()
        key_id = self.instance.associate()
        self.run("--id", key_id)
        return self.instance.published(key_id)


@pytest.fixture(scope="module")
def keys() -> Sequence[CardKey]:
    now = datetime.now(UTC)
    return [make(now, days=730, common_name=f"key {number}", bits=2048) for number in range(2)]


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    with Room() as room:
        yield room


@pytest.fixture
def drill(room: Room, keys: Sequence[CardKey], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Drill:
    return Drill(room, keys, monkeypatch, tmp_path)


SOON = st.integers(A_READING_AGAIN, 20 * KEPT_SECONDS)
"""Seconds between two steps of whoever changes a key; the shortest is what docs/card-room.md asks for."""


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.tuples(SOON, SOON, SOON, SOON), calls=st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_key_is_changed_and_no_call_is_lost(drill: Drill, pauses: tuple[int, ...], calls: list[bool]) -> None:
    """Whatever the pauses. `calls` are under way in the old flow meanwhile; those that are true send before the switch, the others after it."""
    drill.begin()
    old = drill.with_a_key()
    under_way = [(sends_before, drill.instance.stored(old)) for sends_before in calls]
    assert drill.finds(drill.instance.stored(old))

    drill.passes(pauses[0])
    drill.run()
    assert drill.finds(drill.instance.stored(old)), "a second key is in the secret; nothing has changed for callers"
    key_id = drill.instance.associate()
    drill.passes(pauses[1])
    assert all(drill.finds(stored) for sends_before, stored in under_way if sends_before)

    new = drill.instance.published(key_id)
    assert drill.finds(drill.instance.stored(new)), "nobody has entered the new id yet"
    assert all(drill.finds(stored) for sends_before, stored in under_way if not sends_before)
    drill.passes(pauses[2])
    drill.run("--id", key_id)
    assert drill.finds(drill.instance.stored(new))
    last = drill.instance.stored(old)

    drill.passes(pauses[3])
    assert drill.finds(last)
    drill.run("--retire", old.key_id, answer=f"{old.key_id}\n")
    assert drill.finds(drill.instance.stored(new))


def test_what_is_keyed_for_a_retired_key_goes_to_an_agent_and_is_seen(drill: Drill) -> None:
    old = drill.with_a_key()
    drill.passes(A_READING_AGAIN)
    drill.run()
    new = drill.instance.published(drill.instance.associate())
    drill.run("--id", new.key_id)
    too_late = [drill.instance.stored(old) for _ in range(2)]
    assert drill.finds(drill.instance.stored(new))
    drill.run("--retire", old.key_id, answer=f"{old.key_id}\n")
    drill.passes(KEPT_SECONDS + 1)
    assert [drill.answers(stored) for stored in too_late] == [UNAVAILABLE] * 2
    assert "card lookup unavailable" in drill.room.log.getvalue(), "which an alarm hears"
    assert drill.finds(drill.instance.stored(new))


def test_a_key_that_was_never_uploaded_opens_nothing_and_harms_nothing(drill: Drill) -> None:
    flow = drill.with_a_key()
    drill.run()
    drill.passes(KEPT_SECONDS + 1)
    assert drill.finds(drill.instance.stored(flow))
