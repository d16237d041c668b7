"""Failover and recovery as the world sees them: real programs, DNS queries, webhook and mail."""

import os

import pytest
from guarded_site import TTL_S, GuardedSite
from receivers import MailReceiver
from stack import Stack

FAILOVER_TTL_S = 60


@pytest.fixture(scope="module")
def mail():
    with MailReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def stack(tmp_path_factory, mail):
    smtp = {"host": "127.0.0.1", "port": mail.port, "security": "none",
            "from": "understudy@example.org"}
    with Stack(tmp_path_factory.mktemp("failover"), config={"smtp": smtp}) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None


@pytest.fixture
def site(stack, mail):
    with GuardedSite(stack, mail=mail) as ready:
        yield ready


def only_domain(hook):
    (domain,) = hook.body["data"]["domains"]
    return domain


def test_killed_agent_moves_the_record_and_everyone_is_told(site):
    site.agent(0).kill()
    down = site.hook.wait_for("server_down")
    assert down.body["data"]["server"]["name"] == site.servers[0]
    site.wait_for_server(1)
    (record,) = site.records()
    assert record["ttl"] == FAILOVER_TTL_S
    moved = site.hook.wait_for("failover_triggered")
    assert only_domain(moved) == {"name": site.name, "from": site.ipv4[0], "to": site.ipv4[1]}
    assert moved.body["data"]["reason"] == "Primary server down"
    event = site.wait_for_event("failover_triggered")
    assert (event["from"], event["to"]) == (site.ipv4[0], site.ipv4[1])
    assert event["reason"] == "Primary server down"
    assert site.name in site.wait_for_mail("failover_triggered").get_content()
    assert site.servers[0] in site.wait_for_mail("server_down")["Subject"]

    site.agent(0).start()
    site.wait_for_server(0)
    (record,) = site.records()
    assert record["ttl"] == TTL_S
    back = site.hook.wait_for("server_recovered")
    assert only_domain(back) == {"name": site.name, "from": site.ipv4[1], "to": site.ipv4[0]}
    assert site.wait_for_event("server_recovered")["reason"] == "Primary server recovered"
    site.wait_for_mail("server_recovered")
    assert site.told() == ["server_down", "failover_triggered", "server_up", "server_recovered"]
    incidents = {hook.body["data"]["incident"] for hook in site.hook.delivered("server_down")
                 + site.hook.delivered("failover_triggered")}
    assert len(incidents) == 1


def test_announced_restart_is_told_to_nobody_unless_it_never_returns(stack, site):
    primary, secondary = site.servers
    site.agent(0).stop()
    stack.until("the link to be closed", lambda: not stack.get(f"/servers/{primary}")["linked"])
    site.agent(1).stop()  # and is not started again
    site.agent(0).start()
    stack.until("the link to be back", lambda: stack.get(f"/servers/{primary}")["linked"])
    stack.wait_for_health(primary, "online")
    down = site.hook.wait_for("server_down")  # its grace began later and is over
    assert down.body["data"]["server"]["name"] == secondary
    assert site.told() == ["server_down"]
    names = [event["server"]["name"] for event in site.events("server_down", "server")]
    assert names == [secondary]
    assert site.resolves_to(0)
    assert site.events("failover_decided", "pool") == []


def test_frozen_agent_is_found_silent_and_comes_back(stack, site):
    site.agent(0).pause()
    site.wait_for_server(1)
    assert stack.get(f"/servers/{site.servers[0]}")["health"] != "online"
    site.hook.wait_for("failover_triggered")
    site.agent(0).resume()
    site.wait_for_server(0)
    site.hook.wait_for("server_recovered")
    assert site.told() == ["server_down", "failover_triggered", "server_up", "server_recovered"]


def test_failing_local_check_moves_and_its_end_moves_back(stack, tmp_path):
    flag = tmp_path / "well"
    flag.touch()
    check = {"name": "flag", "type": "command", "command": ["/usr/bin/test", "-e", str(flag)],
             "interval_s": 1, "timeout_s": 1, "fall": 1, "rise": 1}
    with GuardedSite(stack) as site:
        site.agent(0).discard()
        stack.agents[site.servers[0]] = stack.make_agent(site.servers[0], [check])
        site.agent(0).start()
        stack.wait_for_health(site.servers[0], "online")
        site.wait_for_server(0)
        os.unlink(flag)
        told = site.hook.wait_for("server_error")
        assert "flag" in str(told.body["data"])
        site.wait_for_server(1)
        assert stack.get(f"/servers/{site.servers[0]}")["health"] == "error"
        assert "flag" in stack.get(f"/servers/{site.servers[0]}")["health_sentence"]
        flag.touch()
        site.wait_for_server(0)
        site.hook.wait_for("server_recovered")


