"""understudyctl against a running controller: commands, output, exit codes."""

import json
import signal
import subprocess

import pytest
from receivers import MailReceiver, WebhookReceiver
from stack import Stack, binary
from terminal import at_a_terminal

DOMAIN = "www.example.org"
IDN = "b\u00fccher.example.org"


@pytest.fixture(scope="module")
def mail():
    with MailReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def stack(tmp_path_factory, mail):
    smtp = {"host": "127.0.0.1", "port": mail.port, "security": "none",
            "from": "understudy@example.org"}
    with Stack(tmp_path_factory.mktemp("ctl"), config={"smtp": smtp}) as running:
        running.add_zone("example.org", {"www": "203.0.113.10", "xn--bcher-kva": "203.0.113.10",
                                         "six": ["203.0.113.10", "2001:db8::10"]})
        running.add_server("web1", "203.0.113.10", "2001:db8::10", labels={"region": "eu"})
        running.add_server("web2", "203.0.113.20")
        token = running.emulator.add_token()["value"]
        added = running.ctl("provider", "add", "cf", "--kind", "cloudflare", "--set",
                            f"base_url={running.emulator.base_url}", stdin=token + "\n")
        assert token not in added.stdout and "ok" in added.stdout
        running.ctl("domain", "add", DOMAIN, "--servers", "web1,web2", "--failback", "manual")
        yield running


def lines(result):
    return result.stdout.splitlines()


def test_status_tells_what_is_there(stack):
    status = stack.ctl("status").stdout
    assert "understudy-controller" in status
    assert "2: 2 online" in status
    assert stack.ctl_json("status")["servers"]["online"] == 2


def test_lists_are_aligned_and_complete(stack):
    servers = lines(stack.ctl("server", "list"))
    assert servers[0].split() == ["NAME", "HEALTH", "IPV4", "LAST", "SEEN", "POOLS"]
    assert [line.split()[0] for line in servers[1:]] == ["web1", "web2"]
    assert servers[1].index("online") == servers[0].index("HEALTH")
    assert "region=eu" in stack.ctl("server", "list", "-o", "wide").stdout
    assert DOMAIN in stack.ctl("domain", "list", "--status", "active", "--server", "web2").stdout
    assert "web1+web2" in stack.ctl("pool", "list").stdout
    assert "primary" in stack.ctl("pool", "show", "web1+web2").stdout
    assert "cloudflare" in stack.ctl("provider", "list").stdout
    assert lines(stack.ctl("provider", "verify", "cf"))


def test_a_credential_is_replaced_under_its_domains(stack):
    old = stack.emulator.add_token()
    stack.ctl("provider", "set-credential", "cf", stdin=old["value"])
    stack.emulator.control("PATCH", f"tokens/{old['id']}", {"status": "disabled"})
    assert stack.ctl("provider", "verify", "cf", check=False).returncode == 1
    fresh = stack.emulator.add_token()["value"]
    replaced = stack.ctl("provider", "set-credential", "cf", stdin=fresh + "\n")
    assert "replaced" in replaced.stdout and "ok" in replaced.stdout
    assert fresh not in replaced.stdout + replaced.stderr
    stack.ctl("domain", "enforce", DOMAIN)
    events = stack.ctl("events", "--since", "1h").stdout
    assert "provider_credential_replaced" in events and fresh not in events
    assert fresh.encode() not in (stack.controller.folder / "store.db").read_bytes()


def test_a_server_from_add_to_remove(stack):
    added = stack.ctl("server", "add", "web3", "--ipv4", "203.0.113.30", "--label", "region=us")
    token = next(word for word in added.stdout.split() if word.startswith("usa_"))
    rotated = stack.ctl_json("server", "rotate-token", "web3")
    assert rotated["token"] != token
    assert rotated["server"]["labels"] == {"region": "us"}
    assert "never" in stack.ctl("server", "show", "web3").stdout
    stack.ctl("server", "remove", "web3")
    gone = stack.ctl("server", "show", "web3", check=False)
    assert gone.returncode == 1
    assert "web3" in gone.stderr and gone.stdout == ""


def test_names_in_other_scripts_are_shown_as_people_write_them(stack):
    stack.ctl("domain", "add", IDN, "--pool", "web1+web2")
    assert IDN in stack.ctl("domain", "list").stdout
    shown = stack.ctl("domain", "show", "xn--bcher-kva.example.org").stdout
    assert IDN in shown and "xn--bcher-kva" in shown
    stack.ctl("domain", "remove", IDN)


