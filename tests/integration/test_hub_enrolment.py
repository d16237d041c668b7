"""The hub's other way in: a one-time code, and one message for it."""

import asyncio

from hub_process import Agent, Raw, frame, TEXT, hello, hub_test, upgrade_request

ENROLL = "understudy.enroll.v1"
DRAWN = {"type": "enroll", "token": "usa_" + "T" * 43}


async def connect(hub, code="code-1", offered=ENROLL):
    agent = await Agent.open(hub.agents)
    agent.send(upgrade_request(token=code, subprotocol=offered))
    head = await asyncio.wait_for(agent.reader.readuntil(b"\r\n\r\n"), 10)
    assert b" 101 " in head and f"Protocol: {ENROLL}\r\n".encode() in head
    return agent


@hub_test()
async def test_nobodys_code_is_a_wrong_token(hub):
    for code in ("nobodys", "", "token-1"):
        raw = await Raw.open(hub.agents)
        raw.send(upgrade_request(token=code, subprotocol=ENROLL))
        status, headers, body = await raw.answer()
        assert status == 401 and headers["www-authenticate"].startswith("bearer")
        assert b"unknown enrolment code" in body and b"rotate-token" in body
        await raw.until_closed()
    raw = await Raw.open(hub.agents)  # nor is a code a token
    raw.send(upgrade_request(token="code-1"))
    assert (await raw.answer())[0] == 401
    assert (await hub.counters())["token"] == 4


@hub_test("--failures=5")
async def test_who_guesses_codes_is_slowed(hub):
    for number in range(5):
        raw = await Raw.open(hub.agents)
        raw.send(upgrade_request(token=f"guess-{number}", subprotocol=ENROLL))
        assert (await raw.answer())[0] == 401
    wrong = await hub.budget("agent_wrong_tokens_per_address")
    assert wrong["used"] == wrong["limit"]


@hub_test("--failures=1")
async def test_a_code_that_may_be_used_already_frees_nobody(hub):
    raw = await Raw.open(hub.agents)
    raw.send(upgrade_request(token="guess", subprotocol=ENROLL))
    assert (await raw.answer())[0] == 401

    async def is_let_in():
        raw = await Raw.open(hub.agents)
        raw.send(upgrade_request(token="code-1", subprotocol=ENROLL))
        try:
            return await asyncio.wait_for(raw.reader.read(1), 10) != b""
        except ConnectionResetError:
            return False
        finally:
            raw.close()

    assert not all([await is_let_in() for _ in range(60)])  # a slow address gets ten at once


@hub_test()
async def test_one_enroll_is_taken_and_nothing_else(hub):
    for message in (hello(), {"type": "heartbeat", "sequence": 1}, {"type": "enroll"},
                    {"type": "enroll", "token": "usa_short"},
                    {"type": "enroll", "token": "use_" + "T" * 43}):
        agent = await connect(hub, offered=f"other, {ENROLL}")
        agent.say(message)
        refusal = await agent.hear("refusal")
        assert refusal["code"] == "protocol_error" and "TTTT" not in refusal["message"]
        assert await agent.close_code() == 4001
    twice = await connect(hub)
    twice.say(DRAWN)
    twice.say(DRAWN)
    assert (await twice.hear("refusal"))["code"] == "protocol_error"
    gone = await connect(hub)
    gone.say(DRAWN)
    gone.close()
    assert not hub.events


@hub_test("--login-ms=300")
async def test_who_shows_a_code_and_says_nothing_is_ended(hub):
    mute = await connect(hub)
    assert await mute.close_code() == 4001
    half = await connect(hub)
    half.send(frame(TEXT, b'{"type":"enr', final=False))
    assert await half.close_code() == 4001


@hub_test()
async def test_a_link_takes_no_enroll(hub):
    agent = await Agent.link(hub, 1)
    agent.say(DRAWN)
    assert (await agent.hear("refusal"))["code"] == "protocol_error"
    assert await agent.close_code() == 4001


@hub_test("--login-ms=300")
async def test_who_has_said_its_token_is_not_told_that_it_was_refused(hub):
    waiting = await connect(hub)
    waiting.say(DRAWN)
    assert await waiting.until_closed() == b""
