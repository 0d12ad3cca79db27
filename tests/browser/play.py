"""What the scripted API says: a Monday morning in a centre of three queues."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.browser.stage import Query, Stage

ZONE = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 6, 15, 11, 20, 5, tzinfo=ZONE)
DAY = NOW.replace(hour=0, minute=0, second=0)
QUARTER = timedelta(minutes=15)
QUEUES = (
    ("q-ja", "support-ja", "tokyo", "VOICE"),
    ("q-en", "support-en", "sapporo", "VOICE"),
    ("q-mail", "mail-ja", "tokyo", "EMAIL"),
)
STEPS = {
    "15m": QUARTER,
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}

ALARM = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:"

CALL = "9b1f5c1e-0000-4000-8000-000000000001"
"""The contact that rings at the desk."""
OTHERS = ("second", "task-1", "mail-1", "another", "next")
"""Contacts of people who have never called before."""

Document = dict[str, Any]


def row(start: datetime, place: int, scale: int = 1, *, good: bool = True) -> Document:
    """Return one interval of one queue; the figures follow from the clock, so that they are the same in every run."""
    offered = scale * (6 + (start.hour * 4 + start.minute // 15 + place) % 5 - 2 * place)
    abandoned = scale * (0 if good else 2)
    return {
        "start": start.isoformat(),
        "arrived": offered + scale,
        "left_in_menu": scale,
        "turned_away": 0,
        "offered": offered,
        "answered": offered - abandoned,
        "answered_in_time": round(offered * (0.85 if good else 0.5)),
        "abandoned": abandoned,
        "callbacks_promised": 0,
        "transferred": 0,
        "other": 0,
        "answer_rate": (offered - abandoned) / offered,
        "answer_rate_of_arrived": (offered - abandoned) / (offered + scale),
        "service_level": round(offered * (0.85 if good else 0.5)) / offered,
        "average_speed_of_answer": (11.0 if good else 48.5) + place + start.minute / 10,
        "average_handle_time": 284.4 + 10 * place + start.minute,
        "longest_wait": 41.0 + start.minute + (0 if good else 90),
    }


def quality(*, good: bool = True) -> Any:
    """Return the answer to `/quality`: rows from nine in the morning until now, none before."""

    def answer(query: Query) -> Document:
        step = STEPS[query["step"]]
        start = datetime.fromisoformat(query["from"]).astimezone(ZONE)
        rows = []
        while start < min(NOW, datetime.fromisoformat(query["to"])):
            if start.hour >= 9 or step > STEPS["hour"]:
                for place, (queue, name, site, channel) in enumerate(QUEUES):
                    one = row(start, place, round(step / QUARTER), good=good)
                    rows.append(
                        one
                        | (
                            {"queue": queue, "queue_name": name}
                            if query["by"] == "queue"
                            else {"site": site}
                            if query["by"] == "site"
                            else {"channel": channel}
                        )
                    )
            start += step
        return {"rows": rows}

    return answer


def waiting(first: int = 1, wait: float = 12.0) -> Document:
    """Return the answer to `/quality/now`."""
    rows = [
        {
            "queue": "q-ja",
            "queue_name": "support-ja",
            "channel": "VOICE",
            "waiting": first,
            "longest_wait": wait if first else None,
        },
        {"queue": "q-en", "queue_name": "support-en", "channel": "VOICE", "waiting": 0, "longest_wait": None},
    ]
    return {"at": NOW.isoformat(), "rows": rows}


BODY: Document = {
    "start": "-PT6H",
    "variables": [{"type": "property", "property": "Queue", "inputType": "select", "id": "queue", "label": "Queue"}],
    "widgets": [
        {
            "type": "text",
            "x": 0,
            "y": 0,
            "width": 24,
            "height": 2,
            "properties": {
                "markdown": "# Contact centre\nTimes in **JST**; see [the guide](https://docs.aws.amazon.com/) and <script>alert(1)</script>",
                "background": "transparent",
            },
        },
        {
            "type": "metric",
            "x": 0,
            "y": 2,
            "width": 12,
            "height": 6,
            "properties": {
                "title": "Service level 20 s (%)",
                "region": "ap-northeast-1",
                "view": "timeSeries",
                "stat": "Sum",
                "period": 900,
                "metrics": [
                    ["Tsunagu", "AnsweredInTime", "Queue", "support-ja", {"id": "m1", "visible": False}],
                    [".", "Offered", ".", ".", {"id": "m2", "visible": False}],
                    [{"expression": "IF(m2>0, 100*m1/m2, 100)", "label": "service level", "id": "e1"}],
                ],
                "yAxis": {"left": {"min": 0, "max": 100, "label": "%", "showUnits": False}},
                "annotations": {"horizontal": [{"label": "target", "value": 80, "fill": "below"}]},
            },
        },
        {
            "type": "metric",
            "x": 12,
            "y": 2,
            "width": 12,
            "height": 6,
            "properties": {
                "title": "Offered and abandoned",
                "view": "timeSeries",
                "stat": "Sum",
                "period": 900,
                "metrics": [["Tsunagu", "Offered", "Queue", "support-ja"], [".", "Abandoned", ".", "."]],
            },
        },
        {
            "type": "metric",
            "x": 0,
            "y": 8,
            "width": 6,
            "height": 6,
            "properties": {
                "title": "Concurrent calls used (%)",
                "view": "gauge",
                "stat": "Maximum",
                "period": 900,
                "metrics": [
                    ["AWS/Connect", "ConcurrentCallsPercentage", {"id": "p", "visible": False}],
                    [{"expression": "100*p", "label": "% of quota", "id": "e2"}],
                ],
                "yAxis": {"left": {"min": 0, "max": 100}},
                "annotations": {"horizontal": [{"label": "limit", "value": 80}]},
            },
        },
        {
            "type": "metric",
            "x": 6,
            "y": 8,
            "width": 6,
            "height": 6,
            "properties": {
                "title": "Queue size",
                "view": "singleValue",
                "stat": "Maximum",
                "period": 900,
                "sparkline": True,
                "metrics": [
                    ["AWS/Connect", "QueueSize", "QueueName", "support-ja"],
                    [".", "LongestQueueWaitTime", ".", "."],
                ],
            },
        },
        {
            "type": "metric",
            "x": 12,
            "y": 8,
            "width": 6,
            "height": 6,
            "properties": {
                "title": "Offered today",
                "view": "bar",
                "stat": "Sum",
                "period": 900,
                "setPeriodToTimeRange": True,
                "metrics": [
                    ["Tsunagu", "Offered", "Queue", "support-ja", {"label": "support-ja"}],
                    ["...", "support-en", {"label": "support-en"}],
                ],
            },
        },
        {
            "type": "metric",
            "x": 18,
            "y": 8,
            "width": 6,
            "height": 6,
            "properties": {
                "title": "Handle time (s)",
                "view": "table",
                "stat": "Average",
                "period": 900,
                "metrics": [["Tsunagu", "HandleTime", "Queue", "support-ja", {"label": "support-ja"}]],
            },
        },
        {
            "type": "alarm",
            "x": 0,
            "y": 14,
            "width": 8,
            "height": 4,
            "properties": {
                "title": "Alarms",
                "alarms": [
                    f"{ALARM}tsunagu-parked",
                    f"{ALARM}tsunagu-oldest",
                ],
            },
        },
        {
            "type": "log",
            "x": 8,
            "y": 14,
            "width": 8,
            "height": 4,
            "properties": {"title": "Flow errors", "query": "SOURCE 'x' | fields @timestamp", "view": "table"},
        },
        {
            "type": "metric",
            "x": 16,
            "y": 14,
            "width": 8,
            "height": 4,
            "properties": {
                "title": "Forecast",
                "view": "timeSeries",
                "period": 900,
                "metrics": [[{"expression": "SEARCH('{Tsunagu}', 'Sum')", "label": "all", "id": "s1"}]],
            },
        },
    ],
}


def dashboard(query: Query, *, ringing: bool = False) -> Document:
    """Return the answer to `/dashboard`, with an hour in which nothing was measured."""
    moments = [DAY + QUARTER * step for step in range(36, 46) if step not in {40, 41}]
    seconds = [int(moment.timestamp()) for moment in moments]

    def series(widget: int, metric: int, values: list[float], stat: str = "Sum") -> Document:
        return {
            "widget": widget,
            "metric": metric,
            "period": 900,
            "stat": stat,
            "timestamps": seconds,
            "values": values,
        }

    offered = [float(6 + step % 4) for step in range(len(seconds))]
    alarms = [
        {
            "name": "tsunagu-parked",
            "arn": f"{ALARM}tsunagu-parked",
            "state": "ALARM" if ringing else "OK",
            "reason": "Threshold crossed: 3 parked",
        },
        {"name": "tsunagu-oldest", "arn": f"{ALARM}tsunagu-oldest", "state": "INSUFFICIENT_DATA", "reason": "No data"},
    ]
    return {
        "name": "tsunagu-test",
        "from": query["from"],
        "to": query["to"],
        "body": BODY,
        "alarms": alarms,
        "series": [
            series(1, 0, [value - step % 3 for step, value in enumerate(offered)]),
            series(1, 1, offered),
            series(2, 0, offered),
            series(2, 1, [float(step % 2) for step in range(len(seconds))]),
            series(3, 0, [0.4 + step / 50 for step in range(len(seconds))], "Maximum"),
            series(4, 0, [float(step % 3) for step in range(len(seconds))], "Maximum"),
            series(4, 1, [12.0 + 7 * (step % 3) for step in range(len(seconds))], "Maximum"),
            series(5, 0, offered),
            series(5, 1, [value - 3 for value in offered]),
            series(6, 0, [281.25 + step for step in range(len(seconds))], "Average"),
        ],
    }


def contacts(query: Query) -> Document:
    """Return the answer to `/contacts`: two pages of a queue."""
    page = int(query.get("next", "0"))
    found = []
    for number in range(page * 12, page * 12 + 12):
        answered = number % 4 != 3
        at = NOW - timedelta(minutes=3 * number + 2)
        found.append(
            {
                "contact_id": f"5f0c9a3e-0000-4000-8000-{number:012d}",
                "channel": "VOICE",
                "outcome": "answered" if answered else "abandoned",
                "stage": "ended",
                "initiated_at": (at - timedelta(seconds=20)).isoformat(),
                "enqueued_at": at.isoformat(),
                "wait_seconds": 7.0 + 9 * (number % 5),
                "handle_seconds": 200.0 + number if answered else None,
                "queue": {"id": "q-ja", "name": "support-ja"},
                "site": {"id": "tokyo", "name": "Tokyo"},
                "agent": {"id": f"a-{number % 3}", "name": f"agent-{number % 3 + 1}"} if answered else None,
            }
        )
    return {"contacts": found, "next": str(page + 1) if page < 1 else None}


CONTACT: Document = {
    "contact": {
        "contact_id": "5f0c9a3e-0000-4000-8000-000000000000",
        "channel": "VOICE",
        "initiation_method": "INBOUND",
        "stage": "ended",
        "outcome": "answered",
        "queue": {"id": "q-ja", "name": "support-ja"},
        "site": None,
        "agent": {"id": "a-1", "name": "agent-1"},
        "initiated_at": "2026-06-15T11:17:45.000+09:00",
        "enqueued_at": "2026-06-15T11:18:05.000+09:00",
        "wait_seconds": 7.0,
        "handle_seconds": 200.0,
        "previous_contact_id": "5f0c9a3e-0000-4000-8000-000000000099",
        "went_on": [],
    },
    "facts": [
        {"key": "event#INITIATED#1", "source": "event", "type": "INITIATED", "moment": "2026-06-15T11:17:45.000+09:00"},
        {"key": "event#QUEUED#2", "source": "event", "type": "QUEUED", "moment": "2026-06-15T11:18:05.000+09:00"},
        {"key": "record#2026#3", "source": "record", "type": "RECORD", "moment": None},
    ],
}


CALLS = "5f0c9a3e-0000-4000-8000-1"
SITES = (("tokyo", "Tokyo"), ("sapporo", "Sapporo"), ("okinawa", "Okinawa"))
NAMES = (
    "akari.mori", "hana.sato", "ren.suzuki", "yui.tanaka", "sota.ito", "mio.kato", "haruto.abe", "rin.yamada", "yuto.mori", "aoi.kondo",
    "saki.ono", "kenta.endo", "emi.hara", "daiki.ueno", "nana.kubo", "takumi.ota", "mei.nakano", "shun.imai", "kana.oka", "jun.hirai",
)  # fmt: skip
STATES = ("on_contact", "available", "on_contact", "after_contact_work", "on_contact", "custom", "ringing", "on_contact", "available", "offline")  # fmt: skip


def ago(seconds: float) -> str:
    """Return the moment so many seconds before the story's now, as the API writes it."""
    return (NOW - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def call(number: int) -> str:
    """Return the id of the contact that the agent of this number has in hand."""
    return f"{CALLS}{number:011d}"


def agent(number: int, state: str | None = None, since: float | None = None) -> Document:
    """Return one row of an agent; what each does follows from the number."""
    state = state or STATES[number % len(STATES)]
    seconds = 20 + 37.0 * (number % 23) if since is None else since
    if state == "ringing" and since is None:
        seconds = 3.0 + number % 9
    place, queue = SITES[(number * 7 // 3) % len(SITES)], QUEUES[number % 2]
    held = {"on_contact": "CONNECTED", "after_contact_work": "ENDED", "ringing": "CONNECTING"}.get(state)
    contact = {
        "contact_id": call(number),
        "channel": "VOICE",
        "state": "CONNECTED_ONHOLD" if number % 14 == 4 else held,
        "since": ago(seconds),
        "queue": {"id": queue[0], "name": queue[1]},
    }
    name = NAMES[number % len(NAMES)] + (str(number // len(NAMES) + 1) if number >= len(NAMES) else "")
    return {
        "agent": {"id": f"a-{number}", "name": name},
        "site": {"id": place[0], "name": place[1]},
        "routing_profile": {"id": "rp-1", "name": "support"},
        "state": state,
        "status": {"custom": "Lunch", "offline": "Offline", "available": "Available"}.get(state),
        "since": ago(seconds),
        "contacts": [contact] if held else [],
        "next_status": None,
    }


def risk(why: str, number: int, seconds: float) -> Document:
    """Return a call at risk: of the agent of this number, or of nobody while it still waits."""
    queue = QUEUES[number % 2]
    waits = why == "waits_long"
    return {
        "contact_id": call(1000 + number if waits else number),
        "why": why,
        "queue": queue[0],
        "queue_name": queue[1],
        "agent": None if waits else agent(number)["agent"],
        "site": None if waits else agent(number)["site"],
        "since": ago(seconds),
        "seconds": seconds,
    }


def floor(agents: int = 20, *risks: Document, row: Document | None = None) -> Document:
    """Return the answer to `/floor`; `row` stands in place of the agent with the same id."""
    everybody = [agent(number) for number in range(agents)]
    if row:
        everybody = [row if each["agent"] == row["agent"] else each for each in everybody]
    return {
        "at": NOW.isoformat(timespec="milliseconds"),
        "agents": everybody,
        "waiting": waiting()["rows"],
        "at_risk": list(risks),
        "calls": [],
    }


TROUBLE = (risk("talks_long", 2, 1260), risk("waits_long", 0, 95), risk("help", 4, 25), risk("waits_long", 1, 140), risk("harassment", 10, 8))  # fmt: skip


def trouble(agents: int = 20) -> Document:
    """Return the answer to `/floor` of a bad moment."""
    late = [
        {"queue": "q-en", "queue_name": "support-en", "channel": "VOICE", "waiting": 2, "longest_wait": 140.0},
        {"queue": "q-ja", "queue_name": "support-ja", "channel": "VOICE", "waiting": 5, "longest_wait": 95.0},
        {"queue": "q-mail", "queue_name": "mail-ja", "channel": "EMAIL", "waiting": 3, "longest_wait": 41.0},
    ]
    return floor(agents, *TROUBLE, row=agent(2, since=1260)) | {"waiting": late}


def takes_request(stage: Stage, number: int, state: str = "waiting", why: str | None = None) -> None:
    """Let what is asked for about this agent's call be taken, and become this."""
    stage.answer(f"/contacts/{call(number)}/requests", {"request_id": "r-1"}, 202)
    stage.answer(f"/contacts/{call(number)}/requests/r-1", {"state": state, "why": why})


MEMBER: Document = {"account_id": "A-0001042", "language": "ja", "status": "open", "name": None, "addresses": None}
KNOWN: Document = {"name": "山田 太郎", "addresses": ["+819012345678", "taro.yamada@example.jp"]}
NOBODY: Document = {"state": "none", "accounts": [], "tries_left": 0, "check": None}


def account(state: str = "identified", *members: Document, tries: int = 3, check: Document | None = None) -> Document:
    """Return an answer to `/contacts/{id}/account`."""
    return {"state": state, "accounts": list(members or (MEMBER,)), "tries_left": tries, "check": check}


def checked(check_id: str = "check-1", fact: str = "address", *, right: bool = False, passed: bool = False) -> Document:
    """Return the last check of an account."""
    return {"check_id": check_id, "fact": fact, "at": ago(2), "right": right, "passed": passed}


def verified() -> Document:
    """Return the account of a customer who was checked."""
    return account("verified", MEMBER | KNOWN, tries=0, check=checked(right=True, passed=True))


def morning(stage: Stage) -> None:
    """Put a good Monday morning on the stage."""
    stage.answer("/floor", floor())
    stage.answer("/quality", quality())
    stage.answer("/quality/now", waiting())
    stage.answer("/dashboard", dashboard)
    stage.answer("/contacts", contacts)
    stage.answer("/contacts/*", CONTACT)
    stage.answer(f"/contacts/{CALL}/earlier", {"contacts": contacts({"next": "0"})["contacts"][:6]})
    stage.answer(f"/contacts/{CALL}/account", NOBODY)
    for other in OTHERS:
        stage.answer(f"/contacts/{other}/account", NOBODY)
        stage.answer(f"/contacts/{other}/earlier", {"contacts": []})
