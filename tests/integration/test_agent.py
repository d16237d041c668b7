"""understudy-agent against a scripted controller: its link, in good times and bad."""

import signal
import socket
import subprocess

import pytest
from agent_process import AgentProcess, program
from fake_controller import SUBPROTOCOL, TOKEN, FakeController
from test_authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def controller(authority):
    with FakeController(certificate=authority.certify("localhost")) as fake:
        yield fake


@pytest.fixture
def agent(tmp_path, controller, authority):
    with AgentProcess(tmp_path, controller.url, authority.ca_file) as process:
        yield process


def test_links_up_and_lives(controller, agent):
    link = controller.wait_for_link()
    assert link.path == "/agent"
    assert link.request_headers["Authorization"] == f"Bearer {TOKEN}"
    assert link.request_headers["Sec-WebSocket-Protocol"] == SUBPROTOCOL
    hello = link.of_type("hello")[0]
    assert hello["versions"] == [1]
    assert hello["agent"].startswith("understudy-agent ")
    assert hello["hostname"] == socket.gethostname()
    assert len(hello["boot_id"]) == 36
    assert hello["status"] == {"ok": True, "failing": []}
    link.wait_for("heartbeat", 10)
    assert [beat["sequence"] for beat in link.of_type("heartbeat")[:10]] == list(range(1, 11))
    assert link.messages[0]["type"] == "hello"
    assert len(controller.links) == 1
    assert agent.warnings() == []
    agent.wait_for_notification("READY=1")
    agent.wait_for_notification("STATUS=linked as shield-1")


def test_says_goodbye_on_sigterm(controller, agent):
    link = controller.wait_for_link()
    link.wait_for("heartbeat")
    agent.signal(signal.SIGTERM)
    assert agent.wait_for_exit() == 0
    assert link.wait_for("goodbye") == {"type": "goodbye", "reason": "restart"}
    assert link.wait_for_close() == 1000
    agent.wait_for_notification("STOPPING=1")
    assert agent.process.stderr.read() == ""


def test_stops_though_the_controller_is_not_there(tmp_path, authority):
    with AgentProcess(tmp_path, "wss://localhost:1/agent", authority.ca_file) as agent:
        agent.wait_for_log("cannot link to localhost port 1")
        agent.signal(signal.SIGTERM)
        assert agent.wait_for_exit() == 0


@pytest.mark.parametrize("how", ["abort", "close", "stopping"])
def test_reconnects_after_the_link_is_lost(controller, agent, how):
    for count in (1, 2):
        link = controller.wait_for_link(count)
        link.wait_for("heartbeat")
        if how == "abort":
            link.abort()
        else:
            link.close(1011 if how == "close" else 4004)
    assert controller.wait_for_link(3).wait_for("heartbeat")["sequence"] == 1


def test_reconnects_to_a_controller_that_was_killed(tmp_path, authority):
    certificate = authority.certify("localhost")
    with FakeController(certificate=certificate) as first:
        port = first.port
        agent = AgentProcess(tmp_path, first.url, authority.ca_file)
        with agent:
            first.wait_for_link().wait_for("heartbeat")
            first.__exit__()
            agent.wait_for_log("cannot link to localhost")
            with FakeController(certificate=certificate, port=port) as second:
                second.wait_for_link().wait_for("heartbeat")
        first.__enter__()


def test_leaves_a_controller_that_went_silent(controller, agent):
    link = controller.wait_for_link()
    link.wait_for("heartbeat")
    controller.acks = False
    controller.until("another link", lambda: len(controller.links) == 2)
    controller.acks = True
    controller.wait_for_link(2).wait_for("heartbeat", 3)
    agent.wait_for_log("the controller is silent for too long")


