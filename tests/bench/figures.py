"""How the benches in Python print a figure; figure.h is the same for those in C++.

A figure is a row of a Markdown table, so that what tests/bench/run.sh prints is docs/figures.md:
figure | value | what it is held against, measured in the same run | ratio | aim.
"""

import math

COLUMNS = ("figure", "value", "held against, in the same run", "ratio", "aim")


class GaveUp(float):
    """A span after which the waiting ended: what was waited for takes longer, nobody knows how."""


class Aim:
    """At most `limit`, of the value or of its ratio to what it is held against."""

    def __init__(self, limit, of_ratio=False):
        self.limit = limit
        self.of_ratio = of_ratio

    def words(self, value, unit, peer_value):
        reached = value if not self.of_ratio else (value / peer_value if peer_value else math.inf)
        return (f"at most {number(self.limit)}" + ("" if self.of_ratio else f" {unit}")
                + ("" if reached <= self.limit else ", missed"))


class Table:
    """Rows of the same columns stand in one table, until a note comes between."""

    _columns = None

    @classmethod
    def row(cls, cells, columns=COLUMNS):
        if cls._columns != columns:
            cls._leave()
            print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
            cls._columns = columns
        print(f"| {' | '.join(cells)} |", flush=True)

    @classmethod
    def note(cls, text):
        cls._leave()
        print(f"{text}\n", flush=True)

    @classmethod
    def _leave(cls):
        if cls._columns:
            print()
        cls._columns = None


def note(text):
    """A sentence on what was done."""
    Table.note(text)


def show(name, value, unit, peer="", peer_value=None, aim=None):
    held = "" if peer_value is None else f"{number(peer_value)} {unit}: {peer}"
    Table.row((name, f"{number(value)} {unit}", held, _ratio(value, peer_value),
               "" if aim is None else aim.words(value, unit, peer_value)))


def number(value):
    """Three digits that mean something, all of those before the point."""
    if isinstance(value, GaveUp):
        return f"> {value:,.0f}"
    size = abs(value)
    if size >= 100 or size == int(size):
        return f"{value:,.0f}"
    return f"{value:.{1 if size >= 10 else 2 if size >= 0.1 else 4}f}"


def _ratio(value, peer_value):
    over, under = isinstance(value, GaveUp), isinstance(peer_value, GaveUp)
    if not peer_value or (over and under):
        return ""
    return ("> " if over else "< " if under else "") + number(value / peer_value)


def percentile(values, part):
    ordered = sorted(values)
    return ordered[int(part * (len(ordered) - 1))]
