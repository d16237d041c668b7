"""schema/asyncapi.json: the agent protocol and the webhooks, in the words of programs that read
such documents. What the messages hold stands in schema/wire and schema/webhook alone."""

import json
import subprocess

from stack import ROOT

DOCUMENT = json.loads((ROOT / "schema/asyncapi.json").read_text())
ENVELOPE = "webhook/envelope.schema.json"


def lint(document):
    return subprocess.run(["node", str(ROOT / "tests/support/asyncapi_lint.mjs"), str(document)],
                          capture_output=True, text=True, timeout=120)


def payloads(message):
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    return [each["$ref"] for each in payload.get("allOf", [payload])]


def messages_of(channel):
    return {name: each["$ref"].rsplit("/", 1)[-1]
            for name, each in DOCUMENT["channels"][channel]["messages"].items()}


def test_its_parser_has_nothing_to_say():
    result = lint(ROOT / "schema/asyncapi.json")
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + result.stderr


def test_its_parser_would_say_it(tmp_path):
    worse = json.loads(json.dumps(DOCUMENT))
    worse["operations"]["notify"]["channel"]["$ref"] = "#/channels/nothing"
    (tmp_path / "asyncapi.json").write_text(json.dumps(worse))
    (tmp_path / "wire").symlink_to(ROOT / "schema/wire")
    (tmp_path / "webhook").symlink_to(ROOT / "schema/webhook")
    result = lint(tmp_path / "asyncapi.json")
    assert result.returncode == 1 and "nothing" in result.stdout, result.stdout + result.stderr


def test_every_message_of_agents_is_in_it():
    described = {f"wire/{path.name}" for path in (ROOT / "schema/wire").glob("*.schema.json")}
    named = {payload for channel in ("agent", "enrolment")
             for message in messages_of(channel).values() for payload in payloads(message)}
    assert named == described


def test_every_notification_is_in_it():
    described = {f"webhook/{path.name}" for path in (ROOT / "schema/webhook").glob("*.schema.json")}
    named = [payloads(message) for message in messages_of("webhook").values()]
    assert all(first == ENVELOPE for first, _ in named)
    assert sorted(last for _, last in named) == sorted(described - {ENVELOPE})


def test_each_message_of_a_channel_goes_one_way():
    for channel in DOCUMENT["channels"]:
        spoken = [each["$ref"].rsplit("/", 1)[-1] for operation in DOCUMENT["operations"].values()
                  if operation["channel"]["$ref"] == f"#/channels/{channel}"
                  for each in operation["messages"]]
        assert sorted(spoken) == sorted(DOCUMENT["channels"][channel]["messages"])


def test_names_of_messages_are_their_types():
    for channel in DOCUMENT["channels"]:
        for name, message in messages_of(channel).items():
            own = json.loads((ROOT / "schema" / payloads(message)[-1]).read_text())
            assert own["properties"]["type"].get("const", name) == name
            assert DOCUMENT["components"]["messages"][message]["name"] == name
