"""The way into the hub: the upgrade and its limits, TLS, and clients that only make noise."""

import asyncio
import contextlib
import json
import signal
import ssl
import subprocess

import aiohttp
import pytest
from hub_process import (BINARIES, SUBPROTOCOL, Agent, Hub, Raw, client_tls, hello, hub_test,
                         upgrade_request)
from test_authority import Authority

PROTOCOL_ERROR, NO_COMMON_VERSION = 4001, 4002


def make_certificate(folder, name):
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True)
    return certificate, key


@hub_test()
async def test_a_wrong_token_is_told_what_to_do(hub):
    for token in ("wrong", "", "token-0", "token-1 "):
        raw = await Raw.open(hub.agents)
        raw.send(upgrade_request(token=token))
        status, headers, body = await raw.answer()
        if token == "token-1 ":  # surrounding space is not part of a header's value
            assert status == 101
            continue
        assert status == 401 and headers["www-authenticate"].startswith("bearer")
        assert b"token" in body
        await raw.until_closed()
    assert (await hub.counters())["token"] == 3
    assert not hub.events


@hub_test()
async def test_what_is_not_our_websocket_is_refused(hub):
    for subprotocol in ("", "understudy.agent.v2", "understudy.agent.v1x"):
        raw = await Raw.open(hub.agents)
        raw.send(upgrade_request(subprotocol=subprotocol))
        status, _, body = await raw.answer()
        assert status == 400 and SUBPROTOCOL.encode() in body
        await raw.until_closed()
    for request in ("GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n"
                    "Connection: Upgrade, HTTP2-Settings\r\n"
                    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
                    upgrade_request().replace("Version: 13", "Version: 8")):
        raw = await Raw.open(hub.agents)
        raw.send(request)
        status, headers, _ = await raw.answer()
        assert status == 426 and headers["sec-websocket-version"] == "13"
        await raw.until_closed()
    several = await Agent.connect(hub, subprotocol=f"other, {SUBPROTOCOL}")
    several.close()


@hub_test()
async def test_no_common_version_is_refused_with_a_reason(hub):
    agent = await Agent.connect(hub)
    agent.say(hello(versions=[9]))
    assert (await agent.hear("refusal"))["code"] == "no_common_version"
    assert await agent.close_code() == NO_COMMON_VERSION


@hub_test("--login-ms=300")
async def test_a_login_that_does_not_go_on_is_ended(hub):
    nothing = await Raw.open(hub.agents)
    half = await Raw.open(hub.agents)
    half.send(upgrade_request()[:60])
    mute = await Agent.connect(hub)
    assert (await mute.hear("refusal"))["code"] == "no_hello"
    assert await mute.close_code() == PROTOCOL_ERROR
    assert await nothing.until_closed() == b""
    assert await half.until_closed() == b""
    assert (await hub.counters())["login_timeouts"] == 3


@hub_test("--logins-per-address=3", "--login-ms=2000")
async def test_one_address_cannot_hold_every_login(hub):
    linked = [await Agent.link(hub, n) for n in range(1, 6)]  # those count no more
    waiting = [await Agent.connect(hub, 10) for _ in range(3)]
    raw = await Raw.open(hub.agents)
    assert await raw.until_closed() == b""
    assert (await hub.counters())["crowded"] == 1
    waiting[0].say(hello())
    await waiting[0].hear("welcome")
    await Agent.link(hub, 11)
    for agent in linked:
        agent.say({"type": "heartbeat", "sequence": 1})
        await agent.hear("heartbeat_ack")


@hub_test("--logins=4", "--logins-per-address=100", "--login-ms=400")
async def test_logins_beyond_the_limit_wait_and_are_served(hub):
    """Four places are held by clients that say nothing, until those are thrown out."""
    holders = [await Raw.open(hub.agents) for _ in range(4)]
    agents = await asyncio.gather(*(Agent.link(hub, n) for n in range(1, 31)))
    assert len(agents) == 30
    for holder in holders:
        assert await holder.until_closed() == b""


