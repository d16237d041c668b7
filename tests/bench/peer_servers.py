"""DNS servers with health checks of their own, as Debian packages them: gdnsd, and PowerDNS with
Lua records. Each serves w0, w1, ... of the zone, every one with a primary of its own and the same
stand-by, and nothing else is configured than what is said here.

    with GdnsdServer(folder, watched, "http_status", tight=True) as server:
        server.port, server.name_of(0)
"""

import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from ports import free_port  # noqa: E402
from powerdns import SCHEMA, SERVER  # noqa: E402

ZONE = "watched.example"
_START_S = 30


@dataclass
class Watched:
    """What is watched: a primary each, the stand-by of all, and the port they serve."""

    primaries: list
    standby: str
    port: int


class PeerServer:
    """One server's process. Those derived from it say how it is configured and started."""

    def __init__(self, folder, watched, check, tight):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.watched = watched
        self.check = check
        self.tight = tight
        self.port = free_port()

    def __enter__(self):
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(self.configure(), stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def name_of(self, index):
        return f"w{index}.{ZONE}"

    def trouble(self):
        """What it said last, for whoever waits in vain."""
        return (self.folder / "log").read_text(errors="replace")[-1000:]


class GdnsdServer(PeerServer):
    """check: tcp_connect or http_status. Tight: the shortest interval whose timeout it takes."""

    TIGHT = "interval => 2, timeout => 1, up_thresh => 1, ok_thresh => 1, down_thresh => 1,"

    def configure(self):
        path = ", url_path => /" if self.check == "http_status" else ""
        resources = "\n".join(
            f"    r{i} => {{ primary => {primary}, secondary => {self.watched.standby} }}"
            for i, primary in enumerate(self.watched.primaries))
        (self.folder / "config").write_text(f"""\
options => {{
  listen => 127.0.0.1:{self.port}
  run_dir => {self.folder}/run
  state_dir => {self.folder}/state
}}
service_types => {{
  watched => {{ plugin => {self.check}, {self.TIGHT if self.tight else ""}
    port => {self.watched.port}{path} }}
}}
plugins => {{
  simplefo => {{
    service_types => watched
{resources}
  }}
}}
""")
        (self.folder / "zones").mkdir()
        lines = ["@ SOA ns1 hostmaster 1 7200 1800 259200 60", "@ NS ns1", "ns1 A 127.0.0.1"]
        lines += [f"w{i} 60 DYNA simplefo!r{i}" for i in range(len(self.watched.primaries))]
        (self.folder / "zones" / ZONE).write_text("\n".join(lines) + "\n")
        return [shutil.which("gdnsd", path="/usr/sbin"), "-c", str(self.folder), "start"]


class PowerDnsLuaServer(PeerServer):
    """check: ifportup or ifurlup. Tight: the shortest interval and timeout it takes."""

    def configure(self):
        self._fill(self.folder / "zones.sqlite3")
        (self.folder / "pdns.conf").write_text(f"""\
launch=gsqlite3
gsqlite3-database={self.folder}/zones.sqlite3
enable-lua-records=yes
socket-dir={self.folder}
local-address=127.0.0.1
local-port={self.port}
daemon=no
guardian=no
write-pid=no
disable-syslog=yes
{"lua-health-checks-interval=1" if self.tight else ""}
""")
        return [SERVER, f"--config-dir={self.folder}"]

    def _lua(self, primary):
        standby, port = self.watched.standby, self.watched.port
        if self.check == "ifportup":
            # It knows no order: all that are up are answered, and the primary has to go from them.
            options = "selector='all'" + (", timeout=1" if self.tight else "")
            return f"A \"ifportup({port}, {{'{primary}', '{standby}'}}, {{{options}}})\""
        options = ", {timeout=1}" if self.tight else ""
        return (f"A \"ifurlup('http://{ZONE}:{port}/', {{{{'{primary}'}}, {{'{standby}'}}}}"
                f"{options})\"")

    def _fill(self, path):
        database = sqlite3.connect(path)
        try:
            database.executescript(SCHEMA.read_text(encoding="ascii"))
            database.execute("insert into domains (id, name, type) values (1, ?, 'NATIVE')",
                             (ZONE,))
            soa = f"ns1.{ZONE} hostmaster.{ZONE} 1 7200 1800 259200 60"
            rows = [(ZONE, "SOA", soa), (ZONE, "NS", f"ns1.{ZONE}")]
            rows += [(self.name_of(i), "LUA", self._lua(primary))
                     for i, primary in enumerate(self.watched.primaries)]
            database.executemany("insert into records (domain_id, name, type, content, ttl, auth)"
                                 " values (1, ?, ?, ?, 1, 1)", rows)
            database.commit()
        finally:
            database.close()
