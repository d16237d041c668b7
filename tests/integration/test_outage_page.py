"""examples/outage-page, carried by the real HAProxy and the real nginx: each name gets its pool's
text as 503, whatever is asked for."""

import os
import socket
import ssl
import subprocess

import pytest
from ports import free_port
from stack import ROOT
from test_authority import Authority
from wait_for import Changing

EXAMPLE = ROOT / "examples" / "outage-page"
SHOP, COMMON = "The shop is closed", "This site is not available"
HOSTS = {"shop.example.org": SHOP, "WWW.Shop.Example.org:80": SHOP, "other.example.net": COMMON}
REQUESTS = ["GET /", "GET /cart?x=1", "POST /order", "GET /shop.html", "GET /common.html"]


def changed(text, *changes):
    """The example as it is, but for what a test has elsewhere; each has to be there."""
    for old, new in changes:
        assert old in text, f"the example has no {old!r} any more"
        text = text.replace(old, new)
    return text


def haproxy(folder, ports):
    config = folder / "haproxy.cfg"
    config.write_text(changed(
        (EXAMPLE / "haproxy.cfg").read_text(),
        ("bind :80\n", f"bind 127.0.0.1:{ports[0]}\n"),
        ("bind :443 ", f"bind 127.0.0.1:{ports[1]} "),
        ("/etc/haproxy/certs/", f"{folder}/certs/"), ("/etc/haproxy/outage/", f"{EXAMPLE}/"),
        ("    user haproxy\n    group haproxy\n", "")))
    return ["haproxy", "-db", "-q", "-f", str(config)]


def nginx(folder, ports):
    server = changed(
        (EXAMPLE / "nginx.conf").read_text(),
        ("listen 80 ", f"listen 127.0.0.1:{ports[0]} "),
        ("listen 443 ", f"listen 127.0.0.1:{ports[1]} "),
        ("/etc/haproxy/certs/", f"{folder}/certs/"), ("/etc/haproxy/outage", f"{EXAMPLE}"))
    (folder / "outage.conf").write_text(server)
    config = folder / "nginx.conf"
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}} "
        f"http {{ access_log off; types {{ text/html html; }} {temporary} "
        f"include {folder}/outage.conf; }}")
    return ["nginx", "-p", str(folder), "-c", str(config)]


def answer(port, request, host, trust=None):
    """(status, headers, body) of one request over a connection of its own."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    with trust.wrap_socket(plain, server_hostname=host) if trust else plain as link:
        link.sendall(f"{request} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n"
                     "Connection: close\r\n\r\n".encode())
        raw = b"".join(iter(lambda: link.recv(65536), b""))
    head, _, body = raw.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("server", [haproxy, nginx])
def test_each_name_gets_its_own_text_as_503(tmp_path, server):
    authority = Authority(tmp_path / "authority")
    certificate, key = authority.certify("shop.example.org")
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "outage.pem").write_text(certificate.read_text() + key.read_text())
    ports = free_port(), free_port()
    running = subprocess.Popen(server(tmp_path, ports))
    try:
        Changing().until(f"{server.__name__} to listen", lambda: all(map(listens, ports)))
        for host, text in HOSTS.items():
            for request in REQUESTS:
                status, headers, body = answer(ports[0], request, host)
                assert (status, headers["retry-after"]) == (503, "120"), (host, request)
                assert headers["cache-control"] == "no-store"
                assert headers["content-type"] == "text/html; charset=utf-8"
                assert text in body, (host, request)
        trust = ssl.create_default_context(cafile=str(authority.ca_file))
        status, _, body = answer(ports[1], "GET /", "shop.example.org", trust)
        assert status == 503 and SHOP in body
        assert running.poll() is None
    finally:
        running.terminate()
        running.wait(20)
