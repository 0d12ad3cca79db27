"""Which way a flow takes."""

from collections.abc import Callable, Mapping

from infra.local.connect.flows.line import Metrics, Refused, Sleep
from infra.local.connect.flows.references import as_text
from infra.local.connect.flows.turn import Outcome, Play, Steps, Turn

_COUNTED: Mapping[str, Callable[[Metrics], int]] = {
    "NumberOfAgentsAvailable": lambda metrics: metrics.agents_available,
    "NumberOfAgentsStaffed": lambda metrics: metrics.agents_staffed,
    "NumberOfAgentsOnline": lambda metrics: metrics.agents_online,
    "NumberOfContactsInQueue": lambda metrics: metrics.contacts_in_queue,
    # Seconds, as name and documentation say; one public set of flows compares it with milliseconds (unconfirmed).
    "OldestContactInQueueAgeSeconds": lambda metrics: metrics.oldest_contact_seconds,
}


def compare(turn: Turn) -> Outcome:
    """Go by a value; one that is not there fits nothing."""
    value = turn.value("ComparisonValue")
    if value is None:
        raise Refused("there is nothing to compare", "NoMatchingCondition")
    return as_text(value)


def hours(turn: Turn) -> Outcome:
    """Go by whether it is open: these hours, or those of the queue chosen before."""
    return str(turn.line.is_open(turn.maybe("HoursOfOperationId")))


def check_metric(turn: Turn) -> Outcome:
    """Go by one figure of a queue."""
    name = turn.text("MetricType")
    if name not in _COUNTED:
        raise Refused(f"MetricType {name} is none: use one of {', '.join(_COUNTED)}")
    return str(_COUNTED[name](turn.line.metrics(turn.maybe("QueueId"), turn.maybe("AgentId"))))


def get_metrics(turn: Turn) -> Outcome:
    """Put figures of a queue into `$.Metrics`."""
    channel = turn.maybe("QueueChannel")
    metrics = turn.line.metrics(turn.maybe("QueueId"), turn.maybe("AgentId"), channel.upper() if channel else None)
    turn.state.metrics = {
        "Queue": {"Size": str(metrics.contacts_in_queue), "OldestContactAge": str(metrics.oldest_contact_seconds)},
        "Agents": {
            "Online": {"Count": str(metrics.agents_online)},
            "Available": {"Count": str(metrics.agents_available)},
            "Staffed": {"Count": str(metrics.agents_staffed)},
        },
    }
    return None


def distribute(turn: Turn) -> Outcome:
    """Go by chance: a number from 1 to 100."""
    return str(turn.line.dice.randint(1, 100))


def loop(turn: Turn) -> Outcome:
    """Go round a number of times; `$.Loop.<identifier>.Index` counts rounds from 0. Left behind, it starts anew (unconfirmed)."""
    rounds = turn.scope.rounds.get(turn.action.id, -1) + 1
    if rounds < turn.number("LoopCount"):
        turn.scope.rounds[turn.action.id] = rounds
        return "ContinueLooping"
    turn.scope.rounds.pop(turn.action.id, None)
    return "DoneLooping"


def wait(turn: Turn) -> Steps:
    """Wait for a time, or until one of the events comes."""
    events = turn.value("Events") or []
    answer = yield Sleep(seconds=turn.number("TimeLimitSeconds"), events=tuple(events))
    assert isinstance(answer, str), "a wait ends with the name of what came"
    return answer


PLAYED: Mapping[str, Play] = {
    "Compare": compare,
    "CheckHoursOfOperation": hours,
    "CheckMetricData": check_metric,
    "GetMetricData": get_metrics,
    "DistributeByPercentage": distribute,
    "Loop": loop,
    "Wait": wait,
}
