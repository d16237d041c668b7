"""schema/openapi.json against the running controller: every operation is used, all traffic fits."""

import http.client
import json
import re
import subprocess
from urllib.parse import quote

import jsonschema
import pytest
from practice import practise
from receivers import WebhookReceiver
from stack import ROOT, Stack

DOCUMENT = json.loads((ROOT / "schema" / "openapi.json").read_text())
METHODS = ("get", "post", "put", "patch", "delete")
DOMAIN = "www.example.org"
POOL = quote("web1+web2")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("openapi")) as running:
        running.add_zone("example.org", {"www": "203.0.113.10", "old": "198.51.100.7"})
        yield running


@pytest.fixture(scope="module")
def traffic(stack):
    """The story of a small installation, told through the API."""
    with WebhookReceiver() as hook:
        play(stack, hook)
        return list(stack.traffic)


def play(stack, hook):
    page = stack.api("GET", "/").raw.decode()
    script = page.split('src="')[1].split('"')[0]
    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", script):
        assert stack.api("GET", path).status == 200
    stack.add_provider()
    stack.get("/providers")
    stack.get("/providers/cloudflare")
    assert stack.post("/providers/cloudflare/verify")["proven"]
    fresh = stack.emulator.add_token()["value"]
    replaced = stack.api("PUT", "/api/v1/providers/cloudflare/credential", {"credential": fresh})
    assert replaced.status == 200 and fresh not in replaced.raw.decode()
    stack.add_server("web1", "203.0.113.10", labels={"region": "eu"})
    stack.add_server("web2", "203.0.113.20", start=False)
    stack.get("/servers")
    stack.post("/servers/web2/rotate-token", {})
    with_channel(stack, hook)
    with_domain(stack)
    with_orders(stack)
    with_pool_of_its_own(stack)
    with_losses(stack)
    with_tokens(stack)
    exported = stack.get("/fleet")
    stack.get("/fleet/reading")
    backup = f"/backups/{stack.post('/backups')['id']}"
    stack.get(backup + "?offset=4096")
    assert stack.api("DELETE", "/api/v1" + backup).status == 200
    assert stack.post("/fleet", {"fleet": exported, "dry_run": True})["changes"] == []
    assert stack.post("/fleet", {"fleet": {"channels": []}, "dry_run": True})["changes"]
    stack.get(f"/domains/{DOMAIN}/explain?at=2001-01-01T00%3A00%3A00Z")
    pool = stack.get("/pools")["items"][0]["name"]
    nothing = stack.api("POST", "/api/v1/rehearse", {"order": "release", "pool": pool})
    assert nothing.status == 409
    stack.api("PUT", "/api/v1/controls/pause", {})
    assert stack.post("/rehearse", {"order": "resume"})["domains"] == []
    assert stack.api("DELETE", "/api/v1/controls/pause").status == 204
    for asked in (f"pool={quote(pool)}", "server=web1", "label=region:us", "all=true"):
        stack.get(f"/what-if?{asked}")
    assert stack.api("GET", "/api/v1/what-if").status == 422
    stack.post("/replay", {"since": "2001-01-01T00:00:00Z", "policy": {"confirm_s": 600}})
    stack.get("/events?order=asc&limit=2")
    for kind in ("servers", "pools", "providers", "channels"):
        stack.get(f"/{kind}?search=e&limit=1")
    stack.get("/events?since=2001-01-01T00%3A00%3A00Z&type=domain_added")
    stack.get("/status")
    with_stream(stack)
    for path in (f"domains/{DOMAIN}", "pools/spare", "servers/web2", "channels/hook",
                 "providers/cloudflare"):
        assert stack.api("DELETE", f"/api/v1/{path}").status == 204
    for path in ("/servers/none", "/pools/none", "/domains/none.example", "/notifications/999999",
                 "/backups/none"):
        assert stack.api("GET", "/api/v1" + path).status == 404
    assert stack.api("GET", "/api/v1/status", token="").status == 401


