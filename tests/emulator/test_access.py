"""The emulated Cloudflare API over real sockets: who may do what, zones, records, batches."""

import os
import re
import select
import signal
import socket
import subprocess

import pytest
from cloudflare_scene import Scene, new
from emulator_process import PROGRAM, EmulatorProcess

UNKNOWN_TOKEN = "cfut_" + "x" * 48


# --- authentication


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer ", "Bearer short", "Basic " + "x" * 40, "Bearer " + '"' + "x" * 40],
)
def test_malformed_credentials_are_refused_by_form(scene, header):
    headers = {} if header is None else {"Authorization": header}
    reply = scene.api("GET", "/zones", token=None, headers=headers)
    assert (reply.status, reply.code) == (400, 6003)
    assert reply.document["errors"][0]["error_chain"][0]["code"] == 6111


def test_unknown_token(scene):
    reply = scene.api("GET", "/zones", token=UNKNOWN_TOKEN)
    assert (reply.status, reply.code) == (403, 9109)
    assert reply.document["errors"][0]["message"] == "Invalid access token"


def test_token_that_may_not_read_records(scene):
    token = scene.new_token(rights=["zone:read"])
    reply = scene.api("GET", scene.records_path, token=token)
    assert (reply.status, reply.document) == (
        403,
        {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]},
    )


def test_read_only_token_may_not_write(scene):
    token = scene.new_token(rights=["dns:read"])
    assert scene.api("GET", scene.records_path, token=token).result == []
    reply = scene.api("POST", scene.records_path, new("www"), token=token)
    assert (reply.status, reply.code) == (403, 10000)


def test_token_limited_to_another_zone(scene, emulator):
    other = emulator.add_zone("other.test")
    token = scene.new_token(zones=[other["id"]])
    assert scene.api("GET", scene.records_path, token=token).code == 10000
    reply = scene.api("GET", f"/zones/{scene.zone_id}", token=token)
    assert (reply.status, reply.code) == (403, 9109)
    assert scene.api("GET", f"/zones?name={scene.name}", token=token).result == []


def test_zone_list_without_zone_read_is_empty_or_forbidden(scene):
    path = f"/zones?name={scene.name}"
    quiet = scene.new_token(rights=["dns:edit"])
    loud = scene.new_token(rights=["dns:edit"], without_zone_read="forbidden")
    assert scene.api("GET", path, token=quiet).result == []
    assert scene.api("GET", path, token=loud).status == 403
    assert scene.api("GET", f"/zones/{scene.zone_id}", token=loud).result["id"] == scene.zone_id


def test_unfiltered_zone_list_can_be_refused(scene):
    token = scene.new_token(refuse_unfiltered_zone_list=True)
    assert scene.api("GET", "/zones", token=token).status == 403
    assert len(scene.api("GET", f"/zones?name={scene.name}", token=token).result) == 1


def test_token_used_from_the_wrong_place(scene):
    reply = scene.api("GET", "/zones", token=scene.new_token(locations=["192.0.2.0/24"]))
    assert (reply.status, reply.code) == (403, 9109)
    assert reply.document["errors"][0]["message"].endswith("location: 127.0.0.1")
    local = scene.new_token(locations=["127.0.0.0/8"])
    assert scene.api("GET", "/zones", token=local).status == 200


def test_revoked_token(scene, emulator):
    token = emulator.add_token()
    assert scene.api("GET", "/zones", token=token["value"]).status == 200
    emulator.control("PATCH", f"tokens/{token['id']}", {"status": "disabled"})
    assert scene.api("GET", "/zones", token=token["value"]).code == 9109
    verified = scene.api("GET", "/user/tokens/verify", token=token["value"])
    assert verified.result["status"] == "disabled"
    emulator.control("DELETE", f"tokens/{token['id']}")
    assert scene.api("GET", "/user/tokens/verify", token=token["value"]).code == 9109


