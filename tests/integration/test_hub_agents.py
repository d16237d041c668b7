"""The hub's links: what agents say, how they leave, and who breaks the protocol."""

import asyncio
import json
import signal

from hub_process import BINARY, CLOSE, PING, PONG, TEXT, Agent, frame, hello, hub_test

PROTOCOL_ERROR, REPLACED, TOKEN_REVOKED, STOPPING = 4001, 4000, 4003, 4004
WEBSOCKET_ERROR, BAD_TEXT, TOO_MUCH = 1002, 1007, 1008  # RFC 6455 7.4.1


@hub_test("--interval-ms=4000")
async def test_an_agent_links_beats_reports_and_leaves(hub):
    agent = await Agent.connect(hub, 7)
    agent.say(hello(ok=False, failing=[{"name": "haproxy", "problem": "refused", "since": "s"}]))
    welcome = await agent.hear("welcome")
    assert welcome["server_name"] == "server-7" and welcome["server_id"] == 7
    assert welcome["heartbeat_interval_ms"] == 4000 and welcome["silence_limit_ms"] == 10000
    linked = await hub.expect("linked", server=7)
    assert not linked["ok"] and linked["failing"] == "haproxy: refused since s"
    assert linked["peer"].startswith("127.0.0.1:")
    assert (linked["hostname"], linked["boot_id"]) == ("h", "b")
    assert linked["address"] == "127.0.0.1"

    agent.say({"type": "heartbeat", "sequence": 5, "unknown": {"field": 1}})
    assert (await agent.hear("heartbeat_ack"))["sequence"] == 5
    await hub.expect("seen", server=7, link=linked["link"])
    agent.say({"type": "status", "ok": True, "failing": []})
    await hub.expect("reported", server=7, ok=True)

    agent.close()
    assert (await hub.expect("left", server=7))["how"] == "closed"


@hub_test()
async def test_a_goodbye_is_how_it_left(hub):
    for reason in ("restart", "shutdown"):
        agent = await Agent.link(hub, 3)
        agent.say({"type": "goodbye", "reason": reason})
        agent.send(frame(CLOSE, (1000).to_bytes(2, "big")))
        assert await agent.close_code() == 1000
        assert (await hub.expect("left", server=3))["how"] == reason


@hub_test()
async def test_messages_that_break_the_protocol_close_the_link(hub):
    big = json.dumps({"type": "status", "ok": True, "failing": [], "pad": "x" * 17000}).encode()
    wrongs = {
        "binary": frame(BINARY, b"{}"),
        "no JSON": frame(TEXT, b"hello"),
        "too big": frame(TEXT, big),
        "too big in fragments": frame(TEXT, big[:9000], final=False) + frame(0, big[9000:]),
        "announced far too big": frame(TEXT, b"x" * 70000)[:20],
        "second hello": frame(TEXT, json.dumps(hello()).encode()),
        "unknown type": frame(TEXT, b'{"type":"dance"}'),
    }
    for number, (name, data) in enumerate(wrongs.items(), start=1):
        agent = await Agent.link(hub, number)
        agent.send(data)
        refusal = await agent.hear("refusal")
        assert refusal["message"], name
        left = await hub.expect("left", server=number)
        assert left["how"] == "closed" and left["detail"], name
        if name != "announced far too big":  # the rest never comes, so no close frame is answered
            assert await agent.close_code() == PROTOCOL_ERROR, name
    assert (await hub.counters())["protocol_errors"] == len(wrongs)


@hub_test()
async def test_frames_that_break_websocket_close_the_link(hub):
    beat = b'{"type":"heartbeat","sequence":1}'
    wrongs = [(WEBSOCKET_ERROR, frame(3, b"x")), (WEBSOCKET_ERROR, frame(TEXT, b"{}", rsv=0x40)),
              (BAD_TEXT, frame(TEXT, b"\xff\xfe")), (WEBSOCKET_ERROR, frame(0, b"x")),
              (WEBSOCKET_ERROR, frame(PING, b"x", final=False)), (WEBSOCKET_ERROR, b"\xff" * 64),
              (WEBSOCKET_ERROR, frame(TEXT, beat, masked=False)),
              (WEBSOCKET_ERROR, frame(CLOSE, b"\x03")),
              (TOO_MUCH, frame(PING, b"x") * 1000)]
    agents = [await Agent.link(hub, number) for number in range(1, len(wrongs) + 1)]
    for agent, (_, data) in zip(agents, wrongs):
        agent.send(data)
    for number, (code, _) in enumerate(wrongs, start=1):
        left = await hub.expect("left", server=number)
        assert left["how"] == "closed" and left["detail"]
        assert await agents[number - 1].close_code() == code
    for agent in agents:
        agent.send(frame(CLOSE, (1002).to_bytes(2, "big")))
    await asyncio.gather(*(agent.until_closed() for agent in agents))


