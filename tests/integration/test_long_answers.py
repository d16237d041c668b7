"""Answers that take the controller many turns, while it stops."""

import contextlib
import http.client
import select
import signal
import sqlite3
import time

from controller_process import sanitized
from stack import Stack

SERVERS = 10_000 if sanitized() else 40_000  # the latter's status takes more than a dozen turns
CLIENTS = 16      # as many as are taken
PATIENCE_S = 60


def add_servers(store):
    with contextlib.closing(sqlite3.connect(store)) as database, database:
        (last,) = database.execute("SELECT last_id FROM meta").fetchone()
        for number in range(1, SERVERS + 1):
            database.execute(
                "INSERT INTO server (id, name, ipv4, labels, token_hash, token_prefix, ever_seen,"
                " alarm, incident, created) VALUES (?, ?, ?, '{}', ?, ?, 0, 'none', 0, 0)",
                (last + number, f"fleet{number}",
                 f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}",
                 f"{number:064}", f"{number:08}"))
        database.execute("UPDATE meta SET last_id = ?", (last + SERVERS + 1,))


@contextlib.contextmanager
def asked_at_once(stack):
    """Everybody asks before the controller takes its next turn."""
    process = stack.controller.process
    clients = [http.client.HTTPConnection(stack.host, stack.controller.api_port,
                                          timeout=PATIENCE_S) for _ in range(CLIENTS)]
    for client in clients:
        client.connect()
    process.send_signal(signal.SIGSTOP)
    for client in clients:
        client.request("GET", "/api/v1/status", headers={
            "Authorization": f"Bearer {stack.token}"})
    process.send_signal(signal.SIGCONT)
    yield clients
    for client in clients:
        client.close()


def take_answers(clients):
    for client in clients:
        answer = client.getresponse()
        assert answer.status == 200
        assert len(answer.read()) > 100


def test_answers_under_way_are_given_before_it_stops(tmp_path):
    with Stack(tmp_path, {"timings": {"stop_s": PATIENCE_S}}) as stack:
        process = stack.controller
        process.end()
        add_servers(process.folder / "store.db")
        process.start()
        began = time.monotonic()
        with asked_at_once(stack) as clients:
            take_answers(clients)
        took = time.monotonic() - began
        with asked_at_once(stack) as clients:
            assert select.select([client.sock for client in clients], [], [], PATIENCE_S)[0]
            began = time.monotonic()
            process.process.send_signal(signal.SIGTERM)  # most are not answered yet
            take_answers(clients)
            assert process.end(within_s=PATIENCE_S) == 0
            # Some two hundred turns, none of which waits for anything: 50 ms each would be 10 s.
            assert time.monotonic() - began < 3 * took + 2