def test_ipv6_is_not_left_behind(stack):
    refused = stack.ctl("domain", "add", "six.example.org", "--servers", "web1,web2",
                        "--no-ipv6", check=False)
    assert refused.returncode == 1
    assert "AAAA" in refused.stderr
    added = stack.ctl_json("domain", "add", "six.example.org", "--servers", "web1,web2")
    assert added["domain"]["ipv6"] is True
    stack.ctl("domain", "remove", "six.example.org")


def test_a_webhook_test_waits_for_the_answer(stack):
    with WebhookReceiver() as hook:
        added = stack.ctl("channel", "add", "webhook", "hook", stdin=hook.url)
        assert "whsec_" in added.stdout and hook.url not in added.stdout
        assert stack.ctl("channel", "test", "hook").stdout == "Delivered.\n"
        assert hook.delivered("test")
        hook.answers += [500]
        failed = stack.ctl("channel", "test", "hook", check=False)
        assert failed.returncode == 1
        assert "500" in failed.stderr
        stack.ctl("notifications", "list", "--channel", "hook", "--state", "pending")
        waiting = stack.ctl_json("notifications", "list", "--channel", "hook",
                                 "--state", "pending")["items"]
        stack.ctl("notifications", "retry", waiting[0]["id"])
        hook.wait_for("test", 2)
        stack.ctl("channel", "remove", "hook")


def test_a_channel_whose_receiver_was_gone_is_enabled_again(stack):
    with WebhookReceiver() as hook:
        stack.ctl("channel", "add", "webhook", "back", stdin=hook.url)
        hook.answers += [410]
        stack.ctl("channel", "test", "back", check=False)
        stack.until("disabled", lambda: stack.get("/channels/back")["disabled"])
        assert "disabled" in stack.ctl("channel", "list").stdout
        stack.ctl("channel", "enable", "back")
        assert stack.ctl("channel", "test", "back").stdout == "Delivered.\n"
        again = stack.ctl("channel", "enable", "back", check=False)
        assert again.returncode == 1 and "not disabled" in again.stderr
        stack.ctl("channel", "remove", "back")


def test_an_email_channel_delivers(stack, mail):
    stack.ctl("channel", "add", "email", "ops", "--to", "ops@example.org", "--type", "test")
    assert stack.ctl("channel", "test", "ops").stdout == "Delivered.\n"
    assert mail.messages[-1][0] == ["ops@example.org"]
    assert "ops@example.org" in stack.ctl("channel", "list").stdout
    stack.ctl("channel", "remove", "ops")


def test_failover_conflict_and_failback_as_people_see_them(stack):
    stack.agents["web1"].kill()
    stack.wait_for_addresses(DOMAIN, ["203.0.113.20"])
    stack.wait_for_status(DOMAIN, "failed_over")
    assert "failed_over" in stack.ctl("domain", "list", "--status", "failed_over").stdout
    refused = stack.ctl("failback", DOMAIN, check=False)
    assert refused.returncode == 1 and "web1" in refused.stderr
    stack.agents["web1"].start()
    stack.wait_for_health("web1", "online")
    stack.ctl("failback", "--pool", "web1+web2")
    stack.wait_for_addresses(DOMAIN, ["203.0.113.10"])
    stack.wait_for_status(DOMAIN, "active")
    events = stack.ctl("events", "--domain", DOMAIN, "--since", "1h").stdout
    assert "203.0.113.10 -> 203.0.113.20" in events
    assert "Primary server down" in events


def test_a_stranger_in_the_record_is_shown_with_both_ways_out(stack):
    stack.emulator.foreign_write(zone="example.org", name=DOMAIN, type="A",
                                 set={"content": "198.51.100.9"})
    stack.wait_for_status(DOMAIN, "conflict")
    shown = stack.ctl("domain", "show", DOMAIN).stdout
    assert "domain adopt" in shown and "domain enforce" in shown and "198.51.100.9" in shown
    stack.ctl("domain", "enforce", DOMAIN)
    stack.wait_for_addresses(DOMAIN, ["203.0.113.10"])
    stack.wait_for_status(DOMAIN, "active")


