"""understudyctl's orders against a running controller: pools, overrides, maintenance, moves."""

import pytest
from stack import Stack, binary
from terminal import at_a_terminal

NAMES = ["a", "b", "c"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("orders")) as running:
        running.add_zone("example.org", {name: "203.0.113.10" for name in NAMES})
        running.add_provider()
        for number in (1, 2, 3):
            running.add_server(f"web{number}", f"203.0.113.{number}0")
        running.ctl("pool", "add", "eu", "web1", "web2", "web3", "--failback", "manual")
        for name in NAMES:
            running.ctl("domain", "add", f"{name}.example.org", "--pool", "eu")
        yield running


def addresses(stack):
    return {address for name in NAMES for address in stack.dig(f"{name}.example.org")}


def test_a_switchover_ends_when_every_record_is_confirmed(stack):
    done = stack.ctl("switchover", "eu", "--to", "web2", "--why", "new kernel").stdout
    assert addresses(stack) == {"203.0.113.20"}
    assert "3 of 3 records are confirmed" in done.splitlines()
    assert "Pool eu is served by web2." in done and "understudyctl failback eu" in done
    status = stack.ctl("status").stdout
    assert "pool eu is switched over to web2" in status and "new kernel" in status
    back = stack.ctl_json("failback", "a.example.org")
    assert back["serving"] == ["web1"] and addresses(stack) == {"203.0.113.10"}


def test_a_refused_order_says_what_to_do(stack):
    stack.ctl("pin", "eu", "--to", "web3", "--for", "1h")
    assert addresses(stack) == {"203.0.113.30"}
    refused = stack.ctl("switchover", "eu", "--to", "web2", check=False)
    assert refused.returncode == 1 and "understudyctl release eu" in refused.stderr
    listed = stack.ctl("pool", "list").stdout
    assert "failed_over" in listed and "pinned to web3 until" in listed
    stack.ctl("release", "eu")
    stack.ctl("failback", "eu")


def test_an_order_that_cannot_be_finished_has_its_own_status(stack):
    stack.emulator.foreign_write(zone="example.org", name="c.example.org", type="A",
                                 set={"content": "198.51.100.9"})
    stack.wait_for_status("c.example.org", "conflict")
    moved = stack.ctl("switchover", "eu", "--to", "web2", check=False)
    assert moved.returncode == 5
    assert "2 of 3 records are confirmed" in moved.stdout
    assert "understudyctl domain show c.example.org" in moved.stderr
    assert stack.dig("c.example.org") == ["198.51.100.9"]
    stack.ctl("domain", "enforce", "c.example.org")
    stack.wait_for_addresses("c.example.org", ["203.0.113.20"])
    stack.ctl("failback", "eu")


def test_maintenance_moves_away_first_and_is_shown_beside_health(stack):
    done = stack.ctl("server", "maintenance", "web1", "--for", "2h", "--why", "disk").stdout
    assert "No record points at it now" in done
    assert addresses(stack) == {"203.0.113.20"}
    line = next(line for line in stack.ctl("server", "list").stdout.splitlines()
                if line.startswith("web1"))
    assert "online" in line and "maintenance until" in line
    assert max(map(len, stack.ctl("watch", "--once").stdout.splitlines())) <= 100
    stack.ctl("server", "maintenance", "web1", "--end")
    stack.ctl("failback", "eu")


def test_pause_and_dry_runs_are_shown_with_their_end(stack):
    stack.ctl("pause", "--for", "30m", "--why", "router work")
    stack.ctl("observe", "eu")  # as it was called before
    status = stack.ctl("status").stdout
    for words in ("automation is paused", "router work", "understudyctl resume",
                  "pool eu is in a dry run", "understudyctl dry-run eu --end"):
        assert words in status
    stack.ctl("resume")
    stack.ctl("dry-run", "eu", "--end")
    assert "Overrides" not in stack.ctl("status").stdout
    again = stack.ctl("resume", check=False)
    assert again.returncode == 1 and "nothing is paused" in again.stderr


def on_a_terminal(stack, words, answer):
    """The exit status and what a person saw who gave that answer."""
    return at_a_terminal([binary("understudyctl"), *words],
                         {**stack.ctl_environment(), "TERM": "dumb"}, {b"[y/N] ": answer})


def test_a_move_is_shown_before_anybody_is_asked(stack):
    stack.ctl("pool", "add", "us", "web3", "web2")
    move = ["domain", "move", "a.example.org", "--pool", "us"]
    blind = stack.ctl(*move, check=False)
    assert blind.returncode == 2 and "--dry-run" in blind.stderr
    planned = stack.ctl(*move, "--dry-run").stdout
    assert "203.0.113.10" in planned and "203.0.113.30" in planned
    status, seen = on_a_terminal(stack, move, b"n\n")
    assert status == 1 and "203.0.113.30" in seen and "Nothing was changed" in seen
    assert stack.get("/domains/a.example.org")["pool"]["name"] == "eu"
    status, _ = on_a_terminal(stack, move, b"y\n")
    assert status == 0
    stack.wait_for_addresses("a.example.org", ["203.0.113.30"])
    stack.ctl("domain", "move", "--from-pool", "us", "--pool", "eu", "--yes")
    stack.wait_for_addresses("a.example.org", ["203.0.113.10"])
    stack.ctl("pool", "remove", "us")


def test_a_servers_new_address_reaches_its_records(stack):
    stack.ctl("server", "set", "web1", "--ipv4", "203.0.113.11", "--label", "region=eu")
    assert addresses(stack) == {"203.0.113.11"}
    stack.ctl("server", "set", "web1", "--ipv4", "203.0.113.10", "--no-label", "region")
    assert addresses(stack) == {"203.0.113.10"}
    assert stack.get("/servers/web1")["labels"] == {}


def test_an_ignored_domain_stays_where_it_is(stack):
    stack.ctl("domain", "ignore", "b.example.org", "--why", "moving out")
    assert "ignored" in stack.ctl("domain", "list").stdout
    stack.ctl("switchover", "eu", "--to", "web2")
    assert stack.dig("b.example.org") == ["203.0.113.10"]
    stack.ctl("failback", "eu")
    stack.ctl("domain", "enforce", "b.example.org")
    assert "ignored" not in stack.ctl("domain", "list").stdout
