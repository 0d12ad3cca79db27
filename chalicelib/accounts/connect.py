"""Amazon Connect, as far as card entry needs it: recordings stop and go on."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.service.recording import Call, NotNow
from chalicelib.cloud import busy_means_try_again

NOT_AS_THINGS_STAND = frozenset({"InvalidParameterException", "InvalidRequestException", "ResourceNotFoundException"})
"""How Connect says that the contact is over or unknown, or that nothing of it is recorded; which it says when is unconfirmed."""


class ConnectRecorder:
    """A Connect instance that records. Without a type of recording it means all that the flow chose: voice and screen."""

    def __init__(self, connect: Callable[[], Any], instance_id: str) -> None:
        self._connect = connect
        self._instance_id = instance_id

    def suspend(self, call: Call) -> None:
        """Suspend what is recorded."""
        self._ask("suspend_contact_recording", ContactId=call.contact_id, InitialContactId=call.initial_id)

    def resume(self, call: Call) -> None:
        """Let what was suspended go on."""
        self._ask("resume_contact_recording", ContactId=call.contact_id, InitialContactId=call.initial_id)

    def goes_on(self, call: Call) -> bool:
        """Whether the contact has not ended; one that Connect does not know has."""
        try:
            return "DisconnectTimestamp" not in self._ask("describe_contact", ContactId=call.contact_id)["Contact"]
        except NotNow:
            return False

    def _ask(self, operation: str, **asked: str) -> Any:
        try:
            with busy_means_try_again():
                return getattr(self._connect(), operation)(InstanceId=self._instance_id, **asked)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_AS_THINGS_STAND:
                raise NotNow(error.response["Error"]["Code"]) from error
            raise
