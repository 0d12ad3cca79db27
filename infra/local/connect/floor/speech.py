"""How long a prompt takes to be heard, and which keys a caller has pressed. Pure rules."""

import re

from infra.local.connect.flows.line import Listen, Prompt

LATIN_PER_SECOND = 15
JAPANESE_PER_SECOND = 7
RECORDING_SECONDS = 5.0
"""How long a recorded prompt is taken to be; nobody here has the recording."""
_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_TAG = re.compile(r"<[^>]*>")


def seconds_to_hear(prompt: Prompt) -> float:
    """Return how many seconds a prompt takes, by the length of its text."""
    text = prompt.text if prompt.text is not None else _TAG.sub("", prompt.ssml or "")
    if not text:
        return RECORDING_SECONDS if prompt.prompt_id or prompt.media else 0.0
    return len(text) / (JAPANESE_PER_SECOND if _JAPANESE.search(text) else LATIN_PER_SECOND)


class Keying:
    """Keys as they come, for one `Listen`."""

    def __init__(self, listen: Listen) -> None:
        self._listen = listen
        self.keyed = ""
        self.is_complete = False

    def press(self, key: str) -> None:
        """Take one key. The terminator is not part of what was keyed; with a cancel key, * erases what was."""
        listen = self._listen
        self.keyed += key
        if listen.terminator and self.keyed.endswith(listen.terminator):
            self.keyed = self.keyed[: -len(listen.terminator)]
            self.is_complete = True
        elif listen.cancel_key and key == "*":
            self.keyed = ""
        elif len(self.keyed) >= listen.most and not self._terminator_begun():
            self.is_complete = True

    def _terminator_begun(self) -> bool:
        terminator = self._listen.terminator or ""
        return any(self.keyed.endswith(terminator[:length]) for length in range(1, len(terminator)))
