"""The fleet as a file: understudyctl apply and export against a running controller."""

import json
import re

import jsonschema
import pytest
from receivers import WebhookReceiver
from stack import ROOT, Stack

SCHEMA = json.loads((ROOT / "schema/fleet.schema.json").read_text())


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    smtp = {"host": "127.0.0.1", "port": 9, "security": "none", "from": "understudy@example.org"}
    with Stack(tmp_path_factory.mktemp("fleet"), config={"smtp": smtp}) as running:
        running.add_zone("example.org", {"www": "203.0.113.10", "blog": "203.0.113.30",
                                         "shop": "203.0.113.10", "astray": "198.51.100.7"})
        running.add_provider("main")
        yield running


@pytest.fixture
def empty(stack):
    """The same stack without servers, pools, domains and channels."""
    apply(stack, {"servers": [], "pools": [], "domains": [], "channels": []})
    stack.agents.clear()
    return stack


@pytest.fixture
def shop(empty):
    apply(empty, SHOP)
    return empty


SHOP = {
    "servers": [{"name": "web1", "ipv4": "203.0.113.10"},
                {"name": "web2", "ipv4": "203.0.113.20", "labels": {"region": "eu"}}],
    "policies": {"calm": {"confirm_s": 90}},
    "pools": [{"name": "shop", "members": ["web1", "web2"], "policy": "calm"}],
    "domains": [{"name": "www.example.org", "provider": "main", "pool": "shop"}],
    "channels": [{"name": "ops", "kind": "email", "settings": {"to": ["ops@example.org"]},
                  "pools": ["shop"]}],
}


def file_of(stack, fleet):
    path = stack.folder / "fleet.json"
    path.write_text(fleet if isinstance(fleet, str) else json.dumps(fleet))
    return path


def apply(stack, fleet, *options, **more):
    return stack.ctl("apply", "-f", file_of(stack, fleet), *options, **more)


def changed(fleet, section, index, **fields):
    copy = json.loads(json.dumps(fleet))
    copy[section][index].update(fields)
    return copy


def names(stack, kind):
    return sorted(item["name"] for item in stack.get(f"/{kind}")["items"])


def test_a_file_becomes_the_fleet_and_again_it_is_nothing(empty):
    applied = apply(empty, SHOP).stdout
    assert "+ server web1: ipv4 203.0.113.10\n" in applied
    assert "+ domain www.example.org: pool shop; provider main\n" in applied
    assert "Applied: 5 added, 0 changed, 0 removed." in applied
    assert len(re.findall(r"^  web\d  usa_\S{43}$", applied, re.MULTILINE)) == 2
    line = r"^  web\d  understudy-agent enroll \S+ use_\S{43}$"
    assert len(re.findall(line, applied, re.MULTILINE)) == 2
    assert empty.get("/pools/shop")["policy"]["confirm_s"] == 90
    assert empty.get("/domains/www.example.org")["pool"]["name"] == "shop"
    assert apply(empty, SHOP).stdout == "Nothing to change.\n"


def test_the_token_of_an_applied_server_lets_its_agent_in(empty):
    answer = json.loads(apply(empty, SHOP, "-o", "json").stdout)
    tokens = {each["server"]: each["token"] for each in answer["tokens"]}
    empty.set_token("web1", tokens["web1"])
    agent = empty.make_agent("web1")
    agent.start()
    try:
        empty.wait_for_health("web1", "online")
        # It is served by a member of a pool: gone from the file, its link goes as well.
        apply(empty, {"servers": [], "pools": [], "domains": [], "channels": []})
        assert names(empty, "servers") == []
    finally:
        agent.discard()


def test_a_dry_run_shows_the_difference_and_changes_nothing(shop):
    fleet = changed(SHOP, "servers", 1, labels={"region": "us"})
    fleet["pools"][0]["members"] = ["web1"]
    fleet["channels"] = []
    before = shop.get("/fleet")
    shown = apply(shop, fleet, "--dry-run").stdout.splitlines()
    assert shown == ["~ server web2: labels: region=eu -> region=us",
                     "~ pool shop: members: web1, web2 -> web1",
                     "- channel ops",
                     "Dry run, nothing was changed: 0 added, 2 changed, 1 removed."]
    assert shop.get("/fleet") == before


def test_one_bad_item_and_nothing_is_applied(shop):
    before = shop.get("/fleet")
    fleet = changed(SHOP, "servers", 1, ipv4="203.0.113.999")
    fleet["servers"].append({"name": "web3", "ipv4": "203.0.113.30"})
    fleet["domains"].append({"name": "blog.example.org", "provider": "other", "pool": "none"})
    refused = apply(shop, fleet, check=False)
    assert refused.returncode == 1
    for path in ("servers[1].ipv4: ", "domains[1].provider: ", "domains[1].pool: "):
        assert f"understudyctl: {path}" in refused.stderr
    assert shop.get("/fleet") == before


def test_a_record_that_points_elsewhere_stops_everything(shop):
    before = shop.get("/fleet")
    fleet = json.loads(json.dumps(SHOP))
    fleet["servers"].append({"name": "web3", "ipv4": "203.0.113.30"})
    fleet["domains"] += [{"name": "astray.example.org", "provider": "main", "pool": "shop"},
                         {"name": "absent.example.org", "provider": "main", "pool": "shop"}]
    refused = apply(shop, fleet, check=False)
    assert refused.returncode == 1
    assert "domains[1]: record 'astray.example.org' holds 198.51.100.7" in refused.stderr
    assert "domains[2]: record 'absent.example.org' does not exist" in refused.stderr
    assert shop.get("/fleet") == before
    assert shop.dig("astray.example.org") == ["198.51.100.7"]