def with_stream(stack):
    """How it begins; it has no end."""
    connection = http.client.HTTPConnection(stack.host, stack.controller.api_port, timeout=20)
    connection.request("GET", "/api/v1/stream", headers={"Authorization": f"Bearer {stack.token}"})
    response = connection.getresponse()
    begins = response.readline() + response.readline()
    response.close()
    hello = json.loads(begins.split(b"data: ")[1])
    validate(hello, {"$ref": "#/components/schemas/StreamHello"})
    stack.traffic.append({
        "method": "GET", "url": "/api/v1/stream", "status": response.status, "request_headers": {},
        "response_headers": dict(response.headers), "request_body": None,
        "response_body": begins.decode()})


def with_channel(stack, hook):
    hook.answers += [400]  # a client error is final for this message or not: the retry shows either
    added = stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url,
                                     "types": ["test"]})
    assert added["secret"].startswith("whsec_")
    stack.get("/channels")
    stack.get("/channels/hook")
    tested = stack.post("/channels/hook/test")["notification"]
    stack.until("a failed attempt", lambda: stack.get(f"/notifications/{tested}")["attempts"] > 0)
    stack.post(f"/notifications/{tested}/retry")
    assert hook.wait_for("test")
    stack.until("delivered", lambda: stack.get(f"/notifications/{tested}")["state"] == "delivered")
    assert stack.get("/notifications?channel=hook&state=delivered")["items"]
    assert stack.post("/channels/hook/retry") == {"retried": 0, "behind": None}
    hook.answers += [410]
    stack.post("/channels/hook/test")
    stack.until("the channel is disabled", lambda: stack.get("/channels/hook")["disabled"])
    assert stack.post("/channels/hook/enable")["disabled"] is False
    assert stack.api("POST", "/api/v1/channels/hook/enable").status == 409


def with_domain(stack):
    body = {"name": DOMAIN, "servers": ["web1", "web2"],
            "policy": {"failback": "manual", "failback_after_s": "lxc"}}
    assert stack.api("POST", "/api/v1/domains", body).status == 201
    assert stack.api("POST", "/api/v1/domains", body).status == 200
    other = {"name": "old.example.org", "pool": "web1+web2"}
    assert stack.api("POST", "/api/v1/domains", other).status == 409
    stack.get("/domains?status=active&limit=1")
    stack.get(f"/domains/{DOMAIN}")
    stack.get("/pools")
    stack.get(f"/pools/{POOL}")
    stack.post(f"/domains/{DOMAIN}/adopt")
    stack.post(f"/domains/{DOMAIN}/enforce")
    for path in (f"/pools/{POOL}/failback", f"/domains/{DOMAIN}/failback"):
        assert stack.api("POST", "/api/v1" + path).status == 409
    fail_over_and_back(stack)


def fail_over_and_back(stack):
    """Both ways of ordering a failback, each after a failover."""
    secondary = stack.post("/servers/web2/rotate-token")
    stack.set_token("web2", secondary["token"])
    stack.agents["web2"].start()
    stack.wait_for_health("web2", "online")
    for path in (f"/pools/{POOL}/failback", f"/domains/{DOMAIN}/failback"):
        stack.agents["web1"].kill()
        stack.wait_for_addresses(DOMAIN, ["203.0.113.20"])
        stack.agents["web1"].start()
        stack.wait_for_health("web1", "online")
        stack.get(f"/domains/{DOMAIN}/explain")
        stack.post(path)
        stack.wait_for_addresses(DOMAIN, ["203.0.113.10"])


def order(stack, method, path, body=None, status=None):
    answer = stack.api(method, "/api/v1" + path, body)
    assert answer.status == (status or (204 if method == "DELETE" else 200)), answer.raw
    return answer.body


