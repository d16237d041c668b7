"""The outbound worker against real servers: what must be refused, bounded, told apart."""

import contextlib
import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import aiosmtpd.controller
import aiosmtpd.smtp
import pytest

from ports import closed_port, free_port
from test_authority import Authority

BIN = Path(os.environ.get("UNDERSTUDY_BIN",
                          Path(__file__).resolve().parents[2] / "build" / "dev" / "bin"))
_LIMIT_S = 30


def carry(*transfers, patience_ms=20_000, ca_file=None, code=0):
    """The answers to transfers that are under way at once, in the order asked."""
    lines = [json.dumps({"id": number, **transfer}) for number, transfer in enumerate(transfers, 1)]
    command = [str(BIN / "outbound_client"), str(patience_ms)]
    if ca_file is not None:
        command.append(str(ca_file))
    ended = subprocess.run(command, input="\n".join(lines) + "\n", text=True,
                           stdout=subprocess.PIPE, timeout=_LIMIT_S)
    assert ended.returncode == code, ended.stdout
    answers = {}
    for line in ended.stdout.splitlines():
        if line.startswith("{"):
            answer = json.loads(line)
            answers[answer["id"]] = answer
    return [answers.get(number) for number in range(1, len(transfers) + 1)]


def get(url, **more):
    return {"kind": "http", "url": url, **more}


class WebServer:
    """Answers by path; counts requests and connections."""

    def __init__(self, tls=None):
        self.requests = []
        self.connections = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                outer.connections += 1
                super().setup()

            def answer(self):
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(length)
                outer.requests.append((self.command, self.path, dict(self.headers), body))
                outer.reply(self, body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        scheme = "http"
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, tls))
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
            scheme = "https"
        self.port = self._server.server_port
        self.url = f"{scheme}://localhost:{self.port}"
        self.release = threading.Event()

    def reply(self, handler, body):
        path = handler.path
        if path == "/redirect":
            handler.send_response(302)
            handler.send_header("Location", "/elsewhere")
        elif path == "/vanish":
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        elif path.startswith("/short"):
            handler.send_response(int(path[6:]))
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b"beginning")
            handler.wfile.flush()
            if handler.command == "PUT":
                self.release.wait(_LIMIT_S)
            handler.close_connection = True
            return
        elif path == "/hang":
            self.release.wait(_LIMIT_S)
            handler.close_connection = True
            return
        else:
            body = b"x" * int(path[6:]) if path.startswith("/large") else body
            handler.send_response(200)
        handler.send_header("X-Method", handler.command)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(body)

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture()
def web():
    with WebServer() as server:
        yield server


def test_method_headers_and_body_arrive_as_given(web):
    [answer, deleted] = carry(
        get(web.url + "/a?b=c", method="PATCH", body='{"x":1}',
            headers={"X-Token": "t", "X-Empty": ""}),
        get(web.url + "/d", method="DELETE"))
    assert (answer["status"], answer["body"]) == (200, '{"x":1}')
    assert answer["headers"]["X-Method"] == "PATCH"
    assert deleted["headers"]["X-Method"] == "DELETE"
    sent = {path: (method, headers, body) for method, path, headers, body in web.requests}
    method, headers, body = sent["/a?b=c"]
    assert method == "PATCH" and body == b'{"x":1}'
    assert headers["X-Token"] == "t" and headers["X-Empty"] == ""
    assert "Expect" not in headers


def test_redirects_are_answers_and_not_followed(web):
    [answer] = carry(get(web.url + "/redirect"))
    assert answer["status"] == 302
    assert [path for _, path, _, _ in web.requests] == ["/redirect"]


def test_an_untrusted_certificate_is_refused_before_anything_is_said(authority):
    with WebServer(tls=authority.certify("localhost")) as web:
        [answer] = carry(get(web.url + "/", method="POST", body="secret"))
        assert answer["may_have_arrived"] is False
        assert "certificate" in answer["error"].lower()
        assert web.requests == []


