"""Every provider against a real server of its kind: the contract suite, over HTTP and DNS.

The suite is the program understudy_contract_provider; here its scene is set at the Cloudflare
emulator, at real servers (PowerDNS, BIND and Knot DNS), and at what stands for other vendors.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from dns_vendors.base import Rrset, relative
from dns_vendors.desec import Desec
from dns_vendors.digitalocean import DigitalOcean
from dns_vendors.gandi import Gandi
from dns_vendors.hetzner import Hetzner
from emulator_process import EmulatorProcess
from powerdns import PowerDns
from update_servers import Bind, Knot, new_secret

TESTS = Path(__file__).resolve().parents[1]
SCENE = json.loads((TESTS / "contract" / "provider" / "scene.json").read_text(encoding="utf-8"))
BIN = os.environ.get("UNDERSTUDY_BIN")
PROGRAM = Path(BIN or "") / "understudy_contract_provider"
BAD_TOKEN = "cfut_" + "x" * 48
_SUITE_S = 120
_ANSWER_LIMIT = 8 << 20  # of base/http_message.h


def sets_of(zone):
    """The record sets of a zone of the scene, numbered names written out."""
    sets = list(zone.get("sets", ()))
    numbered = zone.get("numbered")
    for number in range(numbered["count"] if numbered else 0):
        sets.append({**numbered, "name": f"n{number}.{zone['name']}"})
    return sets


class Cloudflare:
    kind = "cloudflare"

    def __init__(self):
        self.emulator = EmulatorProcess()
        for zone in SCENE["zones"]:
            records = [
                {
                    "name": each["name"],
                    "type": each["type"],
                    "ttl": each["ttl"],
                    "content": content,
                    "proxied": each.get("proxied", False),
                    "comment": each.get("comment"),
                    "tags": each.get("tags", []),
                }
                for each in sets_of(zone)
                for content in each["addresses"]
            ]
            self.emulator.add_zone(zone["name"], records, plan=zone.get("plan", "free"))
        self.credential = self.emulator.add_token()["value"]
        self.settings = {"base_url": self.emulator.base_url}

    def check(self):
        """What the service accepts without a word, and what no client of ours may do."""
        sets = self.emulator.control("GET", "stats")["sets"]
        assert sets == {"emptied": 0, "mixed": 0, "unlike": 0}

    def stop(self):
        self.emulator.stop()


class RealPowerDns:
    kind = "powerdns"

    def __init__(self):
        self.server = PowerDns()
        for zone in SCENE["zones"]:
            sets = {
                (each["name"], each["type"]): (
                    each["ttl"],
                    [self._content(each["type"], text) for text in each["addresses"]],
                )
                for each in sets_of(zone)
            }
            self.server.add_zone(zone["name"], sets, kind="Master")
            for each in sets_of(zone):
                self._disable(zone["name"], each)
        self.credential = self.server.api_key
        self.settings = {"base_url": self.server.api_url}

    @staticmethod
    def _content(kind, text):
        return text + "." if kind == "CNAME" else text

    def _disable(self, zone, each):
        """Adds the records of a set that are there and not served."""
        if not each.get("disabled"):
            return
        records = [(text, False) for text in each["addresses"]]
        records += [(text, True) for text in each["disabled"]]
        self.server.replace_set(zone, each["name"], each["type"], each["ttl"], records)

    def check(self):
        """Record sets are replaced in one transaction there; nothing can be seen in between. What
        is not served is no business of ours."""
        for zone in SCENE["zones"]:
            for each in sets_of(zone):
                if each.get("disabled"):
                    present = self.server.records(zone["name"], each["name"], each["type"])
                    asleep = sorted(text for text, disabled in present if disabled)
                    assert asleep == sorted(each["disabled"]), each["name"]

    def stop(self):
        self.server.stop()


class VastPowerDns(RealPowerDns):
    """The zone with disabled records is larger than any answer that is read."""

    def __init__(self):
        super().__init__()
        self.server.fill_zone("example.com", 70_000)
        whole = self.server.api("GET", "zones/example.com.").body
        assert len(whole) > _ANSWER_LIMIT, len(whole)


class AtVendor:
    """One of tests/support/dns_vendors."""

    def __init__(self, vendor):
        self.vendor = vendor
        self.kind = vendor.kind
        for zone in SCENE["zones"]:
            sets = {}
            for each in sets_of(zone):
                contents = [self._content(each["type"], text) for text in each["addresses"]]
                comments = {text: each["comment"] for text in contents if each.get("comment")}
                ttl = max(each["ttl"], vendor.minimum_ttl)
                sets[relative(zone["name"], each["name"]), each["type"]] = Rrset(
                    ttl, contents, comments
                )
            vendor.add_zone(zone["name"], sets)
        self.credential = vendor.token
        self.settings = {"base_url": vendor.base_url}

    @staticmethod
    def _content(kind, text):
        return text + "." if kind == "CNAME" else text

    def check(self):
        """Nothing else of the scene was touched."""
        for name, kind, content in (
            ("text", "TXT", '"not an address"'),
            ("move", "TXT", '"stays"'),
            ("stranger", "A", "198.51.100.99"),
        ):
            assert self.vendor.rrset("example.com", name, kind).contents == [content]

    def stop(self):
        self.vendor.stop()


class RealBind:
    """Takes dynamic updates; shows one name at a time."""

    kind = "rfc2136"
    bad_credential = new_secret()
    environment = {"UNDERSTUDY_CONTRACT_ONE_BY_ONE": "1"}
    server_kind = Bind

    def __init__(self, **options):
        zones = {
            zone["name"]: [
                (each["name"], each["type"], each["ttl"],
                 [text + "." if each["type"] == "CNAME" else text for text in each["addresses"]])
                for each in sets_of(zone)
            ]
            for zone in SCENE["zones"]
        }  # fmt: skip
        delegations = [
            (zone, "NS", 3600, [f"ns1.{zone}."])
            for zone in zones if zone.endswith(".example.com")
        ]  # fmt: skip
        zones["example.com"] += delegations
        self.server = self.server_kind(zones, **options)
        self.credential = self.server.secret
        self.settings = self.server.settings

    def check(self):
        """What is of another type beside an address is no business of ours."""
        assert self.server.contents("move.example.com", "TXT") == ['"stays"']

    def stop(self):
        self.server.stop()


class RealKnot(RealBind):
    """Does not sign where it has no zone: without one it says nothing of a key."""

    server_kind = Knot
    left_out = ("--test-case-exclude=a bad credential*",)


VENDORS = [Desec, DigitalOcean, Gandi, Hetzner]


def run_suite(account, *options, program=PROGRAM):
    environment = {
        **os.environ,
        "UNDERSTUDY_CONTRACT_KIND": account.kind,
        "UNDERSTUDY_CONTRACT_SETTINGS": json.dumps(account.settings),
        "UNDERSTUDY_CONTRACT_CREDENTIAL": account.credential,
        "UNDERSTUDY_CONTRACT_BAD_CREDENTIAL": getattr(account, "bad_credential", BAD_TOKEN),
        **getattr(account, "environment", {}),
    }
    done = subprocess.run(
        [str(program), *options],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SUITE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"test cases: +0 ", done.stdout), "no case has that name"
    account.check()
    return done.stdout


def test_the_program_is_there():
    assert BIN and PROGRAM.exists(), "set UNDERSTUDY_BIN to the folder with the built programs"


@pytest.fixture(
    params=[Cloudflare, RealPowerDns, RealBind, RealKnot, *VENDORS], ids=lambda kind: kind.__name__
)
def account(request):
    made = request.param()
    if request.param in VENDORS:
        made = AtVendor(made)
    yield made
    made.stop()


@pytest.fixture(params=VENDORS, ids=lambda kind: kind.kind)
def at_vendor(request):
    made = AtVendor(request.param())
    yield made
    made.stop()


@pytest.fixture
def cloudflare():
    made = Cloudflare()
    yield made
    made.stop()


def test_contract(account):
    run_suite(account, *getattr(account, "left_out", ()))


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "hmac-sha384", "hmac-sha512"])
@pytest.mark.parametrize("kind", [RealBind, RealKnot])
def test_every_algorithm_is_understood_and_a_bad_secret_is_not(kind, algorithm):
    account = kind(algorithm=algorithm)
    account.settings["zone"] = "example.com"
    try:
        cases = ["*credential*", "an address is moved*", "sets of several*", "one foreign*"]
        run_suite(account, "--test-case=" + ",".join(cases))
    finally:
        account.stop()


LOST = {
    "answer lost": {"kind": "reply_lost"},
    "half an answer": {"kind": "truncated_json"},
    "a page instead of an answer": {"kind": "status_html", "apply": True},
    "problem document": {"kind": "problem_json", "apply": True},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
@pytest.mark.parametrize("case", ["a set grows*", "a set shrinks*", "a proxied set*"])
def test_a_set_whose_change_lost_its_answer_is_settled_by_reading_back(cloudflare, case, fault):
    cloudflare.emulator.add_fault({"path_regex": "batch"}, **fault)
    run_suite(cloudflare, f"--test-case={case}")
    assert cloudflare.emulator.control("GET", "stats")["faults_fired"] == 1


def test_powerdns_serves_a_set_that_grew(powerdns_account):
    run_suite(powerdns_account, "--test-case=a set grows*")
    answer = powerdns_account.server.ask("grow.pool.example", "A")
    assert sorted(rdata.to_text() for rdata in answer.answer[0]) == [
        "192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13",
    ]  # fmt: skip


def test_powerdns_keeps_what_is_not_served_in_a_zone_that_cannot_be_read_at_once():
    account = VastPowerDns()
    try:
        run_suite(account, "--test-case=what is not served*")
    finally:
        account.stop()


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_a_write_whose_answer_is_lost_is_settled_by_reading_back(cloudflare, method, fault):
    case = {"PATCH": "an address is moved*", "POST": "AAAA is withdrawn*"}[method]
    cloudflare.emulator.add_fault({"method": method}, **fault)
    run_suite(cloudflare, f"--test-case={case}")
    assert cloudflare.emulator.control("GET", "stats")["faults_fired"] == 1


@pytest.mark.parametrize("kind", ["missing_result_info", "extra_keys"])
def test_answers_that_say_less_or_more_are_understood(cloudflare, kind):
    cloudflare.emulator.add_fault({"count": 1000}, kind=kind)
    run_suite(cloudflare, "--test-case-exclude=*450*,*credential*")


def test_powerdns_serves_what_was_written(powerdns_account):
    run_suite(powerdns_account, "--test-case=450 names*")
    answer = powerdns_account.server.ask("n0.bulk.example", "A")
    assert [rdata.to_text() for rdata in answer.answer[0]] == ["192.0.2.20"]
    assert answer.answer[0].ttl == 60


@pytest.fixture
def powerdns_account():
    made = RealPowerDns()
    yield made
    made.stop()


@pytest.mark.parametrize("case", ["an address is moved*", "AAAA is withdrawn*", "sets of several*"])
@pytest.mark.parametrize("kind", ["reply_lost", "half"])
def test_a_vendor_whose_answer_is_lost_is_read_before_anything_is_repeated(at_vendor, case, kind):
    """The last write of a case is the one: what was carried out is found, and confirmed."""
    writes = len([method for method, _ in writes_of(at_vendor, case) if method != "GET"])
    again = AtVendor(type(at_vendor.vendor)())
    try:
        again.vendor.act_at_once()
        again.vendor.add_fault(kind, method="(?!GET)", skip=writes - 1)
        run_suite(again, f"--test-case={case}")
        assert again.vendor.fired == 1
    finally:
        again.stop()


def writes_of(account, case):
    run_suite(account, f"--test-case={case}")
    return account.vendor.calls


@pytest.mark.parametrize("kind", ["throttle", "trouble"])
def test_a_vendor_that_takes_no_calls_is_told_as_that(at_vendor, kind):
    at_vendor.vendor.add_fault(kind, count=1000)
    with pytest.raises(AssertionError, match="too many calls|in trouble"):
        run_suite(at_vendor, "--test-case=an address is moved*")


def test_comments_pass_on_to_the_addresses_that_come():
    account = AtVendor(Hetzner())
    try:
        run_suite(account, "--test-case=one of three*,a set grows*")
        for name in ("exchange", "grow"):
            rrset = account.vendor.rrset("pool.example", name, "A")
            assert rrset.comments == dict.fromkeys(rrset.contents, "of the pool")
    finally:
        account.stop()
