"""A real HAProxy that takes only connections that begin with the PROXY protocol, as behind another
proxy, and answers itself.

    with ProxiedSite(tmp_path, ["127.0.0.2"]) as site:
        ...  # at site.port of each address
        site.wait_for_clients("127.0.0.1")
"""

import shutil
import socket
import subprocess

from ports import free_port
from wait_for import Changing

HERE = shutil.which("haproxy") is not None


class ProxiedSite:
    def __init__(self, folder, addresses, certificate=None):
        self.addresses = addresses
        self.port = free_port(addresses[0])
        tls = f" ssl crt {certificate}" if certificate else ""
        binds = "\n".join(f"    bind {address}:{self.port} accept-proxy{tls}"
                          for address in addresses)
        self._log = folder / "proxied.log"
        self._config = folder / "proxied.cfg"
        self._config.write_text(f"""
global
    log stdout format raw local0
defaults
    mode http
    log global
    log-format "%ci %ST"
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend www
{binds}
    http-request return status 200 content-type text/plain string "all is well"
""")

    def __enter__(self):
        self._out = self._log.open("w")
        self._process = subprocess.Popen(["haproxy", "-db", "-f", str(self._config)],
                                         stdout=self._out, stderr=self._out)
        Changing().until(f"HAProxy listens: {self._log.read_text()}", self._listens)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._out.close()

    def _listens(self):
        try:
            with socket.create_connection((self.addresses[-1], self.port)):
                return True
        except OSError:
            return False

    def wait_for_clients(self, *wanted):
        """Until those are whom the headers of answered requests named; the log comes after."""
        def named():
            return {line.split()[0] for line in self._log.read_text().splitlines()
                    if line.endswith(" 200")} == set(wanted)
        Changing().until(f"requests of {wanted}: {self._log.read_text()}", named)
