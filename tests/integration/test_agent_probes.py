"""understudy-agent looks at other servers' services when asked, and at nothing else."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from agent_process import AgentProcess
from fake_controller import FakeController
from proxied_site import HERE, ProxiedSite
from test_authority import Authority

NAME = "www.example.org"


class Site:
    """A small web site of another server, at 127.0.0.2; it remembers what it was asked."""

    def __init__(self, certificate=None):
        site = self
        self.asked = []
        self.status = 200

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                site.asked.append((self.path, self.headers["Host"]))
                body = b"SECRET all is well"
                self.send_response(site.status, "SECRET")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.2", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, certificate))
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def controller():
    with FakeController() as fake:
        yield fake


def probe(port, kind="http", number=1, **changes):
    message = {"type": "probe", "id": number, "kind": kind, "address": "127.0.0.2", "port": port,
               "host": NAME, "path": "/healthz", "status_low": 200, "status_high": 399,
               "timeout_ms": 3000, "fast_interval_ms": 500, "fall": 2}
    if kind == "https":
        message["certificate"] = "record"
    return {**message, **changes}


def willing(*ports):
    return {"ports": list(ports), "allow_private": True}


def test_it_says_what_it_finds_and_nothing_of_the_answer_but_the_status(controller, tmp_path):
    with Site() as site, AgentProcess(tmp_path, controller.url,
                                      probe_for_others=willing(site.port)):
        link = controller.wait_for_link()
        assert link.of_type("hello")[0]["capabilities"] == ["probe", "proxy_protocol"]
        link.wait_for("heartbeat")
        link.send(probe(site.port, text="all is well"))
        answer = link.wait_for("probed")
        assert answer.pop("took_ms") < 3000
        assert answer == {"type": "probed", "id": 1, "verdict": "serves",
                          "found": f"http {site.port}: 200"}
        assert site.asked == [("/healthz", NAME)]
        site.status = 503
        link.send(probe(site.port, number=2))
        answer = link.wait_for("probed", 2)
        assert (answer["id"], answer["verdict"]) == (2, "dead")
        assert answer["found"] == f"http {site.port}: status 503"
        assert len(site.asked) == 3


def test_over_tls_any_certificate_will_do_unless_it_is_required(controller, tmp_path):
    certificate = Authority(tmp_path).certify(NAME)
    with Site(certificate) as site, AgentProcess(tmp_path / "agent", controller.url,
                                                 probe_for_others=willing(site.port)):
        link = controller.wait_for_link()
        link.wait_for("heartbeat")
        link.send(probe(site.port, "https"))
        answer = link.wait_for("probed")
        assert (answer["verdict"], answer["found"]) == ("serves", f"https {site.port}: 200")
        link.send(probe(site.port, "https", 2, certificate="require"))
        answer = link.wait_for("probed", 2)
        assert answer["verdict"] == "dead"
        assert answer["found"].startswith(f"https {site.port}: no TLS: the certificate: ")
        link.send(probe(site.port, "http", 3))
        assert link.wait_for("probed", 3)["verdict"] == "dead"


def test_what_is_not_allowed_is_not_touched(controller, tmp_path):
    with socket.create_server(("127.0.0.2", 0)) as site, \
            AgentProcess(tmp_path, controller.url, probe_for_others={"ports": [443]}):
        port = site.getsockname()[1]
        site.setblocking(False)
        link = controller.wait_for_link()
        link.wait_for("heartbeat")
        for number, message in enumerate([
                probe(port), probe(443), probe(443, address="169.254.169.254"),
                probe(443, address="::1"), probe(443, kind="quic"), probe(443, fall=100)]):
            link.send({**message, "id": number})
            answer = link.wait_for("probed", number + 1)
            assert (answer["id"], answer["verdict"]) == (number, "nothing"), answer
        with pytest.raises(BlockingIOError):
            site.accept()


def test_one_that_probes_for_nobody_does_not_offer_to(controller, tmp_path):
    with AgentProcess(tmp_path, controller.url, probe_for_others={"enabled": False}):
        link = controller.wait_for_link()
        assert "capabilities" not in link.of_type("hello")[0]
        link.wait_for("heartbeat")
        link.send(probe(443))
        assert link.wait_for("probed")["found"] == "this agent probes for nobody"


@pytest.mark.skipif(not HERE, reason="needs haproxy")
def test_a_proxied_service_is_told_who_asks(controller, tmp_path):
    both = tmp_path / "both.pem"
    both.write_text("".join(part.read_text() for part in Authority(tmp_path).certify(NAME)))
    (tmp_path / "tls").mkdir()
    with ProxiedSite(tmp_path, ["127.0.0.2"]) as plain, \
            ProxiedSite(tmp_path / "tls", ["127.0.0.2"], certificate=both) as tls, \
            AgentProcess(tmp_path / "agent", controller.url,
                         probe_for_others=willing(plain.port, tls.port)):
        link = controller.wait_for_link()
        link.wait_for("heartbeat")
        asked = [probe(plain.port, proxy_protocol="v1"), probe(plain.port),
                 probe(tls.port, "https", proxy_protocol="v1"), probe(tls.port, "https"),
                 probe(plain.port, "tcp", proxy_protocol="v1"),
                 probe(plain.port, proxy_protocol="v9")]
        wanted = ["serves", "dead", "serves", "dead", "serves", "nothing"]
        for number, message in enumerate(asked):
            link.send({**message, "id": number})
            answer = link.wait_for("probed", number + 1)
            assert (answer["id"], answer["verdict"]) == (number, wanted[number]), answer
        plain.wait_for_clients("127.0.0.1")
