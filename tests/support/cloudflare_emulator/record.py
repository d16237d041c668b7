"""One DNS record as the API shows it. Immutable: a write replaces it, so that undo is trivial."""

from dataclasses import dataclass

PROXIABLE_TYPES = frozenset({"A", "AAAA", "CNAME"})
ADDRESS_TYPES = frozenset({"A", "AAAA"})
STRUCTURED_TYPES = frozenset(
    "CAA CERT DNSKEY DS HTTPS LOC NAPTR SMIMEA SRV SSHFP SVCB TLSA URI".split()
)
TYPES = STRUCTURED_TYPES | frozenset("A AAAA CNAME MX NS OPENPGPKEY PTR TXT".split())
AUTOMATIC_TTL = 1
AUTOMATIC_TTL_SERVED_S = 300


@dataclass(frozen=True, slots=True)
class Record:
    id: str
    name: str
    type: str
    content: str
    ttl: int
    proxied: bool
    created_on: str
    modified_on: str
    comment: str | None = None
    tags: tuple = ()
    settings: dict | None = None
    data: dict | None = None
    priority: int | None = None
    comment_modified_on: str | None = None
    tags_modified_on: str | None = None

    @property
    def proxiable(self):
        return self.type in PROXIABLE_TYPES

    @property
    def served_ttl(self):
        return AUTOMATIC_TTL_SERVED_S if self.ttl == AUTOMATIC_TTL else self.ttl

    def to_json(self):
        shown = {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "content": self.content,
            "proxiable": self.proxiable,
            "proxied": self.proxied,
            "ttl": self.ttl,
            "settings": self.settings or {},
            "meta": {},
            "comment": self.comment,
            "tags": list(self.tags),
            "created_on": self.created_on,
            "modified_on": self.modified_on,
        }
        for key in ("data", "priority", "comment_modified_on", "tags_modified_on"):
            value = getattr(self, key)
            if value is not None:
                shown[key] = value
        return shown
