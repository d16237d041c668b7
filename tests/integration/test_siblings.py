"""Agents look at each other's sites for the controller, with real programs: three servers on this
machine, and a fourth with an agent that knows nothing of it."""

import contextlib
import http.server
import threading
import time

import pytest
from proxied_site import HERE, ProxiedSite
from scripted_agent import ScriptedAgent
from stack import Stack

POLICY = {"confirm_s": 60, "probe_timeout_s": 1, "fast_interval_s": 1, "probe_fall": 2}
ADDRESSES = [f"127.0.77.{host}" for host in (1, 2, 3, 4)]
# Each is asked about each for the first time within a minute, at a time by lot.
CALIBRATED_S = 75


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def site(address, port=0):
    server = http.server.ThreadingHTTPServer((address, port), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def words_about(stack, server):
    """What is said of that server now: who says what."""
    members = stack.get("/domains/www.siblings.example/explain")["present"]["evidence"]["members"]
    said = next(each for each in members if each["server"] == server).get("testimony", [])
    return {each["by"]: each["says"] for each in said if each["counts"]}


@pytest.fixture
def stack(tmp_path):
    config = {"policy": {"confirm_s": 60}, "allow_private_addresses": True,
              "probes": {"siblings": True}}
    with Stack(tmp_path / "stack", config=config) as running:
        running.add_provider()
        running.add_zone("siblings.example", {"www": ADDRESSES[0]})
        yield running
        assert running.controller.process.poll() is None


def test_siblings_testify_and_old_agents_are_left_alone(stack):
    with contextlib.ExitStack() as sites:
        first = sites.enter_context(site(ADDRESSES[0]))
        port = first.server_port
        for address in ADDRESSES[1:]:
            sites.enter_context(site(address, port))
        names = ["web1", "web2", "web3", "old"]
        for name, address in zip(names, ADDRESSES):
            stack.add_server(name, address, start=name != "old",
                             probe_for_others={"ports": [port], "allow_private": True})
        # One of 0.1.0 says nothing of what it can.
        old = sites.enter_context(
            ScriptedAgent(stack.controller.agents_port, stack.token_of("old")))
        stack.wait_for_health("old", "online")
        stack.post("/pools", {"name": "siblings", "members": names,
                              "policy": {**POLICY, "probe": f"http:{port}"}})
        stack.post("/domains", {"name": "www.siblings.example", "provider": "cloudflare",
                                "pool": "siblings"})
        expected = {"server 'web2'": "serves", "server 'web3'": "serves"}
        stack.until("web1 is reached by its siblings",
                    lambda: words_about(stack, "web1") == expected, patience_s=CALIBRATED_S)

        first.shutdown()
        first.server_close()
        stack.agents["web1"].kill()
        lost = time.monotonic()
        dead = {"server 'web2'": "dead", "server 'web3'": "dead"}
        stack.until("web1 is dead by its siblings", lambda: words_about(stack, "web1") == dead)
        print(f"dead by both {time.monotonic() - lost:.1f} s after the kill")

        sites.enter_context(site(ADDRESSES[0], port))
        stack.until("its site alone is back", lambda: words_about(stack, "web1") == expected)
        # The old one beats, is judged by the others, and was never asked.
        assert "heartbeat_ack" in old.heard
        assert set(old.heard) <= {"welcome", "heartbeat_ack"}
        stack.until("the old one is judged too", lambda: words_about(stack, "old") != {},
                    patience_s=CALIBRATED_S)


@pytest.mark.skipif(not HERE, reason="needs haproxy")
def test_services_behind_the_proxy_protocol(stack, tmp_path):
    """Controller and siblings begin with its header; who does not know it is not asked."""
    with contextlib.ExitStack() as started:
        site = started.enter_context(ProxiedSite(tmp_path, ADDRESSES))
        names = ["web1", "web2", "web3", "old"]
        for name, address in zip(names, ADDRESSES):
            stack.add_server(name, address, start=name != "old",
                             probe_for_others={"ports": [site.port], "allow_private": True})
        old = started.enter_context(ScriptedAgent(
            stack.controller.agents_port, stack.token_of("old"), capabilities=["probe"]))
        stack.wait_for_health("old", "online")
        stack.post("/pools", {"name": "siblings", "members": names,
                              "policy": {**POLICY, "probe": f"http:{site.port}/health",
                                         "probe_text": "all is well",
                                         "probe_proxy_protocol": "v1"}})
        stack.post("/domains", {"name": "www.siblings.example", "provider": "cloudflare",
                                "pool": "siblings"})
        expected = {"server 'web2'": "serves", "server 'web3'": "serves"}
        stack.until("web1 is reached by its siblings",
                    lambda: words_about(stack, "web1") == expected, patience_s=CALIBRATED_S)
        assert old.probes == []
        site.wait_for_clients("127.0.0.1")
        stack.ctl("pool", "set-policy", "siblings", "--probe-proxy-protocol", "off")
        stack.until("the old one is asked", lambda: old.probes, patience_s=CALIBRATED_S)
        assert not any("proxy_protocol" in each for each in old.probes)
