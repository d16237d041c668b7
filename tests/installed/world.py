"""What is there before Understudy is: a DNS service, a mail server, an authority, names.

Everything has the names that the README and the examples use, so that nothing in them is edited.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from emulator_process import EmulatorProcess  # noqa: E402  (after the path)
from receivers import MailReceiver  # noqa: E402
from test_authority import Authority  # noqa: E402

SERVICES = "198.51.100.53"
CONTROLLER, WEB1, WEB2 = "192.0.2.10", "203.0.113.10", "203.0.113.20"
NETWORKS = ("192.0.2.0/24", "203.0.113.0/24")
HOSTS = f"""\
127.0.0.1 localhost
{CONTROLLER} controller.example.org
{SERVICES} api.cloudflare.com mail.example.org
"""
NAME = "www.example.org"
PASSWORD = "the password of mail"


class World:
    """Use it inside a Bridge whose address is SERVICES."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._authority = Authority(self._folder / "tls")
        self.authority = self._authority.ca_file.read_bytes()
        self._front = None

    def __enter__(self):
        self.emulator = EmulatorProcess()
        self.emulator.add_zone("example.org", [
            {"name": NAME, "type": "A", "content": WEB1, "ttl": 300}])
        self.cloudflare_token = self.emulator.add_token()["value"]
        self.mail = MailReceiver(self._authority.certify("mail.example.org"),
                                 login=("understudy", PASSWORD)).__enter__()
        self._start_front()
        return self

    def __exit__(self, *_):
        if self._front is not None:
            self._front.kill()
            self._front.wait()
        self.mail.__exit__()
        self.emulator.stop()

    def certify(self, name):
        """(certificate, key) of that host."""
        return [path.read_bytes() for path in self._authority.certify(name)]

    def published(self):
        return self.emulator.addresses(NAME)

    def _start_front(self):
        pair = self._folder / "api.pem"
        pair.write_bytes(b"".join(self.certify("api.cloudflare.com")))
        text = (HERE / "front.cfg").read_text()
        for word, value in (("address", SERVICES), ("certificate", pair),
                            ("api", self.emulator.http_port), ("mail", self.mail.port)):
            text = text.replace(f"@{word}@", str(value))
        (self._folder / "front.cfg").write_text(text)
        self._front = subprocess.Popen(["haproxy", "-db", "-q", "-f",
                                        str(self._folder / "front.cfg")])


def until(seconds, what, holds):
    """The first true value of holds()."""
    end = time.monotonic() + seconds
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.2)
