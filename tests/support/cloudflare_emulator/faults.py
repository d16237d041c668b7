"""Faults on demand: what happens to requests that somebody asked to go wrong.

A queue of faults; each request takes the first that matches it. `apply` says whether the request
takes effect before its answer is bent or lost: each kind has the default that makes it dangerous.
"""

import asyncio
import itertools
import re
from dataclasses import dataclass

from . import foreign_write
from .bends import BENDS

_FOREIGN_WRITE_KEYS = {"when", "zone", "id", "name", "type", "content", "set", "delete", "create"}
_ids = itertools.count(1)


@dataclass(frozen=True)
class _Kind:
    applied: bool  # whether the request takes effect, unless the fault says otherwise
    options: frozenset
    needs_answer: bool = False  # bends the true answer, so the request has to take effect


_KINDS = {
    "delay_before": _Kind(True, frozenset({"ms"})),
    "delay_after": _Kind(True, frozenset({"ms"})),
    "foreign_write": _Kind(True, frozenset(_FOREIGN_WRITE_KEYS)),
    "reply_lost": _Kind(True, frozenset()),
    "truncated_json": _Kind(True, frozenset({"keep"})),
    "missing_result_info": _Kind(True, frozenset(), needs_answer=True),
    "missing_keys": _Kind(True, frozenset({"keys"}), needs_answer=True),
    "extra_keys": _Kind(True, frozenset(), needs_answer=True),
    "status_html": _Kind(False, frozenset({"status", "body"})),
    "problem_json": _Kind(False, frozenset({"status"})),
    "success_false_200": _Kind(False, frozenset({"status", "code", "message"})),
    "api_error": _Kind(False, frozenset({"status", "code", "message"})),
    "redirect": _Kind(False, frozenset({"status", "location"})),
    "throttle": _Kind(False, frozenset({"retry_after", "code"})),
}
_NUMBERS = ("ms", "keep", "status", "code")


class Fault:
    """One entry of the queue. Raises ValueError with a text for people when it is no good."""

    def __init__(self, document):
        match = document.get("match", {})
        self.options = document.get("fault")
        if not isinstance(self.options, dict) or not isinstance(match, dict):
            raise ValueError("a fault is {match: {...}, fault: {kind: ...}}")
        self.kind = self.options.get("kind")
        self._check(match)
        self.id = next(_ids)
        self.method = match.get("method")
        self.pattern = _compiled(match.get("path_regex", ""))
        self.skip = int(match.get("skip", 0))
        self.left = int(match.get("count", 1))
        self.fired = 0
        self.applies = self.options.get("apply", _KINDS[self.kind].applied)

    def _check(self, match):
        kind = _KINDS.get(self.kind)
        if kind is None:
            raise ValueError(f"fault.kind must be one of {', '.join(_KINDS)}; got {self.kind!r}")
        _refuse_unknown("match", set(match), {"method", "path_regex", "count", "skip"})
        _refuse_unknown(f"fault {self.kind}", set(self.options), {"kind", "apply", *kind.options})
        if kind.needs_answer and self.options.get("apply") is False:
            raise ValueError(f"fault {self.kind} bends the true answer: apply cannot be false")
        for key in _NUMBERS:
            if not isinstance(self.options.get(key, 0), (int, float)):
                raise ValueError(f"fault.{key} must be a number; got {self.options[key]!r}")

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
    bend = BENDS.get(fault.kind)
    if bend is None:
        return answer
    bent = bend(options, answer)
    if answer is not None:
        bent.headers = {**answer.headers, **bent.headers}
    bent.bent = f"fault {fault.kind}"
    return bent


def _refuse_unknown(what, given, known):
    if given - known:
        raise ValueError(
            f"{what} has unknown keys: {', '.join(sorted(given - known))};"
            f" known are {', '.join(sorted(known))}"
        )


def _compiled(pattern):
    try:
        return re.compile(pattern)
    except (re.error, TypeError) as error:
        raise ValueError(f"match.path_regex {pattern!r} is no pattern: {error}") from None
