"""Understudy as one of the servers that peers_bench.py compares: a controller, a PowerDNS server
without health checks that it writes to, and an agent for every primary, which checks the service
there. The same shape as the others in peer_servers.py.

As it is when nothing is set: the controller probes the services as well, agents look at each
other's, and what they say is weighed with the checks (evidence: two_of). All of them are told the
port, as the others are, and nothing else.
"""

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from peer_servers import ZONE  # noqa: E402
from powerdns import PowerDns  # noqa: E402
from stack import Stack  # noqa: E402

# Nothing here has a certificate, and every address is of this machine.
PLACE = {"certificates": {"enabled": False}, "allow_private_addresses": True,
         "probes": {"siblings": True}, "log": {"level": "info"}}
TIGHT_POLICY = {"confirm_s": 0, "confirm_agreed_s": 0}
TIGHT_CHECK = {"interval_s": 0.5, "timeout_s": 0.5, "fall": 1, "rise": 1}


class UnderstudyServer:
    def __init__(self, folder, watched, check, tight):
        self._watched = watched
        self._check = {"name": "service", "type": check, "port": watched.port,
                       **(TIGHT_CHECK if tight else {})}
        policy = {"probe": f"http:{watched.port}", **(TIGHT_POLICY if tight else {})}
        self._stack = Stack(folder, {**PLACE, "policy": policy}, base={}, probes=True)

    def __enter__(self):
        with contextlib.ExitStack() as started:
            self._dns = started.enter_context(PowerDns())
            started.enter_context(self._stack)
            self.port = self._dns.dns_port
            self._build()
            self._started = started.pop_all()
        return self

    def __exit__(self, *_):
        self._started.close()

    def name_of(self, index):
        return f"w{index}.{ZONE}"

    def trouble(self):
        return str(self._stack.controller.problems()[-3:])

    def _build(self):
        names = {(self.name_of(i), "A"): (60, [primary])
                 for i, primary in enumerate(self._watched.primaries)}
        self._dns.add_zone(ZONE, names)
        self._stack.post("/providers", {
            "name": "powerdns", "kind": "powerdns", "credential": self._dns.api_key,
            "settings": {"base_url": self._dns.api_url}})
        self._add_server("standby", self._watched.standby)
        for i, primary in enumerate(self._watched.primaries):
            self._add_server(f"primary{i}", primary)
            self._stack.add_domain(self.name_of(i), [f"primary{i}", "standby"])

    def _add_server(self, name, address):
        willing = {"ports": [self._watched.port], "allow_private": True}
        self._stack.add_server(name, address, checks=[{**self._check, "address": address}],
                               probe_for_others=willing)
