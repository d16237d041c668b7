"""What is broken has a number; who acknowledges it is told of, and nobody else is called. With real
receivers, among them what stands for PagerDuty."""

import json

import pytest
from guarded_site import GuardedSite
from receivers import WebhookReceiver
from stack import Stack

PUBLIC = "https://understudy.example.org"


@pytest.fixture(scope="module", name="stack")
def running_stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("acknowledge")
    with Stack(folder, config={"public_url": PUBLIC + "/"}) as running:
        running.add_provider()
        yield running


@pytest.fixture(name="site")
def a_site(stack):
    with GuardedSite(stack, servers=3) as running:
        yield running


def incident_of(stack, server):
    items = [each for each in stack.get("/incidents")["items"] if server in each["servers"]]
    return items[0] if items else None


def lose(stack, site, index):
    """Its incident, once it is there."""
    site.agent(index).kill()
    stack.until("an incident", lambda: incident_of(stack, site.servers[index]))
    return incident_of(stack, site.servers[index])


def test_an_acknowledgement_is_told_and_ends_with_its_incident(stack, site):
    number = lose(stack, site, 1)["id"]
    down = site.hook.wait_for("server_down")
    assert down.body["data"]["link"] == f"{PUBLIC}/#/incidents/{number}"
    shown = stack.ctl("incidents").stdout
    assert str(number) in shown and f"{site.servers[1]} down" in shown and "nobody" in shown

    said = stack.ctl("acknowledge", site.servers[1], "--note", "disk is replaced").stdout
    assert said == f"Incident {number} acknowledged: {site.servers[1]} down\n"
    told = site.hook.wait_for("acknowledged").body["data"]
    assert told["incidents"] == [number] and told["detail"] == "disk is replaced"
    assert told["server"]["name"] == site.servers[1]
    again = stack.ctl("acknowledge", str(number), check=False)
    assert again.returncode == 1 and "nobody has acknowledged" in again.stderr
    refused = stack.api("POST", f"/api/v1/incidents/{number}/acknowledge")
    assert refused.status == 409

    stack.restart_controller()
    by = incident_of(stack, site.servers[1])["acknowledged"]
    assert by["why"] == "disk is replaced" and by["who"]
    [event] = stack.get(f"/events?type=acknowledged&incident={number}")["items"]
    assert event["who"] == by["who"] and event["detail"] == "disk is replaced"

    site.agent(1).start()
    site.hook.wait_for("server_up")
    stack.until("the end", lambda: incident_of(stack, site.servers[1]) is None)
    assert stack.api("GET", f"/api/v1/incidents/{number}").status == 404


def test_pagerduty_is_told_that_somebody_sees_to_it(stack, site, tmp_path):
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef\n")
    with WebhookReceiver() as pager:
        stack.ctl("channel", "add", "pagerduty", "pager", "--credential-file", key, "--server",
                  pager.origin, "--pool", site.pool)
        try:
            number = lose(stack, site, 1)["id"]
            stack.ctl("acknowledge", str(number))
            stack.until("both events", lambda: len(pager.requests) >= 2)
            first, second = (each.body for each in pager.requests[:2])
            assert (first["event_action"], second["event_action"]) == ("trigger", "acknowledge")
            assert first["dedup_key"] == second["dedup_key"]
            assert second["client_url"] == f"{PUBLIC}/#/incidents/{number}"
            site.agent(1).start()
            stack.until("its end", lambda: pager.requests[-1].body["event_action"] == "resolve")
            assert pager.requests[-1].body["dedup_key"] == first["dedup_key"]
        finally:
            stack.ctl("channel", "remove", "pager")


def test_what_nobody_acknowledges_reaches_the_next_in_line_over_a_restart(stack, site):
    """The shortest escalation there is takes a minute; the controller dies meanwhile."""
    with WebhookReceiver() as boss:
        stack.post("/channels", {"name": "boss", "kind": "webhook", "url": boss.url,
                                 "after_min": 1, "pools": [site.pool]})
        try:
            waits = lose(stack, site, 1)["id"]
            seen_to = lose(stack, site, 2)["id"]
            stack.ctl("acknowledge", str(seen_to))
            stack.restart_controller()
            boss.until("the escalation", lambda: boss.requests, 120)
            assert [each.type for each in boss.requests] == ["escalated"]
            told = boss.requests[0].body["data"]
            assert told["incidents"] == [waits]
            assert told["reason"] == f"{site.servers[1]} down: not acknowledged within 1 min 0 s"
            assert incident_of(stack, site.servers[1])["escalated"] == ["boss"]
            stack.ctl("acknowledge", site.servers[1], "--note", "on my way")
            site.agent(1).start()
            over = boss.wait_for("escalation_over")
            assert over.body["data"]["incident"] == told["incident"]
            assert [each.type for each in boss.requests] == ["escalated", "acknowledged",
                                                             "escalation_over"]
        finally:
            stack.api("DELETE", "/api/v1/channels/boss")


def test_quiet_hours_hold_what_can_wait_and_a_person_can_send_it(stack, site):
    with WebhookReceiver() as night:
        # Hours that never end are refused: it is quiet but for the minute before midnight.
        stack.post("/channels", {
            "name": "night", "kind": "webhook", "url": night.url, "pools": [site.pool],
            "quiet_hours": ["daily 00:00-23:59 UTC"]})
        try:
            lose(stack, site, 1)
            def held():
                items = stack.get("/notifications?channel=night&state=pending")["items"]
                return [each for each in items if each["held"]]
            stack.until("a held notification", held)
            [waiting] = held()
            assert waiting["type"] == "server_down"
            assert "held" in stack.ctl("notifications", "list", "--channel", "night").stdout
            stack.ctl("channel", "test", "night")
            assert [each.type for each in night.requests] == ["test"]
            stack.ctl("notifications", "retry", str(waiting["id"]))
            night.wait_for("server_down")
            exported = json.loads(stack.ctl("export").stdout)
            [mine] = [each for each in exported["channels"] if each["name"] == "night"]
            del mine["quiet_hours"]
            site.agent(1).start()
            stack.until("its end held", lambda: [each["type"] for each in held()] == ["server_up"])
            stack.post("/fleet", {"fleet": {"channels": exported["channels"]}, "dry_run": False})
            night.wait_for("server_up")
        finally:
            stack.api("DELETE", "/api/v1/channels/night")