@hub_test()
async def test_a_hello_in_an_unmasked_frame_is_no_hello(hub):
    agent = await Agent.connect(hub)
    agent.send(frame(TEXT, json.dumps(hello()).encode(), masked=False))
    assert await agent.close_code() == WEBSOCKET_ERROR
    assert not hub.events


@hub_test()
async def test_a_message_may_come_in_fragments_and_in_single_bytes(hub):
    agent = await Agent.link(hub)
    text = json.dumps({"type": "heartbeat", "sequence": 8, "pad": "é" * 2000}).encode()
    agent.send(frame(TEXT, text[:7], final=False) + frame(PING, b"in between"))
    agent.send(frame(0, text[7:1000], final=False) + frame(0, text[1000:]))
    assert (await agent.hear("heartbeat_ack"))["sequence"] == 8
    for byte in frame(TEXT, b'{"type":"heartbeat","sequence":9}'):
        agent.send(bytes([byte]))
        await agent.writer.drain()
    assert (await agent.hear("heartbeat_ack"))["sequence"] == 9
    agent.close()


@hub_test()
async def test_a_flood_closes_the_one_who_floods(hub):
    other = await Agent.link(hub, 1)
    flood = await Agent.link(hub, 2)
    flood.send(frame(TEXT, b'{"type":"heartbeat","sequence":1}') * 2000)
    assert (await flood.hear("refusal"))["code"] == "too_many_messages"
    await hub.expect("left", server=2)
    assert await flood.close_code() == PROTOCOL_ERROR
    other.say({"type": "heartbeat", "sequence": 1})
    await other.hear("heartbeat_ack")
    assert not any(e["event"] == "left" for e in hub.events)


@hub_test()
async def test_the_newest_connection_of_an_agent_wins(hub):
    first = await Agent.link(hub, 4)
    second = await Agent.link(hub, 4)
    assert second.link_id > first.link_id
    assert await first.close_code() == REPLACED
    first.close()
    second.say({"type": "heartbeat", "sequence": 1})
    await second.hear("heartbeat_ack")
    assert not any(e["event"] == "left" for e in hub.events)
    assert (await hub.counters())["linked"] == 1
    second.close()
    assert (await hub.expect("left", server=4))["link"] == second.link_id


@hub_test()
async def test_only_a_living_agent_answers_that_it_was_replaced(hub):
    gone = await Agent.link(hub, 4)
    # its end is not heard of before a newer connection is there: no sign of life
    leaving = await Agent.link(hub, 4)
    assert await gone.close_code() == REPLACED
    gone.close()
    third = await Agent.link(hub, 4)
    assert await leaving.close_code() == REPLACED
    leaving.send(frame(CLOSE, (1000).to_bytes(2, "big")))  # it was about to leave
    await leaving.until_closed()
    newest = await Agent.link(hub, 4)
    assert await third.close_code() == REPLACED
    third.send(frame(CLOSE, REPLACED.to_bytes(2, "big")))
    displaced = await hub.expect("displaced", server=4)
    assert displaced["link"] == third.link_id and displaced["address"] == "127.0.0.1"
    await third.until_closed()
    newest.say({"type": "heartbeat", "sequence": 1})
    await newest.hear("heartbeat_ack")
    assert not any(e["event"] in ("displaced", "left") for e in hub.events)


@hub_test("--interval-ms=200")
async def test_a_peer_that_went_silent_is_pinged_then_dropped(hub):
    agent = await Agent.link(hub, 5)
    loop = asyncio.get_running_loop()
    began = loop.time()
    opcode, payload = await agent.next_frame()
    pinged = loop.time() - began
    assert opcode == PING and payload
    assert 0.25 < pinged < 0.6
    left = await hub.expect("left", server=5)
    assert left["how"] == "silent"
    assert 0.45 < loop.time() - began < 3 * 0.2 + 0.5
    await agent.until_closed()
    assert (await hub.counters())["linked"] == 0


