"""Doubt with real programs: witnesses that do not answer, and servers that vanish together."""

import contextlib
import socket

import pytest
from guarded_site import GuardedSite
from stack import Stack

RETRY_S = 0.3


class Witness:
    """A port that is known and that nobody answers at, until open()."""

    def __init__(self):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._socket.getsockname()[1]

    def open(self):
        self._socket.listen()

    def close(self):
        self._socket.close()


@pytest.fixture
def witnesses():
    with contextlib.ExitStack() as ends:
        yield [ends.enter_context(contextlib.closing(Witness())) for _ in range(2)]


def why_held(stack):
    return stack.get("/events?type=failover_held")["items"][0]["reason"]


def held_by(stack, kind):
    return [each for each in stack.get("/status")["held"]["restraints"] if each["kind"] == kind]


def test_a_loss_is_believed_only_once_a_witness_answers(tmp_path, witnesses):
    guards = {"witnesses": [each.address for each in witnesses] + ["nobody.invalid:443"],
              "witness_retry_s": RETRY_S}
    with Stack(tmp_path, config={"guards": guards}) as stack:
        stack.add_provider()
        with GuardedSite(stack) as site:
            site.agent(0).kill()
            held = site.hook.wait_for("failover_held")
            # Who hears of one pool reads nothing of the others.
            assert "nothing is moved until that is clear" in held.body["data"]["reason"]
            assert "witness" in why_held(stack)
            site.hook.wait_for("server_down")  # what was seen is told; what is doubted is not done
            stack.until("the restraint to be shown", lambda: held_by(stack, "witness"))
            # Some rounds go by unanswered before the witness is there.
            before = stack.get("/status")["uptime_s"]
            stack.until("some time to pass",
                        lambda: stack.get("/status")["uptime_s"] >= before + 2)
            assert site.resolves_to(0)
            assert site.events("failover_decided", "pool") == []
            witnesses[1].open()
            site.wait_for_server(1)
            site.hook.wait_for("failover_triggered")
            assert held_by(stack, "witness") == []
            assert site.told().count("failover_held") == 1


def test_nobody_is_asked_twice_about_a_loss_a_witness_vouches_for(tmp_path, witnesses):
    witnesses[0].open()
    guards = {"witnesses": [each.address for each in witnesses]}
    with Stack(tmp_path, config={"guards": guards}) as stack:
        stack.add_provider()
        with GuardedSite(stack) as site:
            site.agent(0).kill()
            site.wait_for_server(1)
            site.hook.wait_for("failover_triggered")
            assert "failover_held" not in site.told()


def test_servers_lost_at_once_hold_everything_until_most_are_back(tmp_path):
    with Stack(tmp_path) as stack:
        stack.add_provider()
        with GuardedSite(stack, servers=4) as site:
            for index in range(3):
                site.agent(index).kill()
            held = site.hook.wait_for("failover_held")
            assert "nothing is moved until that is clear" in held.body["data"]["reason"]
            assert all(name in why_held(stack) for name in site.servers[:3])
            stack.until("the doubt to be shown", lambda: held_by(stack, "mass_loss"))
            # Longer than confirm_s and the maintenance interval: it is the guard that keeps it.
            before = stack.get("/status")["uptime_s"]
            stack.until("the loop to have looked again",
                        lambda: stack.get("/status")["uptime_s"] >= before + 4)
            assert site.resolves_to(0)
            assert site.events("failover_decided", "pool") == []
            told = site.told()
            assert told.count("failover_held") == 1
            assert told.count("server_down") <= 2  # those lost before it was a mass

            site.agent(1).start()
            site.agent(2).start()
            site.wait_for_server(1)
            site.hook.wait_for("failover_triggered")
            down = [hook.body["data"]["server"]["name"]
                    for hook in site.hook.delivered("server_down")]
            assert site.servers[0] in down
            assert site.told().count("failover_held") == 1
            assert held_by(stack, "mass_loss") == []
