"""What channels send, read by other people's code: the reference library of Standard Webhooks, and
Python's e-mail package in its strict mode."""

import email
import email.headerregistry
import email.policy
import email.utils
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((TESTS.parent / "schema" / "webhook" / "examples").glob("*.json"))
BIN = Path(os.environ.get("UNDERSTUDY_BIN", TESTS.parent / "build" / "dev" / "bin"))
SECRETS = [
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
]
# Everything the e-mail package would silently repair becomes an error.
STRICT = email.policy.SMTP.clone(raise_on_defect=True)


def compose(kind, payload_file, milliseconds):
    command = [BIN / "compose_notification", kind, str(payload_file), str(milliseconds)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=30).stdout


def verify(secret, request):
    return subprocess.run(
        ["node", "verify_webhook.mjs", secret],
        cwd=TESTS / "support",
        input=json.dumps(request),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )


@pytest.fixture(name="request_now")
def webhook_request():
    return json.loads(compose("webhook", EXAMPLES[0], int(time.time() * 1000)))


@pytest.mark.parametrize("secret", SECRETS)
def test_reference_library_accepts_either_secret(request_now, secret):
    verified = verify(secret, request_now)
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout) == json.loads(EXAMPLES[0].read_text())


def test_body_is_the_payload_byte_for_byte(request_now):
    assert request_now["body"] == EXAMPLES[0].read_text()


def test_reference_library_refuses_what_was_changed(request_now):
    earlier = str(int(request_now["headers"]["webhook-timestamp"]) - 1)
    for change in (
        {"body": request_now["body"] + " "},
        {"headers": {**request_now["headers"], "webhook-id": "msg_other_1"}},
        {"headers": {**request_now["headers"], "webhook-timestamp": earlier}},
    ):
        assert verify(SECRETS[0], {**request_now, **change}).returncode == 1
    other = "whsec_" + "QUJD" * 11 + "QUI="
    assert verify(other, request_now).returncode == 1


def test_reference_library_refuses_an_old_attempt():
    old = json.loads(compose("webhook", EXAMPLES[0], int(time.time() * 1000) - 3_600_000))
    verified = verify(SECRETS[0], old)
    assert verified.returncode == 1
    assert "too old" in verified.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_mail_is_strictly_an_internet_message(example):
    raw = compose("email", example, 1_795_227_000_000)
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.isascii()
    message = email.message_from_bytes(raw, policy=STRICT)
    for name, value in message.items():
        assert not getattr(value, "defects", ()), name
    names = [name.lower() for name in message.keys()]
    for once in ("date", "from", "to", "subject", "message-id", "mime-version"):
        assert names.count(once) == 1
    payload = json.loads(example.read_text())
    assert message["X-Understudy-Type"] == payload["type"]
    assert message["Subject"].startswith("[")
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    golden = (TESTS / "fixtures" / "render" / f"{example.stem}.txt").read_text()
    subject, _, body = golden.partition("\n\n")
    assert "Subject: " + message["Subject"] == subject
    assert message.get_content().replace("\r\n", "\n") == body


def test_headers_mean_what_they_say():
    raw = compose("email", EXAMPLES[0], 1_795_227_000_000)
    message = email.message_from_bytes(raw, policy=STRICT)
    sender = message["From"].addresses[0]
    assert sender.display_name == 'Bühne, "Understudy"'
    assert sender.addr_spec == "understudy@example.org"
    recipients = [address.addr_spec for address in message["To"].addresses]
    assert recipients == ["ops@example.org", "second@example.org"]
    assert email.utils.parsedate_to_datetime(message["Date"]).timestamp() == 1_795_227_000
    assert message["Message-ID"] == "<msg_c0ffee_77@ctl-1.example.org>"
    assert message["In-Reply-To"] == message["References"]
    assert message["Auto-Submitted"] == "auto-generated"


def test_foreign_text_survives_the_encoding(tmp_path):
    payload = json.loads((EXAMPLES[0].parent / "server_error.json").read_text())
    payload["data"]["server"]["name"] = "schild-ü-→-" + "é" * 60
    payload["data"]["reason"] = "prüfung: =3D . \u2028 end"
    file = tmp_path / "payload.json"
    file.write_text(json.dumps(payload, ensure_ascii=False))
    raw = compose("email", file, 1_795_227_000_000)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    message = email.message_from_bytes(raw, policy=STRICT)
    assert message["Content-Transfer-Encoding"] == "quoted-printable"
    assert "schild-ü-→-ééé" in message["Subject"]
    assert "prüfung: =3D . end" in message.get_content()
