"""Faults on demand: what happens to requests that somebody asked to go wrong.

A queue of faults; each request takes the first that matches it. `apply` says whether the request
takes effect before its answer is bent or lost: each kind has the default that makes it dangerous.
"""

import asyncio
import itertools
import json
import re

from . import foreign_write
from .answer import Answer
from .rate import throttled

_APPLIED_BY_DEFAULT = {
    "delay_before": True,
    "delay_after": True,
    "foreign_write": True,
    "reply_lost": True,
    "truncated_json": True,
    "missing_result_info": True,
    "missing_keys": True,
    "extra_keys": True,
    "status_html": False,
    "problem_json": False,
    "success_false_200": False,
    "api_error": False,
    "redirect": False,
    "throttle": False,
}
KINDS = tuple(_APPLIED_BY_DEFAULT)
_ids = itertools.count(1)


class Fault:
    """One entry of the queue. Raises ValueError with a text for people when it is no good."""

    def __init__(self, document):
        match = document.get("match", {})
        self.options = document.get("fault")
        if not isinstance(self.options, dict) or not isinstance(match, dict):
            raise ValueError("a fault is {match: {...}, fault: {kind: ...}}")
        self.kind = self.options.get("kind")
        if self.kind not in _APPLIED_BY_DEFAULT:
            raise ValueError(f"fault.kind must be one of {', '.join(KINDS)}; got {self.kind!r}")
        unknown = set(match) - {"method", "path_regex", "count", "skip"}
        if unknown:
            raise ValueError(f"match has unknown keys: {', '.join(sorted(unknown))}")
        self.id = next(_ids)
        self.method = match.get("method")
        self.pattern = _compiled(match.get("path_regex", ""))
        self.skip = int(match.get("skip", 0))
        self.left = int(match.get("count", 1))
        self.fired = 0
        self.applies = self.options.get("apply", _APPLIED_BY_DEFAULT[self.kind])

    def matches(self, method, target):
        return self.method in (None, method) and self.pattern.search(target) is not None

    def to_json(self):
        return {
            "id": self.id,
            "match": {
                "method": self.method,
                "path_regex": self.pattern.pattern,
                "skip": self.skip,
                "count": self.left,
            },
            "fault": self.options,
            "fired": self.fired,
        }


class FaultQueue:
    def __init__(self):
        self._waiting = []
        self.fired = 0

    def add(self, fault):
        self._waiting.append(fault)

    def clear(self):
        self._waiting.clear()

    def waiting(self):
        return list(self._waiting)

    def take(self, method, target):
        """The fault this request has to suffer, or None. `target` is path and query."""
        for fault in self._waiting:
            if not fault.matches(method, target):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.left -= 1
            fault.fired += 1
            self.fired += 1
            if not fault.left:
                self._waiting.remove(fault)
            return fault
        return None


async def suffer(fault, world, process):
    """Runs `process` under the fault. The answer, or None if the client is to get none."""
    options = fault.options
    if fault.kind == "delay_before":
        await asyncio.sleep(options.get("ms", 1000) / 1000)
    if fault.kind == "foreign_write" and options.get("when", "before") == "before":
        foreign_write.apply(world, options)
    answer = process() if fault.applies else None
    if fault.kind == "delay_after":
        await asyncio.sleep(options.get("ms", 1000) / 1000)
    if fault.kind == "foreign_write" and options.get("when", "before") == "after":
        foreign_write.apply(world, options)
    if fault.kind == "reply_lost":
        return None
    bend = _BENDS.get(fault.kind)
    if bend is None:
        return answer
    bent = bend(options, answer)
    if answer is not None:
        bent.headers = {**answer.headers, **bent.headers}
    bent.bent = f"fault {fault.kind}"
    return bent


def _compiled(pattern):
    try:
        return re.compile(pattern)
    except (re.error, TypeError) as error:
        raise ValueError(f"match.path_regex {pattern!r} is no pattern: {error}") from None


def _html(options, _answer):
    status = options.get("status", 502)
    page = f"<html>\r\n<head><title>{status}</title></head>\r\n<body>cloudflare</body>\r\n</html>"
    raw = options.get("body", page).encode()
    return Answer(status, raw=raw, content_type="text/html; charset=UTF-8")


def _problem(options, _answer):
    status = options.get("status", 502)
    document = {
        "type": f"https://developers.cloudflare.com/support/errors/{status}/",
        "title": f"Error {status}",
        "status": status,
        "detail": "The origin web server could not be reached.",
        "retryable": status >= 500,
    }
    raw = json.dumps(document).encode()
    return Answer(status, raw=raw, content_type="application/problem+json")


def _truncated(options, answer):
    status = answer.status if answer else 200
    whole = answer.body() if answer else b'{"result":{"id":"","success":'
    return Answer(status, raw=whole[: int(len(whole) * options.get("keep", 0.5))])


def _error(status):
    def bend(options, _answer):
        entry = {
            "code": options.get("code", 10000),
            "message": options.get("message", "Authentication error"),
        }
        payload = {"success": False, "errors": [entry], "messages": [], "result": None}
        return Answer(options.get("status", status), payload)

    return bend


def _without(*always):
    def bend(options, answer):
        dropped = (*always, *options.get("keys", ()))
        return Answer(answer.status, _pruned(answer.payload, dropped))

    return bend


def _pruned(value, dropped):
    if isinstance(value, dict):
        return {k: _pruned(v, dropped) for k, v in value.items() if k not in dropped}
    if isinstance(value, list):
        return [_pruned(item, dropped) for item in value]
    return value


def _extra(_options, answer):
    return Answer(answer.status, _enriched(answer.payload))


def _enriched(value):
    if isinstance(value, dict):
        known = {key: _enriched(item) for key, item in value.items()}
        return {"x_new_field": {"nested": [1, "two", None]}, **known, "zz_new_flag": True}
    if isinstance(value, list):
        return [_enriched(item) for item in value]
    return value


def _redirect(options, _answer):
    location = options.get("location", "http://127.0.0.1:9/elsewhere")
    return Answer(options.get("status", 302), raw=b"", headers={"Location": location})


def _throttle(options, _answer):
    return throttled(options.get("retry_after", 1), options.get("code", 971))


_BENDS = {
    "status_html": _html,
    "problem_json": _problem,
    "truncated_json": _truncated,
    "success_false_200": _error(200),
    "api_error": _error(403),
    "missing_result_info": _without("result_info"),
    "missing_keys": _without(),
    "extra_keys": _extra,
    "redirect": _redirect,
    "throttle": _throttle,
}
