"""The recording around card entry: only what Connect has confirmed counts as paused, and none stays off unnoticed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.accounts.entry.recording import card_recording
from chalicelib.accounts.service.recording import StaysOff
from chalicelib.problems import TryAgain
from tests.centre import PARAMETERS, forget_wiring
from tests.support.cloud import EVERY_PART, Cloud, Fault, Trouble, in_turn, no_faults
from tests.support.cloud.template import Template
from tests.support.lambda_context import LambdaContext

CALL, FIRST, ENTRY = "contact-of-the-agent", "first-contact", "contact-of-the-entry"
CONFIG = json.loads((Path(__file__).parents[2] / ".chalice" / "config.json").read_text())


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A Connect in which agent and customer talk, and are recorded."""
    cloud = Cloud(Template(parameters=PARAMETERS))
    cloud.connect.contacts[CALL] = {"Id": CALL}
    cloud.connect.recorded.add(CALL)
    forget_wiring()
    with cloud.everywhere(cloud.template.environment("CardRecording")):
        yield cloud
    forget_wiring()


def asked(do: str) -> dict[str, str]:
    """Ask as Connect does, from the flow of the consultation."""
    contact = {"ContactId": ENTRY, "PreviousContactId": CALL, "InitialContactId": FIRST}
    answer = card_recording(
        {"Name": "ContactFlowEvent", "Details": {"ContactData": contact, "Parameters": {"do": do}}}, LambdaContext()
    )
    assert isinstance(answer, dict)
    return answer


def test_the_agent_s_contact_is_what_pauses_and_goes_on_voice_and_screen_alike(cloud: Cloud) -> None:
    assert (asked("pause"), asked("resume")) == ({"outcome": "paused"}, {"outcome": "resumed"})
    whole = {"ContactId": CALL, "InitialContactId": FIRST}
    assert cloud.connect.did == [("SuspendContactRecording", whole), ("ResumeContactRecording", whole)]


@pytest.mark.parametrize("how", ["nobody records it", "it is over", "there is no instance"])
def test_what_connect_does_not_confirm_is_not_paused(cloud: Cloud, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "nobody records it":
        cloud.connect.recorded.clear()
    elif how == "it is over":
        cloud.connect.contacts.clear()
    else:
        monkeypatch.setenv("CONNECT_INSTANCE_ID", "")
    assert asked("pause") == {"outcome": "refused"}


@pytest.mark.parametrize("how", ["it has ended", "nobody knows it", "there is no instance"])
def test_a_call_that_is_over_needs_no_recording(cloud: Cloud, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.connect.recorded.clear()
    if how == "it has ended":
        cloud.connect.contacts[CALL]["DisconnectTimestamp"] = 1_800_000_000
    elif how == "nobody knows it":
        cloud.connect.contacts.clear()
    else:
        monkeypatch.setenv("CONNECT_INSTANCE_ID", "")
    assert asked("resume") == {"outcome": "over"}


def test_a_recording_that_stays_off_while_they_talk_is_an_error_of_the_function(cloud: Cloud) -> None:
    cloud.connect.recorded.clear()
    with pytest.raises(StaysOff, match=CALL):
        asked("resume")


def test_each_call_of_connect_leaves_time_for_the_flow_to_be_answered(cloud: Cloud) -> None:
    limits = CONFIG["lambda_functions"]["card_recording"]
    assert limits["lambda_timeout"] < 8
    cloud.faults = in_turn([Fault(Trouble.SERVER_ERROR)])
    assert asked("pause") == {"outcome": "paused"}
    cloud.faults = lambda _: Fault(Trouble.SERVER_ERROR)
    with pytest.raises(TryAgain):
        asked("pause")
    assert len(cloud.connect.did) == 1


FAULTS = st.lists(
    st.none() | st.builds(Fault, st.sampled_from([Trouble.SERVER_ERROR, Trouble.THROTTLED, Trouble.DISCONNECTED]), st.sampled_from([0, EVERY_PART])),
    max_size=12,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FAULTS)
def test_whatever_connect_answers_paused_means_paused_and_in_the_end_it_is_recorded(
    cloud: Cloud, faults: list[Fault | None]
) -> None:
    cloud.connect.did.clear()
    cloud.faults = in_turn(faults)
    paused = _as_connect_asks("pause")
    if paused == "paused":
        assert cloud.connect.did[-1][0] == "SuspendContactRecording"
    cloud.faults = no_faults
    assert _as_connect_asks("resume") == "resumed"
    assert cloud.connect.did[-1][0] == "ResumeContactRecording"


def _as_connect_asks(do: str) -> Any:
    """Ask up to three times; None is the flow's error branch."""
    for _ in range(3):
        try:
            return asked(do)["outcome"]
        except TryAgain:
            continue
    return None
