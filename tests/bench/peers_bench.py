#!/usr/bin/python3
"""From "the service is gone" to "DNS answers without it": Understudy beside servers that do both.

    UNDERSTUDY_BIN=build/release/bin tests/bench/peers_bench.py [--quick]

All watch the very same services, on this machine, so that one kill is measured at all of them. A
service is killed (its port is refused from then on) or frozen (the port still opens, nothing is
answered: checks of the port alone never notice, so they are not asked). Once at the tightest
settings and once as each is without any; 20 services are killed and 20 frozen, at instants by lot.
Without settings that takes three minutes: where more than half of all die within one, Understudy
takes its own network for the cause, and waits. About ten minutes; --quick: one of each, tightest
only. --only Understudy: at its defaults, without the others.
"""

import argparse
import contextlib
import random
import tempfile
import threading
import time

import dns.exception
import dns.message
import dns.query

from figures import GaveUp, Table, note, number, percentile
from peer_servers import GdnsdServer, PowerDnsLuaServer, Watched, free_port
from understudy_server import UnderstudyServer
from watched_services import Service

PEERS = (("Understudy", UnderstudyServer, "http"),
         ("PowerDNS Lua ifportup", PowerDnsLuaServer, "ifportup"),
         ("PowerDNS Lua ifurlup", PowerDnsLuaServer, "ifurlup"),
         ("gdnsd tcp_connect", GdnsdServer, "tcp_connect"),
         ("gdnsd http_status", GdnsdServer, "http_status"))
PORT_ONLY = ("ifportup", "tcp_connect")
TIGHT_SAID = ("At the tightest: Understudy checks every 0.5 s, one failure counts, `confirm_s` is "
              "0; PowerDNS every 1 s (`lua-health-checks-interval`); gdnsd every 2 s, the least "
              "that its time limit allows, thresholds of 1.")
DEFAULT_SAID = ("As each is when nothing is set; but Understudy's pools are told which port is to "
                "be probed, for here it is neither 443 nor 80:")
COLUMNS = ("from service gone to answer changed", "shortest", "median", "longest", "aim")
# Of Understudy as it is when nothing is set.
MEDIAN_AIM_S, LONGEST_AIM_S = 12, 20
# Agents are asked about each other's services for the first time within a minute.
SIBLINGS_CALIBRATED_S = 75


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one trial, tightest only")
    parser.add_argument("--only", metavar="PEER", default="",
                        help="those whose name begins so, at their defaults")
    options = parser.parse_args()
    quick = options.quick
    peers = [peer for peer in PEERS if peer[0].startswith(options.only)]
    if not options.only:
        run(peers, True, 1 if quick else 20, spread_s=1 if quick else 60, patience_s=60)
    if not quick:
        run(peers, False, 20, spread_s=180, patience_s=240)


def run(peers, tight, trials, spread_s, patience_s):
    port = free_port("0.0.0.0")
    block = 20 if tight else 30
    primaries = [f"127.0.{block}.{number + 1}" for number in range(2 * trials)]
    watched = Watched(primaries, f"127.0.{block + 1}.1", port)
    with contextlib.ExitStack() as stack:
        services = []
        for address in (*primaries, watched.standby):
            services.append(Service(address, port))
            stack.callback(services[-1].stop)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="peers-bench-"))
        servers = [stack.enter_context(make(f"{folder}/{check}", watched, check, tight))
                   for _, make, check in peers]
        wait_for_primaries(servers, primaries, settled_s=3 if tight else SIBLINGS_CALIBRATED_S)
        took = kill_and_freeze(peers, servers, services[:-1], spread_s, patience_s, tight)
    report(took, tight, trials)


def wait_for_primaries(servers, primaries, settled_s, patience_s=180):
    """Returns once every name has been at its primary for so long: at the start some answer by lot
    what they have not checked yet."""
    end = time.monotonic() + patience_s
    since = time.monotonic()
    while time.monotonic() - since < settled_s:
        wrong = [server for server in servers for index, primary in enumerate(primaries)
                 if primary not in answers(server, index)]
        if wrong:
            since = time.monotonic()
        if since > end:
            raise SystemExit(f"not at its primary: {wrong[0].trouble()}")
        time.sleep(settled_s / 60)


def answers(server, index):
    query = dns.message.make_query(server.name_of(index), "A")
    try:
        reply = dns.query.udp(query, "127.0.0.1", timeout=1, port=server.port)
    except (dns.exception.DNSException, OSError):
        return []
    return [rdata.to_text() for rrset in reply.answer for rdata in rrset]


def kill_and_freeze(peers, servers, services, spread_s, patience_s, tight):
    """{(peer, "killed" or "frozen"): [seconds]}"""
    took = {}
    watchers = []
    order = list(enumerate(services))
    random.shuffle(order)
    instants = sorted(random.uniform(0, spread_s) for _ in order)
    begun = time.monotonic()
    for instant, (index, service) in zip(instants, order):
        time.sleep(max(0.0, begun + instant - time.monotonic()))
        frozen = index >= len(services) // 2
        start = time.monotonic()
        (service.freeze if frozen else service.kill)()
        watcher = threading.Thread(target=watch, args=(
            took, list(zip(peers, servers)), index, service.address, frozen, start, patience_s,
            tight))
        watcher.start()
        watchers.append(watcher)
    for watcher in watchers:
        watcher.join()
    return took


def watch(took, waiting, index, address, frozen, start, patience_s, tight):
    waiting = [(peer, server) for peer, server in waiting
               if not (frozen and peer[2] in PORT_ONLY)]
    while waiting:
        for peer, server in list(waiting):
            found = answers(server, index)
            now = time.monotonic()
            if (found and address not in found) or now - start > patience_s:
                span = now - start
                took.setdefault((peer[0], frozen), []).append(
                    GaveUp(span) if span > patience_s else span)
                waiting.remove((peer, server))
        time.sleep(0.01 if tight else 0.1)


def report(took, tight, trials):
    note(TIGHT_SAID if tight else DEFAULT_SAID)
    for frozen in (False, True):
        for peer, _, _ in PEERS:
            spans = took.get((peer, frozen))
            if spans is None:
                continue
            assert len(spans) == trials, f"{peer}: {len(spans)} of {trials} trials"
            name = (f"{peer}, {'frozen' if frozen else 'killed'}, "
                    f"{'tightest' if tight else 'default'}")
            median, longest = percentile(spans, 0.5), max(spans)
            aim = aim_words(median, longest) if peer == "Understudy" and not tight else ""
            Table.row((name, *(f"{number(each)} s" for each in (min(spans), median, longest)), aim),
                      COLUMNS)


def aim_words(median, longest):
    reached = median <= MEDIAN_AIM_S and longest <= LONGEST_AIM_S
    return (f"median at most {MEDIAN_AIM_S} s, longest at most {LONGEST_AIM_S} s"
            + ("" if reached else ", missed"))


if __name__ == "__main__":
    main()
