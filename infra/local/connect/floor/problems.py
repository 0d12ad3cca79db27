"""What cannot be done, in a sentence that says what to do instead."""


class NotPossible(Exception):
    """The exchange did not do it; nothing has changed."""


class UnknownResource(NotPossible):
    """There is no contact, agent, queue, flow, number or quick connect of this id."""


class InvalidRequest(NotPossible):
    """It exists, but not in a state in which this can be done, or an argument is out of range."""


class LimitExceeded(NotPossible):
    """A quota or a size does not allow it."""
