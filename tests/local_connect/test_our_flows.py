"""Our own flows: what callers meet, whatever they do."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.flows import FLOW_TYPES, embedded
from infra.local.connect.centre import Centre
from infra.local.connect.flows.__main__ import complaints
from infra.local.connect.flows.actions import PLAYED
from infra.local.connect.flows.language import read
from infra.local.connect.flows.line import Callback, Ending, Listen, Metrics, Refused, Repeat
from infra.local.connect.flows.references import references_in
from infra.local.connect.instance import Flow, FlowModule
from tests.docs.pages import ROOT
from tests.local_connect.lines import CALLER, Caller, MemoryLine, take_through

TEMPLATE = ROOT / "infra" / "connect.yaml"
FILES = sorted((ROOT / "infra" / "flows").glob("*.json"))
RESOURCES: dict[str, Any] = embedded(TEMPLATE)["Resources"]
CFN_LINT = Path(sys.executable).with_name("cfn-lint")
NOBODY = Metrics(agents_available=0, agents_staffed=0, agents_online=0, contacts_in_queue=0, oldest_contact_seconds=0)
WITHHELD = Refused("the number is withheld", "InvalidCallbackNumber")


def content_of(name: str) -> str:
    """Return a flow's content in which every reference is the name of what it refers to."""
    return re.sub(r"\$\{(\w+)(?:\.\w+)?\}", r"\1", RESOURCES[name]["Properties"]["Content"]["Fn::Sub"])


FLOWS = {
    name: Flow(id=name, arn=name, name=name, type=resource["Properties"]["Type"], content=content_of(name))
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Connect::ContactFlow"
}
MODULES = {
    name: FlowModule(id=name, arn=name, name=name, content=content_of(name))
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Connect::ContactFlowModule"
}


def a_line(**differences: Any) -> MemoryLine:
    return MemoryLine(**{"flows": FLOWS, "modules": MODULES, **differences})


def call(
    line: MemoryLine, *keys: str | None, name: str = "InboundFlow", patience: int = 200
) -> tuple[Ending | None, Caller]:
    caller = Caller(keys=keys, patience=patience)
    return take_through(FLOWS[name], line, caller), caller


# --- as files -------------------------------------------------------------------------------------------------------------------


def test_connect_would_publish_every_flow() -> None:
    assert list(complaints(TEMPLATE)) == []


