"""What a provider's limit of calls is spent on: many domains in a handful, and never the failovers'
reserve."""

import json
import signal
import subprocess

import pytest
from controller_process import binary
from stack import Stack

# Nobody but the test calls the provider.
CALM = {"timings": {"maintenance_interval_s": 3600}}
PATIENCE_S = 120


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path, config=CALM) as running:
        yield running


def serve_www(stack, more=0):
    """www.shop.example is served by web1, then web2; its zone has so many other names."""
    stack.add_zone("shop.example", {"www": "203.0.113.10",
                                    **{f"d{i}": "203.0.113.10" for i in range(more)}})
    stack.add_provider("main")
    stack.add_server("web1", "203.0.113.10")
    stack.add_server("web2", "203.0.113.20")
    stack.ctl("pool", "add", "shop", "web1", "web2")
    stack.ctl("domain", "add", "www.shop.example", "--pool", "shop")


def fleet_file(stack, names, pool="shop"):
    domains = {"www.shop.example": "shop", **dict.fromkeys(names, pool)}
    fleet = {"domains": [{"name": name, "provider": "main", "pool": of}
                         for name, of in domains.items()]}
    path = stack.folder / "fleet.json"
    path.write_text(json.dumps(fleet))
    return path


def calls(stack):
    return stack.emulator.control("GET", "stats")


def set_quota(stack, requests, window_s):
    stack.emulator.control("PATCH", "settings", {"quota": {
        "requests": requests, "window_s": window_s, "lockout_s": window_s}})
    stack.emulator.control("POST", "reset-stats")


class Apply:
    """understudyctl apply, running; its output goes to a file."""

    def __init__(self, stack, path):
        self._file = (stack.folder / "apply.out").open("w+")
        self.process = subprocess.Popen(
            [binary("understudyctl"), "apply", "-f", str(path)], stdout=self._file,
            stderr=subprocess.STDOUT, env=stack.ctl_environment())

    @property
    def output(self):
        self._file.seek(0)
        return self._file.read()

    def end(self):
        """Its exit status."""
        try:
            return self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()


def test_many_domains_of_one_zone_take_a_handful_of_calls_and_leave_the_failover_its_own(stack):
    serve_www(stack, more=500)
    set_quota(stack, 1200, 300)  # as Cloudflare's
    path = fleet_file(stack, [f"d{i}.shop.example" for i in range(500)])
    assert "Applied: 500 added" in stack.ctl("apply", "-f", path).stdout
    assert calls(stack)["total"] <= 3, calls(stack)
    stack.agents["web1"].kill()
    stack.wait_for_addresses("www.shop.example", ["203.0.113.20"])
    stack.until("all of them moved",
                lambda: not stack.get("/domains?status=switching&limit=1")["items"])
    # The zone is read, written in batches, and read back, be it in two operations.
    assert calls(stack)["total"] <= 3 + 2 * 5, calls(stack)
    assert calls(stack)["refused_by_quota"] == 0


