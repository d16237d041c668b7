"""The controller's own certificate: what is wrong with it is said before agents pay for it."""

import json
import shutil
import signal
import subprocess

import pytest
from agent_process import AgentProcess
from controller_process import binary
from receivers import WebhookReceiver
from stack import Stack
from test_authority import Authority

LISTEN = {"agents": [{"address": "127.0.0.1", "port": 0}],
          "api": [{"address": "127.0.0.1", "port": 0}]}


class TlsStack(Stack):
    """Its certificate can be exchanged: put() then reload()."""

    def __init__(self, folder, config=None):
        super().__init__(folder, config={"certificates": {"enabled": False, "warn_days": 14},
                                         **(config or {})}, tls=True)
        self.authority = Authority(self.folder / "tls")  # a new one, at the same place
        tls = self.controller._config["tls"]
        self.files = tls["certificate"], tls["key"]
        self.put(days=60)

    def put(self, name="localhost", **validity):
        for source, place in zip(self.authority.certify(name, **validity), self.files):
            shutil.copyfile(source, place)

    def reload(self):
        def lines():
            return [line for line in self.controller.log
                    if line["message"].startswith("certificate ") or
                    line["message"] == "configuration reloaded"]
        before = len(lines())
        self.controller.process.send_signal(signal.SIGHUP)
        self.until("the reload", lambda: len(lines()) >= before + 2)
        return lines()[before]


@pytest.fixture
def stack(tmp_path):
    with TlsStack(tmp_path / "stack") as running:
        yield running


CASES = {
    "ended": ({"days": -1}, "ended at", True),
    "not yet": ({"since": 1}, "is valid only from", True),
    "other name": ({"name": "elsewhere.example.org"}, "is not for 'localhost'", True),
    "soon": ({"days": 3, "since": -60}, "ends in 2 days", False),
    "short-lived": ({"days": 0.9}, None, False),
}


@pytest.mark.parametrize("case", CASES)
def test_checking_the_configuration_warns(tmp_path, case):
    validity, words, _ = CASES[case]
    certificate, key = Authority(tmp_path).certify(**{"name": "localhost", **validity})
    config = tmp_path / "controller.json"
    config.write_text(json.dumps({
        "listen": LISTEN, "store": {"path": str(tmp_path / "u.db")},
        "key_file": str(tmp_path / "key"),
        "tls": {"certificate": str(certificate), "key": str(key), "names": ["localhost"]}}))
    ended = subprocess.run([binary("understudy-controller"), "--config", config, "--check-config"],
                           capture_output=True, text=True, timeout=20)
    assert ended.returncode == 0 and "good" in ended.stdout
    if words is None:
        assert ended.stderr == ""
    else:
        assert "warning: tls.certificate" in ended.stderr and words in ended.stderr


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][2]])
def test_a_worse_one_does_not_replace_it(stack, case):
    validity, words, _ = CASES[case]
    stack.add_server("web1", "203.0.113.10")
    before = stack.get("/status")["tls"]["certificate"]
    stack.put(**validity)
    line = stack.reload()
    assert line["level"] == "error" and words in line["error"], line
    assert stack.get("/status")["tls"]["certificate"] == before
    stack.agents["web1"].kill()
    stack.wait_for_health("web1", "offline")
    stack.agents["web1"].start()
    stack.wait_for_health("web1", "online")

    stack.put(days=50)
    line = stack.reload()
    assert line["level"] == "info" and line["names"] == "localhost"
    after = stack.get("/status")["tls"]["certificate"]
    assert after["not_after"] == line["not_after"] != before["not_after"]


def test_a_name_that_no_agent_uses_may_go(stack):
    stack.put("other.example.org", days=60)
    assert stack.reload()["level"] == "info"


def test_a_start_with_an_ended_one_says_so_everywhere(tmp_path):
    stack = TlsStack(tmp_path / "stack")
    stack.put(days=60, since=-1)
    with WebhookReceiver() as hook, stack:
        stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url})
        assert stack.get("/status")["tls"]["certificate"]["problem"] is None
        end = stack.metric("certificate_not_after_timestamp_seconds")
        stack.put(days=3, since=-60)
        assert stack.reload()["level"] == "info"
        assert stack.metric("certificate_not_after_timestamp_seconds") < end
        hook.wait_for("certificate_expiring")
        told = hook.delivered("certificate_expiring")[0].body["data"]
        assert told["reason"].startswith("The controller's own certificate ends in 2 days")
        assert "server" not in told
        assert "ends in 2 days" in stack.ctl("status").stdout
        stack.restart_controller()
        assert stack.controller.logged("ends in 2 days")
        stack.post("/channels/hook/test")
        hook.wait_for("test")
        assert len(hook.delivered("certificate_expiring")) == 1


def test_refused_handshakes_are_counted_and_the_last_is_shown(stack):
    assert stack.get("/status")["tls"]["last_failed_handshake"] is None
    added = stack.post("/servers", {"name": "web1", "ipv4": "203.0.113.10"})
    url = f"wss://localhost:{stack.controller.agents_port}/agent"
    with AgentProcess(stack.folder / "agent", url, token=added["token"]) as agent:
        agent.wait_for_log("set ca_file to")
        stack.until("a failed handshake", lambda: stack.metric("tls_handshakes_failed_total") >= 2)
        last = stack.get("/status")["tls"]["last_failed_handshake"]
        shown = " ".join(stack.ctl("status").stdout.split())
    assert last["peer"].startswith("127.0.0.1:") and last["reason"] in shown
    logged = stack.controller.logged("handshake")
    assert len(logged) == 1
    # The agent's own word, unless its end of the connection was faster.
    for reason in (last["reason"], logged[0]["reason"]):
        assert "knows no authority" in reason or "probably not trusted there" in reason


@pytest.mark.parametrize("case, words", [
    ("ended", ["has expired", "renew it"]),
    ("not yet", ["is not valid yet"]),
    ("other name", ["is for another name than 'localhost'", "--controller"]),
    ("unknown", ["signed by no authority known here", "set --ca-file"]),
])
def test_ctl_says_which_verification_failed(tmp_path, case, words):
    stack = TlsStack(tmp_path / "stack")
    if case in CASES:
        stack.put(**CASES[case][0])
    elsewhere = {"UNDERSTUDY_CA_FILE": ""} if case == "unknown" else {}
    stack.controller.start()
    try:
        ended = stack.ctl("status", check=False, environment=elsewhere)
    finally:
        stack.controller.end()
    assert ended.returncode == 3
    assert all(word in ended.stderr for word in words), ended.stderr
    assert ("--ca-file" in ended.stderr) == (case == "unknown")
