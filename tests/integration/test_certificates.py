"""A certificate near its end: told once per server, however many domains it is for."""

import socket
import ssl
import threading
from collections import Counter

import pytest
from receivers import WebhookReceiver
from stack import Stack
from test_authority import Authority

NAMES = [f"k{i}.a.example" for i in range(8)]


class Shield:
    """Shows one certificate to everybody and counts the names that it was asked for."""

    def __init__(self, certificate, key):
        self.asked = Counter()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(str(certificate), str(key))
        self._tls.sni_callback = lambda _socket, name, _context: self.asked.update([name])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=30)

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.settimeout(5)
            try:
                with self._tls.wrap_socket(client, server_side=True) as talk:
                    talk.recv(1)
            except OSError:
                client.close()

    def asked_for_all(self, times):
        return all(self.asked[name] >= times for name in NAMES)


@pytest.fixture
def shield(tmp_path):
    authority = Authority(tmp_path / "authority")
    with Shield(*authority.certify("*.a.example", days=5, since=-60)) as running:
        yield running


def told(hook):
    return hook.delivered("certificate_expiring")


def test_one_certificate_of_many_domains_is_told_once(tmp_path, shield):
    config = {"allow_private_addresses": True,
              "certificates": {"enabled": True, "port": shield.port, "interval_s": 600,
                               "first_within_s": 1}}
    with WebhookReceiver() as hook, Stack(tmp_path / "stack", config=config) as stack:
        stack.add_zone("a.example", {name.split(".")[0]: "127.0.0.1" for name in NAMES})
        stack.add_provider()
        stack.add_server("web1", "127.0.0.1")
        stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url})
        for name in NAMES:
            stack.add_domain(name, ["web1"])
        hook.wait_for("certificate_expiring")
        stack.until("a look at every domain", lambda: shield.asked_for_all(1))
        before = shield.asked.copy()
        stack.restart_controller()
        stack.until("another look at every domain",
                    lambda: all(shield.asked[name] > before[name] for name in NAMES))
        stack.post("/channels/hook/test")
        hook.wait_for("test")
        assert len(told(hook)) == 1
        notice = told(hook)[0].body["data"]
        assert notice["server"]["name"] == "web1" and notice["domains"]
        lines = stack.get("/events?type=certificate_expiring")["items"]
        assert len(lines) == 1
