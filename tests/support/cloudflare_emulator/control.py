"""The control API under /_emulator/: how tests set the scene, break things and look behind it."""

import json

from . import foreign_write, state
from .faults import Fault
from .rate import Quota

_SETTINGS = ("propagation_ms", "plan", "duplicate_code")


class Control:
    def __init__(self, emulator):
        self._emulator = emulator
        self._world = emulator.world
        self._routes = {
            "GET ": self._index,
            "GET zones": self._list_zones,
            "POST zones": self._add_zone,
            "PATCH zones": self._change_zone,
            "DELETE zones": self._remove_zone,
            "GET records": self._list_records,
            "POST records": self._add_record,
            "GET tokens": self._list_tokens,
            "POST tokens": self._add_token,
            "PATCH tokens": self._change_token,
            "DELETE tokens": self._remove_token,
            "POST keys": self._add_key,
            "GET faults": self._list_faults,
            "POST faults": self._add_fault,
            "DELETE faults": self._clear_faults,
            "POST foreign-write": self._foreign_write,
            "GET stats": self._stats,
            "POST reset-stats": self._reset_stats,
            "GET settings": self._show_settings,
            "PATCH settings": self._change_settings,
            "POST shutdown": self._shut_down,
        }

    def handle(self, method, path, query, body):
        """Status and JSON document."""
        noun, _, identifier = path.partition("/")
        route = self._routes.get(f"{method} {noun}")
        if route is None:
            return 404, {"error": f"no such call: {method} /_emulator/{path}", **self._index()[1]}
        try:
            document = json.loads(body) if body else {}
            if not isinstance(document, dict):
                raise ValueError("the body must be a JSON object")
            return route(identifier, query, document)
        except (ValueError, TypeError, KeyError) as error:
            return 400, {"error": str(error)}

    def _index(self, *_):
        return 200, {"calls": [key.replace(" ", " /_emulator/") for key in self._routes]}

    def _list_zones(self, *_):
        return 200, {"zones": [zone.to_json() for zone in self._world.zones()]}

    def _add_zone(self, _identifier, _query, document):
        return 200, state.add_zone(self._world, document).to_json()

    def _change_zone(self, identifier, _query, document):
        zone = foreign_write.find_zone(self._world, identifier)
        state.change_zone(self._world, zone, document)
        return 200, zone.to_json()

    def _remove_zone(self, identifier, *_):
        zone = foreign_write.find_zone(self._world, identifier)
        self._world.remove_zone(zone)
        return 200, {"removed": zone.id}

    def _list_records(self, _identifier, query, _document):
        zone = foreign_write.find_zone(self._world, query.get("zone"))
        found = zone.records.named(query["name"].lower()) if "name" in query else zone.records
        kind = query.get("type")
        chosen = [record.to_json() for record in found if kind in (None, record.type)]
        return 200, {"records": chosen}

    def _add_record(self, _identifier, query, document):
        zone = foreign_write.find_zone(
            self._world, document.pop("zone", None) or query.get("zone")
        )
        return 200, state.add_record(self._world, zone, document).to_json()

    def _list_tokens(self, *_):
        return 200, {"tokens": [state.token_document(token) for token in self._world.tokens()]}

    def _add_token(self, _identifier, _query, document):
        return 200, state.token_document(state.add_token(self._world, document))

    def _change_token(self, identifier, _query, document):
        token = self._token(identifier)
        state.change_token(self._world, token, document)
        return 200, state.token_document(token)

    def _remove_token(self, identifier, *_):
        self._world.remove_token(self._token(identifier))
        return 200, {"removed": identifier}

    def _add_key(self, _identifier, _query, document):
        return 200, {"id": state.add_global_key(self._world, document).id}

    def _token(self, identifier):
        for token in self._world.tokens():
            if token.id == identifier:
                return token
        raise ValueError(f"no token has the id {identifier!r}")

    def _list_faults(self, *_):
        return 200, {"faults": [fault.to_json() for fault in self._emulator.faults.waiting()]}

    def _add_fault(self, _identifier, _query, document):
        fault = Fault(document)
        self._emulator.faults.add(fault)
        return 200, fault.to_json()

    def _clear_faults(self, *_):
        self._emulator.faults.clear()
        return 200, {"faults": []}

    def _foreign_write(self, _identifier, _query, document):
        return 200, foreign_write.apply(self._world, document).to_json()

    def _stats(self, *_):
        shown = self._emulator.stats.to_json()
        shown["faults_fired"] = self._emulator.faults.fired
        shown["dns_queries"] = self._emulator.dns_queries()
        shown["sets"] = self._world.sets.to_json()
        return 200, shown

    def _reset_stats(self, *_):
        self._emulator.stats.reset()
        self._world.sets.reset()
        return self._stats()

    def _show_settings(self, *_):
        quota = self._emulator.limiter.quota
        shown = {key: getattr(self._world.settings, key) for key in _SETTINGS}
        shown["quota"] = {
            "requests": quota.requests,
            "window_s": quota.window_s,
            "lockout_s": quota.lockout_s,
        }
        return 200, shown

    def _change_settings(self, _identifier, _query, document):
        unknown = set(document) - {*_SETTINGS, "quota"}
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        if "quota" in document:
            self._emulator.limiter.set_quota(Quota(**document["quota"]))
        for key in _SETTINGS:
            if key in document:
                setattr(self._world.settings, key, document[key])
        return self._show_settings()

    def _shut_down(self, *_):
        self._emulator.shut_down()
        return 200, {"stopping": True}
