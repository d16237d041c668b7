#!/usr/bin/python3
"""How a shield with a thousand domains dies: calls made and time until every change is confirmed,
with all of them in one zone and with a zone for each, under Cloudflare's quota and without one.

The least number of calls for a zone is one read of it, a write for each batch of 200 records (the
free plan's limit) and one read back. The least time is what the quota makes so many calls wait, or
where they fit into it what as many bare reads take, one after the other.

The controller keeps to 1,200 calls in five minutes an account whatever the service says, so without
the quota the zones are spread over ten accounts. A thousand zones under the quota would take an
hour to set up, so a hundred are tried under a tenth of it, in a tenth of the time.

    UNDERSTUDY_BIN=build/release/bin tests/bench/mass_switch_bench.py [--quick]
"""

import argparse
import tempfile
import time

from bench_scene import Scene
from figures import note, show

CONFIG = {
    "timings": {"maintenance_interval_s": 3600, "warm_up_s": 1, "heartbeat_interval_s": 10,
                "stall_limit_s": 30, "digest_wait_s": 1},
    "policy": {"confirm_s": 0, "failback": "manual", "health_timeout_s": 600},
    "log": {"level": "info"},
}
PATIENCE_S = 1800
DOMAINS_PER_BUDGET = 100  # each costs three calls to add, and a reserve is kept
BATCH = 200  # operations, on a free plan
SAID = ("Three calls a zone: read, write, read back. Under Cloudflare's quota a thousand zones of "
        "one account take ten minutes at least, whatever the program does: spread them over "
        "accounts, or keep shields to fewer zones.")
NO_QUOTA = {"requests": 10_000_000, "window_s": 1, "lockout_s": 1}
CLOUDFLARE_QUOTA = {"requests": 1200, "window_s": 300, "lockout_s": 300}
TENTH_OF_QUOTA = {"requests": 120, "window_s": 30, "lockout_s": 30}
SMALL_QUOTA = {"requests": 20, "window_s": 4, "lockout_s": 4}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="ten domains")
    quick = parser.parse_args().quick
    note(SAID)
    count, few, tight = (10, 10, SMALL_QUOTA) if quick else (1000, 100, TENTH_OF_QUOTA)
    for domains, zones, title, limit in (
            (count, 1, "all in one zone, no quota", NO_QUOTA),
            (count, 1, "all in one zone, Cloudflare's quota", CLOUDFLARE_QUOTA),
            (count, count, "a zone each, no quota", NO_QUOTA),
            (few, few, "a zone each, a small quota", tight)):
        with tempfile.TemporaryDirectory(prefix="mass-switch-bench-") as folder:
            with Scene(folder, CONFIG, ("--quota", "10000000/1")) as scene:
                measure(scene, domains, zones, title, limit)


def measure(scene, domains, zones, title, limit):
    stack = scene.stack
    names = build(scene, domains, zones, accounts=10 if limit is NO_QUOTA else 1)
    wait_for_quiet(stack.emulator)
    bare_s = bare_read_s(stack.emulator)
    stack.emulator.control("PATCH", "settings", {"quota": limit})
    stack.emulator.control("POST", "reset-stats")
    before = len(scene.traffic())
    start = time.time()
    scene.agents.cut("web1")
    stack.until("every change to be confirmed", lambda: all_confirmed(stack, domains), PATIENCE_S)
    took = scene.traffic(before)[-1]["at"] - start  # the last call confirmed the last change
    stats = stack.emulator.control("GET", "stats")
    wrong = [name for name in names if stack.dig(name) != ["203.0.113.20"]]
    assert not wrong, f"{len(wrong)} records were not switched"
    least = zones * (2 + -(-domains // zones // BATCH))
    refused = stats["refused_by_quota"]
    show(f"{title}: calls", stats["total"], "calls",
         f"the least possible for {domains:,} domains in {zones:,} zone{'s' if zones > 1 else ''}"
         + (f"; {refused:,} calls were refused" if refused else ""), least)
    windows_s = -(-max(0, least - limit["requests"]) // limit["requests"]) * limit["window_s"]
    held = (f"what {limit['requests']:,} calls in {limit['window_s']} s make them wait",
            windows_s) if windows_s else (
        "as many bare reads, one after the other", least * bare_s)
    show(f"{title}: all confirmed", took, "s", *held)


def wait_for_quiet(emulator):
    """A controller that has just started reads what it finds; that is no part of the switch."""
    total, since = -1, time.monotonic()
    while time.monotonic() - since < 2:
        time.sleep(0.1)
        now = emulator.control("GET", "stats")["total"]
        if now != total:
            total, since = now, time.monotonic()


def bare_read_s(emulator):
    """Seconds for one read of a zone's records, over a kept connection."""
    token = emulator.add_token()["value"]
    zone = emulator.api("GET", "/zones", token=token).document["result"][0]["id"]
    start = time.monotonic()
    for _ in range(50):
        emulator.api("GET", f"/zones/{zone}/dns_records", token=token)
    return (time.monotonic() - start) / 50


def build(scene, count, zones, accounts):
    stack = scene.stack
    labels = [f"d{number}" for number in range(count)]
    for account in range(accounts):
        stack.add_provider(f"account{account}")
    names = []
    for number in range(zones):
        zone = f"z{number}.example"
        stack.add_zone(zone, {label: "203.0.113.10" for label in labels[number::zones]})
        for label in labels[number::zones]:
            names.append(f"{label}.{zone}")
            stack.add_domain(names[-1], ["web1", "web2"], provider=f"account{number % accounts}")
            if len(names) % DOMAINS_PER_BUDGET == 0:
                scene.restart()
    scene.restart()
    return names


def all_confirmed(stack, count):
    time.sleep(0.05 if count < 500 else 0.2)  # the question itself costs the controller time
    page = stack.get("/domains?status=failed_over&limit=1")
    return bool(page["items"]) and not stack.get("/domains?status=switching&limit=1")["items"] \
        and not stack.get("/domains?status=active&limit=1")["items"]


if __name__ == "__main__":
    main()
