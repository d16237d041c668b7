"""Requests to the API by lot, from its description: what fits it, nearly does, or does not.

    requests = RandomRequests(document, names={"server": ["web1"], ...})
    @given(requests.any())
    def test(request): ...           # Request(method, path, template, body, headers)

`names`: for each parameter of a path the things that there are, so that some requests find one.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

METHODS = ("get", "post", "put", "patch", "delete")
# What people, programs and attackers write where a name or a word belongs.
ODD_TEXTS = ["", " ", "null", "0", "-1", "a" * 300, "\u00e9", "\u0131", "\u0130", "xn--", "xn--a",
             "a..b", ".", "..", "../../etc/passwd", "%00", "\x00", "\n", "\u202e", "\ud7ff",
             "\ufffd", "'", '"', "<b>", "$(id)", "{{7*7}}", "1e309", "NaN", "127.0.0.1", "::",
             "0.0.0.0", "999.1.1.1", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "10m", "-10m",
             "99999999999d"]
# Entity tags and keys: some say what others said.
ODD_HEADERS = ["", "*", "x", '"x"', '"x", W/"y"', '"', 'W/"x', ",", "a b", "k" * 300, '"k-1"',
               "k-2", "\u00e9"]
ODD_NUMBERS = [0, -1, 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 2**64, -2**63, 1e308, 0.5, -0.0]


@dataclass
class Request:
    method: str
    template: str
    path: str
    body: bytes | None = None
    headers: dict = field(default_factory=dict)


class RandomRequests:
    def __init__(self, document, names):
        self._document = document
        self.names = names
        self._operations = [
            (method, template, operation[method], operation.get("parameters", []))
            for template, operation in document["paths"].items()
            for method in METHODS if method in operation]

    def any(self):
        return st.one_of(self._of_operation(), self._of_operation(), self._of_operation(),
                         self._of_operation(), self._astray())

    # --- whole requests -----------------------------------------------------------------------

    def _of_operation(self):
        return st.sampled_from(self._operations).flatmap(
            lambda operation: self._request(*operation))

    def _request(self, *operation):
        return _request_of(self, *operation)

    def _astray(self):
        """Methods and paths that there may not be."""
        paths = st.sampled_from([template for _, template, _, _ in self._operations]) | st.text(
            max_size=30).map(lambda text: "/" + quote(text, safe="/", errors="replace"))
        return st.builds(
            lambda method, path, body: Request(method, "", path.replace("{", "").replace("}", ""),
                                               body, {}),
            st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]),
            paths, st.none() | st.binary(max_size=50))

    def body(self, content):
        schema = content["application/json"]["schema"]
        fitting = self._value(schema).map(lambda value: json.dumps(value).encode())
        nearly = self.nearly(schema).map(lambda value: json.dumps(value).encode())
        broken = fitting.map(lambda body: body[:-1]) | st.binary(max_size=40) | st.sampled_from(
            [b"", b"null", b"[" * 2_000, b'{"a":' * 500, b'{"name":"a","name":"b"}',
             b'{"x":"\xff"}', b'"' + b"a" * 300_000 + b'"'])
        return st.one_of(fitting, fitting, fitting, nearly, nearly, broken)

    # --- values -------------------------------------------------------------------------------

    def resolved(self, node):
        while "$ref" in node:
            target = self._document
            for step in node["$ref"].split("/")[1:]:
                target = target[step]
            node = target
        return node

    def nearly(self, schema):
        """What fits but for one thing: a field too many or too few, or an odd value there."""
        return st.one_of(self._value(schema), st.builds(_bent, self._value(schema), _odd_values(),
                                                        st.integers(0, 1_000)))

    def _value(self, schema):
        schema = self.resolved(schema)
        kinds = schema.get("type")
        if not isinstance(kinds, list):
            return self._plain(schema)
        one = next(kind for kind in kinds if kind != "null")
        enum = {"enum": [each for each in schema["enum"] if each]} if "enum" in schema else {}
        plain = self._plain({**schema, "type": one, **enum})
        return st.one_of(plain, plain, plain, plain, st.none())  # null says little

    def _plain(self, schema):
        for combined in ("oneOf", "anyOf"):
            if combined in schema:
                return st.one_of([self._value(each) for each in schema[combined]])
        if "allOf" in schema:
            return st.tuples(*map(self._value, schema["allOf"])).map(_together)
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        make = {"object": self._object, "array": self._array, "integer": self._integer,
                "number": self._integer, "string": self._string,
                "boolean": lambda _: st.booleans(), "null": lambda _: st.none()}
        return make[schema["type"]](schema) if "type" in schema else _odd_values()

    def _object(self, schema):
        # Deferred, since a schema may hold itself.
        fields = {name: st.deferred(lambda each=each, name=name: self._field(name, each))
                  for name, each in schema.get("properties", {}).items()}
        required = set(schema.get("required", []))
        fixed = st.fixed_dictionaries(
            {name: each for name, each in fields.items() if name in required},
            optional={name: each for name, each in fields.items() if name not in required})
        more = schema.get("additionalProperties")
        if not isinstance(more, dict):
            return fixed
        return st.tuples(fixed, st.dictionaries(_words(), self._value(more), max_size=3)).map(
            _together)

    def _field(self, name, schema):
        """By its name it may be a thing that there is."""
        resolved = self.resolved(schema)
        known = self.names.get(name)
        if known and "string" in resolved.get("type", ()):
            return st.sampled_from(known) | st.sampled_from(known) | self._value(schema)
        if known and "array" in resolved.get("type", ()):
            return st.lists(st.sampled_from(known), max_size=3, unique=True)
        return self._value(schema)

    def _array(self, schema):
        return st.lists(self._value(schema["items"]), max_size=4)

    def _integer(self, schema):
        least, most = schema.get("minimum", 0), schema.get("maximum", 100_000)
        return st.sampled_from([least, most]) | st.integers(least, most)

    def _string(self, schema):
        formats = {"ipv4": st.sampled_from(["203.0.113.10", "203.0.113.77", "198.51.100.9"]),
                   "ipv6": st.sampled_from(["2001:db8::1", "2001:db8::77"]),
                   "date-time": st.sampled_from(["2999-01-01T00:00:00Z", "2001-01-01T00:00:00Z"])}
        if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        words = _words()
        if "example" in schema:
            words |= st.just(schema["example"])
        return formats.get(schema.get("format"), words)


@st.composite
def _request_of(draw, lot, method, template, operation, shared):
    path, query, sent = template, {}, {}
    for parameter in shared + operation.get("parameters", []):
        parameter = lot.resolved(parameter)
        name = parameter["name"]
        if parameter["in"] == "path":
            known = st.sampled_from(lot.names.get(name, ["1"]))
            chosen = draw(st.one_of(known, known, known, known, st.sampled_from(ODD_TEXTS),
                                    st.text(max_size=20)))
            path = path.replace("{" + name + "}", quote(chosen, safe="", errors="replace"))
        elif parameter["in"] == "query" and draw(st.integers(0, 3)) == 0:
            query[name] = draw(lot.nearly(parameter["schema"]))
        elif parameter["in"] == "header" and draw(st.integers(0, 15)) == 0:
            sent[name] = draw(st.sampled_from(ODD_HEADERS))
    if draw(st.integers(0, 30)) == 0:
        query[draw(st.text(max_size=8))] = draw(st.sampled_from(ODD_TEXTS))
    if query:
        path += "?" + urlencode({name: value if isinstance(value, str) else json.dumps(value)
                                 for name, value in query.items()}, errors="replace")
    content = operation.get("requestBody", {}).get("content", {})
    body = draw(lot.body(content)) if content else draw(st.sampled_from([None, None, b"{}"]))
    headers = {} if body is None else {"Content-Type": draw(st.sampled_from(
        ["application/json"] * 20 + ["application/json; charset=utf-8", "text/plain", "x"]))}
    return Request(method.upper(), template, path, body, {**headers, **sent})


def _words():
    return st.sampled_from(["web9", "a", "x-1", "owner", "acme"]) | st.text(
        "abcdefghijklmnopqrstuvwxyz0123456789-.", min_size=1, max_size=12)


def _odd_values():
    simple = st.none() | st.booleans() | st.sampled_from(ODD_NUMBERS) | st.sampled_from(ODD_TEXTS)
    return simple | st.recursive(
        simple,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                    max_size=3),
        max_leaves=8)


def _together(parts):
    return {name: value for part in parts if isinstance(part, dict) for name, value in part.items()}


def _bent(value, odd, lot):
    """`value` with `odd` in some place of it."""
    if isinstance(value, dict) and value and lot % 7:
        name = sorted(value)[lot % len(value)]
        if lot % 5 == 0:
            return {key: each for key, each in value.items() if key != name}
        if lot % 5 == 1:
            return {**value, "unheard_of": odd}
        return {**value, name: _bent(value[name], odd, lot // 7)}
    if isinstance(value, list) and value and lot % 3:
        at = lot % len(value)
        return [*value[:at], _bent(value[at], odd, lot // 3), *value[at + 1:]]
    return odd
