"""What callers hear in a flow, and key in."""

import traceback
from collections.abc import Generator
from typing import Any

import pytest

from infra.local.connect.flows.actions.speaking import participant_input
from infra.local.connect.flows.language import read
from infra.local.connect.flows.line import Listen, Prompt, Refused, Repeat, Speak
from infra.local.connect.flows.turn import Scope, State, Turn
from tests.local_connect.lines import Caller, MemoryLine
from tests.local_connect.steps import CALL, content, ending_of, step


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ({"Text": "Hello $.Attributes.name, this is $.SystemEndpoint.Address."}, "Hello Sato, this is +81312345678."),
        ({"Text": "$.Attributes.nameさん、$.Attributes.unknownこんにちは"}, "Satoさん、こんにちは"),
        ({"SSML": "<speak>$.Attributes.name</speak>"}, "<speak>Sato</speak>"),
        ({"PromptId": "$.Attributes.music"}, "prompt-7"),
        ({"Media": {"Uri": "s3://a/b.wav", "SourceType": "S3", "MediaType": "Audio"}}, "s3://a/b.wav"),
    ],
)
def test_a_message_is_heard_once(said: dict[str, Any], heard: str) -> None:
    caller = Caller()
    line = MemoryLine(attributes={"name": "Sato", "music": "prompt-7"})
    assert ending_of([step("MessageParticipant", said)], line, caller) == "good"
    assert caller.heard() == [heard]


def test_a_prompt_that_an_attribute_should_name_and_does_not_takes_the_error_branch() -> None:
    line = MemoryLine()
    assert ending_of([step("MessageParticipant", {"PromptId": "$.Attributes.none"})], line) == "NoMatchingError"


def test_music_plays_until_it_is_interrupted() -> None:
    said = {"Messages": [{"Text": "Please wait."}, {"PromptId": "music"}], "InterruptFrequencySeconds": "45"}
    caller = Caller()
    ending = ending_of(
        [step("MessageParticipantIteratively", said, on={"MessagesInterrupted": "a"})], MemoryLine(), caller
    )
    assert ending == "a"
    assert caller.asked == [
        Repeat(prompts=(Prompt(text="Please wait."), Prompt(prompt_id="music")), interrupt_every=45)
    ]


