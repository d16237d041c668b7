"""deSEC's API as desec-io/desec-stack, docs/dns, describes it: sets, and bulk changes that are
carried out wholly or not at all. Nothing is counted but on demand (`changes_left`)."""

import re

from .base import Refusal, Rrset, Vendor

_PAGE = 500


class Desec(Vendor):
    kind = "desec"
    base_path = "/api/v1"
    prefix = "Token "
    minimum_ttl = 60  # as support lowers it on request; 3,600 otherwise
    maximum_ttl = 604_800
    token_length = 28

    def __init__(self):
        super().__init__()
        self.changes_left = None

    def refusal(self, status, words):
        if status == 422:
            return Refusal(400, [{"non_field_errors": [words]}])
        return Refusal(status, {"detail": words})

    def answer(self, call):
        match = re.fullmatch(
            r"/domains/(?:([^/]+)/(?:(rrsets)/(?:([^/]+)/([A-Z]+)/)?)?)?", call.path
        )
        if not match:
            raise self.refusal(404, "Not found.")
        name, rrsets, at, kind = match.groups()
        if name is None:
            return self._page([self._domain(zone) for zone in self.zones.values()], call)
        if name not in self.zones:
            raise self.refusal(404, "Not found.")
        zone = self.zones[name]
        if not rrsets:
            return 200, {**self._domain(zone), "keys": []}, {}
        if at is not None:
            return self._one(zone, (at, kind), call)
        if call.method == "GET":
            wanted = call.query.get("subname")
            sets = [self._show(zone, key) for key in zone.sets]
            return self._page(
                [each for each in sets if wanted in (None, each["subname"])
                 and call.query.get("type") in (None, each["type"])], call)
        return self._bulk(zone, call)

    def _domain(self, zone):
        return {"name": zone.name, "minimum_ttl": self.least_ttl(zone),
                "published": "2018-09-18T17:21:38.348112Z",
                "touched": "2018-09-18T17:21:38.348112Z"}

    def _show(self, zone, key):
        at, kind = key
        subname = "" if at == "@" else at
        rrset = zone.sets[key]
        return {"domain": zone.name, "subname": subname, "type": kind, "ttl": rrset.ttl,
                "name": f"{subname}.{zone.name}.".lstrip("."), "records": rrset.contents}

    def _page(self, items, call):
        cursor = call.query.get("cursor")
        if cursor is None:
            if len(items) > _PAGE:
                raise self.refusal(400, "Pagination required. You can query up to 500 items.")
            return 200, items, {}
        begin = int(cursor or 0)
        base = f"{self.origin}{call.target.split('?')[0]}"
        links = [f'<{base}?cursor=>; rel="first"']
        if begin:
            links.append(f'<{base}?cursor={begin - _PAGE}>; rel="prev"')
        if begin + _PAGE < len(items):
            links.append(f'<{base}?cursor={begin + _PAGE}>; rel="next"')
        return 200, items[begin : begin + _PAGE], {"Link": ", ".join(links)}

    def _one(self, zone, key, call):
        if call.method == "GET":
            if key not in zone.sets:
                raise self.refusal(404, "Not found.")
            return 200, self._show(zone, key), {}
        raise self.refusal(405, "Method not allowed.")

    def _bulk(self, zone, call):
        if call.method not in ("PATCH", "PUT") or not isinstance(call.body, list):
            raise self.refusal(422, "expected a list")
        if self.changes_left == 0:
            raise self.throttled()
        before = dict(zone.sets)
        troubles = []  # of each set, by its place
        for each in call.body:
            try:
                self._apply(zone, each, call.method)
                troubles.append({})
            except Refusal as refusal:
                troubles += refusal.answer[1]
        if any(troubles):
            zone.sets = before
            raise Refusal(400, troubles)
        if self.changes_left:
            self.changes_left -= 1
        return 200, [each for each in call.body if each["records"]], {}

    def _apply(self, zone, each, method):
        subname = each.get("subname", "")
        if subname == "@":
            raise self.refusal(422, "the apex is the empty subname")
        key = (subname or "@", each["type"])
        if each.get("records") == []:
            zone.sets.pop(key, None)
            return
        present = zone.sets.get(key)
        if (method == "PUT" or present is None) and not {"ttl", "records"} <= set(each):
            raise self.refusal(422, "ttl and records are needed")
        rrset = Rrset(each.get("ttl", present and present.ttl),
                      each.get("records", present and present.contents))
        self.check_set(zone, key, rrset)
        zone.sets[key] = rrset
