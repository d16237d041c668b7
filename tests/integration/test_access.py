"""Two customers of one agency: each sees, hears and moves its own, and none more than he may."""

import http.client
import json

import pytest
from receivers import WebhookReceiver
from stack import Stack

CUSTOMERS = {"acme": ["203.0.113.11", "203.0.113.12"], "beta": ["203.0.113.21", "203.0.113.22"]}
# What must never be read by acme.
FOREIGN = ("beta-1", "beta-2", "beta-pool", "beta-hook", "beta.example.net", "203.0.113.2",
           "house-hook")


class Agency:
    def __init__(self, stack):
        self.stack = stack
        self.hooks = {name: WebhookReceiver() for name in CUSTOMERS}
        self.tokens = {}

    def __enter__(self):
        for hook in self.hooks.values():
            hook.__enter__()
        self.stack.add_provider()
        for name, addresses in CUSTOMERS.items():
            self.stack.add_zone(f"{name}.example.net", {"www": addresses[0]})
            servers = [f"{name}-{number}" for number in (1, 2)]
            for server, address in zip(servers, addresses):
                self.stack.add_server(server, address, labels={"owner": name})
            self.stack.post("/pools", {"name": f"{name}-pool", "members": servers})
            self.stack.post("/domains", {"name": f"www.{name}.example.net",
                                         "pool": f"{name}-pool"})
            self.stack.post("/channels", {"name": f"{name}-hook", "kind": "webhook",
                                          "url": self.hooks[name].url,
                                          "labels": {"owner": name}})
        for role in ("guest", "viewer", "operator", "admin"):
            made = self.stack.ctl_json("token", "add", f"acme-{role}", "--role", role,
                                       "--label", "owner=acme")
            self.tokens[role] = made["secret"]
        return self

    def __exit__(self, *_):
        for hook in self.hooks.values():
            hook.__exit__()

    def api(self, method, path, body=None, role="admin"):
        return self.stack.api(method, path, body, token=self.tokens[role])

    def ctl(self, *words, role="admin", check=True):
        return self.stack.ctl(*words, check=check,
                              environment={"UNDERSTUDY_TOKEN": self.tokens[role],
                                           "UNDERSTUDY_TOKEN_FILE": ""})


@pytest.fixture(scope="module")
def agency(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("agency")) as stack:
        with Agency(stack) as two:
            yield two


def tells_nothing_of_beta(text):
    return [name for name in FOREIGN if name in text]


def test_a_customer_reads_of_nobody_else(agency):
    stack = agency.stack
    stack.agents["beta-1"].kill()
    stack.wait_for_addresses("www.beta.example.net", [CUSTOMERS["beta"][1]])
    stack.agents["acme-1"].kill()
    stack.wait_for_addresses("www.acme.example.net", [CUSTOMERS["acme"][1]])
    agency.hooks["acme"].wait_for("failover_triggered")
    agency.hooks["beta"].wait_for("failover_triggered")
    for path in ("/metrics", "/api/v1/status", "/api/v1/servers", "/api/v1/pools",
                 "/api/v1/domains", "/api/v1/channels", "/api/v1/events", "/api/v1/notifications",
                 "/api/v1/fleet", "/api/v1/tokens", "/api/v1/controls",
                 "/api/v1/what-if?all=true", "/api/v1/what-if?pool=acme-pool",
                 "/api/v1/domains/www.acme.example.net/explain", "/api/v1/servers/acme-1",
                 "/api/v1/incidents", "/api/v1/status-page"):
        answer = agency.api("GET", path)
        assert answer.status == 200, (path, answer.raw)
        assert not tells_nothing_of_beta(answer.raw.decode()), path
    status = agency.api("GET", "/api/v1/status").body
    assert status["servers"]["total"] == 2 and status["domains"]["total"] == 1
    events = agency.api("GET", "/api/v1/events?type=failover_triggered").body["items"]
    assert [event["domain"]["name"] for event in events] == ["www.acme.example.net"]
    for message in agency.hooks["acme"].delivered():
        assert not tells_nothing_of_beta(json.dumps(message.body))
    for server in ("acme-1", "beta-1"):
        stack.agents[server].start()
    stack.wait_for_addresses("www.acme.example.net", [CUSTOMERS["acme"][0]])


@pytest.mark.parametrize(("method", "path", "body"), [
    ("GET", "/servers/beta-1", None),
    ("PUT", "/servers/beta-1/maintenance", {}),
    ("POST", "/pools/beta-pool/failover", {"to": "beta-2"}),
    ("GET", "/domains/www.beta.example.net/explain", None),
    ("DELETE", "/domains/www.beta.example.net", None),
    ("POST", "/channels/beta-hook/test", {}),
])
def test_what_is_not_his_does_not_exist(agency, method, path, body):
    answer = agency.api(method, "/api/v1" + path, body)
    assert answer.status == 404
    assert agency.stack.dig("www.beta.example.net")


def stream_of(stack, token):
    connection = http.client.HTTPConnection(stack.host, stack.controller.api_port, timeout=30)
    connection.request("GET", "/api/v1/stream", headers={"Authorization": f"Bearer {token}"})
    return connection.getresponse()


