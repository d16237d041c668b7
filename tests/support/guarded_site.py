"""One site for a test inside a shared Stack: a zone, two servers with agents, domains, channels.

    with GuardedSite(stack) as site:
        site.agent(0).kill()
        site.wait_for_server(1)                # by a DNS query
        message = site.hook.wait_for("failover_triggered")

Names and addresses are its own and its channels follow its pool only, so that tests which share a
stack do not meet.
"""

import itertools
from ipaddress import ip_network

from receivers import WebhookReceiver

TTL_S = 300
_numbers = itertools.count(1)
# RFC 5737: addresses for documentation; every one is given out once.
_ipv4 = (str(address) for network in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")
         for address in ip_network(network).hosts())


class GuardedSite:
    """labels: the domains' first labels, one pool for all. record: more fields of the A record.
    families: the records there are at first, as far as servers have addresses for them.

    mail: a MailReceiver that the stack's controller delivers to.
    """

    def __init__(self, stack, labels=("www",), ipv6=False, policy=None, record=None, mail=None,
                 checks=(), servers=2, provider="cloudflare",
                 families=("A", "AAAA")):
        self.stack = stack
        self.number = next(_numbers)
        self.zone = f"zone{self.number}.example"
        self.names = [f"{label}.{self.zone}" for label in labels]
        self.servers = [f"s{self.number}-{letter}" for letter in "abcdef"[:servers]]
        self.ipv4 = list(itertools.islice(_ipv4, servers))
        self.ipv6 = [f"2001:db8::{self.number}:{i + 1}" if ipv6 else None for i in range(servers)]
        self.hook = WebhookReceiver()
        self.hook_name = f"hook{self.number}"
        self._policy = policy
        self._record = record or {}
        self._mail = mail
        self._checks = checks
        self._provider = provider
        self._families = families
        self._channels = []

    def __enter__(self):
        self.hook.__enter__()
        try:
            self._set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Whatever the test did: the next one finds a controller that knows nothing of this site.
        # Its servers go before their agents, for what is lost together with others is doubted.
        if self.stack.controller.process is not None:
            for path in [*(f"channels/{name}" for name in self._channels),
                         *(f"domains/{name}" for name in self.names),
                         *(f"servers/{name}" for name in self.servers)]:
                self.stack.api("DELETE", "/api/v1/" + path)
        for name in self.servers:
            if name in self.stack.agents:
                self.stack.agents.pop(name).discard()
        self.hook.__exit__()

    def _set_up(self):
        records = [{"name": name, "type": kind, "content": content, "ttl": TTL_S, **self._record}
                   for name in self.names
                   for kind, content in (("A", self.ipv4[0]), ("AAAA", self.ipv6[0]))
                   if content and kind in self._families]
        self.zone_id = self.stack.emulator.add_zone(self.zone, records)["id"]
        self._add_servers()
        for name in self.names:
            self.stack.add_domain(name, self.servers, policy=self._policy,
                                  provider=self._provider)
        self.pool = self.stack.get(f"/domains/{self.names[0]}")["pool"]["name"]
        self._add_channels()

    def _add_servers(self):
        for server, ipv4, ipv6 in zip(self.servers, self.ipv4, self.ipv6):
            self.stack.add_server(server, ipv4, ipv6, start=False, checks=self._checks)
            self.agent_of(server).start()
        for server in self.servers:
            self.stack.wait_for_health(server, "online")

    def _add_channels(self):
        self.secret = self.add_channel(self.hook_name, kind="webhook", url=self.hook.url)["secret"]
        if self._mail:
            self.add_channel(f"mail{self.number}", kind="email", to=[self.recipient])

    def add_channel(self, name, **fields):
        self._channels.append(name)
        return self.stack.post("/channels", {"name": name, "pools": [self.pool], **fields})

    @property
    def name(self):
        return self.names[0]

    @property
    def recipient(self):
        return f"oncall{self.number}@example.org"

    def agent_of(self, server):
        return self.stack.agents[server]

    def agent(self, index):
        return self.agent_of(self.servers[index])

    # --- trouble with the provider ------------------------------------------------------------

    def fault(self, kind, method=None, count=1, skip=0, **options):
        """The next requests about this zone go wrong."""
        match = {"path_regex": self.zone_id, "count": count, "skip": skip}
        if method:
            match["method"] = method
        return self.stack.emulator.add_fault(match, kind=kind, **options)

    def wait_for_fault(self, fault, fired=1):
        """Until so many requests have met it; their answers may still be due."""
        def happened():
            waiting = {one["id"]: one for one in
                       self.stack.emulator.control("GET", "faults")["faults"]}
            return fault["id"] not in waiting or waiting[fault["id"]]["fired"] >= fired
        self.stack.until(f"a request to meet {fault}", happened)

    def clear_faults(self):
        self.stack.emulator.control("DELETE", "faults")

    # --- what the world sees ------------------------------------------------------------------

    def records(self, name=None, kind="A"):
        """What the provider holds."""
        path = f"records?zone={self.zone}&name={name or self.name}&type={kind}"
        return self.stack.emulator.control("GET", path)["records"]

    def wait_for_server(self, index):
        """Every name resolves to that server, by DNS queries, and the controller knows it."""
        for name in self.names:
            self.stack.wait_for_addresses(name, [self.ipv4[index]])
            self.stack.wait_for_status(name, "active" if index == 0 else "failed_over")

    def resolves_to(self, index):
        return all(self.stack.dig(name) == [self.ipv4[index]] for name in self.names)

    # --- what people are told -----------------------------------------------------------------

    def mails(self, kind):
        return [message for to, message in self._mail.messages
                if to == [self.recipient] and message["X-Understudy-Type"] == kind]

    def wait_for_mail(self, kind):
        self._mail.until(f"mail {kind} to {self.recipient}", lambda: self.mails(kind))
        return self.mails(kind)[-1]

    def told(self):
        """The types of what the webhook got, in order, after a message that comes last.

        A channel keeps its order: what was to be told before now has arrived before the test.
        """
        count = len(self.hook.delivered("test"))
        self.stack.post(f"/channels/{self.hook_name}/test")
        self.hook.wait_for("test", count + 1)
        return [hook.type for hook in self.hook.delivered() if hook.type != "test"]

    def events(self, kind, of="domain"):
        """Its events of that type, newest first. of: "domain", "pool" or "server"."""
        mine = {"domain": self.names, "pool": [self.pool], "server": self.servers}[of]
        return [event for event in self.stack.get(f"/events?type={kind}&limit=1000")["items"]
                if event[of] and event[of]["name"] in mine]

    def wait_for_event(self, kind, of="domain", count=1):
        self.stack.until(f"{count} x event {kind} of {self.name}",
                         lambda: len(self.events(kind, of)) >= count)
        return self.events(kind, of)[0]
