"""Runs understudy-agent for a test: its configuration, its log, its notifications to systemd."""

import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

from fake_controller import TOKEN
from wait_for import Changing

ROOT = Path(__file__).resolve().parents[2]


def program():
    folder = Path(os.environ.get("UNDERSTUDY_BIN", ROOT / "build" / "dev" / "bin"))
    return str(folder / "understudy-agent")


class AgentProcess(Changing):
    """The agent, from start to the end of the with block. folder: its files live there.

    wrapper: words before the command; what they name has to become the agent by exec.
    """

    def __init__(self, folder, controller_url, ca_file=None, checks=(), token=TOKEN, wrapper=(),
                 **config):
        super().__init__()
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.token_file = self.folder / "token"
        self.token_file.write_text(token + "\n")
        self.config_file = self.folder / "agent.json"
        self.config = {"controller": controller_url, "token_file": str(self.token_file),
                       "log_level": "debug", "log_format": "json", "checks": list(checks), **config}
        if ca_file:
            self.config["ca_file"] = str(ca_file)
        self.write_config()
        self.log = []
        self.notifications = []
        self.environment = {}
        self._wrapper = list(wrapper)

    def write_config(self):
        self.config_file.write_text(json.dumps(self.config))

    def __enter__(self):
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify_path = self.folder / "notify"
        notify_path.unlink(missing_ok=True)
        self._notify.bind(str(notify_path))
        environment = {"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": str(notify_path),
                       **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")
                          if name in os.environ}, **self.environment}
        self.process = subprocess.Popen([*self._wrapper, program(), "--config",
                                         str(self.config_file)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        self._threads = [threading.Thread(target=reader, daemon=True)
                         for reader in (self._read_log, self._read_notifications)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        self._threads[0].join()
        self._notify.shutdown(socket.SHUT_RDWR)
        self._threads[1].join()
        self._notify.close()

    def signal(self, number):
        self.process.send_signal(number)

    def wait_for_exit(self):
        return self.process.wait(timeout=20)

    def wait_for_log(self, text, count=1):
        def lines():
            return [line for line in self.log if text in line["message"]]
        self.until(f"log line {text!r}, got {self.log}", lambda: len(lines()) >= count)
        return lines()[-1]

    def warnings(self):
        return [line for line in self.log if line["level"] in ("warning", "error")]

    def wait_for_notification(self, text):
        self.until(f"{text} to systemd, got {self.notifications}",
                   lambda: any(text in notification for notification in self.notifications))

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
