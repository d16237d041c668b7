"""The emulator's name server: real queries by UDP and TCP."""

import socket
import struct

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import pytest
from cloudflare_scene import Scene, new, wait_for
from emulator_process import EmulatorProcess

EDGE_A = ["104.16.0.1", "104.16.0.2"]
EDGE_AAAA = ["2606:4700::6810:1", "2606:4700::6810:2"]


@pytest.mark.parametrize("over_tcp", [False, True])
def test_address(scene, emulator, over_tcp):
    record = scene.create("www", ttl=120).result
    answer = emulator.ask(record["name"], over_tcp=over_tcp)
    assert answer.flags & dns.flags.AA
    assert answer.answer[0].to_text() == f"{record['name']}. 120 IN A 192.0.2.1"
    assert emulator.addresses(record["name"].upper()) == ["192.0.2.1"]


@pytest.mark.parametrize(
    "kind, content, served",
    [
        ("AAAA", "2001:db8::1", "2001:db8::1"),
        ("TXT", "plain text", '"plain text"'),
        ("TXT", '"one" "two"', '"one" "two"'),
        ("TXT", 'say "hi"', r'"say \"hi\""'),
        ("MX", "mail.example.org", "0 mail.example.org."),
        ("NS", "ns.example.org", "ns.example.org."),
        ("CNAME", "host.example.org", "host.example.org."),
    ],
)
def test_record_types(scene, emulator, kind, content, served):
    name = scene.create("www", kind, content).result["name"]
    assert emulator.addresses(name, kind) == [served]


def test_automatic_ttl_is_300(scene, emulator):
    name = scene.create("www", ttl=1).result["name"]
    assert emulator.ask(name).answer[0].ttl == 300


def test_zone_apex(scene, emulator):
    name_servers = emulator.addresses(scene.name, "NS")
    assert name_servers == sorted(f"{server}." for server in scene.zone["name_servers"])
    before = emulator.ask(scene.name, "SOA").answer[0][0]
    scene.create("www")
    assert emulator.ask(scene.name, "SOA").answer[0][0].serial > before.serial


def test_nothing_of_that_type(scene, emulator):
    name = scene.create("a.b").result["name"]
    for asked, kind in ((name, "AAAA"), (f"b.{scene.name}", "A"), (scene.name, "A")):
        answer = emulator.ask(asked, kind)
        assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])
        assert answer.authority[0].rdtype == dns.rdatatype.SOA


def test_no_such_name(scene, emulator):
    answer = emulator.ask(f"nobody.{scene.name}")
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert answer.authority[0].rdtype == dns.rdatatype.SOA
    record = scene.create("nobody").result
    assert emulator.ask(record["name"]).rcode() == dns.rcode.NOERROR
    scene.change("DELETE", record)
    assert emulator.ask(record["name"]).rcode() == dns.rcode.NXDOMAIN


def test_name_of_no_zone(emulator):
    assert emulator.ask("www.elsewhere.org").rcode() == dns.rcode.REFUSED


def test_the_longest_zone_answers(scene, emulator):
    scene.create("www.sub")
    emulator.add_zone(f"sub.{scene.name}", [new("www", content="192.0.2.99")])
    assert emulator.addresses(f"www.sub.{scene.name}") == ["192.0.2.99"]


def test_wildcard(scene, emulator):
    scene.create("*", content="192.0.2.42")
    assert emulator.addresses(f"any.{scene.name}") == ["192.0.2.42"]
    assert emulator.addresses(f"deep.below.{scene.name}") == ["192.0.2.42"]
    assert emulator.ask(f"any.{scene.name}").answer[0].name.to_text() == f"any.{scene.name}."


def test_any_record_hides_the_wildcard_at_and_below_its_name(scene, emulator):
    scene.create("*", content="192.0.2.42")
    scene.create("host", "TXT", '"x"')
    for name, rcode in (("host", dns.rcode.NOERROR), ("below.host", dns.rcode.NXDOMAIN)):
        answer = emulator.ask(f"{name}.{scene.name}")
        assert (answer.rcode(), answer.answer) == (rcode, [])


def test_aliases_are_followed_inside_the_zone(scene, emulator):
    scene.create("www", "CNAME", f"host.{scene.name}")
    scene.create("host")
    answer = emulator.ask(f"www.{scene.name}").answer
    assert [rrset.rdtype for rrset in answer] == [dns.rdatatype.CNAME, dns.rdatatype.A]
    scene.create("loop", "CNAME", f"pool.{scene.name}")
    scene.create("pool", "CNAME", f"loop.{scene.name}")
    assert emulator.ask(f"loop.{scene.name}").rcode() == dns.rcode.NOERROR


def test_alias_at_the_apex_is_flattened(scene, emulator):
    scene.create("@", "CNAME", f"host.{scene.name}")
    scene.create("host")
    answer = emulator.ask(scene.name).answer
    assert [rrset.to_text() for rrset in answer] == [f"{scene.name}. 60 IN A 192.0.2.1"]


