"""Runs the Cloudflare emulator for a test and talks to all three of its faces.

    with EmulatorProcess("--plan", "pro") as emulator:
        www = {"name": "www", "type": "A", "content": "192.0.2.1"}
        zone = emulator.add_zone("example.com", [www])
        token = emulator.add_token()["value"]
        emulator.api("GET", f"/zones/{zone['id']}/dns_records", token=token).result
        emulator.addresses("www.example.com")

Not for use from several threads at once: one connection is kept open.
"""

import http.client
import json
import signal
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype

PROGRAM = Path(__file__).resolve().parent / "cloudflare-emulator"
BASE_PATH = "/client/v4"
_ANSWER_S = 10
_STOP_S = 5


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def document(self):
        return json.loads(self.body)

    @property
    def result(self):
        document = self.document
        assert document["success"] is True, document
        return document["result"]

    @property
    def code(self):
        """The code of the first error."""
        document = self.document
        assert document["success"] is False, document
        return document["errors"][0]["code"]


class EmulatorProcess:
    def __init__(self, *options, ca_file=None):
        self._process = subprocess.Popen(
            [str(PROGRAM), "--exit-with-parent", *map(str, options)],
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the emulator ended with status {self._process.wait()}")
        ports = json.loads(line)
        self.http_port = ports["http_port"]
        self.dns_port = ports["dns_port"]
        self.base_url = ports["base_url"]
        self._ca_file = ca_file
        self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, signal_number=signal.SIGTERM):
        """Ends it and gives its exit status."""
        self.close_connection()
        if self._process.poll() is None:
            self._process.send_signal(signal_number)
        return self.wait()

    def wait(self):
        """Its exit status; it has to end by itself soon, or is killed and the test fails."""
        try:
            return self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process.stdout.close()

    def api(self, method, path, body=None, token=None, headers=None):
        """One request; `path` below the base path. `body` is a JSON value or raw bytes."""
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.request(method, BASE_PATH + path, body, headers)

    def control(self, method, path, body=None):
        """A control call that has to succeed; `path` below /_emulator/."""
        reply = self.request(method, "/_emulator/" + path, body, {})
        assert reply.status == 200, reply.body
        return reply.document

    def request(self, method, target, body, headers):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = self._connected()
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self.close_connection()
            raise

    def close_connection(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def add_zone(self, name, records=(), **keys):
        return self.control("POST", "zones", {"name": name, "records": list(records), **keys})

    def add_token(self, **keys):
        return self.control("POST", "tokens", keys)

    def add_fault(self, match=None, **fault):
        return self.control("POST", "faults", {"match": match or {}, "fault": fault})

    def foreign_write(self, **order):
        return self.control("POST", "foreign-write", order)

    def ask(self, name, kind="A", over_tcp=False, **options):
        """The DNS server's answer to one query."""
        query = dns.message.make_query(name, kind, **options)
        send = dns.query.tcp if over_tcp else dns.query.udp
        return send(query, "127.0.0.1", timeout=_ANSWER_S, port=self.dns_port)

    def addresses(self, name, kind="A"):
        """What the name resolves to, sorted texts."""
        wanted = dns.rdatatype.from_text(kind)
        rrsets = [rrset for rrset in self.ask(name, kind).answer if rrset.rdtype == wanted]
        return sorted(rdata.to_text() for rrset in rrsets for rdata in rrset)

    def _connected(self):
        if self._connection is None:
            if self.base_url.startswith("https"):
                context = ssl.create_default_context(cafile=self._ca_file)
                connection = http.client.HTTPSConnection(
                    "127.0.0.1", self.http_port, timeout=_ANSWER_S, context=context
                )
            else:
                connection = http.client.HTTPConnection(
                    "127.0.0.1", self.http_port, timeout=_ANSWER_S
                )
            self._connection = connection
        return self._connection