def test_secondary_dies_alone_and_dns_stays(site):
    before = site.records()
    site.agent(1).kill()
    site.hook.wait_for("server_down")
    site.stack.wait_for_health(site.servers[1], "offline")
    # Confirmed as dead and looked at by the maintenance loop: a second site that dies later has
    # moved by then.
    with GuardedSite(site.stack) as other:
        other.agent(0).kill()
        other.wait_for_server(1)
    assert site.records() == before
    assert site.resolves_to(0)
    assert site.told() == ["server_down"]


def test_serving_secondary_dies_and_the_next_one_serves(stack):
    with GuardedSite(stack, servers=3) as site:
        site.agent(0).kill()
        site.wait_for_server(1)
        site.agent(1).kill()
        site.wait_for_server(2)
        site.hook.wait_for("failover_triggered", 2)
        assert only_domain(site.hook.delivered("failover_triggered")[-1]) == {
            "name": site.name, "from": site.ipv4[1], "to": site.ipv4[2]}


def test_nobody_healthy_is_an_outage_without_dns_change(stack, site):
    before = site.records()
    site.agent(0).kill()
    site.agent(1).kill()
    site.hook.wait_for("outage_started")
    stack.wait_for_status(site.name, "outage")
    assert site.records() == before
    site.wait_for_mail("outage_started")
    site.agent(0).start()
    site.hook.wait_for("outage_resolved")
    stack.wait_for_status(site.name, "active")
    assert site.records() == before
    told = site.told()
    assert (told.count("outage_started"), told.count("outage_resolved")) == (1, 1)
    assert "failover_triggered" not in told


def test_ipv6_moves_with_ipv4(stack):
    with GuardedSite(stack, ipv6=True) as site:
        site.agent(0).kill()
        site.wait_for_server(1)
        stack.wait_for_addresses(site.name, [site.ipv6[1]], "AAAA")
        moved = only_domain(site.hook.wait_for("failover_triggered"))
        assert moved["to"] == f"{site.ipv4[1]}, {site.ipv6[1]}"
        site.agent(0).start()
        site.wait_for_server(0)
        stack.wait_for_addresses(site.name, [site.ipv6[0]], "AAAA")


def test_many_domains_are_one_message(stack, mail):
    labels = [f"d{number}" for number in range(8)]
    with GuardedSite(stack, labels=labels, mail=mail) as site:
        site.agent(0).kill()
        site.wait_for_server(1)
        moved = site.hook.wait_for("failover_triggered")
        assert sorted(d["name"] for d in moved.body["data"]["domains"]) == site.names
        site.agent(0).start()
        site.wait_for_server(0)
        site.hook.wait_for("server_recovered")
        assert site.told() == ["server_down", "failover_triggered", "server_up",
                               "server_recovered"]
        site.wait_for_mail("server_recovered")
        assert len(site.mails("failover_triggered")) == 1
        assert len(site.events("failover_triggered")) == len(labels)


def test_manual_failback_waits_for_understudyctl(stack):
    with GuardedSite(stack, policy={"failback": "manual"}) as site:
        site.agent(0).kill()
        site.wait_for_server(1)
        refused = stack.ctl("failback", site.name, check=False)
        assert refused.returncode == 1 and site.servers[0] in refused.stderr
        site.agent(0).start()
        stack.wait_for_health(site.servers[0], "online")
        site.hook.wait_for("server_up")
        # An automatic pool that recovers later is back already: it was not for want of time.
        with GuardedSite(stack) as automatic:
            automatic.agent(0).kill()
            automatic.wait_for_server(1)
            automatic.agent(0).start()
            automatic.wait_for_server(0)
        assert site.resolves_to(1)
        stack.ctl("failback", site.name)
        site.wait_for_server(0)
        assert site.events("failback_decided", "pool")[0]["who"]


def test_proxied_comment_and_tags_are_not_touched(stack):
    kept = {"proxied": True, "ttl": 1, "comment": "do not touch", "tags": ["team:web"]}
    with GuardedSite(stack, record=kept) as site:
        (before,) = site.records()
        visible = stack.dig(site.name)
        site.agent(0).kill()
        stack.wait_for_status(site.name, "failed_over")
        (after,) = site.records()
        assert after["content"] == site.ipv4[1]
        assert {key: after[key] for key in kept} == kept
        assert after["id"] == before["id"]
        assert stack.dig(site.name) == visible, "the shield's address must stay hidden"
        site.agent(0).start()
        stack.wait_for_status(site.name, "active")
        (restored,) = site.records()
        same = set(before) - {"modified_on"}
        assert {key: restored[key] for key in same} == {key: before[key] for key in same}

