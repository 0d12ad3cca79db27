"""Amazon Connect: contacts as they truly are, for those who ask one by one, and what those who act on them did."""

from collections.abc import Callable
from typing import Any

from .answers import NotPlayed, Refused, json_of, only

Document = dict[str, Any]


class Connect:
    """One instance's contacts by id, as the answer's `Contact` goes over the wire: moments are seconds of the epoch.

    Asking for a contact has no body to read: the request is its path, ``/contacts/{InstanceId}/{ContactId}``. `users` are ids
    by user name, `signed_in` the ids of those whose softphone is open, `recorded` the contacts of which a recording can go on.
    `did` is what was done, in its order.
    """

    throttled = "ThrottlingException"

    def __init__(self) -> None:
        self.contacts: dict[str, Document] = {}
        self.asked: list[str] = []
        self.users: dict[str, str] = {}
        self.signed_in: set[str] = set()
        self.recorded: set[str] = set()
        self.did: list[tuple[str, Document]] = []
        self._listening: dict[str, str] = {}
        self._operations: dict[str, Callable[[Document], Document]] = {
            "DescribeContact": self._describe,
            "SearchUsers": self._search,
            "SuspendContactRecording": lambda request: self._record("SuspendContactRecording", request),
            "ResumeContactRecording": lambda request: self._record("ResumeContactRecording", request),
            "UpdateContactAttributes": self._set_attributes,
            "MonitorContact": self._monitor,
        }

    def resources(self, request: Document) -> tuple[str, ...]:
        return (request["path"][-2] if "path" in request else request["InstanceId"],)

    def answer(self, operation: str, request: Document, parts: int) -> bytes:
        """Do the operation; it has no parts."""
        if operation not in self._operations:
            raise NotPlayed(f"Connect's {operation}")
        return json_of(self._operations[operation](request))

    def _describe(self, request: Document) -> Document:
        _contacts, _instance_id, contact_id = request["path"]
        self.asked.append(contact_id)
        return {"Contact": self._contact(contact_id)}

    def _search(self, request: Document) -> Document:
        only(request, "InstanceId", "SearchCriteria")
        condition = request["SearchCriteria"]["StringCondition"]
        only(condition, "FieldName", "Value", "ComparisonType")
        assert (condition["FieldName"], condition["ComparisonType"]) == ("Username", "EXACT")
        # Connect compares without regard to case.
        wanted = condition["Value"].casefold()
        return {
            "Users": [
                {"Id": user_id, "Username": name} for name, user_id in self.users.items() if name.casefold() == wanted
            ]
        }

    def _record(self, operation: str, request: Document) -> Document:
        only(request, "InstanceId", "ContactId", "InitialContactId")
        self._contact(request["ContactId"])
        if request["ContactId"] not in self.recorded:
            raise Refused("InvalidRequestException", "The contact is not being recorded.")
        return self._done(operation, request)

    def _set_attributes(self, request: Document) -> Document:
        only(request, "InstanceId", "InitialContactId", "Attributes")
        self._contact(request["InitialContactId"]).setdefault("Attributes", {}).update(request["Attributes"])
        return self._done("UpdateContactAttributes", request)

    def _monitor(self, request: Document) -> Document:
        only(request, "InstanceId", "ContactId", "UserId", "AllowedMonitorCapabilities", "ClientToken")
        if request["ClientToken"] not in self._listening:
            if request["UserId"] not in self.signed_in:
                raise Refused("InvalidRequestException", "The user is not signed in.")
            self._contact(request["ContactId"])
            self._listening[request["ClientToken"]] = f"listening-{len(self._listening)}"
            self._done("MonitorContact", request)
        return {"ContactId": self._listening[request["ClientToken"]]}

    def _contact(self, contact_id: str) -> Document:
        if contact_id not in self.contacts:
            raise Refused("ResourceNotFoundException", "The specified resource was not found.", status=404)
        return self.contacts[contact_id]

    def _done(self, operation: str, request: Document) -> Document:
        self.did.append((operation, {name: value for name, value in request.items() if name != "InstanceId"}))
        return {}
