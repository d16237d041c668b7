"""Notifications arrive, in order, once they can, signed and secret: real SMTP and HTTP."""

import json
import signal
import subprocess
from pathlib import Path

import pytest
from guarded_site import GuardedSite
from receivers import MailReceiver, WebhookReceiver
from scripted_mail import ScriptedMail
from stack import Stack
from test_authority import Authority

SUPPORT = Path(__file__).resolve().parents[1] / "support"
LOGIN = ("understudy", "correct horse 4711")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("webhooks")) as running:
        yield running


@pytest.fixture
def hook():
    with WebhookReceiver() as receiver:
        yield receiver


def add_webhook(stack, hook, name, **fields):
    return stack.post("/channels", {"name": name, "kind": "webhook", "url": hook.url, **fields})


def order_test(stack, channel):
    return stack.post(f"/channels/{channel}/test")["notification"]


def notification(stack, number):
    return stack.get(f"/notifications/{number}")


def wait_for_attempts(stack, number, attempts):
    stack.until(f"{attempts} attempts of notification {number}",
                lambda: notification(stack, number)["attempts"] >= attempts)
    return notification(stack, number)


# --- webhooks ------------------------------------------------------------------------------------


def verify(request, secret):
    """The reference library of Standard Webhooks: the payload, or None when it refuses."""
    document = {"headers": {k.lower(): v for k, v in request.headers.items()},
                "body": request.raw.decode()}
    done = subprocess.run(["node", str(SUPPORT / "verify_webhook.mjs"), secret],
                          input=json.dumps(document), capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout) if done.returncode == 0 else None


def test_the_reference_library_accepts_our_signature_and_nothing_else(stack, hook):
    secret = add_webhook(stack, hook, "signed")["secret"]
    order_test(stack, "signed")
    request = hook.wait_for("test")
    assert verify(request, secret)["type"] == "test"
    assert verify(request, "whsec_" + "A" * 32) is None
    request.raw = request.raw.replace(b"test", b"tost", 1)
    assert verify(request, secret) is None


def test_a_failing_receiver_gets_the_same_message_again_and_in_order(stack, hook):
    add_webhook(stack, hook, "ordered")
    hook.answers += [500]
    numbers = [order_test(stack, "ordered") for _ in range(3)]
    waiting = wait_for_attempts(stack, numbers[0], 1)
    assert waiting["state"] == "pending" and "500" in waiting["last_error"]
    hook.wait_for("test", 3)  # the second attempt comes by itself
    ids = [request.headers["webhook-id"] for request in hook.requests]
    assert ids[0] == ids[1] and len(set(ids)) == 3
    assert [int(name.rsplit("_", 1)[1]) for name in ids[1:]] == numbers
    first, again = hook.requests[:2]
    assert first.raw == again.raw
    assert int(again.headers["webhook-timestamp"]) > int(first.headers["webhook-timestamp"])


def test_a_channel_that_is_down_does_not_hold_up_another(stack, hook):
    with WebhookReceiver() as broken:
        broken.answers += [503] * 100
        add_webhook(stack, broken, "broken")
        add_webhook(stack, hook, "well")
        failing = order_test(stack, "broken")
        wait_for_attempts(stack, failing, 1)
        order_test(stack, "well")
        hook.wait_for("test")
        stack.api("DELETE", "/api/v1/channels/broken")


def test_gone_disables_the_channel(stack, hook):
    add_webhook(stack, hook, "gone")
    hook.answers += [410]
    number = order_test(stack, "gone")
    stack.until("the channel to be disabled", lambda: stack.get("/channels/gone")["disabled"])
    assert notification(stack, number)["state"] == "dead"
    assert stack.api("POST", "/api/v1/channels/gone/test").status == 409
    assert any("gone" in event["reason"] for event in
               stack.get("/events?type=channel_disabled")["items"])


def test_a_refused_message_is_kept_and_sent_when_asked_for(stack, hook):
    add_webhook(stack, hook, "picky")
    hook.answers += [400]
    number = order_test(stack, "picky")
    wait_for_attempts(stack, number, 1)
    dead = len(stack.get("/notifications?state=dead")["items"])  # other tests' as well
    stack.until("the dead one to be counted",
                lambda: stack.get("/status")["notifications_dead"] == dead)
    assert f"{dead} dead" in stack.ctl("status").stdout
    [line] = [line for line in stack.controller.logged("notification given up")
              if line["notification"] == str(number)]
    assert (line["level"], line["channel"], line["type"]) == ("warning", "picky", "test")
    stack.ctl("notifications", "retry", number)
    hook.wait_for("test")
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 1
    stack.until("delivered", lambda: notification(stack, number)["state"] == "delivered")


