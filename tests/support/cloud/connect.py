"""Amazon Connect's DescribeContact: contacts as they truly are, for those who ask one by one."""

from typing import Any

from .answers import NotPlayed, Refused, json_of

Document = dict[str, Any]


class Connect:
    """One instance's contacts by id, as the answer's `Contact` goes over the wire: moments are seconds of the epoch.

    It has no body to read: a request is its path, ``/contacts/{InstanceId}/{ContactId}``.
    """

    throttled = "ThrottlingException"

    def __init__(self) -> None:
        self.contacts: dict[str, Document] = {}
        self.asked: list[str] = []

    def resources(self, request: Document) -> tuple[str, ...]:
        return (request["path"][-2],)

    def answer(self, operation: str, request: Document, parts: int) -> bytes:
        """Do the operation; it has no parts."""
        if operation != "DescribeContact":
            raise NotPlayed(f"Connect's {operation}")
        _contacts, _instance_id, contact_id = request["path"]
        self.asked.append(contact_id)
        if contact_id not in self.contacts:
            raise Refused("ResourceNotFoundException", "The specified resource was not found.", status=404)
        return json_of({"Contact": self.contacts[contact_id]})