def scattered(stack, zones):
    """That many zones with a name each, and a limit of calls of which half of them can be read."""
    serve_www(stack)
    for number in range(zones):
        stack.add_zone(f"z{number}.example", {"www": "203.0.113.10"})
    # 100 of them are the failovers'.
    set_quota(stack, 100 + zones // 2, 12)
    return fleet_file(stack, [f"www.z{number}.example" for number in range(zones)])


def test_what_does_not_fit_into_a_window_goes_on_in_the_next_and_no_failover_waits_for_it(stack):
    path = scattered(stack, 40)
    apply = Apply(stack, path)
    stack.until("the reading to wait", lambda: " of 40 records read" in apply.output, PATIENCE_S)
    assert len(stack.get("/domains")["items"]) == 1
    # A person is told, a failover is carried out: the window is not over.
    asked = stack.ctl("provider", "verify", "main", check=False)
    assert asked.returncode == 1
    assert "provider 'main': it may not be called before " in asked.stderr
    stack.agents["web1"].kill()
    stack.wait_for_addresses("www.shop.example", ["203.0.113.20"])
    assert apply.process.poll() is None
    stack.agents["web1"].start()
    stack.wait_for_status("www.shop.example", "active")
    assert apply.end() == 0, apply.output
    assert "Applied: 40 added" in apply.output
    assert len(stack.get("/domains")["items"]) == 41
    assert calls(stack)["refused_by_quota"] == 0


def moving(stack):
    return len(stack.get("/domains?status=switching&limit=100")["items"])


def test_what_only_moves_leaves_the_failovers_their_calls(stack):
    serve_www(stack)
    stack.add_server("web3", "203.0.113.30")
    stack.add_server("web4", "203.0.113.40")
    stack.ctl("pool", "add", "bulk", "web3", "web4")
    names = [f"www.z{number}.example" for number in range(30)]
    for name in names:
        stack.add_zone(name.removeprefix("www."), {"www": "203.0.113.30"})
    stack.ctl("apply", "-f", fleet_file(stack, names, pool="bulk"))

    # Three calls a zone: beside the failovers' 100 there are enough for about twenty.
    set_quota(stack, 100 + 60, 600)
    stack.post("/pools/bulk/switchover", {"to": "web4"})
    stack.until("the rest to wait", lambda: moving(stack) in range(5, 15))
    stack.agents["web1"].kill()
    stack.wait_for_addresses("www.shop.example", ["203.0.113.20"])
    assert moving(stack) >= 5
    # The server dies that they were to leave: now they are failovers as well.
    stack.agents["web3"].kill()
    stack.until("all of them to have moved", lambda: not moving(stack))
    assert calls(stack)["refused_by_quota"] == 0


def test_an_apply_that_was_broken_off_goes_on_where_it_stood(stack):
    path = scattered(stack, 40)
    apply = Apply(stack, path)
    stack.until("the reading to wait", lambda: " of 40 records read" in apply.output, PATIENCE_S)
    apply.process.send_signal(signal.SIGINT)
    assert apply.end() != 0
    assert len(stack.get("/domains")["items"]) == 1
    again = Apply(stack, path)
    assert again.end() == 0, again.output
    assert "Applied: 40 added" in again.output
    assert calls(stack)["calls"]["GET /zones/{zone_id}/dns_records"] == 40, calls(stack)


def test_json_output_is_json_whatever_has_to_be_waited_for(stack):
    path = scattered(stack, 10)
    answer = json.loads(stack.ctl("apply", "-f", path, "-o", "json").stdout)
    assert answer["applied"] is True and len(answer["changes"]) == 10


def test_one_domain_after_the_other_looks_up_its_zone_but_a_few_times(stack):
    serve_www(stack, more=20)
    set_quota(stack, 1200, 300)
    for number in range(20):
        stack.ctl("domain", "add", f"d{number}.shop.example", "--pool", "shop")
    assert calls(stack)["total"] <= 20 + 6, calls(stack)


def test_a_provider_with_a_mistyped_token_is_in_nobodys_way(stack):
    stack.add_zone("shop.example", {"www": "203.0.113.10"})
    stack.add_server("web1", "203.0.113.10")
    settings = ("--kind", "cloudflare", "--set", f"base_url={stack.emulator.base_url}")
    mistyped = stack.ctl("provider", "add", "typo", *settings, stdin="t" * 40, check=False)
    assert mistyped.returncode == 1
    for words in ("provider 'typo': Cloudflare: ", "understudyctl provider set-credential typo"):
        assert words in mistyped.stderr
    assert "understudyctl provider remove typo" in mistyped.stdout
    again = stack.ctl("provider", "add", "typo", *settings, stdin="u" * 40, check=False)
    assert again.returncode == 1
    assert "understudyctl provider set-credential typo" in again.stderr

    alone = stack.ctl("domain", "add", "www.shop.example", "--servers", "web1", check=False)
    assert alone.returncode == 1 and "provider set-credential typo" in alone.stderr
    stack.add_provider("good")
    added = stack.ctl("domain", "add", "www.shop.example", "--servers", "web1")
    assert "provider 'typo'" in added.stdout
    assert stack.get("/domains/www.shop.example")["provider"]["name"] == "good"


def test_a_provider_that_does_not_answer_is_named_and_is_no_trouble_with_the_controller(stack):
    stack.add_zone("shop.example", {"www": "203.0.113.10"})
    stack.add_server("web1", "203.0.113.10")
    stack.add_provider("good")
    stack.post("/providers", {"name": "away", "kind": "powerdns", "credential": "k",
                              "settings": {"base_url": "http://127.0.0.1:1"}})
    refused = stack.ctl("domain", "add", "www.shop.example", "--servers", "web1", check=False)
    assert refused.returncode == 1
    assert "provider 'away': " in refused.stderr and "provider: good" in refused.stderr
    stack.ctl("domain", "add", "www.shop.example", "--servers", "web1", "--provider", "good")
