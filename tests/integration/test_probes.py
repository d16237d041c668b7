"""The controller's own probes with real programs: two sites on this machine, their agents, and what
is believed when only one of them speaks."""

import contextlib
import http.server
import itertools
import socket
import threading

import pytest
from receivers import WebhookReceiver
from stack import Stack

# Seconds; long enough for a probe to be begun after the link was lost.
POLICY = {"confirm_s": 3, "probe_interval_s": 1, "probe_timeout_s": 1, "fast_interval_s": 1,
          "probe_fall": 2, "probe_rise": 2}
_hosts = itertools.count(11)


class Site:
    """A shield's web server at an address of its own, with a switch."""

    def __init__(self, address, port=0):
        self.address = address
        self.port = port
        self._server = None

    def open(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b"all is well"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            address_family = socket.AF_INET6 if ":" in self.address else socket.AF_INET

        self._server = Server((self.address, self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def close(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class Pair:
    """A pool of two servers with agents, and a site at each of their addresses on one port."""

    def __init__(self, stack, serving=True):
        self.stack = stack
        number = next(_hosts)
        self.servers = [f"s{number}a", f"s{number}b"]
        self.sites = [Site(f"127.0.{number}.{host}") for host in (1, 2)]
        self.name = f"www.pair{number}.example"
        self.hook_name = f"hook{number}"
        self._serving = serving

    def __enter__(self):
        self.sites[0].open()
        self.sites[1].port = self.sites[0].port
        self.sites[1].open()
        self.hook = WebhookReceiver().__enter__()
        if not self._serving:
            self.close_sites()
        stack, addresses = self.stack, [site.address for site in self.sites]
        stack.add_zone(self.name.removeprefix("www."), {"www": addresses[0]})
        for server, address in zip(self.servers, addresses):
            stack.add_server(server, address)
        stack.add_domain(self.name, self.servers, provider="cloudflare",
                         policy={**POLICY, "probe": f"http:{self.sites[0].port}"})
        self.pool = stack.get(f"/domains/{self.name}")["pool"]["name"]
        stack.post("/channels", {"name": self.hook_name, "kind": "webhook", "url": self.hook.url,
                                 "pools": [self.pool]})
        if self._serving:
            stack.until("both to be found serving", lambda: self.probed("serves") >= 6)
        return self

    def __exit__(self, *_):
        for path in (f"channels/{self.hook_name}", f"domains/{self.name}",
                     *(f"servers/{server}" for server in self.servers)):
            self.stack.api("DELETE", "/api/v1/" + path)
        for server in self.servers:
            self.stack.agents.pop(server).discard()
        self.hook.__exit__()
        self.close_sites()

    def close_sites(self):
        for site in self.sites:
            site.close()

    def agent(self, index):
        return self.stack.agents[self.servers[index]]

    def probed(self, result):
        """How many probes of this controller have found that since the pair is there."""
        return self.stack.metric(f'probes_total{{result="{result}"}}') - self.before(result)

    def before(self, result):
        if not hasattr(self, "_before"):
            self._before = {}
        return self._before.setdefault(
            result, self.stack.metric(f'probes_total{{result="{result}"}}'))

    def wait_for_move(self):
        self.stack.wait_for_addresses(self.name, [self.sites[1].address])

    def at_home(self):
        return self.stack.dig(self.name) == [self.sites[0].address]



@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    config = {"allow_private_addresses": True,
              "guards": {"mass_loss_servers": 100}}
    with Stack(tmp_path_factory.mktemp("probes"), config=config, probes=True) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None


def test_a_dead_agent_alone_moves_nothing_while_its_site_answers(stack):
    with Pair(stack) as pair:
        pair.agent(0).kill()
        held = pair.hook.wait_for("failover_held")
        assert "its service answers for 1 of 1 observer" in held.body["data"]["reason"]
        assert ": 200 in " in held.body["data"]["reason"]
        # Long after its link alone would have moved it.
        before = pair.probed("serves")
        stack.until("some more probes", lambda: pair.probed("serves") >= before + 8)
        assert pair.at_home()
        stack.ctl("failover", pair.pool)
        pair.wait_for_move()


def test_a_dead_site_moves_although_its_agent_lives(stack):
    with Pair(stack) as pair:
        pair.sites[0].close()
        pair.wait_for_move()
        assert stack.get(f"/servers/{pair.servers[0]}")["health"] == "online"
        pair.sites[0].open()
        stack.wait_for_addresses(pair.name, [pair.sites[0].address])


def test_a_machine_that_is_gone_with_its_site_moves(stack):
    with Pair(stack) as pair:
        pair.agent(0).kill()
        pair.sites[0].close()
        pair.wait_for_move()


def test_where_no_probe_ever_gets_through_the_link_decides(stack):
    with Pair(stack, serving=False) as pair:
        stack.until("probes to have failed", lambda: pair.probed("dead") >= 6)
        assert pair.at_home()
        pair.agent(0).kill()
        pair.wait_for_move()


def test_what_is_probed_follows_the_orders(stack):
    with Pair(stack) as pair:
        for server in pair.servers:
            assert stack.get(f"/servers/{server}")["health"] == "online"
        stack.ctl("pool", "set-policy", pair.pool, "--evidence", "link", "--probe", "off")
        # The plan follows within a second, what is under way within its time limit.
        def quiet():
            before = stack.metric('probes_total{result="serves"}')
            with contextlib.suppress(AssertionError):
                stack.until("another probe", lambda: stack.metric(
                    'probes_total{result="serves"}') > before, patience_s=3)
                return False
            return True
        stack.until("nothing to be probed", quiet, patience_s=30)
        assert stack.metric("probes_in_flight") == 0
        assert stack.metric("probes_behind_total") == 0


def test_what_is_found_over_ipv6_is_shown_and_decides_nothing(stack):
    with Pair(stack) as pair:
        server = pair.servers[0]
        assert stack.get(f"/servers/{server}")["found_over_ipv6"] == []
        stack.ctl("server", "set", server, "--ipv6", "::1")

        def found():
            return [each["says"] for each in stack.get(f"/servers/{server}")["found_over_ipv6"]]

        stack.until("IPv6 to be found dead", lambda: found() == ["dead"])
        shown = stack.ctl("server", "show", server).stdout
        assert "connection refused (decides nothing)" in shown
        before = pair.probed("serves")
        stack.until("some more probes", lambda: pair.probed("serves") >= before + 8)
        assert stack.get(f"/servers/{server}")["health"] == "online"
        assert pair.at_home()
        over_ipv6 = Site("::1", pair.sites[0].port).open()
        try:
            stack.until("IPv6 to be found serving", lambda: found() == ["serves"])
        finally:
            over_ipv6.close()
