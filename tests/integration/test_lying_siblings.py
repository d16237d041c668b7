"""An agent of another server lies about a healthy one, repeats itself, answers late, at length, or
without end. Nothing moves."""

import contextlib

import pytest
from scripted_agent import ScriptedAgent
from stack import Stack
from test_siblings import site, words_about

NAME = "www.siblings.example"
PRIMARY, LIAR = "127.0.78.1", "127.0.78.2"
# Doubt would be acted on at once; what the controller finds itself keeps coming.
POLICY = {"confirm_s": 1, "confirm_agreed_s": 0, "probe_interval_s": 1, "probe_timeout_s": 1,
          "fast_interval_s": 1, "probe_fall": 2, "probe_rise": 2}
# A sibling is first asked within a minute, and after its first "dead" every five seconds.
ASKED_S = 90


def probed(number, verdict, found="https 443: status 503"):
    return {"type": "probed", "id": number, "verdict": verdict, "found": found, "took_ms": 1}


class Liar:
    """Reaches the service at first, so that its word counts; then it says what is not so, each time
    in another bad way."""

    def __init__(self):
        self.told = 0  # probes that were answered
        self.last = None

    def __call__(self, probe):
        number, self.told = probe["id"], self.told + 1
        ways = [
            [probed(number, "serves")],
            [probed(number, "dead")],
            [probed(number, "dead")] * 3,
            [probed(number + 1_000_000, "dead"), probed(number, "dead")],
            [probed(number, "dead", "x" * 8_000)],
            [],
            [probed(self.last, "dead"), probed(number, "dead")],
        ]
        self.last = number
        return ways[min(self.told, len(ways)) - 1]


@pytest.fixture
def stack(tmp_path):
    config = {"allow_private_addresses": True, "probes": {"siblings": True},
              "guards": {"mass_loss_servers": 100}}
    with Stack(tmp_path, config=config, probes=True) as running:
        running.add_provider()
        running.add_zone("siblings.example", {"www": PRIMARY})
        yield running
        assert running.controller.process.poll() is None


@contextlib.contextmanager
def pool_with_sibling(stack, answer):
    """Two sites that serve; the second one's agent answers so when it is asked about the first."""
    with contextlib.ExitStack() as started:
        first = started.enter_context(site(PRIMARY))
        started.enter_context(site(LIAR, first.server_port))
        stack.add_server("web1", PRIMARY)
        stack.add_server("web2", LIAR, start=False)
        agent = started.enter_context(ScriptedAgent(
            stack.controller.agents_port, stack.token_of("web2"), capabilities=["probe"],
            answer=answer))
        stack.wait_for_health("web2", "online")
        stack.post("/pools", {"name": "pool", "members": ["web1", "web2"],
                              "policy": {**POLICY, "probe": f"http:{first.server_port}"}})
        stack.post("/domains", {"name": NAME, "provider": "cloudflare", "pool": "pool"})
        yield agent


def test_a_sibling_that_lies_moves_nothing(stack):
    liar = Liar()
    with pool_with_sibling(stack, liar) as agent:
        stack.until("the controller reaches both itself", lambda: all(
            words_about(stack, name).get("the controller") == "serves"
            for name in ("web1", "web2")))
        stack.until("the liar's word counts", lambda: words_about(stack, "web1") == {
            "the controller": "serves", "server 'web2'": "serves"}, patience_s=ASKED_S)
        stack.until("it to lie", lambda: words_about(stack, "web1") == {
            "the controller": "serves", "server 'web2'": "dead"}, patience_s=ASKED_S)
        stack.until("it to have lied in every way", lambda: liar.told >= 8, patience_s=ASKED_S)
        assert agent.gone is None
        said = stack.get("/servers/web1")["testimony"]
        assert max(len(each["found"]) for each in said) <= 256
        assert stack.get("/events?type=failover_decided&limit=1")["items"] == []
        assert stack.dig(NAME) == [PRIMARY]


def test_a_sibling_that_says_too_much_loses_its_link_and_nothing_moves(stack):
    def too_much(probe):
        return [probed(probe["id"], "dead", "x" * 20_000)]

    with pool_with_sibling(stack, too_much) as agent:
        stack.until("its link to be closed", lambda: agent.gone, patience_s=ASKED_S)
        assert "server 'web2'" not in words_about(stack, "web1")
        assert stack.get("/events?type=failover_decided&limit=1")["items"] == []
        assert stack.dig(NAME) == [PRIMARY]
