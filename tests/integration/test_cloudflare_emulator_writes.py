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
