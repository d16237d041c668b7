"""The outbound worker and mail servers on their bad days."""

import base64
import json
import subprocess
import time

from scripted_mail import BREAK, SILENCE, ScriptedMail
from test_outbound import BIN, carry

_LIMIT_S = 30


def mail(server, **more):
    return {"kind": "mail", "host": "localhost", "port": server.port, "security": "none",
            "to": ["ops@example.org"], "message": "Subject: x\r\n\r\nhello\r\n", **more}


def test_a_server_that_never_says_goodbye_is_soon_left():
    with ScriptedMail({"QUIT": SILENCE}) as server:
        begun = time.monotonic()
        answers = carry(mail(server), mail(server, to=["second@example.org"]))
        assert time.monotonic() - begun < 15
        assert [answer["code"] for answer in answers] == [250, 250]
        assert len(server.mails) == 2


def seconds_to_stop_in_a_goodbye():
    with ScriptedMail({"QUIT": SILENCE}) as server:
        client = subprocess.Popen([str(BIN / "outbound_client"), "100"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        client.stdin.write(json.dumps({"id": 1, **mail(server)}) + "\n")
        client.stdin.flush()
        assert server.said_quit.wait(_LIMIT_S)
        begun = time.monotonic()
        client.communicate(timeout=_LIMIT_S)
        return time.monotonic() - begun


def test_nobody_waits_for_a_goodbye_beyond_the_patience_for_stopping():
    # The farewell's own limit is two seconds, each time; a busy machine is slow now and then.
    assert any(seconds_to_stop_in_a_goodbye() < 1.5 for _ in range(4))


TO = ["a@example.org", "b@example.org"]


def one_answer(script, **more):
    with ScriptedMail(script) as server:
        [answer] = carry(mail(server, to=TO, **more))
        return answer, server.mails


def test_every_refused_recipient_is_told_beside_those_that_got_it():
    answer, mails = one_answer({"RCPT TO:<b@example.org>": "450-4.2.0 greylisted\n450 wait"})
    assert answer["code"] == 250
    assert answer["refused"] == {"b@example.org": "450 4.2.0 greylisted wait"}
    assert [accepted for accepted, _ in mails] == [["a@example.org"]]


def test_one_recipient_who_may_be_let_in_later_is_reason_enough_to_come_back():
    for first, second in (("450 later", "550 no"), ("550 no", "450 later")):
        answer, _ = one_answer({"RCPT TO:<a@example.org>": first,
                                "RCPT TO:<b@example.org>": second})
        assert (answer["code"], answer["message"]) == (450, "later")
        assert answer["refused"] == dict(zip(TO, (first, second)))


def test_a_message_that_nobody_got_has_no_refused_recipients():
    answer, mails = one_answer({"RCPT TO:<b@example.org>": "450 later",
                                "CONTENT": "451-4.3.0 queue full\n451 come back"})
    assert (answer["code"], answer["message"]) == (451, "4.3.0 queue full come back")
    assert answer["refused"] == {} and mails == []


def test_a_connection_that_breaks_after_a_refusal_is_no_refusal():
    answer, _ = one_answer({"RCPT TO:<b@example.org>": "450 later", "CONTENT": BREAK})
    assert answer["code"] == 0 and answer["refused"] == {}


LOGIN = {"username": "user", "password": "hunter2-secret"}
PLAIN = base64.b64encode(b"\0user\0hunter2-secret").decode()
OFFERED = {"EHLO": "250-mail.example.org\n250 AUTH PLAIN"}
WELCOME = {**OFFERED, "AUTH": "334 ", PLAIN: "235 welcome"}


def test_a_refused_login_is_told_whatever_the_code():
    for reply in ("550 locked", "554 5.7.8 no", "504 5.5.4 unknown", "535 no", "454 later"):
        for script in ({"AUTH": reply}, {"AUTH": "334 ", PLAIN: reply}):
            answer, _ = one_answer({**OFFERED, **script}, **LOGIN)
            assert (answer["step"], answer["code"]) == ("login", int(reply[:3]))
    for refused in ({"MAIL": "550 5.7.1 authentication required"},
                    {"RCPT": "554 5.7.1 relay access denied"}):
        answer, _ = one_answer(refused, **LOGIN)
        assert answer["step"] == "login" and answer["code"] in (550, 554)


def test_what_was_refused_is_known_by_how_far_it_had_come():
    for script, step, code in (
            ({"GREETING": "554 5.7.1 listed"}, "greeting", 554),
            ({"EHLO": "504 5.5.2 no full name", "HELO": "504 5.5.2 no full name"}, "name", 504),
            ({"EHLO": "550 not you", "HELO": "550 not you"}, "name", 550),
            ({**WELCOME, "MAIL": "552 too much"}, "sender", 552),
            ({**WELCOME, "RCPT": "550 nobody"}, "mail", 550),
            ({**WELCOME, "DATA": "554 no"}, "mail", 554),
            ({**WELCOME, "CONTENT": "554 spam"}, "mail", 554)):
        answer, mails = one_answer(script, **LOGIN)
        assert (answer["step"], answer["code"]) == (step, code), script
        assert mails == []


def test_a_server_that_repeats_the_password_does_not_spread_it():
    once = base64.b64encode(b"hunter2-secret").decode()
    echo = f"535-no hunter2-secret\n535 nor {PLAIN} {once}"
    answer, _ = one_answer({**OFFERED, "AUTH": echo}, **LOGIN)
    assert answer["message"] == "no *** nor *** ***"
    answer, _ = one_answer({**WELCOME, "RCPT TO:<b@example.org>": "450 HUNTER2-SECRET"}, **LOGIN)
    assert answer["refused"] == {"b@example.org": "450 ***"}


def test_mail_without_tls_stays_on_this_machine():
    [answer] = carry({"kind": "mail", "host": "192.0.2.1", "port": 25, "security": "none",
                      "to": ["ops@example.org"], "message": "x"})
    assert answer["code"] == 0 and "this machine" in answer["message"]
