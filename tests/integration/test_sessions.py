"""How people show who they are without a bearer token: this machine's socket, and sessions."""

import http.client
import json
import os
import subprocess

import pytest
from stack import Stack, binary
from test_trusted_proxy import ELSEWHERE, PAGE, refused, request_from, says

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture(scope="module")
def stack(tmp_path_factory, place):
    config = {"listen": {"local": {"path": str(place / "api.sock"), "groups": ["tty"]}}}
    with Stack(tmp_path_factory.mktemp("sessions"), config) as running:
        yield running


def over_socket(place, method="GET", path="/api/v1/status", token=None, become=()):
    """Status and body of a request over the Unix socket, by somebody else with `become`."""
    words = ["curl", "-s", "-X", method, "-w", "\n%{http_code}", "--unix-socket",
             str(place / "api.sock"), f"http://localhost{path}"]
    if token is not None:
        words += ["-H", f"Authorization: Bearer {token}"]
    done = subprocess.run([*become, *words], capture_output=True, text=True, check=True, timeout=30)
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body) if body else None


def somebody(*groups):
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
            f"--groups={','.join(groups)}" if groups else "--clear-groups"]


# --- this machine's socket -----------------------------------------------------------------------

def test_root_administers_over_the_socket_without_a_token(stack, place):
    assert over_socket(place)[0] == 200
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place)}
    words = [binary("understudyctl"), "--controller", f"unix:{place}/api.sock"]
    added = subprocess.run([*words, "server", "add", "by-socket", "--ipv4", "203.0.113.77"],
                           env=environment, capture_output=True, text=True, check=False)
    assert added.returncode == 0, added.stderr
    event = stack.get("/events?type=server_added")["items"][0]
    assert "local:" in json.dumps(event)
    doctor = subprocess.run([*words, "doctor", "-o", "json"], env=environment,
                            capture_output=True, text=True, check=False)
    found = {each["about"]: each for each in json.loads(doctor.stdout)["items"]}
    assert found["configuration"]["state"] == "ok"
    assert "without a token" not in found["configuration"]["what"]
    assert found["TLS"]["state"] == "ok"


