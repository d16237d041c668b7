"""Host names: IDN, expansion of what clients send, and validity."""

import re

import idna

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253


def to_ascii(name):
    """Punycode in lower case without a trailing dot; what cannot be converted stays as it is."""
    name = name[:-1] if name.endswith(".") else name
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        return name.lower()


def to_unicode(name):
    """The form in which the API shows a zone's name."""
    name = name.lower().rstrip(".")
    try:
        return idna.decode(name) if "xn--" in name else name
    except idna.IDNAError:
        return name


def record_name(zone_name, name):
    """Full name of a record. A name outside the zone is taken as relative, as the service does."""
    name = to_ascii(name)
    if name == "@":
        return zone_name
    if is_within(name, zone_name):
        return name
    return f"{name}.{zone_name}"


def is_valid(name):
    if len(name) > _LONGEST_NAME:
        return False
    first, *rest = name.split(".")
    return (first == "*" or _is_label(first)) and all(_is_label(label) for label in rest)


def is_hostname(name):
    """A target: valid, and no wildcard."""
    return is_valid(name) and not name.startswith("*")


def is_within(name, zone_name):
    return name == zone_name or name.endswith("." + zone_name)


def parents(name):
    """The name itself, then each shorter suffix: a.b.c, b.c, c."""
    while True:
        yield name
        _, dot, name = name.partition(".")
        if not dot:
            return


def _is_label(label):
    return _LABEL.fullmatch(label) is not None
