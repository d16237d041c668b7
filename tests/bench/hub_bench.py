#!/usr/bin/python3
"""The hub beside a bare libwebsockets server: memory, processor, round trips, reconnects.

    tests/bench/hub_bench.py [--quick] [--agents N] [--seconds S]

Both serve the same swarm of agents over TLS, one after the other. UNDERSTUDY_BIN is the folder with
hub_echo, bare_lws_server and agent_swarm.
"""

import argparse
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from bench_scene import show  # noqa: E402
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


def measure(server, port, options):
    """The figures of one server, which is ended."""
    empty = resident_kb(server.pid)
    swarm = subprocess.Popen(
        [BINARIES / "agent_swarm", str(port), "--agents", str(options.agents),
         "--connect-rate", str(CONNECT_RATE), "--seconds", str(options.seconds), "--storm"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def part():
        told = json.loads(swarm.stdout.readline())
        assert told["part"] == "storm" or told["linked"] == options.agents, told
        return told

    def go_on():
        swarm.stdin.write("\n")
        swarm.stdin.flush()

    try:
        part()
        before = cpu_s(server.pid)
        go_on()
        beats = part()
        figures = {
            "resident memory per agent": (resident_kb(server.pid) - empty) / options.agents,
            "processor during heartbeats":
                100 * (cpu_s(server.pid) - before) / options.seconds,
            "heartbeat round trip, p50": beats["p50_ms"],
            "heartbeat round trip, p99": beats["p99_ms"],
        }
        go_on()
        # A bare server of 10,000 does not get out of one: each handshake outlives its limit.
        storm = part()
        whole = storm["linked"] == options.agents
        figures["storm until all are linked"] = storm["seconds"] if whole else math.inf
        return figures
    finally:
        for process in (swarm, server):
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int)
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()
    options.agents = options.agents or (500 if options.quick else 10_000)
    options.seconds = options.seconds or (12 if options.quick else 60)
    units = {"resident memory per agent": "kB", "processor during heartbeats": "%",
             "heartbeat round trip, p50": "ms", "heartbeat round trip, p99": "ms",
             "storm until all are linked": "s"}
    with tempfile.TemporaryDirectory() as folder:
        files = Authority(folder).certify("localhost")
        hub = measure(*start_hub(*files), options)
        bare = measure(*start_bare(*files), options)
    for name, unit in units.items():
        show(f"{name} ({options.agents})", hub[name], unit, "bare libwebsockets", bare[name])


if __name__ == "__main__":
    main()