def test_an_extra_authority_is_trusted_but_not_for_other_names(authority):
    with WebServer(tls=authority.certify("localhost")) as web:
        [good] = carry(get(web.url + "/"), ca_file=authority.ca_file)
        assert good["status"] == 200
    with WebServer(tls=authority.certify("other.example.org")) as web:
        [bad] = carry(get(web.url + "/"), ca_file=authority.ca_file)
        assert bad["may_have_arrived"] is False


def test_answers_are_bounded_in_size(web):
    [fits, too_large] = carry(get(web.url + "/large5000", limit=6000),
                              get(web.url + "/large9000", limit=6000))
    assert len(fits["body"]) == 5000
    assert "6000 bytes" in too_large["error"]
    assert too_large["may_have_arrived"] is True


def test_the_status_line_decides_where_that_is_wanted(web):
    wanted = {"status_decides": True, "timeout_ms": 1500, "limit": 5000}
    large, cut, slow, silent, strict = carry(
        get(web.url + "/large10000", **wanted), get(web.url + "/short410", **wanted),
        get(web.url + "/short202", method="PUT", **wanted), get(web.url + "/hang", **wanted),
        get(web.url + "/short200"))
    assert large["status"] == 200 and len(large["body"]) <= 5000
    assert (cut["status"], cut["body"]) == (410, "beginning")
    assert (slow["status"], slow["body"]) == (202, "beginning")
    assert "status" not in silent and "status" not in strict


def test_a_silent_server_is_given_up_in_time(web):
    [answer] = carry(get(web.url + "/hang", timeout_ms=300))
    assert answer["may_have_arrived"] is True
    assert "timed out" in answer["error"].lower()


def test_a_connection_lost_after_sending_may_have_arrived(web):
    [answer] = carry(get(web.url + "/vanish", method="POST", body="x"))
    assert answer["may_have_arrived"] is True


def test_nobody_listening_certainly_did_not_arrive():
    with closed_port() as port:
        [refused, unresolved] = carry(get(f"http://127.0.0.1:{port}/"),
                                      get("http://no-such-host.invalid/"))
    assert refused["may_have_arrived"] is False
    assert unresolved["may_have_arrived"] is False


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://localhost/", "not a url",
                                 "http://user:password@localhost/"])
def test_other_protocols_and_logins_in_urls_are_refused(url):
    [answer] = carry(get(url))
    assert answer["may_have_arrived"] is False
    assert "password" not in answer["error"]


