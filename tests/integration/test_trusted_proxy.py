"""A reverse proxy that vouches for people (access.trusted_proxy)."""

import http.client
import json
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from stack import Stack

PROXY, ELSEWHERE = "127.0.0.2", "127.0.0.1"
PAGE = {"X-Understudy": "page"}


@pytest.fixture(scope="module")
def proxied(tmp_path_factory, place):
    config = {"listen": {"local": {"path": str(place / "proxied.sock")}},
              "access": {"trusted_proxy": {
                  "user_header": "X-Forwarded-User", "groups_header": "X-Forwarded-Groups",
                  "addresses": [PROXY, "10.0.0.0/8"],
                  "grants": [{"group": "sre", "role": "admin"},
                             {"group": "acme", "role": "operator", "pools": ["acme"]},
                             {"group": "readers", "role": "viewer"}]}}}
    with Stack(tmp_path_factory.mktemp("proxied"), config) as running:
        yield running


def says(user, groups=""):
    return {"X-Forwarded-User": user, "X-Forwarded-Groups": groups}


def request_from(address, stack, headers, method="GET", path="/session", body=None):
    """Status and body of a request from that address of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.controller.api_port, timeout=20,
                                            source_address=(address, 0))
    sent = {"Content-Type": "application/json", **headers} if body else headers
    connection.request(method, "/api/v1" + path, json.dumps(body) if body else None, sent)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read() or "null")
    connection.close()
    return answer


def refused(stack, what):
    return stack.metric(f'api_refused_callers_total{{what="{what}"}}')


def test_the_proxys_word_stands_for_a_token(proxied):
    status, session = request_from(PROXY, proxied, says("alice", "dev, sre"))
    assert status == 200
    assert (session["name"], session["role"], session["scope"]) == ("alice", "admin", None)
    assert session["until"] is None
    server = {"name": "by-alice", "ipv4": "203.0.113.80"}
    order = (PROXY, proxied, {**says("alice", "sre"), **PAGE}, "POST", "/servers", server)
    assert request_from(*order)[0] == 201
    event = proxied.get("/events?type=server_added")["items"][0]
    assert "admin user 'alice'" in json.dumps(event)


def test_whom_the_proxy_vouches_for_makes_tokens_that_end(proxied):
    order = (PROXY, proxied, {**says("alice", "sre"), **PAGE}, "POST", "/tokens")
    status, made = request_from(*order, {"name": "by-alice", "role": "viewer"})
    assert status == 201 and "90 days" in made["note"]
    lasts = datetime.fromisoformat(made["token"]["expires"]) - datetime.now(timezone.utc)
    assert timedelta(days=89) < lasts <= timedelta(days=90)
    status, longer = request_from(*order, {"name": "longer", "role": "viewer", "for": "91d"})
    assert status == 409 and "90 days" in json.dumps(longer)


def test_a_group_gives_role_and_scope(proxied):
    status, session = request_from(PROXY, proxied, says("bob", "acme,readers"))
    assert status == 200 and session["role"] == "operator"
    assert session["scope"] == {"pools": [], "labels": {}}  # there is no such pool yet
    assert request_from(PROXY, proxied, says("eve", "readers"))[1]["role"] == "viewer"
    body = {"name": "by-eve", "ipv4": "203.0.113.81"}
    for who in (says("eve", "readers"), says("bob", "acme")):
        assert request_from(PROXY, proxied, {**who, **PAGE}, "POST", "/servers", body)[0] == 403
    for groups in ("", "sre2", "SRE", "s,re", "*"):
        status, problem = request_from(PROXY, proxied, says("mallory", groups))
        assert status == 403 and "mallory" in problem["detail"], groups
    for nobody in ("", "x" * 200):
        assert request_from(PROXY, proxied, says(nobody, "sre"))[0] == 403


def test_the_header_from_another_place_does_nothing(proxied):
    before = refused(proxied, "header")
    server = {"name": "by-mallory", "ipv4": "203.0.113.82"}
    token = {"Authorization": f"Bearer {proxied.token}"}
    for headers in (says("alice", "sre"), {**says("alice", "sre"), **PAGE},
                    {"X-Forwarded-Groups": "sre"}, {**says("alice", "sre"), **token}):
        assert request_from(ELSEWHERE, proxied, headers)[0] == 401
        status, problem = request_from(ELSEWHERE, proxied, headers, "POST", "/servers", server)
        assert status == 401 and ELSEWHERE in problem["detail"]
    assert refused(proxied, "header") == before + 8
    assert proxied.controller.logged("somebody was refused")
    assert "by-mallory" not in json.dumps(proxied.get("/servers"))
    assert request_from(ELSEWHERE, proxied, token)[0] == 200
    assert request_from(PROXY, proxied, {})[0] == 401  # the proxy itself is nobody


def test_not_even_over_the_socket(proxied, place):
    done = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket",
         str(place / "proxied.sock"), "-H", "X-Forwarded-User: alice",
         "http://localhost/api/v1/session"], capture_output=True, text=True, check=True)
    assert done.stdout == "401"


def test_two_of_the_header_are_one_too_many(proxied):
    connection = http.client.HTTPConnection("127.0.0.1", proxied.controller.api_port, timeout=20,
                                            source_address=(PROXY, 0))
    connection.putrequest("GET", "/api/v1/session")
    for user in ("mallory", "alice"):
        connection.putheader("X-Forwarded-User", user)
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_an_order_through_the_proxy_comes_from_our_page(proxied):
    server = {"name": "by-csrf", "ipv4": "203.0.113.83"}
    who = says("alice", "sre")
    for headers in (who, {**who, **PAGE, "Origin": "https://evil.example"}):
        assert request_from(PROXY, proxied, headers, "POST", "/servers", server)[0] == 403
    # A program with a token goes through it all the same.
    token = {"Authorization": f"Bearer {proxied.token}"}
    assert request_from(PROXY, proxied, {**who, **token}, "POST", "/servers", server)[0] == 201
