"""The fleet that the tests here look at: three booted machines, bare or set up for production."""

import os
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
import readme
from machine import Bridge, Machine, why_not
from world import CONTROLLER, HOSTS, NETWORKS, PASSWORD, SERVICES, WEB1, WEB2, World, until

ROOT = Path(__file__).resolve().parents[2]
BUILD = os.environ.get("UNDERSTUDY_BUILD", "build/dev")
NEXT_VERSION = "99.0"
_ONLINE_S = 120


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """The Debian packages, made from what was built."""
    return _made(tmp_path_factory)


@pytest.fixture(scope="session")
def next_packages(tmp_path_factory):
    """The same as a later version."""
    return _made(tmp_path_factory, NEXT_VERSION)


def _made(tmp_path_factory, *version):
    folder = tmp_path_factory.mktemp("packages") / "made"
    subprocess.run([ROOT / "packaging/build-packages.sh", BUILD, str(folder), *version], check=True,
                   stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.deb"))


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    """The agent for other distributions, of the same build."""
    folder = tmp_path_factory.mktemp("tarball")
    subprocess.run([ROOT / "packaging/agent-tarball.sh", BUILD, str(folder)], check=True,
                   stdout=subprocess.DEVNULL)
    made, = folder.glob("*.tar.gz")
    return made


class Fleet:
    """Use one at a time: its machines have the addresses that the README gives them."""

    def __init__(self, folder, packages):
        self._folder, self._packages = folder, packages
        self._root = ROOT / os.environ["UNDERSTUDY_ROOT"]

    def boot(self, stack):
        """What is there before Understudy is; packages and certificates lie beside."""
        stack.enter_context(Bridge(SERVICES, NETWORKS))
        self.world = stack.enter_context(World(self._folder))
        self.controller = self._boot(stack, "controller", CONTROLLER)
        certificate, key = self.world.certify("controller.example.org")
        for name, content in (("tls.crt", certificate), ("tls.key", key),
                              ("smtp.password", PASSWORD),
                              ("cloudflare.token", self.world.cloudflare_token)):
            self.controller.write(name, content)
        self.web1 = self._boot_shield(stack, "web1", WEB1)
        self.web2 = self._boot_shield(stack, "web2", WEB2)
        return self

    def set_up_for_production(self):
        readme.carry_out(self.controller, readme.ON_CONTROLLER)
        said = readme.carry_out(self.controller, readme.WITH_CTL)
        tokens = [re.search(r"\busa_\S+", text).group(0)
                  for line, text in said.items() if " server add " in line]
        for shield, token in zip((self.web1, self.web2), tokens, strict=True):
            readme.carry_out(shield, readme.ON_SHIELD, token.encode())
        self.until_online()
        return self

    def until_online(self):
        until(_ONLINE_S, "both servers to be online", lambda: self.health() == ["online"] * 2)

    def ctl(self, words):
        return self.controller.run("\n".join(
            [line for line in readme.WITH_CTL if line.startswith("export ")] +
            [f"understudyctl {words}"]))

    def health(self):
        rows = self.ctl("server list").splitlines()[1:]
        return [row.split()[1] for row in rows]

    def _boot_shield(self, stack, name, address):
        shield = self._boot(stack, name, address)
        shield.write("/etc/haproxy/www.pem", b"".join(self.world.certify("www.example.org")))
        shield.write("/etc/haproxy/haproxy.cfg",
                     (Path(__file__).parent / "haproxy.cfg").read_bytes())
        shield.run("systemctl restart haproxy")
        return shield

    def _boot(self, stack, name, address):
        machine = Machine(name, self._root, address, self._folder / f"{name}.log")
        stack.enter_context(machine)
        machine.write("/etc/hosts", HOSTS)
        machine.write("/usr/local/share/ca-certificates/test.crt", self.world.authority)
        for package in self._packages:
            machine.write(package.name, package.read_bytes())
        return machine


@pytest.fixture(scope="module")
def bare_fleet(tmp_path_factory, packages):
    with ExitStack() as stack:
        yield Fleet(tmp_path_factory.mktemp("fleet"), packages).boot(stack)


@pytest.fixture(scope="module")
def fleet(bare_fleet):
    return bare_fleet.set_up_for_production()


needs_machines = pytest.mark.skipif(bool(why_not()), reason=why_not())
