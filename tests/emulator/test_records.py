"""Records of the emulated API: what is accepted, what comes back, and batches."""

import re

import pytest
from cloudflare_scene import Scene, new

# --- what comes back


def test_new_record(scene):
    record = scene.create("www").result
    assert re.fullmatch("[0-9a-f]{32}", record["id"])
    assert record["name"] == f"www.{scene.name}"
    assert (record["type"], record["content"], record["ttl"]) == ("A", "192.0.2.1", 60)
    assert (record["proxied"], record["proxiable"]) == (False, True)
    assert (record["comment"], record["tags"], record["settings"]) == (None, [], {})
    assert scene.api("GET", f"{scene.records_path}/{record['id']}").result == record


@pytest.mark.parametrize(
    "sent, stored",
    [("@", "{}"), ("www", "www.{}"), ("WWW.{}", "www.{}"), ("{}", "{}"), ("a.tk", "a.tk.{}")],
)
def test_names_are_expanded(scene, sent, stored):
    name = scene.create(sent.format(scene.name)).result["name"]
    assert name == stored.format(scene.name)


def test_ipv6_comes_back_in_canonical_form(scene):
    sent = "2001:0DB8:0000:0000:0000:0000:0000:0001"
    record = scene.create("www", "AAAA", sent).result
    assert record["content"] == "2001:db8::1"


def test_structured_record_gets_its_content_from_data(scene):
    data = {"priority": 1, "weight": 2, "port": 443, "target": "host.example.org"}
    body = {"name": "_https._tcp", "type": "SRV", "data": data, "ttl": 60}
    record = scene.api("POST", scene.records_path, body).result
    assert record["content"] == "1 2 443 host.example.org" and record["data"] == data
    answer = scene.emulator.ask(record["name"], "SRV").answer
    assert answer[0][0].to_text() == "1 2 443 host.example.org."


# --- what is refused


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"name": "a..b"}, 9000),
        ({"name": ".www"}, 9000),
        ({"name": "with space"}, 9000),
        ({"name": "a.*.b"}, 9000),
        ({"name": "x" * 64}, 9000),
        ({"name": ".".join(["x" * 60] * 5)}, 9000),
        ({"name": ""}, 9000),
        ({"content": "192.0.2.300"}, 9005),
        ({"content": "2001:db8::1"}, 9005),
        ({"type": "AAAA", "content": "192.0.2.1"}, 9006),
        ({"type": "CNAME", "content": "not a host"}, 9007),
        ({"content": ""}, 9007),
        ({"content": None}, 9007),
        ({"type": "TXT", "content": "x" * 5000}, 9015),
        ({"ttl": 59}, 9021),
        ({"ttl": 30}, 9021),
        ({"ttl": 86401}, 9021),
        ({"ttl": 0}, 9021),
        ({"ttl": 60.5}, 9021),
        ({"ttl": "120"}, 9021),
        ({"ttl": None}, 9021),
        ({"ttl": True}, 9021),
        ({"ttl": 5, "proxied": True}, 9021),
        ({"type": "TXT", "content": '"x"', "proxied": True}, 9041),
        ({"comment": "x" * 101}, 9313),
        ({"comment": "two\nlines"}, 1004),
        ({"tags": ["owner:me"]}, 9300),
        ({"type": "BOGUS"}, 1004),
    ],
)
def test_invalid_record(scene, fields, code):
    reply = scene.api("POST", scene.records_path, {**new("www"), **fields})
    assert (reply.status, reply.code) == (400, code)
    assert scene.records().result == []


def test_malformed_body(scene):
    numbers = (b'{"ttl": NaN}', b'{"ttl": 1e999}')
    for body in (b"{", b"[]", b"", b"\xff", b"[" * 100_000, *numbers):
        assert scene.api("POST", scene.records_path, body).code == 6007