@hub_test("--logins=4", "--logins-per-address=3", "--login-patience-ms=100", "--login-ms=20000")
async def test_connections_that_only_stand_there_keep_no_agent_out(hub):
    idle = [await Raw.open(hub.agents, source="127.0.0.2") for _ in range(3)]
    neighbour = await Raw.open(hub.agents, source="127.0.0.3")
    for number in range(1, 11):
        await Agent.link(hub, number)
    logins = await hub.budget("agent_logins")
    assert logins["exceeded"] >= 1 and logins["limit"] == 4
    assert await idle[0].until_closed() == b""
    neighbour.send(upgrade_request(token="token-20"))  # who holds most gave way
    assert (await neighbour.answer())[0] == 101


async def try_token(hub, token):
    """The status of the answer; none when the connection was closed without one."""
    raw = await Raw.open(hub.agents)
    raw.send(upgrade_request(token=token))
    try:
        return (await raw.answer())[0]
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    finally:
        raw.close()


@hub_test("--failures=20")
async def test_wrong_tokens_slow_their_address_down_but_shut_nobody_out(hub):
    linked = await Agent.link(hub, 1)
    answers = []
    while None not in answers:  # a fast guesser is not even heard any more
        assert len(answers) < 5000
        answers.append(await try_token(hub, f"wrong-{len(answers)}"))
    assert answers.count(401) >= 20
    assert (await hub.counters())["failures"] >= 1

    for number in range(2, 40):  # all of them behind the guesser's address
        while await try_token(hub, f"token-{number}") != 101:
            await try_token(hub, f"guess-{number}")
    linked.say({"type": "heartbeat", "sequence": 1})
    await linked.hear("heartbeat_ack")


@hub_test()
async def test_an_old_token_tried_again_and_again_slows_down_nobody(hub):
    for _ in range(200):
        assert await try_token(hub, "old") == 401
    assert await try_token(hub, "token-1") == 101
    counters = await hub.counters()
    assert counters["token"] == 200 and counters["failures"] == 0


@hub_test()
async def test_one_server_that_logs_in_again_and_again_is_slowed_down_alone(hub):
    link = await Agent.link(hub, 1)
    for taken in range(1, 200):
        raw = await Raw.open(hub.agents)
        raw.send(upgrade_request())
        status, headers, body = await raw.answer()
        raw.close()
        if status != 101:
            break
    assert status == 429 and b"too often" in body
    assert 20 <= taken < 200 and 1 <= int(headers["retry-after"]) <= 11
    assert (await hub.counters())["too_often"] == 1

    link.say({"type": "heartbeat", "sequence": 1})  # the link that it has stays
    await link.hear("heartbeat_ack")
    await Agent.link(hub, 2)


@hub_test()
async def test_garbage_harms_nobody(hub):
    agent = await Agent.link(hub)
    client_hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40
    for garbage in (client_hello, b"\x00" * 5000, b"\xff" * 5000,
                    b"GET / HTTP/1.1\r\n" + b"A: " + b"b" * 20000 + b"\r\n\r\n",
                    b"CONNECT x HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                    b"\r\n" * 3000, upgrade_request().encode() * 50):
        for port in (hub.agents, hub.api):
            raw = await Raw.open(port)
            raw.send(garbage)
            with contextlib.suppress(OSError):  # closed already
                raw.writer.write_eof()
            await raw.until_closed()
    agent.say({"type": "heartbeat", "sequence": 1})
    await agent.hear("heartbeat_ack")
    agent.close()


@hub_test()
async def test_a_standard_client_library_gets_along(hub):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"http://127.0.0.1:{hub.agents}/", protocols=[SUBPROTOCOL],
                                      headers={"Authorization": "bearer token-8"}) as link:
            await link.send_json(hello())
            assert (await link.receive_json())["type"] == "welcome"
            await link.ping(b"hello")
            await link.send_json({"type": "heartbeat", "sequence": 3})
            assert (await link.receive_json())["sequence"] == 3
        async with session.post(f"http://127.0.0.1:{hub.api}/echo", json={"a": 1}) as answer:
            assert (await answer.json())["body"] == '{"a": 1}'
    assert (await hub.expect("left", server=8))["how"] == "closed"


