"""Whose word decides about a server (the table in controller/core/fitness.h), row by row: agents
and web servers in networks of their own, and links and ports lost as they are in production.

What must not move is never waited for by the clock: the time that has passed is one by which
another pool has moved, or it was set to nothing. What must not be the reason is set to an hour.
"""

import network
import pytest
from shields_apart import (CONFIG, CONTROLLER, EVERYBODY, NEVER_S, NOBODY, SIBLINGS, SITE_PORT,
                           Fleet)
from stack import Stack

REASON = network.why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

SHIELDS = {**{f"fra{number}": EVERYBODY for number in range(1, 10)},
           "fra10": (CONTROLLER,), "fra11": NOBODY, "fra12": NOBODY}
AWAY = ["server_down", "failover_triggered"]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth")
    stack = Stack(folder / "stack", config=CONFIG, tls=True, probes=True)
    stack.controller.agents_address = "0.0.0.0"
    with network.SharedNetwork(folder) as wire, stack:
        stack.add_provider()
        with Fleet(stack, wire, SHIELDS) as ready:
            yield ready
        assert stack.controller.process.poll() is None


def check_moved(story, told):
    """To the stand-by, because its primary is down; and people were told that, and no more."""
    story.wait_for_server(1)
    story.hook.wait_for("failover_triggered")
    assert reason_of(story, "failover_triggered") == "Primary server down"
    assert story.told() == told
    (record,) = story.records()
    assert record["content"] == story.ipv4[1]
    (decided,) = story.events("failover_decided", "pool")
    assert decided["reason"] == "Primary server down"
    assert "Why: Rule 4: the primary is down" in story.explained()


def check_stayed(story):
    assert story.resolves_to(0)
    assert story.events("failover_decided", "pool") == []


def reason_of(story, kind):
    (hook,) = story.hook.delivered(kind)
    return hook.body["data"]["reason"]


def said(story, observer, word):
    """The line about what it found, in what `explain` shows."""
    start = f"{story.servers[0]} {word} for {observer}: "
    return any(line.strip().startswith(start) for line in story.explained().splitlines())


# --- linked --------------------------------------------------------------------------------------


def test_up_and_content_but_dead_for_observers(fleet):
    with fleet.story("fra1") as story:
        story.set_policy(confirm_agreed_s=0)  # agreement shortens nothing here
        story.shield.machine.hide_port(SITE_PORT)
        story.wait_for_words(dead=EVERYBODY)
        assert story.standing() == "suspect"
        check_stayed(story)
        story.set_policy(confirm_s=1)
        check_moved(story, ["failover_triggered"])
        shown = story.shown()
        assert "health:    online" in shown
        assert "observer:  server 'ams3': dead for " in shown
        assert story.standing() == "down"
        assert all(said(story, observer, "is dead") for observer in EVERYBODY)


def test_up_and_failing_and_dead_for_observers(fleet):
    with fleet.story("fra2") as story:
        story.set_policy(confirm_agreed_s=1)
        story.shield.freeze_site()
        check_moved(story, ["server_error", "failover_triggered"])
        assert "health:    error" in story.shown()
        assert "site: " in reason_of(story, "server_error")


def test_up_and_failing_while_observers_are_served(fleet):
    with fleet.story("fra3") as story:
        story.set_policy(confirm_agreed_s=0)
        story.shield.lose_origin()
        story.hook.wait_for("server_error")
        story.wait_for_words(serves=EVERYBODY)
        assert story.standing() == "suspect"
        check_stayed(story)
        story.set_policy(confirm_s=1)
        check_moved(story, ["server_error", "failover_triggered"])
        assert said(story, CONTROLLER, "serves")


# --- goodbye -------------------------------------------------------------------------------------


def test_goodbye_is_believed_whatever_observers_say(fleet):
    with fleet.story("fra4") as story:
        story.set_policy(confirm_s=1)
        story.shield.agent.stop()
        check_moved(story, AWAY)
        assert "said it would restart and has not come back" in reason_of(story, "server_down")
        story.wait_for_words(serves=EVERYBODY)
        assert story.standing() == "down"


# --- lost ----------------------------------------------------------------------------------------


