"""Service probes of the outbound worker against real sockets: what serves, what does not, and what
says nothing about the server."""

import contextlib
import socket
import ssl
import threading
from ipaddress import ip_address

import pytest
from ports import closed_port
from proxied_site import HERE, ProxiedSite
from test_authority import Authority
from test_outbound import WebServer, authority, carry, web  # noqa: F401
from wait_for import Changing

_LIMIT_S = 30


class Speaker:
    """Answers every connection with the same bytes, then closes, holds it, or repeats them."""

    def __init__(self, said=b"", then="close", tls=None):
        self.asked = []
        self._said, self._then = said, then
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*map(str, tls))
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client):
        client.settimeout(_LIMIT_S)
        with contextlib.suppress(OSError):
            if self._tls:
                client = self._tls.wrap_socket(client, server_side=True)
            with client:
                self.asked.append(client.recv(65536).decode("latin-1"))
                client.sendall(self._said)
                while self._then == "drip":
                    client.sendall(b".")
                    self._over.wait(0.05)
                while self._then == "repeat":
                    client.sendall(self._said[-4096:])
                if self._then == "hold":
                    self._over.wait(_LIMIT_S)


def reply(status="200 OK", body=b"all is well", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def service(target, **more):
    return {"kind": "service", "target": target, **more}


def probe(target, ca_file=None, **more):
    """(verdict, sentence without the target)"""
    answer, = carry(service(target, **more), ca_file=ca_file)
    return answer["verdict"], answer["sentence"].split(": ", 1)[1]


def of(said=b"", then="close", target="http:{port}", tls=None, ca_file=None, **more):
    with Speaker(said, then, tls) as server:
        return probe(target.format(port=server.port), ca_file, **more)


def test_what_answers_as_wanted_serves():
    verdict, sentence = of(reply())
    assert verdict == "serves" and sentence.startswith("200 in ")
    assert of(reply("404 Not Found"))[0] == "serves"
    assert of(reply("204 No Content", b""), status="204")[0] == "serves"
    assert of(reply(), text="is well")[0] == "serves"


def test_the_request_is_a_visitors():
    with Speaker(reply()) as server:
        assert probe(f"http:{server.port}/a/../b?c=d", name="shop.example.org")[0] == "serves"
        first, *headers = server.asked[0].split("\r\n")
        assert first == "GET /a/../b?c=d HTTP/1.1"
        assert f"Host: shop.example.org:{server.port}" in headers


def test_wrong_answers_do_not_serve():
    assert of(reply("503 Service Unavailable")) == ("dead", "status 503, 200-499 wanted")
    assert of(reply("302 Found", b"", "Location: http://127.0.0.1:1/"), status="200-299") == (
        "dead", "status 302, 200-299 wanted")
    assert of(reply("302 Found", b"", "Location: http://127.0.0.1:1/"))[0] == "serves"
    assert of(reply(), text="o\x1bk") == ("dead", "the text 'o k' is missing")
    assert of(b"hello, this is no HTTP\r\n") == ("dead", "the answer is not HTTP")
    assert of(b"220 mail.example.org ESMTP\r\n", "hold") == ("dead", "the answer is not HTTP")
    assert of(b"") == ("dead", "closed without an answer")


def test_nobody_there():
    with closed_port() as port:
        for kind in ("tcp", "http", "https"):
            answer, = carry(service(f"{kind}:{port}"))
            assert answer["sentence"] == f"{kind} {port}: connection refused"
            assert answer["verdict"] == "dead"


def test_silence_ends_by_the_time_limit():
    assert of(then="hold", timeout_ms=300) == ("dead", "no answer within 300 ms")
    assert of(then="hold", target="https:{port}", timeout_ms=300) == (
        "dead", "no answer within 300 ms")
    assert of(reply(body=b"x" * 9)[:-1], "hold", timeout_ms=300) == (
        "dead", "no end of the answer within 300 ms")
    assert of(reply(body=b"x" * 9999)[:-9999], "drip", timeout_ms=300) == (
        "dead", "no end of the answer within 300 ms")
    assert of(b"HTTP/1.1 200 OK\r\nX-Slow: ", "drip", timeout_ms=300)[0] == "dead"


def test_a_redirect_is_an_answer_and_not_gone_after():
    with Speaker(reply()) as elsewhere:
        there = f"Location: http://127.0.0.1:{elsewhere.port}/"
        for status in ("301 Moved", "302 Found", "307 Temporary", "308 Permanent"):
            assert of(reply(status, b"", there))[0] == "serves"
            assert of(reply(status, b"", there), text="all is well")[0] == "dead"
        assert elsewhere.asked == []


def test_an_endless_answer_is_judged_by_its_beginning():
    endless = b"HTTP/1.1 200 OK\r\n\r\nall is well" + b"x" * 8192
    assert of(endless, "repeat")[0] == "serves"
    assert of(endless, "repeat", text="is well")[0] == "serves"
    assert of(endless, "repeat", text="not there") == ("dead", "the text 'not there' is missing")
    assert of(endless.replace(b"200", b"500"), "repeat") == ("dead", "status 500, 200-499 wanted")
    headers = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 1\r\n" * 1024
    assert of(headers, "repeat")[0] == "serves"


def test_tcp_only_connects():
    with Speaker() as server:
        verdict, sentence = probe(f"tcp:{server.port}")
        assert verdict == "serves" and sentence.startswith("connected in ")


@pytest.fixture(scope="module")
def certificates(authority):  # noqa: F811
    return {"good": authority.certify("www.example.org"),
            "other": authority.certify("other.example.net"),
            "wild": authority.certify("*.example.org"),
            "old": authority.certify("old.example.org", days=-1, since=-9)}


def over_tls(certificates, which, authority=None, **more):  # noqa: F811
    return of(reply(), target="https:{port}", tls=certificates[which],
              ca_file=authority and authority.ca_file, **more)


def test_a_certificate_that_does_not_fit_is_told(certificates):
    assert "certificate" not in over_tls(certificates, "good")[1]
    assert "certificate" not in over_tls(certificates, "wild")[1]
    verdict, sentence = over_tls(certificates, "other")
    assert verdict == "serves"
    assert sentence.endswith("certificate: for other names than www.example.org")
    verdict, sentence = over_tls(certificates, "old", name="old.example.org")
    assert verdict == "serves" and "certificate: expired 20" in sentence


def test_a_certificate_may_be_required(certificates, authority):  # noqa: F811
    assert over_tls(certificates, "good", authority, require=True)[0] == "serves"
    verdict, sentence = over_tls(certificates, "other", authority, require=True)
    assert verdict == "dead" and "www.example.org" in sentence
    verdict, sentence = over_tls(certificates, "old", authority, require=True,
                                 name="old.example.org")
    assert verdict == "dead" and "expired" in sentence
    verdict, sentence = over_tls(certificates, "good", require=True)
    assert verdict == "dead" and "no authority known here" in sentence


def test_plain_text_where_tls_should_be_is_dead():
    verdict, sentence = of(reply(), target="https:{port}")
    assert verdict == "dead" and sentence.startswith("no TLS: ")
    assert of(target="https:{port}") == ("dead", "closed before there was TLS")


def test_every_probe_has_a_connection_of_its_own(web):  # noqa: F811
    answers = carry(*[service(f"http:{web.port}/")] * 20)
    assert {answer["verdict"] for answer in answers} == {"serves"}
    assert web.connections == 20


def test_probes_do_not_wait_in_line():
    with Speaker(then="hold") as silent, Speaker(reply()) as server:
        hanging = [service(f"http:{silent.port}", timeout_ms=20_000)] * 100
        *hung, last = carry(*hanging, service(f"http:{server.port}"), patience_ms=1_000, code=1)
        assert last["verdict"] == "serves"
        assert hung == [None] * 100


def test_names_are_never_looked_up_and_proxies_never_asked(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Speaker(reply()) as server:
        assert probe(f"http:{server.port}", name="nobody.invalid")[0] == "serves"


def test_a_probe_that_begins_too_late_finds_nothing():
    with Speaker(reply()) as server:
        answer, = carry(service(f"http:{server.port}", too_late=True))
        assert answer["verdict"] == "nothing" and answer["late"]
        assert "behind" in answer["sentence"]


def test_what_the_system_here_refuses_says_nothing_about_the_server():
    verdict, sentence = probe("tcp:9", address="255.255.255.255")
    assert verdict == "nothing" and "here" in sentence


def no_way_to(address):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as trial:
        try:
            trial.connect((str(ip_address(address)), 9))
        except OSError:
            return True
    return False


@pytest.mark.skipif(not no_way_to("2001:db8::1"), reason="this machine has a way to IPv6")
def test_no_route_from_here_says_nothing_about_the_server():
    assert probe("http:80", address="2001:db8::1") == ("nothing", "no route from here")


@pytest.mark.skipif(not HERE, reason="needs haproxy")
def test_a_proxied_service_is_told_who_asks(tmp_path):
    with ProxiedSite(tmp_path, ["127.0.0.1"]) as site:
        assert probe(f"http:{site.port}", proxy=True, text="is well")[0] == "serves"
        site.wait_for_clients("127.0.0.1")
        assert probe(f"http:{site.port}")[0] == "dead"


@pytest.mark.skipif(not HERE, reason="needs haproxy")
def test_a_proxied_service_is_told_before_tls(tmp_path, authority):  # noqa: F811
    both = tmp_path / "both.pem"
    both.write_text("".join(part.read_text() for part in authority.certify("www.example.org")))
    with ProxiedSite(tmp_path, ["127.0.0.1"], certificate=both) as site:
        verdict, sentence = probe(f"https:{site.port}", proxy=True, require=True,
                                  ca_file=authority.ca_file)
        assert verdict == "serves", sentence
        assert probe(f"https:{site.port}")[0] == "dead"


def test_a_tcp_probe_says_who_asks_too():
    with Speaker(b"?") as server:
        assert probe(f"tcp:{server.port}", proxy=True)[0] == "serves"
        Changing().until("the header to be read", lambda: server.asked)
        words = server.asked[0].split()
        assert words[:4] == ["PROXY", "TCP4", "127.0.0.1", "127.0.0.1"]
        assert words[5] == str(server.port) and server.asked[0].endswith("\r\n")
