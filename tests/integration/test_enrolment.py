"""Agents come by their tokens: by a one-time code in one line, and by another without a gap."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time

import pytest
from agent_process import AgentProcess, program
from fake_controller import FakeController
from stack import Stack
from test_authority import Authority

CODE = "use_" + "c" * 43
DIGITS = "." + "0" * 32


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def house(tmp_path_factory, authority):
    """A controller whose authority nobody knows, but which sends it along."""
    folder = tmp_path_factory.mktemp("house")
    certificate, key = authority.certify("localhost", address="127.0.0.1")
    chain = folder / "chain.pem"
    chain.write_text(certificate.read_text() + authority.ca_file.read_text())
    stack = Stack(folder, config={"tls": {"certificate": str(chain), "key": str(key),
                                          "names": ["127.0.0.1", "localhost"]}})
    stack.ca_file = authority.ca_file
    with stack as running:
        yield running


def enroll(folder, *words):
    folder.mkdir(exist_ok=True)
    return subprocess.run(
        [program(), "enroll", *map(str, words), "--config", folder / "agent.json"],
        capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"})


def line_of(answer):
    """The words of the line that is printed for a person."""
    return answer["enrolment"]["controller"], answer["enrolment"]["code"]


def types_of(stack, server):
    return [event["type"] for event in stack.get("/events?limit=1000")["items"]
            if (event["server"] or {}).get("name") == server]


def refused(folder, *words, says):
    result = enroll(folder, *words)
    assert result.returncode == 1 and result.stdout == "", result
    for text in says:
        assert text in result.stderr
    assert "use_" not in result.stderr and "usa_" not in result.stderr
    assert sorted(path.name for path in folder.iterdir()) == []


class Enrolled(AgentProcess):
    """The agent with the files that its enrolment wrote."""

    def write_config(self):
        if not self.config_file.exists():
            super().write_config()

    def _read_log(self):  # its log is key=value
        for line in self.process.stdout:
            self.log.append({"message": line, "level": ""})
            self.changed()


def run_agent(folder):
    agent = Enrolled(folder, "")
    agent.token_file.unlink()  # of AgentProcess' own making
    return agent


def test_one_line_is_enough(house, tmp_path):
    shown = house.ctl("server", "add", "one", "--ipv4", "203.0.113.31").stdout
    line = re.search(r"understudy-agent enroll (wss://localhost:\d+) (use_\S+)", shown)
    folder = tmp_path / "one"
    result = enroll(folder, line[1], line[2])
    assert result.returncode == 0 and result.stderr == "", result
    assert "Enrolled as server 'one'" in result.stdout and "Start it:" in result.stdout
    assert "usa_" not in result.stdout and "use_" not in result.stdout
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {"agent.json": 0o644, "agent.token": 0o600, "controller.pem": 0o644}
    assert house.ca_file.read_text().strip() in (folder / "controller.pem").read_text()
    with run_agent(folder):
        house.wait_for_health("one", "online")
    assert house.wait_for_event("server_enrolled")["who"] == "the agent at 127.0.0.1"
    # The printed token ended with the first link of the one that its agent has drawn.
    rotated = house.wait_for_event("server_token_rotated")
    assert rotated["server"]["name"] == "one" and "void" in rotated["reason"]
    token = (folder / "agent.token").read_text().strip()
    for secret in (token, line[2].split(".")[0]):
        assert secret.encode() not in (house.controller.folder / "store.db").read_bytes()
        assert secret not in json.dumps(house.controller.log)


def test_a_code_counts_once(house, tmp_path):
    added = house.post("/servers", {"name": "once", "ipv4": "203.0.113.32"})
    assert enroll(tmp_path / "first", *line_of(added)).returncode == 0
    refused(tmp_path / "second", *line_of(added),
            says=["the enrolment code of server 'once' was used already",
                  "make a new one: understudyctl server rotate-token once"])
    # Who runs the line once more where it was run before is told that all is well already.
    again = enroll(tmp_path / "first", *line_of(added))
    assert again.returncode == 1 and "--force" in again.stderr


def test_an_unknown_code_is_refused_and_counted(house, tmp_path):
    added = house.post("/servers", {"name": "unknown", "ipv4": "203.0.113.33"})
    url, code = line_of(added)
    before = house.metric('agent_logins_total{end="wrong_token"}')
    refused(tmp_path / "a", url, CODE + code[code.index("."):],
            says=["the controller does not know this code", "rotate-token NAME"])
    assert house.metric('agent_logins_total{end="wrong_token"}') == before + 1
    assert any("an enrolment code was refused" in line["message"]
               for line in house.controller.log)
    # Nor is a token a code.
    result = enroll(tmp_path / "b", url, added["token"])
    assert result.returncode == 2 and "a token, not a code" in result.stderr


def test_a_code_ends(house, tmp_path):
    added = house.post("/servers", {"name": "late", "ipv4": "203.0.113.34"})
    house.controller.end(signal.SIGTERM)
    with sqlite3.connect(house.controller.folder / "store.db") as store:
        changed = store.execute("UPDATE server SET code_until = ? WHERE name = 'late'",
                                (int(time.time() * 1000) - 1,))
        assert changed.rowcount == 1
    store.close()
    house.controller.start()
    refused(tmp_path / "late", *line_of(added),
            says=["the enrolment code of server 'late' ended at 20",
                  "make a new one: understudyctl server rotate-token late"])
    fresh = house.post("/servers/late/rotate-token")
    assert enroll(tmp_path / "late", *line_of(fresh)).returncode == 0


def test_the_code_names_the_certificate(house, tmp_path):
    url, code = line_of(house.post("/servers", {"name": "pinned", "ipv4": "203.0.113.35"}))
    plain = code.split(".")[0]
    refused(tmp_path / "wrong", url, plain + DIGITS, says=["is not the one that the code names"])
    refused(tmp_path / "without", url, plain, says=["authority", "--ca"])
    other = tmp_path / "other"
    other.mkdir()
    (other / "agent.json").write_text(json.dumps({
        "controller": url, "certificate_name": "other.example.org", "checks": [],
        "token_file": str(other / "agent.token")}))
    named = enroll(other, url, code)
    assert named.returncode == 1 and "other.example.org" in named.stderr, named
    by_file = enroll(tmp_path / "ca", url, plain, "--ca", house.ca_file)
    assert by_file.returncode == 0, by_file
    assert json.loads(re.sub(r"(?m)^ *//.*$", "", (tmp_path / "ca/agent.json").read_text())) == {
        "controller": url, "ca_file": str(house.ca_file),
        "token_file": str(tmp_path / "ca/agent.token"), "checks": []}


def test_an_authority_that_is_not_sent_along_has_to_be_given(tmp_path):
    with Stack(tmp_path / "stack", tls=True) as stack:
        url, code = line_of(stack.post("/servers", {"name": "web1", "ipv4": "203.0.113.36"}))
        refused(tmp_path / "a", url, code, says=["does not send that authority", "--ca FILE"])
        assert enroll(tmp_path / "a", url, code, "--ca", stack.ca_file).returncode == 0


def test_a_controller_of_before_says_so(tmp_path):
    with FakeController() as fake:
        fake.answer_status = 400
        refused(tmp_path / "a", f"ws://127.0.0.1:{fake.port}", CODE,
                says=["this controller cannot enroll agents", "upgrade it"])


def test_a_refusal_that_is_not_final_keeps_the_draft(tmp_path):
    folder = tmp_path / "a"
    with FakeController() as fake:
        fake.subprotocol, fake.secret = "understudy.enroll.v1", CODE
        fake.enrolled = {"type": "refusal", "code": "overloaded", "message": "not now"}
        result = enroll(folder, f"ws://127.0.0.1:{fake.port}/agent", CODE)
        assert result.returncode == 1 and "run the same line again" in result.stderr
        drawn = {link.of_type("enroll")[0]["token"] for link in fake.links}
        assert len(fake.links) == 3 and len(drawn) == 1
        assert (folder / "agent.token.enrolling").read_text().strip() in drawn
        fake.enrolled = {"type": "refusal", "code": "not_enrolled", "message": "was used"}
        refused(folder, f"ws://127.0.0.1:{fake.port}/agent", CODE, says=["was used"])


def test_the_code_is_not_among_the_arguments_that_all_can_read(tmp_path):
    with FakeController() as fake:
        fake.subprotocol, fake.secret = "understudy.enroll.v1", CODE
        running = subprocess.Popen(
            [program(), "enroll", f"ws://127.0.0.1:{fake.port}/agent", CODE,
             "--config", tmp_path / "agent.json"], stdout=subprocess.DEVNULL)
        try:
            fake.until("it asks", lambda: fake.links and fake.links[0].of_type("enroll"))
            with open(f"/proc/{running.pid}/cmdline", "rb") as words:
                shown = words.read()
            assert b"enroll" in shown and b"use_" not in shown
            fake.links[0].send({"type": "enrolled", "server_name": "web1"})
            assert running.wait(timeout=20) == 0
        finally:
            running.kill()
            running.wait()


class CutOff:
    """Forwards connections, but cuts the first one off when it says that the agent is enrolled."""

    def __init__(self, port):
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            cuts = self.connections == 1
            server = socket.create_connection(("127.0.0.1", self._port))
            for source, sink, deaf in ((client, server, False), (server, client, cuts)):
                threading.Thread(target=self._forward, args=(source, sink, deaf),
                                 daemon=True).start()

    @staticmethod
    def _forward(source, sink, cuts):
        try:
            while data := source.recv(65536):
                if cuts and b'"enrolled"' in data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._listener.close()


def test_a_lost_answer_is_asked_for_again(stack, tmp_path):
    added = stack.post("/servers", {"name": "lost", "ipv4": "203.0.113.37"})
    assert added["enrolment"]["controller"] is None  # without TLS it does not know
    between = CutOff(stack.controller.agents_port)
    try:
        result = enroll(tmp_path / "a", f"ws://127.0.0.1:{between.port}",
                        added["enrolment"]["code"])
    finally:
        between.close()
    assert result.returncode == 0, result
    assert between.connections == 2
    assert types_of(stack, "lost").count("server_enrolled") == 1
    with run_agent(tmp_path / "a"):
        stack.wait_for_health("lost", "online")


def test_a_rotation_leaves_no_gap(stack, tmp_path):
    added = stack.post("/servers", {"name": "web1", "ipv4": "203.0.113.10"})
    address = f"ws://127.0.0.1:{stack.controller.agents_port}"
    folder = tmp_path / "web1"
    assert enroll(folder, address, added["enrolment"]["code"]).returncode == 0
    with run_agent(folder) as agent:
        stack.wait_for_health("web1", "online")
        former = (folder / "agent.token").read_text().strip()
        rotated = stack.ctl_json("server", "rotate-token", "web1")
        assert rotated["server"]["token_waits"] and rotated["server"]["linked"]
        assert "new token" in stack.ctl("server", "show", "web1").stdout
        # Both count: whoever comes back with the former one is let in.
        agent.signal(signal.SIGTERM)
        agent.wait_for_exit()
    with run_agent(folder) as agent:
        stack.wait_for_health("web1", "online")
        code = rotated["enrolment"]["code"]
        kept = (folder / "agent.json").read_text()
        assert enroll(folder, address, code, "--force").returncode == 0
        assert (folder / "agent.json").read_text() == kept
        assert (folder / "agent.token").read_text().strip() != former
        assert stack.get("/servers/web1")["linked"]
        agent.signal(signal.SIGTERM)
        agent.wait_for_exit()
    with run_agent(folder):
        stack.until("the new token to be the only one",
                    lambda: not stack.get("/servers/web1")["token_waits"])
        stack.wait_for_health("web1", "online")
        stack.set_token("web1", former)
        late = stack.make_agent("web1", name="late").start()
        try:
            late._running.wait_for_log("refuses this agent's token (HTTP 401)")
        finally:
            late.discard()
        assert stack.get("/servers/web1")["health"] == "online"
        assert stack.get("/servers/web1")["token_shared"] is None
        types = types_of(stack, "web1")
    assert "server_down" not in types
    assert types.count("server_token_rotated") == 2  # by the enrolment, and by the rotation


def test_a_leaked_token_is_void_at_once(stack):
    stack.add_server("leaked", "203.0.113.38")
    answer = stack.ctl("server", "rotate-token", "leaked", "--at-once").stdout
    assert "void already" in answer
    stack.until("its link to end", lambda: not stack.get("/servers/leaked")["linked"])
    stack.agents["leaked"].discard()
