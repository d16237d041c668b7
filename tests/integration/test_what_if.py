"""What would happen if a server died: asked first, then it dies, and that is what happens."""

import time

import pytest
from guarded_site import TTL_S, GuardedSite
from stack import Stack

TIMINGS = {"heartbeat_interval_s": 10}
POLICY = {"confirm_s": 2, "health_timeout_s": 120, "failback_after_s": 1}
MARGIN_S = 3  # a busy machine, and the look at the provider


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    config = {"policy": POLICY, "timings": TIMINGS}
    with Stack(tmp_path_factory.mktemp("what-if"), config=config) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None


def test_what_is_said_is_what_happens(stack):
    with GuardedSite(stack, labels=("www", "shop")) as site:
        primary, secondary = site.servers
        said = stack.ctl_json("what-if", "server", primary)
        assert said["lost"] == [primary] and said["obstacles"] == []
        (pool,) = said["pools"]
        assert (pool["pool"], pool["outcome"]) == (site.pool, "moves")
        assert pool["to_servers"] == [secondary] and pool["standby_left"] == 0
        promised = {each["name"]: each["to"] for each in pool["named"]}
        assert promised == {name: site.ipv4[1] for name in site.names}
        assert said["time"]["ttl_s"] == TTL_S
        assert site.resolves_to(0)  # it was only said

        killed = time.monotonic()
        site.agent(0).kill()
        stack.until("the records move", lambda: site.resolves_to(1))
        took = time.monotonic() - killed
        written = said["time"]["until_written"]
        assert written["best_s"] - 0.5 <= took <= written["worst_s"] + MARGIN_S
        site.wait_for_server(1)
        moved = {event["domain"]["name"]: event["to"] for event in
                 site.events("failover_triggered")}
        assert moved == promised
        (decided,) = site.events("failover_decided", "pool")
        assert decided["reason"] == pool["reason"]
        assert (decided["from"], decided["to"]) == (pool["from"], pool["to"])

        # And now nobody is left.
        text = stack.ctl("what-if", "server", secondary).stdout
        assert text.startswith(f"If {secondary} died now: 2 domains have no stand-by.\n")
        assert f"{site.name}: no stand-by in pool '{site.pool}'" in text


def test_everybody_at_once_and_what_is_held(stack):
    with GuardedSite(stack, servers=3) as site:
        for server in site.servers:
            changed = stack.api("PATCH", f"/api/v1/servers/{server}",
                                {"labels": {"hosting": "acme"}})
            assert changed.status == 200
        text = stack.ctl("what-if", "hosting", "acme").stdout
        assert "nothing would move until the doubt about so many losses ends" in text
        assert "In the way: 3 of 3 servers lost at once would look like" in text
        stack.ctl("hold", site.pool, "--why", "release day")
        text = stack.ctl("what-if", "pool", site.pool).stdout
        assert "1 domain would be held back" in text and "release day" in text
        text = stack.ctl("what-if", "all").stdout
        assert text.startswith("Of 3 servers 0 would leave domains without a server")
        assert "understudy_servers_without_standby 0\n" in (
            stack.api("GET", "/metrics").raw.decode())


def test_refusals_name_the_value_and_the_remedy(stack):
    unknown = stack.ctl("what-if", "server", "none", check=False)
    assert unknown.returncode == 1 and "none" in unknown.stderr
    label = stack.ctl("what-if", "label", "hosting", check=False)
    assert label.returncode == 1 and "KEY:VALUE" in label.stderr
    assert stack.ctl("what-if", "server", check=False).returncode == 2
