"""One zone: its description and its records."""

from dataclasses import dataclass, field

from . import names
from .clock import new_id, timestamp
from .plan import PLANS
from .record_set import RecordSet

NAME_SERVERS = ("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")
STATUSES = ("initializing", "pending", "active", "moved", "deactivated", "deleted")
KINDS = ("full", "partial", "secondary", "internal")
# The service lets nobody change records of these through the API.
DASHBOARD_ONLY_SUFFIXES = (".cf", ".ga", ".gq", ".ml", ".tk")


@dataclass
class Zone:
    name: str  # Unicode, as the API shows it; records carry `ascii_name`
    account: dict
    plan: str = "free"
    id: str = field(default_factory=new_id)
    status: str = "active"
    type: str = "full"
    paused: bool = False
    name_servers: tuple = NAME_SERVERS
    record_quota: int | None = None  # None: what the plan allows
    created_on: str = field(default_factory=timestamp)
    modified_on: str = field(default_factory=timestamp)
    records: RecordSet = field(default_factory=RecordSet)

    def __post_init__(self):
        self.name = names.to_unicode(names.to_ascii(self.name))
        self.ascii_name = names.to_ascii(self.name)

    @property
    def limits(self):
        return PLANS[self.plan]

    @property
    def quota(self):
        return self.limits.records_per_zone if self.record_quota is None else self.record_quota

    @property
    def proxies(self):
        """Whether proxied records are really proxied, or served DNS-only."""
        return self.status == "active" and not self.paused

    def to_json(self):
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "paused": self.paused,
            "type": self.type,
            "development_mode": 0,
            "name_servers": list(self.name_servers),
            "original_name_servers": None,
            "original_registrar": None,
            "original_dnshost": None,
            "modified_on": self.modified_on,
            "created_on": self.created_on,
            "activated_on": self.created_on if self.status == "active" else None,
            "meta": {
                "cdn_only": False,
                "custom_certificate_quota": 0,
                "dns_only": False,
                "foundation_dns": False,
                "page_rule_quota": 3,
                "phishing_detected": False,
                "step": 2,
            },
            "owner": {"type": "organization", **self.account},
            "account": dict(self.account),
            "permissions": ["#zone:read", "#dns_records:read", "#dns_records:edit"],
            "plan": {
                "id": self.plan,
                "name": f"{self.plan.capitalize()} Plan",
                "price": 0,
                "currency": "USD",
                "frequency": "",
                "is_subscribed": False,
                "can_subscribe": False,
                "legacy_id": self.plan,
                "legacy_discount": False,
                "externally_managed": False,
            },
        }
