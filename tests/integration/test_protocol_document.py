"""docs/protocol.md answers what an author of an agent asks, and the hub keeps to its answers."""

import json
import re

from hub_process import (CLOSE, PING, PONG, TEXT, Agent, frame, hello, hub_test,
                         upgrade_request)
from stack import ROOT

DOCUMENT = (ROOT / "docs/protocol.md").read_text()
HUB = "".join(path.read_text() for path in sorted((ROOT / "controller/hub").glob("agent_*.cpp")))


def test_every_code_of_a_refusal_is_named():
    codes = set(re.findall(r'(?<!\{)"([a-z]+(?:_[a-z]+)+)"', HUB))
    assert {"no_hello", "message_too_big", "too_many_messages"} <= codes
    assert {code for code in codes if f"`{code}`" not in DOCUMENT} == set()


def test_every_close_code_of_ours_is_named():
    header = (ROOT / "schema/wire.h").read_text()
    codes = set(re.findall(r"kClose\w+ = (\d{4});", header))
    assert len(codes) >= 5
    assert {code for code in codes if f"| {code} |" not in DOCUMENT} == set()


@hub_test()
async def test_an_agent_need_not_wait_for_the_welcome(hub):
    agent = await Agent.connect(hub, 1)
    failing = [{"name": "web", "problem": "refused"}]  # without `since`
    for message in (hello(), {"type": "status", "ok": False, "failing": failing},
                    *({"type": "heartbeat", "sequence": n} for n in (0, 2**63 - 1, 5))):
        agent.send(frame(TEXT, json.dumps(message).encode()))
    await agent.hear("welcome")
    for sequence in (0, 2**63 - 1, 5):
        assert (await agent.hear("heartbeat_ack"))["sequence"] == sequence
    assert (await hub.expect("reported", server=1))["failing"] == "web: refused"
    agent.close()


@hub_test("--interval-ms=400")
async def test_an_agents_ping_is_answered_and_counts_for_nothing(hub):
    agent = await Agent.link(hub, 2)
    agent.send(frame(PING, b"hm"))
    answered = asked = False
    while not (answered and asked):
        opcode, payload = await agent.next_frame()
        answered = answered or (opcode == PONG and payload == b"hm")
        if opcode == PING:
            asked = True
            agent.send(frame(PING, b"hm"))
    assert (await hub.expect("left", server=2))["how"] == "silent"


@hub_test()
async def test_no_extension_is_agreed_to(hub):
    agent = await Agent.open(hub.agents)
    agent.send(upgrade_request(extra="Sec-WebSocket-Extensions: permessage-deflate\r\n"))
    status, headers, _ = await agent.answer()
    assert status == 101 and "sec-websocket-extensions" not in headers
    agent.close()


@hub_test()
async def test_broken_websocket_has_the_libraries_codes(hub):
    for number, (data, code) in enumerate([(frame(TEXT, b"{}", rsv=0x40), 1002),
                                           (frame(3, b"x"), 1002),
                                           (frame(TEXT, b"\xff\xfe"), 1007)], start=1):
        agent = await Agent.link(hub, number)
        agent.send(data)
        assert await agent.close_code() == code


@hub_test()
async def test_a_close_without_a_goodbye_is_a_lost_link(hub):
    agent = await Agent.link(hub, 3)
    agent.send(frame(CLOSE, (1000).to_bytes(2, "big")))
    assert (await hub.expect("left", server=3))["how"] == "closed"
