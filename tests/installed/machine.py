"""A machine of its own: Debian under its own systemd, by systemd-nspawn, on a bridge beside us.

    with Bridge() as bridge, Machine("web1", root, "203.0.113.10") as web1:
        web1.run("systemctl is-active haproxy")
        web1.write("/etc/hosts", b"...")

What a machine writes lies in memory and goes with it; the root it boots from stays as it was. All
of it lives in the namespaces that tests/installed/run.sh makes, and ends with them.
"""

import itertools
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

BRIDGE = "machines"
_BOOT_S = 120
_COMMAND_S = 180
_OFF_S = 60
_BOOTS = itertools.count()
_ENVIRONMENT = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                "USER=root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]


def why_not():
    """Why machines cannot be booted here, or an empty text."""
    if "UNDERSTUDY_ROOT" not in os.environ:
        return "machines need namespaces of their own: use tests/installed/run.sh, as root"
    for program in ("debootstrap", "systemd-nspawn", "nsenter", "ip", "haproxy"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    if "overlay" not in Path("/proc/filesystems").read_text():
        return "this kernel has no overlayfs"
    if not _hierarchies():
        return "no cgroup hierarchy that systemd could use is mounted here"
    return ""


class Bridge:
    """Where the machines' cables end. address: ours on it. networks: whose machines are there."""

    def __init__(self, address, networks):
        self._address, self._networks = address, networks

    def __enter__(self):
        _call("ip", "link", "set", "lo", "up")
        _call("ip", "link", "add", BRIDGE, "type", "bridge")
        _call("ip", "address", "add", f"{self._address}/32", "dev", BRIDGE)
        _call("ip", "link", "set", BRIDGE, "up")
        for network in self._networks:
            _call("ip", "route", "add", network, "dev", BRIDGE, "src", self._address)
        return self

    def __exit__(self, *_):
        _call("ip", "link", "delete", BRIDGE)


class Machine:
    def __init__(self, name, root, address, log):
        self.name, self._root, self._address = name, root, address
        self._log = Path(log)
        self._nspawn = None
        self._leader = None
        # Another each time: what a machine of that name leaves behind is removed at the end.
        group = f"{name}-{next(_BOOTS)}"
        self._groups = [base / os.environ["UNDERSTUDY_GROUP"] / group for base in _hierarchies()]

    def __enter__(self):
        for group in self._groups:
            group.mkdir(parents=True)
        words = ["systemd-nspawn", "--quiet", "--boot", f"--directory={self._root}", "--read-only",
                 "--volatile=overlay", f"--machine={self.name}", f"--hostname={self.name}",
                 f"--network-bridge={BRIDGE}",
                 "--register=no", "--keep-unit", "--console=pipe", "--resolv-conf=off",
                 "--timezone=off", "--link-journal=no"]
        with self._log.open("a") as log:
            self._nspawn = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, preexec_fn=self._enter_groups)
        try:
            self._until(_BOOT_S, "its systemd to run", self._booted)
            self._plug_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """Whatever it was doing: with its first process all others of it end."""
        if self._nspawn.poll() is None:
            os.kill(self._leader or self._nspawn.pid, signal.SIGKILL)
        try:
            self._nspawn.wait(_OFF_S)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait()

    def wait_until_off(self):
        self._until(_OFF_S, "the machine to be off", lambda: self._nspawn.poll() is not None)

    def run(self, command, stdin=b"", expect=0):
        """What it printed, both outputs; the command has to end with that status."""
        done = subprocess.run(self._inside("bash", "-c", command), input=stdin, timeout=_COMMAND_S,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        text = done.stdout.decode(errors="replace")
        assert done.returncode == expect, f"{self.name}: {command}\nended with " \
            f"{done.returncode}:\n{text}"
        return text

    def write(self, path, content):
        self.run(f"mkdir -p \"$(dirname '{path}')\" && cat > '{path}'",
                 content if isinstance(content, bytes) else content.encode())

    def _inside(self, *words):
        return ["nsenter", "--target", str(self._leader), "--mount", "--uts", "--ipc", "--net",
                "--pid", "env", "--ignore-environment", "--chdir=/root", *_ENVIRONMENT, *words]

    def _booted(self):
        if self._nspawn.poll() is not None:
            raise AssertionError(f"{self.name} did not boot; see {self._log}")
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text()
        if not children:
            return False
        self._leader = int(children.split()[0])
        done = subprocess.run(self._inside("systemctl", "is-system-running"), check=False,
                              capture_output=True, text=True, timeout=_COMMAND_S)
        return done.stdout.strip() in ("running", "degraded")

    def _plug_in(self):
        """Its one cable. Everybody else is a neighbour, whatever the address."""
        net = ["nsenter", "--target", str(self._leader), "--net", "ip"]
        _call(*net, "address", "add", f"{self._address}/32", "dev", "host0")
        _call(*net, "link", "set", "host0", "up")
        _call(*net, "route", "add", "default", "dev", "host0")

    def _enter_groups(self):
        for group in self._groups:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def _until(self, seconds, what, holds):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: not within {seconds} s: {what}; "
                                     f"see {self._log}")
            time.sleep(0.1)


def _hierarchies():
    """Where systemd keeps its groups: the unified hierarchy, beside others its own as well."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [Path(words[1]) for words in mounts
            if words[2] == "cgroup2" or (words[2] == "cgroup" and "name=systemd" in words[3])]


def _call(*words):
    subprocess.run(words, check=True, capture_output=True, text=True)
