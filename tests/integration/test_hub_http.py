"""The hub's HTTP: framing, limits and deadlines, against clients that behave and that do not."""

import asyncio
import itertools
import json

from hub_process import Raw, hub_test


@hub_test()
async def test_requests_reach_the_api_whole(hub):
    for port in (hub.api, hub.api2):
        raw = await Raw.open(port)
        raw.send("DELETE /api/v1/x%20y?a=1&b=%26 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer k\r\n"
                 "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        status, headers, body = await raw.answer()
        told = json.loads(body)
        assert status == 200 and headers["x-content-type-options"] == "nosniff"
        assert told == {"method": "DELETE", "path": "/api/v1/x y",
                        "query": [["a", "1"], ["b", "&"]], "authorization": "Bearer k",
                        "content_type": "application/json", "body": "{}", "if_none_match": ""}
        raw.close()


@hub_test()
async def test_pipelined_requests_are_answered_in_order(hub):
    raw = await Raw.open(hub.api)
    raw.send("".join(f"GET /echo?n={n} HTTP/1.1\r\nHost: h\r\n\r\n" for n in range(100)))
    for n in range(100):
        _, _, body = await raw.answer()
        assert json.loads(body)["query"] == [["n", str(n)]]
    raw.send("HEAD /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    rest = await raw.until_closed()
    assert rest.startswith(b"HTTP/1.1 200") and rest.endswith(b"\r\n\r\n")
    assert b"Content-Length: 1" in rest


@hub_test()
async def test_who_is_refused_after_head_is_told_why(hub):
    raw = await Raw.open(hub.api)
    raw.send("HEAD /echo HTTP/1.1\r\nHost: h\r\n\r\n")
    await raw.reader.readuntil(b"\r\n\r\n")
    raw.send("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n")
    status, _, body = await raw.answer()
    assert status == 400 and json.loads(body)["status"] == 400


@hub_test()
async def test_an_answer_may_come_later_and_the_client_may_be_gone(hub):
    gone = await Raw.open(hub.api)
    gone.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    stays = await Raw.open(hub.api)
    stays.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    while (await hub.counters())["http_requests"] < 2:
        pass
    gone.writer.transport.abort()
    hub.command("release")
    assert (await stays.answer())[0] == 200
    assert (await hub.counters())["http_refused"] == 0


@hub_test("--answer-ms=200")
async def test_an_api_that_does_not_answer_is_a_504(hub):
    raw = await Raw.open(hub.api)
    raw.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (await raw.answer())[0] == 504
    await raw.until_closed()
    hub.command("release")
    await hub.counters()


@hub_test()
async def test_a_big_body_is_refused_with_an_answer_that_arrives(hub):
    raw = await Raw.open(hub.api)
    raw.send(f"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: {8 << 20}\r\n\r\n")
    raw.send(b"x" * (8 << 20))  # sent all the same: the answer must not be lost in a reset
    status, headers, body = await raw.answer()
    assert status == 413 and headers["connection"] == "close"
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == 413

    fits = await Raw.open(hub.api)
    fits.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
              f"Content-Length: {1 << 20}\r\n\r\n")
    assert (await fits.answer())[0] == 100
    fits.send(b"x" * (1 << 20))
    assert len(json.loads((await fits.answer())[2])["body"]) == 1 << 20


@hub_test("--head-ms=300", "--body-ms=300", "--idle-ms=300")
async def test_slow_clients_time_out(hub):
    silent = await Raw.open(hub.api)
    drip = await Raw.open(hub.api)
    body = await Raw.open(hub.api)
    idle = await Raw.open(hub.api)
    body.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123")
    idle.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n")

    async def dripping():
        head = itertools.chain(b"GET /echo HTTP/1.1\r\nHost: h\r\n", itertools.cycle(b"A: b\r\n"))
        for byte in head:
            drip.send(bytes([byte]))
            await hub.counters()

    task = asyncio.create_task(dripping())
    assert (await drip.answer())[0] == 408
    task.cancel()
    assert (await body.answer())[0] == 408
    assert (await idle.answer())[0] == 200
    assert await idle.until_closed() == b""
    assert await silent.until_closed() == b""


@hub_test()
async def test_bad_requests_get_an_answer_and_a_close(hub):
    zipped = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n"
    for request, expected in (("GET / HTTP/1.1\r\n\r\n", 400), ("NONSENSE\r\n\r\n", 400),
                              ("GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505), (zipped, 501),
                              ("GET / HTTP/1.1\r\nHost: h\r\nA: " + "x" * 20000 + "\r\n\r\n", 431)):
        raw = await Raw.open(hub.api)
        raw.send(request)
        status, headers, _ = await raw.answer()
        assert status == expected and headers["connection"] == "close"
        await raw.until_closed()
    assert (await hub.counters())["http_refused"] == 5


@hub_test()
async def test_a_client_that_does_not_read_does_not_stop_the_others(hub):
    deaf = await Raw.open(hub.api)
    for _ in range(3):
        deaf.send("GET /big?bytes=20000000 HTTP/1.1\r\nHost: h\r\n\r\n")
    other = await Raw.open(hub.api)
    for _ in range(20):
        other.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await other.answer())[0] == 200
    deaf.writer.transport.abort()


@hub_test()
async def test_stopping_finishes_the_answers_under_way(hub):
    raw = await Raw.open(hub.api)
    raw.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    while (await hub.counters())["http_requests"] < 1:
        pass
    hub.command("stop")
    await hub.counters()  # the command before it has been read
    hub.command("release")
    status, headers, _ = await raw.answer()
    assert status == 200 and headers["connection"] == "close"
    raw.close()
    await asyncio.wait_for(hub.process.wait(), 8)
