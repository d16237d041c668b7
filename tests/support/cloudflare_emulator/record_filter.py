"""The filters of the record list: which of a zone's records a query asks for."""

from .answer import ApiError
from .record import TYPES

_ORDERS = ("type", "name", "content", "ttl", "proxied")
_TEXT_TESTS = {
    "": lambda text, wanted: text == wanted,
    ".exact": lambda text, wanted: text == wanted,
    ".contains": lambda text, wanted: wanted in text,
    ".startswith": lambda text, wanted: text.startswith(wanted),
    ".endswith": lambda text, wanted: text.endswith(wanted),
}


def select(zone, query):
    """Matching records in the order that the query asks for."""
    order, descending = _order(query)
    tests = _tests(query)
    if not tests:
        return zone.records.in_order(order, descending)
    if query.get("match", "all") == "any":
        chosen = [r for r in zone.records if any(test(r) for test in tests)]
    else:
        chosen = [r for r in _candidates(zone, query) if all(test(r) for test in tests)]
    chosen.sort(key=lambda r: (getattr(r, order), r.name, r.content, r.id), reverse=descending)
    return chosen


def _order(query):
    order = query.get("order", "type")
    direction = query.get("direction", "asc")
    if order not in _ORDERS:
        raise ApiError(400, 1004, f"order must be one of {', '.join(_ORDERS)}")
    if direction not in ("asc", "desc"):
        raise ApiError(400, 1004, "direction must be asc or desc")
    if query.get("match", "all") not in ("all", "any"):
        raise ApiError(400, 1004, "match must be all or any")
    return order, direction == "desc"


def _candidates(zone, query):
    """The smallest index that holds every match, when all filters must hold."""
    for key in ("name", "name.exact"):
        if key in query:
            return zone.records.named(query[key].lower())
    for key in ("content", "content.exact"):
        if key in query:
            return zone.records.with_content(query[key])
    return zone.records


def _tests(query):
    tests = []
    for field in ("name", "content", "comment"):
        tests += _text_tests(query, field)
    tests += _presence_tests(query)
    if "type" in query:
        kind = query["type"].upper()
        if kind not in TYPES:
            raise ApiError(400, 1004, f"DNS record type {kind!r} is invalid.")
        tests.append(lambda record: record.type == kind)
    if "proxied" in query:
        if query["proxied"] not in ("true", "false"):
            raise ApiError(400, 1004, "proxied must be true or false")
        proxied = query["proxied"] == "true"
        tests.append(lambda record: record.proxied is proxied)
    if "search" in query:
        tests.append(_search_test(query["search"].lower()))
    tests += _tag_tests(query)
    return tests


def _text_tests(query, field):
    tests = []
    for suffix, compare in _TEXT_TESTS.items():
        wanted = query.get(field + suffix)
        if wanted is not None:
            tests.append(_text_test(field, compare, wanted.lower()))
    return tests


def _text_test(field, compare, wanted):
    def test(record):
        text = getattr(record, field)
        return text is not None and compare(text.lower(), wanted)

    return test


def _presence_tests(query):
    tests = []
    if "comment.present" in query:
        tests.append(lambda record: record.comment is not None)
    if "comment.absent" in query:
        tests.append(lambda record: record.comment is None)
    return tests


def _search_test(wanted):
    def test(record):
        texts = (record.name, record.content, record.comment or "", *record.tags)
        return any(wanted in text.lower() for text in texts)

    return test


def _tag_tests(query):
    """Tag filters are joined by `tag_match`, and count as one filter for `match`."""
    tests = []
    for suffix, compare in _TEXT_TESTS.items():
        wanted = query.get("tag" + suffix)
        if wanted is not None:
            tests.append(_tag_value_test(compare, wanted))
    if "tag.present" in query:
        name = query["tag.present"].lower()
        tests.append(lambda record: any(_split(tag)[0] == name for tag in record.tags))
    if "tag.absent" in query:
        missing = query["tag.absent"].lower()
        tests.append(lambda record: all(_split(tag)[0] != missing for tag in record.tags))
    if len(tests) < 2:
        return tests
    join = any if query.get("tag_match", "all") == "any" else all
    return [lambda record: join(test(record) for test in tests)]


def _tag_value_test(compare, wanted):
    wanted_name, wanted_value = _split(wanted)

    def test(record):
        for name, value in map(_split, record.tags):
            if name == wanted_name and compare(value, wanted_value):
                return True
        return False

    return test


def _split(tag):
    """Tag names are case-insensitive, values are compared without case like all filters."""
    name, _, value = tag.lower().partition(":")
    return name, value
