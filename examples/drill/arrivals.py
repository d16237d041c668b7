"""Where the drill's notifications arrive, each with its time: a webhook receiver, a mail server."""

import email
import email.policy
import json
import logging
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from webhook_receiver import Refused, verified  # noqa: E402  (after the path)

# aiosmtpd warns about parts of itself at every login.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass
class Arrival:
    at: float  # time.monotonic()
    kind: str
    text: str
    document: dict = field(default_factory=dict)


class Arrivals:
    def __init__(self):
        self._lock = threading.Lock()
        self._items = []

    def add(self, arrival):
        with self._lock:
            self._items.append(arrival)

    def all(self):
        with self._lock:
            return list(self._items)

    def first(self, kind, after=0.0):
        return next((one for one in self.all() if one.kind == kind and one.at >= after), None)


class Webhooks(Arrivals):
    """Refuses what is not signed with `secret` (set once the controller has told it)."""

    def __init__(self):
        super().__init__()
        self.secret = None
        self.refused = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                now = time.monotonic()
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    document = verified(receiver.secret, self.headers, body)
                except Refused:
                    receiver.refused += 1
                    self.send_response(401)
                else:
                    receiver.add(Arrival(now, document["type"], json.dumps(document), document))
                    self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/understudy"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class AnyPort(Controller):
    """aiosmtpd greets its own server once at the start, at the port it was told: 0 here."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Mailbox(Arrivals):
    """A submission server: STARTTLS and a login are required."""

    USER, PASSWORD = "understudy", "drill-password"

    def __init__(self, tls_context):
        super().__init__()
        self._server = AnyPort(
            self, hostname="127.0.0.1", port=0, tls_context=tls_context, require_starttls=True,
            auth_required=True, authenticator=self._authenticate, decode_data=False)
        self._server.start()
        self.port = self._server.port

    def _authenticate(self, _server, _session, _envelope, _mechanism, login):
        right = isinstance(login, LoginPassword) and (
            login.login == self.USER.encode() and login.password == self.PASSWORD.encode())
        return AuthResult(success=right)

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        subject = str(message["Subject"])
        self.add(Arrival(time.monotonic(), str(message["X-Understudy-Type"]), subject))
        return "250 kept"

    def stop(self):
        self._server.stop()