def test_user_token_is_verified(scene):
    reply = scene.api("GET", "/user/tokens/verify")
    assert reply.result["status"] == "active"
    assert reply.document["messages"][0]["code"] == 10000


def test_account_token_is_verified_at_its_account_only(scene, emulator):
    token = emulator.add_token(kind="account")
    reply = scene.api("GET", "/user/tokens/verify", token=token["value"])
    assert (reply.status, reply.code) == (401, 1000)
    path = f"/accounts/{token['account_id']}/tokens/verify"
    assert scene.api("GET", path, token=token["value"]).result["id"] == token["id"]
    assert scene.api("GET", path).code == 1000
    assert scene.api("GET", scene.records_path, token=token["value"]).result == []


def test_global_key(scene, emulator):
    key = "0123456789abcdef0123456789abcdef01234"
    pair = {"X-Auth-Email": "owner@example.com", "X-Auth-Key": key}
    refused = scene.api("GET", "/zones", token=None, headers=pair)
    assert (refused.status, refused.code) == (403, 9103)
    emulator.control("POST", "keys", {"email": pair["X-Auth-Email"], "key": key})
    assert scene.api("GET", "/zones", token=None, headers=pair).status == 200
    assert scene.api("GET", "/user/tokens/verify", token=None, headers=pair).code == 1001
    odd = scene.api("GET", "/zones", token=None, headers={**pair, "X-Auth-Key": "nonsense"})
    assert odd.document["errors"][0]["error_chain"][0]["code"] == 6103


# --- routing


@pytest.mark.parametrize(
    "path", ["/zones/example.com", "/zones/example.com/dns_records", "/zones/"]
)
def test_name_in_place_of_an_identifier(scene, path):
    assert (scene.api("GET", path).status, scene.api("GET", path).code) == (400, 7003)


def test_empty_record_identifier(scene):
    assert scene.api("PATCH", scene.records_path + "/", {"content": "192.0.2.2"}).code == 7003


def test_method_that_a_path_lacks(scene):
    assert scene.api("DELETE", scene.records_path).code == 1001


# --- zones


@pytest.mark.parametrize("per_page, status", [(4, 400), (5, 200), (50, 200), (51, 400), ("x", 400)])
def test_zone_page_size(scene, per_page, status):
    assert scene.api("GET", f"/zones?per_page={per_page}").status == status


def test_zone_list_pages(emulator):
    for number in range(12):
        emulator.add_zone(f"z{number:02}.paged.test")
    scene = Scene(emulator)
    query = "/zones?name=ends_with:.paged.test&per_page=5&page="
    pages = [scene.api("GET", query + str(page)).document for page in (1, 2, 3, 4)]
    assert [len(page["result"]) for page in pages] == [5, 5, 2, 0]
    names = [zone["name"] for page in pages for zone in page["result"]]
    assert names == [f"z{number:02}.paged.test" for number in range(12)]
    assert pages[2]["result_info"] == {
        "page": 3, "per_page": 5, "count": 2, "total_count": 12, "total_pages": 3,
    }  # fmt: skip


def test_zone_names_are_unicode_and_record_names_punycode(emulator):
    scene = Scene(emulator, name="bücher.example")
    assert scene.zone["name"] == "bücher.example"
    for asked in ("b%C3%BCcher.example", "xn--bcher-kva.example"):
        assert scene.api("GET", f"/zones?name={asked}").result[0]["id"] == scene.zone_id
    assert scene.create("www").result["name"] == "www.xn--bcher-kva.example"
    assert scene.create("straße.bücher.example").result["name"].startswith("xn--strae-oqa.")


def test_two_zones_of_one_name(emulator):
    active = Scene(emulator, name="twin.example")
    pending = emulator.add_zone("twin.example", status="pending")
    found = active.api("GET", "/zones?name=TWIN.example").result
    assert {zone["id"]: zone["status"] for zone in found} == {
        active.zone_id: "active",
        pending["id"]: "pending",
    }
    only = active.api("GET", "/zones?name=twin.example&status=active").result
    assert [zone["id"] for zone in only] == [active.zone_id]


