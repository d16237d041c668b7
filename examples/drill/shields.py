"""The shields of the drill: each a small web server on its own address, with an agent beside it."""

import json
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Shield:
    def __init__(self, name, address, folder, agent):
        self.name, self.address = name, address
        self._folder, self._agent = folder, agent
        self._process = None
        self.token_file = folder / f"{name}.token"
        self._log = (folder / f"{name}.log").open("a")
        self._web = self._serve()

    def _serve(self):
        text = f"served by {self.name}\n".encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer((self.address, 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def configure(self, controller_port, ca_file):
        config = {
            "controller": f"wss://localhost:{controller_port}/agent",
            "ca_file": str(ca_file),
            "token_file": str(self.token_file),
            "checks": [{"name": "web", "type": "http", "address": self.address,
                        "port": self._web.server_port, "interval_s": 1, "timeout_s": 1}],
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
        self._web.shutdown()
        self._web.server_close()
        self._log.close()
