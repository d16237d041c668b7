"""A controller that only speaks the agent protocol, does what a test says, and remembers it all.

It runs in a thread of its own. The attributes that script it (answer_status, welcome, acks,
subprotocol, secret, enrolled) count from the next connection or message on.

    with FakeController(certificate=authority.certify("localhost")) as controller:
        link = controller.wait_for_link()
        link.wait_for("heartbeat")
        link.abort()
"""

import asyncio
import json
import ssl
import threading

from aiohttp import WSMsgType, web

from wait_for import Changing

SUBPROTOCOL = "understudy.agent.v1"
TOKEN = "usa_" + "T" * 43


class Link:
    """One agent's WebSocket, as the controller sees it."""

    def __init__(self, controller, request, socket):
        self._controller = controller
        self._request = request
        self._socket = socket
        self.request_headers = dict(request.headers)
        self.path = request.path
        self.messages = []
        self.closed = False
        self.close_code = None
        self.closing = None

    def of_type(self, kind):
        return [message for message in self.messages if message["type"] == kind]

    def wait_for(self, kind, count=1):
        """The newest message of that type, once there are `count` of them."""
        enough = self._controller.until(
            f"{count} x {kind}, got {[message['type'] for message in self.messages]}",
            lambda: len(self.of_type(kind)) >= count)
        assert enough
        return self.of_type(kind)[-1]

    def wait_for_close(self):
        self._controller.until("the agent closes the link", lambda: self.closed)
        return self.close_code

    def send(self, message):
        text = message if isinstance(message, str) else json.dumps(message)
        self._controller.run(self._socket.send_str(text))

    def send_bytes(self, data):
        self._controller.run(self._socket.send_bytes(data))

    def close(self, code, reason=""):
        async def close_it():
            self.closing = asyncio.get_running_loop().create_future()
            await self._socket.close(code=code, message=reason.encode())
            self.closing.set_result(None)
        self._controller.run(close_it())

    def abort(self):
        """The connection breaks without a close frame."""
        async def break_it():
            self._request.transport.abort()
        self._controller.run(break_it())


class FakeController(Changing):
    def __init__(self, certificate=None, port=0):
        super().__init__()
        self.links = []
        self.attempts = 0  # upgrades asked for, refused ones included
        self.answer_status = None  # an HTTP status instead of the upgrade
        self.subprotocol = SUBPROTOCOL
        self.secret = TOKEN
        self.enrolled = None  # the answer to an enrolment
        self.acks = True
        self.welcome = {"type": "welcome", "version": 1, "controller": "fake-controller",
                        "server_name": "shield-1", "server_id": 7,
                        "heartbeat_interval_ms": 100, "silence_limit_ms": 1500}
        self._certificate = certificate
        self._wanted_port = port
        self.port = None

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.run(self._start())
        return self

    def __exit__(self, *_):
        self.run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=20)

    @property
    def url(self):
        host = "localhost" if self._certificate else "127.0.0.1"
        return f"{'wss' if self._certificate else 'ws'}://{host}:{self.port}/agent"

    def wait_for_link(self, count=1):
        """The newest link, once there were `count` of them and it has said hello."""
        self.until(f"link number {count}, got {len(self.links)}",
                   lambda: len(self.links) >= count and self.links[count - 1].of_type("hello"))
        return self.links[count - 1]

    def wait_for_attempts(self, count):
        self.until(f"{count} attempts", lambda: self.attempts >= count)

    async def _start(self):
        application = web.Application()
        application.router.add_get("/agent", self._upgrade)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        tls = None
        if self._certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*map(str, self._certificate))
        site = web.TCPSite(self._runner, "127.0.0.1", self._wanted_port, ssl_context=tls,
                           shutdown_timeout=0.5)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _upgrade(self, request):
        self.attempts += 1
        self.changed()
        authorized = request.headers.get("Authorization") == f"Bearer {self.secret}"
        status = self.answer_status or (None if authorized else 401)
        if status:
            headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
            if 300 <= status < 400:
                headers["Location"] = "/elsewhere"
            return web.Response(status=status, headers=headers)
        protocols = (self.subprotocol,) if self.subprotocol else ()
        socket = web.WebSocketResponse(protocols=protocols, autoping=True)
        await socket.prepare(request)
        link = Link(self, request, socket)
        self.links.append(link)
        self.changed()
        async for frame in socket:
            if frame.type == WSMsgType.TEXT:
                await self._receive(link, socket, json.loads(frame.data))
        if link.closing:
            await link.closing  # a handler that returns first would close with 1000
        link.close_code = socket.close_code
        link.closed = True
        self.changed()
        return socket

    async def _receive(self, link, socket, message):
        link.messages.append(message)
        if message["type"] == "hello" and self.welcome:
            await socket.send_json(self.welcome)
        if message["type"] == "enroll" and self.enrolled:
            await socket.send_json(self.enrolled)
        if message["type"] == "heartbeat" and self.acks:
            await socket.send_json({"type": "heartbeat_ack", "sequence": message["sequence"]})
        self.changed()
