"""What the world sees: a watch over one name with dig, at the DNS server that answers for it."""

import subprocess
import threading
import time


class DnsWatch:
    """Asks every 50 ms and remembers when the answer changed."""

    def __init__(self, name, port):
        self.name, self.port = name, port
        self.changes = []  # (time.monotonic(), addresses)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def command(self):
        return ["dig", "+short", "+tries=1", "+time=2", "-p", str(self.port), "@127.0.0.1",
                self.name]

    def dig(self):
        done = subprocess.run(self.command(), capture_output=True, text=True, check=False)
        return sorted(done.stdout.split()) if done.returncode == 0 else None

    def _run(self):
        while not self._stop.wait(0.05):
            answer = self.dig()
            if answer is not None and (not self.changes or self.changes[-1][1] != answer):
                self.changes.append((time.monotonic(), answer))

    def changed_to(self, addresses, after):
        """When the answer became that, after that moment."""
        seen = list(self.changes)
        return next((at for at, was in seen if at >= after and was == addresses), None)

    def stop(self):
        self._stop.set()
        self._thread.join()