def test_leaves_a_controller_that_does_not_answer_the_upgrade(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"ws://127.0.0.1:{server.getsockname()[1]}"
        with AgentProcess(tmp_path, url) as agent:
            connection, _ = server.accept()
            with connection:
                server.settimeout(25)
                server.accept()[0].close()
                agent.wait_for_log("no connection to the controller within 10")


@pytest.mark.parametrize("nonsense", [
    "no JSON", "{}", '{"type":"fortune_cookie"}', '{"type":"heartbeat_ack","sequence":-1}',
    '{"type":"welcome","version":2,"server_id":1,"heartbeat_interval_ms":50,"silence_limit_ms":90}',
    "[" * 10000, '{"type":"refusal","code":"' + "x" * 20000 + '"}', b"\x00\x01",
], ids=["text", "no type", "unknown type", "negative", "wrong version", "deep", "long", "binary"])
def test_survives_nonsense(controller, agent, nonsense):
    for count in (1, 2):
        link = controller.wait_for_link(count)
        if isinstance(nonsense, bytes):
            link.send_bytes(nonsense)
        else:
            link.send(nonsense)
        assert link.wait_for_close() == 4001
    controller.wait_for_link(3).wait_for("heartbeat")
    assert len(agent.warnings()) == 1, agent.log


def test_takes_a_message_in_pieces(controller, agent):
    """libwebsockets hands long messages over in pieces of its small buffer."""
    link = controller.wait_for_link()
    link.send({"type": "refusal", "code": "test", "message": "x" * 250, "padding": "y" * 15000})
    agent.wait_for_log("refuses this agent: test: " + "x" * 250)


def test_shows_a_refusal(controller, agent):
    controller.wait_for_link().send(
        {"type": "refusal", "code": "no_common_version", "message": "this controller speaks 9"})
    line = agent.wait_for_log("no_common_version: this controller speaks 9")
    assert line["level"] == "warning"


def test_does_not_fight_with_another_agent_of_the_same_token(controller, agent):
    controller.wait_for_link().close(4000, "replaced")
    agent.wait_for_log("another agent with the same token")
    agent.wait_for_notification("STATUS=not linked; waiting to try again")
    assert controller.attempts == 1


@pytest.mark.parametrize("problem, words", [
    ("other authority", ["signed by no authority known here", "ca.pem (ca_file)"]),
    ("other name", ["is for another name than 'localhost'", "certificate_name"]),
    ("expired", ["has expired", "renew it"]),
    ("not yet valid", ["is not valid yet", "clock"]),
    ("not TLS", []),
])
def test_refuses_a_certificate_it_cannot_trust(tmp_path, authority, problem, words):
    certificate = authority.certify("localhost")
    if problem == "other authority":
        certificate = Authority(tmp_path / "stranger", "stranger").certify("localhost")
    if problem == "other name":
        certificate = authority.certify("elsewhere.example.org")
    if problem == "expired":
        certificate = authority.certify("localhost", days=-1)
    if problem == "not yet valid":
        certificate = authority.certify("localhost", since=1)
    if problem == "not TLS":
        certificate = None
    with FakeController(certificate=certificate) as controller:
        url = f"wss://localhost:{controller.port}/agent"
        with AgentProcess(tmp_path / "agent", url, authority.ca_file) as agent:
            agent.wait_for_log("cannot link to localhost", count=3)
            assert controller.attempts == 0
            [warning] = agent.warnings()
            assert all(word in warning["message"] for word in words), warning


def test_an_authority_that_nobody_named_is_asked_for(tmp_path, authority):
    with FakeController(certificate=authority.certify("localhost")) as controller:
        with AgentProcess(tmp_path, f"wss://localhost:{controller.port}/agent") as agent:
            line = agent.wait_for_log("signed by no authority known here")
            assert "set ca_file to" in line["message"]


def test_a_certificate_may_be_for_a_given_name(tmp_path, authority):
    certificate = authority.certify("controller.example.org")
    with FakeController(certificate=certificate) as controller:
        with AgentProcess(tmp_path, f"wss://127.0.0.1:{controller.port}", authority.ca_file,
                          certificate_name="controller.example.org"):
            link = controller.wait_for_link()
            assert link.request_headers["Host"].startswith("controller.example.org")


@pytest.mark.parametrize("status", [301, 404, 500, 503])
def test_an_answer_that_is_no_upgrade_is_no_end(controller, tmp_path, authority, status):
    controller.answer_status = status
    with AgentProcess(tmp_path, controller.url, authority.ca_file) as agent:
        controller.wait_for_attempts(2)
        controller.answer_status = None
        controller.wait_for_link().wait_for("heartbeat")
        assert f"HTTP status {status}" in agent.warnings()[0]["message"] or status == 301


def test_insists_on_the_sub_protocol(controller, tmp_path, authority):
    controller.subprotocol = None
    with AgentProcess(tmp_path, controller.url, authority.ca_file) as agent:
        agent.wait_for_log("does not offer the sub-protocol")
        controller.subprotocol = SUBPROTOCOL
        controller.until("a link", lambda: controller.links and controller.links[-1].messages)


def test_a_wrong_token_is_said_once_and_never_shown(controller, tmp_path, authority):
    secret = "usa_" + "W" * 43
    with AgentProcess(tmp_path, controller.url, authority.ca_file, token=secret) as agent:
        line = agent.wait_for_log("refuses this agent's token (HTTP 401)")
        assert line["level"] == "warning"
        agent.wait_for_notification("STATUS=not linked; waiting to try again")
        agent.signal(signal.SIGTERM)
        assert agent.wait_for_exit() == 0
        assert not any("WWWW" in str(line) for line in agent.log)
        assert not any("WWWW" in text for text in agent.notifications)


def test_a_new_token_needs_no_restart(controller, agent):
    link = controller.wait_for_link()
    agent.token_file.write_text("")
    link.abort()
    agent.wait_for_log("is empty")
    agent.token_file.write_text(TOKEN)
    controller.wait_for_link(2).wait_for("heartbeat")


def test_the_token_may_be_a_systemd_credential(controller, tmp_path, authority):
    agent = AgentProcess(tmp_path, controller.url, authority.ca_file)
    del agent.config["token_file"]
    agent.write_config()
    agent.environment["CREDENTIALS_DIRECTORY"] = str(tmp_path)
    with agent:
        controller.wait_for_link().wait_for("heartbeat")


def test_comes_back_after_it_was_stopped_for_long(controller, agent):
    link = controller.wait_for_link()
    link.wait_for("heartbeat")
    agent.signal(signal.SIGSTOP)
    beats = len(link.of_type("heartbeat"))
    patience = controller.welcome["silence_limit_ms"] / 1000 + 3.5  # above Session::kNap
    with pytest.raises(AssertionError):
        controller.until("a frozen agent is silent",
                         lambda: len(link.of_type("heartbeat")) > beats + 2, patience_s=patience)
    agent.signal(signal.SIGCONT)
    controller.wait_for_link(2).wait_for("heartbeat")
    agent.wait_for_log("this machine did not run for")


def test_feeds_the_watchdog(controller, tmp_path, authority):
    agent = AgentProcess(tmp_path, controller.url, authority.ca_file)
    agent.environment["WATCHDOG_USEC"] = "200000"
    with agent:
        agent.until("five signs of life",
                    lambda: agent.notifications.count("WATCHDOG=1") >= 5)


def run(*arguments):
    return subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True,
                          timeout=20)


def test_help_version_and_usage():
    assert "--check-config" in run("--help").stdout
    assert run("--version").stdout.startswith("understudy-agent ")
    wrong = run("--insecure")
    assert wrong.returncode == 2
    assert 'unknown argument "--insecure"' in wrong.stderr
    assert run("--config").returncode == 2


def test_check_config(tmp_path):
    good = AgentProcess(tmp_path, "ws://127.0.0.1:1").config_file
    assert run("--check-config", "--config", good).returncode == 0
    bad = tmp_path / "bad.json"
    bad.write_text('{"controller": "http://x", "checks": [{"name": "a", "type": "tcp"}]}')
    result = run("--check-config", f"--config={bad}")
    assert result.returncode == 78
    assert len(result.stderr.splitlines()) == 2
    assert all(line.startswith(f"{bad}: ") for line in result.stderr.splitlines())
    assert run("--config", tmp_path / "none.json").returncode == 78