# --- mail ----------------------------------------------------------------------------------------


def smtp_settings(folder, port, authority, security):
    password = folder / "smtp.password"
    password.write_text(LOGIN[1] + "\n")
    password.chmod(0o600)
    return {"host": "localhost", "port": port, "security": security, "username": LOGIN[0],
            "password_file": str(password), "from": "Understudy <understudy@example.org>",
            "ca_file": str(authority.ca_file)}


def mailing_stack(folder, server, authority, security="starttls"):
    smtp = smtp_settings(folder, server.port, authority, security)
    return Stack(folder, config={"smtp": smtp})


def mail_test(stack):
    stack.post("/channels", {"name": "ops", "kind": "email", "to": ["ops@example.org"]})
    return order_test(stack, "ops")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS already
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_delivered_over_tls_with_a_login(tmp_path, authority, security):
    with MailReceiver(authority.certify("localhost"), security == "tls", LOGIN) as server, \
            mailing_stack(tmp_path, server, authority, security) as stack:
        number = mail_test(stack)
        message = server.wait_for("")
        assert message["X-Understudy-Type"] == "test"
        assert server.messages[0][0] == ["ops@example.org"]
        assert server.logins == [LOGIN]
        stack.until("delivered", lambda: notification(stack, number)["state"] == "delivered")


UNSAFE = {
    "unknown authority": lambda good, other: {"certificate": other.certify("localhost"),
                                              "login": LOGIN},
    "wrong name": lambda good, other: {"certificate": good.certify("mail.example.org"),
                                       "login": LOGIN},
    "expired": lambda good, other: {"certificate": good.certify("localhost", days=-1),
                                    "login": LOGIN},
    "no STARTTLS": lambda good, other: {},
    "no AUTH": lambda good, other: {"certificate": good.certify("localhost")},
}


@pytest.mark.parametrize("why", UNSAFE)
def test_mail_is_not_given_to_a_server_that_is_not_safe(tmp_path, authority, why):
    other = Authority(tmp_path / "other", "somebody else")
    with MailReceiver(**UNSAFE[why](authority, other)) as server, \
            mailing_stack(tmp_path, server, authority) as stack:
        refused = wait_for_attempts(stack, mail_test(stack), 1)
        assert refused["state"] == "pending" and refused["last_error"]
        assert LOGIN[1] not in refused["last_error"]
        assert (server.logins, server.messages) == ([], [])


def test_a_wrong_password_is_told(tmp_path, authority):
    with MailReceiver(authority.certify("localhost"), login=("understudy", "another")) as server, \
            mailing_stack(tmp_path, server, authority) as stack:
        refused = wait_for_attempts(stack, mail_test(stack), 1)
        assert refused["state"] != "delivered" and "535" in refused["last_error"]
        assert LOGIN[1] not in refused["last_error"]
        assert server.messages == []


def test_mail_refused_for_the_moment_and_for_good(tmp_path, authority):
    with MailReceiver(authority.certify("localhost"), login=LOGIN) as server, \
            mailing_stack(tmp_path, server, authority) as stack:
        server.answers += ["451 come back later"]
        number = mail_test(stack)
        later = wait_for_attempts(stack, number, 1)
        assert later["state"] == "pending" and "451" in later["last_error"]
        server.wait_for("")  # by itself
        server.answers += ["550 never"]
        number = order_test(stack, "ops")
        dead = wait_for_attempts(stack, number, 1)
        assert dead["state"] == "dead" and "550" in dead["last_error"]
        listed = stack.ctl_json("notifications", "list", "--state", "dead")["items"]
        assert [one["id"] for one in listed] == [number]
        stack.ctl("notifications", "retry", number)
        server.wait_for("", 2)
        stack.until("delivered", lambda: notification(stack, number)["state"] == "delivered")


@pytest.mark.parametrize("script", [
    {"GREETING": "554 5.7.1 listed"},
    {"EHLO": "504 5.5.2 <vm>: need a full name", "HELO": "504 5.5.2 <vm>: need a full name"},
    {"MAIL": "550 5.4.5 too many today"}, {"RCPT": "552 5.2.2 mailbox full"}])
def test_an_alarm_outlives_a_server_that_does_not_want_us_now(tmp_path, script):
    smtp = {"host": "localhost", "security": "none", "from": "understudy@example.org"}
    with ScriptedMail(script) as server, \
            Stack(tmp_path, config={"smtp": {**smtp, "port": server.port}}) as stack:
        stack.post("/channels", {"name": "ops", "kind": "email", "to": ["a@example.org"]})
        number = order_test(stack, "ops")
        refused = wait_for_attempts(stack, number, 1)
        assert refused["state"] == "pending" and next(iter(script.values()))[:3] in \
            refused["last_error"]
        assert ("smtp.ehlo_name" in refused["last_error"]) == ("EHLO" in script)
        # A name of one word is never given.
        assert all("." in command.split()[1] for command in server.commands
                   if command.startswith("EHLO"))
        server.script.clear()
        stack.until("delivered", lambda: notification(stack, number)["state"] == "delivered")


