"""Watches what clients do to the addresses of a name, one operation after the other.

The service carries out the operations of a batch in its own order and publishes record by record,
so what a name holds in the middle is what a visitor may meet. Three things harm whoever fronts a
site with several addresses, and the service accepts them all without a word:

* emptied: a name that had addresses had none, be it only until the next operation of the batch
* mixed: some of a name's addresses are proxied and some are not, which unmasks the others
* unlike: a new address with another TTL than the others, or with a comment and tags that none of
  the others has
"""

from collections import Counter

from .record import ADDRESS_TYPES


def addresses(records):
    return tuple(record for record in records if record.type in ADDRESS_TYPES)


class SetWatch:
    def __init__(self):
        self.reset()

    def reset(self):
        self._counts = Counter()

    def see(self, moments):
        """`moments`: for each name what it held before a request and after each operation of it."""
        for states in moments.values():
            sets = [addresses(records) for records in states]
            before, after = sets[0], sets[-1]
            self._counts["emptied"] += bool(before) and not all(sets)
            self._counts["mixed"] += not _mixed(before) and any(_mixed(each) for each in sets)
            self._counts["unlike"] += any(_unlike(each, after) for each in _new(before, after))

    def to_json(self):
        return {key: self._counts[key] for key in ("emptied", "mixed", "unlike")}


def _mixed(records):
    return len({record.proxied for record in records}) > 1


def _new(before, after):
    known = {record.id for record in before}
    return [record for record in after if record.id not in known]


def _unlike(record, after):
    others = [each for each in after if each.id != record.id]
    if not others:
        return False
    notes = {(each.comment, each.tags) for each in others}
    return (record.comment, record.tags) not in notes or any(
        each.ttl != record.ttl for each in others
    )
