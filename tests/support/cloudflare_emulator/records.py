"""The endpoints under /zones/{zone_id}/dns_records."""

import re

from . import batch, record_filter, rules
from .answer import ApiError, page_of, page_request, success
from .record_writer import RecordWriter

_ID = re.compile(r"[0-9a-f]{32}")
_MOST_PER_PAGE = 5_000_000


def list_records(world, call, zone_id):
    zone = _zone(world, call, zone_id, "dns:read")
    page, per_page = page_request(call.query, 100, 1, _MOST_PER_PAGE)
    chosen, info = page_of(record_filter.select(zone, call.query), page, per_page)
    return success([record.to_json() for record in chosen], info)


def get_record(world, call, zone_id, record_id):
    zone = _zone(world, call, zone_id, "dns:read")
    record = zone.records.get(_checked_id(call, record_id))
    if record is None:
        raise ApiError(404, 81044, "Record does not exist.")
    return success(record.to_json())


def create_record(world, call, zone_id):
    return _write(world, call, zone_id, lambda writer: writer.create(call.document()))


def patch_record(world, call, zone_id, record_id):
    record_id = _checked_id(call, record_id)
    return _write(world, call, zone_id, lambda writer: writer.patch(record_id, call.document()))


def put_record(world, call, zone_id, record_id):
    record_id = _checked_id(call, record_id)
    return _write(world, call, zone_id, lambda writer: writer.put(record_id, call.document()))


def delete_record(world, call, zone_id, record_id):
    record_id = _checked_id(call, record_id)
    answer = _write(world, call, zone_id, lambda writer: writer.delete(record_id))
    answer.payload["result"] = {"id": record_id}
    return answer


def batch_records(world, call, zone_id):
    zone = _zone(world, call, zone_id, "dns:edit")
    writer = RecordWriter(zone, world.settings.duplicate_code)
    answer = batch.run(zone, call.document(), writer)
    _publish(world, zone, writer)
    return answer


def _write(world, call, zone_id, write):
    zone = _zone(world, call, zone_id, "dns:edit")
    rules.check_writable(zone)
    writer = RecordWriter(zone, world.settings.duplicate_code)
    record = write(writer)
    _publish(world, zone, writer)
    return success(record.to_json())


def _publish(world, zone, writer):
    world.sets.see(writer.moments)
    world.publish(zone, writer.touched_names)


def _zone(world, call, zone_id, right):
    _checked_id(call, zone_id)
    zone = world.zone(zone_id)
    if zone is None or not call.caller.may(right, zone):
        raise ApiError(403, 10000, "Authentication error", bare=True)
    return zone


def _checked_id(call, identifier):
    if not _ID.fullmatch(identifier):
        text = f"Could not route to {call.path}, perhaps your object identifier is invalid?"
        raise ApiError(400, 7003, text)
    return identifier