def test_a_stream_is_of_his_own_things_and_ends_with_its_token(agency):
    stack = agency.stack
    made = stack.ctl_json("token", "add", "looks", "--role", "viewer", "--label", "owner=acme")
    stream = stream_of(stack, made["secret"])
    assert stream.status == 200
    stack.ctl("hold", "beta-pool", "--why", "theirs")
    stack.ctl("hold", "acme-pool", "--why", "ours")
    heard = b""
    while b"acme-pool" not in heard:
        heard += stream.readline()
    for pool in ("beta-pool", "acme-pool"):
        stack.ctl("release", pool)
    stack.ctl("token", "revoke", "looks")
    heard += stream.read()  # to its end, which comes by itself
    assert not tells_nothing_of_beta(heard.decode())


def test_a_guest_sees_the_page_for_others_alone(agency):
    page = agency.api("GET", "/api/v1/status-page", role="guest")
    assert page.status == 200
    assert [each["name"] for each in page.body["now"]["domains"]] == ["www.acme.example.net"]
    assert {each["about"] for each in page.body["history"]} <= {"www.acme.example.net"}
    assert "203.0.113." not in page.raw.decode() and "acme-1" not in page.raw.decode()
    for path in ("/status", "/domains", "/events", "/stream", "/tokens"):
        refused = agency.api("GET", "/api/v1" + path, role="guest")
        assert refused.status == 403 and "it takes the role" in refused.body["detail"], path


def test_an_answer_is_kept_for_nobody_else(agency):
    key = {"Idempotency-Key": "one-for-both"}
    answers = [agency.stack.api("PUT", "/api/v1/pools/acme-pool/hold", {"why": "both"},
                                token=agency.tokens[role], headers=key)
               for role in ("operator", "operator", "admin")]
    agency.ctl("release", "acme-pool")
    assert [answer.status for answer in answers] == [200, 200, 409]
    replayed = [answer.headers["Idempotent-Replayed"] for answer in answers]
    assert replayed == [None, "true", None]


def test_what_is_known_of_a_thing_is_no_door_to_it(agency):
    """Tags, filters and rehearsals answer alike for what is not his and what is not there."""
    whole = agency.stack.api("GET", "/api/v1/pools/beta-pool")
    for path in ("/pools/beta-pool", "/pools/nobodys"):
        for headers in ({}, {"If-None-Match": whole.headers["ETag"]}, {"If-Match": "*"}):
            answer = agency.stack.api("GET", "/api/v1" + path, token=agency.tokens["admin"],
                                      headers=headers)
            assert answer.status == 404 and whole.headers["ETag"] not in answer.raw.decode()
    alike = []
    for pool in ("beta-pool", "nobodys"):
        asked = [agency.api("GET", f"/api/v1/events?pool={pool}"),
                 agency.api("GET", f"/api/v1/what-if?pool={pool}"),
                 agency.api("POST", "/api/v1/rehearse", {"order": "release", "pool": pool}),
                 agency.api("POST", "/api/v1/rehearse",
                            {"method": "PUT", "path": f"/api/v1/pools/{pool}/hold", "body": {}}),
                 agency.api("POST", "/api/v1/tokens",
                            {"name": "t", "role": "viewer", "pools": [pool]})]
        alike.append([(answer.status, answer.body["detail"].replace(pool, "it"))
                      for answer in asked])
    assert alike[0] == alike[1]
    assert all(status >= 400 for status, _ in alike[0])


def test_roles_and_scopes_are_kept_by_the_programs(agency):
    for role, words in (("viewer", ("hold", "acme-pool")), ("operator", ("pause",)),
                        ("operator", ("token", "list")), ("admin", ("provider", "list"))):
        refused = agency.ctl(*words, role=role, check=False)
        assert refused.returncode != 0 and "may not do this" in refused.stderr
    assert agency.stack.metric("api_forbidden_total") >= 4
    assert "acme-1" in agency.ctl("server", "list", role="viewer").stdout
    agency.ctl("hold", "acme-pool", "--why", "theirs", role="operator")
    agency.ctl("release", "acme-pool", role="operator")
    assert "acme-operator" in agency.ctl("token", "list").stdout
    tokens = agency.api("GET", "/api/v1/tokens").body["items"]
    assert all(token["scope"]["labels"] == {"owner": "acme"} for token in tokens)


def test_a_revoked_token_counts_for_nothing_at_once_and_after_a_restart(agency):
    stack = agency.stack
    made = stack.ctl_json("token", "add", "brief", "--role", "viewer", "--for", "1h")
    assert stack.api("GET", "/api/v1/status", token=made["secret"]).status == 200
    assert made["secret"] not in stack.ctl("token", "show", "brief").stdout
    assert stack.get("/tokens/brief")["last_used_from"] == "127.0.0.1"
    stack.restart_controller()
    assert stack.api("GET", "/api/v1/status", token=made["secret"]).status == 200
    stack.ctl("token", "revoke", "brief")
    assert stack.api("GET", "/api/v1/status", token=made["secret"]).status == 401
    bound = stack.ctl_json("token", "add", "bound", "--role", "viewer", "--from", "192.0.2.0/24")
    assert stack.api("GET", "/api/v1/status", token=bound["secret"]).status == 401
    assert stack.wait_for_event("token_revoked")["who"] == "admin token 'admin'"
