"""Pools whose members all answer, as the world sees them: real programs, DNS queries, and what the
provider holds."""

import itertools

import pytest
from receivers import WebhookReceiver

TTL_S = 300
NOTES = {"comment": "of the pool", "tags": ["team:web"]}
EDGE = ["104.16.0.1", "104.16.0.2"]
_numbers = itertools.count(1)


class Site:
    """Three servers, their pool, and a zone with two names: "plain", and "proxied" with notes."""

    def __init__(self, stack, ipv6=False):
        self.stack = stack
        self.number = next(_numbers)
        self.zone = f"zone{self.number}.example"
        self.pool = f"pool{self.number}"
        self.servers = [f"s{self.number}-{letter}" for letter in "abc"]
        self.ipv4 = [f"203.0.113.{3 * self.number + i}" for i in range(3)]
        self.ipv6 = [f"2001:db8::{self.number}:{i + 1}" for i in range(3)] if ipv6 else []
        self.plain, self.proxied = f"plain.{self.zone}", f"proxied.{self.zone}"

    def set_up(self):
        contents = [("A", text) for text in self.ipv4] + [("AAAA", text) for text in self.ipv6]
        self.stack.emulator.add_zone(self.zone, [
            {"name": name, "type": kind, "content": text, "ttl": TTL_S, **fields}
            for name, fields in ((self.plain, {}), (self.proxied, {"proxied": True, **NOTES}))
            for kind, text in contents])
        for server, ipv4, ipv6 in itertools.zip_longest(self.servers, self.ipv4, self.ipv6):
            self.stack.add_server(server, ipv4, ipv6)
        self.stack.post("/pools", {"name": self.pool, "members": self.servers,
                                   "policy": {"mode": "active_active"}})
        for name in (self.plain, self.proxied):
            self.stack.post("/domains", {"name": name, "pool": self.pool})
        self.stack.emulator.control("POST", "reset-stats")

    def agent(self, index):
        return self.stack.agents[self.servers[index]]

    def records(self, name, kind="A"):
        path = f"records?zone={self.zone}&name={name}&type={kind}"
        return self.stack.emulator.control("GET", path)["records"]

    def holds(self, name, contents, kind="A"):
        return sorted(one["content"] for one in self.records(name, kind)) == sorted(contents)

    def wait_for_members(self, *indices):
        """The plain name resolves to them, and the provider holds them for both."""
        self.stack.wait_for_addresses(self.plain, [self.ipv4[i] for i in indices])
        if self.ipv6:
            self.stack.wait_for_addresses(self.plain, [self.ipv6[i] for i in indices], "AAAA")
        for kind, contents in (("A", self.ipv4), ("AAAA", self.ipv6)):
            for name in (self.plain, self.proxied) if contents else ():
                self.stack.until(f"{name} to hold {kind} of {indices}", lambda: self.holds(
                    name, [contents[i] for i in indices], kind))  # noqa: B023
        for name in (self.plain, self.proxied):
            self.stack.until(f"{name} to be settled", lambda: self.stack.get(
                f"/domains/{name}")["record"]["settled"])  # noqa: B023

    def check_sets(self):
        """Nobody was unmasked, and no visitor met a name without an address."""
        for kind in ("A", "AAAA"):
            for record in self.records(self.proxied, kind):
                assert record["proxied"] is True
                assert {key: record[key] for key in NOTES} == NOTES
            assert not any(record["proxied"] for record in self.records(self.plain, kind))
        sets = self.stack.emulator.control("GET", "stats")["sets"]
        assert sets == {"emptied": 0, "mixed": 0, "unlike": 0}

    def remove(self):
        for server in self.servers:
            if server in self.stack.agents:
                self.stack.agents.pop(server).discard()
        for path in (f"domains/{self.plain}", f"domains/{self.proxied}", f"pools/{self.pool}",
                     *(f"servers/{server}" for server in self.servers)):
            self.stack.api("DELETE", "/api/v1/" + path)


@pytest.fixture
def make_site(stack):
    made = []

    def make(**options):
        site = Site(stack, **options)
        made.append(site)
        site.set_up()
        return site

    yield make
    for site in made:
        site.remove()


@pytest.mark.parametrize("ipv6", [False, True], ids=["ipv4", "both families"])
def test_a_member_that_dies_leaves_the_set_and_returns(stack, make_site, ipv6):
    site = make_site(ipv6=ipv6)
    site.wait_for_members(0, 1, 2)
    assert stack.dig(site.proxied) == EDGE
    site.agent(1).kill()
    site.wait_for_members(0, 2)
    assert stack.dig(site.proxied) == EDGE
    site.check_sets()
    site.agent(1).start()
    site.wait_for_members(0, 1, 2)
    site.check_sets()
    assert {record["ttl"] for record in site.records(site.plain)} == {TTL_S}


def test_the_last_healthy_member_answers_alone_and_the_last_known_set_stays(stack, make_site):
    site = make_site()
    site.agent(0).kill()
    site.wait_for_members(1, 2)
    site.agent(2).kill()
    site.wait_for_members(1)
    site.agent(1).stop()
    stack.wait_for_status(site.plain, "outage")
    site.wait_for_members(1)
    site.check_sets()
    site.agent(2).start()
    site.wait_for_members(2)
    site.check_sets()


def test_no_more_answers_than_the_pool_allows(stack, make_site):
    site = make_site()
    answer = stack.api("PATCH", f"/api/v1/pools/{site.pool}/policy", {"max_answers": 2})
    assert answer.status == 200, answer.raw
    site.wait_for_members(0, 1)
    site.agent(0).kill()
    site.wait_for_members(1, 2)
    site.check_sets()


def test_a_set_half_of_which_is_proxied_is_a_conflict_that_says_why(stack, make_site):
    site = make_site()
    with WebhookReceiver() as hook:
        stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url,
                                 "types": ["dns_drift"]})
        stack.emulator.foreign_write(zone=site.zone, name=site.proxied, type="A",
                                     content=site.ipv4[1], set={"proxied": False})
        drift = hook.wait_for("dns_drift")
        stack.api("DELETE", "/api/v1/channels/hook")
    reason = f"some address records of '{site.proxied}' are proxied and some are not"
    (told,) = drift.body["data"]["domains"]
    assert told["problem"].startswith(reason) and "to" not in told
    domain = stack.get(f"/domains/{site.proxied}")
    assert domain["status"] == "conflict" and domain["record"]["problem"].startswith(reason)
    assert reason in stack.wait_for_event("dns_drift")["detail"]
    assert reason in stack.ctl("domain", "show", site.proxied).stdout

    site.agent(2).kill()
    stack.wait_for_addresses(site.plain, site.ipv4[:2])
    assert site.holds(site.proxied, site.ipv4)  # nothing is written to it
    stack.emulator.foreign_write(zone=site.zone, name=site.proxied, type="A",
                                 content=site.ipv4[1], set={"proxied": True})
    site.wait_for_members(0, 1)
    assert stack.get(f"/domains/{site.proxied}")["record"]["problem"] is None
