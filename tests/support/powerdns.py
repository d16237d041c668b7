#!/usr/bin/python3
"""A real PowerDNS server of one's own: for tests, and as a program for drills.

    with PowerDns() as server:
        server.add_zone("example.org", {("www.example.org", "A"): (60, ["192.0.2.1"])})
        server.api("GET", "zones/example.org.").document
        dig -p server.dns_port @127.0.0.1 www.example.org

As a program it runs in the foreground until SIGTERM or SIGINT. It listens on loopback, keeps
everything in a temporary folder and takes it away at the end. Needs Debian's pdns-server and
pdns-backend-sqlite3, and python3-dnspython.
"""

import argparse
import ctypes
import http.client
import json
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import dns.message
import dns.query

from ports import free_port

SERVER = "/usr/sbin/pdns_server"
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
_START_S = 10
_STOP_S = 5
_POLL_S = 0.02
_TRIES = 5  # a port found free may be taken before the server binds it
_PR_SET_PDEATHSIG = 1

_CONFIGURATION = """\
launch=gsqlite3
gsqlite3-database={folder}/zones.sqlite3
socket-dir={folder}
local-address=127.0.0.1
local-port={dns_port}
webserver=yes
webserver-address=127.0.0.1
webserver-port={http_port}
webserver-allow-from=127.0.0.1
api=yes
api-key={api_key}
primary=yes
daemon=no
guardian=no
write-pid=no
disable-syslog=yes
log-timestamp=no
loglevel=4
version-string=anonymous
"""


@dataclass
class Reply:
    status: int
    body: bytes

    @property
    def document(self):
        return json.loads(self.body)


class PowerDns:
    """more: lines of its configuration."""

    def __init__(self, more=""):
        self._more = more
        self.api_key = secrets.token_urlsafe(24)
        self._folder = tempfile.TemporaryDirectory(prefix="powerdns-")
        self._process = None
        try:
            self._make_database()
            self._start()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def api_url(self):
        return f"http://127.0.0.1:{self.http_port}"

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()

    def wait(self):
        return self._process.wait()

    def api(self, method, path, body=None):
        """One call; `path` below /api/v1/servers/localhost/."""
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=_START_S)
        headers = {"X-API-Key": self.api_key, "Content-Type": "application/json"}
        payload = None if body is None else json.dumps(body)
        try:
            target = ("/api/v1/servers/localhost/" + path).rstrip("/")
            connection.request(method, target, payload, headers)
            response = connection.getresponse()
            return Reply(response.status, response.read())
        finally:
            connection.close()

    def add_zone(self, name, sets=None, kind="Native", **keys):
        """`sets`: {(name, type): (ttl, [content, ...])}, names without the trailing dot."""
        rrsets = [
            {
                "name": owner + ".",
                "type": kind_of_record,
                "ttl": ttl,
                "records": [{"content": content, "disabled": False} for content in contents],
            }
            for (owner, kind_of_record), (ttl, contents) in (sets or {}).items()
        ]
        zone = {
            "name": name + ".",
            "kind": kind,
            "nameservers": ["ns1." + name + "."],
            "rrsets": rrsets,
            **keys,
        }
        reply = self.api("POST", "zones", zone)
        assert reply.status == 201, reply.body
        return reply.document

    def replace_set(self, zone, name, kind, ttl, records):
        """`records`: [(content, disabled), ...], the whole set of that name and type."""
        rrset = {
            "name": name + ".",
            "type": kind,
            "ttl": ttl,
            "changetype": "REPLACE",
            "records": [{"content": text, "disabled": off} for text, off in records],
        }
        reply = self.api("PATCH", f"zones/{zone}.", {"rrsets": [rrset]})
        assert reply.status == 204, reply.body

    def records(self, zone, name, kind):
        """[(content, disabled), ...] of that name and type, disabled ones included."""
        sets = self.api("GET", f"zones/{zone}.").document["rrsets"]
        return [
            (record["content"], record["disabled"])
            for each in sets
            if each["name"] == name + "." and each["type"] == kind
            for record in each["records"]
        ]

    def allow_updates(self, zones, key_name, secret):
        """Dynamic updates (RFC 2136) with that key; `more` has to have dnsupdate=yes."""
        self._util("import-tsig-key", key_name, "hmac-sha256", secret)
        for zone in zones:
            self._util("set-meta", zone, "TSIG-ALLOW-DNSUPDATE", key_name)

    def _util(self, *words):
        subprocess.run(
            ["/usr/bin/pdnsutil", f"--config-dir={self._folder.name}", *words],
            check=True, capture_output=True, timeout=_START_S,
        )  # fmt: skip

    def fill_zone(self, zone, count):
        """Names in such numbers that their way through the API would take minutes."""
        database = sqlite3.connect(Path(self._folder.name) / "zones.sqlite3", timeout=_START_S)
        with database:
            (domain,) = database.execute(
                "SELECT id FROM domains WHERE name = ?", (zone,)
            ).fetchone()
            database.executemany(
                "INSERT INTO records (domain_id, name, type, content, ttl, disabled, auth) "
                "VALUES (?, ?, 'A', '192.0.2.1', 300, 0, 1)",
                ((domain, f"filler-{number}.{zone}") for number in range(count)),
            )
        database.close()

    def ask(self, name, kind="A"):
        """The DNS server's answer to one query."""
        query = dns.message.make_query(name, kind)
        return dns.query.udp(query, "127.0.0.1", timeout=_START_S, port=self.dns_port)

    def _make_database(self):
        database = sqlite3.connect(Path(self._folder.name) / "zones.sqlite3")
        try:
            database.executescript(SCHEMA.read_text(encoding="ascii"))
        finally:
            database.close()

    def _start(self):
        for _ in range(_TRIES):
            self.http_port, self.dns_port = free_port(), free_port()
            self._launch()
            if self._answers():
                return
        raise RuntimeError(f"pdns_server does not start:\n{self._log()}")

    def _launch(self):
        folder = Path(self._folder.name)
        configuration = folder / "pdns.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            _CONFIGURATION.format(
                folder=folder,
                dns_port=self.dns_port,
                http_port=self.http_port,
                api_key=self.api_key,
            )
            + self._more,
            encoding="ascii",
        )
        with open(folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [SERVER, f"--config-dir={folder}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent,
            )

    def _answers(self):
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self.api("GET", "").status == 200:
                    return True
            except OSError:
                pass
            time.sleep(_POLL_S)
        self._process.kill()
        self._process.wait()
        return False

    def _log(self):
        return (Path(self._folder.name) / "log").read_text(errors="replace")


def _end_with_parent():
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="powerdns.py",
        description="Runs a PowerDNS server of its own on loopback until SIGTERM, and prints one "
        "line of JSON: api_url, api_key, dns_port.",
    )
    parser.add_argument(
        "--zone", action="append", default=[], metavar="NAME", help="a zone to make"
    )
    parser.add_argument(
        "--address", metavar="IPV4", help="www and the apex of every zone get this A record"
    )
    options = parser.parse_args(arguments)
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops | {signal.SIGCHLD})
    with PowerDns() as server:
        for zone in options.zone:
            names = (zone, "www." + zone) if options.address else ()
            server.add_zone(zone, {(name, "A"): (60, [options.address]) for name in names})
        line = {"api_url": server.api_url, "api_key": server.api_key, "dns_port": server.dns_port}
        print(json.dumps(line, separators=(",", ":")), flush=True)
        received = signal.sigwait(stops | {signal.SIGCHLD})
    return 0 if received in stops else 1


if __name__ == "__main__":
    sys.exit(main())
