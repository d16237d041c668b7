"""The controller of the drill: certificate, configuration, process, and understudyctl."""

import json
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "support"))
from test_authority import Authority  # noqa: E402  (after the path)

# Short enough to watch. --real-time leaves the production values in force.
SHORT_TIMINGS = {"heartbeat_interval_s": 1, "maintenance_interval_s": 20, "warm_up_s": 10}
SHORT_POLICY = {"confirm_s": 2, "failback_after_s": 4, "health_timeout_s": 10,
                "probe_interval_s": 1, "probe_timeout_s": 1}


class Controller:
    def __init__(self, programs, folder, mail_login, real_time):
        self._ctl, self._program = programs / "understudyctl", programs / "understudy-controller"
        self.folder = folder
        authority = Authority(folder / "tls", "understudy drill authority")
        self.ca_file = authority.ca_file
        self.certificate, self.key = authority.certify("localhost")
        self._mail_login, self._real_time = mail_login, real_time
        self._log = (folder / "controller.log").open("a")
        self._process = None

    def mail_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def configure(self, mail_port):
        user, password = self._mail_login
        (self.folder / "smtp.password").write_text(password)
        (self.folder / "smtp.password").chmod(0o600)
        anywhere = [{"address": "127.0.0.1", "port": 0}]
        config = {
            "listen": {"agents": anywhere, "api": anywhere},
            "tls": {"certificate": str(self.certificate), "key": str(self.key)},
            "store": {"path": str(self.folder / "understudy.db")},
            "key_file": str(self.folder / "key"),
            "admin_token_file": str(self.folder / "admin.token"),
            "smtp": {"host": "localhost", "port": mail_port, "security": "starttls",
                     "username": user, "password_file": str(self.folder / "smtp.password"),
                     "from": "Understudy <understudy@example.org>",
                     "ehlo_name": "controller.example.org", "ca_file": str(self.ca_file)},
            "allow_private_addresses": True,
            "allow_private_webhooks": True,
            "certificates": {"enabled": False},
            "probes": {"siblings": False},  # agents would join in at some time within a minute
            "served": {"enabled": False},  # the zone has no name server of the world
        }
        if not self._real_time:
            config["timings"], config["policy"] = SHORT_TIMINGS, SHORT_POLICY
        self.config_file = self.folder / "controller.json"
        self.config_file.write_text(json.dumps(config, indent=4))

    def start(self):
        self._process = subprocess.Popen([self._program, "--config", str(self.config_file)],
                                         stdout=self._log, stderr=self._log)
        return self._process.pid

    def ports(self):
        """(agents' port, API's port) once it listens; None before."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the controller ended; see {self.folder}/controller.log")
        log = (self.folder / "controller.log").read_text()
        found = [re.search(rf'listening for {kind}".* port=(\d+)', log)
                 for kind in ("agents", "the API")]
        return tuple(int(one.group(1)) for one in found) if all(found) else None

    def listening(self, api_port):
        self.url = f"https://localhost:{api_port}"

    def ctl_words(self, *words):
        return [str(self._ctl), "--controller", self.url, "--ca-file", str(self.ca_file),
                "--token-file", str(self.folder / "admin.token"), *map(str, words)]

    def ctl(self, *words):
        done = subprocess.run(self.ctl_words(*words), capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=90)
        if done.returncode != 0:
            raise RuntimeError(f"understudyctl {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def json(self, *words):
        return json.loads(self.ctl(*words, "-o", "json"))

    def stop(self):
        if self._process is None:
            return
        self._process.terminate()
        began = time.monotonic()
        while self._process.poll() is None and time.monotonic() - began < 10:
            time.sleep(0.05)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._log.close()
