"""All records of a zone, indexed so that no request by id, name or content scans the zone."""


class RecordSet:
    def __init__(self):
        self._by_id = {}
        self._by_name = {}
        self._by_content = {}
        self._sorted = {}

    def __len__(self):
        return len(self._by_id)

    def __iter__(self):
        return iter(self._by_id.values())

    def get(self, record_id):
        return self._by_id.get(record_id)

    def named(self, name):
        return self._by_name.get(name, {}).values()

    def with_content(self, content):
        """Records whose content is the same but for letter case."""
        return self._by_content.get(content.lower(), {}).values()

    def put(self, record):
        """Adds the record, or replaces the one of the same id."""
        self.remove(record.id)
        self._by_id[record.id] = record
        self._by_name.setdefault(record.name, {})[record.id] = record
        self._by_content.setdefault(record.content.lower(), {})[record.id] = record
        self._sorted.clear()

    def remove(self, record_id):
        record = self._by_id.pop(record_id, None)
        if record is None:
            return
        _drop(self._by_name, record.name, record_id)
        _drop(self._by_content, record.content.lower(), record_id)
        self._sorted.clear()

    def in_order(self, order, descending):
        """Every record, sorted; kept until the next write because clients page through it."""
        key = (order, descending)
        if key not in self._sorted:
            self._sorted[key] = sort_records(self, order, descending)
        return self._sorted[key]


def sort_records(records, order, descending):
    return sorted(
        records,
        key=lambda record: (getattr(record, order), record.name, record.content, record.id),
        reverse=descending,
    )


def _drop(index, key, record_id):
    entries = index[key]
    del entries[record_id]
    if not entries:
        del index[key]
