"""The server of Connect's API: finds the operation, asks who calls and how often, and answers by the model."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web
from botocore import xform_name
from botocore.model import OperationModel

from infra.local.connect.api import contacts, metrics, resources, users
from infra.local.connect.api.problems import ApiProblem, invalid_request, not_found, sentence
from infra.local.connect.api.throttle import Throttle
from infra.local.connect.api.wire import Wire
from infra.local.connect.floor.exchange import Exchange
from infra.local.connect.floor.problems import InvalidRequest, LimitExceeded, NotPossible, UnknownResource
from infra.local.connect.instance import id_in
from infra.local.connect.timeline import Timeline

logger = logging.getLogger(__name__)
Operation = Callable[[Exchange, Mapping[str, Any]], dict[str, Any]]
Guard = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]
"""Takes the Authorization header, the operation and what is asked; raises ApiProblem for a caller who may not."""

PLAYED: tuple[Operation, ...] = (
    contacts.describe_contact, contacts.get_contact_attributes, contacts.update_contact_attributes,
    contacts.update_contact_routing_data, contacts.stop_contact, contacts.start_task_contact,
    contacts.start_outbound_voice_contact, contacts.suspend_contact_recording, contacts.resume_contact_recording,
    contacts.monitor_contact, resources.list_queues, resources.describe_queue, resources.update_queue_status,
    resources.list_routing_profiles, resources.describe_routing_profile, users.list_users, users.search_users,
    users.describe_user, users.update_user_routing_profile, users.update_user_phone_config, users.put_user_status,
    metrics.get_current_metric_data, metrics.get_current_user_data,
)  # fmt: skip
OPERATIONS: dict[str, Operation] = {operation.__name__: operation for operation in PLAYED}
"""What is answered, by boto3's name of the operation."""
REPEATED = 1000
"""Client tokens remembered, for requests that are sent again."""


class ConnectApi:
    """Connect's API of one instance. `woken` is called after a request that may have changed something.

    `elsewhere` returns the exchange of a day that was played beside this one, if it has the contact of that id.
    """

    def __init__(
        self,
        exchange: Exchange,
        timeline: Timeline,
        guard: Guard,
        *,
        clock: Callable[[], datetime],
        woken: Callable[[], None],
        elsewhere: Callable[[str], Exchange | None] = lambda _: None,
    ) -> None:
        self._exchange = exchange
        self._elsewhere = elsewhere
        self._timeline = timeline
        self._guard = guard
        self._clock = clock
        self._woken = woken
        self._wire = Wire()
        self._throttle = Throttle()
        self._answered: dict[tuple[str, str], dict[str, Any]] = {}

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request."""
        try:
            return await self._answer(request)
        except ApiProblem as problem:
            code, text = problem.code, str(problem)
            status = 403 if code == "AccessDeniedException" else self._wire.status(code)
        return web.json_response({"Message": text, "message": text}, status=status, headers={"x-amzn-ErrorType": code})

    async def _answer(self, request: web.Request) -> web.Response:
        found = self._wire.operation(request.method, request.rel_url.raw_path)
        if found is None:
            raise invalid_request(f"Amazon Connect has no operation at {request.method} {request.path}.")
        model, labels = found
        operation = OPERATIONS.get(xform_name(model.name))
        if operation is None:
            raise invalid_request(
                f"The local Connect does not answer {model.name}: docs/local-connect.md lists what it answers."
            )
        query = {name: request.query.getall(name) for name in request.query}
        asked = self._wire.request(model, labels, query, await request.read())
        await self._guard(request.headers.get("Authorization", ""), model.name, asked)
        if not self._throttle.takes(model.name, self._clock()):
            raise ApiProblem("ThrottlingException", f"{model.name} is called too often: wait a moment and try again.")
        self._timeline.advance(self._clock())
        if id_in(asked["InstanceId"]) != self._exchange.instance.id:
            raise not_found("instance", asked["InstanceId"])
        document = self._once(model, operation, asked)
        logger.info("%s answered", model.name)
        self._woken()
        return web.Response(body=self._wire.answer(model, document), content_type="application/json")

    def _once(self, model: OperationModel, operation: Operation, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked, or return what was answered when the same client token came before."""
        token = (model.name, asked.pop("ClientToken", ""))
        if token[1] and token in self._answered:
            return self._answered[token]
        try:
            document = operation(self._exchange_for(asked), asked)
        except NotPossible as problem:
            raise ApiProblem(_code(model, problem), sentence(problem)) from problem
        if token[1]:
            self._answered[token] = document
            if len(self._answered) > REPEATED:
                del self._answered[next(iter(self._answered))]
        return document

    def _exchange_for(self, asked: Mapping[str, Any]) -> Exchange:
        contact_id = asked.get("ContactId") or asked.get("InitialContactId")
        return (contact_id and self._elsewhere(contact_id)) or self._exchange


def application(api: ConnectApi, doors: Iterable[web.RouteDef] = ()) -> web.Application:
    """Return the server's application; what is no door is the API."""
    app = web.Application()
    app.add_routes(doors)
    app.router.add_route("*", "/{path:.*}", api.handle)
    return app


def _code(model: OperationModel, problem: NotPossible) -> str:
    if isinstance(problem, UnknownResource):
        return "ResourceNotFoundException"
    if isinstance(problem, LimitExceeded):
        return Wire.fitting(model, "LimitExceededException", "ServiceQuotaExceededException", "InvalidRequestException")
    assert isinstance(problem, InvalidRequest), "there are three kinds of what is not possible"
    return Wire.fitting(model, "InvalidRequestException", "InvalidParameterException")
