"""One caller too many: who takes more than his share of the API's port waits, nobody else does."""

import asyncio
import json
import resource
import ssl

from hub_process import Hub, Raw, hub_test
from test_authority import Authority

GET = "GET /echo HTTP/1.1\r\nHost: h\r\n"
OTHER, ANOTHER = "127.0.0.2", "127.0.0.3"


async def served(hub, context=None, **how):
    raw = await Raw.open(hub.api, context, **how)
    raw.send(GET + "\r\n")
    assert (await raw.answer())[0] == 200
    return raw


async def served_in_time(hub, context=None, **how):
    """Somebody who tries again when the door is shut, as clients do."""
    while True:
        try:
            return await served(hub, context, **how)
        except (asyncio.IncompleteReadError, OSError):
            pass


def post(path, length, authorization=None):
    extra = f"Authorization: {authorization}\r\n" if authorization else ""
    return f"POST {path} HTTP/1.1\r\nHost: h\r\n{extra}Content-Length: {length}\r\n\r\n"


@hub_test("--connections-per-address=8", "--patience-ms=100")
async def test_idle_connections_of_an_address_give_way_to_a_new_one(hub):
    neighbour = await served(hub, source=OTHER)
    idle = [await Raw.open(hub.api) for _ in range(60)]
    for _ in range(20):
        await served_in_time(hub)
    kept = await hub.budget("api_connections_per_address")
    assert kept["used"] == 8 and kept["exceeded"] > 50
    neighbour.send(GET + "\r\n")  # never in question
    assert (await neighbour.answer())[0] == 200
    for raw in idle[:50]:
        assert await raw.until_closed() == b""


@hub_test("--connections=8", "--connections-per-address=4", "--patience-ms=100")
async def test_when_all_are_taken_the_one_who_holds_most_makes_room(hub):
    neighbour = await served(hub, source=OTHER)
    idle = [await Raw.open(hub.api, source=ANOTHER) for _ in range(4)]
    idle += [await Raw.open(hub.api) for _ in range(3)]
    mine = await served(hub, source="127.0.0.4")
    assert (await hub.budget("api_connections"))["exceeded"] >= 1
    assert await idle[0].until_closed() == b""
    for raw in (neighbour, mine):
        raw.send(GET + "\r\n")
        assert (await raw.answer())[0] == 200


@hub_test("--connections-per-address=4", "--patience-ms=100")
async def test_who_is_being_served_gives_way_to_nobody(hub):
    busy = [await Raw.open(hub.api) for _ in range(4)]
    busy[0].send(post("/roomy", 2 << 20))  # its body is welcome
    for raw in busy[1:]:
        raw.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    while (await hub.counters())["http_requests"] < 3:
        pass
    for _ in range(3):
        assert await (await Raw.open(hub.api)).until_closed() == b""
    await served(hub, source=OTHER)
    busy[0].send(b"x" * (2 << 20))
    hub.command("release")
    for raw in busy:
        assert (await raw.answer())[0] == 200


