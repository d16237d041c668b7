"""The DNS sockets: UDP and TCP on one port."""

import asyncio
import struct

from . import dns_answer

_TCP_IDLE_S = 10
_PORT_TRIES = 20


class DnsFront:
    def __init__(self, view):
        self._view = view
        self._udp = None
        self._tcp = None
        self._connections = set()
        self.queries = 0
        self.port = None

    async def start(self, address, port):
        """Binds both. With port 0 a port free for TCP may be taken for UDP: then try another."""
        for attempt in range(_PORT_TRIES):
            self._tcp = await asyncio.start_server(self._serve_stream, address, port)
            self.port = self._tcp.sockets[0].getsockname()[1]
            try:
                self._udp = await self._bind_udp(address)
                return
            except OSError:
                self._tcp.close()
                if port or attempt == _PORT_TRIES - 1:
                    raise

    async def stop(self):
        self._udp.close()
        self._tcp.close()
        for writer in list(self._connections):
            writer.close()
        await self._tcp.wait_closed()

    def respond(self, wire, over_udp):
        self.queries += 1
        return dns_answer.respond(self._view, wire, over_udp)

    async def _bind_udp(self, address):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(address, self.port)
        )
        return transport

    async def _serve_stream(self, reader, writer):
        self._connections.add(writer)
        try:
            while True:
                header = await asyncio.wait_for(reader.readexactly(2), _TCP_IDLE_S)
                (length,) = struct.unpack("!H", header)
                wire = await asyncio.wait_for(reader.readexactly(length), _TCP_IDLE_S)
                answer = self.respond(wire, over_udp=False)
                if answer is None:
                    return
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.TimeoutError, ConnectionError):
            return
        finally:
            self._connections.discard(writer)
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, front):
        self._front = front

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        answer = self._front.respond(data, over_udp=True)
        if answer is not None:
            self._transport.sendto(answer, addr)

    def error_received(self, exc):
        """A client that has gone away (ICMP port unreachable) is none of our business."""
