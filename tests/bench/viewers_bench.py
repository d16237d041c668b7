#!/usr/bin/python3
"""What the API costs while everybody looks: the overview, the event stream, a failover meanwhile.

Agents beat, domains lie in pools of two servers, and one label changes four times a second. The
overview is asked for without a pause; then a hundred viewers have the stream open; failovers with
all of that are held against those before it.

    UNDERSTUDY_BIN=build/release/bin tests/bench/viewers_bench.py [--quick]
"""

import argparse
import contextlib
import http.client
import itertools
import os
import socket
import sqlite3
import ssl
import tempfile
import threading
import time

from bench_scene import Scene
from beside import Beside
from figures import Aim, note, percentile, show
from reads_bench import CONFIG, SERVED, add_fleet, failovers, swarm

# Nothing moves before all agents are there.
PATIENT = {**CONFIG, "timings": {**CONFIG["timings"], "warm_up_s": 120}}
SERVERS_OF_DOMAINS = 1_000
VIEWERS = 100
VIEWERS_OF_ADDRESS = 25
CHANGES_PER_S = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few agents and domains, short spans")
    quick = parser.parse_args().quick
    agents, domains, asked, span_s, trials = (50, 200, 100, 3, 3) if quick else (
        10_000, 10_000, 1_000, 20, 8)
    servers = min(agents, SERVERS_OF_DOMAINS)
    note(f"{agents:,} TLS agents with a heartbeat every 10 s; {servers:,} of their servers have "
         f"{domains:,} domains. The overview is GET /api/v1/status.")
    with tempfile.TemporaryDirectory(prefix="viewers-bench-") as folder:
        with Scene(folder, PATIENT, ("--quota", "10000000/1"), tls=True) as scene:
            prepare(scene, agents, servers, domains)
            with swarm(scene, agents):
                measure(scene, asked, span_s, trials)


def prepare(scene, agents, servers, domains):
    stack = scene.stack
    stack.add_zone("shop.example", {"www": "203.0.113.10"})
    stack.add_provider()
    stack.ctl("domain", "add", SERVED, "--servers", "web1,web2")
    store = stack.controller.folder / "store.db"

    def write():
        add_fleet(store, agents)
        add_domains(store, servers, domains)

    scene.restart(write)
    stack.wait_for_health("web1", "online")


def copies(database, table, source, replaced):
    """Rows like that one but for some columns."""
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    values = ", ".join("?" if each in replaced else each for each in columns)
    statement = (f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} "
                 f"WHERE {source}")
    order = [each for each in columns if each in replaced]
    return lambda new: database.execute(statement, [new[each] for each in order])


def add_domains(store, servers, domains):
    """Pools of two servers each, which serve the domains: settled, as what is there already."""
    with contextlib.closing(sqlite3.connect(store)) as database, database:
        (last,) = database.execute("SELECT last_id FROM meta").fetchone()
        (pool,) = database.execute("SELECT id FROM pool").fetchone()
        fleet = database.execute("SELECT id, ipv4 FROM server WHERE name LIKE 'fleet%' "
                                 "ORDER BY id LIMIT ?", (servers,)).fetchall()
        ids = itertools.count(last + 1)
        add_pool = copies(database, "pool", f"id = {pool}", ("id", "name", "targets"))
        add_domain = copies(database, "domain", f"pool = {pool}",
                            ("id", "name", "pool", "desired", "confirmed"))
        pools = []
        for number, pair in enumerate(zip(fleet[::2], fleet[1::2])):
            made, (primary, address) = next(ids), pair[0]
            pools.append((made, address))
            add_pool({"id": made, "name": f"pool{number}", "targets": f"[{primary}]"})
            for place, (server, _) in enumerate(pair):
                database.execute("INSERT INTO pool_member (pool, position, server) "
                                 "VALUES (?, ?, ?)", (made, place, server))
        for number in range(domains):
            made, address = pools[number % len(pools)]
            add_domain({"id": next(ids), "name": f"n{number}.shop.example", "pool": made,
                        "desired": address, "confirmed": address})
        database.execute("UPDATE meta SET last_id = ?", (next(ids),))