def test_every_file_is_a_flow_of_the_template() -> None:
    named = set(re.findall(r"Content: flows/([\w-]+\.json)", TEMPLATE.read_text()))
    assert named == {file.name for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_of_ours_plays_here(file: Path) -> None:
    assert {action.type for action in read(file.read_text()).actions.values()} <= PLAYED.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_flow_holds_an_id_of_an_instance(file: Path) -> None:
    text = file.read_text()
    assert "arn:" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_can_be_reached(file: Path) -> None:
    document = read(file.read_text())
    reached, ahead = set(), [document.start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += document.actions[name].transitions.targets()
    assert reached == document.actions.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_whatever_is_said_is_said_in_both_languages(file: Path) -> None:
    document = read(file.read_text())
    words = [
        action.parameters["FlowAttributes"]
        for action in document.actions.values()
        if action.type == "UpdateFlowAttributes"
    ]
    said = set(references_in(file.read_text()))
    for known in words:
        assert {reference for reference in said if "FlowAttributes" in reference} == {
            f"$.FlowAttributes.{word}" for word in known
        }
    if len(words) == 2:
        japanese, english = ([word["Value"] for word in known.values()] for known in words)
        assert all(not text.isascii() for text in japanese)
        assert all(text.isascii() for text in english)


@pytest.mark.parametrize("as_it_lies", [True, False], ids=["as it lies", "with flows inside"])
def test_the_template_is_one_that_cloudformation_takes(as_it_lies: bool, tmp_path: Path) -> None:
    template = TEMPLATE if as_it_lies else tmp_path / "connect.json"
    if not as_it_lies:
        command = [sys.executable, "-m", "infra.flows", str(TEMPLATE)]
        template.write_text(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    lint = subprocess.run([CFN_LINT, str(template)], capture_output=True, text=True, check=False)
    assert (lint.returncode, lint.stdout) == (0, "")


def test_the_template_fits_what_cloudformation_takes_from_a_bucket() -> None:
    assert len(json.dumps(embedded(TEMPLATE), ensure_ascii=False).encode()) < 1_000_000
    assert all(len(flow.content) <= 256_000 for flow in FLOWS.values())
    assert {RESOURCES[name]["Type"] for name in (*FLOWS, *MODULES)} <= FLOW_TYPES


def test_the_centre_is_still_read_from_the_same_file() -> None:
    centre = Centre.of_file()
    assert set(centre.queues) == {"Support", "Billing", "Callback", "Back office", "Mail"}
    assert centre.queues["Billing"].service_level_seconds == 30


# --- an inbound call --------------------------------------------------------------------------------------------------------------

QUEUED = Ending(to="queue", action="to-queue")


@pytest.mark.parametrize(
    ("keys", "queue", "attributes"),
    [
        (("1", "1"), "SupportQueue", {"language": "ja", "service": "support"}),
        (("2", "2"), "BillingQueue", {"language": "en", "service": "billing"}),
        (("9", "9", "9", "2"), "BillingQueue", {"language": "ja", "service": "billing"}),
        (("1", "9", "9", "9"), "SupportQueue", {"language": "ja", "service": "support"}),
    ],
    ids=["support", "billing in English", "at the third try", "never a right key"],
)
def test_a_caller_chooses_language_and_service(keys: tuple[str, ...], queue: str, attributes: dict[str, str]) -> None:
    line = a_line()
    ending, _ = call(line, *keys)
    assert (ending, line.queue, line.attributes) == (QUEUED, queue, attributes)


def test_a_caller_without_tone_dialling_gets_to_the_general_queue() -> None:
    line = a_line()
    ending, caller = call(line)
    assert (ending, line.queue) == (QUEUED, "SupportQueue")
    assert sum(isinstance(request, Listen) for request in caller.asked) == 2


@pytest.mark.parametrize(
    ("key", "words"), [("1", "録音いたします"), ("2", "We record this call to improve our service")]
)
def test_recording_is_announced_with_its_purpose_before_it_begins(key: str, words: str) -> None:
    line = a_line()
    _, caller = call(line, key, "1")
    assert words in caller.heard()[1]
    assert ("set_recording", ["Agent", "Customer"], False, []) in line.done


def test_what_happens_later_is_arranged_at_once() -> None:
    line = a_line()
    call(line)
    assert line.done[1:5] == [
        ("set_event_hook", "CustomerQueue", "WaitingFlow"),
        ("set_event_hook", "AgentWhisper", "AgentWhisper"),
        ("set_event_hook", "CustomerWhisper", "CustomerWhisper"),
        ("set_event_hook", "CustomerRemaining", "LineDroppedFlow"),
    ]


TURNED_AWAY: dict[str, dict[str, Any]] = {
    "closed": {"open": False},
    "full": {"full": True},
    "no_staff": {"figures": NOBODY},
    "error": {"refuses": {"choose_queue": Refused("no such queue")}},
}


@pytest.mark.parametrize(("why", "differences"), TURNED_AWAY.items(), ids=TURNED_AWAY)
def test_whoever_is_turned_away_is_told_and_counted(why: str, differences: dict[str, Any]) -> None:
    line = a_line(**differences)
    ending, caller = call(line)
    assert ending == Ending(to="disconnect", action="bye")
    assert line.attributes["turned_away"] == why
    assert not any(deed[0] == "create_callback" for deed in line.done)
    assert len(caller.heard()) > 2


@pytest.mark.parametrize("why", ["closed", "full", "no_staff"])
def test_whoever_is_turned_away_may_be_called_back(why: str) -> None:
    line = a_line(**TURNED_AWAY[why])
    keys = ("2", "1") if why == "closed" else ("2", "1", "1")
    ending, caller = call(line, *keys)
    assert ending == Ending(to="disconnect", action="bye")
    assert [deed for deed in line.done if "callback" in deed[0]] == [
        ("set_callback_number", CALLER),
        ("create_callback", Callback(initial_delay=60, retry_delay=600, attempts=3, queue_id="CallbackQueue")),
    ]
    assert caller.heard()[-2:] == [
        "Thank you. We will call you back on the number you are calling from.",
        "Thank you for calling.",
    ]


def test_whoever_withholds_the_number_is_told_why_no_callback_is_possible() -> None:
    line = a_line(open=False, caller=None)
    _, caller = call(line, "2", "1")
    assert "your number is withheld" in caller.heard()[-2]


@given(
    keys=st.lists(st.none() | st.sampled_from("0123456789*#"), max_size=12),
    open=st.booleans(),
    full=st.booleans(),
    staffed=st.booleans(),
    refused=st.sets(st.sampled_from(["choose_queue", "set_attributes", "set_event_hook", "metrics", "is_open", "set_voice", "set_callback_number", "create_callback"])),
    name=st.sampled_from(["InboundFlow", "LineDroppedFlow"]),
)  # fmt: skip
def test_every_call_ends_in_a_queue_or_turned_away(
    keys: list[str | None], open: bool, full: bool, staffed: bool, refused: set[str], name: str
) -> None:
    line = a_line(
        open=open, full=full, refuses={deed: Refused("out of order") for deed in refused - {"set_attributes"}}
    )
    if not staffed:
        line.figures = NOBODY
    ending, _ = call(line, *keys, name=name)
    assert ending is not None
    assert ending == QUEUED or (ending.to == "disconnect" and line.attributes["turned_away"] in TURNED_AWAY)


# --- waiting, whispers, transfers -------------------------------------------------------------------------------------------------


def test_whoever_waits_hears_how_many_wait_and_music() -> None:
    line = a_line(attributes={"language": "en"}, queue="SupportQueue")
    ending, caller = call(line, None, name="WaitingFlow", patience=6)
    assert ending is None
    assert caller.heard()[0] == "We will put you through. Callers waiting now, you included: 4 in all."
    music = [request for request in caller.asked if isinstance(request, Repeat)]
    assert [prompt.prompt_id for request in music for prompt in request.prompts] == ["HoldMusicArn"] * 2


def test_whoever_waits_may_be_called_back_instead() -> None:
    line = a_line(attributes={"language": "ja"}, queue="SupportQueue")
    ending, caller = call(line, None, "1", name="WaitingFlow")
    assert ending == Ending(to="disconnect", action="bye")
    assert line.done[-1][0] == "create_callback"
    assert caller.heard()[-1] == "承りました。おかけになっている番号に、折り返しお電話いたします。"
    assert "turned_away" not in line.attributes


@pytest.mark.parametrize("differences", [{"caller": None}, {"refuses": {"create_callback": Refused("out of order")}}])
def test_whose_callback_fails_keeps_waiting(differences: dict[str, Any]) -> None:
    ending, _ = call(a_line(queue="SupportQueue", **differences), "1", name="WaitingFlow", patience=50)
    assert ending is None


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ["AgentWhisper", "CustomerWhisper", "OutboundWhisper"])
def test_a_whisper_says_one_thing_and_lets_go(name: str, language: str) -> None:
    ending, caller = call(a_line(attributes={"language": language}, queue="Support"), name=name)
    assert ending == Ending(to="flow", action="done")
    assert len(caller.heard()) == 1


def test_a_callback_is_recorded_and_says_so() -> None:
    line = a_line(attributes={"language": "en"})
    _, caller = call(line, name="OutboundWhisper")
    assert "calling you back as promised. We record this call" in caller.heard()[0]
    assert line.done[0] == ("set_recording", ["Agent", "Customer"], False, [])


@pytest.mark.parametrize(("service", "queue"), [("billing", "BillingQueue"), ("support", "SupportQueue")])
def test_whose_agent_s_line_drops_is_first_in_the_same_queue(service: str, queue: str) -> None:
    attributes = {"language": "en", "service": service, "account": "4711"}
    line = a_line(attributes=dict(attributes))
    ending, caller = call(line, name="LineDroppedFlow")
    assert (ending, line.queue, line.attributes) == (QUEUED, queue, attributes)
    deeds = [deed[0] for deed in line.done]
    assert line.done[deeds.index("set_priority")] == ("set_priority", 1, None)
    assert deeds.index("set_priority") < deeds.index("enter_queue")
    assert caller.heard() == [
        "If you were cut off, please stay on the line, and we will put you through at once. If you have finished, please hang up."
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "お電話を終了させていただきます"), ("en", "We are ending the call now")]
)
def test_a_harassing_call_is_ended_in_the_callers_language(language: str, words: str) -> None:
    ending, caller = call(a_line(attributes={"language": language}), name="ClosingFlow")
    assert ending == Ending(to="disconnect", action="end")
    assert words in caller.heard()[0]


def test_an_agent_hands_a_customer_on() -> None:
    assert call(a_line(queue="BillingQueue"), name="TransferToQueueFlow")[0] == QUEUED
    assert call(a_line(), name="TransferToAgentFlow")[0] == Ending(to="agent", action="to-agent")
    ending, caller = call(a_line(queue="BillingQueue", full=True), name="TransferToQueueFlow")
    assert ending == Ending(to="disconnect", action="bye")
    assert len(caller.heard()) == 1


@pytest.mark.parametrize(("name", "queue"), [("TaskFlow", "BackOfficeQueue"), ("MailFlow", "MailQueue")])
def test_tasks_and_mails_go_straight_to_their_queue(name: str, queue: str) -> None:
    line = a_line(channel="TASK")
    assert call(line, name=name)[0] == QUEUED
    assert line.queue == queue
    refusing = a_line(full=True)
    assert call(refusing, name=name)[0] == Ending(to="disconnect", action="bye")
    assert refusing.attributes["turned_away"] == "error"
