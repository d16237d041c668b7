"""Channels at services and programs, over the real controller: what arrives, what is shown, and
what nobody may name."""

import json

import pytest
from receivers import WebhookReceiver
from stack import Stack

SECRET = "s3cr3t-part-of-the-url"


@pytest.fixture(scope="module", name="program")
def a_program(tmp_path_factory):
    """(path, folder where it leaves what it read). It fails while a file `broken` is there."""
    folder = tmp_path_factory.mktemp("program")
    path = folder / "told"
    path.write_text("#!/bin/sh\n"
                    f'[ -e {folder}/broken ] && {{ echo "no signal: $1"; exit 1; }}\n'
                    f"cat > {folder}/new.$$ && mv {folder}/new.$$ {folder}/read\n")
    path.chmod(0o755)
    return path, folder


@pytest.fixture(scope="module", name="stack")
def running_stack(tmp_path_factory, program):
    config = {"programs": {"told": {"command": [str(program[0]), "+49123"], "timeout_s": 20}}}
    with Stack(tmp_path_factory.mktemp("services"), config=config) as running:
        yield running


def outcome_of(stack, name):
    number = stack.post(f"/channels/{name}/test")["notification"]
    stack.until("an answer", lambda: stack.get(f"/notifications/{number}")["attempts"] > 0
                or stack.get(f"/notifications/{number}")["state"] == "delivered")
    return stack.get(f"/notifications/{number}")


@pytest.mark.parametrize("kind, field", [("slack", "text"), ("discord", "content")])
def test_a_chat_gets_its_text_over_the_wire_and_its_url_is_secret(stack, kind, field):
    with WebhookReceiver() as hook:
        stack.post("/channels", {"name": kind, "kind": kind, "url": f"{hook.url}/{SECRET}"})
        hook.answers += [500]
        failed = outcome_of(stack, kind)
        assert failed["state"] == "pending" and "500" in failed["last_error"]
        assert SECRET not in json.dumps(stack.get(f"/channels/{kind}")) + json.dumps(failed)
        assert SECRET not in stack.ctl("channel", "list", "-o", "wide").stdout
        stack.until("the second try", lambda: len(hook.requests) == 2)
        assert "notifications of Understudy arrive" in hook.requests[1].body[field]
        assert hook.requests[0].raw == hook.requests[1].raw
        stack.api("DELETE", f"/api/v1/channels/{kind}")


def test_channels_are_added_and_tried_by_the_command_line(stack, tmp_path):
    with WebhookReceiver() as hook:
        topic = tmp_path / "topic"
        topic.write_text("shields-7fk2q9\n")
        stack.ctl("channel", "add", "ntfy", "phone", "--topic-file", topic, "--server", hook.origin,
                  "--severity", "critical", "--remind-every", "3600")
        assert stack.ctl("channel", "test", "phone").stdout == "Delivered.\n"
        assert hook.requests[0].path == "/"
        assert hook.requests[0].body["topic"] == "shields-7fk2q9"
        [phone] = [each for each in stack.get("/channels")["items"] if each["name"] == "phone"]
        assert phone["settings"] == {"server": hook.origin}
        assert (phone["severity"], phone["remind_every_s"]) == ("critical", 3600)
        exported = stack.ctl("export").stdout
        assert "shields-7fk2q9" not in exported and hook.origin in exported
        again = stack.post("/fleet", {"fleet": json.loads(exported), "dry_run": True})
        assert again["changes"] == []
        stack.ctl("channel", "remove", "phone")
        missing = stack.ctl("channel", "add", "telegram", "x", "--credential-file", topic,
                            check=False)
        assert missing.returncode == 1 and "no chat is given" in missing.stderr


def test_a_program_reads_what_is_told_and_its_words_are_shown(stack, program):
    _, folder = program
    stack.ctl("channel", "add", "exec", "siren", "--program", "told")
    (folder / "broken").touch()
    failed = outcome_of(stack, "siren")
    assert failed["last_error"] == "program 'told' ended with 1: no signal: +49123 "
    (folder / "broken").unlink()
    stack.until("the second try", (folder / "read").exists)
    read = json.loads((folder / "read").read_text())
    assert read["notification"]["type"] == "test" and read["attempt"] == 2
    assert read["subject"] == "[TEST] notifications of Understudy arrive"


def test_only_the_configuration_names_programs(stack, program):
    for name in (str(program[0]), "/bin/sh", "another"):
        refused = stack.api("POST", "/api/v1/channels",
                            {"name": "x", "kind": "exec", "program": name})
        assert refused.status == 422
        assert "use told" in refused.raw.decode()
