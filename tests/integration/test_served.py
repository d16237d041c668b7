"""Served is more than confirmed: name servers of the zone are asked after a switch. Real programs,
a real authoritative server, and a second one that may be behind."""

import http.server
import shutil
import socket
import subprocess
import threading

import pytest
from name_servers import SecondNameServer
from ports import free_port
from powerdns import PowerDns
from receivers import WebhookReceiver
from stack import Stack
from test_authority import Authority
from wait_for import Changing

ZONE = "served.example"
NAME = "www.served.example"
OLD, NEW = "203.0.113.10", "203.0.113.20"
BOUND_S = 3


class Scene:
    """web1 and web2 in front of one name, whose zone ns1 (real) and ns2 serve."""

    def __init__(self, folder, receiver):
        self.first = PowerDns()
        self.first.add_zone(ZONE, {
            (NAME, "A"): (300, [OLD]),
            (ZONE, "NS"): (300, [f"ns1.{ZONE}.", f"ns2.{ZONE}."]),
            (f"ns1.{ZONE}", "A"): (300, ["127.0.0.1"]),
            (f"ns2.{ZONE}", "A"): (300, ["127.0.0.2"]),
        }, nameservers=[])
        port = self.first.dns_port
        self.second = SecondNameServer("127.0.0.2", port, ("127.0.0.1", port)).__enter__()
        served = {"enabled": True, "resolver": f"127.0.0.1:{port}", "port": port,
                  "bound_s": BOUND_S}
        # A message waits for what is known of serving no longer than for its incident.
        self.stack = Stack(folder, config={
            "served": served, "timings": {"digest_wait_s": 20},
            "allow_private_addresses": True})  # the name servers are on this machine
        self.stack.__enter__()
        self.stack.post("/providers", {
            "name": "dns", "kind": "powerdns", "credential": self.first.api_key,
            "settings": {"base_url": self.first.api_url}})
        self.hook = receiver
        self.stack.post("/channels", {"name": "ops", "kind": "webhook", "url": receiver.url})
        self.stack.add_server("web1", OLD)
        self.stack.add_server("web2", NEW)
        self.stack.add_domain(NAME, ["web1", "web2"])

    def stop(self):
        self.stack.__exit__()
        self.second.__exit__()
        self.first.stop()

    def serving(self):
        return self.stack.get(f"/domains/{NAME}")["serving"]

    def wait_for(self, state):
        self.stack.until(f"{NAME} to be {state}",
                         lambda: (self.serving() or {}).get("state") == state)
        return self.serving()


@pytest.fixture
def scene(tmp_path):
    with WebhookReceiver() as receiver:
        made = Scene(tmp_path, receiver)
        try:
            yield made
            assert made.stack.controller.process.poll() is None
        finally:
            made.stop()


def test_all_name_servers_agree_and_the_message_says_so(scene):
    assert scene.serving() is None
    scene.stack.agents["web1"].kill()
    known = scene.wait_for("all")
    assert known["sentence"] == f"Both name servers of {ZONE} answer with {NEW}"
    assert known["old_answers_until"] > known["since"]
    told = scene.hook.wait_for("failover_triggered").body["data"]
    assert known["sentence"] in told["detail"]
    assert "resolvers may hold the old answer until" in told["detail"]
    event = scene.stack.wait_for_event("record_served")
    assert event["reason"].startswith(known["sentence"])
    shown = scene.stack.ctl("domain", "show", NAME).stdout
    assert known["sentence"] in shown and "old answers" in shown
    assert known["sentence"] in scene.stack.ctl("explain", NAME).stdout


def test_who_disagrees_is_named_and_people_hear_when_it_is_over(scene):
    scene.second.keep(NAME, OLD)
    scene.stack.agents["web1"].kill()
    failed = scene.hook.wait_for("failover_failed").body["data"]
    assert f"ns2.{ZONE}: {OLD}" in failed["detail"]
    assert scene.first.ask(NAME).answer[0][0].to_text() == NEW
    known = scene.wait_for("disputed")
    assert f"ns2.{ZONE}: {OLD}" in known["sentence"]
    assert 'understudy_records_unserved{state="disputed"} 1' in \
        scene.stack.api("GET", "/metrics").raw.decode()
    scene.second.follow()
    scene.wait_for("all")
    assert 'understudy_records_unserved{state="disputed"} 0' in \
        scene.stack.api("GET", "/metrics").raw.decode()


def test_name_servers_that_cannot_be_asked_prove_nothing(scene):
    scene.first.replace_set(ZONE, f"ns2.{ZONE}", "A", 300, [("127.0.0.3", False)])
    scene.stack.agents["web1"].kill()
    known = scene.wait_for("unproven")
    assert "1 of 2 name servers answer with the new content" in known["sentence"]
    assert f"ns2.{ZONE}" in known["sentence"]
    told = scene.hook.wait_for("failover_triggered").body["data"]
    assert "ns2" in told["detail"]
    assert not scene.stack.get("/events?type=failover_failed&limit=1")["items"]


