"""The hub alone as a process (tests/support/hub_echo.cpp), and clients that misbehave."""

import asyncio
import base64
import functools
import json
import os
import ssl
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("UNDERSTUDY_BIN", ROOT / "build/dev/bin"))
SUBPROTOCOL = "understudy.agent.v1"
PATIENCE_S = 10


class Hub:
    """Starts hub_echo; its input arrives as JSON lines."""

    def __init__(self, *options, descriptors=None):
        self.options = options
        self.descriptors = descriptors
        self.events = []
        self.log = []
        self._arrived = asyncio.Condition()

    async def __aenter__(self):
        limit = [] if self.descriptors is None else ["prlimit", f"--nofile={self.descriptors}"]
        self.process = await asyncio.create_subprocess_exec(
            *limit, BINARIES / "hub_echo", *self.options,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24)
        self._reader = asyncio.create_task(self._read())
        listening = await self.expect("listening")
        self.agents, self.api, self.api2 = (listening[k] for k in ("agents", "api", "api2"))
        return self

    async def __aexit__(self, *_):
        for raw in Raw.opened:  # a hub that stops waits some seconds for those that stay
            raw.close()
        Raw.opened.clear()
        if self.process.returncode is None:
            self.process.stdin.close()
            try:
                await asyncio.wait_for(self.process.wait(), PATIENCE_S)
            except asyncio.TimeoutError:
                if self.process.returncode is None:
                    self.process.kill()
                raise
        await self._reader
        assert self.process.returncode == 0

    async def _read(self):
        while line := await self.process.stdout.readline():
            if line.startswith(b"{"):
                async with self._arrived:
                    self.events.append(json.loads(line))
                    self._arrived.notify_all()
            else:
                self.log.append(line.decode())

    async def expect(self, event, **fields):
        """Takes the first such event, waiting for it; earlier others stay."""

        def find():
            for i, seen in enumerate(self.events):
                if seen["event"] == event and all(seen.get(k) == v for k, v in fields.items()):
                    return self.events.pop(i)
            return None

        found = None

        def matches():
            nonlocal found
            found = find()
            return found is not None

        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(matches), PATIENCE_S)
        return found

    def command(self, line):
        self.process.stdin.write(line.encode() + b"\n")

    async def counters(self):
        self.command("counters")
        return await self.expect("counters")

    async def budget(self, name):
        self.command("budgets")
        return (await self.expect("budgets"))[name]


def hub_test(*options, **how):
    """Runs the test in an event loop, against a hub with these options."""

    def wrap(test):
        @functools.wraps(test)
        def run():
            async def body():
                async with Hub(*options, **how) as hub:
                    await asyncio.wait_for(test(hub), 30)

            asyncio.run(body())

        del run.__wrapped__  # pytest would take `hub` for a fixture
        return run

    return wrap


class Raw:
    """A TCP connection that sends and reads whatever the test wants."""

    opened = []

    @classmethod
    async def open(cls, port, context=None, name=None, source=None):
        """`name` is the host name of TLS: what the certificate must say, and the SNI. `source`: an
        address of this machine that it comes from."""
        self = cls()
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname=name,
            local_addr=None if source is None else (source, 0))
        cls.opened.append(self)
        return self

    def send(self, data):
        self.writer.write(data if isinstance(data, bytes) else data.encode())

    async def until_closed(self):
        try:
            return await asyncio.wait_for(self.reader.read(-1), PATIENCE_S)
        except ConnectionResetError:
            return b""

    async def answer(self):
        """One HTTP answer: status, headers, body."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_S)).decode()
        lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(lines[0].split()[1]), headers, body

    def close(self):
        self.writer.close()


def upgrade_request(token="token-1", subprotocol=SUBPROTOCOL, extra=""):
    key = base64.b64encode(os.urandom(16)).decode()
    lines = ["GET /agent HTTP/1.1", "Host: hub", "Upgrade: websocket", "Connection: Upgrade",
             "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if subprotocol:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    return "\r\n".join(lines) + "\r\n" + extra + "\r\n"


def frame(opcode, payload, final=True, masked=True, rsv=0):
    head = bytes([(0x80 if final else 0) | rsv | opcode])
    mask_bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mask_bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([mask_bit | 126]) + len(payload).to_bytes(2, "big")
    else:
        head += bytes([mask_bit | 127]) + len(payload).to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def hello(versions=(1,), ok=True, failing=()):
    return {"type": "hello", "versions": list(versions), "agent": "test 1", "hostname": "h",
            "boot_id": "b", "status": {"ok": ok, "failing": list(failing)}}


class Agent(Raw):
    """A WebSocket agent that can do everything wrong."""

    @classmethod
    async def connect(cls, hub, number=1, context=None, name=None, **upgrade):
        self = await cls.open(hub.agents, context, name)
        self.send(upgrade_request(token=f"token-{number}", **upgrade))
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        assert b" 101 " in head, head
        assert SUBPROTOCOL.encode() in head
        return self

    @classmethod
    async def link(cls, hub, number=1, **how):
        self = await cls.connect(hub, number, **how)
        self.say(hello())
        self.welcome = await self.hear("welcome")
        self.link_id = (await hub.expect("linked", server=number))["link"]
        return self

    def say(self, message):
        self.send(frame(TEXT, json.dumps(message).encode()))

    async def next_frame(self):
        first, second = await asyncio.wait_for(self.reader.readexactly(2), PATIENCE_S)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        return first & 0x0F, await self.reader.readexactly(length)

    async def hear(self, kind):
        while True:
            opcode, payload = await self.next_frame()
            if opcode == TEXT and (message := json.loads(payload))["type"] == kind:
                return message

    async def close_code(self):
        """Reads on to the close frame."""
        while True:
            opcode, payload = await self.next_frame()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big")


def client_tls(certificate):
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    return context