@hub_test("--interval-ms=200")
async def test_pongs_keep_a_link(hub):
    agent = await Agent.link(hub, 5)
    for _ in range(4):
        opcode, payload = await agent.next_frame()
        assert opcode == PING
        agent.send(frame(PONG, payload))
        await hub.expect("seen", server=5)
    assert not any(e["event"] == "left" for e in hub.events)
    agent.close()


@hub_test("--interval-ms=200")
async def test_time_the_hub_slept_is_nobodys_silence(hub):
    agent = await Agent.link(hub, 6)
    loop = asyncio.get_running_loop()
    began = loop.time()
    hub.process.send_signal(signal.SIGSTOP)
    # five intervals: everybody would be long silent
    loop.call_later(1, hub.process.send_signal, signal.SIGCONT)
    agent.say({"type": "heartbeat", "sequence": 1})
    await agent.hear("heartbeat_ack")
    assert loop.time() - began > 0.9
    agent.say({"type": "heartbeat", "sequence": 2})
    await agent.hear("heartbeat_ack")
    assert not any(e["event"] == "left" for e in hub.events)
    agent.close()


@hub_test()
async def test_a_revoked_token_closes_the_link(hub):
    agent = await Agent.link(hub, 9)
    hub.command(f"close 9 {TOKEN_REVOKED}")
    assert (await agent.hear("refusal"))["code"] == "token_revoked"
    assert await agent.close_code() == TOKEN_REVOKED
    assert (await hub.expect("left", server=9))["how"] == "replaced"


@hub_test()
async def test_a_new_interval_is_for_those_who_link_next(hub):
    await Agent.link(hub, 1)
    hub.command("heartbeat 3000")
    await hub.counters()  # the command before it has been read
    assert (await Agent.link(hub, 2)).welcome["heartbeat_interval_ms"] == 3000


@hub_test()
async def test_stopping_tells_the_agents_and_reports_none_of_them_gone(hub):
    agents = [await Agent.link(hub, n) for n in range(1, 21)]
    hub.process.send_signal(signal.SIGTERM)
    codes = await asyncio.gather(*(agent.close_code() for agent in agents))
    assert codes == [STOPPING] * 20
    for agent in agents:
        agent.close()
    await asyncio.wait_for(hub.process.wait(), 8)
    assert not any(e["event"] == "left" for e in hub.events)


@hub_test()
async def test_only_an_agent_that_can_is_asked_to_probe(hub):
    old = await Agent.link(hub, 1)
    able = await Agent.connect(hub, 2)
    able.say({**hello(), "capabilities": ["probe", "fly"]})
    await able.hear("welcome")
    await hub.expect("linked", server=2)
    hub.command("probe 1 17")
    assert not (await hub.expect("asked", server=1))["sent"]
    hub.command("probe 2 18")
    assert (await hub.expect("asked", server=2))["sent"]
    asked = await able.hear("probe")
    assert (asked["id"], asked["kind"], asked["address"]) == (18, "tcp", "203.0.113.7")
    answer = {"type": "probed", "verdict": "serves", "found": "tcp 443: connected", "took_ms": 3}
    for number in (18, 18, 99):  # whether it was asked for is not the hub's to know
        able.say({**answer, "id": number})
        assert (await hub.expect("probed", server=2))["id"] == number
    able.close()
    await hub.expect("left", server=2)
    hub.command("probe 2 19")
    assert not (await hub.expect("asked", server=2))["sent"]
    old.say({"type": "heartbeat", "sequence": 1})
    await old.hear("heartbeat_ack")
    old.say({**answer, "id": 17})
    assert (await old.hear("refusal"))["code"] == "protocol_error"
    assert await old.close_code() == 4001


@hub_test()
async def test_a_token_voided_before_the_hello_makes_no_link(hub):
    agent = await Agent.connect(hub, 7)
    hub.command("revoke 7")
    await hub.counters()  # answered after it
    agent.say(hello())
    assert (await agent.hear("refusal"))["code"] == "token_revoked"
    assert await agent.close_code() == TOKEN_REVOKED
    assert (await hub.counters())["ever_linked"] == 0 and not hub.events
