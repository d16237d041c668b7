"""Gandi's LiveDNS as api.gandi.net/docs/livedns describes it: a call for each set.

The former `Apikey` scheme is accepted beside tokens, as clients of its time use it.
"""

import re

from .base import Refusal, Rrset, Vendor, page_of

_MOST = 100
_OBJECTS = {401: "HTTPUnauthorized", 404: "HTTPNotFound", 409: "HTTPConflict"}


class Gandi(Vendor):
    kind = "gandi"
    base_path = "/v5/livedns"
    minimum_ttl = 300
    maximum_ttl = 2_592_000
    token_length = 40

    def serve(self, call, authorization):
        return super().serve(call, authorization.replace("Apikey ", self.prefix))

    def refusal(self, status, words):
        if status == 422:
            errors = [{"location": "body", "name": "rrset", "description": words}]
            return Refusal(400, {"status": "error", "errors": errors})
        body = {"object": _OBJECTS.get(status, "error"), "cause": "", "code": status,
                "message": words}
        return Refusal(status, body)

    def answer(self, call):
        match = re.fullmatch(
            r"/domains(?:/([^/]+)(?:/(records)(?:/([^/]+)(?:/([A-Z]+))?)?)?)?", call.path
        )
        if not match:
            raise self.refusal(404, "The resource could not be found.")
        name, records, at, kind = match.groups()
        if name is None:
            return self._page([self._domain(zone) for zone in self.zones.values()], call)
        zone = self.zone_named(name)
        if not records:
            return 200, self._domain(zone), {}
        if kind is None:
            sets = [self._show(zone, key) for key in zone.sets if at in (None, key[0])]
            if call.method != "GET":
                raise self.refusal(404, "no such method")
            return self._page(sets, call)
        return self._one(zone, (at, kind), call)

    @staticmethod
    def _domain(zone):
        return {"fqdn": zone.name, "automatic_snapshots": False}

    @staticmethod
    def _show(zone, key):
        rrset = zone.sets[key]
        return {"rrset_name": key[0], "rrset_type": key[1], "rrset_ttl": rrset.ttl,
                "rrset_values": rrset.contents}

    def _page(self, items, call):
        chosen, following = page_of(items, call.query, _MOST, _MOST)
        headers = {"Total-Count": str(len(items))}
        if following:
            target = f"{self.origin}{call.target.split('?')[0]}?page={following}"
            headers["Link"] = f'<{target}>; rel="next"'
        return 200, chosen, headers

    def _one(self, zone, key, call):
        there = key in zone.sets
        if call.method == "GET":
            if not there:
                raise self.refusal(404, f"Can't find the DNS record {key[0]}/{key[1]} in the zone")
            return 200, self._show(zone, key), {}
        if call.method == "DELETE":
            zone.sets.pop(key, None)
            return 204, None, {}
        if call.method == "POST" and there:
            raise self.refusal(409, "the record exists")
        if not call.body.get("rrset_values"):
            raise self.refusal(422, "rrset_values is needed")
        ttl = call.body.get("rrset_ttl", zone.sets[key].ttl if there else 10_800)
        rrset = Rrset(ttl, call.body["rrset_values"])
        self.check_set(zone, key, rrset)
        zone.sets[key] = rrset
        return 201, {"message": "DNS Record Created"}, {}
