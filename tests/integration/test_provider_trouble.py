"""A DNS provider that refuses, throttles, lies or is changed by others: nothing ends, all is told.
"""


import pytest
from guarded_site import TTL_S, GuardedSite
from stack import Stack

MANY = 10_000
STRANGER = "192.0.2.66"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    # A final refusal is tried again in the maintenance loop only.
    config = {"timings": {"maintenance_interval_s": 1}}
    with Stack(tmp_path_factory.mktemp("trouble"), config=config) as running:
        running.add_provider()
        running.add_provider("watched", owner="watched")
        yield running
        assert running.controller.process.poll() is None, "the controller ended"


@pytest.fixture
def site(stack):
    with GuardedSite(stack) as ready:
        yield ready
        ready.clear_faults()



def refused_by_quota(stack):
    return stack.emulator.control("GET", "stats")["refused_by_quota"]


def maintenance_round(stack):
    """Returns after one more: only a round finds what a stranger wrote, here at another account."""
    with GuardedSite(stack, provider="watched") as other:
        foreign_write(other)
        other.hook.wait_for("dns_drift")


def foreign_write(site, content=STRANGER):
    site.stack.emulator.foreign_write(zone=site.zone, name=site.name, type="A",
                                      set={"content": content})


REFUSALS = [
    ("api_error", {"status": 403, "code": 9109, "message": "Invalid access token"}, "9109"),
    ("api_error", {"status": 403, "code": 10000, "message": "Authentication error"}, "10000"),
    ("status_html", {"status": 502}, "502"),
    ("truncated_json", {"apply": False}, ""),
    ("success_false_200", {"code": 1234, "message": "no luck today"}, "no luck today"),
    ("problem_json", {"status": 503}, "503"),
    ("redirect", {"location": "http://127.0.0.1:1/"}, "302"),
    ("reply_lost", {"apply": False}, ""),
]


@pytest.mark.parametrize("kind, options, told", REFUSALS,
                         ids=[f"{k}-{o.get('code', o.get('status', ''))}" for k, o, _ in REFUSALS])
def test_refused_failover_is_told_once_and_completed_later(stack, site, kind, options, told):
    site.fault(kind, count=MANY, **options)
    failures = stack.metric("provider_failures_total")
    site.agent(0).kill()
    failed = site.hook.wait_for("failover_failed")
    assert failed.body["data"]["domains"] == [
        {"name": site.name, "from": site.ipv4[0], "to": site.ipv4[1]}]
    assert told in failed.body["data"]["detail"]
    assert site.resolves_to(0)
    stack.wait_for_status(site.name, "switching")
    shown = stack.get(f"/domains/{site.name}")
    assert shown["record"]["settled"] is False and shown["record"]["refused"] is True
    stack.until("the metric", lambda: stack.metric("records_behind") == 1)
    assert stack.ctl_json("status")["records_behind"] == 1
    assert "1" in pending_line(stack.ctl("status").stdout)
    if kind in ("status_html", "problem_json"):
        assert stack.metric("provider_failures_total") > failures

    site.clear_faults()
    site.wait_for_server(1)
    site.hook.wait_for("failover_triggered")
    assert site.told() == ["server_down", "failover_failed", "failover_triggered"]
    assert len(site.events("failover_failed")) == 1
    stack.until("the metric", lambda: stack.metric("records_behind") == 0)


def pending_line(status):
    (line,) = [line for line in status.splitlines() if "record" in line.lower()]
    return line


@pytest.mark.parametrize("kind, options", [
    ("reply_lost", {}), ("truncated_json", {}), ("status_html", {"status": 500, "apply": True}),
], ids=["reply_lost", "truncated_json", "status_html"])
def test_applied_but_unconfirmed_write_is_read_back_and_no_drift(site, kind, options):
    fault = site.fault(kind, "PATCH", **options)
    site.agent(0).kill()
    site.wait_for_fault(fault)
    site.wait_for_server(1)
    site.hook.wait_for("failover_triggered")
    assert site.told() == ["server_down", "failover_triggered"]
    assert site.events("dns_drift") == []


