"""A network of its own for some agents: a namespace behind a cable that a test can cut. Needs root.

    with FarNetwork(folder) as far:
        agent = stack.make_agent("web1", wrapper=far.wrapper)
        far.cut()

Inside, the name "localhost" means this side of the cable.
"""

import os
import shutil
import subprocess


def why_not():
    """Why a namespace cannot be made here, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "ip(8) is not installed (Debian: iproute2)"
    name = f"understudy-try-{os.getpid()}"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if tried.returncode:
        return f"no network namespace can be made here: {tried.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return None


class FarNetwork:
    def __init__(self, folder):
        number = os.getpid() % 65536
        self._name = f"understudy-{os.getpid()}"
        self._near, self._far = f"us{number}n", f"us{number}f"
        subnet = f"10.{64 + number // 2048}.{number // 8 % 256}"
        first = number % 8 * 4
        self.near_address = f"{subnet}.{first + 1}"
        self.far_address = f"{subnet}.{first + 2}"
        self._hosts = folder / "far-hosts"
        self._hosts.write_text(f"{self.near_address} localhost\n")

    def __enter__(self):
        _ip("netns", "add", self._name)
        try:
            _ip("link", "add", self._near, "type", "veth", "peer", "name", self._far,
                "netns", self._name)
            _ip("address", "add", f"{self.near_address}/30", "dev", self._near)
            _ip("-n", self._name, "address", "add", f"{self.far_address}/30", "dev", self._far)
            _ip("-n", self._name, "link", "set", "lo", "up")
            _ip("-n", self._name, "link", "set", self._far, "up")
            self.mend()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The other end of the cable goes with it.
        subprocess.run(["ip", "link", "delete", self._near], capture_output=True)
        _ip("netns", "delete", self._name)

    @property
    def wrapper(self):
        """Runs a program inside; its process is the program's. Its /etc/hosts is private to it."""
        return ["ip", "netns", "exec", self._name, "sh", "-c",
                'mount --bind "$0" /etc/hosts && exec "$@"', str(self._hosts)]

    def cut(self):
        """Packets vanish in both directions; nobody is told that a connection ended."""
        _ip("link", "set", self._near, "down")

    def mend(self):
        _ip("link", "set", self._near, "up")

    def lose_what_is_sent_there(self):
        """Only what comes from there arrives: packets to it go where nobody is."""
        _ip("neighbour", "replace", self.far_address, "lladdr", "02:00:00:00:00:99", "nud",
            "permanent", "dev", self._near)

    def find_it_again(self):
        _ip("neighbour", "delete", self.far_address, "dev", self._near)


def _ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