def test_proxies_of_the_environment_are_ignored(web, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    [answer] = carry(get(web.url + "/"))
    assert answer["status"] == 200


def test_few_connections_per_host_and_all_answers_come(web):
    answers = carry(*[get(f"{web.url}/{number}") for number in range(200)])
    assert all(answer["status"] == 200 for answer in answers)
    assert web.connections <= 6


def test_stopping_drops_what_takes_too_long(web):
    [hung, done] = carry(get(web.url + "/hang"), get(web.url + "/quick"), patience_ms=1500, code=1)
    assert hung is None
    assert done["status"] == 200


# --- certificates ------------------------------------------------------------------------------


def test_a_probe_reads_the_end_of_a_certificate_it_does_not_trust(authority):
    with WebServer(tls=authority.certify("shield.example.org", days=12)) as web:
        with closed_port() as unused:
            [seen, refused] = carry(
                {"kind": "probe", "address": "127.0.0.1", "port": web.port,
                 "name": "shield.example.org"},
                {"kind": "probe", "address": "127.0.0.1", "port": unused,
                 "name": "shield.example.org"})
        assert web.requests == []
    end = datetime.fromisoformat(seen["not_after"].replace("Z", "+00:00"))
    expected = datetime.now(timezone.utc) + timedelta(days=12)
    assert abs(end - expected) < timedelta(minutes=5)
    assert set(seen["serial"]) <= set("0123456789abcdefABCDEF") and len(seen["serial"]) >= 8
    assert refused["not_after"] == "" and refused["error"] != ""


# --- mail --------------------------------------------------------------------------------------


class Mailbox:
    def __init__(self):
        self.mails = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        self.mails.append((session.host_name, session.ssl is not None,
                           envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 queued"


def authenticate(_server, _session, _envelope, _mechanism, data):
    good = (data.login, data.password) == (b"user", b"right")
    return aiosmtpd.smtp.AuthResult(success=good, handled=False)


class MailServer(aiosmtpd.controller.Controller):
    def __init__(self, certificate=None, **options):
        self.mailbox = Mailbox()
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, certificate))
            options.update(tls_context=context, require_starttls=True)
        self.options = options
        super().__init__(self.mailbox, hostname="127.0.0.1", port=free_port())

    def factory(self):
        return aiosmtpd.smtp.SMTP(self.mailbox, **self.options)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


def mail(server, **more):
    return {"kind": "mail", "host": "localhost", "port": server.port, "to": ["ops@example.org"],
            "message": "Subject: x\r\n\r\nhello\r\n.dot\r\n", **more}


def test_mail_by_starttls_and_login(authority):
    with MailServer(authority.certify("localhost"), authenticator=authenticate,
                    auth_required=True) as server:
        [answer] = carry(mail(server, username="user", password="right",
                              ca_file=str(authority.ca_file)))
        assert answer["code"] == 250
        [(ehlo, tls, sender, recipients, content)] = server.mailbox.mails
    assert (ehlo, tls, sender, recipients) == ("tests.example.org", True, "from@example.org",
                                               ["ops@example.org"])
    assert content == b"Subject: x\r\n\r\nhello\r\n.dot\r\n"


def test_a_wrong_password_is_a_permanent_answer(authority):
    with MailServer(authority.certify("localhost"), authenticator=authenticate,
                    auth_required=True) as server:
        [answer] = carry(mail(server, username="user", password="wrong",
                              ca_file=str(authority.ca_file)))
        assert answer["code"] == 535
        assert "wrong" not in answer["message"]
        assert server.mailbox.mails == []


def test_mail_is_not_sent_to_a_server_that_is_not_trusted(authority):
    with MailServer(authority.certify("localhost")) as server:
        [answer] = carry(mail(server))
        assert answer["code"] == 0 and "certificate" in answer["message"].lower()
        assert server.mailbox.mails == []


def test_without_starttls_nothing_is_sent():
    with MailServer() as server:
        [answer] = carry(mail(server, username="user", password="right"))
        assert answer["code"] == 0 and answer["message"] != ""
        assert server.mailbox.mails == []


def test_a_login_that_the_server_does_not_offer_is_a_failure():
    with MailServer() as server:  # it offers a login under TLS only
        [answer] = carry(mail(server, security="none", username="user", password="right"))
        assert answer["code"] == 0 and "no login" in answer["message"]
        assert server.mailbox.mails == []


def test_a_server_with_no_way_to_log_in_is_a_failure(authority):
    with MailServer(authority.certify("localhost"),
                    auth_exclude_mechanism=["LOGIN", "PLAIN"]) as server:
        [answer] = carry(mail(server, username="user", password="right",
                              ca_file=str(authority.ca_file)))
        assert answer["code"] == 0 and answer["message"] != ""
        assert server.mailbox.mails == []


def test_one_refused_recipient_does_not_cost_the_others_their_mail():
    with MailServer() as server:
        [some, none] = carry(
            mail(server, security="none", to=["nobody@example.org", "ops@example.org"]),
            mail(server, security="none", to=["nobody@example.org"]))
        assert some["code"] == 250
        assert none["code"] == 550 and "no such user" in none["message"]
        assert [mail[3] for mail in server.mailbox.mails] == [["ops@example.org"]]


def test_bare_line_feeds_cannot_end_the_message_early():
    with MailServer() as server:
        [answer] = carry(mail(server, security="none",
                              message="Subject: x\n\none\n.\nMAIL FROM:<evil@x>\n"))
        assert answer["code"] == 250
        [(_, _, _, _, content)] = server.mailbox.mails
    assert content == b"Subject: x\r\n\r\none\r\n.\r\nMAIL FROM:<evil@x>\r\n"
