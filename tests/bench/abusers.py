"""Callers who take more than their share, each kind a coroutine; abuse_bench.py runs one at a time.

    python3 abusers.py KIND API_PORT AGENTS_PORT SECONDS SOURCE

In a process of its own, so that its work is not the measuring one's. The token of a registered
agent comes in ABUSER_TOKEN. It ends by itself after SECONDS and tells what it did in one line.
Loopback only; SOURCE is the loopback address that it comes from.
"""

import asyncio
import contextlib
import json
import os
import resource
import ssl
import sys
import time

IDLE = 600
WORKERS = 16
BODY_BYTES = 17 << 20


class Abuser:
    def __init__(self, api, agents, seconds, source):
        self.api, self.agents = api, agents
        self.end = time.monotonic() + seconds
        self.source = source
        self.done = 0
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.token = os.environ.get("ABUSER_TOKEN", "")

    def on(self):
        return time.monotonic() < self.end

    async def open(self, port, tls=True):
        return await asyncio.wait_for(asyncio.open_connection(
            "127.0.0.1", port, ssl=self.tls if tls else None, local_addr=(self.source, 0)), 10)

    async def hold(self, port, tls):
        """One connection that says nothing, opened anew whenever it was closed."""
        while self.on():
            with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
                reader, writer = await self.open(port, tls)
                self.done += 1
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(reader.read(), max(0.1, self.end - time.monotonic()))
                writer.transport.abort()
            await asyncio.sleep(0.1)

    async def each(self, count, work, *how):
        await asyncio.gather(*(work(*how) for _ in range(count)))

    async def idle_plain(self):
        await asyncio.gather(self.each(IDLE, self.hold, self.api, False),
                             self.each(IDLE, self.hold, self.agents, False))

    async def idle_tls(self):
        await asyncio.gather(self.each(IDLE, self.hold, self.api, True),
                             self.each(IDLE, self.hold, self.agents, True))

    async def again(self, once, pause_s=0.0):
        """As often as it can until the end."""
        while self.on():
            with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
                await asyncio.wait_for(once(), 10)
            await asyncio.sleep(pause_s)

    async def half_body(self):
        _, writer = await self.open(self.api)
        writer.write(b"POST /api/v1/fleet HTTP/1.1\r\nHost: h\r\n"
                     b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % BODY_BYTES)
        try:
            for _ in range(BODY_BYTES // 65536 - 1):
                writer.write(b" " * 65536)
                await writer.drain()
            self.done += 1
            await asyncio.sleep(2)
        finally:
            writer.transport.abort()

    async def half_bodies(self):
        await self.each(4, self.again, self.half_body, 0.05)

    async def wrong_api_tokens(self):
        await self.each(WORKERS, self.again, self.guess)

    async def guess(self):
        reader, writer = await self.open(self.api)
        try:
            while self.on():
                writer.write(b"GET /api/v1/status HTTP/1.1\r\nHost: h\r\n"
                             b"Authorization: Bearer usk_%s\r\n\r\n"
                             % os.urandom(32).hex().encode())
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
                length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                self.done += 1
        finally:
            writer.transport.abort()

    async def upgrade(self, token):
        reader, writer = await self.open(self.agents)
        writer.write(b"GET /agent HTTP/1.1\r\nHost: h\r\n"
                     b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                     b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     b"Sec-WebSocket-Protocol: understudy.agent.v1\r\n"
                     b"Authorization: Bearer %s\r\n\r\n" % token.encode())
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        except BaseException:
            writer.transport.abort()
            raise
        return reader, writer, b" 101 " in head

    async def wrong_agent_tokens(self):
        async def once():
            _, writer, _ = await self.upgrade("usa_" + os.urandom(32).hex())
            self.done += 1
            writer.transport.abort()

        await self.each(WORKERS, self.again, once)

    @staticmethod
    def say(writer, message):
        """A masked text frame; the mask is zero, which is a mask."""
        text = json.dumps(message).encode()
        size = (bytes([0x80 | len(text)]) if len(text) < 126
                else b"\xfe" + len(text).to_bytes(2, "big"))
        writer.write(b"\x81" + size + bytes(4) + text)

    async def link(self):
        reader, writer, good = await self.upgrade(self.token)
        if not good:
            writer.transport.abort()
            raise OSError("not admitted")
        self.say(writer, {"type": "hello", "versions": [1], "agent": "abuser", "hostname": "h",
                          "boot_id": "b", "status": {"ok": True, "failing": []}})
        return reader, writer

    async def log_in_and_out(self):
        async def once():
            _, writer = await self.link()
            await writer.drain()
            self.done += 1
            await asyncio.sleep(0.005)  # the hello is taken
            writer.transport.abort()

        await self.each(4, self.again, once)

    async def flip(self):
        _, writer = await self.link()
        failing = [{"name": f"check-{n}", "problem": "x" * 300} for n in range(32)]
        with contextlib.closing(writer):
            for turn in range(1 << 30):
                if not self.on() or writer.transport.is_closing():
                    return
                bad = turn % 2 == 0
                self.say(writer, {"type": "status", "ok": not bad,
                                  "failing": failing if bad else []})
                await writer.drain()
                self.done += 1
                await asyncio.sleep(0.21)

    async def status_flips(self):
        await self.again(self.flip_for_long, 0.5)

    async def flip_for_long(self):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.flip(), 9)

    async def flood(self):
        _, writer = await self.link()
        try:
            while self.on() and not writer.transport.is_closing():
                for sequence in range(200):
                    self.say(writer, {"type": "heartbeat", "sequence": sequence})
                await writer.drain()
                self.done += 200
                await asyncio.sleep(0)
        finally:
            writer.transport.abort()

    async def message_floods(self):
        await self.again(self.flood, 0.05)


KINDS = ("idle_plain", "idle_tls", "half_bodies", "wrong_api_tokens", "wrong_agent_tokens",
         "log_in_and_out", "status_flips", "message_floods")


def main():
    kind, api, agents, seconds, source = sys.argv[1:]
    assert kind in KINDS and source.startswith("127.")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def work():
        abuser = Abuser(int(api), int(agents), float(seconds), source)
        print("begun", flush=True)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(getattr(abuser, kind)(), float(seconds) + 5)
        print(abuser.done, flush=True)

    asyncio.run(work())


if __name__ == "__main__":
    main()
