"""A network that breaks without a word: cut cables, one-way loss, a controller out of reach."""

import signal
import time

import network
import pytest
from guarded_site import GuardedSite
from stack import QUICK, Stack

REASON = network.why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

HEARTBEAT_S = QUICK["timings"]["heartbeat_interval_s"]
# Silent after two and a half intervals, looked for often; the rest is for a busy machine.
SILENCE_S = 2.5 * HEARTBEAT_S
STALL_LIMIT_S = 1
FOUND_WITHIN_S = SILENCE_S + 3


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    with network.FarNetwork(tmp_path_factory.mktemp("far")) as ready:
        yield ready


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("network"), tls=True,
                    config={"timings": {"stall_limit_s": STALL_LIMIT_S}})
    running.controller.agents_address = "0.0.0.0"
    with running:
        running.add_provider()
        yield running


@pytest.fixture
def site(stack, far):
    """Its primary is behind the cable."""
    with GuardedSite(stack) as ready:
        move_away(stack, far, ready.servers[0])
        try:
            yield ready
        finally:
            far.mend()


def move_away(stack, far, server):
    stack.agents[server].stop()
    stack.agents[server] = stack.make_agent(server, wrapper=far.wrapper).start()
    stack.until(f"{server} to be linked", lambda: stack.get(f"/servers/{server}")["linked"])


def health(stack, server):
    return stack.get(f"/servers/{server}")["health"]


def check_found(stack, server, began):
    stack.wait_for_health(server, "offline")
    took_s = time.monotonic() - began
    assert took_s < FOUND_WITHIN_S, took_s
    sentence = stack.get(f"/servers/{server}")["health_sentence"]
    assert "no answer to a ping" in sentence, sentence


def test_cut_cable_is_found_within_the_silence_limit(stack, far, site):
    far.cut()
    check_found(stack, site.servers[0], time.monotonic())
    site.wait_for_server(1)
    far.mend()
    site.wait_for_server(0)
    site.hook.wait_for("server_recovered")
    assert site.told() == ["server_down", "failover_triggered", "server_up", "server_recovered"]


def test_one_way_loss_is_found_by_both_sides(stack, far, site):
    far.lose_what_is_sent_there()
    try:
        site.wait_for_server(1)
        stack.until("the agent to notice", lambda: any(
            "silent" in line["message"] for line in stack.agents[site.servers[0]].log))
        # Its reset came before the controller would have found it by itself, a heartbeat later.
        (event,) = site.events("server_down", "server")
        assert "link closed" in event["reason"], event
    finally:
        far.find_it_again()
    site.wait_for_server(0)


def test_short_cut_is_no_news(stack, far, site):
    sequence = stack.get(f"/servers/{site.servers[0]}")["last_seen"]
    far.cut()
    far.mend()
    stack.until("a later heartbeat",
                lambda: stack.get(f"/servers/{site.servers[0]}")["last_seen"] > sequence)
    assert site.events("failover_decided", "pool") == []
    assert site.resolves_to(0)


def test_controller_out_of_reach_and_back(stack, far, site):
    move_away(stack, far, site.servers[1])
    before = site.records()
    far.cut()
    site.hook.wait_for("outage_started")
    assert site.records() == before
    far.mend()
    for server in site.servers:
        stack.wait_for_health(server, "online")
    site.hook.wait_for("outage_resolved")
    site.wait_for_server(0)  # in between the secondary may have been back first
    (record,) = site.records()
    same = set(record) - {"modified_on"}
    assert {key: record[key] for key in same} == {key: before[0][key] for key in same}


def test_agent_that_starts_without_a_network_links_when_there_is_one(stack, far, site):
    site.agent(0).kill()
    site.wait_for_server(1)
    far.cut()
    site.agent(0).start()
    stack.until("an attempt", lambda: any(
        "cannot link" in line["message"] for line in site.agent(0).log))
    far.mend()
    site.wait_for_server(0)


def test_controller_that_stood_still_blames_itself(stack, site):
    stack.controller.process.send_signal(signal.SIGSTOP)
    stopped = time.monotonic()
    try:
        stack.until("both agents to leave", lambda: all(
            any("silent" in line["message"] for line in site.agent(i).log) for i in (0, 1)))
        # Late by more than the limit, counted from when it would have woken.
        stack.until("a long stall", lambda: time.monotonic() - stopped > 1.5 + 2 * STALL_LIMIT_S)
    finally:
        stack.controller.process.send_signal(signal.SIGCONT)
    stack.until("the doubt", lambda: any(
        "stood still" in line["message"] for line in stack.controller.log))
    for server in site.servers:
        stack.wait_for_health(server, "online")
    site.told()
    assert site.events("failover_decided", "pool") == []
    assert site.events("outage_started", "pool") == []
    assert site.resolves_to(0)
