"""What can go wrong, said so that somebody can act on it.

Problem
├── Unreadable    a document that can never be applied: it is parked, never retried
├── BadRequest    a caller's question that has no answer as asked
├── Forbidden     a caller's question that is not theirs to ask
├── NotFound      what was asked for is not here
└── TryAgain      the cloud was busy; the same call may succeed later
    └── SlowDown  the cloud asks for fewer requests; so do no others for now
"""


class Problem(Exception):
    """A problem that someone can act on; its text says how."""


class Unreadable(Problem):
    """A document that no retry will ever make readable.

    `field` is the path of the part at fault, such as ``detail.queueInfo.enqueueTimestamp``.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class BadRequest(Problem):
    """A question that cannot be answered as asked; the text says how to ask."""


class Forbidden(Problem):
    """A question that is not for whoever asks it; the text says who may ask what."""


class NotFound(Problem):
    """What was asked for is not here."""


class TryAgain(Problem):
    """The cloud was too busy or out of reach; repeating the same call is safe."""


class SlowDown(TryAgain):
    """The cloud asks for fewer requests: this one was refused, and others would be refused to somebody."""