def test_what_is_not_known_before_a_restart_is_asked_again(scene):
    scene.second.keep(NAME, OLD)
    scene.stack.agents["web1"].kill()
    scene.wait_for("asked")
    scene.stack.controller.end(9)
    scene.second.follow()
    scene.stack.controller.start()
    scene.wait_for("all")
    assert scene.hook.wait_for("failover_triggered")


def test_a_truncated_answer_is_asked_for_over_tcp(scene):
    scene.second.truncates = True
    scene.stack.agents["web1"].kill()
    known = scene.wait_for("all")
    assert known["sentence"] == f"Both name servers of {ZONE} answer with {NEW}"
    assert {"udp", "tcp"} == {over for name, over in scene.second.asked if name == NAME}


def test_a_truncated_answer_that_cannot_be_had_over_tcp_proves_nothing(scene):
    scene.second.truncates = True
    scene.second.refuse_tcp()
    scene.stack.agents["web1"].kill()
    known = scene.wait_for("unproven")
    assert "1 of 2 name servers answer with the new content" in known["sentence"]
    assert f"ns2.{ZONE}" in known["sentence"]
    assert (NAME, "udp") in scene.second.asked
    assert not scene.stack.get("/events?type=failover_failed&limit=1")["items"]


# --- proxied names -------------------------------------------------------------------------------

EDGE, ORIGIN = "127.0.79.1", "127.0.79.2"


def edge_can_be_here():
    """An edge listens at 443, whatever the pool's servers do: there is no setting for that."""
    try:
        socket.create_server((EDGE, 443)).close()
    except OSError:
        return False
    return shutil.which("haproxy") is not None


class Origin(http.server.BaseHTTPRequestHandler):
    """What the shield that the record points to serves behind the edge."""

    asked = []

    def do_GET(self):
        self.asked.append((self.path, self.headers["Host"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Edge:
    """A real HAProxy with TLS that hands on to ORIGIN, as an edge does."""

    def __init__(self, folder, port):
        both = folder / "edge.pem"
        parts = Authority(folder).certify("www.edge.example")
        both.write_text("".join(part.read_text() for part in parts))
        self._config = folder / "edge.cfg"
        self._config.write_text(f"""
defaults
    mode http
    timeout connect 1s
    timeout client 5s
    timeout server 5s
frontend edge
    bind {EDGE}:443 ssl crt {both}
    default_backend origin
backend origin
    retries 0
    server shield {ORIGIN}:{port}
""")

    def __enter__(self):
        self._process = subprocess.Popen(["haproxy", "-db", "-q", "-f", str(self._config)])
        Changing().until("the edge listens", self._listens)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def _listens(self):
        try:
            socket.create_connection((EDGE, 443)).close()
        except OSError:
            return False
        return True


@pytest.mark.skipif(not edge_can_be_here(), reason="needs haproxy, and port 443 on loopback")
def test_a_proxied_name_is_fetched_through_its_edge(tmp_path):
    name = "www.edge.example"
    port, dns_port = free_port(ORIGIN), free_port("127.0.79.3")
    served = {"enabled": True, "resolver": f"127.0.79.3:{dns_port}", "bound_s": BOUND_S}
    with SecondNameServer("127.0.79.3", dns_port) as resolver, Edge(tmp_path, port), \
            WebhookReceiver() as hook, \
            Stack(tmp_path / "stack", config={"served": served}) as stack:
        resolver.first = ("127.0.0.1", stack.emulator.dns_port)
        resolver.keep(name, EDGE)
        stack.add_provider()
        stack.emulator.add_zone("edge.example", [
            {"name": name, "type": "A", "content": OLD, "proxied": True, "ttl": 1}])
        stack.post("/channels", {"name": "ops", "kind": "webhook", "url": hook.url})
        stack.add_server("web1", OLD)
        stack.add_server("web2", NEW)
        stack.add_domain(name, ["web1", "web2"], provider="cloudflare",
                         policy={"probe": f"https:{port}/health?a=1"})

        def state_is(wanted):
            return (stack.get(f"/domains/{name}")["serving"] or {}).get("state") == wanted

        # Behind the edge nobody answers: confirmed, and yet not served.
        stack.agents["web1"].kill()
        failed = hook.wait_for("failover_failed").body["data"]
        assert f"the edge does not serve {name}" in failed["detail"]
        assert "https 443: status 503" in failed["detail"]
        stack.until("it to be disputed", lambda: state_is("disputed"))
        with http.server.ThreadingHTTPServer((ORIGIN, port), Origin) as origin:
            threading.Thread(target=origin.serve_forever, daemon=True).start()
            stack.until("the edge to serve it", lambda: state_is("all"))
            origin.shutdown()
        known = stack.get(f"/domains/{name}")["serving"]
        assert known["sentence"] == f"The edge serves {name}"
        assert Origin.asked[0] == ("/health?a=1", name)
