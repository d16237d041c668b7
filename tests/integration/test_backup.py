"""The store is copied while it is in use, and a controller is started from the copy."""

import signal
import sqlite3
import subprocess
import threading
from contextlib import closing

import pytest
from controller_process import binary
from stack import Stack

DOMAIN = "www.example.org"


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path / "first") as running:
        running.add_zone("example.org", {"www": "203.0.113.10"})
        running.secret = running.emulator.add_token()["value"]
        running.ctl("provider", "add", "cf", "--kind", "cloudflare", "--set",
                    f"base_url={running.emulator.base_url}", stdin=running.secret)
        running.add_server("web1", "203.0.113.10")
        running.add_server("web2", "203.0.113.20")
        running.ctl("domain", "add", DOMAIN, "--servers", "web1,web2")
        running.ctl("channel", "add", "webhook", "hook", stdin="https://127.0.0.1:1/hook-secret")
        yield running


def left_beside(stack):
    return [each.name for each in stack.controller.folder.iterdir() if ".backup-" in each.name]


def last_id(path):
    with closing(sqlite3.connect(path)) as store:
        return store.execute("SELECT last_id FROM meta").fetchone()[0]


def of_nobody(path):
    """A sound SQLite file with nothing in it."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 1")
        file.execute("PRAGMA user_version = 0")
    return path.read_bytes()


def restore(stack, *options):
    return subprocess.run([binary("understudy-controller"), "--config",
                           stack.controller.config_file, *map(str, options)],
                          capture_output=True, text=True, check=False, timeout=60)


def test_only_a_backup_that_was_made_stands_in_the_log(stack, tmp_path):
    def told():
        return [line for line in stack.controller.log
                if line["message"] == "a backup of the store was made"]

    rehearsed = stack.api("POST", "/api/v1/rehearse", {"method": "POST", "path": "/api/v1/backups"})
    assert (rehearsed.status, rehearsed.body["code"]) == (501, "not_implemented")
    assert left_beside(stack) == [] and told() == []
    stack.ctl("backup", tmp_path / "saved.db")
    stack.until("its line", lambda: len(told()) == 1)
    assert "token" in told()[0]["who"] and int(told()[0]["bytes"]) > 0


def test_a_controller_started_from_a_backup_has_the_same_fleet(stack, tmp_path):
    fleet = stack.ctl("export").stdout
    file = tmp_path / "saved.db"
    said = stack.ctl("backup", file).stdout
    assert "--restore" in said and "key" in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert stack.secret.encode() not in file.read_bytes()
    assert b"hook-secret" not in file.read_bytes()
    assert left_beside(stack) == []
    # Something happens that the backup does not know.
    stack.ctl("server", "add", "web3", "--ipv4", "203.0.113.30")
    running = restore(stack, "--restore", file)
    assert running.returncode == 1 and "in use" in running.stderr
    stack.controller.end()
    refused = restore(stack, "--restore", file)
    assert refused.returncode == 1 and "--force" in refused.stderr
    done = restore(stack, "--restore", file, "--force")
    assert done.returncode == 0, done.stderr
    aside = stack.controller.folder / "store.db.replaced"
    assert str(aside) in done.stdout and aside.stat().st_size > 0
    stack.controller.start()
    assert stack.ctl("export").stdout == fleet
    # The credential is opened with the key that is still there.
    assert "ok" in stack.ctl("provider", "verify", "cf").stdout
    stack.wait_for_health("web1", "online")


def test_it_is_restored_where_there_is_nothing_but_the_key(stack, tmp_path):
    fleet = stack.ctl("export").stdout
    stack.ctl("backup", tmp_path / "saved.db")
    key = (stack.controller.folder / "secret.key").read_bytes()
    stack.controller.end()
    for each in stack.controller.folder.glob("store.db*"):
        each.unlink()
    assert restore(stack, "--restore", tmp_path / "saved.db").returncode == 0
    assert (stack.controller.folder / "secret.key").read_bytes() == key
    stack.controller.start()
    assert stack.ctl("export").stdout == fleet


def test_a_log_that_a_lost_store_left_is_not_replayed(stack, tmp_path):
    fleet = stack.ctl("export").stdout
    stack.ctl("backup", tmp_path / "saved.db")
    stack.ctl("server", "add", "web3", "--ipv4", "203.0.113.30")
    stack.controller.end(signal.SIGKILL)
    log = stack.controller.folder / "store.db-wal"
    left = log.read_bytes()
    assert left
    (stack.controller.folder / "store.db").unlink()
    done = restore(stack, "--restore", tmp_path / "saved.db")
    assert done.returncode == 0, done.stderr
    assert not log.exists()
    assert (stack.controller.folder / "store.db.replaced-wal").read_bytes() == left
    # Another store that is set aside does not get that log.
    assert restore(stack, "--restore", tmp_path / "saved.db", "--force").returncode == 0
    assert (stack.controller.folder / "store.db.replaced-2").exists()
    stack.controller.start()
    assert stack.ctl("export").stdout == fleet


def test_no_id_of_an_event_comes_twice(stack, tmp_path):
    stack.ctl("backup", tmp_path / "saved.db")
    stack.ctl("server", "add", "web3", "--ipv4", "203.0.113.30")
    stack.controller.end()
    assert restore(stack, "--restore", tmp_path / "saved.db", "--force").returncode == 0
    used, from_here = (last_id(stack.controller.folder / name)
                       for name in ("store.db.replaced", "store.db"))
    assert used + 10**8 < from_here < 2**53
    stack.controller.start()
    assert stack.get("/events?limit=1")["items"][0]["id"] > used


def test_it_is_of_one_moment_while_much_is_written(stack, tmp_path):
    over = threading.Event()

    def write():
        number = 0
        while not over.is_set():
            number += 1
            stack.ctl("server", "set", "web1", "--label", f"number={number}")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for i in range(5):
            stack.ctl("backup", tmp_path / f"{i}.db")
    finally:
        over.set()
        writer.join()
    stack.controller.end()
    for i in range(5):
        assert restore(stack, "--restore", tmp_path / f"{i}.db", "--force").returncode == 0
    stack.controller.start()
    assert "web2" in stack.ctl("server", "list").stdout


def test_nothing_is_replaced_that_nobody_said_to(stack, tmp_path):
    file = tmp_path / "saved.db"
    file.write_text("mine")
    assert stack.ctl("backup", file, check=False).returncode == 2
    assert file.read_text() == "mine"
    stack.ctl("backup", file, "--force")
    assert stack.ctl("backup", tmp_path / "none/x.db", check=False).returncode == 2
    assert left_beside(stack) == []


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"not a store" * 100,
                                     b"SQLite format 3\0" + b"x" * 8192, None])
def test_what_is_no_backup_gets_no_place(stack, tmp_path, content):
    if content is None:
        content = of_nobody(tmp_path / "empty.db")
        assert content
    (tmp_path / "bad.db").write_bytes(content)
    stack.controller.end()
    before = (stack.controller.folder / "store.db").read_bytes()
    done = restore(stack, "--restore", tmp_path / "bad.db", "--force")
    assert done.returncode == 1 and done.stderr != ""
    assert (stack.controller.folder / "store.db").read_bytes() == before
    assert not list(stack.controller.folder.glob("*.re*"))
    for name in (tmp_path / "none.db", ""):  # an empty name starts no controller
        assert restore(stack, "--restore", name).returncode == 1
    assert restore(stack, "--new-admin-token", "").returncode == 1


def test_what_was_not_fetched_goes_with_the_next_start(stack):
    made = stack.post("/backups")
    assert left_beside(stack) == [f"store.db.backup-{made['id']}"]
    again = stack.post("/backups")
    assert left_beside(stack) == [f"store.db.backup-{again['id']}"]
    for wrong in (made["id"], "../store.db", "x"):
        assert stack.api("GET", f"/api/v1/backups/{wrong}").status == 404
    assert stack.api("GET", f"/api/v1/backups/{again['id']}?offset=-1").status == 422
    # What an operator put there under such a name is not ours.
    own = ["store.db.backup-2026-11-21", "store.db.backup-" + "A" * 16, "store.db.backup-"]
    for name in [*own, f"store.db.backup-{made['id']}-journal"]:
        (stack.controller.folder / name).write_text("")
    stack.restart_controller()
    assert sorted(left_beside(stack)) == sorted(own)