def test_throttled_provider_is_left_alone_for_as_long_as_it_says(stack):
    stack.add_provider("throttled", owner="throttled")
    with GuardedSite(stack, provider="throttled") as site:
        fault = site.fault("throttle", count=MANY, retry_after=3)
        site.agent(0).kill()
        site.wait_for_fault(fault)
        maintenance_round(stack)
        (waiting,) = stack.emulator.control("GET", "faults")["faults"]
        assert waiting["fired"] <= 2
        site.clear_faults()
        site.wait_for_server(1)
        assert site.events("dns_drift") == [] and site.events("failover_failed") == []


def test_lock_out_is_not_made_worse(stack):
    """Over its limit Cloudflare refuses everything for five minutes: asking on gains nothing."""
    stack.add_provider("locked", owner="locked")
    with GuardedSite(stack, provider="locked") as site:
        quota = {"requests": 0, "window_s": 300, "lockout_s": None}
        stack.emulator.control("PATCH", "settings", {"quota": quota})
        try:
            site.agent(0).kill()
            site.wait_for_event("failover_decided", "pool")
            stack.until("a refusal", lambda: refused_by_quota(stack))
        finally:
            quota["requests"] = 1200
            stack.emulator.control("PATCH", "settings", {"quota": quota})
        maintenance_round(stack)
        assert site.resolves_to(0), "it asked again long before it may"
        stack.wait_for_status(site.name, "switching")
        assert stack.api("GET", "/readyz").status == 200


def test_revoked_token_and_a_new_life(stack, site):
    """The credential itself stops counting: told, and completed when it counts again."""
    token = stack.emulator.control("GET", "tokens")["tokens"][0]
    stack.emulator.control("PATCH", f"tokens/{token['id']}", {"status": "disabled"})
    site.agent(0).kill()
    failed = site.hook.wait_for("failover_failed")
    assert token["value"] not in failed.raw.decode()
    stack.emulator.control("PATCH", f"tokens/{token['id']}", {"status": "active"})
    site.wait_for_server(1)


def test_stranger_stops_everything_until_enforce(stack, site):
    foreign_write(site)
    drift = site.hook.wait_for("dns_drift")
    assert drift.body["data"]["domains"] == [
        {"name": site.name, "from": site.ipv4[0], "to": STRANGER}]
    stack.wait_for_status(site.name, "conflict")
    site.agent(0).kill()
    site.wait_for_event("failover_decided", "pool")
    # Another site fails over later: time enough for a wrong write.
    with GuardedSite(stack) as other:
        other.agent(0).kill()
        other.wait_for_server(1)
    assert stack.dig(site.name) == [STRANGER]
    site.hook.wait_for("failover_failed")
    stack.ctl("domain", "enforce", site.name)
    site.wait_for_server(1)
    assert len(site.events("dns_drift")) == 1
    assert len(site.events("failover_failed")) == 1


def test_adopted_content_stays_until_the_next_switch(stack, site):
    foreign_write(site)
    site.hook.wait_for("dns_drift")
    stack.ctl("domain", "adopt", site.name)
    stack.wait_for_status(site.name, "active")
    assert "which a person adopted" in stack.ctl("explain", site.name).stdout
    assert "adopted" in stack.ctl("domain", "list").stdout
    assert stack.dig(site.name) == [STRANGER]
    site.agent(0).kill()
    site.wait_for_server(1)
    site.agent(0).start()
    site.wait_for_server(0)


def test_stranger_between_read_and_write_is_found(stack, site):
    (record,) = site.records()
    site.fault("foreign_write", "GET", when="after", zone=site.zone, id=record["id"],
               set={"content": STRANGER})
    site.agent(0).kill()
    site.hook.wait_for("server_down")
    # Whoever wrote last: either our write won and is confirmed, or the stranger is told of.
    stack.until("a clear state", lambda: stack.get(f"/domains/{site.name}")["status"]
                in ("failed_over", "conflict"))
    status = stack.get(f"/domains/{site.name}")["status"]
    expected = [site.ipv4[1]] if status == "failed_over" else [STRANGER]
    assert stack.dig(site.name) == expected


