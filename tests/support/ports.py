"""Ports of this machine for programs that cannot be given one by the system, and for nobody."""

import random
import socket
from contextlib import contextmanager
from pathlib import Path

_LOWEST = 15_000


def free_port(address="127.0.0.1"):
    """One that is free for datagrams and for connections, and below those that the system gives
    out: by the time that its program binds it, no connection of another got it by chance."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    given_out = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(_LOWEST, given_out)
        with socket.socket(family) as connections, \
                socket.socket(family, socket.SOCK_DGRAM) as datagrams:
            try:
                connections.bind((address, port))
                datagrams.bind((address, port))
            except OSError:
                continue
            return port


@contextmanager
def closed_port(address="127.0.0.1"):
    """One where nobody listens, and that nobody gets in the meantime."""
    with socket.socket() as reserved:
        reserved.bind((address, 0))
        yield reserved.getsockname()[1]
