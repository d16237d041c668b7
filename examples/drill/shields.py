"""The shields of the drill: each a small web server on its own address, with an agent beside it."""

import json
import signal
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def shared_port(addresses):
    """One that is free on all of them: a pool has one probe for all its members."""
    while True:
        first = socket.create_server((addresses[0], 0))
        port = first.getsockname()[1]
        try:
            for address in addresses[1:]:
                socket.create_server((address, port)).close()
            return port
        except OSError:
            pass  # somebody else is there: another one
        finally:
            first.close()


class Shield:
    def __init__(self, name, address, port, folder, agent):
        self.name, self.address, self.port = name, address, port
        self._folder, self._agent = folder, agent
        self._process = None
        self._web = None
        self.token_file = folder / f"{name}.token"
        self._log = (folder / f"{name}.log").open("a")
        self.start_site()

    def start_site(self):
        text = f"served by {self.name}\n".encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._web = ThreadingHTTPServer((self.address, self.port), Handler)
        threading.Thread(target=self._web.serve_forever, args=(0.05,), daemon=True).start()

    def stop_site(self):
        if self._web is None:
            return
        self._web.shutdown()
        self._web.server_close()
        self._web = None

    def configure(self, controller_port, ca_file):
        config = {
            "controller": f"wss://localhost:{controller_port}/agent",
            "ca_file": str(ca_file),
            "token_file": str(self.token_file),
            "checks": [{"name": "web", "type": "http", "address": self.address,
                        "port": self.port, "interval_s": 1, "timeout_s": 1}],
        }
        self.config_file = self._folder / f"{self.name}.json"
        self.config_file.write_text(json.dumps(config, indent=4))

    def start_agent(self):
        self._process = subprocess.Popen(
            [self._agent, "--config", str(self.config_file)], stdout=self._log, stderr=self._log)
        return self._process.pid

    def kill_agent(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.stop_site()
        self._log.close()
