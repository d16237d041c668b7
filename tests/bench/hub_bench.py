#!/usr/bin/python3
"""The hub beside a bare libwebsockets server: memory, processor, round trips, reconnects.

    tests/bench/hub_bench.py [--quick] [--agents N] [--seconds S]

Both serve the same swarm of agents over TLS, one after the other: the agents link, 1,000 in a
second; then only heartbeats, for a while; then the storm: every link is cut and all agents come
back within one second, as after a network's failure. An attempt that is cut off or takes over 20 s
is made again half a second later; after 120 s the storm is given up and shown as "> 120".

UNDERSTUDY_BIN is the folder with hub_echo, bare_lws_server and agent_swarm.
"""

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from figures import Aim, GaveUp, note, show  # noqa: E402
from test_authority import Authority  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("UNDERSTUDY_BIN", ROOT / "build/dev/bin"))
TICKS = os.sysconf("SC_CLK_TCK")


def resident_kb(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def cpu_s(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def start_hub(certificate, key):
    hub = subprocess.Popen(
        [BINARIES / "hub_echo", f"--cert={certificate}", f"--key={key}", "--quiet"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return hub, json.loads(hub.stdout.readline())["agents"]


def start_bare(certificate, key):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bare = subprocess.Popen([BINARIES / "bare_lws_server", str(port), certificate, key],
                            stdout=subprocess.PIPE, text=True)
    assert bare.stdout.readline() == "listening\n"
    return bare, port


# A second's connections at first: a storm would leave its own memory behind, and is measured apart.
CONNECT_RATE = 1000


BARE = "a bare libwebsockets server"
GIVE_UP_S = 120  # agent_swarm's
ROWS = {
    "resident memory per agent": ("kB", Aim(1.15, of_ratio=True)),
    "one core's time during heartbeats": ("%", Aim(1.5, of_ratio=True)),
    "heartbeat round trip, p50": ("ms", None),
    "heartbeat round trip, p99": ("ms", None),
    "storm until all are linked": ("s", None),
}


class Swarm:
    """agent_swarm: it goes through its parts one by one and tells of each in a line of JSON."""

    def __init__(self, port, options):
        self._agents = options.agents
        self._process = subprocess.Popen(
            [BINARIES / "agent_swarm", str(port), "--agents", str(options.agents),
             "--connect-rate", str(CONNECT_RATE), "--seconds", str(options.seconds),
             "--interval", str(options.interval), "--storm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def part(self, all_linked=True):
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"agent_swarm ended early, status {self._process.wait()}")
        told = json.loads(line)
        if all_linked and told["linked"] != self._agents:
            raise SystemExit(f"only {told['linked']} of {self._agents} agents are linked: {told}")
        return told

    def go_on(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def stop(self):
        self._process.kill()
        self._process.wait()


def measure(title, server, port, options):
    """The figures of one server, which is ended, and how its storm went."""
    empty_kb = resident_kb(server.pid)
    swarm = Swarm(port, options)
    try:
        swarm.part()
        before = cpu_s(server.pid)
        swarm.go_on()
        beats = swarm.part()
        figures = {
            "resident memory per agent": (resident_kb(server.pid) - empty_kb) / options.agents,
            "one core's time during heartbeats":
                100 * (cpu_s(server.pid) - before) / options.seconds,
            "heartbeat round trip, p50": beats["p50_ms"],
            "heartbeat round trip, p99": beats["p99_ms"],
        }
        swarm.go_on()
        storm = swarm.part(all_linked=False)
        whole = storm["linked"] == options.agents
        figures["storm until all are linked"] = (float if whole else GaveUp)(storm["seconds"])
        return figures, (f"{storm['linked']:,} were back and {storm['retries']:,} attempts had "
                         f"failed at {title}")
    finally:
        swarm.stop()
        server.kill()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int)
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()
    options.agents = options.agents or (300 if options.quick else 10_000)
    options.seconds = options.seconds or (3 if options.quick else 60)
    options.interval = 1 if options.quick else 10
    enough = options.agents + 100
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < enough:
        parser.error(f"{options.agents} agents need {enough} open files: raise the hard limit "
                     f"(ulimit -Hn {enough}) or choose fewer with --agents")
    with tempfile.TemporaryDirectory() as folder:
        files = Authority(folder).certify("localhost")
        hub, storm = measure("the hub", *start_hub(*files), options)
        bare, bare_storm = measure(BARE, *start_bare(*files), options)
    note(f"{options.agents:,} TLS agents with a heartbeat every {options.interval} s, measured "
         f"over {options.seconds:.0f} s. Then the storm, all reconnect at once: {GIVE_UP_S} s "
         f"after it began, or when it was over, {storm}, {bare_storm}.")
    for name, (unit, aim) in ROWS.items():
        show(name, hub[name], unit, BARE, bare[name], aim)


if __name__ == "__main__":
    main()