def with_orders(stack):
    """What people force on a server, a pool and everything, and its end."""
    wish = {"why": "kernel update", "until": "2999-01-01T00:00:00Z"}
    assert order(stack, "PATCH", "/servers/web2", {"labels": {"region": "us"}})["labels"]
    assert order(stack, "PUT", "/servers/web2/maintenance", wish)["maintenance"]["why"]
    order(stack, "DELETE", "/servers/web2/maintenance")
    switched = order(stack, "POST", f"/pools/{POOL}/switchover", {"to": "web2", "why": "disks"})
    assert (switched["serving"], switched["home"]) == (["web2"], "web2")
    order(stack, "POST", f"/pools/{POOL}/failback", {"force": True})
    assert order(stack, "POST", f"/pools/{POOL}/failover")["serving"] == ["web2"]
    order(stack, "POST", f"/domains/{DOMAIN}/failback")
    held = order(stack, "PUT", f"/pools/{POOL}/hold", {"pin": "web2", **wish})
    assert held["hold"]["pinned"] == "web2" and held["restraint"]["kind"]
    order(stack, "DELETE", f"/pools/{POOL}/hold")
    order(stack, "POST", f"/pools/{POOL}/failback")
    practise(stack, POOL, DOMAIN)
    for path in (f"/pools/{POOL}/dry-run", "/controls/dry-run", "/controls/pause"):
        stack.until("settled", lambda: stack.get(f"/domains/{DOMAIN}")["record"]["settled"])
        order(stack, "PUT", path, wish)
        assert stack.get("/status")["controls"] == stack.get("/controls")
        stack.get(f"/pools/{POOL}")
        order(stack, "PUT", path, wish, 409)
        order(stack, "DELETE", path)
        order(stack, "DELETE", path, status=409)


def with_pool_of_its_own(stack):
    """A pool made by name takes the domain over."""
    order(stack, "POST", "/pools", {"name": "spare", "members": ["web2"]}, 201)
    order(stack, "PUT", "/pools/spare/members", {"members": ["web1", "web2"]})
    changed = order(stack, "PATCH", "/pools/spare/policy",
                    {"failback": "manual", "fallback_ipv4": "198.51.100.9", "max_answers": None})
    assert changed["policy"]["fallback_ipv4"] == "198.51.100.9"
    changed = order(stack, "PATCH", "/pools/spare/policy",
                    {"mode": "active_active", "max_answers": 2, "answers": "least_loaded"})
    assert changed["serving"] == ["web1", "web2"]
    order(stack, "PATCH", "/pools/spare/policy",
          {"mode": "failover", "max_answers": 0, "answers": "member_order", "fallback_ipv4": None})
    for dry_run in (True, False):
        moved = order(stack, "POST", "/domains/move",
                      {"domains": [DOMAIN], "pool": "spare", "dry_run": dry_run})
        assert [domain["name"] for domain in moved["domains"]] == [DOMAIN]
    assert order(stack, "PUT", f"/domains/{DOMAIN}/ignore", {"why": "by hand"})["ignored"]["why"]
    assert order(stack, "POST", f"/domains/{DOMAIN}/enforce", {"force": True})["ignored"] is None


def with_losses(stack):
    """Most of the servers vanish at once, and a person says that it is real."""
    lost = ["lost1", "lost2", "lost3"]
    for number, name in enumerate(lost):
        stack.add_server(name, f"203.0.113.{30 + number}")
    for name in lost:
        stack.agents[name].kill()
    stack.until("doubt", lambda: "mass_loss" in [
        held["kind"] for held in stack.get("/status")["held"]["restraints"]])
    order(stack, "POST", "/controls/accept-losses", {"why": "the rack burnt down"})
    incident, *_ = stack.until("an incident", lambda: stack.get("/incidents")["items"])
    path = f"/incidents/{incident['id']}"
    seen = order(stack, "POST", f"{path}/acknowledge", {"why": "I drive there"})
    assert stack.get(path)["acknowledged"] == seen["acknowledged"]
    for name in lost:
        order(stack, "DELETE", f"/servers/{name}")


