"""One agent that makes trouble is in nobody else's way: log-ins, turns, a slow receiver."""

import asyncio

import aiohttp
import pytest
from hub_process import SUBPROTOCOL, hello
from receivers import WebhookReceiver
from stack import Stack

ABOUT_STATE = ("server_down", "server_up", "server_error")


@pytest.fixture
def site(tmp_path):
    with Stack(tmp_path) as stack, WebhookReceiver() as hook:
        stack.add_server("web1", "203.0.113.10")
        stack.add_server("web2", "203.0.113.20")
        token = stack.post("/servers", {"name": "noisy", "ipv4": "203.0.113.66"})["token"]
        stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url})
        yield stack, hook, token


def with_link(stack, token, talk):
    """Runs talk(connect), where connect() is an agent's upgrade with that token."""
    async def run():
        url = f"http://127.0.0.1:{stack.controller.agents_port}/agent"
        async with aiohttp.ClientSession() as session:
            await talk(lambda: session.ws_connect(url, protocols=[SUBPROTOCOL],
                                                  headers={"Authorization": f"Bearer {token}"}))

    asyncio.run(asyncio.wait_for(run(), 60))


def come_and_go(stack, token, times):
    """Log in, hello, welcome, close; how many of them were taken."""
    taken = 0

    async def talk(connect):
        nonlocal taken
        for _ in range(times):
            try:
                async with connect() as link:
                    await link.send_json(hello())
                    assert (await link.receive_json())["type"] == "welcome"
                    taken += 1
            except aiohttp.WSServerHandshakeError as refused:
                assert refused.status == 429 and int(refused.headers["Retry-After"]) > 0

    with_link(stack, token, talk)
    return taken


def told_of(hook, server):
    return [request.body for request in hook.requests
            if request.body["data"].get("server", {}).get("name") == server]


def test_a_server_that_comes_and_goes_does_not_hold_up_anothers_alarm(site):
    stack, hook, token = site
    hook.gate.clear()
    assert 20 <= come_and_go(stack, token, 200) < 100
    stack.agents["web2"].kill()
    stack.until("web2's alarm", lambda: stack.get("/servers/web2")["alarm"] == "down")
    rows = stack.get("/events?limit=500")["items"]
    changes = sum(row["type"] in ABOUT_STATE for row in rows)
    assert changes < 25
    hook.gate.set()

    stack.until("web2's alarm to be told", lambda: told_of(hook, "web2"))
    first = [request.body for request in hook.requests]
    place = next(i for i, body in enumerate(first) if body in told_of(hook, "web2"))
    assert place <= 2, first  # one was on its way, and perhaps one more
    stack.until("no message to wait",
                lambda: not stack.get("/notifications?state=pending")["items"])
    about = told_of(hook, "noisy")
    # One for each incident; the first was on its way already.
    assert len(about) <= changes // 2 + 2, about
    assert about[-1]["type"] == "server_down"
    whole = [body["data"] for body in about if body["data"].get("stands_for") == 2]
    assert len(whole) >= 2 and all(data["since"] for data in whole), about
    assert "came and went" in about[-1]["data"]["detail"]


def test_checks_that_turn_again_and_again_fill_no_log(site):
    stack, hook, token = site
    failing = [{"name": f"check-{i}", "problem": "x" * 200, "since": "s" * 90} for i in range(32)]

    async def talk(connect):
        async with connect() as link:
            await link.send_json(hello())
            await link.receive_json()
            for turn in range(55):
                ok = turn % 2 == 1
                await link.send_json({"type": "status", "ok": ok, "failing": [] if ok else failing})
            await link.send_json({"type": "heartbeat", "sequence": 1})
            assert (await link.receive_json(timeout=20))["type"] == "heartbeat_ack"

    with_link(stack, token, talk)
    stack.until("its end", lambda: stack.get("/servers/noisy")["health"] == "offline")
    rows = [row for row in stack.get("/events?server=noisy&limit=500")["items"]
            if row["type"] in ABOUT_STATE]
    assert 2 <= len(rows) <= 12, rows
    assert all(len(row["reason"]) < 2000 for row in rows)
    assert any(row["reason"].endswith("more") for row in rows if row["type"] == "server_error")
