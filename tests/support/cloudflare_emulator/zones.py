"""The endpoints GET /zones and GET /zones/{zone_id}."""

import re

from . import names
from .answer import ApiError, page_of, page_request, success
from .zone import KINDS

_ID = re.compile(r"[0-9a-f]{32}")
_DEFAULT_PER_PAGE = 20
_LEAST_PER_PAGE = 5
_MOST_PER_PAGE = 50
_STATUSES = ("initializing", "pending", "active", "moved")
_ORDERS = {
    "name": lambda zone: zone.name,
    "status": lambda zone: zone.status,
    "account.id": lambda zone: zone.account["id"],
    "account.name": lambda zone: zone.account["name"],
    "plan.id": lambda zone: zone.plan,
}
_OPERATORS = {
    "equal": lambda text, wanted: text.lower() == wanted.lower(),
    "not_equal": lambda text, wanted: text.lower() != wanted.lower(),
    "starts_with": lambda text, wanted: text.lower().startswith(wanted.lower()),
    "ends_with": lambda text, wanted: text.lower().endswith(wanted.lower()),
    "contains": lambda text, wanted: wanted.lower() in text.lower(),
    "starts_with_case_sensitive": lambda text, wanted: text.startswith(wanted),
    "ends_with_case_sensitive": lambda text, wanted: text.endswith(wanted),
    "contains_case_sensitive": lambda text, wanted: wanted in text,
}


def list_zones(world, call):
    page, per_page = page_request(
        call.query, _DEFAULT_PER_PAGE, _LEAST_PER_PAGE, _MOST_PER_PAGE
    )
    if call.caller.refused_zone_list(call.query):
        raise ApiError(
            403,
            10000,
            'Requires permission "com.cloudflare.api.account.zone.list" to list zones',
            bare=True,
        )
    chosen, info = page_of(_select(world, call), page, per_page)
    return success([zone.to_json() for zone in chosen], info)


def get_zone(world, call, zone_id):
    if not _ID.fullmatch(zone_id):
        text = f"Could not route to {call.path}, perhaps your object identifier is invalid?"
        raise ApiError(400, 7003, text)
    zone = world.zone(zone_id)
    rights = ("zone:read", "dns:read", "dns:edit")
    if zone is None or not any(call.caller.may(right, zone) for right in rights):
        raise ApiError(403, 9109, "Unauthorized to access requested resource")
    return success(zone.to_json())


def _select(world, call):
    query = call.query
    tests = _tests(query)
    join = any if query.get("match", "all") == "any" and tests else all
    chosen = [
        zone
        for zone in _candidates(world, query)
        if call.caller.may("zone:read", zone) and join(test(zone) for test in tests)
    ]
    if "type" not in query:
        chosen = [zone for zone in chosen if zone.type != "internal"]
    order = query.get("order", "name")
    if order not in _ORDERS:
        raise ApiError(400, 1004, f"order must be one of {', '.join(_ORDERS)}")
    chosen.sort(key=lambda zone: (_ORDERS[order](zone), zone.id))
    if query.get("direction", "asc") == "desc":
        chosen.reverse()
    return chosen


def _candidates(world, query):
    name = query.get("name")
    if name is not None and query.get("match", "all") == "all":
        operator, wanted = _operator(name)
        if operator == "equal":
            return world.zones_named(names.to_ascii(wanted))
    return world.zones()


def _tests(query):
    tests = []
    if "name" in query:
        operator, wanted = _operator(query["name"])
        if operator in ("equal", "not_equal"):
            wanted = names.to_unicode(names.to_ascii(wanted))
        compare = _OPERATORS[operator]
        tests.append(lambda zone: compare(zone.name, wanted))
    if "account.name" in query:
        account_operator, account = _operator(query["account.name"])
        tests.append(lambda zone: _OPERATORS[account_operator](zone.account["name"], account))
    if "account.id" in query:
        tests.append(lambda zone: zone.account["id"] == query["account.id"])
    if "status" in query:
        if query["status"] not in _STATUSES:
            raise ApiError(400, 1004, f"status must be one of {', '.join(_STATUSES)}")
        tests.append(lambda zone: zone.status == query["status"])
    if "type" in query:
        kinds = query["type"].split(",")
        if not set(kinds) <= set(KINDS):
            raise ApiError(400, 1004, f"type must be one of {', '.join(KINDS)}")
        tests.append(lambda zone: zone.type in kinds)
    return tests


def _operator(text):
    operator, colon, wanted = text.partition(":")
    return (operator, wanted) if colon and operator in _OPERATORS else ("equal", text)