def with_tokens(stack):
    """One for a customer, who logs in with it and out again, and is seen off."""
    body = {"name": "acme", "role": "guest", "labels": {"owner": "acme"}, "for": "90d",
            "sources": ["127.0.0.0/8"]}
    made = order(stack, "POST", "/tokens", body, 201)
    assert stack.get("/tokens/acme") == made["token"]
    assert made["token"] in stack.get("/tokens")["items"]
    assert stack.get("/session")["until"] is None
    begun = stack.api("POST", "/api/v1/session", {"token": made["secret"]}, token="")
    assert begun.status == 200 and begun.body["role"] == "guest"
    cookie = {"Cookie": begun.headers["Set-Cookie"].split(";")[0], "X-Understudy": "page"}
    for method, path, status in (("GET", "/session", 200), ("GET", "/status-page", 200),
                                 ("GET", "/servers", 403), ("DELETE", "/session", 204)):
        answer = stack.api(method, "/api/v1" + path, token="", headers=cookie)
        assert answer.status == status, answer.raw
    stack.get("/status-page")
    order(stack, "DELETE", "/tokens/acme")
    assert stack.api("GET", "/api/v1/tokens/acme").status == 404


def strict(node):
    """The description with closed objects, so that an answer's undescribed field is found."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: strict(value) for key, value in node.items()}
    if "object" in closed.get("type", ()) and "properties" in closed and "required" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def open_where_it_must_be(document):
    # The payload is described by schema/webhook.
    payload = document["components"]["schemas"]["Notification"]["properties"]["payload"]
    payload.pop("additionalProperties", None)
    return document


def test_all_traffic_fits_the_description(traffic, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(open_where_it_must_be(strict(DOCUMENT))))
    log = tmp_path / "traffic.jsonl"
    log.write_text("".join(json.dumps(exchange) + "\n" for exchange in traffic))
    result = subprocess.run(
        ["node", str(ROOT / "tests/support/openapi_check.mjs"), "--document", str(document),
         "--traffic", str(log)],
        capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(traffic)} exchanges checked" in result.stdout


def operations():
    for path, operation_of in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in operation_of:
                yield method.upper(), path, operation_of[method]


@pytest.mark.parametrize("method,path", [(m, p) for m, p, _ in operations()])
def test_every_operation_succeeded_at_least_once(traffic, method, path):
    pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + r"(\?.*)?")
    assert [e for e in traffic
            if e["method"] == method and pattern.fullmatch(e["url"]) and 200 <= e["status"] < 300]


def test_examples_fit_their_schemas():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if "example" in schema:
            validate(schema["example"], {"$ref": f"#/components/schemas/{name}"})


def validate(value, schema):
    resolver = jsonschema.RefResolver.from_schema(DOCUMENT)
    jsonschema.Draft202012Validator(schema, resolver=resolver).validate(value)


def lint(document):
    return subprocess.run(["node", str(ROOT / "tests/support/openapi_lint.mjs"), str(document)],
                          capture_output=True, text=True, timeout=60)


def test_linters_have_nothing_to_say():
    result = lint(ROOT / "schema/openapi.json")
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + result.stderr


def test_the_linter_would_say_it(tmp_path):
    worse = json.loads(json.dumps(DOCUMENT))
    worse["paths"]["/healthz"]["get"].pop("summary")
    (tmp_path / "openapi.json").write_text(json.dumps(worse))
    result = lint(tmp_path / "openapi.json")
    assert result.returncode == 1 and "operation-summary" in result.stdout


def test_every_operation_may_be_refused_by_any_status():
    for _, path, operation in operations():
        refused = {"$ref": "#/components/responses/Refused"}
        assert operation["responses"]["default"] == refused, path


def test_every_list_is_paged_the_same_way():
    lists = [(path, operation) for method, path, operation in operations()
             if method == "GET" and operation["operationId"].startswith("list")]
    assert len(lists) >= 7
    for path, operation in lists:
        references = {each.get("$ref", "").rsplit("/", 1)[-1] for each in operation["parameters"]}
        assert "Cursor" in references and references & {"Limit", "LimitOfWhole"}, path


def test_every_budget_of_the_metrics_is_in_the_guide(stack):
    text = stack.api("GET", "/metrics", record=False).raw.decode()
    guide = (ROOT / "docs/operators-guide.md").read_text().split("### Who may use how much")[1]
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", guide.split("\n## ")[0], re.MULTILINE))
    for family in ("used", "limit", "exceeded_total"):
        sample = rf'^understudy_budget_{family}{{budget="(\w+)"}} \d+$'
        shown = re.findall(sample, text, re.MULTILINE)
        assert len(shown) == len(set(shown)) and set(shown) == rows


BAD_REQUESTS = [
    ("POST", "/api/v1/servers", {"name": "X Y", "ipv4": "300.1.1.1", "extra": 1}, 422),
    ("POST", "/api/v1/servers", b"{", 400),
    ("POST", "/api/v1/servers", b"[1]", 422),
    ("POST", "/api/v1/domains", {"name": "a..b", "servers": ["none"],
                                 "policy": {"confirm_s": "x"}}, 422),
    ("POST", "/api/v1/providers", {"name": "x", "kind": "godaddy", "credential": "y"}, 422),
    ("POST", "/api/v1/channels", {"name": "x", "kind": "webhook", "url": "gopher://x"}, 422),
    ("GET", "/api/v1/domains?limit=0&status=odd&x=1", None, 422),
    ("GET", "/api/v1/events?since=now", None, 422),
    ("GET", "/healthz?x=1", None, 422),
    ("GET", "/api/v1/servers/%00", None, 400),
    ("GET", "/api/v1/servers?a=%ff", None, 400),
    ("GET", "/api/v1/servers?a=" + "a" * 17_000, None, 431),
    ("GET", "/api/v1/nothing", None, 404),
    ("PUT", "/api/v1/servers", None, 405),
    ("DELETE", "/api/v1/servers/none", None, 404),
    ("PATCH", "/api/v1/servers/web1", {}, 422),
    ("PUT", "/api/v1/servers/web1/maintenance", {"until": "2001-01-01T00:00:00Z"}, 422),
    ("POST", "/api/v1/pools", {"name": "p", "members": ["web1", "web1", "none"]}, 422),
    ("POST", "/api/v1/domains/move", {"domains": ["a.example"], "from_pool": "a"}, 422),
    ("PUT", "/api/v1/controls/pause", {"why": "a\nb", "until": "soon"}, 422),
]


@pytest.mark.parametrize("method,path,body,status", BAD_REQUESTS)
def test_bad_requests_are_answered_with_problems(stack, method, path, body, status):
    answer = stack.api(method, path, body, record=False)
    assert answer.status == status, answer.raw
    assert answer.headers["Content-Type"] == "application/problem+json"
    validate(answer.body, {"$ref": "#/components/schemas/Problem"})
    assert answer.body["status"] == status
    assert all(error.get("remedy") for error in answer.body["errors"]) or status == 400


def test_other_types_than_json_are_refused(stack):
    answer = stack.api("POST", "/api/v1/servers", b"name=web9", record=False,
                       headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 415
    validate(answer.body, {"$ref": "#/components/schemas/Problem"})


def test_head_is_get_without_a_body(stack):
    asked = stack.api("GET", "/api/v1/controls", record=False)
    answer = stack.api("HEAD", "/api/v1/controls", record=False)
    assert (answer.status, answer.raw) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(asked.raw))
    assert stack.api("HEAD", "/api/v1/domains/move", record=False).status == 404
