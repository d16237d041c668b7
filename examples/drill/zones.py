"""The DNS provider of the drill: an emulated Cloudflare, or a real PowerDNS."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

ZONE = "example.org"


class Cloudflare:
    title = "an emulator of the Cloudflare API, and a DNS server on the same records"
    kind = "cloudflare"

    def __init__(self, names, address, ttl):
        from emulator_process import EmulatorProcess
        self._process = EmulatorProcess()
        self.dns_port = self._process.dns_port
        self.base_url = self._process.base_url
        self._process.add_zone(ZONE, [
            {"name": name, "type": "A", "content": address, "ttl": ttl} for name in names])
        self.credential = self._process.add_token()["value"]

    def stop(self):
        self._process.stop()


class PowerDns:
    title = "a real PowerDNS authoritative server of its own"
    kind = "powerdns"

    def __init__(self, names, address, ttl):
        from powerdns import PowerDns as Server
        self._server = Server()
        self._server.__enter__()
        self.dns_port = self._server.dns_port
        self.base_url = self._server.api_url
        self.credential = self._server.api_key
        self._server.add_zone(ZONE, {(name, "A"): (ttl, [address]) for name in names})

    def stop(self):
        self._server.stop()


PROVIDERS = {"cloudflare": Cloudflare, "powerdns": PowerDns}
