"""The instance that the template describes: every reference followed, every mistake named in one sentence."""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.connect.intrinsics import FLOW, INSTANCE_ARN, QUEUE, NotAnInstance, arn_of, id_of
from infra.local.connect.template import WITHOUT_CARDS, Template

TOKYO = {"Fn::GetAtt": ["Tokyo", "UserHierarchyGroupArn"]}
DAY = {"Day": "MONDAY", "StartTime": {"Hours": 9, "Minutes": 0}, "EndTime": {"Hours": 17, "Minutes": 30}}


def resource(type: str, metadata: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::Connect::{type}", "Properties": properties, **({"Metadata": metadata} if metadata else {})}


def small() -> dict[str, Any]:
    """An instance that has one of everything."""
    return {
        "Parameters": {"InstanceArn": {}, "Card": {}, "Greeting": {"Default": "Hello"}},
        "Resources": {
            "Hours": resource("HoursOfOperation", Name="Days", TimeZone="Asia/Tokyo", Config=[DAY]),
            "Support": resource(
                "Queue",
                {"tsunagu:number": "+81300000001"},
                Name="Support", HoursOfOperationArn={"Fn::GetAtt": ["Hours", "HoursOfOperationArn"]}, MaxContacts=3, Status="DISABLED",
                Tags=[
                    {"Key": "tsunagu:service-level-seconds", "Value": "20"},
                    {"Key": "tsunagu:label-ja", "Value": "サポート"},
                    {"Key": "tsunagu:label-en", "Value": "Support"},
                ],
            ),
            "All": resource(
                "RoutingProfile",
                Name="All", DefaultOutboundQueueArn={"Ref": "Support"},
                MediaConcurrencies=[
                    {"Channel": "VOICE", "Concurrency": 1},
                    {"Channel": "CHAT", "Concurrency": 3, "CrossChannelBehavior": {"BehaviorType": "ROUTE_ANY_CHANNEL"}},
                ],
                QueueConfigs=[
                    {"Priority": 2, "Delay": 30, "QueueReference": {"Channel": "VOICE", "QueueArn": {"Fn::GetAtt": "Support.QueueArn"}}}
                ],
            ),
            "Japan": resource("UserHierarchyGroup", Name="Japan"),
            "Tokyo": resource("UserHierarchyGroup", Name="Tokyo", ParentGroupArn={"Ref": "Japan"}),
            "Hana": resource(
                "User",
                Username="hana", RoutingProfileArn={"Ref": "All"}, HierarchyGroupArn=TOKYO,
                IdentityInfo={"FirstName": "Hana", "LastName": "Sato"},
                PhoneConfig={"PhoneType": "DESK_PHONE", "DeskPhoneNumber": "+81300000002", "AfterContactWorkTimeLimit": 60},
                UserProficiencies=[{"AttributeName": "language", "AttributeValue": "en", "Level": 4}],
            ),
            "Lunch": resource("AgentStatus", Name="Lunch", State="ENABLED", DisplayOrder=3),
            "Old": resource("AgentStatus", Name="Old", State="DISABLED"),
            "ToSupport": resource(
                "QuickConnect",
                Name="To support",
                QuickConnectConfig={
                    "QuickConnectType": "QUEUE",
                    "QueueConfig": {"ContactFlowArn": {"Ref": "Inbound"}, "QueueArn": {"Ref": "Support"}},
                },
            ),
            "Inbound": resource(
                "ContactFlow",
                {"tsunagu:number": "+81300000009"},
                Name="Inbound", Type="CONTACT_FLOW",
                Content={"Fn::Sub": "${Support.QueueArn} ${Card} ${Greeting} ${AWS::Region} ${!Kept} $.Attributes.x"},
            ),
            "Again": resource("ContactFlowModule", Name="Again", Content={"Fn::Sub": ["${Own}", {"Own": {"Ref": "Inbound"}}]}),
            "Key": resource("SecurityKey", InstanceId={"Ref": "InstanceArn"}, Key="-----BEGIN PUBLIC KEY-----"),
        },
    }  # fmt: skip


def read(template: dict[str, Any], **parameters: str) -> Template:
    return Template(template, {"Card": "arn:card", **parameters})


def test_our_own_template_is_an_instance() -> None:
    instance = Template.of_file(parameters=WITHOUT_CARDS).instance()
    assert instance.arn == INSTANCE_ARN
    assert {queue.name for queue in instance.queues.values()} >= {"Support", "Billing", "Callback"}
    assert all(queue.name.isascii() for queue in instance.queues.values())
    assert all(user.hierarchy for user in instance.users.values())
    [callback] = [queue for queue in instance.queues.values() if queue.name == "Callback"]
    assert callback.outbound_flow_id is not None
    assert instance.flows[callback.outbound_flow_id].type == "OUTBOUND_WHISPER"


def test_everything_is_read() -> None:
    instance = read(small()).instance()
    [hours], [queue] = instance.hours.values(), instance.queues.values()
    assert (hours.zone, hours.week[0][0].start, hours.week[0][0].end) == ("Asia/Tokyo", time(9), time(17, 30))
    assert queue.arn == f"{INSTANCE_ARN}/queue/{id_of('Support')}"
    assert (queue.hours_id, queue.max_contacts, queue.enabled, queue.service_level_seconds) == (hours.id, 3, False, 20)
    assert (queue.labels, queue.outbound_number) == ({"ja": "サポート", "en": "Support"}, "+81300000001")
    [profile] = instance.routing_profiles.values()
    assert (profile.default_outbound_queue_id, profile.concurrency) == (queue.id, {"VOICE": 1, "CHAT": 3})
    assert (profile.queues[0].queue_id, profile.queues[0].priority, profile.queues[0].delay) == (queue.id, 2, 30)
    assert profile.any_channel == {"CHAT"}
    [user] = instance.users.values()
    assert (user.name, user.first_name, user.routing_profile_id) == ("hana", "Hana", profile.id)
    assert [group.name for group in user.hierarchy] == ["Japan", "Tokyo"]
    assert (user.phone_type, user.desk_phone_number, user.after_contact_work_limit) == (
        "DESK_PHONE",
        "+81300000002",
        60,
    )
    assert [(each.name, each.value, each.level) for each in user.proficiencies] == [("language", "en", 4.0)]
    assert [status.name for status in instance.statuses.values()] == ["Available", "Offline", "Lunch"]
    [quick] = instance.quick_connects.values()
    assert (quick.type, quick.queue_id, quick.flow_id) == ("QUEUE", queue.id, id_of("Inbound"))
    assert instance.numbers == {"+81300000009": id_of("Inbound")}
    assert instance.security_keys[id_of("Key")].public_key == "-----BEGIN PUBLIC KEY-----"


def test_references_in_flows_are_followed_and_the_flows_own_left_alone() -> None:
    instance = read(small()).instance()
    assert instance.flows[id_of("Inbound")].content == (
        f"{arn_of(QUEUE, 'Support')} arn:card Hello ap-northeast-1 ${{Kept}} $.Attributes.x"
    )
    assert instance.modules[id_of("Again")].content == arn_of(FLOW, "Inbound")
    assert read(small(), Greeting="Good day").flows[id_of("Inbound")].content.split()[2:4] == ["Good", "day"]


def test_queues_can_be_read_though_a_parameter_of_a_flow_has_no_value() -> None:
    template = Template(small(), {})
    assert [queue.name for queue in template.queues.values()] == ["Support"]
    with pytest.raises(NotAnInstance, match="Inbound needs the parameter Card"):
        template.instance()


def test_days_with_hours_of_their_own() -> None:
    template = small()
    days = {"EffectiveFrom": "2026-12-29", "EffectiveTill": "2027-01-03"}
    template["Resources"]["Hours"]["Properties"]["HoursOfOperationOverrides"] = [
        {"OverrideName": "New year", **days, "OverrideConfig": []},
        {"OverrideName": "Short", **days, "OverrideType": "STANDARD", "OverrideConfig": [DAY]},
        {"OverrideName": "Closed", **days, "OverrideType": "CLOSED"},
    ]
    [hours] = read(template).hours.values()
    new_year, short, closed = hours.overrides
    assert (new_year.name, new_year.first, new_year.last, new_year.week) == (
        "New year", date(2026, 12, 29), date(2027, 1, 3), {},
    )  # fmt: skip
    assert short.week[0][0].start == time(9)
    assert closed.week == {}


OVERRIDE = {"OverrideName": "X", "EffectiveFrom": "2026-12-29", "EffectiveTill": "2026-12-29", "OverrideConfig": [DAY]}


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("All", {"DefaultOutboundQueueArn": {"Fn::GetAtt": ["Nope", "QueueArn"]}}, "All refers to Nope, and there is no resource of this name"),
        ("All", {"DefaultOutboundQueueArn": {"Ref": "Nope"}}, "All refers to Nope, and there is neither a resource nor a parameter"),
        ("All", {"DefaultOutboundQueueArn": {"Fn::GetAtt": ["Support", "Arn"]}}, "refers to Support.Arn, but its attribute is QueueArn"),
        ("All", {"DefaultOutboundQueueArn": {"Fn::GetAtt": "Support"}}, "All has a Fn::GetAtt of Support alone"),
        ("All", {"DefaultOutboundQueueArn": {"Fn::Join": ["", []]}}, "All uses Fn::Join, which is not read here"),
        ("All", {"DefaultOutboundQueueArn": {"Ref": "Hours"}}, r"All names arn:.* in DefaultOutboundQueueArn, which is no queue of this template: .*\(Support\)"),
        ("All", {"QueueConfigs": [{"Priority": 1, "Delay": 0, "QueueReference": {"Channel": "VOICE", "QueueArn": "arn:other"}}]}, "All names arn:other in QueueConfigs"),
        ("All", {"QueueConfigs": [{"Priority": 1}]}, "All is not as CloudFormation wants it .*'QueueReference'.* AWS::Connect::RoutingProfile"),
        ("Support", {"Name": None}, "Support has a Name that is no text"),
        ("Support", {"Name": ...}, "Support has no Name: add it"),
        ("Tokyo", {"Name": "Japan"}, "Tokyo has the name of Japan, Japan"),
        ("Japan", {"ParentGroupArn": TOKYO}, "is above itself"),
        ("Hours", {"Config": [{**DAY, "Day": "HOLIDAY"}]}, "Hours has hours on HOLIDAY: write one of MONDAY"),
        ("Hours", {"TimeZone": "Asia/Edo"}, "Hours has the TimeZone Asia/Edo"),
        ("Hours", {"HoursOfOperationOverrides": [{**OVERRIDE, "RecurrenceConfig": {}}]}, "the recurring override X"),
        ("Hours", {"HoursOfOperationOverrides": [{**OVERRIDE, "OverrideType": "OPEN"}]}, "the override X of type OPEN"),
        ("Hours", {"HoursOfOperationOverrides": [{**OVERRIDE, "EffectiveTill": "soon"}]}, "the override X without proper days"),
        ("Inbound", {"Type": "INBOUND"}, "Inbound is a flow of type INBOUND, which there is not: write one of CONTACT_FLOW"),
        ("Inbound", {"Content": {"Fn::Sub": "${Nope}"}}, "Inbound refers to Nope"),
        ("Inbound", {"Content": {"Fn::Sub": "${Nope.QueueArn}"}}, "Inbound refers to Nope, and there is no resource"),
        ("Inbound", {"Content": {"Fn::Sub": "${View.ViewId}"}}, "refers to View.ViewId, but a AWS::Connect::View is not read here"),
        ("ToSupport", {"QuickConnectConfig": {"QuickConnectType": "FLOW"}}, "ToSupport is a quick connect of type FLOW without FlowConfig"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_resource_and_what_to_do(name: str, change: dict[str, Any], sentence: str) -> None:
    template = small()
    template["Resources"]["View"] = resource("View")
    properties = template["Resources"][name]["Properties"]
    for member, value in change.items():
        properties.update({member: value})
        if value is ...:
            del properties[member]
    with pytest.raises(NotAnInstance, match=rf"^infra/connect\.yaml: .*{sentence}.*\.$"):
        read(template).instance()


def test_a_number_leads_to_one_flow() -> None:
    template = small()
    template["Resources"]["Other"] = {
        **template["Resources"]["Inbound"],
        "Properties": {"Name": "Other", "Type": "CONTACT_FLOW", "Content": "{}"},
    }
    with pytest.raises(NotAnInstance, match=r"Other claims \+81300000009, which leads to Inbound already"):
        read(template).instance()


def test_an_instance_has_two_security_keys_at_most() -> None:
    template = small()
    for name in ("Second", "Third"):
        template["Resources"][name] = template["Resources"]["Key"]
    with pytest.raises(NotAnInstance, match="at most two security keys"):
        read(template).instance()


@pytest.mark.parametrize(
    "text",
    [
        "Resources: [",
        json.dumps(small()).replace('"Content": {"Fn::Sub": "$', '"Content": "nowhere.json", "x": {"y": "'),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "connect.yaml").write_text(text)
    with pytest.raises(NotAnInstance, match=r"^infra/connect\.yaml: it cannot be read"):
        Template.of_file(tmp_path / "connect.yaml")


def test_a_file_on_disk_is_read_with_its_short_forms(tmp_path: Path) -> None:
    text = yaml.safe_dump({"Resources": {"Hours": small()["Resources"]["Hours"]}})
    text += "  Calls:\n    Type: AWS::Connect::Queue\n    Properties: {Name: Calls, HoursOfOperationArn: !GetAtt Hours.HoursOfOperationArn}\n"
    (tmp_path / "connect.yaml").write_text(text)
    assert [queue.name for queue in Template.of_file(tmp_path / "connect.yaml").queues.values()] == ["Calls"]
