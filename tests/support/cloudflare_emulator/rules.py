"""What a record may look like: the checks the service makes before it accepts a write.

`fields` is the whole record a write would leave behind, already expanded to its stored form.
Limits and codes follow the service's documentation and recorded answers; where neither gives a
code (a change of type, a structured record without data, tag syntax), 1004 stands in.
"""

import ipaddress
import re

from . import names
from .answer import ApiError
from .record import ADDRESS_TYPES, AUTOMATIC_TTL, PROXIABLE_TYPES, TYPES

HIGHEST_TTL_S = 86400
_WIRE_FORMAT_BYTES = 4096
_COMBINED_CONTENT_BYTES = 8192
_TAG = re.compile(r"[A-Za-z0-9_-]{1,32}(:.{0,100})?")
_CODE_OTHER = 1004


def check(zone, fields, replaced_id=None, duplicate_code=81058):
    """Raises ApiError for the first rule that the record would break."""
    _check_type(fields["type"])
    _check_name(fields["name"])
    _check_content(fields["type"], fields["name"], fields["content"])
    _check_proxied(fields)
    _check_comment(zone, fields["comment"])
    _check_tags(zone, fields["tags"])
    _check_settings(fields)
    others = [record for record in zone.records.named(fields["name"]) if record.id != replaced_id]
    _check_coexistence(zone, fields, others, duplicate_code)


def canonical_content(kind, content):
    """The text the service stores: IPv6 in canonical form, targets without a trailing dot."""
    if not isinstance(content, str):
        return content
    if kind == "AAAA":
        try:
            return str(ipaddress.IPv6Address(content))
        except ValueError:
            return content
    if kind in ("CNAME", "MX", "NS", "PTR"):
        return names.to_ascii(content)
    return content


def check_writable(zone):
    """Zones whose records nobody changes through the API."""
    from .zone import DASHBOARD_ONLY_SUFFIXES

    if zone.type == "secondary":
        raise ApiError(400, _CODE_OTHER, "Records of a secondary zone come from its primary.")
    if zone.ascii_name.endswith(DASHBOARD_ONLY_SUFFIXES):
        raise ApiError(
            400, 1038, "You cannot use this API for domains with this TLD; use the dashboard."
        )


def _check_type(kind):
    if kind not in TYPES:
        raise ApiError(400, _CODE_OTHER, f"DNS record type {kind!r} is invalid.")


def _check_name(name):
    if not names.is_valid(name):
        raise ApiError(400, 9000, "DNS name is invalid.")


def _check_content(kind, name, content):
    if not isinstance(content, str) or not content:
        raise ApiError(400, 9007, f"Content for {kind} record is invalid.")
    if kind == "A" and not _is_address(ipaddress.IPv4Address, content):
        raise ApiError(400, 9005, "Content for A record must be a valid IPv4 address.")
    if kind == "AAAA" and not _is_address(ipaddress.IPv6Address, content):
        raise ApiError(400, 9006, "Content for AAAA record must be a valid IPv6 address.")
    if kind in ("CNAME", "MX", "NS", "PTR") and not names.is_hostname(content):
        raise ApiError(400, 9007, f"Content for {kind} record is invalid.")
    if kind == "CNAME" and content == name:
        raise ApiError(400, 9007, "Content for CNAME record is invalid.")
    if len(content.encode()) > _WIRE_FORMAT_BYTES:
        raise ApiError(400, 9015, f"Content exceeds {_WIRE_FORMAT_BYTES} wire format bytes.")


def _is_address(family, text):
    try:
        family(text)
    except ValueError:
        return False
    return True


def check_ttl(zone, ttl):
    """Apart from the others, since a proxied record loses its TTL before it is stored."""
    lowest = zone.limits.lowest_ttl_s
    if not _is_whole_number(ttl) or (ttl != AUTOMATIC_TTL and not lowest <= ttl <= HIGHEST_TTL_S):
        raise ApiError(
            400,
            9021,
            f"Invalid TTL. Must be between {lowest} and 86,400 seconds, or 1 for Automatic.",
        )


def _is_whole_number(value):
    """A JSON number without a fraction; 60.0 is one."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def _check_proxied(fields):
    if not isinstance(fields["proxied"], bool):
        raise ApiError(400, _CODE_OTHER, "proxied must be a boolean.")
    if fields["proxied"] and fields["type"] not in PROXIABLE_TYPES:
        raise ApiError(400, 9041, "This DNS record cannot be proxied.")


def _check_comment(zone, comment):
    if comment is None:
        return
    longest = zone.limits.comment_length
    if not isinstance(comment, str) or "\n" in comment or "\r" in comment:
        raise ApiError(400, _CODE_OTHER, "DNS record comment must be text without line breaks.")
    if len(comment) > longest:
        raise ApiError(
            400, 9313, f"DNS record comment exceeds the maximum length of {longest} characters."
        )


def _check_tags(zone, tags):
    allowed = zone.limits.tags_per_record
    if len(tags) > allowed:
        text = f"DNS record has {len(tags)} tags, exceeding the quota of {allowed}."
        raise ApiError(400, 9300, text)
    for tag in tags:
        well_formed = isinstance(tag, str) and _TAG.fullmatch(tag)
        if not well_formed or tag.lower().startswith("cf-"):
            raise ApiError(400, _CODE_OTHER, f"DNS record tag {tag!r} is invalid.")


def _check_settings(fields):
    settings = fields["settings"]
    if settings is not None and not isinstance(settings, dict):
        raise ApiError(400, _CODE_OTHER, "settings must be an object.")


def _check_coexistence(zone, fields, others, duplicate_code):
    kind = fields["type"]
    kinds = {record.type for record in others}
    if kind == "CNAME" and kinds & PROXIABLE_TYPES and not _has_twin(fields, others):
        raise ApiError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
    if kind in ADDRESS_TYPES and "CNAME" in kinds:
        raise ApiError(400, 81054, "A CNAME record with that host already exists.")
    # The apex has name servers of its own beside every other type.
    if fields["name"] != zone.ascii_name and kinds and (kind == "NS") != (kinds == {"NS"}):
        raise ApiError(400, 81056, "NS records with that host already exist.")
    if _has_twin(fields, others):
        text = {81057: "The record already exists."}
        raise ApiError(
            400, duplicate_code, text.get(duplicate_code, "An identical record already exists.")
        )
    combined = sum(len(record.content.encode()) for record in others if record.type == kind)
    if combined + len(fields["content"].encode()) > _COMBINED_CONTENT_BYTES:
        raise ApiError(
            400, 83011, "The combined content of records with this name and type is too long."
        )


def _has_twin(fields, others):
    key = (fields["type"], fields["content"], fields["priority"])
    return any((record.type, record.content, record.priority) == key for record in others)
