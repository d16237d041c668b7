"""What people force, as the world sees it: real programs, DNS queries, webhooks."""

from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest
from guarded_site import GuardedSite


@pytest.fixture
def site(stack):
    with GuardedSite(stack) as ready:
        yield ready


@pytest.fixture(autouse=True)
def nothing_forced_on_all(stack):
    yield
    for what in ("pause", "observe"):
        stack.api("DELETE", f"/api/v1/controls/{what}")


def order(stack, method, path, body=None, status=None):
    answer = stack.api(method, "/api/v1" + path, body)
    assert answer.status == (status or (204 if method == "DELETE" else 200)), answer.raw
    return answer.body


def pool_path(site, verb=""):
    return f"/pools/{quote(site.pool)}{verb}"


def pool_of(site):
    return site.stack.get(pool_path(site))


def maintenance_path(site, index):
    return f"/servers/{site.servers[index]}/maintenance"


def fails_over(stack):
    """Another site fails over meanwhile: what did not move had the time to."""
    with GuardedSite(stack) as other:
        other.agent(0).kill()
        other.wait_for_server(1)


def test_maintenance_drains_raises_no_alarm_and_returns(stack, site):
    shown = order(stack, "PUT", maintenance_path(site, 0), {"why": "kernel update"})
    assert shown["maintenance"]["why"] == "kernel update" and shown["health"] == "online"
    assert shown["maintenance"]["who"].startswith("admin token")
    site.wait_for_server(1)
    site.agent(0).kill()
    stack.wait_for_health(site.servers[0], "offline")
    fails_over(stack)  # its alarm has come by now, this one's has not
    assert "server_down" not in site.told()
    site.agent(0).start()
    stack.wait_for_health(site.servers[0], "online")
    assert site.resolves_to(1)
    order(stack, "DELETE", maintenance_path(site, 0))
    site.wait_for_server(0)
    assert stack.get(f"/servers/{site.servers[0]}")["maintenance"] is None
    assert "server_down" not in site.told()


def test_maintenance_ends_by_itself(stack, site):
    end = datetime.now(timezone.utc) + timedelta(seconds=2)
    order(stack, "PUT", maintenance_path(site, 0), {"until": end.isoformat()})
    site.wait_for_server(1)
    site.wait_for_server(0)
    (event,) = site.events("maintenance_ended", "server")
    assert event["who"] == "" and event["at"] >= end.strftime("%Y-%m-%dT%H:%M:%S")


def test_maintenance_of_the_last_healthy_member_needs_force(stack, site):
    site.agent(1).kill()
    stack.wait_for_health(site.servers[1], "offline")
    refused = order(stack, "PUT", maintenance_path(site, 0), {}, 409)
    assert "force" in refused["remedy"]
    assert stack.get(f"/servers/{site.servers[0]}")["maintenance"] is None
    order(stack, "PUT", maintenance_path(site, 0), {"force": True})
    assert site.resolves_to(0)


def test_switchover_moves_and_stays(stack, site):
    switched = order(stack, "POST", pool_path(site, "/switchover"),
                     {"to": site.servers[1], "why": "new disks"})
    assert switched["preferred"]["server"] == switched["home"] == site.servers[1]
    stack.wait_for_addresses(site.name, [site.ipv4[1]])
    fails_over(stack)
    assert site.resolves_to(1)
    site.agent(1).kill()
    stack.wait_for_addresses(site.name, [site.ipv4[0]])
    site.agent(1).start()
    stack.wait_for_addresses(site.name, [site.ipv4[1]])  # it returns to who it was switched to
    failed_back = order(stack, "POST", pool_path(site, "/failback"))
    assert failed_back["preferred"] is None and failed_back["home"] == site.servers[0]
    site.wait_for_server(0)


def test_hold_keeps_it_says_so_and_release_lets_it_go(stack, site):
    held = order(stack, "PUT", pool_path(site, "/hold"), {"why": "watching"})
    assert held["hold"]["pinned"] is None and held["restraint"]["kind"] == "hold"
    site.agent(0).kill()
    told = site.hook.wait_for("failover_held")
    assert "hold" in str(told.body["data"]) or "held" in str(told.body["data"])
    fails_over(stack)
    assert site.resolves_to(0)
    assert site.told().count("failover_held") == 1
    order(stack, "DELETE", pool_path(site, "/hold"))
    site.wait_for_server(1)
    assert pool_of(site)["hold"] is None


