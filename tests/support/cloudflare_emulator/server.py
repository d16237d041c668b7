"""The HTTP front: one handler that leads every request to the API or to the control API."""

import ipaddress
import secrets
import time

from aiohttp import web

from . import auth, faults, routes
from .answer import ApiError, failure
from .call import Call
from .control import Control
from .rate import RateLimiter
from .stats import Stats

BASE_PATH = "/client/v4"
_CONTROL_PATH = "/_emulator"
_LONGEST_BODY = 16 * 1024 * 1024


class Emulator:
    def __init__(self, world, quota, traffic):
        self.world = world
        self.limiter = RateLimiter(quota)
        self.faults = faults.FaultQueue()
        self.stats = Stats()
        self.dns_queries = lambda: 0
        self.shut_down = lambda: None
        self._traffic = traffic
        self._control = Control(self)

    async def handle(self, request):
        """The web.Server handler."""
        if request.path == _CONTROL_PATH or request.path.startswith(_CONTROL_PATH + "/"):
            return await self._handle_control(request)
        started = time.monotonic()
        body = await request.read()
        call = _call(request, body)
        headers = {"CF-RAY": secrets.token_hex(8) + "-LOC"}
        fault = self.faults.take(request.method, request.path_qs)
        if fault is None:
            answer = self._process(call)
        else:
            answer = await faults.suffer(fault, self.world, lambda: self._process(call))
        if answer is not None:
            headers.update(answer.headers)
            headers["Content-Type"] = answer.content_type
        self.stats.count(request.method, routes.find(call.path)[0], answer)
        self._traffic.write(request, body, answer, headers, started)
        if answer is None:
            request.transport.abort()
            return web.Response(status=499)
        return web.Response(status=answer.status, headers=headers, body=answer.body())

    def _process(self, call):
        budget = f"address {call.remote}"
        refusal = None
        try:
            call.caller = auth.identify(self.world, call)
            budget = call.caller.budget
        except ApiError as error:
            refusal = failure(error)
        answer = self.limiter.spend(budget)
        if answer is not None:
            self.stats.refused_by_quota += 1
        else:
            answer = refusal or self._answer(call)
        answer.headers.update(self.limiter.headers(budget))
        return answer

    def _answer(self, call):
        try:
            return routes.handle(self.world, call)
        except ApiError as error:
            return failure(error)

    async def _handle_control(self, request):
        if not ipaddress.ip_address(request.remote).is_loopback:
            return web.json_response({"error": "only from the loopback interface"}, status=403)
        path = request.path[len(_CONTROL_PATH) :].strip("/")
        status, document = self._control.handle(
            request.method, path, dict(request.query), await request.read()
        )
        return web.json_response(document, status=status)


def server_for(emulator):
    return web.Server(emulator.handle, request_factory=_request, access_log=None)


def _request(message, payload, protocol, writer, task):
    """As web.Server makes it, but a batch of 3,500 operations fits."""
    return web.BaseRequest(
        message, payload, protocol, writer, task, protocol._loop, client_max_size=_LONGEST_BODY
    )


def _call(request, body):
    path = request.path
    below = path[len(BASE_PATH) :] if path.startswith(BASE_PATH + "/") else path
    return Call(
        method=request.method,
        path=below,
        query=dict(request.query),
        headers=request.headers,
        body=body,
        remote=request.remote,
    )
