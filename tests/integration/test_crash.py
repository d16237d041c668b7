"""The controller is killed between decision and effect, and started again: the end is the same."""

import signal
import time
from datetime import datetime

import pytest
from guarded_site import GuardedSite
from stack import QUICK, Stack

LONG_MS = 2000  # longer than it takes to kill and start a controller
MANY = 10_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("crash")) as running:
        running.add_provider()
        yield running


@pytest.fixture
def site(stack):
    with GuardedSite(stack) as ready:
        yield ready


def crash(stack):
    assert stack.controller.end(signal.SIGKILL) == -signal.SIGKILL


def check_end(site, index, news):
    """The record is right, nobody is in conflict, and that news came with one id, however often."""
    site.wait_for_server(index)
    site.hook.wait_for(news)
    site.told()
    ids = {hook.headers["webhook-id"] for hook in site.hook.delivered(news)}
    assert len(ids) == 1, ids
    (record,) = site.records()
    assert record["content"] == site.ipv4[index]
    assert site.events("dns_drift") == []
    assert len(site.events(news)) == 1
    shown = site.stack.get(f"/domains/{site.name}")["record"]
    assert shown["settled"] and shown["foreign"] is None
    assert shown["confirmed"]["addresses"] == [site.ipv4[index]]


# The write has not reached the zone yet; it is applied, but nobody knows.
ON_ITS_WAY = [("delay_before", {"ms": LONG_MS}), ("delay_after", {"ms": LONG_MS})]


@pytest.mark.parametrize("kind, options", ON_ITS_WAY, ids=[kind for kind, _ in ON_ITS_WAY])
def test_killed_with_the_write_on_its_way(stack, site, kind, options):
    fault = site.fault(kind, "PATCH", **options)
    site.agent(0).kill()
    site.wait_for_fault(fault)
    crash(stack)
    assert site.resolves_to(0 if kind == "delay_before" else 1)
    stack.controller.start()
    check_end(site, 1, "failover_triggered")


def test_killed_with_the_answer_lost_and_the_provider_gone(stack, site):
    lost = site.fault("reply_lost", "PATCH")
    gone = site.fault("status_html", "GET", count=MANY, skip=1, status=503)
    site.agent(0).kill()
    site.wait_for_fault(lost)
    site.wait_for_fault(gone)
    crash(stack)
    assert site.resolves_to(1)
    site.clear_faults()
    stack.controller.start()
    check_end(site, 1, "failover_triggered")


def test_killed_before_anything_was_sent(stack, site):
    site.fault("status_html", count=MANY, status=503)
    site.agent(0).kill()
    site.wait_for_event("failover_decided", "pool")
    crash(stack)
    assert site.resolves_to(0)
    site.clear_faults()
    stack.controller.start()
    check_end(site, 1, "failover_triggered")


@pytest.mark.parametrize("kind, options", ON_ITS_WAY, ids=[kind for kind, _ in ON_ITS_WAY])
def test_killed_on_the_way_back(stack, site, kind, options):
    site.agent(0).kill()
    site.wait_for_server(1)
    fault = site.fault(kind, "PATCH", **options)
    site.agent(0).start()
    site.wait_for_fault(fault)
    crash(stack)
    stack.controller.start()
    check_end(site, 0, "server_recovered")


def test_killed_after_telling_tells_again_with_the_same_id(stack, site):
    site.hook.gate.clear()
    site.agent(0).kill()
    site.hook.until("the request", lambda: site.hook.requests)
    crash(stack)
    site.hook.gate.set()
    stack.controller.start()
    site.hook.wait_for("server_down", 2)
    first, second = site.hook.delivered("server_down")[:2]
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.raw == second.raw
    check_end(site, 1, "failover_triggered")


def test_killed_again_and_again(stack, site):
    """Wherever the kill falls: a few at moments nobody chose."""
    site.agent(0).kill()
    for _ in range(3):
        crash(stack)
        stack.controller.start()
    check_end(site, 1, "failover_triggered")


def test_server_that_died_meanwhile_is_failed_over_after_the_warm_up(stack, site):
    crash(stack)
    site.agent(0).kill()
    stack.controller.start()
    check_end(site, 1, "failover_triggered")
    decided = datetime.fromisoformat(site.events("failover_decided", "pool")[0]["at"])
    started = datetime.fromisoformat(stack.get("/status")["started"])
    # The start is noted a moment before the warm-up begins.
    assert (decided - started).total_seconds() >= QUICK["timings"]["warm_up_s"] - 0.1
    assert "server_down" in site.told()


def test_server_that_came_back_meanwhile_is_restored(stack, site):
    site.agent(0).kill()
    site.wait_for_server(1)
    crash(stack)
    site.agent(0).start()
    stack.controller.start()
    check_end(site, 0, "server_recovered")
    assert site.told()[-2:] == ["server_up", "server_recovered"]


def test_healthy_agents_and_a_crash_are_no_news(stack, site):
    crash(stack)
    stack.controller.start()
    stack.wait_for_health(site.servers[0], "online")
    stack.wait_for_health(site.servers[1], "online")
    assert site.told() == []
    assert site.resolves_to(0)


def test_stranger_who_came_meanwhile_is_not_overwritten(stack, site):
    crash(stack)
    stack.emulator.foreign_write(zone=site.zone, name=site.name, type="A",
                                 set={"content": "192.0.2.66"})
    site.agent(0).kill()
    stack.controller.start()
    site.hook.wait_for("dns_drift")
    site.wait_for_event("failover_decided", "pool")
    stack.wait_for_status(site.name, "conflict")
    assert stack.dig(site.name) == ["192.0.2.66"]


def test_graceful_stop_is_quick_even_with_a_request_under_way(stack, site):
    fault = site.fault("delay_before", "PATCH", ms=LONG_MS * 5)
    site.agent(0).kill()
    site.wait_for_fault(fault)
    began = time.monotonic()
    assert stack.controller.end(signal.SIGTERM) == 0
    took_s = time.monotonic() - began
    assert took_s < QUICK["timings"]["stop_s"] + 3, took_s
    assert (stack.controller.folder / "controller.stderr").read_text() == ""
    stack.controller.start()
    check_end(site, 1, "failover_triggered")


def test_late_write_of_a_dead_controller_is_seen(stack, site):
    """What it sent takes effect when its successor has moved on: that is never unnoticed."""
    late = site.fault("delay_before", "PATCH", ms=LONG_MS * 3)
    site.agent(0).kill()
    site.wait_for_fault(late)
    crash(stack)
    site.agent(0).start()
    stack.controller.start()
    site.wait_for_server(0)
    stack.until("the late write", lambda: site.resolves_to(1) or site.events("dns_drift")
                or stack.get(f"/domains/{site.name}")["status"] == "conflict")
    stack.until("the record put right, or a person told",
                lambda: site.resolves_to(0) or site.hook.delivered("dns_drift"))
