"""Small web services, each a process of its own at an address of its own on loopback, for somebody
to watch: they can be killed, or frozen as a program that hangs is."""

import signal
import subprocess
import sys

_SERVICE = """
import socket, sys
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen(64)
print("listening", flush=True)
while True:
    link, _ = listener.accept()
    try:
        link.settimeout(2)
        if link.recv(4096):  # a check of the port alone says nothing
            link.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n"
                         b"Connection: close\\r\\n\\r\\nok\\n")
    except OSError:
        pass
    link.close()
"""


class Service:
    def __init__(self, address, port):
        self.address = address
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", _SERVICE, address, str(port)],
            stdout=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "listening\n":
            raise SystemExit(f"no service at {address}:{port}")

    def kill(self):
        """Its listening socket goes with it: the next connection is refused."""
        self._process.kill()
        self._process.wait()

    def freeze(self):
        """The kernel goes on accepting for it, nobody answers."""
        self._process.send_signal(signal.SIGSTOP)

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