def test_removed_domains_leave_their_records_and_other_sections_are_left_alone(shop):
    assert "- domain www.example.org" in apply(shop, {"domains": []}).stdout
    assert names(shop, "domains") == []
    assert names(shop, "servers") == ["web1", "web2"]
    assert shop.dig("www.example.org") == ["203.0.113.10"]


def test_a_pool_that_is_held_is_not_given_another_name(shop):
    shop.ctl("hold", "shop", "--why", "watching")
    fleet = changed(changed(SHOP, "pools", 0, name="store"), "domains", 0, pool="store")
    fleet = changed(fleet, "channels", 0, pools=["store"])
    refused = apply(shop, fleet, "--force", "--dry-run", check=False)
    assert refused.returncode == 1
    assert "pool 'shop' is not in the file but held" in refused.stderr
    shop.ctl("release", "shop")
    assert "- pool shop" in apply(shop, fleet, "--force").stdout


def test_domains_move_to_a_pool_that_the_file_makes(shop):
    fleet = changed(SHOP, "domains", 0, pool="edge")
    fleet["pools"].append({"name": "edge", "members": ["web1"]})
    refused = apply(shop, fleet, check=False)  # nobody of it is online
    assert refused.returncode == 1 and "domains[0]: " in refused.stderr
    assert names(shop, "pools") == ["shop"]
    apply(shop, fleet, "--force")
    assert shop.get("/domains/www.example.org")["pool"]["name"] == "edge"


def test_export_gives_the_file_back_with_its_references(empty, tmp_path):
    with WebhookReceiver() as hook:
        (tmp_path / "hook.url").write_text(hook.url + "\n")
        fleet = json.loads(json.dumps(SHOP))
        settings = {"url": {"file": "hook.url"}, "secret": {"env": "HOOK_SECRET"}}
        fleet["channels"].append({"name": "hook", "kind": "webhook", "settings": settings})
        path = tmp_path / "fleet.json"
        path.write_text("// ours\n" + json.dumps(fleet))
        secret = {"HOOK_SECRET": "whsec_" + "QUJD" * 8}
        empty.ctl("apply", "-f", path, environment=secret)
        exported = empty.ctl("export").stdout
        assert hook.url not in exported and "whsec_" not in exported
        document = json.loads(exported)
        jsonschema.validate(document, SCHEMA)
        assert document["channels"][1]["settings"] == settings
        assert document["pools"][0]["policy"]["confirm_s"] == 90

        path.write_text(exported)
        again = empty.ctl("apply", "-f", path, environment=secret)
        assert again.stdout == "Nothing to change.\n"
        empty.ctl("channel", "test", "hook")
        assert hook.wait_for("test")

        other = {"HOOK_SECRET": "whsec_" + "REVG" * 8}
        rotated = empty.ctl("apply", "-f", path, environment=other).stdout
        assert "~ channel hook: content of settings.secret: (hidden) -> (another)" in rotated
        unset = empty.ctl("apply", "-f", path, check=False)
        assert unset.returncode == 2
        assert "channels[1].settings.secret: $HOOK_SECRET is not set" in unset.stderr


def test_a_file_of_50_mib_is_refused_before_it_is_sent(empty):
    path = empty.folder / "big.json"
    with path.open("wb") as file:
        file.write(b'{"servers": []')
        file.truncate(50 << 20)
    refused = empty.ctl("apply", "-f", path, check=False)
    assert refused.returncode == 2
    assert "big.json: it is longer than 16 MiB" in refused.stderr


def test_a_syntax_error_has_its_line_and_column(empty):
    broken = '{\n  "servers": [\n    { "name": "a" "ipv4": "b" }\n  ]\n}'
    refused = apply(empty, broken, check=False)
    assert refused.returncode == 2
    assert "line 3, column 19" in refused.stderr


def many(count):
    return [{"name": f"s{i}", "ipv4": f"203.{i // 62500}.{i // 250 % 250}.{i % 250 + 1}",
             "labels": {"number": str(i)}} for i in range(count)]


def test_one_wrong_line_in_ten_thousand_is_found(empty):
    servers = many(10_000)
    servers[7_123]["ipv4"] = "203.0.113"
    refused = apply(empty, {"servers": servers}, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("understudyctl: servers[7123].ipv4: ")
    assert refused.stderr.count("understudyctl: ") == 1
    servers[7_123] = {"name": "s7123", "ipv4": "203.0.28.124", "label": {}}
    refused = apply(empty, {"servers": servers}, check=False)
    assert refused.stderr.startswith("understudyctl: servers[7123].label: ")
    assert names(empty, "servers") == []


def test_a_file_of_thousands_is_applied(empty):
    fleet = {"servers": many(2_000)}
    fleet["pools"] = [{"name": f"p{i}", "members": [f"s{2 * i}", f"s{2 * i + 1}"]}
                      for i in range(1_000)]
    assert "Applied: 3000 added" in apply(empty, fleet).stdout
    assert apply(empty, fleet).stdout == "Nothing to change.\n"


def test_the_example_can_be_applied(empty, tmp_path):
    text = (ROOT / "examples/fleet.json").read_text()
    path = tmp_path / "fleet.json"
    path.write_text(text)
    (tmp_path / "chat.url").write_text("https://203.0.113.200/services/T0")
    shown = empty.ctl("apply", "-f", path, "--dry-run", check=False)
    assert "domains[0]" not in shown.stderr, shown.stderr
    assert shown.returncode == 0, shown.stderr
    assert "+ pool blog: members nyc1, fra1" in shown.stdout
    bare = json.loads(re.sub(r"(?m)^\s*//.*$", "", text))
    jsonschema.validate(bare, SCHEMA)
