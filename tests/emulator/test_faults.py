"""What the emulated API does to clients: quotas, faults on demand, and other people's writes."""

import http.client
import json
import threading
import time

import pytest
from cloudflare_scene import Scene, wait_for
from emulator_process import BASE_PATH, EmulatorProcess

# --- quota


def rate(reply):
    """Remaining calls and seconds to the reset."""
    _, left, reset = reply.headers["Ratelimit"].split(";")
    return int(left[2:]), int(reset[2:])


def test_every_answer_tells_the_rate(scene):
    first, second = scene.records(), scene.api("GET", "/zones/nonsense")
    assert rate(first)[0] - rate(second)[0] == 1
    assert first.headers["Ratelimit-Policy"] == '"burst";q=1200;w=300'
    assert 0 < rate(second)[1] <= 300
    assert "Ratelimit" in scene.api("GET", "/zones", token=None).headers


def test_tokens_of_one_user_share_a_budget_and_account_tokens_do_not(scene):
    one, two = (scene.new_token(owner="shared") for _ in range(2))
    account = scene.new_token(owner="shared", kind="account")
    left = [rate(scene.api("GET", "/zones", token=token))[0] for token in (one, two, account)]
    assert left == [1199, 1198, 1199]


def test_over_the_quota_everything_is_refused_until_the_lockout_ends():
    with EmulatorProcess("--quota", "3/60") as process:
        scene = Scene(process)
        bystander = scene.new_token()
        assert [scene.records().status for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = scene.records()
        assert refused.code == 971
        assert 50 <= int(refused.headers["Retry-After"]) <= 60
        assert rate(refused)[0] == 0
        assert scene.api("GET", "/zones", token=bystander).status == 200
        assert process.control("GET", "stats")["refused_by_quota"] == 3
        process.control("PATCH", "settings", {"quota": {"requests": 9, "window_s": 60}})
        assert scene.records().status == 200


def test_lockout_ends():
    with EmulatorProcess() as process:
        scene = Scene(process)
        quota = {"requests": 1, "window_s": 60, "lockout_s": 0.2}
        process.control("PATCH", "settings", {"quota": quota})
        assert [scene.records().status for _ in range(2)] == [200, 429]
        wait_for(lambda: scene.records().status == 200)


def test_refused_logins_spend_a_budget_too():
    with EmulatorProcess("--quota", "2/60") as process:
        assert [process.api("GET", "/zones").status for _ in range(3)] == [400, 400, 429]


# --- faults


def content(scene):
    """What the API holds, past every fault."""
    records = scene.emulator.control("GET", f"records?zone={scene.zone_id}")["records"]
    return [record["content"] for record in records]


@pytest.fixture
def record(scene):
    return scene.create("www").result


def patch(scene, record, value="192.0.2.2"):
    return scene.change("PATCH", record, {"content": value})


def elapsed(act):
    start = time.monotonic()
    act()
    return time.monotonic() - start


@pytest.mark.parametrize("kind", ["delay_before", "delay_after"])
def test_delay(scene, record, kind):
    scene.fault(kind, "PATCH", ms=150)
    assert elapsed(lambda: patch(scene, record)) >= 0.15
    assert content(scene) == ["192.0.2.2"]
    assert scene.emulator.control("GET", "faults")["faults"] == []


@pytest.mark.parametrize(
    "kind, meanwhile", [("delay_before", "192.0.2.1"), ("delay_after", "192.0.2.2")]
)
def test_delay_is_before_or_after_the_effect(scene, record, kind, meanwhile):
    scene.fault(kind, "PATCH", ms=1000)
    with EmulatorClient(scene, record) as other:
        wait_for(lambda: not scene.emulator.control("GET", "faults")["faults"])
        assert content(scene) == [meanwhile]
        assert other.join() == 200
    assert content(scene) == ["192.0.2.2"]


class EmulatorClient:
    """PATCHes a record from another thread, on a connection of its own."""

    def __init__(self, scene, record):
        self._path = f"{BASE_PATH}{scene.records_path}/{record['id']}"
        self._headers = {"Authorization": f"Bearer {scene.token}"}
        port = scene.emulator.http_port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._thread = threading.Thread(target=self._run)
        self._status = None

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join()
        self._connection.close()

    def join(self):
        self._thread.join()
        return self._status

    def _run(self):
        body = json.dumps({"content": "192.0.2.2"})
        self._connection.request("PATCH", self._path, body, self._headers)
        self._status = self._connection.getresponse().status


def test_request_takes_effect_though_its_client_has_given_up(scene, record):
    scene.fault("delay_before", "PATCH", ms=200)
    port = scene.emulator.http_port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Bearer {scene.token}"}
    path = f"{BASE_PATH}{scene.records_path}/{record['id']}"
    connection.request("PATCH", path, b'{"content":"192.0.2.2"}', headers)
    connection.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    wait_for(lambda: content(scene) == ["192.0.2.2"])


@pytest.mark.parametrize("apply, after", [(True, "192.0.2.2"), (False, "192.0.2.1")])
def test_reply_lost(scene, record, apply, after):
    scene.fault("reply_lost", "PATCH", apply=apply)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        patch(scene, record)
    assert content(scene) == [after]
    assert patch(scene, record, "192.0.2.3").status == 200


@pytest.mark.parametrize("status", [500, 502, 504, 520])
def test_status_html(scene, record, status):
    scene.fault("status_html", status=status)
    reply = patch(scene, record)
    assert reply.status == status
    assert reply.headers["Content-Type"].startswith("text/html")
    assert reply.body.startswith(b"<html>")
    assert "Ratelimit" not in reply.headers and "CF-RAY" in reply.headers
    assert content(scene) == ["192.0.2.1"]


def test_html_after_the_request_took_effect(scene, record):
    scene.fault("status_html", apply=True)
    assert patch(scene, record).status == 502
    assert content(scene) == ["192.0.2.2"]


def test_problem_json(scene, record):
    scene.fault("problem_json", status=504)
    reply = patch(scene, record)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.document["status"] == 504 and "success" not in reply.document


def test_truncated_json(scene, record):
    scene.fault("truncated_json", "PATCH")
    reply = patch(scene, record)
    assert reply.status == 200
    with pytest.raises(ValueError):
        reply.document  # noqa: B018
    assert content(scene) == ["192.0.2.2"]


def test_success_false_with_status_200(scene, record):
    scene.fault("success_false_200", code=9999, message="no")
    reply = patch(scene, record)
    assert (reply.status, reply.code) == (200, 9999)
    assert content(scene) == ["192.0.2.1"]


def test_api_error(scene, record):
    scene.fault("api_error", "PATCH")
    assert (patch(scene, record).status, patch(scene, record).status) == (403, 200)


def test_missing_result_info(scene, record):
    scene.fault("missing_result_info", "GET")
    document = scene.records().document
    assert document["result"] == [record] and "result_info" not in document


def test_missing_keys(scene, record):
    scene.fault("missing_keys", keys=["messages", "meta", "ttl"])
    document = scene.records().document
    assert "messages" not in document
    assert not {"meta", "ttl"} & set(document["result"][0])
    assert document["result"][0]["id"] == record["id"]


def test_extra_keys(scene, record):
    scene.fault("extra_keys")
    document = scene.records().document
    known = {k: v for k, v in document["result"][0].items() if k in record}
    assert set(document) > {"success", "result"} and "zz_new_flag" in document
    assert known["id"] == record["id"] and len(document["result"][0]) == len(record) + 2


@pytest.mark.parametrize("retry_after, header", [(7, "7"), (None, None)])
def test_throttle(scene, record, retry_after, header):
    scene.fault("throttle", retry_after=retry_after)
    reply = patch(scene, record)
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (429, 971, header)
    assert content(scene) == ["192.0.2.1"]


def test_redirect(scene, record):
    scene.fault("redirect", location="http://127.0.0.1:1/")
    reply = patch(scene, record)
    assert (reply.status, reply.headers["Location"]) == (302, "http://127.0.0.1:1/")


def test_faults_match_by_method_and_path_skip_and_count(scene, record):
    scene.fault("api_error", "PATCH", skip=1, count=2)
    assert scene.records().status == 200
    assert [patch(scene, record).status for _ in range(4)] == [200, 403, 403, 200]


@pytest.mark.parametrize(
    "fault, words",
    [
        ({"kind": "gremlin"}, "gremlin"),
        ({"kind": "delay_after", "delay_ms": 5}, "delay_ms"),
        ({"kind": "delay_after", "ms": "5"}, "fault.ms"),
        ({"kind": "extra_keys", "apply": False}, "apply"),
    ],
)
def test_senseless_faults_are_explained(emulator, fault, words):
    reply = emulator.request("POST", "/_emulator/faults", {"fault": fault}, {})
    assert reply.status == 400 and words in reply.document["error"]
    assert emulator.control("GET", "faults")["faults"] == []


@pytest.mark.parametrize("match", [{"path_regex": "("}, {"verb": "GET"}, {"count": "x"}])
def test_senseless_matches_are_explained(emulator, match):
    document = {"match": match, "fault": {"kind": "throttle"}}
    assert emulator.request("POST", "/_emulator/faults", document, {}).status == 400


def test_faults_fire_in_the_order_they_were_queued():
    with EmulatorProcess() as process:
        scene = Scene(process)
        scene.fault("status_html", status=502)
        scene.fault("throttle")
        assert [scene.records().status for _ in range(3)] == [502, 429, 200]
        scene.fault("throttle", count=50)
        assert len(process.control("GET", "faults")["faults"]) == 1
        process.control("DELETE", "faults")
        assert scene.records().status == 200


# --- other people


def test_foreign_write(scene, record, emulator):
    name = record["name"]
    changed = emulator.foreign_write(zone=scene.zone_id, name=name, set={"content": "203.0.113.7"})
    assert scene.records().result == [changed]
    assert changed["modified_on"] > record["modified_on"]
    assert emulator.addresses(name) == ["203.0.113.7"]
    other = {"name": "www", "type": "A", "content": "203.0.113.8"}
    emulator.foreign_write(zone=scene.zone_id, create=other)
    assert emulator.addresses(name) == ["203.0.113.7", "203.0.113.8"]
    emulator.foreign_write(zone=scene.zone_id, id=record["id"], delete=True)
    assert emulator.addresses(name) == ["203.0.113.8"]


def test_foreign_write_between_read_and_write(scene, record):
    stranger = {"zone": scene.zone_id, "name": record["name"], "set": {"content": "203.0.113.7"}}
    scene.fault("foreign_write", "GET", when="after", **stranger)
    assert scene.records().result == [record]
    assert content(scene) == ["203.0.113.7"]


def test_foreign_delete_just_before_a_write(scene, record):
    scene.fault("foreign_write", "PATCH", zone=scene.zone_id, name=record["name"], delete=True)
    assert patch(scene, record).code == 81044


def test_foreign_write_must_mean_one_record(scene, emulator):
    order = {"zone": scene.zone_id, "delete": True}
    reply = emulator.request("POST", "/_emulator/foreign-write", order, {})
    assert reply.status == 400 and "exactly one" in reply.document["error"]


# --- counters


def test_stats():
    with EmulatorProcess() as process:
        scene = Scene(process)
        record = scene.create("www").result
        scene.records()
        scene.records("?type=A")
        patch(scene, record)
        process.addresses(record["name"])
        stats = process.control("GET", "stats")
        assert stats["total"] == 4
        assert stats["calls"] == {
            "POST /zones/{zone_id}/dns_records": 1,
            "GET /zones/{zone_id}/dns_records": 2,
            "PATCH /zones/{zone_id}/dns_records/{dns_record_id}": 1,
        }
        assert (stats["statuses"], stats["dns_queries"]) == ({"200": 4}, 1)
        assert process.control("POST", "reset-stats")["total"] == 0
