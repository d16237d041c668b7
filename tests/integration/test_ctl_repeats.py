"""understudyctl and a lost answer: the order is sent again with its key, unless it might be done
twice."""

import http.server
import json
import subprocess
import threading

import pytest
from controller_process import binary


class Losing(http.server.BaseHTTPRequestHandler):
    """Takes the first order and hangs up without a word."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer({"started": self.server.started})

    def do_DELETE(self):
        self.server.keys.append(self.headers["Idempotency-Key"])
        if self.server.starts_anew:
            self.server.started = "2026-11-21T02:08:43Z"
        if len(self.server.keys) == 1:
            self.close_connection = True
            return
        if len(self.server.keys) == 2:
            return self._answer({"code": "in_work", "status": 409}, 409)
        self._answer(None, 204)

    def _answer(self, body, status=200):
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


@pytest.fixture
def losing():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Losing)
    server.keys, server.started, server.starts_anew = [], "2026-11-21T02:08:42Z", False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def remove_channel(server, tmp_path):
    token = tmp_path / "token"
    token.write_text("usk_" + "A" * 35)
    token.chmod(0o600)
    return subprocess.run(
        [binary("understudyctl"), "--controller", f"http://127.0.0.1:{server.server_port}",
         "--token-file", str(token), "channel", "remove", "hook"],
        capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin", "HOME": tmp_path})


def test_a_lost_answer_is_asked_for_again_with_the_same_key(losing, tmp_path):
    result = remove_channel(losing, tmp_path)
    assert result.returncode == 0, result.stderr
    assert len(losing.keys) == 3 and len(set(losing.keys)) == 1
    assert len(losing.keys[0].strip('"')) == 32


def test_a_controller_that_was_started_meanwhile_is_not_asked_again(losing, tmp_path):
    losing.starts_anew = True
    result = remove_channel(losing, tmp_path)
    assert result.returncode != 0 and len(losing.keys) == 1
    assert "the answer was lost" in result.stderr and "look whether" in result.stderr


def test_each_order_has_a_key_of_its_own(losing, tmp_path):
    losing.keys.append("before")
    for _ in range(2):
        losing.keys.append("another")
        assert remove_channel(losing, tmp_path).returncode == 0
    keys = [key for key in losing.keys if key.startswith('"')]
    assert len(set(keys)) == 2
