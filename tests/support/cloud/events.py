"""EventBridge: what was put on the default bus, in order."""

from typing import Any

from .answers import NotPlayed, invalid, json_of, only

LARGEST = 256 * 1024


class Events:
    """A bus. An event is a request's entry as it came, its `Detail` a text."""

    throttled = "ThrottlingException"

    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []

    def resources(self, request: dict[str, Any]) -> tuple[str, ...]:
        return ("default",)

    def answer(self, operation: str, request: dict[str, Any], parts: int) -> bytes:
        """Put events; only the first `parts` of them are taken."""
        if operation != "PutEvents":
            raise NotPlayed(f"EventBridge's {operation}")
        only(request, "Entries")
        entries = request["Entries"]
        for entry in entries:
            only(entry, "Source", "DetailType", "Detail", "Resources", "Time")
        if not 0 < len(entries) <= 10 or sum(len(entry["Detail"].encode()) for entry in entries) > LARGEST:
            raise invalid("A call takes 1 to 10 entries, and 256 KB together.")
        self.put.extend(entries[:parts])
        taken = [{"EventId": str(number)} for number in range(len(entries[:parts]))]
        failed = [{"ErrorCode": self.throttled, "ErrorMessage": "Rate exceeded"} for _ in entries[parts:]]
        return json_of({"FailedEntryCount": len(failed), "Entries": [*taken, *failed]})