@as_root
def test_others_are_refused_in_words(stack, place):
    status, body = over_socket(place, become=somebody())
    assert status == 403 and body["code"] == "forbidden", body
    assert f"'uid {NOBODY}'" in body["detail"] and "sudo" in body["errors"][0]["remedy"]
    words = [*somebody(), binary("understudyctl"), "--controller", f"unix:{place}/api.sock"]
    said = subprocess.run([*words, "status"], capture_output=True, text=True, check=False,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
    assert said.returncode == 4 and "sudo" in said.stderr


@as_root
def test_members_of_a_named_group_administer(stack, place):
    gid = subprocess.run(["getent", "group", "tty"], capture_output=True, text=True,
                         check=True).stdout.split(":")[2]
    assert over_socket(place, become=somebody(gid))[0] == 200
    assert over_socket(place, become=somebody("1"))[0] == 403


@as_root
def test_a_token_counts_there_as_elsewhere(stack, place):
    assert over_socket(place, token=stack.token, become=somebody())[0] == 200
    assert over_socket(place, token="usk_wrong")[0] == 401  # root too: it is what he asked for


def test_health_is_for_everybody(place, stack):
    assert over_socket(place, path="/healthz", become=somebody() if os.geteuid() == 0 else ())[0] \
        == 200


def test_the_socket_goes_with_the_controller_and_comes_back(stack, place):
    path = place / "api.sock"
    assert path.is_socket() and path.stat().st_mode & 0o777 == 0o666
    stack.restart_controller()
    assert over_socket(place)[0] == 200
    stack.controller.end()
    assert not path.exists()
    stack.controller.start()
    stack.restart_controller(9)  # leaves its socket behind
    assert over_socket(place)[0] == 200


def test_a_second_controller_does_not_take_the_socket_away(stack, place, tmp_path):
    taken = {"listen": {"local": {"path": str(place / "api.sock")}}}
    second = Stack(tmp_path / "second", taken)
    with pytest.raises(AssertionError, match="another program listens there already"):
        second.__enter__()
    assert over_socket(place)[0] == 200


# --- sessions ------------------------------------------------------------------------------------

def log_in(stack, token=None, **headers):
    """The answer, and the cookie for Cookie when there is one."""
    answer = stack.api("POST", "/api/v1/session", {"token": token or stack.token}, token="",
                       headers=headers)
    cookie = (answer.headers["Set-Cookie"] or "").split(";")[0]
    return answer, cookie


def with_cookie(stack, method, path, cookie, body=None, **headers):
    return stack.api(method, "/api/v1" + path, body, token="",
                     headers={"Cookie": cookie, **headers})


def origin_of(stack):
    return f"http://127.0.0.1:{stack.controller.api_port}"


def test_a_token_becomes_a_session_that_orders(stack):
    answer, cookie = log_in(stack, Origin=origin_of(stack))
    assert answer.status == 200, answer.raw
    assert answer.body["role"] == "admin" and answer.body["scope"] is None
    assert answer.body["until"]
    kept = answer.headers["Set-Cookie"]
    assert all(word in kept for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    assert "Secure" not in kept  # no TLS here
    assert stack.token not in kept
    assert with_cookie(stack, "GET", "/session", cookie).body["name"] == answer.body["name"]
    ordered = with_cookie(stack, "POST", "/servers", cookie,
                          {"name": "by-page", "ipv4": "203.0.113.78"}, **PAGE,
                          Origin=origin_of(stack))
    assert ordered.status == 201, ordered.raw
    assert stack.metric("sessions") >= 1 and stack.metric("logins_total") >= 1
    log = json.dumps(stack.controller.log)
    assert "logged in" in log and cookie.split("=")[1] not in log and stack.token not in log


def test_an_order_by_another_sites_page_is_refused(stack):
    _, cookie = log_in(stack)
    body = {"name": "forged", "ipv4": "203.0.113.79"}
    before = refused(stack, "page")
    for headers in ({}, {"Origin": origin_of(stack)}, {**PAGE, "Origin": "https://evil.example"},
                    {**PAGE, "Origin": "null"}, {"X-Understudy": "no"}):
        answer = with_cookie(stack, "POST", "/servers", cookie, body, **headers)
        assert answer.status == 403 and answer.body["code"] == "forbidden", headers
    assert refused(stack, "page") == before + 5
    assert stack.controller.logged("somebody was refused")
    assert "forged" not in json.dumps(stack.get("/servers"))
    # Nor can another site log somebody in.
    assert log_in(stack, Origin="https://evil.example")[0].status == 403
    assert with_cookie(stack, "DELETE", "/session", cookie).status == 403
    assert with_cookie(stack, "GET", "/session", cookie).status == 200


def test_a_forged_cookie_is_refused(stack):
    _, cookie = log_in(stack)
    before = refused(stack, "cookie")
    forged = (cookie[:-1], cookie + "x", "understudy_session=" + stack.token,
              "understudy_session=uss_" + "A" * 43, f"{cookie}; {cookie}",
              "understudy_session=" + "x" * 8000)
    for each in forged:
        answer = with_cookie(stack, "GET", "/servers", each)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"], each[:80]
    assert refused(stack, "cookie") == before + len(forged)
    twice = [("Cookie", cookie), ("Cookie", cookie)]
    assert over_network(stack, twice) == 400


def over_network(stack, headers):
    connection = http.client.HTTPConnection("127.0.0.1", stack.controller.api_port, timeout=20)
    connection.putrequest("GET", "/api/v1/servers")
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_logging_out_ends_it(stack):
    _, cookie = log_in(stack)
    answer = with_cookie(stack, "DELETE", "/session", cookie, **PAGE)
    assert answer.status == 204 and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert with_cookie(stack, "GET", "/session", cookie).status == 401


def test_over_tls_no_neighbour_can_set_the_cookie(tmp_path):
    with Stack(tmp_path, tls=True) as secure:
        answer, cookie = log_in(secure)
        assert cookie.startswith("__Host-understudy_session=")
        kept = answer.headers["Set-Cookie"]
        assert "; Secure" in kept and "; Path=/" in kept and "Domain" not in kept
        assert with_cookie(secure, "GET", "/session", cookie).status == 200
        without_prefix = cookie.removeprefix("__Host-")
        assert with_cookie(secure, "GET", "/session", without_prefix).status == 401
        both = f"{without_prefix}x; {cookie}"
        assert with_cookie(secure, "GET", "/session", both).status == 200
        out = with_cookie(secure, "DELETE", "/session", cookie, **PAGE)
        assert out.status == 204
        forgotten = out.headers["Set-Cookie"]
        assert forgotten.startswith("__Host-understudy_session=;") and "; Secure" in forgotten


def test_a_restart_ends_all(stack):
    _, cookie = log_in(stack)
    stack.restart_controller()
    assert with_cookie(stack, "GET", "/session", cookie).status == 401


def test_revoking_its_token_ends_a_session_and_its_streams_at_once(stack):
    made = stack.ctl_json("token", "add", "person", "--role", "viewer")
    _, cookie = log_in(stack, made["secret"])
    connection = http.client.HTTPConnection("127.0.0.1", stack.controller.api_port, timeout=30)
    connection.request("GET", "/api/v1/stream", headers={"Cookie": cookie})
    stream = connection.getresponse()
    assert stream.status == 200 and b"hello" in stream.readline()
    stack.ctl("token", "revoke", "person")
    assert with_cookie(stack, "GET", "/session", cookie).status == 401
    stream.read()  # its end


def test_a_token_that_expires_ends_its_stream_by_itself(stack):
    made = stack.ctl_json("token", "add", "moment", "--role", "viewer", "--for", "2s")
    connection = http.client.HTTPConnection("127.0.0.1", stack.controller.api_port, timeout=30)
    connection.request("GET", "/api/v1/stream",
                       headers={"Authorization": f"Bearer {made['secret']}"})
    stream = connection.getresponse()
    assert stream.status == 200
    stream.read()
    assert stack.api("GET", "/api/v1/status", token=made["secret"]).status == 401


def test_a_token_goes_before_a_cookie(stack):
    _, cookie = log_in(stack)
    wrong = stack.api("GET", "/api/v1/session", token="usk_wrong", headers={"Cookie": cookie})
    assert wrong.status == 401
    # Whoever shows a token on purpose needs nothing of the page's.
    right = stack.api("GET", "/api/v1/session", headers={"Cookie": "understudy_session=gone"})
    assert right.status == 200 and right.body["until"] is None
    assert stack.api("DELETE", "/api/v1/session").status == 204


def test_logging_in_takes_a_token_and_little_else(stack):
    for body, status in (({}, 422), ({"token": 5}, 422), ({"token": "x", "more": 1}, 422),
                         (b"token=x", 400), ({"token": "x" * 600}, 422), ({"token": ""}, 422)):
        answer = stack.api("POST", "/api/v1/session", body, token="", record=False)
        assert answer.status == status, (body, answer.raw)
    form = stack.api("POST", "/api/v1/session", b'{"token": "x"}', token="",
                     headers={"Content-Type": "text/plain"}, record=False)
    assert form.status == 415
    assert stack.api("POST", "/api/v1/session", {"token": "x" * 10_000}, token="",
                     record=False).status == 413


def test_who_guesses_tokens_is_slowed_and_who_has_one_is_not(stack):
    before, tried = refused(stack, "token"), 0
    slowed = 'budget_exceeded_total{budget="api_wrong_tokens_per_address"}'
    while stack.metric(slowed) == 0:
        answer, _ = log_in(stack, f"usk_{tried:043}")
        tried += 1
        assert answer.status == 401 and tried < 40
    assert refused(stack, "token") == before + tried
    assert stack.controller.logged("many wrong tokens from one address")
    assert log_in(stack)[0].status == 200
    assert "usk_0000" not in json.dumps(stack.controller.log)


def test_without_the_section_the_header_is_like_any_other(stack):
    assert request_from(ELSEWHERE, stack, says("alice", "sre"))[0] == 401
    token = {"Authorization": f"Bearer {stack.token}"}
    status, session = request_from(ELSEWHERE, stack, {**says("alice", "sre"), **token})
    assert status == 200 and session["name"] != "alice"
