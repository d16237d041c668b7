"""GET /api/v1/stream: what changes is heard by who listens, and nobody else waits for that."""

import http.client
import json
import socket
import threading

import pytest
from stack import Stack
from wait_for import Changing

SITE = "www.example.org"


class Listener(Changing):
    """One reader of the stream, on a thread of its own."""

    def __init__(self, stack):
        super().__init__()
        self.heard = []  # (event, data)
        self.ended = False
        self._since = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", stack.controller.api_port)
        self.connection.request("GET", "/api/v1/stream",
                                headers={"Authorization": f"Bearer {stack.token}"})
        self._socket = self.connection.sock  # the answer takes it over
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()
        assert self.answer.headers["Content-Type"] == "text/event-stream"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        event = None
        try:
            for line in self.answer:
                word, _, rest = line.decode().rstrip("\n").partition(": ")
                if word == "event":
                    event = rest
                elif word == "data":
                    self.heard.append((event, json.loads(rest)))
                    self.changed()
        finally:
            self.ended = True
            self.changed()

    def from_now(self):
        """Topics and waits are about what comes after this, not about what made the scene."""
        self._since = len(self.heard)

    def topics(self):
        """What was heard of each topic."""
        told = {}
        for event, data in self.heard[self._since:]:
            for topic, names in data["topics"].items() if event == "changed" else ():
                told.setdefault(topic, []).append(names)
        return told

    def wait_to_hear(self, topic, name=None):
        return self.until(f"{topic} {name}", lambda: [
            names for names in self.topics().get(topic, [])
            if name is None or names is None or name in names])

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path) as running:
        yield running


def test_a_failover_is_heard_by_two_while_a_third_never_reads(stack):
    stack.add_zone("example.org", {"www": "203.0.113.10"})
    stack.add_provider()
    stack.add_server("web1", "203.0.113.10")
    stack.add_server("web2", "203.0.113.20")
    stack.post("/domains", {"name": SITE, "servers": ["web1", "web2"]})
    first, second = Listener(stack), Listener(stack)
    silent = socket.create_connection(("127.0.0.1", stack.controller.api_port))
    silent.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: h\r\n"
                   f"Authorization: Bearer {stack.token}\r\n\r\n".encode())
    stack.until("three listen", lambda: stack.metric(
        'budget_used{budget="api_streams"}') == 3)
    # What is heard of web2 comes after all that made the scene.
    assert stack.api("PATCH", "/api/v1/servers/web2", {"labels": {"a": "b"}}).status == 200
    for listener in (first, second):
        listener.wait_to_hear("servers", "web2")
        listener.from_now()
    stack.agents["web1"].kill()
    stack.wait_for_addresses(SITE, ["203.0.113.20"])
    [incident] = stack.get("/incidents")["items"]
    for listener in (first, second):
        assert listener.heard[0][0] == "hello"
        assert set(listener.heard[0][1]) == {"started", "now", "version"}
        listener.wait_to_hear("servers", "web1")
        listener.wait_to_hear("pools", "web1+web2")
        listener.wait_to_hear("domains", SITE)
        listener.wait_to_hear("incidents", str(incident["id"]))
        listener.wait_to_hear("events")
        # Told by then: the record is settled, which is the last that changes of a failover.
        assert stack.get(f"/domains/{SITE}")["status"] in ("switching", "failed_over")
    silent.close()
    first.close()
    stack.until("one listens", lambda: stack.metric(
        'budget_used{budget="api_streams"}') == 1)
    second.close()


def test_what_people_change_is_heard_by_its_name(stack):
    listener = Listener(stack)
    stack.add_server("web1", "203.0.113.10", start=False)
    listener.wait_to_hear("servers", "web1")
    stack.post("/pools", {"name": "shop", "members": ["web1"]})
    listener.wait_to_hear("pools", "shop")
    stack.post("/channels", {"name": "hook", "kind": "webhook", "url": "http://127.0.0.1:9/"})
    listener.wait_to_hear("channels", "hook")
    stack.post("/channels/hook/test")
    listener.wait_to_hear("notifications")
    stack.api("PUT", "/api/v1/controls/pause", {})
    listener.wait_to_hear("controls")
    listener.close()


def test_a_stream_ends_with_the_controller_and_begins_again_with_the_next(stack):
    listener = Listener(stack)
    listener.until("hello", lambda: listener.heard)
    assert stack.restart_controller() == 0
    listener.until("the end, told as such", lambda: listener.ended)
    again = Listener(stack)
    again.until("hello", lambda: again.heard)
    assert again.heard[0][1]["started"] >= listener.heard[0][1]["now"]
    again.close()


def test_one_caller_may_listen_so_often(stack):
    listeners = [Listener(stack) for _ in range(32)]
    refused = stack.api("GET", "/api/v1/stream", record=False)
    assert refused.status == 429 and refused.headers["Retry-After"] == "30"
    assert "event streams open already from this address" in refused.body["detail"]
    assert stack.get("/status")  # others of that address have room
    listeners.pop().close()
    stack.until("room", lambda: stack.metric(
        'budget_used{budget="api_streams_per_address"}') == 31)
    Listener(stack).close()
    for listener in listeners:
        listener.close()
