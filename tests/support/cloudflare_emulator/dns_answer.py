"""Turns one DNS query into one DNS answer, as the zone's authoritative servers would give it."""

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from . import names
from .record import ADDRESS_TYPES, AUTOMATIC_TTL_SERVED_S, PROXIABLE_TYPES

# What a proxied name answers, whatever its records say.
EDGE = {"A": ("104.16.0.1", "104.16.0.2"), "AAAA": ("2606:4700::6810:1", "2606:4700::6810:2")}
_SOA_TTL_S = 1800
_NS_TTL_S = 86400
_LONGEST_CNAME_CHAIN = 8
_HEADER_BYTES = 12
_DEFAULT_UDP_BYTES = 512


def respond(view, wire, over_udp):
    """Wire form of the answer, or None for what deserves none."""
    try:
        query = dns.message.from_wire(wire)
    except Exception:  # dnspython raises many kinds; foreign bytes must never hurt the server
        return _format_error(wire)
    if query.flags & dns.flags.QR:
        return None
    response = dns.message.make_response(query)
    if query.opcode() != dns.opcode.QUERY:
        response.set_rcode(dns.rcode.NOTIMP)
    elif len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
    else:
        _answer_question(view, query.question[0], response)
    return _to_wire(query, response, over_udp)


def _format_error(wire):
    if len(wire) < _HEADER_BYTES or wire[2] & 0x80:
        return None
    flags = bytes((0x80 | (wire[2] & 0x79), dns.rcode.FORMERR))
    return wire[:2] + flags + bytes(_HEADER_BYTES - 4)


def _to_wire(query, response, over_udp):
    if not over_udp:
        return response.to_wire(max_size=65535)
    limit = max(_DEFAULT_UDP_BYTES, query.payload if query.edns >= 0 else 0)
    wire = response.to_wire(max_size=65535)
    if len(wire) <= limit:
        return wire
    for section in (response.answer, response.authority, response.additional):
        section.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()


def _answer_question(dns_view, question, response):
    name = question.name.to_text(omit_final_dot=True).lower()
    view = dns_view.find_zone(name)
    if view is None or question.rdclass != dns.rdataclass.IN:
        response.set_rcode(dns.rcode.REFUSED)
        return
    response.flags |= dns.flags.AA
    kind = dns.rdatatype.to_text(question.rdtype)
    for _ in range(_LONGEST_CNAME_CHAIN):
        alias = _answer_name(view, name, kind, response)
        if alias is None or not names.is_within(alias, view.zone.ascii_name):
            break
        name = alias
    if not response.answer:
        response.authority.append(_soa(view, _SOA_TTL_S))


def _answer_name(view, name, kind, response):
    """Adds the answer for one name; returns the target of an alias that has to be followed."""
    records = view.records(name)
    if not records and not view.exists(name) and not response.answer:
        response.set_rcode(dns.rcode.NXDOMAIN)
    if name == view.zone.ascii_name and kind in ("SOA", "NS"):
        response.answer.append(_soa(view, _NS_TTL_S) if kind == "SOA" else _name_servers(view))
        return None
    aliases = [record for record in records if record.type == "CNAME"]
    if view.zone.proxies and any(record.proxied for record in records):
        _add_edge(name, kind, records, response)
        if kind in PROXIABLE_TYPES:
            return None
    elif aliases and kind != "CNAME":
        return _add_alias(view, name, kind, aliases[0], response)
    _add_records(name, [record for record in records if _asked(record, kind)], response)
    return None


def _asked(record, kind):
    return kind in (record.type, "ANY")


def _add_alias(view, name, kind, alias, response):
    if name != view.zone.ascii_name:
        _add_records(name, [alias], response)
        return alias.content
    # A CNAME at the apex is flattened: the target's addresses under the apex's own name. Targets
    # outside the zone give nothing, since the emulator asks nobody.
    if kind in ADDRESS_TYPES and alias.content.endswith("." + view.zone.ascii_name):
        found = [record for record in view.records(alias.content) if record.type == kind]
        _add_records(name, found, response)
    return None


def _add_edge(name, kind, records, response):
    settings = [record.settings or {} for record in records if record.proxied]
    families = {
        "A": not any(setting.get("ipv6_only") for setting in settings),
        "AAAA": not any(setting.get("ipv4_only") for setting in settings),
    }
    if families.get(kind):
        _append(response, name, AUTOMATIC_TTL_SERVED_S, kind, EDGE[kind])


def _add_records(name, records, response):
    for kind in sorted({record.type for record in records}):
        same = [record for record in records if record.type == kind]
        ttl = min(record.served_ttl for record in same)
        _append(response, name, ttl, kind, [_rdata_text(record) for record in same])


def _append(response, name, ttl, kind, texts):
    try:
        response.answer.append(dns.rrset.from_text_list(name + ".", ttl, "IN", kind, texts))
    except Exception:  # a structured record whose data makes no sense is not served
        response.set_rcode(dns.rcode.SERVFAIL)


def _rdata_text(record):
    if record.type in ("CNAME", "NS", "PTR"):
        return record.content + "."
    if record.type == "MX":
        return f"{record.priority or 0} {record.content}."
    if record.type == "SRV" and not record.content.endswith("."):
        return record.content + "."
    if record.type == "TXT" and not record.content.startswith('"'):
        return _quoted(record.content)
    return record.content


def _quoted(text):
    """Character-strings of at most 255 bytes each (RFC 1035, section 3.3)."""
    raw = text.encode()
    pieces = [raw[start : start + 255] for start in range(0, len(raw), 255)]
    return " ".join(f'"{_escaped(piece)}"' for piece in pieces)


def _escaped(piece):
    plain = b'"\\'
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in plain else f"\\{byte:03d}" for byte in piece
    )


def _name_servers(view):
    servers = [server + "." for server in view.zone.name_servers]
    return dns.rrset.from_text_list(view.zone.ascii_name + ".", _NS_TTL_S, "IN", "NS", servers)


def _soa(view, ttl):
    server = view.zone.name_servers[0]
    text = f"{server}. dns.cloudflare.com. {view.serial} 10000 2400 604800 {_SOA_TTL_S}"
    return dns.rrset.from_text(view.zone.ascii_name + ".", ttl, "IN", "SOA", text)
