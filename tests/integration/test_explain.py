"""Why did it switch, and what would another policy have done: real programs, asked afterwards."""

import json
import time

import pytest
from guarded_site import GuardedSite
from stack import Stack

# A link that closes is known at once. Silence plays no part here: a machine that is busy for a
# second would add a failover to the story.
TIMINGS = {"heartbeat_interval_s": 10}
POLICY = {"confirm_s": 1, "health_timeout_s": 120, "failback_after_s": 1}


def utc():
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    config = {"policy": POLICY, "timings": TIMINGS}
    with Stack(tmp_path_factory.mktemp("explain"), config=config) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None


@pytest.fixture(scope="module")
def story(stack):
    """One failover, one failback, and the moments between them."""
    with GuardedSite(stack) as site:
        moments = {"before": utc()}
        site.agent(0).kill()
        site.wait_for_server(1)
        site.wait_for_event("failover_triggered")
        moments["away"] = utc()
        explained = stack.ctl("explain", site.name).stdout
        site.agent(0).start()
        site.wait_for_server(0)
        site.wait_for_event("server_recovered")
        yield site, moments, explained


def test_explain_says_in_words_why_it_switched(story):
    site, _, explained = story
    primary, secondary = site.servers
    assert f"The record holds {site.ipv4[1]}, as it should." in explained
    assert "Primary server down (failover_decided)" in explained
    assert f"From {site.ipv4[0]} to {site.ipv4[1]}." in explained
    assert "Why: Rule 4: the primary is down, the first healthy secondary takes over." in explained
    lines = [line.split() for line in explained.splitlines()]
    assert any(line[:5] == [primary, "down", "no", "offline", "for"] for line in lines), explained
    assert any(line[:4] == [secondary, "healthy", "yes", "online"] for line in lines), explained
    assert "for 1 s (confirm_s)" in explained
    assert "120 s (health_timeout_s)" in explained
    assert "No guard held it, and nobody had forced anything." in explained


def test_a_moment_of_the_past_is_explained_from_the_log(stack, story):
    site, moments, _ = story
    now = stack.ctl_json("explain", site.name)
    assert now["decision"]["event"]["type"] == "failback_decided"
    assert now["domain"]["status"] == "active"
    away = stack.ctl("explain", site.name, "--at", moments["away"]).stdout
    assert "Primary server down (failover_decided)" in away
    assert f"The record held {site.ipv4[1]}, confirmed at" in away
    before = stack.ctl_json("explain", site.name, "--at", moments["before"])
    assert before["decision"] is None
    assert before["record"]["type"] == "domain_added"


def test_an_unknown_domain_and_a_wrong_time_are_refused(stack):
    assert stack.ctl("explain", "none.example.org", check=False).returncode == 1
    assert stack.ctl("explain", "none.example.org", "--at", "soon", check=False).returncode == 2


def test_replay_with_more_patience_shows_no_switch(stack, story, tmp_path):
    _, moments, _ = story
    policy = tmp_path / "patient.json"
    policy.write_text('{"confirm_s": 600}  // ten minutes\n')
    words = ("replay", "--policy", policy, "--since", moments["before"])
    played = stack.ctl_json(*words)
    assert [move["type"] for move in played["usual"]] == ["failover", "failback"]
    assert played["other"] == [] and not played["cut"]
    assert [each["difference"] for each in played["differences"]] == ["not_switched"] * 2
    shown = stack.ctl(*words).stdout
    assert shown.count("would not have switched") == 2
    assert "2 switches with the policies as they are, 0 switches with this one." in shown
    policy.write_text("{}")
    assert "Nothing would have been different." in stack.ctl(*words).stdout


def test_replay_tells_what_went_as_it_was_decided(stack, story, tmp_path):
    site, moments, _ = story
    policy = tmp_path / "same.json"
    policy.write_text(json.dumps({"policy": POLICY}))
    played = stack.ctl_json("replay", "--policy", policy, "--since", moments["before"])
    decided = site.events("failover_decided", "pool")[0]
    (failover, _) = played["usual"]
    assert (failover["from"], failover["to"]) == (decided["from"], decided["to"])
    assert failover["reason"] == decided["reason"]
    assert played["usual"] == played["other"]


def test_replay_needs_a_file_and_a_time(stack, tmp_path):
    missing = stack.ctl("replay", "--policy", tmp_path / "none", "--since", "1h", check=False)
    assert missing.returncode == 2 and "cannot be read" in missing.stderr
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"confirm_s": "soon"}')
    refused = stack.ctl("replay", "--policy", wrong, "--since", "1h", check=False)
    assert refused.returncode == 1 and "policy.confirm_s" in refused.stderr
    assert stack.ctl("replay", "--policy", wrong, check=False).returncode == 2
