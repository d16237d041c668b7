"""What files include, told from their text, and the sets of headers that are worth precompiling.

A header is a path when it is the project's own, and a name when it is included within <>.
"""

import collections
import functools
import heapq
import pathlib
import re

# A header within <> takes as long to read as so many lines of the project, more or less.
FOREIGN_LINES = 400
# Precompiling headers takes as long as reading them so many times.
PRECOMPILING = 1.5

_BEFORE_CODE = re.compile(
    r'\s+|//[^\n]*|/\*.*?\*/|#\s*pragma\s+once|#\s*include\s*([<"][^>"\n]+)[>"]', re.DOTALL)
_INCLUDE_OR_IF = re.compile(r"^\s*#\s*(include|if)", re.MULTILINE)


class UnclearError(Exception):
    """What a file includes is not to be told without a preprocessor: after code, #define or #if it
    may depend on those, and a header that is not found has yet to be generated."""


@functools.cache
def _text(file):
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UnclearError(file) from error


@functools.cache
def _find(written, folder, folders):
    if written.startswith("<"):
        return written[1:]
    places = [place / written[1:] for place in (folder, *folders)]
    return next((place for place in places if place.exists()), places[0])


@functools.cache
def includes(file, folders):
    """The headers a file includes, all before its first line of code."""
    end, found = 0, []
    while match := _BEFORE_CODE.match(_text(file), end):
        end = match.end()
        if match[1]:
            found.append(_find(match[1], file.parent, folders))
    if _INCLUDE_OR_IF.search(_text(file), end):
        raise UnclearError(file)
    return found


def is_own(header):
    return isinstance(header, pathlib.Path)


@functools.cache
def below(file, folders):
    """The headers a file includes, those that they include, and so on."""
    found = includes(file, folders)
    return frozenset(found).union(*(below(each, folders) for each in found if is_own(each)))


@functools.cache
def _lines(header):
    return _text(header).count("\n") if is_own(header) else FOREIGN_LINES


def _cost(headers):
    return sum(map(_lines, headers))


def _saved(headers, files):
    return max(_cost(headers) * (files - PRECOMPILING), 0)


class _Joining:
    """Sets of headers and how many files each is for. Two become one, of what both have, wherever
    that saves most."""

    def __init__(self):
        self._sets = {}
        self._pairs = []
        self._next = 0

    def add(self, headers, files):
        saved = _saved(headers, files)
        for number, (others, more, already) in self._sets.items():
            gain = _saved(headers & others, files + more) - saved - already
            if gain > 0:
                heapq.heappush(self._pairs, (-gain, number, self._next))
        self._sets[self._next] = headers, files, saved
        self._next += 1

    def join(self):
        while self._pairs:
            _, one, other = heapq.heappop(self._pairs)
            if one in self._sets and other in self._sets:
                headers, files, _ = self._sets.pop(one)
                others, more, _ = self._sets.pop(other)
                self.add(headers & others, files + more)
        return [headers for headers, _, saved in self._sets.values() if saved > 0]


def choose(wanted):
    """Sets to precompile for files that may each be given the headers wanted by it."""
    joining = _Joining()
    for headers, files in collections.Counter(wanted).items():
        joining.add(headers, files)
    return joining.join()


def best(sets, wanted):
    return max((each for each in sets if each <= wanted), key=_cost, default=frozenset())
