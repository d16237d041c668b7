"""POST /zones/{zone_id}/dns_records/batch: many writes, all or none, the first error only."""

from . import rules
from .answer import ApiError, success

# The service's order, whatever the order of the keys in the request.
_OPERATIONS = (
    ("deletes", lambda writer, item: writer.delete(item.get("id"))),
    ("patches", lambda writer, item: writer.patch(item.get("id"), item)),
    ("puts", lambda writer, item: writer.put(item.get("id"), item)),
    ("posts", lambda writer, item: writer.create(item)),
)


def run(zone, body, writer):
    rules.check_writable(zone)
    lists = _lists(body)
    _check_size(zone, lists)
    result = {}
    try:
        for key, apply in _OPERATIONS:
            result[key] = [apply(writer, item).to_json() for item in lists[key]]
    except ApiError:
        writer.undo()
        raise
    return success(result)


def _lists(body):
    lists = {}
    for key, _ in _OPERATIONS:
        items = body.get(key) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise ApiError(400, 1004, f"{key} must be a list of DNS records.")
        lists[key] = items
    return lists


def _check_size(zone, lists):
    count = sum(len(items) for items in lists.values())
    allowed = zone.limits.operations_per_batch
    if count > allowed:
        text = f"The batch has {count} operations; this plan allows {allowed}."
        raise ApiError(400, 1004, text)
