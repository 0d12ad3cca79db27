"""Whatever happens, in whatever order, however often: an entry counts once, is answered once, and leaves no digits behind."""

import base64
import json
import re
import traceback
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts.model.limits import ENTRIES_A_CONTACT
from tests.accounts.messages import card, pair
from tests.accounts.room import UNAVAILABLE, Room
from tests.support.cloud import EVERY_PART, Call, Crash, Fault, Trouble, conflicting, denied

LUCK = Random(20260617)
CALLERS = ("+819012345678", "+819087654321", "anonymous", None)
CONTACTS = [f"0d6a4f0e-5a1b-4c57-9d3e-1f2a3b4c5d{number:02d}" for number in range(3)]
MINE, SHARED, CLOSED, *STRANGE = (card(LUCK) for _ in range(6))
WRONG = MINE[:-1] + str((int(MINE[-1]) + 3) % 10)
LONGEST, AMEX = card(LUCK, prefix="62", length=19), card(LUCK, prefix="37", length=15)
CARDS = [MINE, SHARED, CLOSED, *STRANGE, WRONG, LONGEST, AMEX, MINE[:-1]]
RUN = 12
"""Digits in a row that nobody may find anywhere."""


class Press(NamedTuple):
    """A caller keys a card in a call; the flow's function is invoked so many times, each of them in some trouble."""

    digits: str
    contact: int
    caller: int
    invoked: int


presses = st.builds(
    Press,
    digits=st.sampled_from(CARDS),
    contact=st.integers(0, len(CONTACTS) - 1),
    caller=st.integers(0, len(CALLERS) - 1),
    invoked=st.integers(1, 3),
)
troubles = st.lists(
    st.none()
    | st.sampled_from(["denied", "conflict", "another"])
    | st.builds(Fault, st.sampled_from(Trouble), st.sampled_from((0, EVERY_PART))),
    max_size=60,
)


@pytest.fixture(scope="module")
def house() -> Iterator[Room]:
    with Room() as room:
        yield room


def opened(room: Room) -> None:
    room.reset()
    room.log.seek(0)
    room.log.truncate()
    room.member("100-1", MINE, language="ja", priority=2)
    room.member("100-2", SHARED)
    room.member("100-3", SHARED, AMEX)
    room.member("100-4", CLOSED, status="closed")


class Story:
    """Presses in a random order, with invocations that begin while others are at work."""

    def __init__(self, room: Room, pressed: list[Press], luck: Random) -> None:
        self.room = room
        self.stored = [pair().stored(press.digits) for press in pressed]
        self.pressed = pressed
        self.answers: dict[int, list[dict[str, str]]] = defaultdict(list)
        self.raised: list[BaseException] = []
        self.luck = luck
        self._depth = 0

    def invoke(self, number: int) -> None:
        press = self.pressed[number]
        try:
            answer = self.room.send(
                self.stored[number], CONTACTS[press.contact], address=CALLERS[press.caller], by="menu"
            )
        except Crash as died:
            self.raised.append(died)
        else:
            self.answers[number].append(answer)

    def another(self) -> None:
        """Let somebody's function, likely the same one's, run from its beginning to its end between two calls."""
        if self._depth < 2 and self.pressed:
            self._depth += 1
            self.room.clock.seconds += 0.01
            self.invoke(self.luck.randrange(len(self.pressed)))
            self._depth -= 1


@given(st.lists(presses, min_size=1, max_size=6), troubles, st.randoms(use_true_random=False))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens(house: Room, pressed: list[Press], planned: list[Fault | str | None], luck: Random) -> None:
    opened(house)
    story, coming = Story(house, pressed, luck), iter(planned)

    def faults(call: Call) -> Fault | None:
        trouble = next(coming, None)
        if trouble == "denied":
            raise denied(call)
        if trouble == "conflict" and call.operation == "TransactWriteItems":
            raise conflicting(call)
        if trouble == "another":
            story.another()
        return trouble if isinstance(trouble, Fault) else None

    house.cloud.faults = faults
    order = [number for number, press in enumerate(pressed) for _ in range(press.invoked)]
    luck.shuffle(order)
    for number in order:
        # A moment passes: keys that could not be read may be asked for again.
        house.clock.seconds += 31
        story.invoke(number)
    house.cloud.faults = lambda call: None
    for number in range(len(pressed)):
        story.invoke(number)
    each_is_answered_once(story)
    each_is_counted_once(story)
    nothing_is_left_behind(story)


