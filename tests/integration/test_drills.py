"""A failover is practised with real programs: it undoes itself, and what is real comes first."""

from urllib.parse import quote

import pytest
from guarded_site import GuardedSite
from stack import Stack

# Where nobody probes, readiness is nobody's to prove.
POLICY = {"probe": "off"}


@pytest.fixture(scope="module", name="stack")
def running_stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("drills")) as running:
        running.add_provider()
        yield running


@pytest.fixture(name="site")
def a_site(stack):
    with GuardedSite(stack, policy=POLICY) as running:
        running.add_channel(f"drills{running.number}", kind="webhook", url=running.hook.url,
                            types=["drill_started", "drill_ended"])
        yield running


def drills_of(stack, site):
    return stack.get(f"/drills?pool={quote(site.pool)}")["items"]


def ended(stack, site):
    """The newest, once it is over."""
    stack.until("the end of the drill", lambda: drills_of(stack, site)[0]["phase"] == "ended")
    return drills_of(stack, site)[0]


def run(stack, site, *options):
    shown = stack.ctl("drill", "run", site.pool, *options).stdout
    assert site.servers[1] in shown and "goes home by itself" in shown
    site.wait_for_server(1)


def test_a_drill_goes_away_and_home_and_is_kept(stack, site):
    assert stack.get(f"/pools/{quote(site.pool)}")["last_good_drill"] is None
    run(stack, site, "--stay", "10", "--why", "monthly")
    away = stack.get(f"/pools/{quote(site.pool)}")
    assert away["drill"]["phase"] == "away" and away["drill"]["to"] == site.servers[1]
    twice = stack.api("POST", f"/api/v1/pools/{quote(site.pool)}/drill")
    assert twice.status == 409 and "under way" in twice.body["detail"]
    drill = ended(stack, site)
    assert (drill["result"], drill["why"], drill["scheduled"]) == ("passed", "monthly", False)
    assert drill["away"]["confirmed_s"] > 0 and drill["home"]["confirmed_s"] > 0
    assert drill["estimate_s"] > 0
    site.wait_for_server(0)
    pool = stack.get(f"/pools/{quote(site.pool)}")
    assert pool["drill"] is None and pool["preferred"] is None and not pool["drill_due"]
    assert pool["last_good_drill"] == drill["ended"]
    assert site.hook.wait_for("drill_started").body["data"]["pool"]["name"] == site.pool
    assert "passed" in site.hook.wait_for("drill_ended").body["data"]["reason"]
    assert not site.hook.delivered("failover_triggered")
    listed = stack.ctl("drill", "list", "--pool", site.pool).stdout
    assert "passed" in listed and str(drill["id"]) in listed
    shown = stack.ctl("drill", "show", str(drill["id"])).stdout
    assert "passed" in shown and "monthly" in shown
    assert stack.get(f"/drills/{drill['id']}") == drill
    metrics = stack.api("GET", "/metrics").raw.decode()
    assert 'understudy_drills_total{result="passed"} ' in metrics
    assert f'understudy_pool_last_good_drill_timestamp_seconds{{pool="{site.pool}"}} 1' in metrics


def test_a_drill_is_ended_by_a_person(stack, site):
    run(stack, site)
    assert "is ended" in stack.ctl("drill", "end", site.pool).stdout
    drill = ended(stack, site)
    assert drill["result"] == "aborted" and "it was ended by" in drill["reason"]
    site.wait_for_server(0)
    refused = stack.ctl("drill", "end", site.pool, check=False)
    assert refused.returncode == 1 and "under way" in refused.stderr


def test_a_primary_that_dies_during_a_drill_is_a_failover(stack, site):
    run(stack, site, "--stay", "600")
    site.agent(0).kill()
    told = site.hook.wait_for("failover_triggered").body["data"]
    assert told["reason"] == "Primary server down"
    drill = ended(stack, site)
    assert drill["result"] == "aborted" and site.servers[0] in drill["reason"]
    site.wait_for_server(1)
    site.agent(0).start()
    site.hook.wait_for("server_recovered")
    site.wait_for_server(0)


def test_a_standby_that_dies_sends_it_home(stack, site):
    run(stack, site, "--stay", "600")
    site.agent(1).kill()
    drill = ended(stack, site)
    assert drill["result"] == "failed" and site.servers[1] in drill["reason"]
    site.wait_for_server(0)
    site.hook.wait_for("server_down")


def test_a_restart_ends_it(stack, site):
    run(stack, site, "--stay", "600")
    stack.restart_controller()
    drill = ended(stack, site)
    assert drill["result"] == "aborted" and "restarted" in drill["reason"]
    site.wait_for_server(0)


def test_who_sees_a_part_sees_its_drills_alone(stack, site):
    with GuardedSite(stack, policy=POLICY) as other:
        secret = stack.ctl_json("token", "add", f"scoped{site.number}", "--role", "operator",
                                "--pool", site.pool)["secret"]
        run(stack, other, "--stay", "600")
        run(stack, site, "--stay", "600")
        # Whoever looks while a drill is away sees his own, in every list and in a replay.
        mine = stack.api("GET", "/api/v1/drills", token=secret).body["items"]
        assert {each["pool"] for each in mine} == {site.pool}
        hidden = drills_of(stack, other)[0]["id"]
        assert stack.api("GET", f"/api/v1/drills/{hidden}", token=secret).status == 404
        assert [each["name"] for each in
                stack.api("GET", "/api/v1/pools", token=secret).body["items"]] == [site.pool]
        for path in ("/servers", "/status", "/what-if?all=true", "/events",
                     f"/domains/{site.names[0]}/explain"):
            assert stack.api("GET", "/api/v1" + path, token=secret).status == 200
        often = {"since": "2001-01-01T00:00:00Z", "policy": {"drill_every_days": 1}}
        assert stack.api("POST", "/api/v1/replay", often).status == 200
        for pool, status in ((other.pool, 404), (site.pool, 200)):
            path = f"/api/v1/pools/{quote(pool)}/drill/end"
            assert stack.api("POST", path, token=secret).status == status
        assert ended(stack, site)["result"] == "aborted"
        stack.ctl("drill", "end", other.pool)
        ended(stack, other)
