"""People read the past beside the loop: too many are refused, who hangs up makes room, and a stop
does not wait for them."""

import json
import re
import socket
import time

import pytest
from long_past import write_past
from stack import Stack

SIGHTINGS = 60_000
REPLAY = {"since": "2d", "policy": {"confirm_s": 5}}


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path) as made:
        made.add_zone("example.org", {"www": "203.0.113.10"})
        made.add_provider()
        for number, name in ((10, "web1"), (20, "web2")):
            made.post("/servers", {"name": name, "ipv4": f"203.0.113.{number}"})
        made.ctl("domain", "add", "www.example.org", "--servers", "web1,web2")
        server = made.get("/servers/web1")["id"]
        made.controller.end()
        write_past(made.controller.folder / "store.db", server, SIGHTINGS, 2_000)
        made.controller.start()
        yield made


def send_replay(stack):
    """Asks for a replay and leaves the answer where it is."""
    body = json.dumps(REPLAY).encode()
    link = socket.create_connection(("127.0.0.1", stack.controller.api_port), 20)
    link.sendall(f"POST /api/v1/replay HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {stack.token}"
                 f"\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                 .encode() + body)
    return link


def used(stack, budget):
    text = stack.api("GET", "/metrics", record=False).raw.decode()
    return int(re.search(rf'budget_used{{budget="{budget}"}} (\d+)', text)[1])


def test_a_third_replay_is_refused_and_who_hangs_up_makes_room(stack):
    links = [send_replay(stack) for _ in range(2)]
    stack.until("two replays to be taken", lambda: used(stack, "replays") == 2)
    refused = stack.api("POST", "/api/v1/replay", REPLAY)
    assert refused.status == 503 and int(refused.headers["Retry-After"]) > 0
    assert "replays" in refused.body["detail"]
    start = time.monotonic()
    assert stack.get("/status")["version"]
    assert time.monotonic() - start < 5
    for link in links:
        link.close()
    stack.until("their places to be free", lambda: used(stack, "replays") == 0)
    assert time.monotonic() - start < 10


def test_a_replay_is_answered_whole(stack):
    # An hour of it: the whole takes sanitized programs longer than anybody waits.
    answer = stack.api("POST", "/api/v1/replay", {**REPLAY, "since": "1h"})
    assert answer.status == 200
    assert answer.body["sightings"] >= SIGHTINGS // 24 - 100


def test_a_stop_does_not_wait_for_replays(stack):
    links = [send_replay(stack) for _ in range(2)]
    stack.until("two replays to be taken", lambda: used(stack, "replays") == 2)
    start = time.monotonic()
    assert stack.controller.end() == 0
    assert time.monotonic() - start < 4  # stop_s is 2
    for link in links:
        link.close()


def test_a_reading_sees_what_was_answered_before_it(stack):
    for number in range(20):
        stack.post("/servers", {"name": f"s{number}", "ipv4": f"198.51.100.{number + 1}"})
        newest = stack.get("/events?limit=1&type=server_added")["items"][0]
        assert newest["server"]["name"] == f"s{number}"
