"""Strangers at the controller's API: they fill nothing, they are counted, and operators notice."""

import contextlib
import http.client
import threading

import pytest
from stack import Stack

FLEET_LIMIT = 17 << 20


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path) as running:
        yield running



def test_a_stranger_cannot_fill_the_memory_for_bodies(stack):
    connections = []
    for number in range(4):
        connection = http.client.HTTPConnection("127.0.0.1", stack.controller.api_port, timeout=20)
        connection.putrequest("POST", "/api/v1/fleet")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(FLEET_LIMIT))
        if number:
            connection.putheader("Authorization", "Bearer usk_" + "0" * 64)
        connection.endheaders()
        connections.append(connection)
    for connection in connections:
        assert connection.getresponse().status == 401  # and not one byte of the body was needed
        connection.close()
    assert stack.metric('budget_used{budget="api_bytes"}') == 0


def test_wrong_tokens_are_seen_and_keep_nobody_waiting(stack):
    def guess(number):
        for turn in range(50):
            with contextlib.suppress(OSError, http.client.HTTPException):  # the test is over
                stack.api("GET", "/api/v1/status", token=f"usk_{number:032}{turn:032}",
                          record=False)

    guessers = [threading.Thread(target=guess, args=(number,), daemon=True) for number in range(4)]
    for guesser in guessers:
        guesser.start()
    stack.until("the address to be slow", lambda: stack.metric(
        'budget_exceeded_total{budget="api_wrong_tokens_per_address"}') >= 8)
    assert stack.get("/status")
    assert stack.metric("api_wrong_tokens_total") > 30
    assert len(stack.controller.logged("was refused")) <= 2
    assert len(stack.controller.logged("answered slowly")) == 1