def test_without_a_mail_server_the_setting_is_named(tmp_path):
    with Stack(tmp_path) as stack:
        refused = stack.ctl("channel", "add", "email", "ops", "--to", "a@example.org", check=False)
        assert refused.returncode == 1 and "set smtp in the controller's config" in refused.stderr


def test_a_recipient_refused_for_the_moment_gets_it_later_and_nobody_twice(tmp_path):
    later = "RCPT TO:<b@example.org>"
    smtp = {"host": "localhost", "security": "none", "from": "understudy@example.org"}
    with ScriptedMail({later: "450 4.2.0 greylisted"}) as server, \
            Stack(tmp_path, config={"smtp": {**smtp, "port": server.port}}) as stack:
        stack.post("/channels", {"name": "ops", "kind": "email",
                                 "to": ["a@example.org", "b@example.org"]})
        first = order_test(stack, "ops")
        waiting = wait_for_attempts(stack, first, 1)
        assert waiting["state"] == "pending" and "b@example.org: 450" in waiting["last_error"]
        server.script[later] = "550 no such user"
        stack.restart_controller(signal.SIGKILL)
        second = order_test(stack, "ops")  # does not wait for the first
        for number in (second, first):
            stack.until("delivered", lambda n=number: notification(stack, n)["state"] != "pending")
            told = notification(stack, number)
            assert told["state"] == "delivered" and "550" in told["last_error"]
    assert [accepted for accepted, _ in server.mails] == [["a@example.org"]] * 2


# --- secrets -------------------------------------------------------------------------------------


def test_secrets_are_nowhere(tmp_path, authority):
    path = "T00000000/s3cr3t-webhook-path"
    signing = "whsec_" + "c2VjcmV0" * 5
    with MailReceiver(authority.certify("localhost"), login=LOGIN) as server, \
            WebhookReceiver() as hook, \
            mailing_stack(tmp_path, server, authority) as stack:
        stack.add_provider()
        server.answers += ["451 later"]
        hook.answers += [500]
        stack.post("/channels", {"name": "ops", "kind": "email", "to": ["ops@example.org"]})
        stack.post("/channels", {"name": "hook", "kind": "webhook", "secret": signing,
                                 "url": f"{hook.url}/{path}"})
        with GuardedSite(stack) as site:
            site.fault("api_error", count=3, status=403, code=9109, message="Invalid access token")
            site.agent(0).kill()
            site.hook.wait_for("failover_failed")
            site.wait_for_server(1)
            hook.wait_for("failover_triggered")
            tokens = [stack.token_of(name) for name in site.servers]
            logs = [json.dumps(stack.agents[name].log) for name in site.servers[1:]]
            answers = said(stack)
        token = stack.emulator.control("GET", "tokens")["tokens"][0]["value"]
        folder = stack.controller.folder
        outputs = {
            "log": json.dumps(stack.controller.log), "agents' logs": "".join(logs),
            "stderr": (folder / "controller.stderr").read_text(), "answers": answers,
            "command lines": Path(f"/proc/{stack.controller.process.pid}/cmdline").read_text(),
            "store": "".join(file.read_bytes().decode("latin-1")
                             for file in folder.glob("store.db*")),
        }
        assert "failover_triggered" in outputs["log"] and site.name in outputs["store"]
        secrets = {"provider's token": token, "webhook's path": path, "SMTP password": LOGIN[1],
                   "signing secret": signing, "administrator's token": stack.token,
                   **{f"agent's token {i}": text for i, text in enumerate(tokens)}}
    for what, secret in secrets.items():
        for where, text in outputs.items():
            assert secret not in text, f"the {what} is in the {where}"


def said(stack):
    """What the API and understudyctl tell about everything."""
    nouns = ("servers", "pools", "domains", "providers", "channels", "events?limit=1000",
             "notifications?limit=1000", "status")
    texts = [json.dumps(stack.get("/" + noun)) for noun in nouns]
    texts.append(stack.api("GET", "/metrics").raw.decode())
    for words in (("provider", "list", "-o", "wide"), ("channel", "list", "-o", "wide"),
                  ("events",), ("provider", "verify", "cloudflare"), ("server", "list")):
        result = stack.ctl(*words)
        texts += [result.stdout, result.stderr]
    return "\n".join(texts)
