"""The same pretended centre behind Amazon Connect: it speaks what a CCP speaks to Streams, in the shapes of the package's own model.

The published package runs in the page; the CCP in its frame is a pretended one (tests/browser/ccp), on an origin of its own.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route, WebSocketRoute

from tests.browser import cti
from tests.browser.centre import Centre, Document

ORIGIN = "https://tsunagu-test.my.connect.aws"
CONFIG = {"home": "streams", "ccpUrl": f"{ORIGIN}/ccp-v2/", "region": "ap-northeast-1"}
ARN = "arn:aws:connect:ap-northeast-1:123456789012:instance/5a7e0000-0000-4000-8000-000000000000"
FILES = Path(__file__).parent / "ccp"
KINDS = {"index.html": "text/html", "ccp.js": "text/javascript"}
CHANNELS = {"VOICE": "voice", "CHAT": "chat", "TASK": "task", "EMAIL": "email"}
TYPES = {"routable": "routable", "custom": "not_routable", "offline": "offline"}
ENDPOINTS = {"queue": "queue", "agent": "agent", "number": "phone_number", "flow": "flow"}
COMMANDS = {
    "acceptContact": "accept",
    "rejectContact": "reject",
    "clearContact": "closeWork",
    "holdConnection": "hold",
    "resumeConnection": "resume",
    "pauseContact": "hold",
    "resumeContact": "resume",
    "conferenceConnections": "conference",
    "updateMonitorParticipantState": "barge",
}


class Refused(Exception):
    """The instance says no; the text is its sentence."""


class Instance(Centre):
    """A centre whose pages are those of Streams."""

    def __init__(self) -> None:
        super().__init__()
        self.logged_out = 0
        self.configured: list[Document] = []

    def answer(self, context: BrowserContext) -> None:
        """Answer every tab of this browser."""
        context.route(f"{ORIGIN}/**", self._serve)
        context.route_web_socket(f"{ORIGIN.replace('https', 'wss')}/ccp-v2/worker", self._opened)

    def tell(self) -> None:
        """Tell every page how things stand."""
        for page in self._pages:
            self._send(page, "agent::update", self.told())

    def say(self, event: str, data: Any = None) -> None:
        """Send every page an event, such as `access_denied`."""
        for page in self._pages:
            self._send(page, event, data)

    def told(self) -> Document:
        """Return the agent as the shared worker would tell it."""
        snapshot: Document = {
            "state": self._state(),
            "agentAvailabilityState": {
                "state": self.agent["status"]["name"],
                "timeStamp": {"moment": self.agent["since"]},
            },
            "contacts": [self._contact(held) for held in self.agent["contacts"]],
            "snapshotTimestamp": {"moment": self.ago(0)},
        }
        if self.agent["next"]:
            snapshot["nextState"] = self._status(self.agent["next"])
        queue = {"queueARN": f"{ARN}/queue/q-outbound", "name": "outbound"}
        configuration = {
            "agentARN": f"{ARN}/agent/{self.agent['id']}",
            "username": self.agent["username"],
            "name": self.agent["name"],
            "softphoneEnabled": True,
            "softphoneAutoAccept": False,
            "extension": "",
            "agentStates": [self._status(status) for status in self.agent["statuses"]],
            "routingProfile": {
                "name": "support",
                "routingProfileARN": f"{ARN}/routing-profile/support",
                "defaultOutboundQueue": queue,
                "queues": [queue, {"queueARN": f"{ARN}/queue/q-ja", "name": "support-ja"}],
            },
        }
        cti.fits_answer("getAgentSnapshot", {"snapshot": snapshot, "nextToken": "1"})
        cti.fits_answer("getAgentConfiguration", {"configuration": configuration})
        return {"snapshot": snapshot, "configuration": configuration}

    # --- the line -------------------------------------------------------------------------------------------------------

    def _serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/logout":
            self.logged_out += 1
            route.fulfill(status=204)
            return
        name = path.removeprefix("/ccp-v2/") or "index.html"
        route.fulfill(content_type=KINDS[name], body=(FILES / name).read_text())

    def _opened(self, page: WebSocketRoute) -> None:
        super()._opened(page)
        if self.close_with is None:
            self._pages.append(page)
            self._send(page, "agent::update", self.told())

    def _send(self, page: WebSocketRoute, event: str, data: Any) -> None:
        page.send(json.dumps({"event": event, "data": data}))

    def _said(self, page: WebSocketRoute, said: Document) -> None:
        data: Document = said.get("data") or {}
        match said["event"]:
            case "api_request":
                self._request(page, data)
            case "broadcast" if data["event"] == "mute":
                self._mute(muted=data["data"]["mute"])
            case "broadcast":
                self.say(data["event"], data["data"])
            case "configure":
                self.configured.append(data)
            case "terminate":
                self.heard.append({"do": "signOut"})
                self.say("terminated")

    def _request(self, page: WebSocketRoute, request: Document) -> None:
        cti.fits_request(request["method"], request["params"])
        answer: Document = {"event": "api_response", "requestId": request["requestId"], "data": None, "err": None}
        try:
            command = self._command(request["method"], request["params"])
            if command and self.is_silent:
                return
            answer["data"] = (
                {} if command else {"endpoints": [self._endpoint(one) for one in self.agent["destinations"]]}
            )
        except Refused as no:
            # The shared worker sends errors as JSON, words and sentences too.
            answer["err"] = json.dumps(str(no))
        cti.fits_answer(request["method"], answer["data"] or {})
        self._send(page, "api_response", answer)
        self.tell()

    def _command(self, method: str, params: Document) -> bool:
        """Do what is asked; False if it was only a question. Raises Refused."""
        if method == "getEndpoints":
            return False
        said = self._wire(method, params)
        self.heard.append(said)
        if problem := self.refuses.get(said["do"]):
            raise Refused(problem)
        if not self.is_silent:
            self._do(said)
        return True

    def _wire(self, method: str, params: Document) -> Document:
        """Return the command of the local Connect's wire that comes to the same."""
        contact = params.get("contactId")
        match method:
            case "putAgentState":
                return {"do": "setStatus", "status": params["state"]["agentStateARN"].rpartition("/")[2]}
            case "createOutboundContact":
                return {"do": "dial", "number": params["endpoint"]["phoneNumber"]}
            case "createAdditionalConnection":
                destination = params["endpoint"]["endpointARN"].rpartition("/")[2]
                return {"do": "transfer", "contact": contact, "destination": destination}
            case "destroyConnection":
                return {
                    "do": self._hanging_up(self.contact(params["contactId"]), params["connectionId"]),
                    "contact": contact,
                }
            case _:
                return {"do": COMMANDS[method], "contact": contact}

    def _hanging_up(self, held: Document, connection: str) -> str:
        if held["consult"] and connection == held["consult"]["id"]:
            return "dropConsult"
        assert connection == f"{held['id']}-agent"
        if held["supervision"]:
            return "stopListening"
        return "leave" if held["consult"] or held["from"] else "end"

    def _do(self, said: Document) -> None:
        if said["do"] == "dropConsult":
            self.contact(said["contact"]).update(consult=None, joined=False)
        else:
            super()._do(said)

    def _mute(self, *, muted: bool) -> None:
        for held in self.agent["contacts"]:
            if held["channel"] == "VOICE" and held["state"] == "connected":
                said = {"do": "mute" if muted else "unmute", "contact": held["id"]}
                self.heard.append(said)
                self._do(said)
        self.say("agent::mute_toggle", {"muted": muted})

    # --- documents ------------------------------------------------------------------------------------------------------

    def _state(self) -> Document:
        since = {"moment": self.agent["since"]}
        if self.agent["contacts"]:
            return {"type": "system", "name": "Busy", "startTimestamp": since}
        return self._status(self.agent["status"]) | {"startTimestamp": since}

    def _status(self, status: Document) -> Document:
        return {
            "agentStateARN": f"{ARN}/agent-state/{status['id']}",
            "type": TYPES[status["type"]],
            "name": status["name"],
        }

    def _endpoint(self, destination: Document) -> Document:
        kind = ENDPOINTS[destination["type"]]
        number = {"phoneNumber": "+81110"} if kind == "phone_number" else {}
        arn = f"{ARN}/transfer-destination/{destination['id']}"
        return {"endpointARN": arn, "type": kind, "name": destination["name"]} | number

    def _contact(self, held: Document) -> Document:
        own = "monitoring" if held["supervision"] else "agent"
        told: Document = {
            "contactId": held["id"],
            "initialContactId": held["initialId"],
            "type": "queue_callback" if held["method"] == "CALLBACK" else CHANNELS[held["channel"]],
            "state": {
                "type": "paused" if held["held"] and held["channel"] == "TASK" else held["state"],
                "timestamp": {"moment": held["since"]},
            },
            "initiationMethod": held["method"].lower() if held["method"] else None,
            "queue": held["queue"]
            and {"queueARN": f"{ARN}/queue/{held['queue']['id']}", "name": held["queue"]["name"]},
            "queueTimestamp": held["queuedAt"] and {"moment": held["queuedAt"]},
            "attributes": {key: {"name": key, "value": value} for key, value in held["attributes"].items()},
            "name": held["name"],
            "description": held["description"],
            "connectSystemEndpoint": self._address(held, held["system"]),
            "connections": [
                self._connection(
                    held,
                    own,
                    "agent",
                    monitorStatus={"listening": "SILENT_MONITOR", "joined": "BARGE"}.get(held["supervision"]),
                )
            ],
        }
        if held["channel"] != "VOICE":
            told["customerEndpoint"] = self._address(held, held["customer"])
        self._add_others(held, told["connections"])
        return {name: value for name, value in told.items() if value is not None}

    def _add_others(self, held: Document, connections: list[Document]) -> None:
        waits = held["held"] and held["channel"] == "VOICE"
        endpoint = {"type": "agent", "name": held["from"]} if held["from"] else None
        if held["from"] and held["customer"]:
            endpoint = {"type": "agent", "name": held["from"], "phoneNumber": held["customer"]}
        elif held["customer"]:
            endpoint = {"type": "phone_number", "phoneNumber": f"sip:{held['customer']}@lily-outbound"}
        customer = self._connection(held, "inbound", "customer", initial=True, endpoint=endpoint)
        customer["state"]["type"] = "hold" if waits else customer["state"]["type"]
        connections.append(customer)
        if consult := held["consult"]:
            other = self._connection(held, "outbound", "", endpoint={"type": "agent", "name": consult["name"]})
            other["connectionId"] = consult["id"]
            other["state"]["type"] = "connecting" if consult["state"] == "ringing" else "connected"
            connections.append(other)
        if held["watched"]:
            # Nothing says in which order connections come.
            connections.insert(0, self._connection(held, "monitoring", "supervisor", monitorStatus="BARGE"))

    def _connection(self, held: Document, kind: str, name: str, *, initial: bool = False, **more: Any) -> Document:
        """Return one side of a contact."""
        talks = {"connected": "connected", "connecting": "connecting", "incoming": "connecting"}
        return {
            "connectionId": f"{held['id']}-{name}",
            "type": kind,
            "initial": initial,
            "state": {"type": talks.get(held["state"], "disconnected"), "timestamp": {"moment": held["since"]}},
        } | {key: value for key, value in more.items() if value is not None}

    def _address(self, held: Document, address: str | None) -> Document | None:
        if address is None:
            return None
        if held["channel"] == "EMAIL":
            return {"type": "email_address", "emailAddress": address}
        return {"type": "phone_number", "phoneNumber": address}
