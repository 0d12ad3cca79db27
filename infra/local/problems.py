"""What can stop the local run, each said in one sentence that names the next thing to do."""


class CannotRun(Exception):
    """The local run cannot start or go on; the text says what to do."""


class ProcessEnded(CannotRun):
    """One of our processes ended though nobody asked it to."""
