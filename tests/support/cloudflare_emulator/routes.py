"""Which handler answers which method and path of the API."""

from . import auth, records, zones
from .answer import ApiError

_ROUTES = {
    "/user/tokens/verify": {"GET": auth.verify_user_token},
    "/accounts/{account_id}/tokens/verify": {"GET": auth.verify_account_token},
    "/zones": {"GET": zones.list_zones},
    "/zones/{zone_id}": {"GET": zones.get_zone},
    "/zones/{zone_id}/dns_records": {"GET": records.list_records, "POST": records.create_record},
    "/zones/{zone_id}/dns_records/batch": {"POST": records.batch_records},
    "/zones/{zone_id}/dns_records/{dns_record_id}": {
        "GET": records.get_record,
        "PATCH": records.patch_record,
        "PUT": records.put_record,
        "DELETE": records.delete_record,
    },
}
_SPLIT = {tuple(template.split("/")): template for template in _ROUTES}
UNKNOWN = "(unknown)"


def find(path):
    """The template that the path fits, and the values of its parameters."""
    parts = path.split("/")
    for pattern, template in _SPLIT.items():
        values = _fit(pattern, parts)
        if values is not None:
            return template, values
    return UNKNOWN, ()


def handle(world, call):
    template, values = find(call.path)
    if template == UNKNOWN or not all(values):
        text = f"Could not route to {call.path}, perhaps your object identifier is invalid?"
        raise ApiError(400, 7003, text, chain=((7000, "No route for that URI"),))
    handler = _ROUTES[template].get(call.method)
    if handler is None:
        raise ApiError(405, 1001, f"Method {call.method} is not allowed for this endpoint")
    return handler(world, call, *values)


def _fit(pattern, parts):
    if len(pattern) != len(parts):
        return None
    values = []
    for wanted, part in zip(pattern, parts):
        if wanted.startswith("{"):
            values.append(part)
        elif wanted != part:
            return None
    return values