def each_is_answered_once(story: Story) -> None:
    for answers in story.answers.values():
        told = [answer for answer in answers if answer != UNAVAILABLE]
        assert told, "in the end everybody is answered"
        assert told == [told[0]] * len(told)


def each_is_counted_once(story: Story) -> None:
    room = story.room
    entries = [item for item in room.items("EntriesTable") if item["entry"].startswith("message#")]
    audited = room.items("CardAuditTable")
    assert len(entries) == len(story.pressed)
    assert sorted(item["at"].partition("#")[2] for item in audited) == sorted(
        item["entry"].removeprefix("message#") for item in entries
    )
    for contact in CONTACTS:
        claimed = [item for item in entries if item["contact_id"] == contact and item["outcome"] != "limited"]
        assert int(room.entry(f"contact#{contact}").get("tries", 0)) == len(claimed) <= ENTRIES_A_CONTACT
    for place, caller in enumerate(CALLERS):
        told = [story.answers[number][-1] for number, press in enumerate(story.pressed) if press.caller == place]
        misses = [answer for answer in told if answer["outcome"] == "not_found"]
        counted = len(misses) if caller and caller.startswith("+") else 0
        assert int(room.entry(f"caller#{caller}").get("misses", 0)) == counted


def nothing_is_left_behind(story: Story) -> None:
    kept = story.room.everything_kept()
    kept += json.dumps([answer for answers in story.answers.values() for answer in answers])
    kept += "".join("".join(traceback.format_exception(error)) for error in story.raised)
    assert traces(kept, CARDS) == []


def traces(text: str, cards: list[str]) -> list[str]:
    """Return the runs of digits of any of these cards that stand in a text, however written."""
    closed_up = re.sub(r"(?<=\d)[\s.\-_]+(?=\d)", "", text)
    found = []
    for digits in cards:
        for start in range(len(digits) - RUN + 1):
            run = digits[start : start + RUN]
            written = [run, run[::-1], run.encode().hex(), "".join(f"%3{digit}" for digit in run)]
            written += ["".join(f"\\u003{digit}" for digit in run)]
            # A run's base64 stands in the whole's, but for its ends, in one of three phases.
            written += [base64.b64encode(b"x" * phase + run.encode()).decode()[4:-4] for phase in range(3)]
            found += [one for one in written if one in text or one in closed_up]
    return found


@pytest.mark.parametrize("written", [
    "{}", "a {} b", "&{}&", '{{"card": "{}"}}',
])  # fmt: skip
def test_the_search_finds_what_it_looks_for(written: str) -> None:
    """A test that cannot fail would be none."""
    run = MINE[2 : 2 + RUN]
    spellings = [MINE, run, " ".join(MINE), f"{MINE[:4]}-{MINE[4:8]}-{MINE[8:12]}-{MINE[12:]}", run[::-1]]
    spellings += [run.encode().hex(), base64.b64encode(MINE.encode()).decode()]
    spellings += [base64.b64encode(f"pan={MINE}".encode()).decode(), "".join(f"%3{digit}" for digit in MINE)]
    for spelling in spellings:
        assert traces(written.format(spelling), [MINE]), spelling
    assert traces(written.format(MINE[:11]), [MINE]) == []


def test_nothing_is_said_while_all_goes_well_and_every_logger_listens(house: Room) -> None:
    opened(house)
    for digits in CARDS:
        house.key(digits, CONTACTS[len(digits) % 3])
    assert sum(line.startswith("card lookup ") for line in house.log.getvalue().splitlines()) == len(CARDS)
    assert traces(house.everything_kept(), CARDS) == []
