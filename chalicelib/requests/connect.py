"""Amazon Connect, as far as requests from the desk need it."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.cloud import busy_means_try_again
from chalicelib.contacts.model import ContactId
from chalicelib.requests.model import Seen
from chalicelib.requests.service import Refused

UNKNOWN = frozenset({"ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException"})
"""How Connect says that it knows no such contact, or that no contact of its own could have such an id."""

NOT_AS_THINGS_STAND = UNKNOWN | {"ContactNotFoundException", "ServiceQuotaExceededException"}
"""How Connect says that this cannot be done now: the contact is over, nothing is recorded, the user is not signed in."""


CARD_ENTRY = "tsunagu_card_entry"
"""The contact attribute by which the flow `card-entry-in-call` says that a customer is keying a card number."""


class ConnectDesk:
    """A Connect instance behind the operations that requests need; botocore asks again when Connect wants a pause."""

    def __init__(self, connect: Callable[[], Any], instance_id: str) -> None:
        self._connect = connect
        self._instance_id = instance_id

    def see(self, contact_id: ContactId) -> Seen | None:
        """Return a contact as it is at this moment, or None when Connect does not know it."""
        try:
            contact = self._ask("describe_contact", ContactId=contact_id)["Contact"]
        except Refused:
            return None
        return Seen(
            contact_id=contact_id,
            channel=contact.get("Channel"),
            agent_id=contact.get("AgentInfo", {}).get("Id"),
            is_over="DisconnectTimestamp" in contact,
            takes_card=contact.get("Attributes", {}).get(CARD_ENTRY) == "open",
        )

    def user_id(self, username: str) -> str | None:
        """Return the id of the Connect user of this name, or None when there is none."""
        named = {"FieldName": "Username", "Value": username, "ComparisonType": "EXACT"}
        users = self._ask("search_users", SearchCriteria={"StringCondition": named})["Users"]
        return next((user["Id"] for user in users if user["Username"] == username), None)

    def resume_recording(self, contact_id: ContactId) -> None:
        """Let a suspended recording go on."""
        self._ask("resume_contact_recording", ContactId=contact_id, InitialContactId=contact_id)

    def set_attribute(self, contact_id: ContactId, name: str, value: str) -> None:
        """Set a contact attribute."""
        self._ask("update_contact_attributes", InitialContactId=contact_id, Attributes={name: value})

    def listen(self, contact_id: ContactId, user_id: str, token: str) -> None:
        """Let a user listen to a contact, and join it if they choose."""
        may = ["SILENT_MONITOR", "BARGE"]
        self._ask(
            "monitor_contact", ContactId=contact_id, UserId=user_id, AllowedMonitorCapabilities=may, ClientToken=token
        )

    def _ask(self, operation: str, **asked: Any) -> Any:
        try:
            with busy_means_try_again():
                return getattr(self._connect(), operation)(InstanceId=self._instance_id, **asked)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_AS_THINGS_STAND:
                raise Refused(error.response["Error"].get("Message", "").strip() or str(error)) from error
            raise