def test_zone_changes_show(scene, emulator):
    emulator.control("PATCH", f"zones/{scene.zone_id}", {"paused": True, "status": "moved"})
    zone = scene.api("GET", f"/zones/{scene.zone_id}").result
    assert (zone["paused"], zone["status"], zone["plan"]["legacy_id"]) == (True, "moved", "free")


@pytest.mark.parametrize("kind, name", [("secondary", None), ("full", "blocked.tk")])
def test_zones_whose_records_the_api_may_not_change(emulator, kind, name):
    scene = Scene(emulator, type=kind, **({"name": name} if name else {}))
    assert scene.create("www").status == 400


# --- the process


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_ends_quickly_while_a_request_hangs(signal_number):
    process = EmulatorProcess()
    process.add_fault(kind="delay_before", ms=60_000)
    with socket.create_connection(("127.0.0.1", process.http_port)) as hanging:
        hanging.sendall(b"GET /client/v4/zones HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not process.control("GET", "stats")["faults_fired"]:
            pass
        assert process.stop(signal_number) == 0


def test_ends_when_asked_to():
    process = EmulatorProcess()
    process.control("POST", "shutdown")
    assert process.wait() == 0


def test_ends_with_its_parent():
    shell = subprocess.Popen(
        ["/bin/sh", "-c", '"$0" --exit-with-parent & echo $!; wait', str(PROGRAM)],
        stdout=subprocess.PIPE,
        text=True,
    )
    process_id = int(shell.stdout.readline())
    assert "http_port" in shell.stdout.readline()
    watched = os.pidfd_open(process_id)
    shell.kill()
    shell.wait()
    assert select.select([watched], [], [], 5)[0], "still running"
    os.close(watched)
    shell.stdout.close()


@pytest.mark.parametrize("options", [["--quota", "many"], ["--tls-cert", "x"], ["--plan", "gold"]])
def test_wrong_options_are_explained(options):
    done = subprocess.run([PROGRAM, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and options[0] in done.stderr


def test_help_teaches():
    done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)
    assert "/_emulator/zones" in done.stdout and "--propagation-ms" in done.stdout


def test_serves_https(tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        f" -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -out {certificate} -keyout {key}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    options = ("--tls-cert", certificate, "--tls-key", key)
    with EmulatorProcess(*options, ca_file=certificate) as process:
        assert process.base_url.startswith("https://")
        assert process.api("GET", "/zones").code == 6003


def test_starts_from_a_state_file(tmp_path):
    token = "cfut_" + "a" * 48
    state = tmp_path / "state.json"
    state.write_text(
        '{"zones": [{"name": "example.com", "records": [{"name": "@", "type": "A",'
        ' "content": "192.0.2.5"}]}],'
        f' "tokens": [{{"value": "{token}", "zones": ["example.com"]}}]}}'
    )
    with EmulatorProcess("--state", state) as process:
        zone = process.api("GET", "/zones?name=example.com", token=token).result[0]
        assert process.addresses("example.com") == ["192.0.2.5"]
        assert zone["plan"]["legacy_id"] == "free"


def test_control_api_explains_what_is_wrong(emulator):
    reply = emulator.request("POST", "/_emulator/zones", {"name": "a.test", "colour": 1}, {})
    assert reply.status == 400 and "colour" in reply.document["error"]
    reply = emulator.request("POST", "/_emulator/faults", {"fault": {"kind": "gremlin"}}, {})
    assert reply.status == 400 and "gremlin" in reply.document["error"]
    assert emulator.request("GET", "/_emulator/nothing", None, {}).status == 404


def test_answers_carry_a_ray_and_the_rate(scene):
    headers = scene.records().headers
    assert re.fullmatch(r"[0-9a-f]{16}-[A-Z]{3}", headers["CF-RAY"])
    assert re.fullmatch(r'"default";r=\d+;t=\d+', headers["Ratelimit"])
