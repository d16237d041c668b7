"""Writes to the emulated API as a whole: batches, and requests that make no sense."""

import pytest
from cloudflare_scene import Scene, new


def test_batch_runs_deletes_patches_puts_posts(scene):
    alias = scene.create("www", "CNAME", "old.example.org").result
    moved = scene.create("api").result
    reset = scene.create("mail", proxied=True).result
    result = scene.batch(
        posts=[new("www"), new("api", content="192.0.2.1")],
        puts=[{"id": reset["id"], **new("mail", content="192.0.2.9")}],
        patches=[{"id": moved["id"], "content": "192.0.2.8"}],
        deletes=[{"id": alias["id"]}],
    ).result
    assert {key: len(items) for key, items in result.items()} == {
        "deletes": 1, "patches": 1, "puts": 1, "posts": 2,
    }  # fmt: skip
    assert result["deletes"][0]["id"] == alias["id"]
    assert result["puts"][0]["proxied"] is False
    assert len(scene.records(f"?name=api.{scene.name}").result) == 2


def test_failed_batch_changes_nothing_and_names_the_first_error(scene):
    kept = scene.create("kept").result
    patched = scene.create("patched").result
    before = scene.records().result
    reply = scene.batch(
        deletes=[{"id": kept["id"]}],
        patches=[{"id": patched["id"], "content": "192.0.2.7"}, {"id": "0" * 32, "ttl": 60}],
        posts=[new("fresh"), new("bad", content="nonsense")],
    )
    assert (reply.status, reply.code) == (404, 81044)
    assert len(reply.document["errors"]) == 1
    assert scene.records().result == before
    assert scene.emulator.addresses(f"patched.{scene.name}") == ["192.0.2.1"]


def test_batch_obeys_its_own_order_about_duplicates(scene):
    first = scene.create("www", content="192.0.2.1").result
    second = scene.create("www", content="192.0.2.2").result
    reply = scene.batch(
        patches=[
            {"id": first["id"], "content": "192.0.2.2"},
            {"id": second["id"], "content": "192.0.2.3"},
        ]
    )
    assert reply.code == 81058


@pytest.mark.parametrize("plan, allowed", [("free", 200), ("pro", 3500)])
def test_batch_size(emulator, plan, allowed):
    scene = Scene(emulator, plan=plan)
    posts = [new(f"h{number}") for number in range(allowed + 1)]
    assert scene.batch(posts=posts).status == 400
    assert scene.records().result == []
    assert len(scene.batch(posts=posts[:-1]).result["posts"]) == allowed


def test_batch_that_is_no_batch(scene):
    assert scene.batch(posts={"name": "www"}).status == 400
    assert scene.batch().result == {"deletes": [], "patches": [], "puts": [], "posts": []}


ODD_VALUES = [None, True, 0, -1, 1.5, 10**30, 1e300, "", "x", "\0", "é" * 300, [], [[]], [None], {}]


@pytest.mark.parametrize(
    "key", "name type content ttl proxied comment tags settings data priority".split()
)
def test_odd_values_are_refused_or_stored_but_never_upset_the_server(emulator, key):
    scene = Scene(emulator, plan="pro")
    record = scene.create("kept").result
    for value in ODD_VALUES:
        odd = {**new("odd"), key: value}
        for reply in (
            scene.api("POST", scene.records_path, odd),
            scene.change("PATCH", record, {key: value}),
            scene.change("PUT", record, odd),
            scene.batch(patches=[{"id": value, key: value}], posts=[{**odd, "type": "SRV"}]),
        ):
            assert reply.status in (200, 400, 404), (value, reply.body)
    assert scene.records().status == 200


def watched(scene, *requests):
    """What the count of harm to sets is after the requests."""
    before = scene.emulator.control("GET", "stats")["sets"]
    for request in requests:
        request()
    after = scene.emulator.control("GET", "stats")["sets"]
    return {key: after[key] - before[key] for key in after if after[key] != before[key]}


@pytest.fixture
def pool(emulator):
    scene = Scene(emulator, plan="pro")
    common = {"proxied": True, "comment": "of the pool", "tags": ["team:web"]}
    scene.members = [
        scene.create("www", content=f"192.0.2.{number}", **common).result for number in (1, 2)
    ]
    scene.common = common
    return scene


def test_a_name_that_is_empty_in_the_middle_of_a_batch_is_counted(pool):
    swap = {
        "deletes": [{"id": member["id"]} for member in pool.members],
        "posts": [new("www", content="192.0.2.9", **pool.common)],
    }
    assert watched(pool, lambda: pool.batch(**swap)) == {"emptied": 1}


def test_a_name_left_empty_between_two_requests_is_counted_and_a_new_name_is_not(pool):
    delete = [lambda member=member: pool.change("DELETE", member) for member in pool.members]
    assert watched(pool, *delete) == {"emptied": 1}
    assert watched(pool, lambda: pool.create("www", **pool.common)) == {}


def test_a_set_that_is_half_proxied_is_counted_once(pool):
    unproxied = {**pool.common, "proxied": False}
    grown = watched(pool, lambda: pool.create("www", content="192.0.2.9", **unproxied))
    assert grown == {"mixed": 1, "unlike": 1}
    assert watched(pool, lambda: pool.change("PATCH", pool.members[0], {"ttl": 60})) == {}


@pytest.mark.parametrize("other", [{"comment": "mine"}, {"tags": []}])
def test_a_new_record_unlike_its_siblings_is_counted(pool, other):
    fields = {**pool.common, **other}
    assert watched(pool, lambda: pool.create("www", content="192.0.2.9", **fields)) == {"unlike": 1}


def test_a_set_that_changes_as_it_should_counts_nothing(pool):
    first, second = pool.members
    refused = {"deletes": [{"id": first["id"]}, {"id": second["id"]}], "posts": [new("b..d")]}
    assert watched(
        pool,
        lambda: pool.create("www", content="192.0.2.3", **pool.common),
        lambda: pool.create("www", "AAAA", "2001:db8::1", **pool.common),
        lambda: pool.batch(
            deletes=[{"id": first["id"]}],
            patches=[{"id": second["id"], "content": "192.0.2.8"}],
        ),
        lambda: pool.batch(**refused),
    ) == {}
