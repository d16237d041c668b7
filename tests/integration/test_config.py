"""The controller's command line and configuration: every mistake at once, no secret shown."""

import json
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest
from stack import Stack

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("UNDERSTUDY_BIN", ROOT / "build" / "dev" / "bin"))
PROGRAM = BIN / "understudy-controller"
ANYWHERE = [{"address": "127.0.0.1", "port": 0}]
LISTEN = {"agents": ANYWHERE, "api": ANYWHERE}


def run(*arguments):
    return subprocess.run([str(PROGRAM), *map(str, arguments)], text=True, capture_output=True,
                          timeout=30)


@pytest.fixture()
def config(tmp_path):
    def write(content):
        path = tmp_path / "controller.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path
    return write


def test_help_and_version_teach_and_end_well():
    told = run("--help")
    assert told.returncode == 0 and told.stderr == ""
    for word in ("--config", "--check-config", "--new-admin-token", "SIGHUP", "Exit codes"):
        assert word in told.stdout
    assert run("--version").stdout.startswith("understudy-controller ")


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["stray"], ["--config"]])
def test_wrong_usage_is_2(arguments):
    ended = run(*arguments)
    assert ended.returncode == 2
    assert "--help" in ended.stderr and ended.stdout == ""


def test_a_missing_file_is_78(tmp_path):
    ended = run("--config", tmp_path / "absent.json", "--check-config")
    assert ended.returncode == 78
    assert "absent.json" in ended.stderr


def test_a_good_file_is_silent_on_stderr(config):
    ended = run("--config", config({"listen": LISTEN}), "--check-config")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_what_is_allowed_but_unwise_is_a_warning(config):
    path = config({"listen": LISTEN, "guards": {"witnesses": ["9.9.9.9:53"]}})
    ended = run("--config", path, "--check-config")
    assert ended.returncode == 0 and "good" in ended.stdout
    [line] = ended.stderr.splitlines()
    assert line.startswith(f"{path}: warning: guards.witnesses") and "at least two" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look with another user's eyes")
def test_root_looks_with_the_eyes_of_the_user_who_owns_the_store():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        (folder / "state").mkdir()
        shutil.chown(folder / "state", "nobody")
        password = folder / "password"
        password.write_text("kept-to-ourselves\n")
        password.chmod(0o600)
        path = folder / "controller.json"
        path.write_text(json.dumps({
            "listen": LISTEN, "store": {"path": str(folder / "state/understudy.db")},
            "smtp": {"host": "mail.example.org", "from": "a@example.org", "username": "u",
                     "password_file": "password"}}))
        ended = run("--config", path, "--check-config")
        assert ended.returncode == 78 and str(password) in ended.stderr
        assert "user 'nobody', who owns" in ended.stderr
        shutil.chown(password, "nobody")
        ended = run("--config", path, "--check-config")
        assert (ended.returncode, ended.stderr) == (0, "") and "for user 'nobody'" in ended.stdout
        (folder / "state/understudy.db").touch(0o600)
        ended = run("--config", path, "--check-config")
        assert ended.returncode == 78 and "store.path" in ended.stderr


def test_every_mistake_is_told_at_once_with_file_path_value_and_remedy(config):
    path = config("""{
        // comments are fine
        "listen": {"agents": [{"address": "0.0.0.0", "port": 99999}], "api": []},
        "tls": {"certificate": "absent.crt"},
        "maintenance": 5,
        "timings": {"warm_up_s": "soon", "heartbeat_interval_s": -1},
        "policy": {"failback": "perhaps"},
        "smtp": {"host": "mail.example.org", "from": "x", "security": "none", "username": "u"},
    }""")
    ended = run("--config", path, "--check-config")
    assert ended.returncode == 78 and ended.stdout == ""
    lines = ended.stderr.splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    for words in (["listen.agents[0].port", "99999"], ["listen.api"], ["tls", "key"],
                  ["tls.certificate", "absent.crt"], ["maintenance"], ["timings.warm_up_s", "soon"],
                  ["timings.heartbeat_interval_s", "-1"], ["policy.failback", "perhaps"],
                  ["smtp.from"], ["smtp.security", "starttls"], ["smtp.password_file"]):
        assert any(all(word in line for word in words) for line in lines), (words, ended.stderr)


def test_passwords_are_never_shown_and_must_not_be_readable_by_all(config, tmp_path):
    password = tmp_path / "password"
    password.write_text("kept-to-ourselves\n")
    password.chmod(0o644)
    smtp = {"host": "mail.example.org", "from": "a@example.org", "username": "u",
            "password_file": "password"}
    ended = run("--config", config({"listen": LISTEN, "smtp": smtp}), "--check-config")
    assert ended.returncode == 78 and "chmod 600" in ended.stderr
    assert "kept-to-ourselves" not in ended.stderr + ended.stdout
    password.chmod(0o600)
    ended = run("--config", config({"listen": LISTEN, "smtp": smtp}), "--check-config")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "kept-to-ourselves" not in ended.stdout


