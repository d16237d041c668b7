"""The traffic validator: it must pass what is right and catch what is wrong, on both sides."""

import copy
import json

import pytest
from cloudflare_scene import Scene, new, openapi_check
from emulator_process import EmulatorProcess


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A conversation of a well-behaved client, with every kind of answer."""
    traffic = tmp_path_factory.mktemp("traffic") / "traffic.jsonl"
    with EmulatorProcess("--traffic-log", traffic, "--plan", "pro") as process:
        scene = Scene(process, plan="pro")
        account = process.add_token(kind="account")
        scene.api("GET", "/user/tokens/verify")
        scene.api("GET", "/user/tokens/verify", token=account["value"])
        scene.api("GET", f"/accounts/{account['account_id']}/tokens/verify", token=account["value"])
        scene.api("GET", f"/zones?name={scene.name}&per_page=5&type=full,partial")
        scene.api("GET", f"/zones/{scene.zone_id}")
        scene.create("www", comment="mine", tags=["a:b"])
        record = scene.create("www", "AAAA", "2001:db8::1", proxied=True).result
        for body in ({"type": "TXT", "content": '"x"'}, {"type": "MX", "content": "m.example.org"}):
            scene.api("POST", scene.records_path, {**new("other"), **body})
        data = {"priority": 1, "weight": 2, "port": 443, "target": "host.example.org"}
        scene.api("POST", scene.records_path, {"name": "_x._tcp", "type": "SRV", "data": data})
        scene.records("?per_page=2&proxied=false&order=ttl&direction=desc")
        scene.records("?type=A")
        scene.records(f"?name.exact=www.{scene.name}")
        scene.change("PATCH", record, {"content": "2001:db8::2"})
        scene.change("PUT", record, new("www", "AAAA", "2001:db8::3"))
        scene.batch(patches=[{"id": record["id"], "ttl": 120}], posts=[new("fresh")])
        scene.change("GET", record)
        scene.change("DELETE", record)
        scene.change("GET", record)
        scene.create("www")
        scene.api("GET", "/zones", token="cfut_" + "x" * 48)
        scene.api("GET", "/zones", token=None)
        for kind in ("status_html", "throttle", "extra_keys", "truncated_json"):
            scene.fault(kind)
            scene.records()
        scene.fault("reply_lost")
        with pytest.raises(OSError):
            scene.records()
    return [json.loads(line) for line in traffic.read_text().splitlines()]


def judge(tmp_path, exchanges):
    """Exit status, violations, and the line of totals."""
    traffic = tmp_path / "traffic.jsonl"
    traffic.write_text("".join(json.dumps(exchange) + "\n" for exchange in exchanges))
    status, lines = openapi_check(traffic)
    return status, lines[:-1], lines[-1]


def pick(recorded, method, ending, query=""):
    """The first successful exchange of that method whose path and query end so."""
    for exchange in recorded:
        path, _, asked = exchange["url"].partition("?")
        if (exchange["method"], exchange["status"]) != (method, 200):
            continue
        if path.endswith(ending) and asked.endswith(query):
            return copy.deepcopy(exchange)
    raise LookupError(f"{method} ...{ending}?...{query}")


def test_real_traffic_passes(tmp_path, recorded):
    status, violations, last = judge(tmp_path, recorded)
    assert violations == ["5 answers were lost or bent on purpose and not checked"]
    assert (status, last) == (0, f"{len(recorded)} exchanges checked, 0 violations")


def test_credentials_are_not_recorded(recorded):
    assert "cfut_" not in json.dumps(recorded) and "cfat_" not in json.dumps(recorded)


def test_no_traffic_at_all_fails(tmp_path):
    assert judge(tmp_path, []) == (1, [], "0 exchanges checked, 0 violations")


def one_violation(tmp_path, exchange):
    status, violations, last = judge(tmp_path, [exchange])
    assert (status, len(violations)) == (1, 1), violations
    assert last == "1 exchanges checked, 1 violations"
    return violations[0]


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda record: record.pop("id"), ["answer $.result[0]", "'id'"]),
        (lambda record: record.update(ttl="60"), ["answer $.result[0].ttl", "number"]),
        (lambda record: record.update(ttl=5), ["answer $.result[0].ttl", ""]),
        (lambda record: record.update(type="BOGUS"), ["answer $.result[0]", ""]),
        (lambda record: record.update(content="192.0.2.300"), ["$.result[0].content", "ipv4"]),
        (lambda record: record.update(proxied="no"), ["answer $.result[0].proxied", "boolean"]),
        (lambda record: record.update(modified_on="today"), ["modified_on", "date-time"]),
        (lambda record: record.update(id="x" * 33), ["answer $.result[0].id", "32"]),
    ],
)
def test_wrong_answer(tmp_path, recorded, change, words):
    exchange = pick(recorded, "GET", "/dns_records", query="type=A")
    record = exchange["response_body"]["result"][0]
    change(record)
    status, violations, _ = judge(tmp_path, [exchange])
    assert status == 1 and violations
    assert all(word in violations[0] for word in words), violations


def test_answer_without_its_envelope(tmp_path, recorded):
    exchange = pick(recorded, "GET", "/dns_records")
    del exchange["response_body"]["success"]
    assert "'success'" in one_violation(tmp_path, exchange)


def test_answer_with_an_undescribed_status(tmp_path, recorded):
    exchange = pick(recorded, "GET", "/dns_records")
    exchange["status"] = 502
    assert "502" in one_violation(tmp_path, exchange)


def test_answer_that_is_no_json(tmp_path, recorded):
    exchange = pick(recorded, "GET", "/dns_records")
    assert "is not JSON" in one_violation(tmp_path, {**exchange, "response_body": "{"})
    exchange["response_headers"]["Content-Type"] = "text/html"
    assert "content-type" in one_violation(tmp_path, exchange)


@pytest.mark.parametrize(
    "method, ending, body, words",
    [
        ("PATCH", "", {"ttl": "120"}, "request $"),
        ("PUT", "", new("www", content=7), "request $"),
        ("POST", "/dns_records", {"type": "A", "name": ""}, "request $.name"),
        ("POST", "/dns_records", {"type": "A", "content": "example.com"}, "request $.content"),
        ("POST", "/dns_records", "nonsense", "is not JSON"),
        ("POST", "/dns_records", None, "a body is required"),
        ("POST", "/batch", {"patches": [{"content": "192.0.2.1"}]}, "request $.patches[0]"),
        ("POST", "/batch", {"deletes": {"id": "x"}}, "request $.deletes"),
        ("GET", "/dns_records", {"a": 1}, "takes no body"),
    ],
)
def test_wrong_request(tmp_path, recorded, method, ending, body, words):
    exchange = pick(recorded, method, ending)
    exchange["request_body"] = body
    status, violations, _ = judge(tmp_path, [exchange])
    assert status == 1 and words in violations[0], violations


@pytest.mark.parametrize(
    "query, words",
    [
        ("per_page=51", "per_page"),
        ("per_page=many", "per_page"),
        ("status=weird", "status"),
        ("type=full,weird", "type"),
        ("surname=x", "query parameter surname"),
    ],
)
def test_wrong_query(tmp_path, recorded, query, words):
    exchange = pick(recorded, "GET", "/zones")
    exchange["url"] = f"/client/v4/zones?{query}"
    assert words in one_violation(tmp_path, exchange)


@pytest.mark.parametrize(
    "method, url, words",
    [
        ("GET", "/client/v4/zonez", "no such path"),
        ("GET", "/other/zones", "base path"),
        ("DELETE", "/client/v4/zones", "method"),
    ],
)
def test_path_or_method_that_is_not_described(tmp_path, recorded, method, url, words):
    exchange = pick(recorded, "GET", "/zones")
    assert words in one_violation(tmp_path, {**exchange, "method": method, "url": url})


def test_request_is_checked_even_if_its_answer_is_bent(tmp_path, recorded):
    exchange = {**pick(recorded, "PATCH", ""), "bent": "on purpose", "response_body": "<html>"}
    assert judge(tmp_path, [exchange])[0] == 0
    exchange["request_body"] = {"proxied": "yes"}
    assert judge(tmp_path, [exchange])[0] == 1


PETS = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets/mine": {"get": {"responses": {"204": {"description": "none"}}}},
        "/pets/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "head": {"responses": {"200": {"$ref": "#/components/responses/Pet"}}},
            "put": {
                "parameters": [{"$ref": "#/components/parameters/Reason"}],
                "requestBody": {"$ref": "#/components/requestBodies/Pet"},
                "responses": {"200": {"$ref": "#/components/responses/Pet"}},
            },
        },
    },
    "components": {
        "parameters": {
            "Reason": {
                "name": "X-Reason",
                "in": "header",
                "required": True,
                "schema": {"type": "string"},
            }
        },
        "requestBodies": {
            "Pet": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
            }
        },
        "responses": {
            "Pet": {
                "description": "the pet",
                "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
            }
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["id", "name"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "name": {"type": "string"},
                    "age": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "owner": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Owner"}]},
                    "home": {"nullable": True, "anyOf": [{"type": "string"}, {"type": "integer"}]},
                    "example": {"type": "integer"},
                },
            },
            "Owner": {"type": "object", "required": ["name"]},
        },
    },
}
PUT_PET = {
    "method": "PUT",
    "url": "/pets/7",
    "request_headers": {"Content-Type": "application/json", "x-reason": "age"},
    "request_body": {"name": "Rex", "age": 3},
    "status": 200,
    "response_headers": {"content-type": "application/json; charset=utf-8", "etag": "1"},
    "response_body": {"id": 7, "name": "Rex", "age": 3, "owner": None, "home": None},
}


@pytest.mark.parametrize(
    "change, words",
    [
        ({}, None),
        ({"method": "HEAD", "request_body": None, "response_body": None}, None),
        ({"url": "/pets/seven"}, "path parameter id"),
        ({"request_headers": {"content-type": "application/json"}}, "header parameter X-Reason"),
        ({"request_body": {"id": 7, "name": "Rex"}}, "request $.id"),
        ({"request_body": {"name": "Rex", "age": 0}}, "request $.age"),
        ({"request_body": {"name": "Rex", "breed": "x"}}, "breed"),
        ({"request_body": {"name": "Rex", "example": "x"}}, "request $.example"),
        ({"response_body": {"name": "Rex"}}, "'id'"),
        ({"response_body": {"id": 7, "name": "Rex", "owner": {}}}, "answer $.owner"),
        ({"response_body": {"id": 7, "name": "Rex", "home": {}}}, "answer $.home"),
        ({"response_headers": {"content-type": "application/json"}}, "answer header ETag"),
        ({"url": "/pets/mine"}, "method"),
        ({"url": "/pets/mine", "method": "GET", "status": 204, "request_body": None}, "no body"),
    ],
)
def test_any_other_description(tmp_path, change, words):
    document, traffic = tmp_path / "pets.json", tmp_path / "traffic.jsonl"
    document.write_text(json.dumps(PETS))
    traffic.write_text(json.dumps({**PUT_PET, **change}))
    status, lines = openapi_check(traffic, document, base_path="")
    if words is None:
        assert (status, lines) == (0, ["1 exchanges checked, 0 violations"])
    else:
        assert status == 1 and words in lines[0], lines


@pytest.mark.parametrize("home, fits", [(None, True), ("here", True), (7, False)])
def test_a_description_of_3_1_speaks_of_null_as_a_type(tmp_path, home, fits):
    document, traffic = tmp_path / "pets.json", tmp_path / "traffic.jsonl"
    pets = json.loads(json.dumps(PETS))
    pets["openapi"] = "3.1.0"
    properties = pets["components"]["schemas"]["Pet"]["properties"]
    properties["home"] = {"type": ["string", "null"]}
    properties["age"] = {"type": "number", "exclusiveMinimum": 0}
    properties["owner"] = {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]}
    document.write_text(json.dumps(pets))
    body = {**PUT_PET["response_body"], "home": home}
    traffic.write_text(json.dumps({**PUT_PET, "response_body": body}))
    status, lines = openapi_check(traffic, document, base_path="")
    assert (status == 0) == fits, lines
    assert fits or "answer $.home" in lines[0]


def test_unreadable_input_is_explained(tmp_path):
    document, traffic = tmp_path / "d.json", tmp_path / "t.jsonl"
    document.write_text('{"openapi": "2.0"}')
    traffic.write_text("{}\n")
    status, lines = openapi_check(traffic, document)
    assert status == 2 and "3.0 and 3.1 are understood" in lines[0]
    status, lines = openapi_check(tmp_path / "missing.jsonl")
    assert status == 2 and "missing.jsonl" in lines[0]
