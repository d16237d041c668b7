"""A store that cannot be written: the controller does not act, and is sound once there is space."""

import errno
import http.client
import sqlite3
import subprocess
from contextlib import closing

import pytest
from guarded_site import GuardedSite
from stack import Stack

SIZE = "16m"  # the write-ahead log alone may grow to 4 MB
EXIT_FAILED = 1


class SmallDisk:
    """A tmpfs in a folder, to be filled up and freed."""

    def __init__(self, folder):
        self.folder = folder
        self._filler = folder / "filler"

    def __enter__(self):
        self.folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "understudy-test",
                               str(self.folder)], capture_output=True, text=True)
        if done.returncode:
            pytest.fail(f"a small disk needs the right to mount: {done.stderr.strip()}")
        return self

    def __exit__(self, *_):
        # Whatever still has a file open there ends soon: the name goes away at once.
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fill(self):
        with open(self._filler, "ab", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError as full:
                    assert full.errno == errno.ENOSPC

    def free(self):
        self._filler.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    with SmallDisk(tmp_path_factory.mktemp("disk") / "small") as ready:
        yield ready


@pytest.fixture(scope="module")
def stack(tmp_path_factory, disk):
    config = {"store": {"path": str(disk.folder / "store.db")}}
    with Stack(tmp_path_factory.mktemp("full"), config=config) as running:
        running.add_provider()
        yield running


@pytest.fixture
def site(stack, disk):
    with GuardedSite(stack) as ready:
        try:
            yield ready
        finally:
            disk.free()
            if stack.controller.process is None or stack.controller.process.poll() is not None:
                stack.controller.end()
                stack.controller.start()


def check_sound(disk):
    # Closed at once: a reader that stays keeps the write-ahead log from being folded in.
    with closing(sqlite3.connect(f"file:{disk.folder}/store.db?mode=ro", uri=True)) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def wait_for_end(stack):
    stack.until("the controller to end", lambda: stack.controller.process.poll() is not None)
    return stack.controller.end()


def complaints(stack):
    return [line for line in stack.controller.log if "cannot write" in line["message"]]


def test_full_disk_stops_it_before_it_acts(stack, disk, site):
    site.told()
    disk.fill()
    before = site.records()
    heard = len(site.hook.requests)
    site.agent(0).kill()
    assert wait_for_end(stack) == EXIT_FAILED
    assert complaints(stack)
    assert stack.controller.logged("nothing can be written")
    assert site.records() == before, "it acted on what it could not write"
    assert len(site.hook.requests) == heard, "it told what it could not write"

    disk.free()
    stack.controller.start()
    site.wait_for_server(1)
    site.hook.wait_for("failover_triggered")
    assert site.told() == ["server_down", "failover_triggered"]
    check_sound(disk)


def test_space_in_time_is_as_if_nothing_had_been(stack, disk, site):
    process = stack.controller.process
    disk.fill()
    site.agent(0).kill()
    stack.until("a complaint", lambda: complaints(stack))
    disk.free()
    site.wait_for_server(1)
    site.hook.wait_for("failover_triggered")
    assert stack.controller.process is process and process.poll() is None
    assert site.told() == ["server_down", "failover_triggered"]
    assert stack.api("GET", "/readyz").status == 200
    check_sound(disk)


def test_order_that_cannot_be_written_is_not_confirmed(stack, disk, site):
    disk.fill()
    order = {"name": "unwritten", "ipv4": "203.0.113.250"}
    try:
        answer = stack.api("POST", "/api/v1/servers", order, record=False)
        assert answer.status >= 500
    except (http.client.HTTPException, OSError):
        pass  # it ended without an answer
    assert wait_for_end(stack) == EXIT_FAILED
    disk.free()
    stack.controller.start()
    assert stack.api("GET", "/api/v1/servers/unwritten", record=False).status == 404
    stack.wait_for_health(site.servers[0], "online")
    check_sound(disk)


def test_start_on_a_full_disk_says_what_to_do(stack, disk, site):
    assert stack.controller.end() == 0
    disk.fill()
    with pytest.raises(AssertionError, match="the controller ended with 1: .*free space on"):
        stack.controller.start()
    assert wait_for_end(stack) == EXIT_FAILED
    disk.free()
    stack.controller.start()
    site.agent(0).kill()
    site.wait_for_server(1)
    check_sound(disk)