def test_exit_codes(stack):
    assert stack.ctl("server", "add", "x", check=False).returncode == 2
    assert stack.ctl("server", "explode", check=False).returncode == 2
    nowhere = stack.ctl("domain", "add", "nowhere.example.net", "--servers", "web1", check=False)
    assert nowhere.returncode == 1
    wrong = stack.ctl("status", check=False, environment={"UNDERSTUDY_TOKEN_FILE": "",
                                                          "UNDERSTUDY_TOKEN": "usk_x"})
    assert wrong.returncode == 4 and "--token-file" in wrong.stderr
    nobody = stack.ctl("status", "--controller", "http://127.0.0.1:1", check=False)
    assert nobody.returncode == 3 and "127.0.0.1:1" in nobody.stderr
    assert stack.ctl("--help").stdout.startswith("understudyctl")
    assert "Usage: understudyctl domain add NAME" in stack.ctl("domain", "add", "--help").stdout


def test_events_are_followed_live(stack):
    follower = subprocess.Popen([binary("understudyctl"), "events", "--follow", "-o", "json"],
                                stdout=subprocess.PIPE, text=True, env=stack.ctl_environment())
    try:
        json.loads(follower.stdout.readline())
        stack.ctl("server", "add", "late", "--ipv4", "203.0.113.40")
        for line in follower.stdout:
            event = json.loads(line)
            if event["type"] == "server_added" and event["server"]["name"] == "late":
                break
        else:
            pytest.fail("the new event never came")
    finally:
        follower.send_signal(signal.SIGKILL)
        follower.wait()
        follower.stdout.close()
    stack.ctl("server", "remove", "late")


def test_watch_is_plain_when_not_on_a_terminal(stack):
    picture = stack.ctl("watch", "--once").stdout
    assert "web1" in picture and DOMAIN in picture and "\x1b" not in picture


@pytest.mark.parametrize("no_color", [False, True])
def test_colours_only_on_a_terminal_that_wants_them(stack, no_color):
    environment = {**stack.ctl_environment(), "TERM": "xterm", "NO_COLOR": "1" if no_color else ""}
    status, seen = at_a_terminal([binary("understudyctl"), "server", "list"], environment)
    assert status == 0
    assert "web1" in seen
    assert ("\x1b[" in seen) is not no_color


def test_tls_is_verified(tmp_path):
    with Stack(tmp_path, tls=True) as stack:
        assert stack.ctl("status").returncode == 0
        distrusted = stack.ctl("status", check=False, environment={"UNDERSTUDY_CA_FILE": ""})
        assert distrusted.returncode == 3
        assert "--ca-file" in distrusted.stderr
        other_name = stack.url.replace("localhost", "127.0.0.1")
        wrong_name = stack.ctl("status", "--controller", other_name,
                               check=False)
        assert wrong_name.returncode == 3


def test_what_a_retry_and_a_test_say_is_so(stack):
    with WebhookReceiver() as hook:
        stack.ctl("channel", "add", "webhook", "slow", stdin=hook.url)
        hook.answers += [500]
        refused = stack.ctl("channel", "test", "slow", check=False)
        assert refused.returncode == 1 and "it is tried again at" in refused.stderr
        hook.headers = {"Retry-After": "3600"}
        hook.answers += [500]
        assert "put back to be sent now" in stack.ctl("notifications", "retry", "--channel",
                                                      "slow").stdout
        first = stack.ctl_json("notifications", "list", "--channel", "slow")["items"][0]["id"]
        stack.until("the second try", lambda: len(hook.requests) >= 2)

        blocked = stack.ctl("channel", "test", "slow", "--timeout", "1", check=False)
        assert f"it waits behind notification {first}" in blocked.stderr
        assert f"notifications retry {first}" in blocked.stderr
        second = stack.ctl_json("notifications", "list", "--channel", "slow")["items"][0]["id"]
        behind = stack.ctl("notifications", "retry", second).stdout
        assert f"1 put back, but notification {first} of the channel comes first" in behind

        hook.answers += [400]
        stack.ctl("notifications", "retry", "--channel", "slow")
        hook.wait_for("test")
        hook.answers += [400]
        given_up = stack.ctl("channel", "test", "slow", check=False)
        assert "it is given up" in given_up.stderr and "tried again" not in given_up.stderr
        hook.answers += [410]
        gone = stack.ctl("channel", "test", "slow", check=False)
        retried = stack.ctl("notifications", "retry", "--channel", "slow", check=False)
        for answer in (gone, retried):
            assert answer.returncode == 1 and "disabled" in answer.stderr
            assert "channel enable slow" in answer.stderr
        stack.ctl("channel", "remove", "slow")
