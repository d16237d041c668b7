"""Requests by lot, drawn from schema/openapi.json, against the running controller: whatever is
asked, the answer is one that the description has, and never that something went wrong inside.

UNDERSTUDY_PROPERTY_REQUESTS says how many (50,000 take some minutes), UNDERSTUDY_PROPERTY_SEED
which ones.
"""

import http.client
import json
import os
import random

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from controller_process import sanitized
from random_requests import RandomRequests
from stack import ROOT, Stack
from test_openapi import DOCUMENT, open_where_it_must_be, strict

REQUESTS = int(os.environ.get("UNDERSTUDY_PROPERTY_REQUESTS", "600" if sanitized() else "3000"))
SEED = int(os.environ.get("UNDERSTUDY_PROPERTY_SEED", "1"))
# What there is at the beginning, and what requests may make anew.
NAMES = {
    "server": ["web1", "web2", "web3"], "pool": ["shop", "web1+web2"],
    "domain": ["www.example.org", "old.example.org"], "provider": ["cloudflare"],
    "channel": ["hook"], "notification": ["1", "2", "3"],
}
NAMES |= {"servers": NAMES["server"], "members": NAMES["server"], "domains": NAMES["domain"],
          "to": NAMES["server"], "pin": NAMES["server"], "from_pool": NAMES["pool"],
          "name": [each for names in NAMES.values() for each in names]}
# A replay may take a million steps, twice: sanitized programs need more than half a minute.
PATIENCE_S = 120
# Documented, and no fault of the controller: the provider said no, or a budget is used up.
OTHERS_FAULT = {502, 503}


class Answers:
    """Holds each answer to what the description says of it."""

    def __init__(self):
        self._document = open_where_it_must_be(strict(DOCUMENT))
        self._resolver = jsonschema.RefResolver.from_schema(self._document)
        self._validators = {}

    def problem(self, request, status, content_type, raw):
        operations = self._document["paths"].get(request.template or request.path, {})
        method = "get" if request.method == "HEAD" else request.method.lower()
        responses = operations.get(method, {}).get("responses", {})
        if status >= 500 and not (status in OTHERS_FAULT and str(status) in responses):
            return "something went wrong inside"
        described = responses.get(str(status)) or responses.get("default")
        if described is None:
            described = self._document["components"]["responses"]["Refused"]
            if status < 400:
                return "answered what is not described"
        elif str(status) not in responses and status < 400:
            return "a status that is not described"
        if request.method == "HEAD" or status in (204, 304):
            return "a body where none belongs" if raw else None
        return self._misfit(self._resolved(described), content_type, raw)

    def _resolved(self, node):
        return self._resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def _misfit(self, described, content_type, raw):
        content = described.get("content", {})
        kind = content_type.split(";")[0]
        if kind not in content:
            return f"content type {content_type!r} is not described"
        if "json" not in kind:
            return None
        schema = content[kind]["schema"]
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = jsonschema.Draft202012Validator(schema, resolver=self._resolver)
        error = next(self._validators[key].iter_errors(json.loads(raw)), None)
        return error and f"{error.json_path}: {error.message}"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("properties")) as running:
        running.add_zone("example.org", {"www": "203.0.113.10", "old": "198.51.100.7"})
        yield running
        assert running.controller.process.poll() is None


def furnish(stack):
    """Whatever requests have removed is there again; refusals say that it still is."""
    def ask(method, path, body):
        stack.api(method, "/api/v1" + path, body, record=False)
    ask("POST", "/providers", {"name": "cloudflare", "kind": "cloudflare",
                               "credential": stack.emulator.add_token()["value"],
                               "settings": {"base_url": stack.emulator.base_url}})
    for number, name in enumerate(NAMES["server"]):
        ask("POST", "/servers", {"name": name, "ipv4": f"203.0.113.{10 * (number + 1)}"})
    ask("POST", "/channels", {"name": "hook", "kind": "webhook", "url": "http://127.0.0.1:9/"})
    # Else each provider is asked that the lot has added, wherever it may be.
    where = {"provider": "cloudflare"}
    ask("POST", "/domains", {"name": "www.example.org", "servers": ["web1", "web2"], **where})
    ask("POST", "/pools", {"name": "shop", "members": ["web1", "web3"]})
    ask("POST", "/domains", {"name": "old.example.org", "pool": "shop", **where})
    ask("POST", "/channels/hook/test", None)


class Line:
    """One connection that is kept, as programs do."""

    def __init__(self, stack):
        self._stack = stack
        self._connection = None
        self.before = self._last = None

    def ask(self, request):
        self.before, self._last = self._last, request
        for attempt in (1, 2):
            fresh = self._connection is None
            if fresh:
                self._connection = http.client.HTTPConnection(
                    self._stack.host, self._stack.controller.api_port, timeout=PATIENCE_S)
            try:
                self._connection.request(
                    request.method, request.path, request.body,
                    {**request.headers, "Authorization": f"Bearer {self._stack.token}"})
                response = self._connection.getresponse()
                raw = self._body(response)
            except (http.client.RemoteDisconnected, ConnectionError):
                self._connection = None
                # A connection that was kept may have been closed meanwhile; a new one not.
                if fresh or attempt == 2:
                    raise
                continue
            except (OSError, http.client.HTTPException):
                self._connection = None  # else it would be at fault for all that follows
                raise
            if response.will_close:
                self._connection = None
            return response.status, response.headers.get("Content-Type", ""), raw
        raise AssertionError("unreachable")

    @staticmethod
    def _body(response):
        """Of the event stream, which has no end, how it begins."""
        if response.headers.get_content_type() != "text/event-stream":
            return response.read()
        begins = response.readline()
        response.close()
        return begins


def test_whatever_is_asked_the_answer_is_described(stack):
    answers, line, found, statuses = Answers(), Line(stack), [], {}
    requests = RandomRequests(DOCUMENT, NAMES)
    lot = random.Random(SEED)
    tokens = stack.get("/tokens")["items"]
    # Without it nobody could ask any more.
    own = {f"/api/v1/tokens/{each[key]}" for each in tokens for key in ("id", "name")}

    @seed(SEED)
    @settings(max_examples=REQUESTS, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(requests.any())
    def ask(request):
        if lot.random() < 0.04:
            furnish(stack)
        if request.path in own:
            return
        try:
            status, kind, raw = line.ask(request)
        except (OSError, http.client.HTTPException) as broken:
            found.append(f"{request} after {line.before}\n  -> {broken!r}")
            return
        operation = statuses.setdefault((request.method, request.template), {})
        operation[status] = operation.get(status, 0) + 1
        problem = answers.problem(request, status, kind, raw)
        if problem:
            found.append(f"{request.method} {request.path} {request.body!r:.400}\n"
                         f"  -> {status} {raw!r:.400}: {problem}")

    furnish(stack)
    ask()
    assert not found, f"{len(found)} of {REQUESTS}:\n" + "\n".join(found[:10])
    never = [operation for operation, seen in statuses.items()
             if operation[1] and not any(status < 300 for status in seen)]
    # With few requests chance decides what is accepted.
    blind = REQUESTS >= 3000 and len(never) >= len(statuses) / 2
    assert not blind, f"never accepted, so the lot is blind there: {never}"
