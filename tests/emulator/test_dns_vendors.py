"""What stands for DNS vendors, held to clients that know nothing of it: Debian's own.

deSEC's and Hetzner's have none there that takes another address: these two are held to their
descriptions by the pages, refusals and locks below.
"""

import http.client
import json
from urllib.parse import urlsplit

import digitalocean as client
import pytest
from dns_vendors.base import Rrset
from dns_vendors.desec import Desec
from dns_vendors.digitalocean import DigitalOcean
from dns_vendors.gandi import Gandi
from dns_vendors.hetzner import Hetzner
from lexicon.config import ConfigResolver
from lexicon.providers import gandi

ZONE = "example.com"
VENDORS = [Desec, DigitalOcean, Gandi, Hetzner]


@pytest.fixture(params=VENDORS, ids=lambda kind: kind.kind)
def vendor(request):
    with request.param() as made:
        made.add_zone(ZONE, {("www", "A"): Rrset(300, ["192.0.2.10"])})
        yield made


def call(vendor, method, path, body=None, token=None):
    parts = urlsplit(vendor.base_url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    headers = {"Authorization": vendor.prefix + (token or vendor.token)}
    data = None if body is None else json.dumps(body)
    try:
        connection.request(method, parts.path + path, data, headers)
        response = connection.getresponse()
        raw = response.read()
        return response.status, json.loads(raw) if raw else None, response.headers
    finally:
        connection.close()


def zones_path(vendor):
    return {"hetzner": "/zones", "desec": "/domains/"}.get(vendor.kind, "/domains")


def test_an_unknown_token_is_refused(vendor):
    assert call(vendor, "GET", zones_path(vendor), token="x" * 40)[0] == 401
    assert call(vendor, "GET", zones_path(vendor))[0] == 200


def test_a_zone_that_nobody_has_is_not_found(vendor):
    path = zones_path(vendor).rstrip("/") + "/nowhere.example"
    assert call(vendor, "GET", path + ("/" if vendor.kind == "desec" else ""))[0] == 404


def test_faults_come_once_and_where_they_belong(vendor):
    vendor.add_fault("throttle", method="GET")
    vendor.add_fault("reply_lost", method="GET")
    status, _, headers = call(vendor, "GET", zones_path(vendor))
    assert (status, headers["Retry-After"]) == (429, "1")
    with pytest.raises(http.client.HTTPException):
        call(vendor, "GET", zones_path(vendor))
    assert call(vendor, "GET", zones_path(vendor))[0] == 200
    assert vendor.fired == 2


# --- DigitalOcean, and its client in Debian


def test_digitalocean_is_what_its_client_expects(monkeypatch):
    with DigitalOcean() as vendor:
        vendor.add_zone(ZONE, {("www", "A"): Rrset(300, ["192.0.2.10"])})
        monkeypatch.setenv("DIGITALOCEAN_END_POINT", vendor.base_url + "/")
        manager = client.Manager(token=vendor.token)
        assert [domain.name for domain in manager.get_all_domains()] == [ZONE]
        domain = manager.get_domain(ZONE)
        made = domain.create_new_domain_record(type="A", name="new", data="192.0.2.30", ttl=60)
        assert made["domain_record"]["name"] == "new"
        records = {record.name: record for record in domain.get_records()}
        assert records["new"].ttl == 60
        records["www"].data = "192.0.2.20"
        records["www"].save()
        assert vendor.rrset(ZONE, "www", "A").contents == ["192.0.2.20"]
        records["new"].destroy()
        assert vendor.rrset(ZONE, "new", "A") is None
        with pytest.raises(client.NotFoundError):
            manager.get_domain("nowhere.example")


def test_digitalocean_tells_pages():
    with DigitalOcean() as vendor:
        vendor.add_zone(ZONE, {(f"n{i}", "A"): Rrset(300, ["192.0.2.1"]) for i in range(5)})
        path = f"/domains/{ZONE}/records?per_page=2&page="
        _, first, _ = call(vendor, "GET", path + "1")
        assert "page=2" in first["links"]["pages"]["next"] and first["meta"]["total"] == 5
        _, last, _ = call(vendor, "GET", path + "3")
        assert len(last["domain_records"]) == 1 and not last["links"]


# --- Gandi, and Lexicon


def test_gandi_is_what_lexicon_expects():
    with Gandi() as vendor:
        vendor.add_zone(ZONE, {("www", "A"): Rrset(300, ["192.0.2.10"])})
        resolver = ConfigResolver().with_dict({
            "provider_name": "gandi", "action": "list", "domain": ZONE, "type": "A",
            "gandi": {"auth_token": vendor.token, "api_protocol": "rest"},
        })  # fmt: skip
        lexicon = gandi.Provider(resolver)
        lexicon.api_endpoint = vendor.base_url
        lexicon.authenticate()
        assert lexicon.list_records("A")[0]["content"] == "192.0.2.10"
        lexicon.create_record("A", "new", "192.0.2.30")
        assert vendor.rrset(ZONE, "new", "A").contents == ["192.0.2.30"]
        lexicon.update_record("www", "A", "www", "192.0.2.20")
        assert vendor.rrset(ZONE, "www", "A").contents == ["192.0.2.20"]
        lexicon.delete_record(rtype="A", name="new")
        assert vendor.rrset(ZONE, "new", "A") is None


def test_gandi_takes_no_short_ttl():
    with Gandi() as vendor:
        vendor.add_zone(ZONE)
        path = f"/domains/{ZONE}/records/www/A"
        body = {"rrset_ttl": 299, "rrset_values": ["192.0.2.1"]}
        assert call(vendor, "PUT", path, body)[0] == 400
        assert call(vendor, "PUT", path, {**body, "rrset_ttl": 300})[0] == 201


# --- deSEC


def test_desec_changes_all_sets_or_none():
    with Desec() as vendor:
        vendor.add_zone(ZONE, {("www", "A"): Rrset(300, ["192.0.2.10"])}, minimum_ttl=300)
        path = f"/domains/{ZONE}/rrsets/"
        good = {"subname": "www", "type": "A", "ttl": 300, "records": ["192.0.2.20"]}
        bad = {"subname": "", "type": "AAAA", "ttl": 60, "records": ["2001:db8::1"]}
        assert call(vendor, "PATCH", path, [good, bad])[0] == 400
        assert vendor.rrset(ZONE, "www", "A").contents == ["192.0.2.10"]
        assert call(vendor, "PATCH", path, [good, {**bad, "ttl": 300}])[0] == 200
        assert vendor.rrset(ZONE, "@", "AAAA").contents == ["2001:db8::1"]
        gone = [{"subname": "", "type": "AAAA", "records": []}]
        assert call(vendor, "PATCH", path, gone)[0] == 200
        assert vendor.rrset(ZONE, "@", "AAAA") is None


def test_desec_tells_pages_where_there_are_many_sets():
    with Desec() as vendor:
        vendor.add_zone(ZONE, {(f"n{i}", "A"): Rrset(60, ["192.0.2.1"]) for i in range(501)})
        path = f"/domains/{ZONE}/rrsets/"
        assert call(vendor, "GET", path)[0] == 400
        _, first, headers = call(vendor, "GET", path + "?cursor=")
        assert len(first) == 500 and 'rel="next"' in headers["Link"]
        assert len(call(vendor, "GET", path + "?cursor=500")[1]) == 1


# --- Hetzner


def test_hetzner_locks_a_zone_while_an_action_runs():
    with Hetzner(polls=1) as vendor:
        vendor.add_zone(ZONE, {("www", "A"): Rrset(300, ["192.0.2.10"])})
        path = f"/zones/{ZONE}/rrsets"
        body = {"records": [{"value": "192.0.2.20", "comment": "web"}]}
        status, answer, _ = call(vendor, "POST", path + "/www/A/actions/set_records", body)
        assert (status, answer["action"]["status"]) == (201, "running")
        assert vendor.rrset(ZONE, "www", "A").contents == ["192.0.2.10"]
        ttl = {"ttl": 60}
        assert call(vendor, "POST", path + "/www/A/actions/change_ttl", ttl)[0] == 423
        number = answer["action"]["id"]
        assert call(vendor, "GET", f"/actions/{number}")[1]["action"]["status"] == "success"
        assert vendor.rrset(ZONE, "www", "A").comments == {"192.0.2.20": "web"}
        assert call(vendor, "POST", path + "/www/A/actions/change_ttl", ttl)[0] == 201


def test_hetzner_makes_no_set_twice_and_changes_no_protected_one():
    with Hetzner(polls=0) as vendor:
        vendor.add_zone(ZONE, {("www", "A"): Rrset(300, ["192.0.2.10"], locked=True)})
        path = f"/zones/{ZONE}/rrsets"
        new = {"name": "www", "type": "A", "ttl": 60, "records": [{"value": "192.0.2.1"}]}
        assert call(vendor, "POST", path, new)[0] == 409
        body = {"records": [{"value": "192.0.2.20"}]}
        status, answer, _ = call(vendor, "POST", path + "/www/A/actions/set_records", body)
        assert (status, answer["error"]["code"]) == (423, "protected")
        assert call(vendor, "POST", path + "/www/A/actions/set_records",
                    {"ttl": 60, **body})[0] == 423
