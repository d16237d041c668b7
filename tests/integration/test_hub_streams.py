"""Answers that go on and on: who reads gets all, who does not is dropped, others have places."""

import asyncio
import socket

from hub_process import Raw, hub_test

OTHER = "127.0.0.2"


async def opened(hub, version="1.1", source=None):
    raw = await Raw.open(hub.api, source=source)
    raw.send(f"GET /stream HTTP/{version}\r\nHost: h\r\n\r\n")
    head = (await asyncio.wait_for(raw.reader.readuntil(b"\r\n\r\n"), 10)).decode()
    return raw, head


async def streaming(hub, **how):
    raw, head = await opened(hub, **how)
    assert head.startswith("HTTP/1.1 200 "), head
    return raw


@hub_test()
async def test_what_is_said_arrives_in_chunks_and_the_end_is_told(hub):
    raw, head = await opened(hub)
    assert "Transfer-Encoding: chunked\r\n" in head and "Content-Length" not in head
    hub.command("say 3")
    assert await raw.reader.readexactly(18) == b"5\r\nhello\r\n3\r\nxxx\r\n"
    hub.command("stop")
    assert await raw.until_closed() == b"0\r\n\r\n"
    await hub.expect("gone", stream=1)


@hub_test()
async def test_http_1_0_reads_until_the_end_of_the_connection(hub):
    raw, head = await opened(hub, version="1.0")
    assert "Transfer-Encoding" not in head
    hub.command("say 3")
    assert await raw.reader.readexactly(8) == b"helloxxx"
    hub.command("stop")
    assert await raw.until_closed() == b""


@hub_test()
async def test_head_opens_nothing(hub):
    raw = await Raw.open(hub.api)
    raw.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n")
    answer = await raw.until_closed()
    assert answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(b"\r\n\r\n")
    assert (await hub.budget("api_streams"))["used"] == 0


@hub_test()
async def test_who_hangs_up_makes_room(hub):
    raw = await streaming(hub)
    raw.writer.close()
    await hub.expect("gone", stream=1)
    assert (await hub.budget("api_streams_per_address"))["used"] == 0


def never_reading(hub):
    """A reader in name: its kernel takes little, and it takes nothing from that."""
    silent = socket.socket()
    silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    silent.connect(("127.0.0.1", hub.api))
    silent.sendall(b"GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")
    return silent


@hub_test("--stream-bytes=20000")
async def test_who_does_not_read_is_dropped_and_the_others_are_not(hub):
    reader = await streaming(hub)
    with never_reading(hub):
        while not (await hub.budget("api_stream_bytes"))["exceeded"]:
            hub.command("say 10000")
            while not (await asyncio.wait_for(reader.reader.readline(), 10)).endswith(b"x\r\n"):
                pass
        await hub.expect("gone", stream=1)
    hub.command("say 3")
    assert await reader.reader.readexactly(8) == b"3\r\nxxx\r\n"


@hub_test("--stream-stall-ms=300", "--stream-bytes=100000000")
async def test_who_does_not_get_on_in_time_is_dropped(hub):
    with never_reading(hub):
        await asyncio.wait_for(until_used(hub), 10)
        hub.command("say 1000000")
        await hub.expect("gone", stream=1)
    assert (await hub.budget("api_stream_bytes"))["exceeded"] == 1


async def until_used(hub):
    while not (await hub.budget("api_streams"))["used"]:
        pass


@hub_test("--connections=16", "--connections-per-address=8")
async def test_streams_take_half_of_the_places_of_an_address_and_of_all(hub):
    mine = [await streaming(hub) for _ in range(4)]
    refused, head = await opened(hub)
    assert head.startswith("HTTP/1.1 429 ") and "retry-after: 30" in head.lower()
    refused.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n")  # the connection is as good as before
    _others = [await streaming(hub, source=OTHER) for _ in range(4)]
    _, head = await opened(hub, source="127.0.0.3")
    assert head.startswith("HTTP/1.1 429 ")
    per_address = await hub.budget("api_streams_per_address")
    assert (per_address["used"], per_address["limit"], per_address["exceeded"]) == (4, 4, 1)
    assert (await hub.budget("api_streams"))["exceeded"] == 1
    mine[0].writer.close()
    await hub.expect("gone", stream=1)
    await streaming(hub, source="127.0.0.3")