@pytest.mark.parametrize(
    "first, second, code",
    [
        (("A", "192.0.2.1"), ("A", "192.0.2.1"), 81058),
        (("AAAA", "2001:db8::1"), ("AAAA", "2001:DB8:0::1"), 81058),
        (("A", "192.0.2.1"), ("CNAME", "x.example.org"), 81053),
        (("CNAME", "y.example.org"), ("CNAME", "x.example.org"), 81053),
        (("CNAME", "x.example.org"), ("A", "192.0.2.1"), 81054),
        (("NS", "ns.example.org"), ("A", "192.0.2.1"), 81056),
        (("TXT", '"x"'), ("NS", "ns.example.org"), 81056),
    ],
)
def test_records_that_exclude_each_other(scene, first, second, code):
    assert scene.create("www", *first).status == 200
    reply = scene.create("www", *second)
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize(
    "first, second",
    [
        (("A", "192.0.2.1"), ("A", "192.0.2.2")),
        (("A", "192.0.2.1"), ("AAAA", "2001:db8::1")),
        (("NS", "ns1.example.org"), ("NS", "ns2.example.org")),
        (("CNAME", "x.example.org"), ("TXT", '"x"')),
    ],
)
def test_records_that_go_together(scene, first, second):
    assert scene.create("www", *first).status == 200
    assert scene.create("www", *second).status == 200


def test_duplicates_can_be_reported_with_the_other_code(scene, emulator):
    scene.create("www")
    emulator.control("PATCH", "settings", {"duplicate_code": 81057})
    try:
        assert scene.create("www").code == 81057
    finally:
        emulator.control("PATCH", "settings", {"duplicate_code": 81058})


def test_combined_content_is_limited(scene):
    for letter in "ab":
        assert scene.create("txt", "TXT", letter * 4000).status == 200
    assert scene.create("txt", "TXT", "c" * 4000).code == 83011


def test_record_quota(emulator):
    scene = Scene(emulator, record_quota=2)
    assert [scene.create(name).status for name in "abc"] == [200, 200, 400]
    assert scene.create("d").code == 81045


def test_plan_decides_about_ttl_tags_and_comments(emulator):
    enterprise, free = Scene(emulator, plan="enterprise"), Scene(emulator)
    generous = {"ttl": 30, "tags": ["owner:me"], "comment": "x" * 500}
    record = enterprise.create("www", **generous).result
    assert {key: record[key] for key in generous} == generous
    assert record["comment_modified_on"] and record["tags_modified_on"]
    assert free.create("www", **generous).status == 400


# --- changes


def rich(emulator):
    scene = Scene(emulator, plan="pro")
    fields = {"proxied": True, "comment": "mine", "tags": ["a:b"], "settings": {"ipv4_only": True}}
    return scene, scene.create("www", **fields).result


def test_patch_keeps_what_it_does_not_name(emulator):
    scene, before = rich(emulator)
    after = scene.change("PATCH", before, {"content": "192.0.2.2"}).result
    assert after == {**before, "content": "192.0.2.2", "modified_on": after["modified_on"]}
    assert after["modified_on"] > before["modified_on"]


def test_patch_without_a_change_moves_modified_on(scene):
    before = scene.create("www").result
    after = scene.change("PATCH", before, {"content": before["content"]}).result
    assert after["modified_on"] > before["modified_on"]


def test_patch_clears_comment_and_tags_when_told(emulator):
    scene, before = rich(emulator)
    after = scene.change("PATCH", before, {"comment": "", "tags": []}).result
    assert (after["comment"], after["tags"], after["proxied"]) == (None, [], True)
    assert "comment_modified_on" not in after


def test_put_resets_what_it_does_not_name(emulator):
    scene, before = rich(emulator)
    after = scene.change("PUT", before, new("www", content="192.0.2.2")).result
    assert (after["id"], after["created_on"]) == (before["id"], before["created_on"])
    assert (after["proxied"], after["comment"], after["tags"], after["settings"]) == (
        False, None, [], {},
    )  # fmt: skip


def test_patch_can_rename(scene):
    record = scene.create("www").result
    assert scene.change("PATCH", record, {"name": "web"}).result["name"] == f"web.{scene.name}"
    assert scene.records(f"?name=www.{scene.name}").result == []
    assert len(scene.records(f"?name=web.{scene.name}").result) == 1


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_type_cannot_change(scene, method):
    record = scene.create("www").result
    reply = scene.change(method, record, new("www", "TXT", '"x"'))
    assert (reply.status, reply.code) == (400, 1004)


def test_refused_change_leaves_the_record_alone(scene):
    record = scene.create("www").result
    assert scene.change("PATCH", record, {"ttl": 90, "content": "nonsense"}).code == 9005
    assert scene.records().result == [record]