MENU = {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
EVERY_ERROR = ("NoMatchingError", "InputTimeLimitExceeded", "NoMatchingCondition")


@pytest.mark.parametrize(
    ("key", "ending"),
    [("1", "a"), ("*", "b"), ("2", "NoMatchingCondition"), (None, "InputTimeLimitExceeded")],
)
def test_a_choice_goes_by_the_key(key: str | None, ending: str) -> None:
    menu = step("GetParticipantInput", MENU, errors=EVERY_ERROR, on={"1": "a", "*": "b"})
    assert ending_of([menu], MemoryLine(), Caller(keys=[key])) == ending


@pytest.mark.parametrize("parameters", [MENU, {"EnableDTMFBuffer": "True"}])
def test_keys_are_for_calls_alone(parameters: dict[str, Any]) -> None:
    line = MemoryLine(channel="CHAT")
    assert ending_of([step("GetParticipantInput", parameters, errors=EVERY_ERROR)], line) == "NoMatchingError"


def test_a_menu_without_a_branch_for_silence_takes_the_error_branch() -> None:
    assert ending_of([step("GetParticipantInput", MENU)], MemoryLine(), Caller()) == "NoMatchingError"


def test_a_menu_that_is_asked_again_gives_up_after_so_many_rounds() -> None:
    menu = step("GetParticipantInput", MENU, errors=("NoMatchingError", "InputTimeLimitExceeded"))
    menu["Transitions"]["Errors"][1]["NextAction"] = "again"
    again = step(
        "Loop", {"LoopCount": "2"}, id="again", errors=(), then="b", on={"ContinueLooping": "it", "DoneLooping": "b"}
    )
    caller = Caller()
    assert ending_of([menu, again], MemoryLine(), caller) == "b"
    assert caller.heard() == ["Press 1."] * 3


STORE = {
    "Text": "Number, please.",
    "StoreInput": "True",
    "InputTimeLimitSeconds": "8",
    "InputValidation": {"CustomValidation": {"MaximumLength": "16"}},
    "DTMFConfiguration": {
        "InputTerminationSequence": "##",
        "InterdigitTimeLimitSeconds": "3",
        "DisableCancelKey": "True",
    },
}


def phone(number_format: str, country: str = "JP") -> dict[str, Any]:
    return {
        **STORE,
        "InputValidation": {"PhoneNumberValidation": {"NumberFormat": number_format, "CountryCode": country}},
    }


@pytest.mark.parametrize(
    ("parameters", "keyed", "stored", "ending"),
    [
        (STORE, "4111", "4111", "good"),
        (STORE, None, "Timeout", "good"),
        (STORE, "", "Timeout", "good"),
        (phone("Local"), "09012345678", "+819012345678", "good"),
        (phone("E164"), "819012345678", "+819012345678", "good"),
        (phone("E164"), "0", None, "InvalidPhoneNumber"),
        (phone("Local", "XX"), "09012345678", None, "NoMatchingError"),
        (phone("Local"), None, "Timeout", "good"),
    ],
)
def test_what_is_keyed_is_stored(
    parameters: dict[str, Any], keyed: str | None, stored: str | None, ending: str
) -> None:
    state = State()
    store = step("GetParticipantInput", parameters, errors=("NoMatchingError", "InvalidPhoneNumber"))
    assert ending_of([store], MemoryLine(), Caller(keys=[keyed]), state) == ending
    assert state.stored_input == stored


def test_how_keys_are_taken_is_told_to_the_line() -> None:
    caller = Caller(keys=["1"])
    buffer = step("GetParticipantInput", {"EnableDTMFBuffer": "True"}, then="store")
    message = step(
        "MessageParticipant", {"Text": "Hello", "SkipWhenDTMFBufferEnabled": "True"}, id="message", then="good"
    )
    ending_of([buffer, step("GetParticipantInput", STORE, id="store", then="message"), message], MemoryLine(), caller)
    assert caller.asked == [
        Listen(
            prompt=Prompt(text="Number, please."),
            seconds=8,
            most=16,
            terminator="##",
            between=3,
            cancel_key=False,
            buffered=True,
        ),
        Speak(prompt=Prompt(text="Hello"), unless_keyed=True),
    ]


PAN = "4111111111111111"
SECRET = {**STORE, "InputEncryption": {"EncryptionKeyId": "key-1", "Key": "certificate"}}


@pytest.mark.parametrize(
    "refused",
    [None, Refused(f"cannot encrypt {PAN}"), ValueError(f"not base64: {PAN}")],
    ids=["encrypted", "refused", "crashed"],
)
def test_a_card_number_is_nowhere_but_in_its_cipher(refused: Exception | None) -> None:
    line, state, caller = MemoryLine(), State(), Caller(keys=[PAN])
    if refused is not None:
        line.refuses = {"encrypt": refused}  # type: ignore[dict-item]
    steps = [
        step("GetParticipantInput", SECRET, then="call"),
        step(
            "InvokeLambdaFunction", {**CALL, "LambdaInvocationAttributes": {"card": "$.StoredCustomerInput"}}, id="call"
        ),
    ]
    assert ending_of(steps, line, caller, state) == ("NoMatchingError" if refused else "good")
    assert isinstance(caller.asked[0], Listen)
    assert caller.asked[0].secret
    assert state.stored_input == (None if refused else "encrypted with key-1")
    assert PAN not in repr((line.done, line.logged, line.attributes, state, caller.asked))


def test_no_problem_of_encryption_is_told_with_its_cause() -> None:
    line = MemoryLine(refuses={"encrypt": Refused(f"cannot encrypt {PAN}")})
    turn = Turn(read(content(step("GetParticipantInput", SECRET))).actions["it"], line, State(), Scope())
    storing = participant_input(turn)
    assert isinstance(storing, Generator)
    storing.send(None)
    with pytest.raises(Refused) as caught:
        storing.send(PAN)
    assert PAN not in "".join(traceback.format_exception(caught.value))
