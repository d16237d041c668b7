"""The outbound worker and mail servers on their bad days."""

import json
import subprocess
import time

from scripted_mail import SILENCE, ScriptedMail
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


def test_nobody_waits_for_a_goodbye_beyond_the_patience_for_stopping():
    with ScriptedMail({"QUIT": SILENCE}) as server:
        client = subprocess.Popen([str(BIN / "outbound_client"), "100"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        client.stdin.write(json.dumps({"id": 1, **mail(server)}) + "\n")
        client.stdin.flush()
        assert server.said_quit.wait(_LIMIT_S)
        begun = time.monotonic()
        client.communicate(timeout=_LIMIT_S)
        assert time.monotonic() - begun < 1.5