def test_proxied_record_has_automatic_ttl(scene):
    record = scene.create("www", proxied=True, ttl=120).result
    assert record["ttl"] == 1
    assert scene.change("PATCH", record, {"ttl": 120}).result["ttl"] == 1
    plain = scene.create("plain", ttl=120).result
    assert scene.change("PATCH", plain, {"proxied": True}).result["ttl"] == 1


def test_delete(scene):
    record = scene.create("www").result
    assert scene.change("DELETE", record).result == {"id": record["id"]}
    for method in ("GET", "DELETE"):
        reply = scene.change(method, record)
        assert (reply.status, reply.code) == (404, 81044)
    assert scene.create("www").result["id"] != record["id"]


# --- lists


@pytest.fixture
def library(emulator):
    scene = Scene(emulator, plan="pro")
    scene.create("a", content="192.0.2.1", comment="first of all", tags=["team:web", "x:1"])
    scene.create("b", content="192.0.2.2", proxied=True, tags=["team:mail"])
    scene.create("b", "AAAA", "2001:db8::1")
    scene.create("mail", "TXT", '"v=spf1 -all"', comment="Spam")
    return scene


@pytest.mark.parametrize(
    "query, found",
    [
        ("name=A.{zone}", "a"),
        ("name.exact=b.{zone}", "b b"),
        ("name.contains=AI", "mail"),
        ("name.startswith=b.", "b b"),
        ("name.endswith=l.{zone}", "mail"),
        ("type=AAAA", "b"),
        ("type=A", "a b"),
        ("content=192.0.2.2", "b"),
        ("content.exact=2001:DB8::1", "b"),
        ("content.contains=SPF", "mail"),
        ("content.startswith=192.0.2.", "a b"),
        ("content.endswith=.1", "a"),
        ("proxied=true", "b"),
        ("proxied=false", "a b mail"),
        ("comment=spam", "mail"),
        ("comment.contains=of", "a"),
        ("comment.startswith=FIRST", "a"),
        ("comment.endswith=all", "a"),
        ("comment.present", "a mail"),
        ("comment.absent=", "b b"),
        ("tag=team:web", "a"),
        ("tag.exact=TEAM:mail", "b"),
        ("tag.present=team", "a b"),
        ("tag.absent=team", "b mail"),
        ("tag.contains=team:e", "a"),
        ("tag.startswith=team:m", "b"),
        ("tag.endswith=team:l", "b"),
        ("tag.present=x&tag.exact=team:mail&tag_match=any", "a b"),
        ("tag.present=x&tag.exact=team:mail", ""),
        ("search=SPF1", "mail"),
        ("name=b.{zone}&type=A", "b"),
        ("name=b.{zone}&type=TXT&match=any", "b b mail"),
        ("name=nobody.{zone}", ""),
    ],
)
def test_filters(library, query, found):
    records = library.records("?" + query.format(zone=library.name)).result
    assert sorted(record["name"].split(".")[0] for record in records) == found.split()


def test_order(library):
    first = library.records("?order=name&direction=desc").result[0]
    assert first["name"] == f"mail.{library.name}"
    kinds = [record["type"] for record in library.records().result]
    assert kinds == sorted(kinds)


@pytest.mark.parametrize(
    "query", ["type=NONE", "per_page=0", "page=0", "order=age", "direction=up", "proxied=maybe"]
)
def test_senseless_queries(library, query):
    assert library.records("?" + query).status == 400


def test_pages(scene):
    for number in range(7):
        scene.create(f"h{number}")
    pages = [scene.records(f"?per_page=3&page={page}").document for page in (1, 2, 3, 4)]
    assert [page["result_info"]["count"] for page in pages] == [3, 3, 1, 0]
    ids = {record["id"] for page in pages for record in page["result"]}
    assert len(ids) == 7
    assert pages[2]["result_info"] == {
        "page": 3, "per_page": 3, "count": 1, "total_count": 7, "total_pages": 3,
    }  # fmt: skip


def test_default_page_holds_a_hundred(emulator):
    scene = Scene(emulator, records=[new(f"h{number}") for number in range(101)])
    info = scene.records().document["result_info"]
    assert (info["per_page"], info["count"], info["total_pages"]) == (100, 100, 2)
