"""Name servers whose answers a test chooses, beside a real one.

    with SecondNameServer("127.0.0.2", port, first=("127.0.0.1", port)) as second:
        second.keep("www.example.org", "203.0.113.10")   # stale from now on
        second.follow()                                  # what the first one says, again
        second.truncates = True                          # over UDP: ask over TCP
        second.refuse_tcp()

It is authoritative, over UDP and TCP, and passes on what the first one answers unless told
otherwise.
"""

import contextlib
import socketserver
import struct
import threading

import dns.flags
import dns.message
import dns.query
import dns.rdatatype
import dns.rrset

_PATIENCE_S = 10


class _Udp(socketserver.BaseRequestHandler):
    def handle(self):
        wire, socket = self.request
        answer = self.server.owner.answer(wire, "udp")
        if answer:
            socket.sendto(answer, self.client_address)


class _Tcp(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(_PATIENCE_S)
        with contextlib.suppress(OSError, struct.error):
            (size,) = struct.unpack("!H", self.request.recv(2, 0x100))
            answer = self.server.owner.answer(self.request.recv(size, 0x100), "tcp")
            if answer:
                self.request.sendall(struct.pack("!H", len(answer)) + answer)


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class SecondNameServer:
    def __init__(self, address, port, first=None):
        self.first = first
        self._kept = {}
        self.truncates = False
        self.asked = []  # (name, over), in their order
        self._servers = [_UdpServer((address, port), _Udp), _TcpServer((address, port), _Tcp)]
        for server in self._servers:
            server.owner = self
        self._threads = [threading.Thread(target=server.serve_forever, args=(0.05,))
                         for server in self._servers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def refuse_tcp(self):
        tcp = self._servers.pop()
        tcp.shutdown()
        tcp.server_close()

    def keep(self, name, address):
        self._kept[name + "."] = address

    def follow(self):
        self._kept = {}

    def answer(self, wire, over):
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name = question.name.to_text()
        self.asked.append((name.rstrip("."), over))
        if self.truncates and over == "udp":
            response = dns.message.make_response(query)
            response.flags |= dns.flags.AA | dns.flags.TC
            return response.to_wire()
        address = self._kept.get(name)
        if address is None:
            host, port = self.first
            return dns.query.udp(query, host, timeout=_PATIENCE_S, port=port).to_wire()
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        if dns.rdatatype.to_text(question.rdtype) == "A":
            response.answer.append(dns.rrset.from_text(name, 300, "IN", "A", address))
        return response.to_wire()