def test_two_thousand_tls_connections_do_not_keep_a_probe_waiting(tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.certify("localhost")
    context = ssl.create_default_context(cafile=authority.ca_file)

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def crowd(hub):
        for _ in range(2000):
            raw = await Raw.open(hub.api)
            raw.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # a part of the hello

    async def body():
        async with Hub(f"--cert={certificate}", f"--key={key}") as hub:
            crowding = asyncio.create_task(crowd(hub))
            while not crowding.done():
                await served_in_time(hub, context, name="localhost")
            await crowding
            await served(hub, context, name="localhost", source=OTHER)
            await served_in_time(hub, context, name="localhost")
            assert (await hub.budget("api_connections_per_address"))["used"] <= 64

    asyncio.run(asyncio.wait_for(body(), 60))


@hub_test()
async def test_a_body_is_not_taken_from_who_may_not_send_it(hub):
    raw = await Raw.open(hub.api)
    raw.send(post("/roomy", 17 << 20, "Bearer bad"))
    status, headers, body = await raw.answer()
    assert status == 401 and headers["connection"] == "close"
    assert json.loads(body)["code"] == "unauthorized"
    waits = await Raw.open(hub.api)
    head = post("/roomy", 100, "Bearer bad")
    waits.send(head.replace("Content", "Expect: 100-continue\r\nContent"))
    assert (await waits.answer())[0] == 401
    assert (await hub.budget("api_bytes"))["used"] == 0


@hub_test("--all-bytes=20000000")
async def test_who_holds_most_memory_is_refused_and_not_who_came_last(hub):
    for greedy_length in (8_000_000, 9_000_000):
        greedy = await Raw.open(hub.api, source=OTHER)
        greedy.send(post("/roomy", 17 << 20) + "x" * greedy_length)
    small = await Raw.open(hub.api, source=ANOTHER)
    small.send(post("/roomy", 3_000_000) + "x" * 2_000_000)
    while (await hub.budget("api_bytes"))["used"] < 19_000_000:
        pass
    mine = await Raw.open(hub.api)
    mine.send(post("/roomy", 4_000_000) + "x" * 4_000_000)
    status, headers, body = await greedy.answer()
    assert status == 503 and "retry-after" in headers
    assert json.loads(body)["code"] == "throttled"
    assert (await mine.answer())[0] == 200
    small.send("x" * 1_000_000)
    assert (await small.answer())[0] == 200
    assert (await hub.budget("api_bytes"))["exceeded"] == 1


@hub_test("--wrong-token-wait-ms=6000")
async def test_wrong_tokens_are_counted_told_once_and_slowed_down(hub):
    guesser = await Raw.open(hub.api)
    for number in range(29):
        guesser.send(GET + f"Authorization: Bearer bad-{number}\r\n\r\n")
        assert (await guesser.answer())[0] == 401
    guesser.send(GET + "Authorization: Bearer bad-last\r\n\r\n")
    refused = asyncio.create_task(guesser.answer())
    while (await hub.counters())["wrong_tokens"] < 30:
        pass
    for _ in range(20):  # the same address, another token: as quick as ever
        await served(hub)
    assert not refused.done()
    assert (await refused)[0] == 401
    budget = await hub.budget("api_wrong_tokens_per_address")
    assert budget["used"] == budget["limit"] == 30 and budget["exceeded"] >= 1
    assert 1 <= len([line for line in hub.log if "was refused" in line]) <= 2
    assert len([line for line in hub.log if "answered slowly" in line]) == 1
    assert not any("bad-" in line for line in hub.log)


@hub_test("--wrong-token-wait-ms=20000", "--connections-per-address=8", "--patience-ms=100")
async def test_a_guesser_who_is_kept_waiting_holds_no_place(hub):
    guessers = [await Raw.open(hub.api) for _ in range(8)]
    for number in range(320):
        guessers[number % 8].send(GET + f"Authorization: Bearer bad-{number}\r\n\r\n")
    while (await hub.budget("api_wrong_tokens_per_address"))["exceeded"] < 8:
        pass
    await served_in_time(hub)


@hub_test()
async def test_every_refusal_is_the_same_problem_document(hub):
    for request, expected, code, field in (
            ("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_request", None),
            ("GET /?a=%ff HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_request", "?a"),
            (f"GET /?{'a' * 17_000} HTTP/1.1\r\nHost: h\r\n\r\n", 431, "head_too_large", None),
            ("GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505, "unsupported_version", None),
            ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
             "not_implemented", "Transfer-Encoding"),
            (post("/", 99 << 20), 413, "too_large", None)):
        raw = await Raw.open(hub.api)
        raw.send(request)
        status, headers, body = await raw.answer()
        assert (status, headers["content-type"]) == (expected, "application/problem+json")
        problem = json.loads(body)
        assert problem["type"] == f"urn:understudy:problem:{code}"
        assert (problem["status"], problem["code"]) == (expected, code)
        assert problem["detail"] and problem["remedy"] and problem["title"]
        assert problem["errors"][0]["message"] == problem["detail"]
        assert problem.get("field") == field


@hub_test()
async def test_a_body_may_come_in_chunks(hub):
    raw = await Raw.open(hub.api)
    head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw.send(head + "4\r\nsome\r\n")
    await hub.counters()
    raw.send("A\r\n more text\r\n0\r\n\r\n" + GET + "\r\n")
    assert json.loads((await raw.answer())[2])["body"] == "some more text"
    assert (await raw.answer())[0] == 200
    raw.send(head + "200000\r\n")
    assert (await raw.answer())[0] == 413


@hub_test(descriptors=64)
async def test_few_descriptors_are_kept_for_who_gets_on(hub):
    idle = []
    for _ in range(60):
        idle.append(await Raw.open(hub.api))
        idle.append(await Raw.open(hub.agents))
    for _ in range(20):
        await served_in_time(hub)
    await hub.counters()
    assert len([line for line in hub.log if "cannot accept" in line]) <= 1
