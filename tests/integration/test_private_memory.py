"""Keys and tokens stay in the programs' memory: no dump, no look into it, no swap for the key."""

import os
import resource
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from agent_process import program
from controller_process import binary, sanitized
from fake_controller import TOKEN
from stack import Stack

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("private")) as running:
        running.add_provider()
        yield running


class Watched:
    """A program started by an ordinary user, with core dumps allowed as far as its parent can."""

    def __init__(self, folder, *command):
        shutil.chown(folder, NOBODY, NOBODY)
        for entry in folder.iterdir():
            shutil.chown(entry, NOBODY, NOBODY)
        self.process = subprocess.Popen(
            [str(word) for word in command], cwd=folder, user=NOBODY, group=NOBODY,
            extra_groups=[], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE,
                                                  (resource.RLIM_INFINITY,) * 2))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def owner_of_memory(self):
        """Of a process whose memory is private /proc belongs to root, whoever runs it."""
        return os.stat(f"/proc/{self.process.pid}/mem").st_uid

    def others_can_read(self):
        """What another process of the same user gets to see (proc(5), PTRACE_MODE_READ)."""
        seen = subprocess.run(["cat", f"/proc/{self.process.pid}/environ"], user=NOBODY,
                              group=NOBODY, extra_groups=[], capture_output=True)
        return seen.returncode == 0


@pytest.fixture
def folder(tmp_path):
    # pytest's folders are closed to other users.
    for each in [tmp_path, *tmp_path.parents]:
        if each.stat().st_uid == 0 and each != Path("/") and "pytest" in str(each):
            each.chmod(each.stat().st_mode | 0o111)
    own = tmp_path / "own"
    own.mkdir()
    return own


def programs_of(folder, stack):
    """The command of each program, and a word that it prints when it is well under way."""
    (folder / "agent.token").write_text(TOKEN)
    (folder / "agent.json").write_text(
        '{"controller": "ws://127.0.0.1:1/agent", "token_file": "agent.token", "checks": []}')
    (folder / "controller.json").write_text(
        '{"listen": {"agents": [{"address": "127.0.0.1", "port": 0}],'
        ' "api": [{"address": "127.0.0.1", "port": 0}]},'
        ' "store": {"path": "u.db"}, "key_file": "secret.key", "admin_token_file": "token"}')
    (folder / "ctl.token").write_text(stack.token)
    for secret in ("agent.token", "ctl.token"):
        (folder / secret).chmod(0o600)
    return {
        "agent": ([program(), "--config", folder / "agent.json"], b"cannot link"),
        "controller": ([binary("understudy-controller"), "--config", folder / "controller.json"],
                       b"listening for the API"),
        "ctl": ([binary("understudyctl"), "watch", "--controller", stack.url, "--token-file",
                 folder / "ctl.token"], b"No servers"),
    }


def read_until(stream, word):
    said = b""
    while word not in said:
        piece = os.read(stream.fileno(), 4096)
        assert piece, said
        said += piece


def test_a_program_that_does_not_care_can_be_looked_into(folder):
    """Else the tests below could not fail."""
    with Watched(folder, "sleep", "60") as other:
        assert other.owner_of_memory() == NOBODY
        assert other.others_can_read()


@pytest.mark.parametrize("name", ["agent", "controller", "ctl"])
def test_nobody_else_looks_into_its_memory(folder, stack, name):
    command, word = programs_of(folder, stack)[name]
    with Watched(folder, *command) as watched:
        read_until(watched.process.stdout, word)
        assert watched.owner_of_memory() == 0
        assert not watched.others_can_read()
        watched.process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(watched.process.pid, 0)
        watched.process.returncode = 0  # collected here
        assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status)
    assert not list(folder.glob("core*"))


def test_the_key_is_locked_into_memory_and_left_out_of_dumps(stack):
    """By the flags of its page (proc(5)): locked, and not to be dumped."""
    # AddressSanitizer makes mlock(2) do nothing.
    wanted = {"dd"} if sanitized() else {"dd", "lo"}
    pages = Path(f"/proc/{stack.controller.process.pid}/smaps").read_text()
    flags = [set(line.split()[1:]) for line in pages.splitlines() if line.startswith("VmFlags:")]
    assert any(wanted <= each for each in flags)


@pytest.mark.parametrize("unit", ["understudy-agent", "understudy-controller"])
def test_the_units_allow_no_core_dump(unit):
    lines = (ROOT / "packaging" / "systemd" / f"{unit}.service").read_text().splitlines()
    assert "LimitCORE=0" in lines
