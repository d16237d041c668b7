"""Counters of what clients did."""

from collections import Counter


class Stats:
    def __init__(self):
        self.reset()

    def reset(self):
        self.calls = Counter()
        self.statuses = Counter()
        self.refused_by_quota = 0
        self.lost = 0

    def count(self, method, route, answer):
        self.calls[f"{method} {route}"] += 1
        if answer is None:
            self.lost += 1
        else:
            self.statuses[str(answer.status)] += 1

    def to_json(self):
        return {
            "total": self.calls.total(),
            "calls": dict(self.calls),
            "statuses": dict(self.statuses),
            "refused_by_quota": self.refused_by_quota,
            "replies_lost": self.lost,
        }
