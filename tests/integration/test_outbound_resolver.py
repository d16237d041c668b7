"""The outbound worker when the name server is silent: what it carries must not stand still."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from ports import closed_port
from test_outbound import BIN

_LIMIT_S = 60
_INSIDE = "inside"
_ALONE = ["unshare", "--map-root-user", "--mount", "--net"]


def _why_not():
    try:
        done = subprocess.run([*_ALONE, "true"], capture_output=True, text=True, timeout=_LIMIT_S)
    except OSError as trouble:
        return str(trouble)
    return None if done.returncode == 0 else done.stderr


REASON = _why_not()


@pytest.mark.skipif(REASON is not None, reason=str(REASON))
def test_a_name_that_nobody_resolves_holds_up_nothing(tmp_path):
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver 127.0.0.1\noptions timeout:10 attempts:1\n")
    script = 'ip link set lo up && mount --bind "$1" /etc/resolv.conf && exec "$2" "$3" "$4"'
    subprocess.run([*_ALONE, "sh", "-c", script, "sh", str(configuration), sys.executable,
                    __file__, _INSIDE], check=True, timeout=_LIMIT_S,
                   env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})


def _inside():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 53))
        client = subprocess.Popen([str(BIN / "outbound_client"), "100"], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        def put(number, url, timeout_ms):
            transfer = {"id": number, "kind": "http", "url": url, "timeout_ms": timeout_ms}
            client.stdin.write(json.dumps(transfer) + "\n")
            client.stdin.flush()

        begun = time.monotonic()
        put(1, "http://nobody.example/", 500)
        assert json.loads(client.stdout.readline())["id"] == 1
        with closed_port() as port:
            put(2, f"http://127.0.0.1:{port}/", 500)
            assert json.loads(client.stdout.readline())["id"] == 2
        put(3, "http://nobody.example/", 60_000)
        silent.recv(512)
        client.communicate(timeout=_LIMIT_S)
        assert time.monotonic() - begun < 5


if __name__ == "__main__" and sys.argv[1:] == [_INSIDE]:
    _inside()
