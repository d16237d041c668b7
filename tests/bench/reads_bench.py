#!/usr/bin/python3
"""What a failover feels while people read history as hard as they can.

Agents beat, a long past lies in the store, and readers ask for events, explanations, notifications
and replays without a pause. Failovers meanwhile are held against those before, while nobody reads.

    UNDERSTUDY_BIN=build/release/bin tests/bench/reads_bench.py [--quick]
"""

import argparse
import contextlib
import hashlib
import json
import sqlite3
import subprocess
import tempfile
import threading
import time

from bench_scene import Scene
from controller_process import binary
from figures import Aim, note, percentile, show
from long_past import write_past

CONFIG = {
    "timings": {"maintenance_interval_s": 3600, "warm_up_s": 1, "heartbeat_interval_s": 10,
                "stall_limit_s": 30, "digest_wait_s": 0.1},
    "policy": {"confirm_s": 0, "failback": "manual", "health_timeout_s": 600},
    "log": {"level": "info"},
}
SERVED = "www.shop.example"
FLEET_TOKEN = "usa_#" + "A" * 35
READERS = 6
LOOKS = ("/api/v1/events?limit=1000", "/api/v1/events?type=server_down&limit=1000",
         f"/api/v1/domains/{SERVED}/explain", "/api/v1/notifications?limit=1000")
REPLAY = {"since": "2d", "policy": {"confirm_s": 5}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few agents, a short past")
    quick = parser.parse_args().quick
    agents, lines, sightings, trials = (50, 5_000, 5_000, 3) if quick else (
        10_000, 500_000, 100_000, 8)  # one server may log in 20 times at once
    note(f"{agents:,} TLS agents with a heartbeat every 10 s, {lines:,} lines of the log, "
         f"{sightings:,} sightings; {READERS} readers ask for pages of a thousand and one for "
         "replays, without a pause.")
    with tempfile.TemporaryDirectory(prefix="reads-bench-") as folder:
        with Scene(folder, CONFIG, ("--quota", "10000000/1"), tls=True) as scene:
            prepare(scene, agents, lines, sightings)
            with swarm(scene, agents):
                measure(scene, trials)


def prepare(scene, agents, lines, sightings):
    stack = scene.stack
    stack.add_zone("shop.example", {"www": "203.0.113.10"})
    stack.add_provider()
    stack.ctl("domain", "add", SERVED, "--servers", "web1,web2")
    web1 = stack.get("/servers/web1")["id"]
    store = stack.controller.folder / "store.db"

    def write():
        write_past(store, web1, sightings, lines)
        add_fleet(store, agents)

    scene.restart(write)
    stack.wait_for_health("web1", "online")


def add_fleet(store, agents):
    """Servers whose tokens agent_swarm knows."""
    with contextlib.closing(sqlite3.connect(store)) as database, database:
        (last,) = database.execute("SELECT last_id FROM meta").fetchone()
        for number in range(1, agents + 1):
            token = FLEET_TOKEN.replace("#", f"{number:08}")
            database.execute(
                "INSERT INTO server (id, name, ipv4, labels, token_hash, token_prefix, ever_seen,"
                " alarm, incident, created) VALUES (?, ?, ?, '{}', ?, ?, 0, 'none', 0, 0)",
                (last + number, f"fleet{number}", f"198.{18 + number // 65536}."
                 f"{number // 256 % 256}.{number % 256}",
                 hashlib.sha256(token.encode()).hexdigest(), token[4:12]))
        database.execute("UPDATE meta SET last_id = ?", (last + agents + 1,))


@contextlib.contextmanager
def swarm(scene, agents):
    running = subprocess.Popen(
        [binary("agent_swarm"), str(scene.stack.controller.agents_port), "--agents", str(agents),
         "--connect-rate", "500", "--seconds", "3600", "--token", FLEET_TOKEN],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        linked = json.loads(running.stdout.readline())["linked"]
        assert linked == agents, f"only {linked} agents are linked"
        running.stdin.write("\n")
        running.stdin.flush()
        yield
    finally:
        running.kill()
        running.wait()


def measure(scene, trials):
    idle = failovers(scene, trials)
    with Readers(scene.stack) as readers:
        busy = failovers(scene, trials)
    for part, title in ((0.5, "p50"), (1, "worst")):
        show(f"a failover while history is read, {title}", percentile(busy, part), "ms",
             "the same one while nobody reads", percentile(idle, part), Aim(500))
    show("readings meanwhile", readers.answered / readers.seconds, "readings/s")
    show("the slowest of them", max(readers.slowest) * 1000, "ms")


def failovers(scene, trials):
    taken = []
    for _ in range(trials):
        taken.append(scene.failover_ms(SERVED))
        scene.back_home(SERVED)
    return taken


class Readers:
    """Ask one after the other, until the end; a refusal (503) is no answer."""

    def __init__(self, stack):
        self._stack = stack
        self._over = threading.Event()
        self.answered = 0
        self.slowest = [0]
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._look) for _ in range(READERS)]
        self._threads.append(threading.Thread(target=self._replay))

    def __enter__(self):
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began

    def _look(self):
        while not self._over.is_set():
            for path in LOOKS:
                self._ask("GET", path)

    def _replay(self):
        while not self._over.is_set():
            self._ask("POST", "/api/v1/replay", REPLAY)

    def _ask(self, method, path, body=None):
        start = time.monotonic()
        answer = self._stack.api(method, path, body, record=False)
        assert answer.status in (200, 503), answer.raw
        with self._lock:
            self.answered += answer.status == 200
            self.slowest.append(time.monotonic() - start)


if __name__ == "__main__":
    main()
