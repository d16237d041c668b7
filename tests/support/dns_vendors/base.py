"""A vendor's API on a loopback port: who may call, faults, and the zones behind it.

    with Hetzner() as vendor:
        vendor.add_zone("example.com", {("www", "A"): Rrset(300, ["192.0.2.10"])})
        vendor.add_fault("reply_lost", method="POST")
        call(vendor.base_url, vendor.token)
"""

import ipaddress
import json
import re
import secrets
import string
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

_ALPHABET = string.ascii_letters + string.digits


@dataclass
class Rrset:
    """The records of one name and type. `comments` are by content, where the vendor has them."""

    ttl: int
    contents: list
    comments: dict = field(default_factory=dict)
    locked: bool = False


@dataclass
class Zone:
    name: str
    number: int
    sets: dict  # (name relative to the zone, "@" for itself; type): Rrset
    options: dict = field(default_factory=dict)


@dataclass
class Call:
    method: str
    path: str  # decoded
    query: dict
    body: object  # JSON, or None
    target: str  # as it came


class Refusal(Exception):
    """What a vendor answers instead; `body` as it sends it."""

    def __init__(self, status, body, headers=None):
        super().__init__(status, body)
        self.answer = (status, body, headers or {})


@dataclass
class Fault:
    """Kinds: `reply_lost` and `half` (applied, unless `apply` is false), `throttle`, `trouble`."""

    kind: str
    method: str | None  # a pattern
    path: str
    count: int
    skip: int
    apply: bool

    def takes(self, call):
        if self.count == 0 or not re.match(self.method or "", call.method):
            return False
        if not re.search(self.path, call.target):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.count -= 1
        return True


class Vendor:
    kind = ""
    base_path = ""
    prefix = "Bearer "
    minimum_ttl = 1
    maximum_ttl = 2**31 - 1
    token_length = 64

    def __init__(self):
        self.token = "".join(secrets.choice(_ALPHABET) for _ in range(self.token_length))
        self.zones = {}
        self.calls = []
        self.faults = []
        self.fired = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.base_url = self.origin + self.base_path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add_zone(self, name, sets=None, **options):
        zone = Zone(name, 1000 + len(self.zones), dict(sets or {}), options)
        self.zones[name] = zone
        return zone

    def add_fault(self, kind, method=None, path="", count=1, skip=0, apply=True):
        self.faults.append(Fault(kind, method, path, count, skip, apply))

    def rrset(self, zone, name, kind):
        """What is there of that name, relative to the zone; or None."""
        return self.zones[zone].sets.get((name, kind))

    def act_at_once(self):
        """What is accepted is carried out with that."""

    # --- what a vendor says

    def answer(self, call):
        """(status, body, headers) or a Refusal."""
        raise NotImplementedError

    def refusal(self, status, words):
        """A refusal in the vendor's form."""
        raise NotImplementedError

    def headers(self):
        """Of every answer."""
        return {}

    # --- what all check

    def zone_named(self, name):
        if name not in self.zones:
            raise self.refusal(404, "not found")
        return self.zones[name]

    def check_set(self, zone, key, rrset):
        """What no DNS service would take."""
        if not self.least_ttl(zone) <= rrset.ttl <= self.maximum_ttl:
            raise self.refusal(422, f"ttl {rrset.ttl} is out of range")
        name, kind = key
        for content in rrset.contents:
            if kind in ("A", "AAAA") and not _is_address(kind, content):
                raise self.refusal(422, f"{content} is no content of type {kind}")
        others = {other for at, other in zone.sets if at == name}
        if (kind == "CNAME" and others - {"CNAME"}) or (kind != "CNAME" and "CNAME" in others):
            raise self.refusal(422, "a CNAME stands alone")
        if len(set(rrset.contents)) != len(rrset.contents):
            raise self.refusal(422, "a record is there twice")

    def least_ttl(self, zone):
        return zone.options.get("minimum_ttl", self.minimum_ttl)

    def serve(self, call, authorization):
        """The answer, or None where it is lost; under the lock."""
        with self._lock:
            self.calls.append((call.method, call.target))
            fault = next((each for each in self.faults if each.takes(call)), None)
            self.fired += fault is not None
            if fault and fault.kind == "trouble":
                return 503, b"<html>try later</html>", {}
            if fault and not fault.apply:
                return None
            try:
                if fault and fault.kind == "throttle":
                    raise self.throttled()
                if authorization != self.prefix + self.token:
                    raise self.refusal(401, "who are you")
                if not call.path.startswith(self.base_path + "/"):
                    raise self.refusal(404, "no such path")
                call.path = call.path[len(self.base_path) :]
                status, body, headers = self.answer(call)
            except Refusal as refusal:
                status, body, headers = refusal.answer
            if fault and fault.kind == "reply_lost":
                return None
            data = b"" if body is None else json.dumps(body).encode()
            if fault and fault.kind == "half":
                data = data[: len(data) // 2]
            return status, data, {**self.headers(), **headers}

    def throttled(self):
        refusal = self.refusal(429, "too many calls")
        refusal.answer[2]["Retry-After"] = "1"
        return refusal


def page_of(items, query, most, default):
    """(items of that page, number of the next or None)."""
    page = int(query.get("page", 1))
    size = min(int(query.get("per_page", default)), most)
    chosen = items[(page - 1) * size : page * size]
    return chosen, page + 1 if page * size < len(items) else None


def relative(zone, name):
    if name == zone:
        return "@"
    assert name.endswith("." + zone), (zone, name)
    return name[: -len(zone) - 1]


def _is_address(kind, content):
    try:
        address = ipaddress.ip_address(content)
    except ValueError:
        return False
    return address.version == (4 if kind == "A" else 6)


def _handler(vendor):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _carry(self):
            length = int(self.headers.get("Content-Length", 0))
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            call = Call(
                self.command,
                unquote(parts.path),
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                json.loads(raw) if raw else None,
                self.path,
            )
            answer = vendor.serve(call, self.headers.get("Authorization", ""))
            if answer is None:
                self.close_connection = True
                return
            status, data, headers = answer
            head = [f"HTTP/1.1 {status} -", "Content-Type: application/json"]
            head += [f"{name}: {value}" for name, value in headers.items()]
            if status != 204:
                head.append(f"Content-Length: {len(data)}")
            self.wfile.write("\r\n".join([*head, "", ""]).encode() + data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _carry

        def log_message(self, *_):
            pass

    return Handler
