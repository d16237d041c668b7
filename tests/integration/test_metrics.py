"""/metrics as Prometheus' own tools see it; and the alert rules and the dashboard in
examples/prometheus, which name only what is there."""

import json
import re
import subprocess

import pytest
from stack import ROOT, Stack
from guarded_site import GuardedSite

EXAMPLES = ROOT / "examples" / "prometheus"
PARTS = ("_bucket", "_sum", "_count")  # of a histogram


def promtool(*arguments, stdin=None):
    return subprocess.run(["promtool", *map(str, arguments)], input=stdin, text=True, timeout=60,
                          capture_output=True, check=False)


def families(text):
    return dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))


def named_in(text):
    """Every metric of ours that a query names."""
    return set(re.findall(r"\bunderstudy_[a-z0-9_]+", text))


@pytest.fixture(scope="module", name="stack")
def running_stack(tmp_path_factory):
    alive = {"alive_url": "http://127.0.0.1:9/alive"}
    with Stack(tmp_path_factory.mktemp("metrics"), config=alive, tls=True) as running:
        yield running


@pytest.fixture(scope="module", name="exposed")
def after_a_failover(stack):
    stack.add_provider()
    with GuardedSite(stack) as site:
        site.agent(0).kill()
        site.hook.wait_for("failover_triggered")

        def exposition():
            text = stack.api("GET", "/metrics").raw.decode()
            return "understudy_record_confirmation_seconds_count 0" not in text and text

        yield stack.until("the failover to be measured", exposition)


def sample(text, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.M).group(1))


def test_promtool_has_nothing_to_say_about_the_metrics(exposed):
    checked = promtool("check", "metrics", stdin=exposed)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_a_failover_is_counted_and_timed(exposed):
    assert sample(exposed, 'understudy_log_lines_total{type="failover_decided"}') == 1
    for phase in ("failover_detection", "record_confirmation"):
        assert sample(exposed, f"understudy_{phase}_seconds_count") >= 1
        assert 0 <= sample(exposed, f"understudy_{phase}_seconds_sum") < 60
    for what in ("turn", "commit"):
        count = sample(exposed, f"understudy_{what}_seconds_count")
        assert count > 0
        assert sample(exposed, f'understudy_{what}_seconds_bucket{{le="+Inf"}}') == count
        assert sample(exposed, f"understudy_{what}_seconds_sum") > 0


def test_an_account_has_calls_left_and_errors_by_kind(stack, exposed):
    limit = sample(exposed, 'understudy_provider_calls_limit{provider="cloudflare"}')
    assert 0 < sample(exposed, 'understudy_provider_calls_left{provider="cloudflare"}') < limit
    errors = 'understudy_provider_errors_total{provider="cloudflare",kind="%s"}'
    before = {kind: sample(exposed, errors % kind) for kind in ("rejected", "transient")}
    stack.emulator.add_fault({"count": 1}, kind="api_error", status=403, code=9109,
                             message="Invalid access token")
    assert stack.api("POST", "/api/v1/providers/cloudflare/verify").status >= 400

    def counted():
        text = stack.api("GET", "/metrics").raw.decode()
        return sample(text, errors % "rejected") == before["rejected"] + 1 and text

    text = stack.until("the refusal to be counted", counted)
    assert sample(text, errors % "transient") == before["transient"]


def test_a_notification_that_waits_is_as_old_as_it_says(stack, exposed):
    name = "understudy_notifications_oldest_pending_timestamp_seconds"
    stack.until("all to be delivered", lambda: sample(
        stack.api("GET", "/metrics").raw.decode(), name) == 0)


def test_the_alert_rules_name_what_is_there_and_do_as_they_say(exposed):
    rules = EXAMPLES / "understudy.rules.yml"
    checked = promtool("check", "rules", rules)
    assert checked.returncode == 0, checked.stderr
    tested = promtool("test", "rules", EXAMPLES / "understudy.rules.test.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert missing(rules.read_text(), exposed) == set()
    alerts = re.findall(r"- alert: (\w+)", rules.read_text())
    told = (EXAMPLES / "understudy.rules.test.yml").read_text()
    for alert in alerts:  # at least once when nothing is to be told, and once when something is
        assert len(re.findall(rf"alertname: {alert}\b", told)) >= 2, alert


def test_the_guide_names_every_metric(exposed):
    guide = (ROOT / "docs" / "operators-guide.md").read_text()
    assert set(families(exposed)) - named_in(guide) == set()


def test_the_dashboard_names_what_is_there(exposed):
    dashboard = json.loads((EXAMPLES / "grafana-dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(queries) > 20
    assert missing("\n".join(queries), exposed) == set()
    identifiers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(identifiers)) == len(identifiers)


def missing(queries, exposed):
    known = families(exposed)
    parts = {name + part for name, kind in known.items() if kind == "histogram" for part in PARTS}
    names = named_in(queries)
    assert names
    return names - parts - {name for name, kind in known.items() if kind != "histogram"}
