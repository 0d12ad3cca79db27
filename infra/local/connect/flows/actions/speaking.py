"""What the caller hears, and keys in."""

from collections.abc import Mapping

from infra.local.connect.flows.line import Listen, Refused, Repeat, Speak
from infra.local.connect.flows.turn import Outcome, Play, Steps, Turn, whole

SILENCE = "Timeout"
"""What `$.StoredCustomerInput` holds when nothing was keyed; also where input is encrypted (unconfirmed)."""

_CALLING_CODES = {
    "AU": "61",
    "CN": "86",
    "DE": "49",
    "FR": "33",
    "GB": "44",
    "JP": "81",
    "KR": "82",
    "SG": "65",
    "US": "1",
}


def message(turn: Turn) -> Steps:
    """Say something once."""
    skips = turn.state.buffers_keys and turn.value("SkipWhenDTMFBufferEnabled") == "True"
    yield Speak(prompt=turn.prompt(), unless_keyed=skips)
    return None


def message_iteratively(turn: Turn) -> Steps:
    """Say things, or play music, over and over; `MessagesInterrupted` at the end of each interval, if there are any."""
    messages = turn.action.parameters.get("Messages")
    if not messages:
        raise Refused("Messages is empty")
    interval = turn.number("InterruptFrequencySeconds") if turn.maybe("InterruptFrequencySeconds") else None
    yield Repeat(prompts=tuple(turn.prompt_of(said) for said in messages), interrupt_every=interval)
    return "MessagesInterrupted"


def participant_input(turn: Turn) -> Outcome | Steps:
    """Let keys be buffered, or store what is keyed, or offer a choice; all of that is for calls alone."""
    if turn.line.data()["Channel"] != "VOICE":
        raise Refused("keys are pressed in calls only")
    if turn.maybe("EnableDTMFBuffer") is not None:
        turn.state.buffers_keys = turn.text("EnableDTMFBuffer") == "True"
        return None
    return _store(turn) if turn.value("StoreInput") == "True" else _menu(turn)


def _menu(turn: Turn) -> Steps:
    key = yield Listen(
        prompt=turn.prompt(), seconds=turn.number("InputTimeLimitSeconds"), buffered=turn.state.buffers_keys
    )
    if key is None:
        raise Refused("nothing was keyed", "InputTimeLimitExceeded")
    assert isinstance(key, str), "keys are text"
    return key


def _store(turn: Turn) -> Steps:
    encryption, validation = turn.value("InputEncryption"), turn.value("InputValidation") or {}
    by_phone, keys = validation.get("PhoneNumberValidation"), turn.value("DTMFConfiguration") or {}
    longest = (validation.get("CustomValidation") or {}).get("MaximumLength") or ("15" if by_phone else "20")
    keyed = yield Listen(
        prompt=turn.prompt(),
        seconds=turn.number("InputTimeLimitSeconds"),
        most=whole("MaximumLength", longest),
        terminator=keys.get("InputTerminationSequence", "#"),
        between=whole("InterdigitTimeLimitSeconds", keys.get("InterdigitTimeLimitSeconds") or "5"),
        cancel_key=keys.get("DisableCancelKey") != "True",
        secret=encryption is not None,
        buffered=turn.state.buffers_keys,
    )
    if not keyed:
        turn.state.stored_input = SILENCE
        return None
    assert isinstance(keyed, str), "keys are text"
    if encryption is not None:
        turn.state.stored_input = _encrypted(turn, keyed, encryption)
    else:
        turn.state.stored_input = _telephone_number(keyed, by_phone) if by_phone else keyed
    return None


def _encrypted(turn: Turn, keyed: str, encryption: Mapping[str, str]) -> str:
    """Encrypt what was keyed. Whatever goes wrong with it, no word of the problem is passed on: it might hold the keys."""
    try:
        return turn.line.encrypt(keyed, encryption.get("EncryptionKeyId") or "", encryption.get("Key") or "")
    except Exception:
        turn.state.stored_input = None
        error = Refused("what was keyed could not be encrypted: look at the security key and the certificate")
    raise error


def _telephone_number(keyed: str, validation: Mapping[str, str]) -> str:
    """Return the number in E.164 form (unconfirmed for the local format). Refused with `InvalidPhoneNumber` if it is none."""
    if validation.get("NumberFormat") == "Local":
        code = _CALLING_CODES.get(validation.get("CountryCode") or "")
        if code is None:
            raise Refused(f"the calling code of CountryCode is not known here: use one of {', '.join(_CALLING_CODES)}")
        keyed = code + keyed.removeprefix("0")
    if not (keyed.isdecimal() and 8 <= len(keyed) <= 15 and keyed[0] != "0"):
        raise Refused("what was keyed is no telephone number", "InvalidPhoneNumber")
    return f"+{keyed}"


def voice(turn: Turn) -> Outcome:
    """Choose the voice that speaks."""
    turn.line.set_voice(
        turn.text("TextToSpeechVoice"), turn.maybe("TextToSpeechEngine"), turn.maybe("TextToSpeechStyle")
    )
    return None


PLAYED: Mapping[str, Play] = {
    "MessageParticipant": message,
    "MessageParticipantIteratively": message_iteratively,
    "GetParticipantInput": participant_input,
    "UpdateContactTextToSpeechVoice": voice,
}
