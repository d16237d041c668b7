"""Real name servers that take dynamic updates (RFC 2136), one's own: BIND and Knot DNS.

    with Bind({"example.org": [("www.example.org", "A", 60, ["192.0.2.1"])]}) as server:
        server.settings, server.secret      # what a provider of kind rfc2136 is given
        server.ask("www.example.org", "A")
        server.write("example.org", ["add www.example.org 60 TXT theirs"])   # as somebody else

They listen on loopback, keep everything in a temporary folder and take it away at the end. The key
of `secret` may change addresses and nothing else; another one, of the foreign writer, anything.
Need Debian's bind9, bind9-dnsutils and knot, and python3-dnspython.
"""

import base64
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype

from ports import free_port

_START_S = 20
_STOP_S = 5
_POLL_S = 0.02
_TRIES = 5  # a port found free may be taken before the server binds it


def new_secret():
    return base64.b64encode(secrets.token_bytes(32)).decode()


class UpdateServer:
    """zones: {zone: [(name, type, ttl, [content, ...]), ...]}, names without the trailing dot.

    more: {zone: text} of the server's own language, in the description of that zone.
    algorithm: of the key.
    """

    key_name = "understudy.example"
    foreign_key = "foreign.example"

    def __init__(self, zones, more=None, algorithm="hmac-sha256"):
        self.secret = new_secret()
        self.foreign_secret = new_secret()
        self.algorithm = algorithm
        self.more = more or {}
        self.zones = list(zones)
        self._folder = tempfile.TemporaryDirectory(prefix="updates-")
        self._process = None
        try:
            for zone, sets in zones.items():
                self._zone_file(zone).write_text(_zone_text(zone, sets), encoding="ascii")
            self._start()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def folder(self):
        return Path(self._folder.name)

    @property
    def settings(self):
        return {
            "server": f"127.0.0.1:{self.port}", "key_name": self.key_name,
            "algorithm": self.algorithm,
        }  # fmt: skip

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()

    def ask(self, name, kind="A"):
        """The server's answer to one query."""
        query = dns.message.make_query(name, kind)
        return dns.query.tcp(query, "127.0.0.1", timeout=_START_S, port=self.port)

    def contents(self, name, kind="A"):
        """[content, ...] of that name and type, in order."""
        wanted = dns.rdatatype.from_text(kind)
        return sorted(
            rdata.to_text()
            for each in self.ask(name, kind).answer if each.rdtype == wanted for rdata in each
        )  # fmt: skip

    def write(self, zone, lines):
        """Somebody else's update, by Debian's nsupdate: lines like "add NAME TTL TYPE CONTENT"."""
        key = self.folder / "foreign.key"
        key.touch(mode=0o600)
        key.write_text(_bind_key(self.foreign_key, "hmac-sha256", self.foreign_secret))
        script = [f"server 127.0.0.1 {self.port}", f"zone {zone}.",
                  *(f"update {line}" for line in lines), "send"]
        done = subprocess.run(
            ["/usr/bin/nsupdate", "-v", "-k", str(key)], input="\n".join(script) + "\n",
            capture_output=True, text=True, timeout=_START_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def _zone_file(self, zone):
        return self.folder / f"{zone}.zone"

    def _start(self):
        for _ in range(_TRIES):
            self.port = free_port()
            configuration = self.folder / "server.conf"
            configuration.touch(mode=0o600)
            configuration.write_text(self._configuration(), encoding="ascii")
            with open(self.folder / "log", "wb") as log:
                self._process = subprocess.Popen(
                    self._command(configuration), stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            if self._answers():
                return
        raise RuntimeError(f"{self._command('')[0]} does not start:\n{self.log()}")

    def _answers(self):
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if all(self.ask(zone, "SOA").answer for zone in self.zones):
                    return True
            except (OSError, dns.exception.DNSException):
                pass
            time.sleep(_POLL_S)
        self._process.kill()
        self._process.wait()
        return False


class Bind(UpdateServer):
    program = "/usr/sbin/named"

    def _command(self, configuration):
        return [self.program, "-f", "-g", "-n", "1", "-c", str(configuration)]

    def _configuration(self):
        keys = _bind_key(self.key_name, self.algorithm, self.secret) + _bind_key(
            self.foreign_key, "hmac-sha256", self.foreign_secret
        )
        policy = (
            f"update-policy {{ grant {self.key_name} zonesub A AAAA; "
            f"grant {self.foreign_key} zonesub ANY; }};"
        )
        zones = "".join(
            f'zone "{zone}" {{ type primary; file "{self._zone_file(zone)}"; '
            f"{self.more.get(zone, policy)} }};\n"
            for zone in self.zones
        )
        return (
            f'options {{ directory "{self.folder}"; listen-on port {self.port} {{ 127.0.0.1; }}; '
            "listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile none; "
            "notify no; dnssec-validation no; allow-transfer { none; }; };\n"
            f"controls {{ }};\n{keys}{zones}"
        )


class Knot(UpdateServer):
    program = "/usr/sbin/knotd"

    def _command(self, configuration):
        return [self.program, "-c", str(configuration)]

    def _configuration(self):
        zones = "".join(
            f'  - domain: "{zone}"\n    file: "{self._zone_file(zone)}"\n'
            f"{self.more.get(zone, '    acl: [ours, theirs]')}\n"
            for zone in self.zones
        )
        return f"""\
server:
    rundir: "{self.folder}"
    listen: 127.0.0.1@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: "{self.folder}"
    journal-db-max-size: 64M
    timer-db-max-size: 16M
    kasp-db-max-size: 16M
key:
  - id: {self.key_name}
    algorithm: {self.algorithm}
    secret: {self.secret}
  - id: {self.foreign_key}
    algorithm: hmac-sha256
    secret: {self.foreign_secret}
acl:
  - id: ours
    key: {self.key_name}
    action: update
    update-type: [A, AAAA]
  - id: narrow
    key: {self.key_name}
    action: update
    update-type: [A, AAAA]
    update-owner: name
    update-owner-match: equal
    update-owner-name: [www]
  - id: theirs
    key: {self.foreign_key}
    action: update
template:
  - id: default
    storage: "{self.folder}"
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
zone:
{zones}"""


def _bind_key(name, algorithm, secret):
    return f'key "{name}" {{ algorithm {algorithm}; secret "{secret}"; }};\n'


def _zone_text(zone, sets):
    lines = [
        f"{zone}. 3600 SOA ns1.{zone}. hostmaster.{zone}. 1 3600 600 86400 60",
        f"{zone}. 3600 NS ns1.{zone}.",
        f"ns1.{zone}. 3600 A 127.0.0.1",
    ]
    lines += [
        f"{name}. {ttl} {kind} {content}"
        for name, kind, ttl, contents in sets for content in contents
    ]  # fmt: skip
    return "\n".join(lines) + "\n"
