"""DigitalOcean's domains as digitalocean/openapi describes them: records under ids, no batch."""

import re

from .base import Refusal, Rrset, Vendor, page_of

_MOST = 200
_IDS = {401: "Unauthorized", 404: "not_found", 422: "unprocessable_entity",
        429: "too_many_requests"}


class DigitalOcean(Vendor):
    kind = "digitalocean"
    base_path = "/v2"
    minimum_ttl = 30

    def __init__(self):
        super().__init__()
        self.token = "dop_v1_" + self.token
        self._next = 1

    def add_zone(self, name, sets=None, **options):
        zone = super().add_zone(name, {}, **options)
        zone.options["records"] = []
        for (at, kind), rrset in (sets or {}).items():
            for content in rrset.contents:
                self._add(zone, {"type": kind, "name": at, "data": content, "ttl": rrset.ttl})
        return zone

    def rrset(self, zone, name, kind):
        found = [each for each in self._records(self.zones[zone])
                 if (each["name"], each["type"]) == (name, kind)]
        return Rrset(found[0]["ttl"], [each["data"] for each in found]) if found else None

    def refusal(self, status, words):
        return Refusal(status, {"id": _IDS[status], "message": words, "request_id": "1"})

    def headers(self):
        return {"ratelimit-limit": "5000", "ratelimit-remaining": "4816",
                "ratelimit-reset": "1800000000"}

    def answer(self, call):
        match = re.fullmatch(r"/domains(?:/([^/]+)(?:/(records)(?:/(\d+))?)?)?/?", call.path)
        if not match:
            raise self.refusal(404, "The resource you requested could not be found.")
        name, records, number = match.groups()
        if name is None:
            zones = [self._zone(zone) for zone in self.zones.values()]
            return self._list("domains", zones, call)
        zone = self.zone_named(name)
        if not records:
            return 200, {"domain": self._zone(zone)}, {}
        if number is None:
            return self._all(zone, call)
        return self._one(zone, int(number), call)

    @staticmethod
    def _records(zone):
        return zone.options["records"]

    @staticmethod
    def _zone(zone):
        return {"name": zone.name, "ttl": 1800, "zone_file": None}

    def _list(self, key, items, call):
        chosen, following = page_of(items, call.query, _MOST, 20)
        pages = {}
        if following:
            pages = {"next": f"{self.origin}{call.target.split('?')[0]}?page={following}",
                     "last": f"{self.base_url}/x?page=9"}
        links = {"pages": pages} if pages else {}
        return 200, {key: chosen, "links": links, "meta": {"total": len(items)}}, {}

    def _all(self, zone, call):
        if call.method == "GET":
            wanted = call.query.get("name")
            items = [each for each in self._records(zone)
                     if wanted in (None, _full(zone, each["name"]))
                     and call.query.get("type") in (None, each["type"])]
            return self._list("domain_records", items, call)
        if call.method != "POST":
            raise self.refusal(404, "no such method")
        self._check(zone, call.body)
        return 201, {"domain_record": self._add(zone, call.body)}, {}

    def _one(self, zone, number, call):
        records = self._records(zone)
        found = next((each for each in records if each["id"] == number), None)
        if found is None:
            raise self.refusal(404, "The resource you requested could not be found.")
        if call.method == "DELETE":
            records.remove(found)
            return 204, None, {}
        if call.method in ("PATCH", "PUT"):
            self._check(zone, {**found, **call.body}, found)
            found.update(call.body)
        return 200, {"domain_record": found}, {}

    def _add(self, zone, body):
        record = {"id": self._next, "ttl": 1800, "priority": None, "port": None, "weight": None,
                  "flags": None, "tag": None, **body}
        self._next += 1
        self._records(zone).append(record)
        return record

    def _check(self, zone, record, present=None):
        if not {"type", "name", "data"} <= set(record):
            raise self.refusal(422, "type, name and data are needed")
        kinds = {}
        for each in self._records(zone):
            if each is not present:
                kinds[each["name"], each["type"]] = None
        zone.sets = kinds  # what stands beside it
        rrset = Rrset(record.get("ttl", 1800), [record["data"]])
        self.check_set(zone, (record["name"], record["type"]), rrset)


def _full(zone, name):
    return zone.name if name == "@" else f"{name}.{zone.name}"
