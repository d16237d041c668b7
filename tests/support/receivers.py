"""Where notifications arrive in a test: a webhook receiver and a mail server.

    with WebhookReceiver() as hook:
        hook.answers.append(503)              # the next answers; 204 after them
        message = hook.wait_for("failover_triggered")
        hook.gate.clear()                     # requests are taken, their answers wait
"""

import asyncio
import json
import ssl
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP, AuthResult
from wait_for import Changing

_BODY_LIMIT = 1 << 20
_GATE_S = 60


@dataclass
class Hook:
    """One request that a webhook receiver got."""

    path: str
    headers: dict
    raw: bytes
    answered: int

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def type(self):
        return self.body["type"]


class LoopbackServer(Changing):
    """An HTTP server on a port of its own; `_listen` is given the handler that answers."""

    def _listen(self, handler):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,),
                                        daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class WebhookReceiver(LoopbackServer):
    def __init__(self):
        super().__init__()
        self.requests = []
        self.answers = []
        self.headers = {}  # sent with every answer
        self.gate = threading.Event()
        self.gate.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                length = min(int(self.headers.get("Content-Length", 0)), _BODY_LIMIT)
                status = receiver._take(self.path, dict(self.headers), self.rfile.read(length))
                receiver.gate.wait(_GATE_S)
                try:
                    self.send_response(status)
                    for name, value in receiver.headers.items():
                        self.send_header(name, value)
                    # Many quote the path that they were asked for.
                    body = b"" if status < 400 else f"Cannot POST {self.path}".encode()
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the sender did not wait

            def log_message(self, *_):
                pass

        self._listen(Handler)
        self.url = f"{self.origin}/hook"

    def __exit__(self, *unused):
        self.gate.set()
        super().__exit__(*unused)

    def _take(self, path, headers, raw):
        with self.condition:
            status = self.answers.pop(0) if self.answers else 204
            self.requests.append(Hook(path, headers, raw, status))
            self.condition.notify_all()
        return status

    def delivered(self, kind=None):
        """What was accepted, in order."""
        with self.condition:
            return [hook for hook in self.requests
                    if 200 <= hook.answered < 300 and kind in (None, hook.type)]

    def wait_for(self, kind, count=1):
        """The newest accepted one of that type, once there are so many."""
        self.until(f"{count} x {kind} at the webhook", lambda: len(self.delivered(kind)) >= count)
        return self.delivered(kind)[-1]


class MailReceiver(Changing):
    """A mail server. certificate: (certificate file, key file), for STARTTLS or from the start.

    login: (user, password) that it insists on. answers: to the next messages, instead of taking
    them.
    """

    def __init__(self, certificate=None, implicit_tls=False, login=None):
        super().__init__()
        self.messages = []
        self.answers = []
        self.logins = []  # (user, password) as they came
        self._login = login
        self._implicit_tls = implicit_tls
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*map(str, certificate))
        self._loop = asyncio.new_event_loop()

    async def handle_DATA(self, _server, _session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self.condition:
            if self.answers:
                return self.answers.pop(0)
            self.messages.append((envelope.rcpt_tos, message))
            self.condition.notify_all()
        return "250 taken"

    def _authenticate(self, _server, _session, _envelope, _mechanism, login):
        given = (login.login.decode(), login.password.decode())
        self.logins.append(given)
        return AuthResult(success=given == self._login, handled=False)

    def __enter__(self):
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        self._server.close()
        self._run(self._server.wait_closed())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self):
        def connection():
            options = {}
            if self._login:
                options = {"auth_required": True, "authenticator": self._authenticate,
                           "auth_require_tls": not self._implicit_tls}
            if self._context and not self._implicit_tls:
                options.update(tls_context=self._context, require_starttls=True)
            return SMTP(self, hostname="mail.example.org", loop=self._loop, **options)
        return await self._loop.create_server(
            connection, "127.0.0.1", 0, ssl=self._context if self._implicit_tls else None)

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def wait_for(self, text, count=1):
        """The newest message with that text in its subject, once there are so many."""
        def found():
            return [message for _, message in self.messages if text in message["Subject"]]
        self.until(f"{count} x mail about {text!r}", lambda: len(found()) >= count)
        return found()[-1]