def test_the_watchers_url_is_a_secret_as_well(config, tmp_path):
    url = tmp_path / "alive.url"
    url.write_text("https://hc.example.org/ping/kept-to-ourselves\n")
    url.chmod(0o644)
    path = config({"listen": LISTEN, "alive_url_file": "alive.url"})
    ended = run("--config", path, "--check-config")
    assert ended.returncode == 78 and f"chmod 600 {url}" in ended.stderr
    url.chmod(0o600)
    ended = run("--config", path, "--check-config")
    assert (ended.returncode, ended.stderr) == (0, "")
    path = config({"listen": LISTEN, "alive_url": "https://hc.example.org/ping/kept-to-ourselves",
                   "alive_url_file": "alive.url"})
    path.chmod(0o600)
    ended = run("--config", path, "--check-config")
    assert ended.returncode == 78 and "one of the two" in ended.stderr
    path = config({"listen": LISTEN, "alive_url": "https://hc.example.org/ping/kept-to-ourselves"})
    assert run("--config", path, "--check-config").stderr == ""
    path.chmod(0o644)
    ended = run("--config", path, "--check-config")
    assert ended.returncode == 0 and "warning: alive_url: everybody" in ended.stderr
    assert "kept-to-ourselves" not in ended.stderr + ended.stdout


def test_a_secret_under_a_mistyped_key_is_not_shown(config):
    path = config({"listen": LISTEN, "alive_urls": "https://hc.example.org/kept-to-ourselves",
                   "smtp": {"host": "mail.example.org", "from": "a@example.org",
                            "password": "kept-to-ourselves"}})
    ended = run("--config", path, "--check-config")
    assert ended.returncode == 78 and "kept-to-ourselves" not in ended.stderr
    assert "alive_urls: is not a known key" in ended.stderr
    assert "smtp.password: is not a known key" in ended.stderr


def test_a_certificate_that_cannot_be_used_is_told(config, tmp_path):
    for name in ("a.crt", "a.key"):
        (tmp_path / name).write_text("no certificate")
    tls = {"certificate": "a.crt", "key": "a.key"}
    ended = run("--config", config({"listen": LISTEN, "tls": tls}), "--check-config")
    assert ended.returncode == 78 and "a.crt" in ended.stderr


def test_checking_makes_no_file(config, tmp_path):
    path = config({"listen": LISTEN, "store": {"path": "u.db"}, "key_file": "key"})
    assert run("--config", path, "--check-config").returncode == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["controller.json"]


def test_another_admin_token_is_printed_once_and_its_name_is_taken(config, tmp_path):
    path = config({"listen": LISTEN, "store": {"path": "u.db"}, "key_file": "key"})
    made = run("--config", path, "--new-admin-token", "ops")
    assert made.returncode == 0 and made.stderr == ""
    token = made.stdout.splitlines()[-1]
    assert token.startswith("usk_")
    assert token.encode() not in (tmp_path / "u.db").read_bytes()
    assert stat.S_IMODE((tmp_path / "u.db").stat().st_mode) == 0o600
    again = run("--config", path, "--new-admin-token", "ops")
    assert again.returncode == 1 and "'ops'" in again.stderr


def seal_a_provider(stack):
    stack.ctl("provider", "add", "dns", "--kind", "cloudflare", "--credential-env", "KEY",
              "--set", f"base_url={stack.emulator.base_url}",
              environment={"KEY": stack.emulator.add_token()["value"]})


def seal_a_webhook(stack):
    stack.ctl("channel", "add", "webhook", "hook", stdin="http://127.0.0.1:9/hook")


@pytest.mark.parametrize("seal", [seal_a_provider, seal_a_webhook])
def test_a_lost_key_is_not_made_anew_beside_what_it_sealed(tmp_path, seal):
    with Stack(tmp_path) as stack:
        key = stack.controller.folder / "secret.key"
        stack.controller.end()
        key.unlink()
        stack.controller.start()  # nothing is sealed yet: a new key harms nobody
        seal(stack)
        stack.controller.end()
        content = key.read_text()
        key.unlink()
        ended = run("--config", stack.controller.config_file)
        assert ended.returncode == 78
        assert str(key) in ended.stderr and "is missing" in ended.stderr
        assert "restore" in ended.stderr
        assert not key.exists()
        key.write_text(content)
        key.chmod(0o600)
        stack.controller.start()
        assert stack.ctl("status").returncode == 0


def test_a_lost_key_is_replaced_as_the_message_says(tmp_path):
    with Stack(tmp_path) as stack:
        seal_a_provider(stack)
        stack.controller.end()
        key = stack.controller.folder / "secret.key"
        subprocess.run("umask 077; head -c 32 /dev/urandom | base64 > " + str(key), shell=True,
                       check=True)
        stack.controller.start()
        assert stack.ctl("provider", "verify", "dns", check=False).returncode == 1
        fresh = stack.emulator.add_token()["value"]
        done = stack.ctl("provider", "set-credential", "dns", stdin=fresh)
        assert "ok " in done.stdout and fresh not in done.stdout
