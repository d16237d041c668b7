"""The documents for operators name everything that a person can meet: keys, commands, words."""

import json
import re
import subprocess

import jsonschema
import pytest
from controller_process import ROOT, binary

GUIDE = (ROOT / "docs/operators-guide.md").read_text()
CONFIGURATION = (ROOT / "docs/configuration.md").read_text()
HALVES = dict(zip(("config", "agent"), CONFIGURATION.split("\n## understudy-agent\n")))


def keys_of(schema, prefix=""):
    """Full paths, "listen.agents[].port", of an object's properties."""
    for name, each in schema.get("properties", {}).items():
        reference = each.get("$ref", "").removeprefix("#/definitions/")
        each = schema_of("config")["definitions"][reference] if reference else each
        yield prefix + name
        yield from keys_of(each, f"{prefix}{name}.")
        if each.get("type") == "array":
            yield from keys_of(each["items"], f"{prefix}{name}[].")
        if isinstance(each.get("additionalProperties"), dict):
            yield from keys_of(each["additionalProperties"], f"{prefix}{name}.NAME.")


def schema_of(name):
    return json.loads((ROOT / f"schema/{name}.schema.json").read_text())


def first_cells(text):
    """What stands in backticks in the first cells of the tables."""
    rows = re.findall(r"^\| *([^|]*) *\|", text, re.MULTILINE)
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def section(text, title):
    return re.split(r"^##", text.split(f"### {title}")[1], flags=re.MULTILINE)[0]


def enumeration(name):
    description = json.loads((ROOT / "schema/openapi.json").read_text())
    return description["components"]["schemas"][name]["enum"]


def test_every_key_of_the_controller_is_described():
    keys = set(keys_of(schema_of("config")))
    assert len(keys) > 50
    assert keys - first_cells(HALVES["config"]) == set()


def test_every_key_of_the_agent_is_described():
    schema = schema_of("agent")
    assert set(schema["properties"]) - first_cells(HALVES["agent"]) == set()


@pytest.mark.parametrize("kind", ["tcp", "http", "systemd_unit", "haproxy", "command"])
def test_every_key_of_a_check_is_described(kind):
    definitions = schema_of("agent")["definitions"]
    assert {each["$ref"] for each in definitions["check"]["oneOf"]} >= {f"#/definitions/{kind}"}
    common = first_cells(section(HALVES["agent"], "Every check"))
    described = common | first_cells(section(HALVES["agent"], f"{kind}: "))
    assert set(definitions[kind]["properties"]) - described == set()


def test_no_kind_of_check_is_left_out():
    kinds = {each["$ref"].rsplit("/", 1)[1]
             for each in schema_of("agent")["definitions"]["check"]["oneOf"]}
    assert kinds == {"tcp", "http", "systemd_unit", "haproxy", "command"}


def test_no_key_is_described_that_does_not_exist():
    keys = set(keys_of(schema_of("config")))
    assert first_cells(HALVES["config"]) - keys == set()


def test_every_command_is_in_the_guide():
    done = subprocess.run([binary("understudyctl"), "--help"], capture_output=True, text=True,
                          check=True)
    listed = done.stdout.split("Commands:\n")[1].split("\n\n")[0]
    commands = [re.split(r"  +", line.strip())[0] for line in listed.splitlines()]
    assert len(commands) > 20
    missing = [command for command in commands
               if not re.search(rf"understudyctl {re.escape(command)}(?![-\w])", GUIDE)]
    assert missing == []


def test_every_notification_type_is_in_the_guide():
    types = set(enumeration("NoticeType"))
    assert len(types) > 10
    chapter = GUIDE.split("## 6. Notifications")[1].split("\n## ")[0]
    assert types - first_cells(chapter) == set()


def test_the_guide_lists_exactly_the_types_of_events():
    table = (ROOT / "controller/core/event_type.cpp").read_text()
    types = re.findall(r'\{EventType::\w+, "([a-z_]+)"\}', table)
    assert len(types) > 50
    assert len(types) == len(set(types))
    assert first_cells(section(GUIDE, "The log")) == set(types)


@pytest.mark.parametrize("name", ["ServerHealth", "DomainStatus"])
def test_every_state_is_in_the_guide(name):
    assert set(enumeration(name)) - first_cells(GUIDE) == set()


def test_every_metric_is_in_the_guide():
    source = (ROOT / "controller/api/metrics.cpp").read_text()
    metrics = set(re.findall(r'(?:one|family|each|histogram)\("([a-z_]+)"', source))
    assert len(metrics) > 15
    assert {metric for metric in metrics if f"understudy_{metric}" not in GUIDE} == set()


@pytest.mark.parametrize(("key", "schema"), [("listen", "config"), ("checks", "agent")])
def test_the_guides_configurations_are_valid(key, schema):
    texts = re.findall(r"^```json\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    shown = [block for block in map(json.loads, texts) if key in block]
    assert shown
    for block in shown:
        jsonschema.validate(block, schema_of(schema))


def anchors_of(text):
    """As hosts of Markdown make them: lower case, blanks to hyphens, punctuation gone."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", ["README.md", "packaging/README.md", "docs/operators-guide.md",
                                  "docs/configuration.md", "docs/providers.md"])
def test_links_lead_somewhere(name):
    page = ROOT / name
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target.read_text()), link
