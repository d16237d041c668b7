"""Creates, changes and deletes records of one zone, and can take everything back.

One writer lives for one request. A batch uses one writer for all its operations, so that undo()
after the first refusal leaves the zone as it was.
"""

from dataclasses import replace

from . import names, rules
from .answer import ApiError
from .clock import new_id, timestamp
from .record import AUTOMATIC_TTL, STRUCTURED_TYPES, Record

_WRITABLE = "name type content ttl proxied comment tags settings data priority".split()
_DEFAULTS = {
    "name": "",
    "type": "",
    "content": None,
    "ttl": AUTOMATIC_TTL,
    "proxied": False,
    "comment": None,
    "tags": (),
    "settings": None,
    "data": None,
    "priority": None,
}


class RecordWriter:
    def __init__(self, zone, duplicate_code=81058):
        self._zone = zone
        self._duplicate_code = duplicate_code
        self._undo = []  # (record id, record before or None), oldest first
        self._touched = set()
        self._moments = {}  # of each name: its records before, and after each operation

    @property
    def touched_names(self):
        return self._touched

    @property
    def moments(self):
        return self._moments

    def create(self, body, enforce_quota=True, record_id=None):
        fields = self._complete(_DEFAULTS, body)
        self._check(fields)
        if enforce_quota and len(self._zone.records) >= self._zone.quota:
            raise ApiError(400, 81045, "The record quota has been exceeded.")
        now = timestamp()
        record = Record(id=record_id or new_id(), created_on=now, modified_on=now, **fields)
        return self._store(self._stamp(record, None), None)

    def patch(self, record_id, body):
        before = self._existing(record_id)
        return self._change(before, {key: getattr(before, key) for key in _WRITABLE}, body)

    def put(self, record_id, body):
        before = self._existing(record_id)
        for key in ("name", "type"):
            if key not in body:
                raise ApiError(400, 1004, f"{key} is required to overwrite a record.")
        return self._change(before, _DEFAULTS, body)

    def delete(self, record_id):
        before = self._existing(record_id)
        self._remember(before.name)
        self._undo.append((record_id, before))
        self._zone.records.remove(record_id)
        self._touched.add(before.name)
        self._remember(before.name)
        return before

    def undo(self):
        for record_id, before in reversed(self._undo):
            if before is None:
                self._zone.records.remove(record_id)
            else:
                self._zone.records.put(before)
        self._undo.clear()
        self._touched.clear()

    def _existing(self, record_id):
        record = self._zone.records.get(record_id) if isinstance(record_id, str) else None
        if record is None:
            raise ApiError(404, 81044, "Record does not exist.")
        return record

    def _change(self, before, base, body):
        if "type" in body and body["type"] != before.type:
            raise ApiError(400, 1004, "The type of a DNS record cannot be changed.")
        fields = self._complete(base, body)
        self._check(fields, before.id)
        record = replace(before, modified_on=timestamp(), **fields)
        return self._store(self._stamp(record, before), before)

    def _check(self, fields, replaced_id=None):
        rules.check(self._zone, fields, replaced_id, self._duplicate_code)

    def _complete(self, base, body):
        """The record that `body` on top of `base` describes, in its stored form."""
        if not isinstance(body, dict):
            raise ApiError(400, 1004, "A DNS record must be a JSON object.")
        fields = dict(base)
        fields.update((key, body[key]) for key in _WRITABLE if key in body)
        if not isinstance(fields["name"], str) or not fields["name"]:
            raise ApiError(400, 9000, "DNS name is invalid.")
        if not isinstance(fields["type"], str):
            raise ApiError(400, 1004, "DNS record type is invalid.")
        fields["name"] = names.record_name(self._zone.ascii_name, fields["name"])
        if fields["type"] in STRUCTURED_TYPES and isinstance(fields["data"], dict):
            fields["content"] = _text_of(fields["type"], fields["data"])
        fields["content"] = rules.canonical_content(fields["type"], fields["content"])
        fields["comment"] = fields["comment"] or None
        fields["tags"] = _as_tags(fields["tags"])
        rules.check_ttl(self._zone, fields["ttl"])
        fields["ttl"] = AUTOMATIC_TTL if fields["proxied"] is True else int(fields["ttl"])
        return fields

    def _stamp(self, record, before):
        """When comment and tags were last modified: shown only while they are set."""
        stamps = {}
        for key in ("comment", "tags"):
            stamp = f"{key}_modified_on"
            same = before is not None and getattr(before, key) == getattr(record, key)
            moved = getattr(before, stamp) if same else record.modified_on
            stamps[stamp] = moved if getattr(record, key) else None
        return replace(record, **stamps)

    def _store(self, record, before):
        changed = {record.name} if before is None else {record.name, before.name}
        for name in changed - self._touched:
            self._remember(name)
        self._undo.append((record.id, before))
        self._zone.records.put(record)
        self._touched |= changed
        for name in changed:
            self._remember(name)
        return record

    def _remember(self, name):
        self._moments.setdefault(name, []).append(tuple(self._zone.records.named(name)))


def _as_tags(tags):
    if tags is None:
        return ()
    if not isinstance(tags, (list, tuple)):
        raise ApiError(400, 1004, "tags must be a list.")
    return tuple(tags)


def _text_of(kind, data):
    """Presentation text of a structured record."""
    value = data.get
    if kind == "SRV":
        parts = (value("priority", 0), value("weight", 0), value("port", 0), value("target", ""))
    elif kind == "CAA":
        quoted = '"{}"'.format(value("value", ""))
        parts = (value("flags", 0), value("tag", ""), quoted)
    else:
        parts = data.values()
    return " ".join(str(part) for part in parts)
