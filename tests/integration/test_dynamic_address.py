"""A shield's machine gets another address: its record follows once its own service answers there.
Machines of their own, so that the address is gone where it was. Needs root."""

import contextlib
import subprocess
import sys

import network
import pytest
from stack import Stack

REASON = network.why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

CONFIG = {"timings": {"heartbeat_interval_s": 1}, "allow_private_addresses": True,
          "probes": {"siblings": True}}
# Whatever the links do meanwhile, nothing fails over.
POLICY = {"confirm_s": 3600, "confirm_agreed_s": 3600, "health_timeout_s": 3600, "probe": "http",
          "probe_text": "this is the shop", "probe_timeout_s": 1, "fast_interval_s": 1}
# Proofs are asked for every minute at most.
TRIED_S = 90


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dynamic")
    stack = Stack(folder / "stack", config=CONFIG, tls=True, probes=True)
    stack.controller.agents_address = "0.0.0.0"
    with network.SharedNetwork(folder) as wire, stack:
        stack.add_provider()
        yield stack, wire
        assert stack.controller.process.poll() is None


@contextlib.contextmanager
def site(machine, folder, text):
    """A web server of that machine, at whatever address it has."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text)
    with open(folder / "log", "ab") as log, subprocess.Popen(
            [*machine.wrapper, sys.executable, "-m", "http.server", "80", "--directory",
             str(folder)], stdout=log, stderr=log) as server:
        try:
            yield
        finally:
            server.kill()


def reported(stack, server):
    return (stack.get(f"/servers/{server}")["reported_address"] or {}).get("sentence", "")


def events_of(stack, kind):
    return stack.get(f"/events?type={kind}&limit=100")["items"]


def test_a_record_follows_a_proven_address(fleet, tmp_path):
    stack, wire = fleet
    home, spare = wire.add_machine("home"), wire.add_machine("spare")
    first = home.address
    stack.add_zone("dynamic.example", {"www": first})
    for name, machine in (("home", home), ("spare", spare)):
        stack.add_server(name, machine.address, wrapper=machine.wrapper, public_address="link")
    stack.ctl("server", "set", "home", "--dynamic", "on", "--no-wait")
    stack.add_domain("www.dynamic.example", ["home", "spare"], provider="cloudflare",
                     policy=POLICY)
    stack.until("it says which address it has", lambda: reported(stack, "home") == "as registered")

    second = wire.free_address()
    home.move_to(second)
    assert stack.wait_for_event("address_reported")["to"] == second
    # Nobody answers there, and then somebody else does.
    stack.until("it is looked for", lambda: "http 80: " in reported(stack, "home"),
                patience_s=TRIED_S)
    with site(home, tmp_path / "stranger", "this is a printer"):
        stack.until("a stranger is found", lambda: "is missing" in reported(stack, "home"),
                    patience_s=TRIED_S)
        assert stack.dig("www.dynamic.example") == [first]
        assert events_of(stack, "address_proven") == []
    with site(home, tmp_path / "shop", "this is the shop"):
        stack.until("the record follows",
                    lambda: stack.dig("www.dynamic.example") == [second], patience_s=TRIED_S)
    followed = stack.wait_for_event("address_followed")
    assert (followed["from"], followed["to"]) == (first, second)
    assert events_of(stack, "address_proven")[0]["to"] == second
    assert stack.get("/servers/home")["ipv4"] == second
    shown = stack.ctl("server", "show", "home").stdout
    assert "followed at" in shown and "as registered" in shown

    # Where it is not allowed a report is shown, and that is all.
    third = wire.free_address()
    with site(spare, tmp_path / "spare", "this is the shop"):
        spare.move_to(third)
        stack.until("the spare one's is shown",
                    lambda: stack.get("/servers/spare")["reported_address"]["ipv4"] == third,
                    patience_s=TRIED_S)
        assert reported(stack, "spare") == "not followed: the server is not dynamic"
    assert len(events_of(stack, "address_reported")) == 1


def test_two_siblings_prove_what_the_controller_cannot_reach(fleet, tmp_path):
    stack, wire = fleet
    for agent in stack.agents.values():
        agent.kill()  # two are asked, by lot, and these may not look at private addresses
    shy, sibling = wire.add_machine("shy"), wire.add_machine("sibling")
    cousin = wire.add_machine("cousin")
    first = shy.address
    stack.add_zone("shy.example", {"www": first})
    for name, machine in (("shy", shy), ("sibling", sibling), ("cousin", cousin)):
        stack.add_server(name, machine.address, wrapper=machine.wrapper, public_address="up0",
                         probe_for_others={"allow_private": True})
    stack.api("PATCH", "/api/v1/servers/shy", {"dynamic": True})
    stack.add_domain("www.shy.example", ["shy", "sibling"], provider="cloudflare", policy=POLICY)
    shy.hide_port(80, wire.near_address)
    second = wire.free_address()
    with site(shy, tmp_path / "shy", "this is the shop"):
        shy.move_to(second)
        stack.until("the record follows", lambda: stack.dig("www.shy.example") == [second],
                    patience_s=TRIED_S)
    (followed,) = [each for each in events_of(stack, "address_followed")
                   if each["server"]["name"] == "shy"]
    assert "server 'sibling'" in followed["detail"] and "server 'cousin'" in followed["detail"]
