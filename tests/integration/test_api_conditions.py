"""ETag, If-Match and Idempotency-Key against the running controller: nobody's work is lost and
nothing is done twice."""

import threading

import pytest
from stack import Stack

WEB1 = "/api/v1/servers/web1"


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path) as running:
        yield running


def tag_of(stack, path=WEB1):
    return stack.api("GET", path).headers["ETag"]


def edit(stack, label, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stack.api("PATCH", WEB1, {"labels": {"number": str(label)}}, headers=named)


def test_of_many_who_edit_what_they_have_read_one_wins(stack):
    stack.add_server("web1", "203.0.113.10")  # its agent beats meanwhile
    tag = tag_of(stack)
    answers = []

    def compete(number):
        answers.append(edit(stack, number, If_Match=tag))

    threads = [threading.Thread(target=compete, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] + [412] * 11
    refused = next(answer for answer in answers if answer.status == 412).body
    assert refused["code"] == "precondition_failed"
    assert "server 'web1' is not as you have read it" in refused["detail"]
    winner = next(answer for answer in answers if answer.status == 200)
    assert stack.get("/servers/web1")["labels"] == winner.body["labels"]
    assert edit(stack, "next", If_Match=winner.headers["ETag"]).status == 200


def test_heartbeats_void_no_tag_and_what_did_not_change_is_not_sent(stack):
    stack.add_server("web1", "203.0.113.10")
    tag = tag_of(stack)
    stack.until("a heartbeat", lambda: tag_of(stack) != tag)
    assert edit(stack, 1, If_Match=tag).status == 200
    controls = stack.api("GET", "/api/v1/controls")
    again = stack.api("GET", "/api/v1/controls",
                      headers={"If-None-Match": controls.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")
    stack.api("PUT", "/api/v1/controls/pause", {})
    again = stack.api("GET", "/api/v1/controls",
                      headers={"If-None-Match": controls.headers["ETag"]})
    assert again.status == 200


def test_an_order_that_is_sent_again_is_carried_out_once(stack):
    new = {"name": "web1", "ipv4": "203.0.113.10"}
    key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    first = stack.api("POST", "/api/v1/servers", new, headers=key)
    again = stack.api("POST", "/api/v1/servers", new, headers=key)
    assert first.status == again.status == 201 and first.raw == again.raw
    assert again.headers["Idempotent-Replayed"] == "true"
    other = stack.api("POST", "/api/v1/servers", {**new, "name": "web2"}, headers=key)
    assert other.status == 422 and "Idempotency-Key" in other.raw.decode()
    added = [event for event in stack.get("/events")["items"] if event["type"] == "server_added"]
    assert len(added) == 1
    assert first.body["token"] not in "".join(map(str, stack.controller.log))


def test_a_restart_forgets_keys_and_voids_tags(stack):
    stack.add_server("web1", "203.0.113.10", start=False)
    tag = tag_of(stack)
    assert edit(stack, 1, Idempotency_Key="k").headers["Idempotent-Replayed"] is None
    assert edit(stack, 1, Idempotency_Key="k").headers["Idempotent-Replayed"] == "true"
    stack.restart_controller()
    assert edit(stack, 1, Idempotency_Key="k").headers["Idempotent-Replayed"] is None
    assert edit(stack, 2, If_Match=tag).status == 412
