"""Hetzner's DNS as docs.hetzner.cloud and hetznercloud/hcloud-go describe it.

A change is an action that is carried out only when it has been asked for `polls` times; until then
the zone is locked.
"""

import re

from .base import Refusal, Rrset, Vendor, page_of

_MOST = 50
_CODES = {401: "unauthorized", 404: "not_found", 409: "uniqueness_error", 422: "invalid_input",
          423: "locked", 429: "rate_limit_exceeded"}


class Hetzner(Vendor):
    kind = "hetzner"
    base_path = "/v1"
    minimum_ttl = 60

    def __init__(self, polls=1):
        super().__init__()
        self.polls = polls
        self.read_only = False
        self._actions = {}  # id: [polls left, what to do, zone]

    def act_at_once(self):
        self.polls = 0

    def refusal(self, status, words, code=None):
        code = code or _CODES[status]
        return Refusal(status, {"error": {"code": code, "message": words, "details": {}}})

    def headers(self):
        return {"RateLimit-Limit": "3600", "RateLimit-Remaining": "3500",
                "RateLimit-Reset": "1800000000"}

    def answer(self, call):
        if call.method != "GET" and self.read_only:
            raise self.refusal(403, "the token may only read", "token_readonly")
        if match := re.fullmatch(r"/actions/(\d+)", call.path):
            return 200, {"action": self._poll(int(match[1]))}, {}
        if call.path == "/zones":
            return self._list("zones", [self._zone(zone) for zone in self.zones.values()], call)
        match = re.fullmatch(r"/zones/([^/]+)(/rrsets(?:/([^/]+)/([A-Z]+)(/actions/\w+)?)?)?",
                             call.path)
        if not match:
            raise self.refusal(404, "no such path")
        zone = self._zone_of(match[1])
        if not match[2]:
            return 200, {"zone": self._zone(zone)}, {}
        if not match[3]:
            return self._sets(zone, call)
        return self._set(zone, (match[3], match[4]), match[5], call)

    def _zone_of(self, text):
        for zone in self.zones.values():
            if text in (zone.name, str(zone.number)):
                return zone
        raise self.refusal(404, "zone not found")

    def _zone(self, zone):
        return {"id": zone.number, "name": zone.name, "ttl": 3600,
                "mode": zone.options.get("mode", "primary"), "status": "ok",
                "authoritative_nameservers": {"assigned": [], "delegation_status": "valid"}}

    def _list(self, key, items, call):
        chosen, following = page_of(items, call.query, _MOST, 25)
        pages = {"page": int(call.query.get("page", 1)), "per_page": _MOST,
                 "next_page": following, "total_entries": len(items)}
        return 200, {key: chosen, "meta": {"pagination": pages}}, {}

    def _sets(self, zone, call):
        if call.method == "GET":
            name = call.query.get("name")
            items = [self._show(zone, key) for key in zone.sets if name in (None, key[0])]
            return self._list("rrsets", items, call)
        if call.method != "POST":
            raise self.refusal(404, "no such method")
        key = (call.body["name"], call.body["type"])
        if key in zone.sets:
            raise self.refusal(409, "the set exists")
        rrset = self._rrset(call.body["records"], call.body.get("ttl"))
        self.check_set(zone, key, rrset)
        action = self._begin(zone, lambda: zone.sets.__setitem__(key, rrset))
        return 201, {"rrset": {"name": key[0], "type": key[1]}, "action": action}, {}

    def _set(self, zone, key, action, call):
        if key not in zone.sets:
            raise self.refusal(404, "no such set")
        present = zone.sets[key]
        if call.method == "GET" and not action:
            return 200, {"rrset": self._show(zone, key)}, {}
        if present.locked:
            raise self.refusal(423, "the set is protected", "protected")
        if call.method == "DELETE" and not action:
            return 201, {"action": self._begin(zone, lambda: zone.sets.pop(key))}, {}
        if call.method != "POST" or action not in ("/actions/set_records", "/actions/change_ttl"):
            raise self.refusal(404, "no such action")
        if action == "/actions/change_ttl":
            changed = Rrset(call.body["ttl"], present.contents, present.comments)
        else:
            if set(call.body) != {"records"}:
                raise self.refusal(422, "set_records takes records and nothing else")
            changed = self._rrset(call.body["records"], present.ttl)
        self.check_set(zone, key, changed)
        return 201, {"action": self._begin(zone, lambda: zone.sets.__setitem__(key, changed))}, {}

    def _rrset(self, records, ttl):
        if not records:
            raise self.refusal(422, "a set needs records")
        comments = {each["value"]: each["comment"] for each in records if each.get("comment")}
        return Rrset(ttl or 3600, [each["value"] for each in records], comments)

    def _show(self, zone, key):
        name, kind = key
        rrset = zone.sets[key]
        return {
            "zone": zone.number, "id": f"{name}/{kind}", "type": kind, "ttl": rrset.ttl,
            "name": zone.name if name == "@" else name,  # as it is told, whatever is sent
            "labels": {}, "protection": {"change": rrset.locked},
            "records": [{"value": each, "comment": rrset.comments.get(each, "")}
                        for each in rrset.contents],
        }  # fmt: skip

    # --- actions

    def _begin(self, zone, change):
        if any(left[0] > 0 and left[2] is zone for left in self._actions.values()):
            raise self.refusal(423, "another action is running")
        number = len(self._actions) + 1
        self._actions[number] = [self.polls, change, zone]
        return self._progress(number)

    def _poll(self, number):
        if number not in self._actions:
            raise self.refusal(404, "no such action")
        self._actions[number][0] -= 1
        return self._progress(number)

    def _progress(self, number):
        action = self._actions[number]
        if action[0] <= 0 and action[1]:
            action[1]()
            action[1] = None
        status = "running" if action[1] else "success"
        return {"id": number, "status": status, "command": "change", "progress": 50, "error": None}
