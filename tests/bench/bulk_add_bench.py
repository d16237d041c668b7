#!/usr/bin/python3
"""What it takes to put ten thousand domains under guard with one fleet file, under Cloudflare's
quota, and what a failover feels of it that happens meanwhile.

The least number of calls is a page of the account's zones for every 50 of them (the service's
limit), and a page of every zone's records for every 5,000 (what the program asks for at most). The
failover is held against the same one on an idle controller.

    UNDERSTUDY_BIN=build/release/bin tests/bench/bulk_add_bench.py [--quick]
"""

import argparse
import json
import subprocess
import tempfile
import time

from bench_scene import Scene
from controller_process import binary
from figures import Aim, note, show

CONFIG = {
    "timings": {"maintenance_interval_s": 3600, "warm_up_s": 1, "heartbeat_interval_s": 10,
                "stall_limit_s": 30, "digest_wait_s": 0.1},
    "policy": {"confirm_s": 0, "failback": "manual", "health_timeout_s": 600},
    "log": {"level": "info"},
}
CLOUDFLARE_QUOTA = {"requests": 1200, "window_s": 300, "lockout_s": 300}
SERVED = "www.shop.example"
ZONES_A_PAGE, RECORDS_A_PAGE = 50, 5000
PATIENCE_S = 900


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two hundred domains")
    quick = parser.parse_args().quick
    count, many = (200, 20) if quick else (10_000, 1000)
    note(f"`understudyctl apply` of a file with {count:,} new domains; meanwhile the server dies "
         "that serves another one.")
    for zones, title in ((1, "all in one zone"), (many, "ten in each zone")):
        with tempfile.TemporaryDirectory(prefix="bulk-add-bench-") as folder:
            with Scene(folder, CONFIG, ("--quota", "10000000/1")) as scene:
                measure(scene, count, zones, title)


def measure(scene, count, zones, title):
    stack = scene.stack
    stack.add_zone("shop.example", {"www": "203.0.113.10"})
    names = []
    for number in range(zones):
        labels = [f"d{each}" for each in range(count // zones)]
        stack.add_zone(f"z{number}.example", {label: "203.0.113.20" for label in labels})
        names += [f"{label}.z{number}.example" for label in labels]
    stack.add_provider()
    stack.ctl("pool", "add", "shop", "web1", "web2")
    stack.ctl("pool", "add", "bulk", "web2")
    stack.ctl("domain", "add", SERVED, "--pool", "shop")
    idle_ms = scene.failover_ms(SERVED)
    scene.back_home(SERVED)
    stack.emulator.control("PATCH", "settings", {"quota": CLOUDFLARE_QUOTA})
    stack.emulator.control("POST", "reset-stats")

    path = stack.folder / "fleet.json"
    path.write_text(json.dumps({"domains": [
        {"name": SERVED, "provider": "cloudflare", "pool": "shop"},
        *({"name": name, "provider": "cloudflare", "pool": "bulk"} for name in names)]}))
    start = time.monotonic()
    apply = subprocess.Popen([binary("understudyctl"), "apply", "-f", str(path)],
                             stdout=subprocess.DEVNULL, env=stack.ctl_environment())
    try:
        stack.until("the reading to begin", lambda: calls(stack) > 0, PATIENCE_S)
        busy_ms = scene.failover_ms(SERVED)
        assert apply.wait(PATIENCE_S) == 0, "the file was not applied"
    finally:
        apply.kill()
    took_s = time.monotonic() - start
    stats = stack.emulator.control("GET", "stats")
    writes = 3  # the failover's: read, write, read back
    least = -(-(zones + 1) // ZONES_A_PAGE) + zones * -(-count // zones // RECORDS_A_PAGE)
    assert stats["refused_by_quota"] == 0, stats
    show(f"{title}: calls", stats["total"] - writes, "calls",
         f"the least possible for {count:,} domains in {zones:,} zone{'s' if zones > 1 else ''}",
         least)
    show(f"{title}: until they are guarded", took_s, "s")
    show(f"{title}: a failover meanwhile", busy_ms, "ms",
         "the same one while the controller is idle", idle_ms, Aim(1000))


def calls(stack):
    return stack.emulator.control("GET", "stats")["total"]


if __name__ == "__main__":
    main()
