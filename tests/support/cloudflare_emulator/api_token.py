"""Who may do what: API tokens and global keys."""

import ipaddress
import secrets
import string
from dataclasses import dataclass, field

from .clock import new_id

RIGHTS = ("zone:read", "dns:read", "dns:edit")
_ALPHABET = string.ascii_letters + string.digits
_PREFIX = {"user": "cfut_", "account": "cfat_"}


def new_value(kind):
    """A token of the present form: prefix, 40 characters, checksum."""
    return _PREFIX[kind] + "".join(secrets.choice(_ALPHABET) for _ in range(48))


@dataclass
class Token:
    value: str
    kind: str = "user"  # or "account": verified at another endpoint, with a rate budget of its own
    owner: str = "user-1"  # all tokens of one user share a rate budget
    account_id: str | None = None
    id: str = field(default_factory=new_id)
    status: str = "active"
    rights: frozenset = frozenset(RIGHTS)
    zone_ids: frozenset | None = None  # None: every zone
    locations: tuple | None = None  # networks that may use it; None: all
    without_zone_read: str = "empty"  # or "forbidden": how the zone list shows a missing right
    refuse_unfiltered_zone_list: bool = False
    not_before: str | None = None
    expires_on: str | None = None

    @property
    def budget(self):
        return f"token {self.id}" if self.kind == "account" else f"user {self.owner}"

    def may(self, right, zone):
        if self.zone_ids is not None and zone.id not in self.zone_ids:
            return False
        return right in self.rights or (right == "dns:read" and "dns:edit" in self.rights)

    def refused_zone_list(self, query):
        if "zone:read" not in self.rights and self.without_zone_read == "forbidden":
            return True
        return self.refuse_unfiltered_zone_list and "name" not in query

    def usable_from(self, address):
        if self.locations is None:
            return True
        client = ipaddress.ip_address(address)
        return any(client in ipaddress.ip_network(network) for network in self.locations)

    def to_json(self):
        shown = {"id": self.id, "status": self.status}
        for key in ("not_before", "expires_on"):
            if getattr(self, key) is not None:
                shown[key] = getattr(self, key)
        return shown


class GlobalKey(Token):
    """A legacy key: everything is allowed, and the token endpoints do not know it."""
