"""The same harmless questions to any instance: what it lists and describes, how it refuses, and the life of one test task."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Question(NamedTuple):
    """One call. `ask` makes its parameters of what is known by then, or returns None when it cannot be asked there."""

    name: str
    operation: str
    ask: Callable[["Known"], Mapping[str, Any] | None]
    learn: Callable[["Known", Mapping[str, Any]], None] = lambda known, answer: None


class Known(NamedTuple):
    """What the questions so far brought to light, by a word: `queue`, `profile`, `user`, `flow`, `contact`."""

    instance_id: str
    ids: dict[str, str]
    counts: dict[str, int]


class Answer(NamedTuple):
    """What a call brought: a document, or the code of the error; neither, when it could not be asked."""

    document: Mapping[str, Any] | None = None
    error: str | None = None


def ask_all(connect: Any, known: Known, questions: "tuple[Question, ...]") -> dict[str, Answer]:
    """Ask in order; raises botocore's errors only where no answer came at all."""
    return {question.name: _ask(connect, known, question) for question in questions}


def _ask(connect: Any, known: Known, question: Question) -> Answer:
    parameters = question.ask(known)
    if parameters is None:
        return Answer()
    try:
        answer = getattr(connect, question.operation)(**{"InstanceId": known.instance_id, **parameters})
    except ClientError as error:
        return Answer(error=error.response["Error"]["Code"])
    document = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    question.learn(known, document)
    return Answer(document=document)


def _nothing_more(known: Known) -> Mapping[str, Any]:
    return {}


def _with(**words: str) -> Callable[[Known], Mapping[str, Any] | None]:
    """Return parameters made of known ids: `QueueId="queue"` asks about the queue found before."""

    def ask(known: Known) -> Mapping[str, Any] | None:
        if not all(word in known.ids for word in words.values()):
            return None
        return {name: known.ids[word] for name, word in words.items()}

    return ask


def _first(word: str, listed: str) -> Callable[[Known, Mapping[str, Any]], None]:
    """Remember the first id of a list, and how many it had."""

    def learn(known: Known, answer: Mapping[str, Any]) -> None:
        known.counts[word] = len(answer[listed])
        if answer[listed]:
            known.ids[word] = answer[listed][0]["Id"]

    return learn


def _in_queue(known: Known) -> Mapping[str, Any] | None:
    return {"Filters": {"Queues": [known.ids["queue"]], "Channels": ["VOICE"]}} if "queue" in known.ids else None


def _metrics(known: Known) -> Mapping[str, Any] | None:
    asked = _in_queue(known)
    names = ("CONTACTS_IN_QUEUE", "OLDEST_CONTACT_AGE", "AGENTS_ONLINE", "AGENTS_AVAILABLE", "AGENTS_STAFFED")
    units = {"OLDEST_CONTACT_AGE": "SECONDS"}
    metrics = [{"Name": name, "Unit": units.get(name, "COUNT")} for name in names]
    return asked and {**asked, "Groupings": ["QUEUE"], "CurrentMetrics": metrics}


def _people(known: Known) -> Mapping[str, Any] | None:
    return {"Filters": {"RoutingProfiles": [known.ids["profile"]]}} if "profile" in known.ids else None


def _learn_people(known: Known, answer: Mapping[str, Any]) -> None:
    known.counts["people shown"] = len(answer["UserDataList"])


def _task(known: Known) -> Mapping[str, Any] | None:
    if "flow" not in known.ids:
        return None
    return {"ContactFlowId": known.ids["flow"], "Name": "Tsunagu probe", "Description": "A test: nothing to do."}


def _learn_task(known: Known, answer: Mapping[str, Any]) -> None:
    known.ids["contact"] = answer["ContactId"]


READING = (
    Question("queues", "list_queues", lambda known: {"QueueTypes": ["STANDARD"]}, _first("queue", "QueueSummaryList")),
    Question("a queue", "describe_queue", _with(QueueId="queue")),
    Question(
        "routing profiles", "list_routing_profiles", _nothing_more, _first("profile", "RoutingProfileSummaryList")
    ),
    Question("users", "list_users", _nothing_more, _first("user", "UserSummaryList")),
    Question("a user", "describe_user", _with(UserId="user")),
    Question("users found", "search_users", _nothing_more),
    Question("metrics of now", "get_current_metric_data", _metrics),
    Question("people now", "get_current_user_data", _people, _learn_people),
)
"""What changes nothing."""

REFUSALS = (
    Question("an unknown contact", "describe_contact", lambda known: {"ContactId": UNKNOWN}),
    Question("a contact id that is none", "describe_contact", lambda known: {"ContactId": "no such thing"}),
    Question("an unknown queue", "describe_queue", lambda known: {"QueueId": UNKNOWN}),
    Question("an unknown user", "describe_user", lambda known: {"UserId": UNKNOWN}),
    Question("a page from nowhere", "list_users", lambda known: {"NextToken": "from nowhere"}),
    Question("attributes of nobody", "get_contact_attributes", lambda known: {"InitialContactId": UNKNOWN}),
    Question("the end of nobody", "stop_contact", lambda known: {"ContactId": UNKNOWN}),
)
"""What is refused everywhere; the codes of the errors are compared."""

TEST_CONTACT = (
    Question("a task begun", "start_task_contact", _task, _learn_task),
    Question("the task", "describe_contact", _with(ContactId="contact")),
    Question("its attributes", "get_contact_attributes", _with(InitialContactId="contact")),
    Question("the task ended", "stop_contact", _with(ContactId="contact")),
    Question("the task, over", "describe_contact", _with(ContactId="contact")),
)
"""The life of one task: no telephone rings. It enters the flow that the deployer names."""