def test_a_pin_moves_at_once_and_stays_there(stack, site):
    pinned = order(stack, "PUT", pool_path(site, "/hold"), {"pin": site.servers[1]})
    assert pinned["hold"]["pinned"] == site.servers[1]
    site.wait_for_server(1)
    refused = order(stack, "POST", pool_path(site, "/failback"), status=409)
    assert "release" in refused["remedy"]
    fails_over(stack)
    assert site.resolves_to(1)
    order(stack, "DELETE", pool_path(site, "/hold"))
    site.wait_for_server(0)


def test_pause_stops_automation_and_resume_starts_it(stack, site):
    order(stack, "PUT", "/controls/pause", {"why": "network work"})
    assert [one["kind"] for one in stack.get("/status")["held"]["restraints"]] == ["pause"]
    order(stack, "POST", pool_path(site, "/failover"), {"why": "people still may"})
    site.wait_for_server(1)
    order(stack, "POST", pool_path(site, "/failback"))
    site.wait_for_server(0)
    site.agent(0).kill()
    stack.until("the failover to be held", lambda: [
        event for event in stack.get("/events?type=failover_held")["items"]
        if event["pool"] and "network work" in event["reason"]])
    assert site.resolves_to(0) and pool_of(site)["serving"] == [site.servers[0]]
    order(stack, "DELETE", "/controls/pause")
    site.wait_for_server(1)


def test_observe_decides_and_writes_nothing(stack, site):
    before = site.records()
    order(stack, "PUT", pool_path(site, "/dry-run"), {"why": "trying it out"})
    site.agent(0).kill()
    stack.until("the decision in thought",
                lambda: pool_of(site)["would_serve"] == [site.servers[1]])
    fails_over(stack)
    assert site.records() == before
    assert pool_of(site)["serving"] == [site.servers[0]]
    order(stack, "DELETE", pool_path(site, "/dry-run"))
    site.wait_for_server(1)
    assert pool_of(site)["would_serve"] is None


def test_observing_everything_writes_nothing_either(stack, site):
    order(stack, "PUT", "/controls/dry-run")
    site.agent(0).kill()
    stack.until("the decision in thought",
                lambda: pool_of(site)["would_serve"] == [site.servers[1]])
    assert site.resolves_to(0) and stack.get(f"/domains/{site.name}")["record"]["settled"]
    order(stack, "DELETE", "/controls/dry-run")
    site.wait_for_server(1)


def test_domains_move_to_another_pool_after_a_look(stack, site):
    with GuardedSite(stack) as other:
        move = {"from_pool": site.pool, "pool": other.pool}
        expected = [{"name": site.name, "from": site.ipv4[0], "to": other.ipv4[0]}]
        looked = order(stack, "POST", "/domains/move", {**move, "dry_run": True})
        assert looked == {"dry_run": True, "domains": expected}
        assert stack.get(f"/domains/{site.name}")["pool"]["name"] == site.pool
        moved = order(stack, "POST", "/domains/move", move)
        assert moved == {"dry_run": False, "domains": expected}
        stack.wait_for_addresses(site.name, [other.ipv4[0]])
        assert stack.get(f"/domains/{site.name}")["pool"]["name"] == other.pool
        # It was made for its domains, but a channel is narrowed to it.
        assert stack.get(pool_path(site))["implicit"] is False
        order(stack, "DELETE", pool_path(site), status=409)
        order(stack, "DELETE", f"/channels/{site.hook_name}")
        order(stack, "DELETE", pool_path(site))
        order(stack, "DELETE", f"/domains/{site.name}")


def test_overrides_survive_a_restart(stack, site):
    with GuardedSite(stack) as other:
        order(stack, "PUT", maintenance_path(site, 0), {"why": "disks"})
        order(stack, "PUT", pool_path(other, "/hold"), {"pin": other.servers[1]})
        order(stack, "PUT", "/controls/pause", {"until": "2999-01-01T00:00:00Z"})
        site.wait_for_server(1)
        other.wait_for_server(1)
        paths = [f"/servers/{site.servers[0]}", pool_path(other), "/controls"]
        forced = ("maintenance", "hold", "pause")
        before = [stack.get(path)[key] for path, key in zip(paths, forced)]
        assert all(before)
        stack.restart_controller()
        assert [stack.get(path)[key] for path, key in zip(paths, forced)] == before
        for server in site.servers + other.servers:
            stack.wait_for_health(server, "online")
        order(stack, "DELETE", "/controls/pause")
        fails_over(stack)
        assert site.resolves_to(1) and other.resolves_to(1)
        order(stack, "DELETE", maintenance_path(site, 0))
        order(stack, "DELETE", pool_path(other, "/hold"))
        site.wait_for_server(0)
        other.wait_for_server(0)
