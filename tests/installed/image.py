#!/usr/bin/python3
"""A minimal Debian 12 root that machines boot from, made once and kept: image.py <folder>.

Prints its path.

Nothing of what our programs need is installed in it: what packaging/debian-packages.sh says lies
in apt's cache, so that `apt install` of a package inside a machine, which has no network, finds
that and nothing else.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITE = "bookworm"
# What any shield has before it gets an agent.
THERE_ALREADY = ("systemd", "systemd-sysv", "dbus", "haproxy")
APT_CONF = """\
APT::Get::Assume-Yes "true";
APT::Install-Recommends "false";
"""
# These would wake up in the middle of a test.
QUIET = ("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "fstrim.timer")
_DOWNLOAD_S = 900


def root(folder):
    """The root's path."""
    needed = _output(ROOT / "packaging/debian-packages.sh", "--list", "runtime").split()
    recipe = repr((SUITE, THERE_ALREADY, APT_CONF, QUIET, sorted(needed)))
    ready = Path(folder) / f"root-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"
    if not ready.exists():
        # Also one that was not finished. Nothing is mounted in it: what had been went with run.sh.
        for old in Path(folder).glob("root-*"):
            shutil.rmtree(old)
        making = Path(folder) / "root-making"
        _make(making, sorted(needed))
        making.rename(ready)
    return ready


def _make(folder, needed):
    folder.mkdir(parents=True)
    _run("debootstrap", "--variant=minbase", f"--include={','.join(THERE_ALREADY)}", SUITE,
         str(folder), _mirror())
    (folder / "etc/apt/apt.conf.d/90machine").write_text(APT_CONF)
    # Power is not lost here.
    (folder / "etc/dpkg/dpkg.cfg.d/machine").write_text("force-unsafe-io\n")
    for timer in QUIET:
        (folder / "etc/systemd/system" / timer).symlink_to("/dev/null")
    _run("chroot", str(folder), "apt-get", "update")
    _run("chroot", str(folder), "apt-get", "install", "--download-only", *needed)


def _mirror():
    """Where this machine's apt gets Debian 12 from."""
    told = _output("apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)",
                   "Created-By: Packages")
    found = [uri for suite, uri in map(str.split, told.splitlines()) if suite == SUITE]
    return found[0] if found else "http://deb.debian.org/debian"


def _output(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout


def _run(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, timeout=_DOWNLOAD_S, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}:\n"
                           f"{done.stdout[-3000:]}")


if __name__ == "__main__":
    print(root(sys.argv[1]))
