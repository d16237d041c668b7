"""An agent of a test's own: it says hello with what it is told to, beats, remembers what it hears,
and says to each probe whatever a test has it say.

    with ScriptedAgent(port, token, capabilities=["probe"], answer=lambda probe: [...]) as agent:
        agent.heard   # types of messages, in their order
        agent.probes  # whole ones
        agent.gone    # how the controller closed the link: its code; None as long as it is open
"""

import asyncio
import contextlib

import aiohttp
from beside import Beside

_BEAT_S = 0.3


class ScriptedAgent(Beside):
    def __init__(self, port, token, answer=None, **hello):
        super().__init__()
        self.heard = []
        self.probes = []
        self.gone = None
        self._url = f"ws://127.0.0.1:{port}/agent"
        self._token = token
        self._answer = answer or (lambda probe: [])
        self._hello = {"type": "hello", "versions": [1], "agent": "agent 0.1.0",
                       "status": {"ok": True, "failing": []}, **hello}

    def go(self):
        asyncio.run(self._live())

    async def _live(self):
        async with aiohttp.ClientSession() as session, session.ws_connect(
                self._url, protocols=("understudy.agent.v1",),
                headers={"Authorization": f"Bearer {self._token}"}) as socket:
            await socket.send_json(self._hello)
            sequence = 0
            while not self.over.is_set():
                with contextlib.suppress(asyncio.TimeoutError):
                    message = await socket.receive(timeout=_BEAT_S)
                    if message.type != aiohttp.WSMsgType.TEXT:
                        self.gone = socket.close_code
                        return
                    await self._hear(socket, message.json())
                    continue
                sequence += 1
                await socket.send_json({"type": "heartbeat", "sequence": sequence})

    async def _hear(self, socket, message):
        self.heard.append(message["type"])
        if message["type"] != "probe":
            return
        self.probes.append(message)
        for said in self._answer(message):
            await socket.send_json(said)
