"""Everything the emulated service knows: accounts, zones, tokens and switches."""

from dataclasses import dataclass

from .dns_view import DnsView
from .set_watch import SetWatch


@dataclass
class Settings:
    plan: str = "free"  # of zones added without one
    duplicate_code: int = 81058  # the service says 81057 at times
    propagation_ms: int = 0  # from an accepted write to the DNS answer


class World:
    def __init__(self, settings=None):
        self.settings = settings or Settings()
        self.dns = DnsView()
        self.sets = SetWatch()
        self._zones = {}
        self._zones_by_name = {}
        self._tokens = {}
        self._keys = {}

    def zone(self, zone_id):
        return self._zones.get(zone_id)

    def zones(self):
        return self._zones.values()

    def zones_named(self, ascii_name):
        return self._zones_by_name.get(ascii_name, [])

    def add_zone(self, zone):
        self._zones[zone.id] = zone
        self._zones_by_name.setdefault(zone.ascii_name, []).append(zone)
        self.dns.add_zone(zone)

    def remove_zone(self, zone):
        del self._zones[zone.id]
        namesakes = self._zones_by_name[zone.ascii_name]
        namesakes.remove(zone)
        if not namesakes:
            del self._zones_by_name[zone.ascii_name]
        self.dns.remove_zone(zone)

    def publish(self, zone, names):
        """Lets the DNS see what the records of these names are now, after the usual delay."""
        delay_s = self.settings.propagation_ms / 1000
        for name in names:
            self.dns.schedule(zone, name, tuple(zone.records.named(name)), delay_s)

    def token(self, value):
        return self._tokens.get(value)

    def tokens(self):
        return self._tokens.values()

    def add_token(self, token):
        self._tokens[token.value] = token

    def remove_token(self, token):
        del self._tokens[token.value]

    def global_key(self, email, key):
        return self._keys.get((email, key))

    def add_global_key(self, email, key):
        self._keys[email, key.value] = key