def test_deleted_record_is_made_anew_only_when_a_person_says_so(stack, site):
    (record,) = site.records()
    stack.emulator.foreign_write(zone=site.zone, id=record["id"], delete=True)
    drift = site.hook.wait_for("dns_drift")
    assert drift.body["data"]["domains"] == [
        {"name": site.name, "from": site.ipv4[0], "to": None}]
    stack.wait_for_status(site.name, "conflict")
    shown = stack.ctl("domain", "show", site.name).stdout
    assert "deleted the record" in shown
    assert "domain enforce" in shown and "domain adopt" not in shown
    site.agent(0).kill()
    site.hook.wait_for("failover_failed")
    assert site.records() == []
    refused = stack.ctl("domain", "adopt", site.name, check=False)
    assert refused.returncode == 1 and f"understudyctl domain enforce {site.name}" in refused.stderr
    assert site.records() == []
    stack.ctl("domain", "enforce", site.name)
    site.wait_for_server(1)
    (made,) = site.records()
    assert made["proxied"] is False


def test_missing_record_is_made_proxied_or_not_as_it_is_said(stack, site):
    name = f"new.{site.zone}"
    words = ("domain", "add", name, "--servers", ",".join(site.servers),
             "--provider", "cloudflare")
    refused = stack.ctl(*words, check=False)
    assert refused.returncode == 1 and "does not exist" in refused.stderr
    refused = stack.ctl(*words, "--enforce", check=False)
    assert refused.returncode == 1 and "--proxied or --no-proxied" in refused.stderr
    assert site.records(name) == []
    stack.ctl(*words, "--enforce", "--proxied")
    try:
        stack.until("the record", lambda: site.records(name))
        (made,) = site.records(name)
        assert made["content"] == site.ipv4[0] and made["proxied"] is True
        stack.wait_for_status(name, "active")
    finally:
        stack.ctl("domain", "remove", name)


def test_aaaa_record_beside_a_bound_a_is_a_conflict_and_nothing_is_said_to_have_moved(stack):
    with GuardedSite(stack, ipv6=True, families=("A",)) as site:
        stack.emulator.foreign_write(zone=site.zone, create={
            "name": site.name, "type": "AAAA", "content": site.ipv6[0], "ttl": TTL_S})
        drift = site.hook.wait_for("dns_drift")
        assert drift.body["data"]["domains"] == [
            {"name": site.name, "from": site.ipv4[0], "to": f"{site.ipv4[0]}, {site.ipv6[0]}"}]
        site.agent(0).kill()
        failed = site.hook.wait_for("failover_failed")
        assert "adopts or enforces" in failed.body["data"]["detail"]
        for words in (("status",), ("explain", site.name), ("domain", "show", site.name)):
            shown = " ".join(stack.ctl(*words).stdout.split())
            assert f"domain adopt {site.name}" in shown, words
        assert site.told() == ["dns_drift", "server_down", "failover_failed"]
        assert site.resolves_to(0)
        stack.ctl("domain", "adopt", site.name)
        # What was adopted stays until the next switch; that moves both.
        site.agent(0).start()
        stack.wait_for_health(site.servers[0], "online")
        stack.until("the way home", lambda: not stack.get(f"/pools/{site.pool}")["failed_over"])
        site.agent(0).kill()
        stack.wait_for_addresses(site.name, [site.ipv4[1]])
        stack.wait_for_addresses(site.name, [site.ipv6[1]], "AAAA")
        assert stack.get(f"/domains/{site.name}")["ipv6"] is True


def test_second_record_of_the_name_is_a_stranger(stack, site):
    stack.emulator.foreign_write(zone=site.zone, create={"name": site.name, "type": "A",
                                                         "content": STRANGER, "ttl": TTL_S})
    drift = site.hook.wait_for("dns_drift")
    assert STRANGER in drift.body["data"]["domains"][0]["to"]
    site.agent(0).kill()
    site.wait_for_event("failover_decided", "pool")
    stack.wait_for_status(site.name, "conflict")
    assert stack.dig(site.name) == sorted([site.ipv4[0], STRANGER])


def test_one_site_in_trouble_does_not_hold_up_another(stack, site):
    site.fault("api_error", count=MANY, status=403, code=9109, message="Invalid access token")
    with GuardedSite(stack) as other:
        site.agent(0).kill()
        site.hook.wait_for("failover_failed")
        other.agent(0).kill()
        other.wait_for_server(1)
    assert site.resolves_to(0)
