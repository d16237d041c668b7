"""What understudyctl does by itself: completion in real shells, contexts, doctor, manual pages."""

import json
import os
import shutil
import subprocess

import pytest
from stack import Stack, binary
from terminal import at_a_terminal

DOMAIN = "www.example.org"
CTL = str(binary("understudyctl"))


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("here"), tls=True) as running:
        running.add_zone("example.org", {"www": "203.0.113.10"})
        running.add_provider()
        running.add_server("web1", "203.0.113.10")
        running.add_server("web2", "203.0.113.20")
        running.ctl("domain", "add", DOMAIN, "--servers", "web1,web2")
        yield running


@pytest.fixture
def home(tmp_path):
    """An environment that names no controller, with a home of its own."""
    return {"HOME": str(tmp_path), "PATH": f"{os.path.dirname(CTL)}:{os.environ['PATH']}"}


def ctl(home, *words, stdin="", code=0):
    done = subprocess.run([CTL, *words], env=home, input=stdin, text=True, capture_output=True,
                          check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def add_context(stack, home, *more, name="here"):
    ctl(home, "context", "add", name, "--controller", stack.url, "--ca-file",
        str(stack.ca_file), *more, stdin=stack.token + "\n")


# --- contexts ------------------------------------------------------------------------------------

def test_a_context_finds_its_controller(stack, home, tmp_path):
    add_context(stack, home, "--keep-token")
    file = tmp_path / ".config/understudy/contexts.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert "2: 2 online" in ctl(home, "status").stdout
    listed = ctl(home, "context", "list")
    assert stack.url in listed.stdout and stack.token not in listed.stdout
    assert stack.token not in ctl(home, "context", "list", "-o", "json").stdout
    ctl(home, "context", "add", "other", "--controller", "https://127.0.0.1:1")
    assert "2: 2 online" in ctl(home, "status").stdout
    ctl(home, "status", "--context", "other", code=3)
    ctl(home, "context", "use", "other")
    ctl(home, "status", code=3)
    assert "2: 2 online" in ctl({**home, "UNDERSTUDY_CONTEXT": "here"}, "status").stdout
    ctl(home, "context", "remove", "other")
    ctl(home, "context", "add", "here", "--controller", stack.url, code=2)
    ctl(home, "context", "add", "a/b", "--controller", stack.url, code=2)
    ctl(home, "context", "use", "gone", code=2)


def test_a_token_file_is_read_each_time(stack, home, tmp_path):
    token = tmp_path / "token"
    token.write_text("wrong\n")
    add_context(stack, home, "--token-file", str(token))
    ctl(home, "server", "list", code=4)
    token.write_text(stack.token + "\n")
    ctl(home, "server", "list")


# --- doctor --------------------------------------------------------------------------------------

def findings(done):
    return {each["about"]: each for each in json.loads(done.stdout)["items"]}


def test_doctor_says_what_is_well_and_what_is_not(stack, home):
    add_context(stack, home, "--keep-token")
    stack.wait_for_health("web1", "online")
    stack.wait_for_health("web2", "online")
    found = findings(ctl(home, "doctor", "-o", "json"))
    for about in ("configuration", "controller", "clock", "TLS", "version", "agents", "store",
                  "servers", "provider cloudflare", "DNS", "records"):
        assert (about, found[about]["state"]) == (about, "ok"), found[about]
    assert found["channels"]["state"] == "warn"
    stack.agents["web2"].kill()
    stack.wait_for_health("web2", "offline")
    done = ctl(home, "doctor", code=1)
    line, remedy = [done.stdout.splitlines()[i:i + 2] for i, each in
                    enumerate(done.stdout.splitlines()) if "server web2" in each][0]
    assert line.startswith("fail") and "understudy-agent" in remedy
    assert "\x1b" not in done.stdout and done.stderr == ""
    stack.agents["web2"].start()


def test_doctor_says_why_there_is_no_answer(stack, home):
    found = findings(ctl(home, "doctor", "-o", "json", "--controller", "https://127.0.0.1:1",
                         code=3))
    assert found["controller"]["state"] == "fail" and found["controller"]["remedy"]
    add_context(stack, home)  # without a token
    found = findings(ctl(home, "doctor", "-o", "json", code=4))
    assert "token" in found["controller"]["remedy"]
    found = findings(ctl(home, "doctor", "-o", "json", "--context", "none", code=2))
    assert found["configuration"]["state"] == "fail"


def test_doctor_is_coloured_on_a_terminal_alone(stack, home):
    add_context(stack, home, "--keep-token")

    def on_terminal(**more):
        return at_a_terminal([CTL, "doctor"], {**home, "TERM": "xterm", **more})[1]

    assert "\x1b[" in on_terminal()
    assert "\x1b[" not in on_terminal(NO_COLOR="1")


# --- completion ----------------------------------------------------------------------------------

def bash(home, *words):
    script = """
        source <(understudyctl completion bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _understudyctl 2> /dev/null
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", script, "bash", "understudyctl", *words], env=home,
                          text=True, capture_output=True, check=True)
    return done.stdout.split()


def zsh(home, *words):
    script = """
        compdef() { : }
        _describe() { shift 2; print -l -- ${(P)1%%:*} }
        eval "$(understudyctl completion zsh)"
        words=("$@") CURRENT=$#
        _understudyctl
    """
    done = subprocess.run(["zsh", "-f", "-c", script, "zsh", "understudyctl", *words], env=home,
                          text=True, capture_output=True, check=True)
    return done.stdout.split()


def fish(home, *words):
    script = "source (understudyctl completion fish | psub); complete -C \"understudyctl $argv\""
    done = subprocess.run(["fish", "--no-config", "-c", script, *words], env=home, text=True,
                          capture_output=True, check=True)
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", [bash, zsh, fish])
def test_shells_complete_commands_and_names(stack, home, shell):
    assert shutil.which(shell.__name__), f"{shell.__name__} is not installed"
    add_context(stack, home, "--keep-token")
    assert shell(home, "serv") == ["server"]
    assert shell(home, "server", "rot") == ["rotate-token"]
    assert shell(home, "server", "show", "we") == ["web1", "web2"]
    assert shell(home, "explain", "") == [DOMAIN]
    assert shell(home, "failover", "we") == ["web1+web2"]
    assert "--ipv4" in shell(home, "server", "add", "x", "--ip")
    assert shell(home, "status", "--context", "") == ["here"]


def test_bash_cuts_words_at_the_equals_sign(stack, home):
    add_context(stack, home, "--keep-token")
    assert bash(home, "switchover", "web1+web2", "--to", "=", "we") == ["web1", "web2"]


def test_no_controller_means_no_names_and_no_noise(home):
    away = {**home, "UNDERSTUDY_URL": "https://127.0.0.1:1"}
    done = ctl(away, "complete", "--", "server", "show", "")
    assert (done.stdout, done.stderr) == ("", "")


# --- manual pages --------------------------------------------------------------------------------

@pytest.mark.parametrize("program", ["understudyctl", "understudy-controller", "understudy-agent"])
def test_manual_pages_are_sound(home, program):
    if program == "understudyctl":
        page = ctl(home, "man").stdout
    else:
        text = subprocess.run([binary(program), "--help"], text=True, capture_output=True,
                              check=True).stdout
        page = ctl(home, "man", program, stdin=text).stdout
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True,
                          capture_output=True, check=True)
    assert done.stderr == ""
    shown = subprocess.run(["man", "-l", "-"], input=page, text=True, capture_output=True,
                           env={**home, "MANWIDTH": "100"}, check=True).stdout
    for part in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", f"{program} - "):
        assert part in " ".join(shown.split())