def test_lost_while_observers_are_served(fleet):
    with fleet.story("fra5") as story:
        story.add_twin(confirm_s=1)
        story.set_policy(confirm_s=1, confirm_agreed_s=0)
        story.shield.agent.kill()
        story.wait_for_twin_to_move()
        story.hook.wait_for("failover_held")
        held = reason_of(story, "failover_held")
        assert "the link of server 'fra5' is lost, but its service answers for 4 of 4" in held
        # Who hears of one pool reads no names of others.
        assert "http 80: 200 (server '(another)')" in held
        (event,) = story.events("failover_held", "pool")
        assert "http 80: 200 (server 'ams2')" in event["reason"]
        assert f"to move it: 'understudyctl failover {story.pool}'" in held
        assert "its service answers for" in story.explained()
        check_stayed(story)
        assert story.told() == ["server_down", "failover_held"]
        story.stack.ctl("failover", story.pool)
        story.wait_for_server(1)
        assert story.wait_for_event("failover_decided", "pool")["reason"] == "Ordered by a person"
        story.hook.wait_for("failover_triggered")


def test_lost_and_dead_for_the_controller_and_siblings(fleet):
    with fleet.story("fra6") as story:
        story.set_policy(confirm_agreed_s=1)
        story.shield.machine.cut()
        check_moved(story, AWAY)
        assert "no answer to a ping" in reason_of(story, "server_down")
        story.wait_for_words(dead=EVERYBODY)


def test_lost_and_dead_for_the_controller_alone(fleet):
    with fleet.story("fra10") as story:
        story.set_policy(confirm_agreed_s=0)
        story.shield.agent.kill()
        story.shield.kill_site()
        story.wait_for_words(dead=[CONTROLLER])
        assert story.standing() == "suspect"
        check_stayed(story)
        story.set_policy(confirm_s=1)
        check_moved(story, AWAY)


def test_lost_while_as_many_are_served_as_are_not(fleet):
    with fleet.story("fra7") as story:
        for sibling in (1, 2):
            story.shield.machine.hide_port(SITE_PORT, fleet.address_of(SIBLINGS[sibling]))
        story.set_policy(confirm_agreed_s=0)
        story.shield.agent.kill()
        story.wait_for_words(serves=[CONTROLLER, SIBLINGS[0]], dead=SIBLINGS[1:])
        assert story.standing() == "suspect"
        check_stayed(story)
        story.set_policy(confirm_s=1)
        check_moved(story, AWAY)


def test_behind_a_firewall_that_admits_no_observer_the_link_decides(fleet):
    with fleet.story("fra11") as story:
        story.set_policy(confirm_agreed_s=0)
        assert story.words() == {}
        assert story.standing() == "healthy"
        story.shield.agent.kill()
        story.hook.wait_for("server_down")
        assert story.standing() == "suspect"
        check_stayed(story)
        story.set_policy(confirm_s=1)
        check_moved(story, AWAY)
        assert story.words() == {}


# --- evidence: service ---------------------------------------------------------------------------


def test_service_that_answers_is_healthy_though_the_link_is_lost(fleet):
    with fleet.story("fra8") as story:
        story.add_twin(confirm_s=1)
        story.set_policy(evidence="service", confirm_s=1, confirm_agreed_s=0)
        story.shield.machine.lose_way_to_port(story.stack.controller.agents_port)
        story.wait_for_twin_to_move()
        assert story.standing() == "healthy"
        check_stayed(story)
        assert story.told() == ["server_down"]


def test_service_that_is_dead_moves_though_its_agent_is_content(fleet):
    with fleet.story("fra9") as story:
        story.set_policy(evidence="service", confirm_agreed_s=1)
        story.shield.machine.hide_port(SITE_PORT)
        check_moved(story, ["failover_triggered"])
        assert "health:    online" in story.shown()


def test_service_of_which_nobody_has_a_word_goes_by_the_link(fleet):
    with fleet.story("fra12") as story:
        story.set_policy(evidence="service", confirm_s=1)
        assert story.standing() == "healthy"
        story.shield.agent.kill()
        check_moved(story, AWAY)
