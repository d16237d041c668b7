"""What the name servers know of each zone: a copy of the records that lags behind the API.

Every name is published on its own, so a batch that is atomic in the API may be half visible here.
Changes that are due are applied when somebody looks, so no timer is needed.
"""

import heapq
import itertools
import time
from collections import Counter

from . import names


class DnsView:
    def __init__(self):
        self._zones = {}  # ascii name -> list of ZoneView
        self._pending = []  # heap of (due, order, zone view, name, records)
        self._order = itertools.count(1)

    def add_zone(self, zone):
        self._zones.setdefault(zone.ascii_name, []).append(ZoneView(zone))

    def remove_zone(self, zone):
        views = self._zones[zone.ascii_name]
        views[:] = [view for view in views if view.zone is not zone]
        if not views:
            del self._zones[zone.ascii_name]

    def schedule(self, zone, name, records, delay_s):
        view = next(v for v in self._zones[zone.ascii_name] if v.zone is zone)
        due = time.monotonic() + delay_s
        heapq.heappush(self._pending, (due, next(self._order), view, name, records))
        self._apply_due()

    def find_zone(self, name):
        """The most specific zone that holds the name; of namesakes the one that is active."""
        self._apply_due()
        for suffix in names.parents(name):
            views = self._zones.get(suffix)
            if views:
                return next((v for v in views if v.zone.status == "active"), views[0])
        return None

    def _apply_due(self):
        now = time.monotonic()
        while self._pending and self._pending[0][0] <= now:
            _, order, view, name, records = heapq.heappop(self._pending)
            view.publish(name, records, order)


class ZoneView:
    def __init__(self, zone):
        self.zone = zone
        self.serial = 1
        self._records = {}  # name -> tuple of records
        self._existing = Counter()  # names and their parents: empty non-terminals exist as well
        self._latest = {}  # name -> order of the change it shows
        for name in {record.name for record in zone.records}:
            self.publish(name, tuple(zone.records.named(name)), 0)

    def publish(self, name, records, order):
        """Drops a change that was overtaken by a later one because the delay was shortened."""
        if order < self._latest.get(name, 0):
            return
        self._latest[name] = order
        self.serial += 1
        step = bool(records) - bool(self._records.get(name))
        if records:
            self._records[name] = records
        else:
            self._records.pop(name, None)
        if step:
            self._count(name, step)

    def exists(self, name):
        return name == self.zone.ascii_name or name in self._existing

    def records(self, name):
        """Records that answer for the name, if need be from the wildcard above it (RFC 4592).

        Any record at or below a name, of any type, hides the wildcard from it.
        """
        if self.exists(name):
            return self._records.get(name, ())
        for suffix in names.parents(name.partition(".")[2]):
            if self.exists(suffix):
                return self._records.get("*." + suffix, ())
        return ()

    def _count(self, name, step):
        for suffix in names.parents(name):
            if suffix == self.zone.ascii_name:
                return
            self._existing[suffix] += step
            if not self._existing[suffix]:
                del self._existing[suffix]
