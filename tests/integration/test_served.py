"""Served is more than confirmed: name servers of the zone are asked after a switch. Real programs,
a real authoritative server, and a second one that may be behind."""

import pytest
from name_servers import SecondNameServer
from powerdns import PowerDns
from receivers import WebhookReceiver
from stack import Stack

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
