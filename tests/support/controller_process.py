"""Runs understudy-controller for a test: its configuration, log and notifications to systemd."""

import copy
import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

from wait_for import Changing

ROOT = Path(__file__).resolve().parents[2]


def binary(name):
    return str(Path(os.environ.get("UNDERSTUDY_BIN", ROOT / "build" / "dev" / "bin")) / name)


def sanitized():
    """Whether the programs are built with AddressSanitizer, which makes them many times slower."""
    return b"__asan_init" in Path(binary("understudy-controller")).read_bytes()


def merged(base, over):
    out = copy.deepcopy(base)
    for key, value in over.items():
        out[key] = merged(out[key], value) if isinstance(value, dict) and key in out else value
    return out


class ControllerProcess(Changing):
    """understudy-controller with its log and its notifications to systemd."""

    def __init__(self, folder, config):
        super().__init__()
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config_file = self.folder / "controller.json"
        self.token_file = self.folder / "admin.token"
        self.log = []
        self.notifications = []
        self.process = None
        self.agents_address = "127.0.0.1"
        self.agents_port = 0
        self.api_port = 0
        self._config = merged(
            {"store": {"path": str(self.folder / "store.db")},
             "key_file": str(self.folder / "secret.key"),
             "admin_token_file": str(self.token_file),
             "served": {"enabled": False},  # no test asks the name servers of the world
             "log": {"level": "debug", "format": "json"}}, config)

    def start(self):
        """Returns when it listens. Started again it uses the ports it had."""
        listen = merged({"agents": [{"address": self.agents_address, "port": self.agents_port}],
                         "api": [{"address": "127.0.0.1", "port": self.api_port}]},
                        self._config.get("listen", {}))
        listen.setdefault("local", {"enabled": False})  # the machine may have a controller
        self.config_file.write_text(json.dumps({**self._config, "listen": listen}, indent=2))
        self.log, self.notifications = [], []
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = self.folder / "notify"
        path.unlink(missing_ok=True)
        self._notify.bind(str(path))
        environment = {"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": str(path),
                       **{name: value for name, value in os.environ.items()
                          if name.endswith("SAN_OPTIONS")}}
        self._errors = open(self.folder / "controller.stderr", "ab")
        self.process = subprocess.Popen(
            [binary("understudy-controller"), "--config", str(self.config_file)],
            stdout=subprocess.PIPE, stderr=self._errors, env=environment)
        self._threads = [threading.Thread(target=reader, daemon=True)
                         for reader in (self._read_log, self._read_notifications)]
        for thread in self._threads:
            thread.start()
        self.until("the controller to be ready: " + str(self.folder), self._ready)
        self.agents_port = int(self._line("listening for agents")["port"])
        self.api_port = int(self._line("listening for the API")["port"])

    def _ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the controller ended with {self.process.returncode}: "
                                 f"{self.log[-5:]}"
                                 + (self.folder / "controller.stderr").read_text())
        return (any("READY=1" in text for text in self.notifications)
                and self._line("listening for the API"))

    def _line(self, message):
        return next((line for line in self.log if line["message"] == message), None)

    def end(self, number=signal.SIGTERM, within_s=20):
        """Ends it by that signal and gives its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
            if number != signal.SIGKILL:
                self.process.send_signal(signal.SIGCONT)
        try:
            status = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self._threads[0].join()
            self._notify.shutdown(socket.SHUT_RDWR)
            self._threads[1].join()
            self._notify.close()
            self.process.stdout.close()
            self._errors.close()
        self.process = None
        return status

    def logged(self, words):
        """The lines of its log with those words in their message, once there is one: a line is
        written before what it tells is seen by other ways, but may be read after it."""
        return self.until("a line of its log: " + words,
                          lambda: [line for line in self.log if words in line["message"]])

    def problems(self):
        return [line for line in self.log if line["level"] in ("warning", "error")]

    def _read_log(self):
        for line in self.process.stdout:
            self.log.append(json.loads(line))
            self.changed()

    def _read_notifications(self):
        while True:
            datagram = self._notify.recv(4096)
            if not datagram:
                return
            self.notifications.append(datagram.decode())
            self.changed()
