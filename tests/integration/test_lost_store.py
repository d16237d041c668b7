"""Somebody removes or replaces the store's files: nobody acts on what would be kept nowhere."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest
from controller_process import binary
from guarded_site import GuardedSite
from stack import Stack

EXIT_FAILED = 1
EXIT_CONFIG = 78


@pytest.fixture
def stack(tmp_path):
    with Stack(tmp_path) as running:
        running.add_provider()
        yield running


def store_file(stack, suffix=""):
    return stack.controller.folder / f"store.db{suffix}"


def wait_for_end(stack):
    stack.until("the controller to end", lambda: stack.controller.process.poll() is not None)
    status = stack.controller.end()
    return status, " ".join(str(line) for line in stack.controller.log)


def run(stack, *options):
    return subprocess.run([binary("understudy-controller"), "--config",
                           stack.controller.config_file, *options],
                          capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", ".lock"])
def test_a_removed_file_ends_it_though_nothing_happens(stack, suffix):
    store_file(stack, suffix).unlink()
    status, said = wait_for_end(stack)
    assert status == EXIT_FAILED
    assert f"{store_file(stack, suffix)} was removed while it is in use" in said


def test_nothing_is_decided_into_a_store_that_was_replaced(stack):
    with GuardedSite(stack) as site:
        before = site.records()
        heard = len(site.hook.requests)
        saved = stack.controller.folder / "copy.db"
        with closing(sqlite3.connect(store_file(stack))) as store, \
                closing(sqlite3.connect(saved)) as copy:
            store.backup(copy)
        os.replace(saved, store_file(stack))
        site.agent(0).kill()
        status, said = wait_for_end(stack)
        assert status == EXIT_FAILED and "was replaced while it is in use" in said
        assert site.records() == before, "it acted on what it could not keep"
        assert len(site.hook.requests) == heard, "it told what it could not keep"
        # The copy is a store like any other.
        for suffix in ("-wal", "-shm"):
            store_file(stack, suffix).unlink(missing_ok=True)
        stack.controller.start()
        site.wait_for_server(1)


def test_put_back_in_time_it_goes_on(stack):
    process = stack.controller.process
    aside = stack.controller.folder / "aside.db"
    store_file(stack).rename(aside)
    stack.until("a complaint", lambda: [line for line in stack.controller.log
                                        if "cannot write to the store" in line["message"]])
    aside.rename(store_file(stack))
    stack.until("readiness", lambda: stack.api("GET", "/readyz").status == 200)
    assert stack.controller.process is process and process.poll() is None
    stack.post("/servers", {"name": "web1", "ipv4": "203.0.113.10"})


@pytest.mark.parametrize("trace", ["secret.key", "admin.token"])
def test_no_empty_store_is_made_beside_a_key_or_a_token(stack, trace):
    assert stack.controller.end() == 0
    folder = stack.controller.folder
    kept = folder / "kept"
    kept.mkdir()
    for name in ("store.db", "secret.key", "admin.token"):
        if name != trace:
            shutil.move(folder / name, kept / name)
    for options in ([], ["--check-config"], ["--new-admin-token", "ops"]):
        ended = run(stack, *options)
        assert ended.returncode == EXIT_CONFIG
        assert "store.path" in ended.stderr and str(folder / trace) in ended.stderr
        assert "backup" in ended.stderr and "--new-store" in ended.stderr
        assert not store_file(stack).exists()
    for name in ("store.db", "secret.key", "admin.token"):
        if name != trace:
            shutil.move(kept / name, folder / name)
    stack.controller.start()
    assert [each["name"] for each in stack.get("/providers")["items"]] == ["cloudflare"]


def test_an_empty_one_is_made_where_it_is_asked_for(stack):
    assert stack.controller.end() == 0
    store_file(stack).unlink()
    former = stack.token
    assert run(stack, "--new-store").returncode == 0
    stack.controller.start()
    assert stack.token != former
    assert stack.get("/providers")["items"] == []


def test_what_another_key_sealed_is_shown_everywhere(stack):
    stack.post("/channels", {"name": "hook", "kind": "webhook", "url": "http://127.0.0.1:9/x"})
    assert stack.get("/status")["unreadable_credentials"] == []
    assert stack.controller.end() == 0
    key = stack.controller.folder / "secret.key"
    good = key.read_bytes()
    subprocess.run(f"umask 077; head -c 32 /dev/urandom | base64 > {key}", shell=True, check=True)
    stack.controller.start()

    assert stack.controller.logged("channel 'hook' does not work")
    [line] = stack.controller.logged("provider 'cloudflare' does not work")
    assert "set-credential cloudflare" in line["problem"]
    shown = stack.get("/status")["unreadable_credentials"]
    assert [(each["kind"], each["name"]) for each in shown] == [("provider", "cloudflare"),
                                                                ("channel", "hook")]
    for path in ("/providers", "/channels"):
        [item] = stack.get(path)["items"]
        assert "key_file" in item["credential_problem"]
    metrics = stack.api("GET", "/metrics").raw.decode()
    assert 'understudy_provider_credential_readable{provider="cloudflare"} 0' in metrics
    assert 'understudy_channel_credential_readable{channel="hook"} 0' in metrics
    assert "provider cloudflare, channel hook" in stack.ctl("status").stdout
    for words in (("provider", "list"), ("channel", "list")):
        assert "cannot be read" in stack.ctl(*words).stdout

    fresh = stack.emulator.add_token()["value"]
    stack.ctl("provider", "set-credential", "cloudflare", stdin=fresh)
    assert [each["name"] for each in stack.get("/status")["unreadable_credentials"]] == ["hook"]
    [item] = stack.get("/providers")["items"]
    assert item["credential_problem"] is None

    assert stack.controller.end() == 0
    key.write_bytes(good)
    stack.controller.start()
    assert [each["name"] for each in stack.get("/status")["unreadable_credentials"]] == [
        "cloudflare"]
