"""Networks of their own for agents: namespaces behind cables that a test can cut. Needs root.

    with FarNetwork(folder) as far:
        agent = stack.make_agent("web1", wrapper=far.wrapper)
        far.cut()

    with SharedNetwork(folder) as network:
        web1, web2 = network.add_machine("web1"), network.add_machine("web2")
        agent = stack.make_agent("web1", wrapper=web1.wrapper)
        web1.hide_port(80, web2.address)

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
        return _inside(self._name, self._hosts)

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


class SharedNetwork:
    """Machines, each a namespace with a cable of its own, and this side, all on one wire."""

    def __init__(self, folder):
        self._number = os.getpid() % 32768
        self._bridge = f"us{self._number}b"
        self._subnet = f"10.{96 + self._number // 256}.{self._number % 256}"
        self._folder = folder
        self._machines = []
        self._moves = 0
        self.near_address = f"{self._subnet}.1"

    def __enter__(self):
        _ip("link", "add", self._bridge, "type", "bridge")
        try:
            _ip("address", "add", f"{self.near_address}/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for machine in self._machines:
            machine.remove()
        _ip("link", "delete", self._bridge)

    def free_address(self):
        """Another every time, and no machine's."""
        self._moves += 1
        return f"{self._subnet}.{128 + self._moves}"

    def add_machine(self, name):
        host = len(self._machines) + 2
        hosts = self._folder / f"{name}-hosts"
        address = f"{self._subnet}.{host}"
        hosts.write_text(f"{self.near_address} localhost\n{address} {name}\n")
        machine = Machine(f"understudy-{os.getpid()}-{name}", f"us{self._number}p{host}", address,
                          hosts)
        self._machines.append(machine)
        machine.connect(self._bridge)
        return machine


class Machine:
    """One of a SharedNetwork."""

    def __init__(self, namespace, cable, address, hosts):
        self._namespace = namespace
        self._cable = cable
        self._hosts = hosts
        self.address = address

    def connect(self, bridge):
        _ip("netns", "add", self._namespace)
        _ip("link", "add", self._cable, "type", "veth", "peer", "name", "up0",
            "netns", self._namespace)
        _ip("-n", self._namespace, "address", "add", f"{self.address}/24", "dev", "up0")
        for device in ("lo", "up0"):
            _ip("-n", self._namespace, "link", "set", device, "up")
        _ip("link", "set", self._cable, "master", bridge, "up")

    def remove(self):
        for words in (["link", "delete", self._cable], ["netns", "delete", self._namespace]):
            subprocess.run(["ip", *words], capture_output=True)

    @property
    def wrapper(self):
        """Runs a program inside; its process is the program's. Its /etc/hosts is private to it."""
        return _inside(self._namespace, self._hosts)

    def cut(self):
        """Packets vanish in both directions; nobody is told that a connection ended."""
        _ip("link", "set", self._cable, "down")

    def mend(self):
        _ip("link", "set", self._cable, "up")

    def move_to(self, address):
        """Its own is gone, and with it whatever was connected."""
        _ip("-n", self._namespace, "address", "flush", "dev", "up0")
        _ip("-n", self._namespace, "address", "add", f"{address}/24", "dev", "up0")
        self.address = address

    def hide_port(self, port, *seekers):
        """Answers of that port of its own to these addresses vanish; to all, if none is named."""
        self._drop("sport", port, seekers)

    def lose_way_to_port(self, port, *targets):
        """What it sends to that port of these addresses vanishes; of all, if none is named."""
        self._drop("dport", port, targets)

    def _drop(self, which, port, addresses):
        for address in addresses or ("0.0.0.0/0",):
            _ip("-n", self._namespace, "rule", "add", "to", address, "ipproto", "tcp",
                which, str(port), "blackhole")


def _inside(namespace, hosts):
    return ["ip", "netns", "exec", namespace, "sh", "-c",
            'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts)]


def _ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)