def test_tls_with_the_name_localhost_reaches_the_listener_that_was_called(tmp_path):
    """The name a client asks for must choose neither another certificate nor another listener."""
    authority = Authority(tmp_path)
    certificate, key = authority.certify("localhost")
    context = ssl.create_default_context(cafile=authority.ca_file)

    async def body():
        async with Hub(f"--cert={certificate}", f"--key={key}") as hub:
            for round_number in (1, 2):
                agent = await Agent.link(hub, round_number, context=context, name="localhost")
                agent.say({"type": "heartbeat", "sequence": round_number})
                assert (await agent.hear("heartbeat_ack"))["sequence"] == round_number
                for port in (hub.api, hub.api2):
                    raw = await Raw.open(port, context, "localhost")
                    raw.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    status, _, told = await raw.answer()
                    assert status == 200 and json.loads(told)["path"] == "/echo"
                    assert await raw.until_closed() == b""
                agent.close()
                await hub.expect("left", server=round_number)

    asyncio.run(asyncio.wait_for(body(), 30))


def test_tls_for_both_kinds_and_a_renewed_certificate(tmp_path):
    first, key = make_certificate(tmp_path, "first")
    second, second_key = make_certificate(tmp_path, "second")

    async def body():
        async with Hub(f"--cert={first}", f"--key={key}") as hub:
            agent = await Agent.link(hub, 1, context=client_tls(first))
            old = await Raw.open(hub.api, client_tls(first))
            assert old.writer.get_extra_info("ssl_object").version() == "TLSv1.3"

            plain = await Raw.open(hub.agents)
            plain.send(upgrade_request())
            await plain.until_closed()

            too_old = client_tls(first)
            too_old.minimum_version = ssl.TLSVersion.TLSv1
            too_old.maximum_version = ssl.TLSVersion.TLSv1_1
            too_old.set_ciphers("ALL:@SECLEVEL=0")
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await Raw.open(hub.api, too_old)

            good = key.read_text()
            key.write_text(second_key.read_text())  # half renewed: does not match
            hub.process.send_signal(signal.SIGHUP)
            assert "key" in (await hub.expect("reload"))["error"]
            still = await Raw.open(hub.api, client_tls(first))
            still.close()

            first.write_text(first.read_text())
            key.write_text(good)
            pem = first.read_text()
            first.write_text(second.read_text())
            key.write_text(second_key.read_text())
            hub.process.send_signal(signal.SIGHUP)
            assert (await hub.expect("reload"))["error"] == ""
            renewed = await Agent.link(hub, 2, context=client_tls(second))
            renewed.close()
            assert pem != first.read_text()

            agent.say({"type": "heartbeat", "sequence": 1})
            await agent.hear("heartbeat_ack")
            old.send("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await old.answer())[0] == 200
            old.send("GET /big?bytes=3000000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            status, _, big = await old.answer()
            assert status == 200 and len(big) == 3_000_000
            for raw in (agent, old):
                raw.close()

    asyncio.run(asyncio.wait_for(body(), 30))


@pytest.mark.parametrize("cert, key, complaint", [("none.crt", "none.key", "none.crt"),
                                                  ("a.crt", "b.key", "b.key")])
def test_a_bad_certificate_is_named(tmp_path, cert, key, complaint):
    make_certificate(tmp_path, "a")
    make_certificate(tmp_path, "b")
    program = [BINARIES / "hub_echo", f"--cert={tmp_path / cert}", f"--key={tmp_path / key}"]
    run = subprocess.run(program, capture_output=True, text=True, timeout=20)
    assert run.returncode == 1
    assert complaint in run.stderr and "tls." in run.stderr
