"""What the Python benches share: a stack whose agents are played by the bench.

The agents speak docs/protocol.md over aiohttp's WebSocket in a thread of their own, so that a link
can be cut at a known instant.
"""

import asyncio
import contextlib
import itertools
import json
import socket
import ssl
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from stack import Stack  # noqa: E402

SUBPROTOCOL = "understudy.agent.v1"
WRITES = ("PUT", "PATCH", "POST")


class Agents:
    """Agents that answer for themselves; link() and cut() return when it is done."""

    def __init__(self, port, context=None):
        """context: of TLS, whose certificate is for localhost."""
        self._url = (f"https://localhost:{port}/agent" if context
                     else f"http://127.0.0.1:{port}/agent")
        self._context = context
        self._links = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def link(self, name, token):
        self._run(self._link(name, token))

    def cut(self, name):
        """The link ends without a word, as when the machine dies."""
        self._run(self._cut(name))

    def close(self):
        for name in list(self._links):
            self.cut(name)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _link(self, name, token):
        session = aiohttp.ClientSession()
        link = await session.ws_connect(
            self._url, protocols=[SUBPROTOCOL], ssl=self._context,
            headers={"Authorization": f"Bearer {token}"})
        await link.send_json({"type": "hello", "versions": [1], "agent": "bench", "hostname": name,
                              "status": {"ok": True, "failing": []}})
        welcome = json.loads((await link.receive()).data)
        tasks = [asyncio.ensure_future(self._beat(link, welcome["heartbeat_interval_ms"] / 1000)),
                 asyncio.ensure_future(self._drain(link))]
        self._links[name] = (session, link, tasks)

    async def _beat(self, link, interval_s):
        for sequence in itertools.count(1):
            await asyncio.sleep(interval_s)
            await link.send_json({"type": "heartbeat", "sequence": sequence})

    async def _drain(self, link):
        async for _ in link:
            pass  # acks; pings are answered meanwhile

    async def _cut(self, name):
        session, link, tasks = self._links.pop(name)
        for task in tasks:
            task.cancel()
        with contextlib.suppress(OSError, AttributeError):  # it has ended already
            link.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        await session.close()


class Scene:
    """Emulator with its traffic log, controller, and two linked servers web1 and web2."""

    def __init__(self, folder, config, emulator_options=(), tls=False):
        self.traffic_file = Path(folder) / "traffic.jsonl"
        self.stack = Stack(folder, config, tls=tls, emulator_options=(
            "--plan", "enterprise", "--traffic-log", self.traffic_file, *emulator_options))

    def __enter__(self):
        self.stack.__enter__()
        self.agents = self._agents()
        self.tokens = {}
        for number, name in ((10, "web1"), (20, "web2")):
            body = {"name": name, "ipv4": f"203.0.113.{number}"}
            self.tokens[name] = self.stack.post("/servers", body)["token"]
            self.link(name)
        return self

    def __exit__(self, *_):
        self.agents.close()
        self.stack.__exit__()

    def link(self, name):
        self.agents.link(name, self.tokens[name])

    def _agents(self):
        ca_file = self.stack.ca_file
        context = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None
        return Agents(self.stack.controller.agents_port, context)

    def restart(self, meanwhile=lambda: None):
        """A new controller on the same store: its budget of calls is whole again."""
        self.stack.controller.end()
        meanwhile()
        self.stack.controller.start()
        self.agents.close()
        self.agents = self._agents()
        for name in self.tokens:
            self.link(name)

    def traffic(self, skip=0):
        """The exchanges with the emulator after the first `skip`, each with its time in seconds."""
        text = self.traffic_file.read_text() if self.traffic_file.exists() else ""
        lines = text.split("\n")[:-1]  # the last one is being written, or empty
        exchanges = [json.loads(line) for line in lines[skip:]]
        for exchange in exchanges:
            exchange["at"] = datetime.fromisoformat(
                exchange["time"].replace("Z", "+00:00")).timestamp()
        return exchanges

    def failover_ms(self, name):
        """From the loss of web1's link to the end of the write of that record at the emulator."""
        before = len(self.traffic())
        start = time.time()
        self.agents.cut("web1")
        self.stack.wait_for_addresses(name, ["203.0.113.20"])
        write = next(call for call in self.traffic(before) if call["method"] in WRITES)
        return (write["at"] - start) * 1000

    def back_home(self, name):
        self.link("web1")
        self.stack.wait_for_health("web1", "online")
        self.stack.post(f"/domains/{name}/failback")
        self.stack.wait_for_addresses(name, ["203.0.113.10"])
