"""Changes a record as somebody else would: past authentication, quota, faults and traffic log."""

from .answer import ApiError
from .record_writer import RecordWriter


def apply(world, order):
    """One of `create: {record}`, `delete: true` or `set: {fields}` on the zone and record named.

    Raises ValueError with a text for people when the order makes no sense.
    """
    zone = find_zone(world, order.get("zone"))
    writer = RecordWriter(zone, world.settings.duplicate_code)
    try:
        if "create" in order:
            record = writer.create(order["create"])
        elif order.get("delete"):
            record = writer.delete(_find_record(zone, order).id)
        elif isinstance(order.get("set"), dict):
            record = writer.patch(_find_record(zone, order).id, order["set"])
        else:
            raise ValueError("a foreign write needs create, set or delete")
    except ApiError as error:
        raise ValueError(f"{error.message} (code {error.code})") from None
    world.publish(zone, writer.touched_names)
    return record


def find_zone(world, wanted):
    """By id or by name; without either, the only zone there is."""
    if wanted is None and len(world.zones()) == 1:
        return next(iter(world.zones()))
    zone = world.zone(wanted)
    if zone is not None:
        return zone
    namesakes = world.zones_named(str(wanted))
    if len(namesakes) != 1:
        raise ValueError(f"zone {wanted!r}: {len(namesakes)} zones of that name; give its id")
    return namesakes[0]


def _find_record(zone, order):
    record = zone.records.get(order.get("id"))
    if record is not None:
        return record
    found = [
        record
        for record in zone.records.named(str(order.get("name", "")).lower())
        if order.get("type") in (None, record.type)
        and order.get("content") in (None, record.content)
    ]
    if len(found) != 1:
        raise ValueError(
            f"{len(found)} records fit id, name, type and content; exactly one is needed"
        )
    return found[0]
