"""Zones, records, tokens and keys as JSON documents: the state file and the control API."""

import json
from dataclasses import fields

from .answer import ApiError
from .api_token import RIGHTS, GlobalKey, Token, new_value
from .plan import PLANS
from .record_writer import RecordWriter
from .zone import KINDS, STATUSES, Zone

DEFAULT_ACCOUNT = {"id": "0" * 31 + "1", "name": "Example Account"}
_ZONE_KEYS = {
    "name", "id", "account", "plan", "status", "type", "paused", "name_servers", "record_quota",
}  # fmt: skip
_CHANGEABLE_ZONE_KEYS = {"plan", "status", "type", "paused", "record_quota"}
_TOKEN_KEYS = {field.name for field in fields(Token)} - {"zone_ids"} | {"zones"}


def load(world, path):
    """Reads a state file into an empty world. Raises ValueError naming what is wrong."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    _known_keys("the state file", document, {"zones", "tokens", "keys"})
    for zone in document.get("zones", ()):
        add_zone(world, zone)
    for token in document.get("tokens", ()):
        add_token(world, token)
    for key in document.get("keys", ()):
        add_global_key(world, key)


def add_zone(world, document):
    document = dict(document)
    records = document.pop("records", [])
    _known_keys("a zone", document, _ZONE_KEYS)
    if not document.get("name"):
        raise ValueError("a zone needs a name")
    document.setdefault("plan", world.settings.plan)
    account = {**DEFAULT_ACCOUNT, **document.get("account", {})}
    zone = Zone(**{**document, "account": account})
    _check_zone(zone)
    writer = RecordWriter(zone)
    for record in records:
        _create(writer, record)
    world.add_zone(zone)
    return zone


def change_zone(world, zone, document):
    _known_keys("a change of a zone", document, _CHANGEABLE_ZONE_KEYS)
    before = {key: getattr(zone, key) for key in document}
    for key, value in document.items():
        setattr(zone, key, value)
    try:
        _check_zone(zone)
    except ValueError:
        for key, value in before.items():
            setattr(zone, key, value)
        raise


def add_record(world, zone, document):
    writer = RecordWriter(zone)
    record = _create(writer, document)
    world.publish(zone, writer.touched_names)
    return record


def add_token(world, document):
    document = dict(document)
    _known_keys("a token", document, _TOKEN_KEYS)
    kind = document.get("kind", "user")
    if kind not in ("user", "account"):
        raise ValueError(f"token.kind must be user or account; got {kind!r}")
    document.setdefault("value", new_value(kind))
    if kind == "account":
        document.setdefault("account_id", DEFAULT_ACCOUNT["id"])
    if world.token(document["value"]) is not None:
        raise ValueError("a token of that value exists already")
    token = Token(**_token_fields(world, document))
    world.add_token(token)
    return token


def change_token(world, token, document):
    _known_keys("a change of a token", document, _TOKEN_KEYS - {"id", "value", "kind"})
    for key, value in _token_fields(world, dict(document)).items():
        setattr(token, key, value)


def token_document(token):
    """The token with its value: the control API is where tests get it from."""
    shown = {field.name: getattr(token, field.name) for field in fields(Token)}
    shown["rights"] = sorted(token.rights)
    zone_ids = shown.pop("zone_ids")
    shown["zones"] = None if zone_ids is None else sorted(zone_ids)
    return shown


def add_global_key(world, document):
    _known_keys("a key", document, {"email", "key", "owner"})
    key = GlobalKey(value=document["key"], owner=document.get("owner", "user-1"))
    world.add_global_key(document["email"], key)
    return key


def _token_fields(world, document):
    if "rights" in document:
        if not set(document["rights"]) <= set(RIGHTS):
            raise ValueError(f"token.rights may hold {', '.join(RIGHTS)}")
        document["rights"] = frozenset(document["rights"])
    if "zones" in document:
        zones = document.pop("zones")
        document["zone_ids"] = None if zones is None else _zone_ids(world, zones)
    if document.get("locations") is not None:
        document["locations"] = tuple(document["locations"])
    return document


def _zone_ids(world, wanted):
    """Zones may be given by id or by name; a name stands for every zone that has it now."""
    ids = set()
    for entry in wanted:
        namesakes = world.zones_named(entry)
        ids.update([zone.id for zone in namesakes] or [entry])
    return frozenset(ids)


def _create(writer, document):
    try:
        return writer.create(document, enforce_quota=False, record_id=document.get("id"))
    except ApiError as error:
        name = document.get("name")
        raise ValueError(f"record {name!r}: {error.message} (code {error.code})") from None


def _check_zone(zone):
    for key, allowed in (("plan", PLANS), ("status", STATUSES), ("type", KINDS)):
        value = getattr(zone, key)
        if value not in allowed:
            raise ValueError(f"zone.{key} must be one of {', '.join(allowed)}; got {value!r}")


def _known_keys(what, document, known):
    if not isinstance(document, dict):
        raise ValueError(f"{what} must be a JSON object")
    unknown = set(document) - known
    if unknown:
        raise ValueError(
            f"{what} has unknown keys: {', '.join(sorted(unknown))};"
            f" known are {', '.join(sorted(known))}"
        )
