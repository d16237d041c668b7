"""understudy-agent's local checks against real programs, and their way to the controller."""

import shutil
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from agent_process import AgentProcess
from fake_controller import FakeController
from ports import free_port
from wait_for import Changing


QUICK = {"interval_s": 0.1, "timeout_s": 0.1, "rise": 1, "fall": 1}


class Well(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def controller():
    with FakeController() as fake:
        yield fake


def names(status):
    return [check["name"] for check in status["failing"]]


def newest_status(link):
    statuses = link.of_type("status")
    return statuses[-1] if statuses else link.of_type("hello")[0]["status"]


def wait_for_failing(controller, link, wanted):
    controller.until(f"failing {wanted}, got {newest_status(link)}",
                     lambda: names(newest_status(link)) == wanted)
    return newest_status(link)


def test_a_service_that_starts_after_the_agent_is_no_failure(controller, tmp_path):
    port = free_port()
    checks = [{"name": "late", "type": "tcp", "port": port, "interval_s": 0.5, "timeout_s": 0.4,
               "fall": 20}]
    with AgentProcess(tmp_path, controller.url, checks=checks) as agent:
        agent.wait_for_log("fails")
        with socket.create_server(("127.0.0.1", port)):
            link = controller.wait_for_link()
            assert link.of_type("hello")[0]["status"] == {"ok": True, "failing": []}
            link.wait_for("heartbeat", 3)
            assert link.of_type("status") == []


def test_hello_carries_the_first_results(controller, tmp_path):
    checks = [{"name": "bad", "type": "command", "command": ["/bin/false"], **QUICK},
              {"name": "good", "type": "command", "command": ["/bin/true"], "fall": 1}]
    with AgentProcess(tmp_path, controller.url, checks=checks):
        status = controller.wait_for_link().of_type("hello")[0]["status"]
        assert status["ok"] is False
        assert names(status) == ["bad"]
        assert status["failing"][0]["problem"]
        assert status["failing"][0]["since"].endswith("Z")


def test_tcp_check_follows_a_listener(controller, tmp_path):
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    with AgentProcess(tmp_path, controller.url, checks=[
            {"name": "web", "type": "tcp", "port": port, **QUICK}]):
        link = controller.wait_for_link()
        wait_for_failing(controller, link, [])
        server.close()
        status = wait_for_failing(controller, link, ["web"])
        assert "Connection refused" in status["failing"][0]["problem"]
        with socket.create_server(("127.0.0.1", port)):
            wait_for_failing(controller, link, [])
        assert len(controller.links) == 1


def test_http_check_follows_the_status(controller, tmp_path):
    state = {"status": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(state["status"])
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with AgentProcess(tmp_path, controller.url, checks=[
            {"name": "site", "type": "http", "port": server.server_port, **QUICK, "timeout_s": 0.1}]):
        link = controller.wait_for_link()
        wait_for_failing(controller, link, [])
        state["status"] = 503
        status = wait_for_failing(controller, link, ["site"])
        assert status["failing"][0]["problem"] == "expected status 200-399, got 503"
        state["status"] = 302
        wait_for_failing(controller, link, [])
    server.shutdown()
    server.server_close()


def test_command_check_that_hangs_does_not_stop_heartbeats(controller, tmp_path):
    flag = tmp_path / "hang"
    script = f"test -e {flag} && sleep 1000; exit 0"
    with AgentProcess(tmp_path, controller.url, checks=[
            {"name": "disk", "type": "command", "command": ["/bin/sh", "-c", script],
             "interval_s": 0.5, "timeout_s": 0.5, "fall": 1, "rise": 1}]) as agent:
        link = controller.wait_for_link()
        wait_for_failing(controller, link, [])
        flag.touch()
        status = wait_for_failing(controller, link, ["disk"])
        assert status["failing"][0]["problem"] == "no result within 500 ms"
        link.wait_for("heartbeat", len(link.of_type("heartbeat")) + 10)
        flag.unlink()
        wait_for_failing(controller, link, [])
        assert len(controller.links) == 1
        children = subprocess.run(["ps", "--ppid", str(agent.process.pid), "-o", "stat="],
                                  capture_output=True, text=True).stdout
        assert "Z" not in children


@pytest.mark.skipif(not shutil.which("haproxy"), reason="needs haproxy")
def test_haproxy_check_follows_a_real_haproxy(controller, tmp_path):
    port = socket.create_server(("127.0.0.1", 0))
    stats = tmp_path / "admin.sock"
    front = socket.create_server(("127.0.0.1", 0))
    front_port = front.getsockname()[1]
    front.close()
    config = tmp_path / "haproxy.cfg"
    config.write_text(f"""
global
    stats socket {stats} level admin
defaults
    mode tcp
    timeout connect 1s
    timeout client 1s
    timeout server 1s
frontend www
    bind 127.0.0.1:{front_port}
    default_backend origin
backend origin
    server one 127.0.0.1:{port.getsockname()[1]}
""")
    haproxy = subprocess.Popen(["haproxy", "-db", "-q", "-f", str(config)])
    watching = Changing()

    def command(text):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(stats))
            client.sendall(text.encode() + b"\n")
            client.recv(4096)

    try:
        watching.until("HAProxy listens", stats.exists)
        with AgentProcess(tmp_path / "agent", controller.url, checks=[
                {"name": "origin", "type": "haproxy", "socket": str(stats), "proxy": "origin",
                 "interval_s": 0.2, "timeout_s": 0.2, "fall": 1, "rise": 1}]):
            link = controller.wait_for_link()
            wait_for_failing(controller, link, [])
            command("disable server origin/one")
            status = wait_for_failing(controller, link, ["origin"])
            assert status["failing"][0]["problem"] == "back end origin is DOWN"
            command("enable server origin/one")
            wait_for_failing(controller, link, [])
            haproxy.kill()
            haproxy.wait()
            wait_for_failing(controller, link, ["origin"])
    finally:
        if haproxy.poll() is None:
            haproxy.kill()
            haproxy.wait()
        port.close()


def test_sighup_reloads_checks_without_dropping_the_link(controller, tmp_path):
    failing = {"type": "command", "command": ["/bin/false"], "interval_s": 0.2, "timeout_s": 0.2}
    agent = AgentProcess(tmp_path, controller.url, checks=[{"name": "one", **failing}])
    with agent:
        link = controller.wait_for_link()
        wait_for_failing(controller, link, ["one"])
        agent.config["checks"] = [{"name": "two", **failing}, {"name": "one", **failing}]
        agent.write_config()
        agent.signal(signal.SIGHUP)
        wait_for_failing(controller, link, ["two", "one"])

        agent.config_file.write_text('{"controller": "nonsense", "checks": 3}')
        agent.signal(signal.SIGHUP)
        agent.wait_for_log("the former configuration stays in force")
        link.wait_for("heartbeat", len(link.of_type("heartbeat")) + 3)
        assert names(newest_status(link)) == ["two", "one"]

        agent.config["checks"] = []
        agent.write_config()
        agent.signal(signal.SIGHUP)
        assert wait_for_failing(controller, link, [])["ok"] is True
        assert len(controller.links) == 1
        agent.wait_for_notification("RELOADING=1")


def test_status_is_told_again_after_a_reconnect(controller, tmp_path):
    server = socket.create_server(("127.0.0.1", 0))
    with AgentProcess(tmp_path, controller.url, checks=[
            {"name": "web", "type": "tcp", "port": server.getsockname()[1], **QUICK}]):
        link = controller.wait_for_link()
        server.close()
        wait_for_failing(controller, link, ["web"])
        link.abort()
        assert names(controller.wait_for_link(2).of_type("hello")[0]["status"]) == ["web"]


def test_at_defaults_a_killed_service_is_an_error_within_seconds(controller, tmp_path):
    """A first failure is repeated each second: 7 s at most, where three tries 5 s apart take 10."""
    server = HTTPServer(("127.0.0.1", 0), Well)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    with AgentProcess(tmp_path, controller.url, checks=[
            {"name": "site", "type": "http", "port": port}]):
        link = controller.wait_for_link()
        assert newest_status(link)["ok"]
        server.shutdown()
        server.server_close()
        gone = time.monotonic()
        wait_for_failing(controller, link, ["site"])
        assert time.monotonic() - gone < 10
        with HTTPServer(("127.0.0.1", port), Well) as again:
            threading.Thread(target=again.serve_forever, daemon=True).start()
            wait_for_failing(controller, link, [])
            again.shutdown()
        assert len(controller.links) == 1
