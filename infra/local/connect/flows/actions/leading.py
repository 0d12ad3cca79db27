"""Where a contact goes: queues, agents, numbers, callbacks, tasks, the end."""

from collections.abc import Mapping
from typing import Literal

from infra.local.connect.flows.line import Callback, Dial, Ending, Refused
from infra.local.connect.flows.turn import Outcome, Play, Steps, Turn

_FAILED = frozenset({"CallFailed", "ConnectionTimeLimitExceeded"})
_STATES: Mapping[str, Literal["AgentOnHold", "CustomerOnHold", "OffHold"]] = {
    "AgentOnHold": "AgentOnHold",
    "CustomerOnHold": "CustomerOnHold",
    "OffHold": "OffHold",
}


def target_queue(turn: Turn) -> Outcome:
    """Choose the queue, or the agent, that the contact goes to."""
    if turn.maybe("AgentId"):
        turn.line.choose_agent(turn.text("AgentId"))
    else:
        turn.line.choose_queue(turn.text("QueueId"))
    return None


def routing_behavior(turn: Turn) -> Outcome:
    """Set the place in the queue, before the contact goes there."""
    priority, adjustment = turn.maybe("QueuePriority"), turn.maybe("QueueTimeAdjustmentSeconds")
    turn.line.set_priority(
        turn.number("QueuePriority") if priority else None,
        turn.number("QueueTimeAdjustmentSeconds") if adjustment else None,
    )
    return None


def routing_criteria(turn: Turn) -> Outcome:
    """Ask for an agent with certain proficiencies."""
    turn.line.set_criteria((turn.value("RoutingCriteria") or {}).get("Steps") or [])
    return None


def to_queue(turn: Turn) -> Outcome:
    """Put the contact into the queue chosen before."""
    turn.line.enter_queue()
    return Ending(to="queue", action=turn.action.id)


def to_another_queue(turn: Turn) -> Outcome:
    """Take a waiting contact into another queue; unlike `to_queue`, its flow goes on."""
    turn.line.change_queue(turn.maybe("QueueId"), turn.maybe("AgentId"))
    return None


def to_agent(turn: Turn) -> Outcome:
    """Connect the contact with the agent whom it was transferred to."""
    return Ending(to="agent", action=turn.action.id)


def to_third_party(turn: Turn) -> Steps:
    """Connect the caller with a telephone number; with `ContinueFlowExecution` the flow goes on when that call is over."""
    answer = yield Dial(
        number=turn.text("ThirdPartyPhoneNumber"), seconds=turn.number("ThirdPartyConnectionTimeLimitSeconds")
    )
    if answer in _FAILED:
        raise Refused("the number did not answer", str(answer))
    return None if turn.value("ContinueFlowExecution") == "True" else Ending(to="third_party", action=turn.action.id)


def callback_number(turn: Turn) -> Outcome:
    """Choose the number to call back."""
    number = turn.maybe("CallbackNumber")
    if not number:
        raise Refused("there is no number to call back", "InvalidCallbackNumber")
    turn.line.set_callback_number(number)
    return None


def create_callback(turn: Turn) -> Outcome:
    """Queue a callback to the number chosen before."""
    turn.line.create_callback(
        Callback(
            initial_delay=turn.number("InitialCallDelaySeconds"),
            retry_delay=turn.number("RetryDelaySeconds"),
            attempts=turn.number("MaximumConnectionAttempts"),
            queue_id=turn.maybe("QueueId"),
            user_id=turn.maybe("AgentId"),
            flow_id=turn.maybe("ContactFlowId"),
            caller_id=turn.maybe("CallerId"),
        )
    )
    return None


def create_task(turn: Turn) -> Outcome:
    """Start a task that is related to this contact."""
    turn.line.create_task(
        name=turn.text("Name"),
        description=turn.maybe("Description") or "",
        flow_id=turn.text("ContactFlowId"),
        attributes=turn.texts("Attributes"),
    )
    return None


def previous_participant(turn: Turn) -> Outcome:
    """Put the other side of a transferred contact on hold, or take it off."""
    wanted = turn.text("PreviousContactParticipantState")
    if wanted not in _STATES:
        raise Refused(f"PreviousContactParticipantState must be one of {', '.join(_STATES)}")
    turn.line.set_previous_participant(_STATES[wanted])
    return None


def disconnect(turn: Turn) -> Outcome:
    """Hang up."""
    return Ending(to="disconnect", action=turn.action.id)


PLAYED: Mapping[str, Play] = {
    "UpdateContactTargetQueue": target_queue,
    "UpdateContactRoutingBehavior": routing_behavior,
    "UpdateContactRoutingCriteria": routing_criteria,
    "TransferContactToQueue": to_queue,
    "DequeueContactAndTransferToQueue": to_another_queue,
    "TransferContactToAgent": to_agent,
    "TransferParticipantToThirdParty": to_third_party,
    "UpdateContactCallbackNumber": callback_number,
    "CreateCallbackContact": create_callback,
    "CreateTask": create_task,
    "UpdatePreviousContactParticipantState": previous_participant,
    "DisconnectParticipant": disconnect,
}