@pytest.mark.parametrize("kind, content", [("A", "192.0.2.1"), ("CNAME", "host.example.org")])
def test_proxied_name_answers_the_edge(scene, emulator, kind, content):
    record = scene.create("www", kind, content, proxied=True).result
    assert emulator.addresses(record["name"]) == EDGE_A
    assert emulator.addresses(record["name"], "AAAA") == EDGE_AAAA
    assert emulator.ask(record["name"]).answer[0].ttl == 300
    assert emulator.ask(record["name"], "CNAME").answer == []


def test_one_proxied_record_covers_its_whole_name(scene, emulator):
    proxied = scene.create("www", proxied=True).result
    scene.create("www", content="192.0.2.2")
    assert emulator.addresses(proxied["name"]) == EDGE_A
    scene.change("DELETE", proxied)
    assert emulator.addresses(proxied["name"]) == ["192.0.2.2"]


@pytest.mark.parametrize("change", [{"paused": True}, {"status": "pending"}])
def test_zone_that_does_not_proxy_shows_the_origin(scene, emulator, change):
    name = scene.create("www", proxied=True).result["name"]
    emulator.control("PATCH", f"zones/{scene.zone_id}", change)
    assert emulator.addresses(name) == ["192.0.2.1"]


def test_active_zone_answers_before_a_pending_namesake(scene, emulator):
    emulator.add_zone(scene.name, [new("www", content="192.0.2.99")], status="pending")
    scene.create("www")
    assert emulator.addresses(f"www.{scene.name}") == ["192.0.2.1"]


def test_propagation_takes_its_time():
    with EmulatorProcess("--propagation-ms", "60000") as process:
        scene = Scene(process, records=[new("www")])
        name = f"www.{scene.name}"
        record = scene.records().result[0]
        scene.change("PATCH", record, {"content": "192.0.2.2"})
        assert process.addresses(name) == ["192.0.2.1"]
        process.control("PATCH", "settings", {"propagation_ms": 0})
        scene.change("PATCH", record, {"content": "192.0.2.3"})
        assert process.addresses(name) == ["192.0.2.3"]


def test_late_change_arrives():
    with EmulatorProcess("--propagation-ms", "700") as process:
        scene = Scene(process)
        name = scene.create("www").result["name"]
        assert process.addresses(name) == []
        wait_for(lambda: process.addresses(name) == ["192.0.2.1"])


def test_change_overtaken_by_a_later_one_never_shows():
    with EmulatorProcess("--propagation-ms", "100") as process:
        scene = Scene(process)
        www = scene.create("www").result
        last = scene.create("last").result["name"]
        process.control("PATCH", "settings", {"propagation_ms": 0})
        scene.change("PATCH", www, {"content": "192.0.2.2"})
        assert process.addresses(www["name"]) == ["192.0.2.2"]
        wait_for(lambda: process.addresses(last) == ["192.0.2.1"])
        assert process.addresses(www["name"]) == ["192.0.2.2"]


def test_large_answers_are_truncated_over_udp_only(emulator):
    records = [new("www", content=f"192.0.2.{number}") for number in range(1, 101)]
    scene = Scene(emulator, plan="pro", records=records)
    name = f"www.{scene.name}"
    short = emulator.ask(name, use_edns=False)
    assert short.flags & dns.flags.TC and short.answer == []
    assert len(emulator.ask(name, over_tcp=True).answer[0]) == 100
    assert len(emulator.ask(name, use_edns=0, payload=4096).answer[0]) == 100


GARBAGE = [
    b"",
    b"x",
    b"\0" * 11,
    b"\0" * 12,
    b"\xff" * 40,
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01",
    b"\x12\x34\x01\x00\xff\xff\x00\x00\x00\x00\x00\x00\x03www",
    dns.message.make_query("www.example.com", "A").to_wire()[:-3],
    dns.message.make_response(dns.message.make_query("www.example.com", "A")).to_wire(),
]


@pytest.mark.parametrize("packet", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_by_udp(scene, emulator, packet):
    name = scene.create("www").result["name"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(packet, ("127.0.0.1", emulator.dns_port))
    assert emulator.addresses(name) == ["192.0.2.1"]


@pytest.mark.parametrize("packet", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_by_tcp(scene, emulator, packet):
    name = scene.create("www").result["name"]
    with socket.create_connection(("127.0.0.1", emulator.dns_port)) as sender:
        sender.sendall(struct.pack("!H", len(packet)) + packet)
        sender.shutdown(socket.SHUT_WR)
        sender.settimeout(5)
        while sender.recv(4096):
            pass
    assert emulator.ask(name, over_tcp=True).rcode() == dns.rcode.NOERROR


def test_broken_query_gets_a_format_error(emulator):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(5)
        sender.sendto(b"\x12\x34\x01\x00\xff\xff" + b"\0" * 6, ("127.0.0.1", emulator.dns_port))
        assert dns.message.from_wire(sender.recv(512)).rcode() == dns.rcode.FORMERR


def test_other_operations_are_not_implemented(emulator):
    query = dns.message.make_query("www.example.com", "A")
    query.set_opcode(dns.opcode.STATUS)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(5)
        sender.sendto(query.to_wire(), ("127.0.0.1", emulator.dns_port))
        assert dns.message.from_wire(sender.recv(512)).rcode() == dns.rcode.NOTIMP
