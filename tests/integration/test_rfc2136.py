"""A failover by dynamic updates (RFC 2136): real programs, and a real BIND whose key may change the
addresses of one name and nothing else."""

import json
import threading

import pytest
from stack import Stack
from update_servers import Bind, Knot, new_secret

ZONE = "updates.example"
NAME = "www.updates.example"
OLD, NEW = "203.0.113.10", "203.0.113.20"
OLD6 = "2001:db8::10"
SETS = [
    (NAME, "A", 300, [OLD]),
    (NAME, "AAAA", 300, [OLD6]),
    (NAME, "TXT", 300, ['"stays"']),
    ("shop." + ZONE, "A", 300, [OLD]),
]
NARROW = {
    Bind: {ZONE: f"update-policy {{ grant {Bind.key_name} name {NAME}. A AAAA; "
                 f"grant {Bind.foreign_key} zonesub ANY; }};"},
    Knot: {ZONE: "    acl: [narrow, theirs]"},
}  # fmt: skip


@pytest.fixture(params=[Bind, Knot], ids=lambda kind: kind.__name__)
def server(request):
    with request.param({ZONE: SETS}, more=NARROW[request.param]) as made:
        yield made


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path) as made:
        yield made
        assert made.controller.process.poll() is None


def add_provider(stack, server, secret=None, **settings):
    words = [
        each for key, value in {**server.settings, **settings}.items()
        for each in ("--set", f"{key}={value}")
    ]  # fmt: skip
    return stack.ctl("provider", "add", "dns", "--kind", "rfc2136", *words,
                     stdin=(secret or server.secret) + "\n", check=False)


class ForeignWriter:
    """Somebody else at the same zone: TXT records come and go while it runs."""

    def __init__(self, server):
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.written = []
        self.trouble = None

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()
        assert self.trouble is None, self.trouble

    def _run(self):
        try:
            while not self._over.is_set():
                text = f'"{len(self.written)}"'
                self._server.write(ZONE, [f"add {NAME} 300 TXT {text}",
                                          f"add _other.{ZONE} 300 TXT {text}",
                                          f'delete gone.{ZONE} TXT'])
                self.written.append(text)
        except (AssertionError, OSError) as trouble:
            self.trouble = trouble


def test_a_failover_and_the_way_back_lose_nothing_of_what_others_write(stack, server):
    added = add_provider(stack, server, zone=ZONE)
    assert added.returncode == 0, added
    assert server.secret not in added.stdout + added.stderr
    stack.add_server("web1", OLD, OLD6)
    stack.add_server("web2", NEW)
    shown = stack.ctl("domain", "add", NAME, "--servers", "web1,web2")
    assert NAME in shown.stdout
    with ForeignWriter(server) as other:
        stack.agents["web1"].kill()
        stack.until("the failover", lambda: server.contents(NAME) == [NEW])
        assert server.contents(NAME, "AAAA") == []
        assert server.ask(NAME).answer[0].ttl == 60
        stack.wait_for_status(NAME, "failed_over")
        stack.agents["web1"].start()
        stack.until("the way back", lambda: server.contents(NAME) == [OLD])
        assert server.contents(NAME, "AAAA") == [OLD6]
        assert server.ask(NAME).answer[0].ttl == 300
        stack.until("others to have written", lambda: len(other.written) > 2)
    stack.wait_for_status(NAME, "active")
    assert server.contents(NAME, "TXT") == sorted([*other.written, '"stays"'])
    assert server.contents("_other." + ZONE, "TXT") == sorted(other.written)
    assert server.contents("shop." + ZONE) == [OLD]
    assert server.secret not in json.dumps(stack.controller.log)


def test_what_somebody_else_puts_there_is_a_conflict_and_stays(stack, server):
    assert add_provider(stack, server).returncode == 0
    stack.add_server("web1", OLD, OLD6)
    stack.add_server("web2", NEW)
    stack.add_domain(NAME, ["web1", "web2"])
    server.write(ZONE, [f"delete {NAME} A", f"add {NAME} 300 A 198.51.100.9"])
    stack.agents["web1"].kill()
    stack.wait_for_status(NAME, "conflict")
    assert server.contents(NAME) == ["198.51.100.9"]


def test_a_name_that_the_key_may_not_change_is_told_with_the_remedy(stack, server):
    name = "shop." + ZONE
    assert add_provider(stack, server).returncode == 0
    stack.add_server("web1", OLD)
    stack.add_server("web2", NEW)
    stack.add_domain(name, ["web1", "web2"])
    stack.agents["web1"].kill()
    failed = stack.wait_for_event("failover_failed")
    assert "does not let" in failed["reason"]
    assert "update-policy" in failed["reason"]
    assert server.contents(name) == [OLD]


def test_a_wrong_secret_is_told_at_once_and_named_nowhere(stack, server):
    wrong = new_secret()
    added = add_provider(stack, server, secret=wrong, zone=ZONE)
    said = added.stdout + added.stderr
    assert "(BADSIG)" in said
    assert wrong not in said
