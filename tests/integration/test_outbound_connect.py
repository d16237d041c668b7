"""Connect probes of the outbound worker: is there anybody, and no waiting in line to find out."""

import socket

from test_outbound import carry, get

_LIMIT_S = 30


def connect(address, port, **more):
    return {"kind": "connect", "address": address, "port": port, **more}


def test_a_connect_probe_opens_a_connection_and_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as there, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = there.getsockname()[1]
        answers = carry(connect("127.0.0.1", port), connect("localhost", port),
                        connect("127.0.0.1", closed.getsockname()[1]),
                        connect("nobody.invalid", port))
        assert [answer["connected"] for answer in answers] == [True, True, False, False]
        assert all(bool(answer["error"]) != answer["connected"] for answer in answers)
        there.settimeout(_LIMIT_S)
        for _ in range(2):
            peer = there.accept()[0]
            with peer:
                assert peer.recv(1) == b""


def test_a_connect_probe_does_not_wait_behind_transfers_that_hang():
    with socket.create_server(("0.0.0.0", 0), backlog=128) as silent:
        port = silent.getsockname()[1]
        # More hosts than may be talked to at once, even by few connections each.
        hanging = [get(f"http://127.0.0.{host}:{port}/") for host in range(1, 11)] * 6
        *hung, witness, told = carry(*hanging, connect("127.0.0.1", port),
                                     get(f"http://127.0.0.11:{port}/"), patience_ms=2_000, code=1)
        assert witness["connected"]
        assert told is None and hung == [None] * 60