def measure(scene, asked, span_s, trials):
    with Changes(scene.stack):
        idle = failovers(scene, trials)
        taken = overview(scene.stack, asked)
        bare = cpu_share(scene.stack, span_s)
        with Viewers(scene.stack) as viewers:
            watched = cpu_share(scene.stack, span_s)
            heard = viewers.heard()
            with Overviews(scene.stack):
                busy = failovers(scene, trials)
    show("the overview, p50", percentile(taken, 0.5) * 1000, "ms")
    show("the overview, p99", percentile(taken, 0.99) * 1000, "ms", aim=Aim(20))
    show(f"{VIEWERS} viewers of the stream, of a core", max(0, watched - bare) * 100, "%",
         "the controller without them", bare * 100, Aim(5))
    show("events that each heard meanwhile", heard / VIEWERS / span_s, "a second")
    for part, title in ((0.5, "p50"), (1, "worst")):
        show(f"a failover while all look, {title}", percentile(busy, part), "ms",
             "the same one while nobody does", percentile(idle, part), Aim(500))


def cpu_share(stack, seconds):
    """Of a core, over that time."""
    def used():
        with open(f"/proc/{stack.controller.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    began, before = time.monotonic(), used()
    threading.Event().wait(seconds)
    return (used() - before) / (time.monotonic() - began)


def connect(stack, source="127.0.0.1"):
    context = ssl.create_default_context(cafile=str(stack.ca_file))
    return http.client.HTTPSConnection("localhost", stack.controller.api_port, timeout=60,
                                       context=context, source_address=(source, 0))


def overview(stack, times):
    connection, taken = connect(stack), []
    for _ in range(times):
        began = time.monotonic()
        ask(connection, stack, "GET", "/api/v1/status")
        taken.append(time.monotonic() - began)
    connection.close()
    return taken


def ask(connection, stack, method, path, body=None):
    connection.request(method, path, body, {"Authorization": f"Bearer {stack.token}",
                                            "Content-Type": "application/json"})
    answer = connection.getresponse()
    raw = answer.read()
    assert answer.status == 200, raw


class Going(Beside):
    """Does something again and again."""

    pause_s = 0

    def __init__(self, stack):
        super().__init__()
        self._stack = stack

    def go(self):
        connection = connect(self._stack)
        for number in itertools.count():
            self.do(connection, number)
            if self.over.wait(self.pause_s):
                return connection.close()


class Changes(Going):
    pause_s = 1 / CHANGES_PER_S

    def do(self, connection, number):
        ask(connection, self._stack, "PATCH", "/api/v1/servers/fleet1",
            f'{{"labels": {{"number": "{number}"}}}}')


class Overviews(Going):
    def do(self, connection, _):
        ask(connection, self._stack, "GET", "/api/v1/status")


class Viewers:
    """Have the stream open and read what comes; they count the events."""

    def __init__(self, stack):
        self._lines = 0
        self._sockets, self._answers = [], []
        for number in range(VIEWERS):
            viewer = connect(stack, f"127.0.0.{2 + number // VIEWERS_OF_ADDRESS}")
            viewer.request("GET", "/api/v1/stream",
                           headers={"Authorization": f"Bearer {stack.token}"})
            self._sockets.append(viewer.sock)  # the answer takes it over
            answer = viewer.getresponse()
            assert answer.status == 200, answer.read()
            self._answers.append(answer)
        self._threads = [threading.Thread(target=self._read, args=(each,))
                         for each in self._answers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def heard(self):
        return self._lines

    def _read(self, answer):
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
            for line in answer:
                self._lines += line.startswith(b"event: changed")


if __name__ == "__main__":
    main()
