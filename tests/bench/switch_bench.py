#!/usr/bin/python3
"""How long a switch takes: a link is lost (confirm_s 0) until the record has changed.

Real controller, Cloudflare emulator, agents played by the bench. The provider's part is measured in
the same run: the very calls the controller made, made again bare over one kept connection. Aim:
under 50 ms besides them. Every way back is ordered: by itself the controller would not go back from
the third failover within an hour (flapping).

    UNDERSTUDY_BIN=build/release/bin tests/bench/switch_bench.py [--quick]
"""

import argparse
import json
import tempfile
import time
import urllib.parse

from bench_scene import Scene
from figures import Aim, note, percentile, show

CONFIG = {
    "timings": {"maintenance_interval_s": 3600, "warm_up_s": 1, "heartbeat_interval_s": 10,
                "stall_limit_s": 30, "digest_wait_s": 0.1},
    "policy": {"confirm_s": 0, "failback": "manual", "health_timeout_s": 120},
    "log": {"level": "info"},
}
NAME = "www.example.org"
TRIALS_PER_BUDGET = 15  # an agent may log in 20 times at once, then six times a minute
WRITES = ("PUT", "PATCH", "POST")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="5 trials instead of 200")
    trials = 5 if parser.parse_args().quick else 200
    with tempfile.TemporaryDirectory(prefix="switch-bench-") as folder:
        with Scene(folder, CONFIG, ("--quota", "1000000/1")) as scene:
            measure(scene, trials)


def measure(scene, trials):
    stack = scene.stack
    stack.add_zone("example.org", {"www": "203.0.113.10"})
    stack.add_provider()
    stack.add_domain(NAME, ["web1", "web2"])
    token = stack.emulator.add_token()["value"]
    until_written, bare_written, ours = [], [], []
    for trial in range(trials):
        if trial % TRIALS_PER_BUDGET == TRIALS_PER_BUDGET - 1:
            scene.restart()
        written, calls = one_switch(scene)
        until_written.append(written)
        to_write = make_bare(stack.emulator, token, calls)
        bare_written.append(to_write)
        ours.append(written - to_write)
        back_home(scene)
    note(f"{trials} trials; a switch calls {', '.join(call['method'] for call in calls)}.")
    for part, label in ((0.5, "p50"), (0.99, "p99")):
        show(f"link lost to record changed, {label}", percentile(until_written, part), "ms",
             "the same calls made bare", percentile(bare_written, part))
    for part, label in ((0.5, "p50"), (0.99, "p99")):
        show(f"the controller's own part, {label}", percentile(ours, part), "ms", aim=Aim(50))


def one_switch(scene):
    """Milliseconds from the cut to the end of the write at the emulator, and the calls made."""
    before = len(scene.traffic())
    start = time.time()
    scene.agents.cut("web1")
    scene.stack.wait_for_status(NAME, "failed_over")
    calls = scene.traffic(before)
    write = next(call for call in calls if call["method"] in WRITES and call["status"] == 200)
    return (write["at"] - start) * 1000, calls


def back_home(scene):
    scene.link("web1")
    scene.stack.wait_for_health("web1", "online")
    scene.stack.post(f"/domains/{NAME}/failback")
    scene.stack.wait_for_status(NAME, "active")


def make_bare(emulator, token, calls):
    """The calls again, as they were: milliseconds until the write was made."""
    start = time.monotonic()
    for call in calls:
        path = urllib.parse.urlsplit(call["url"])
        target = path.path.removeprefix("/client/v4") + (f"?{path.query}" if path.query else "")
        body = call["request_body"]
        emulator.api(call["method"], target, None if body is None else json.dumps(body).encode(),
                     token=token, headers={"Content-Type": "application/json"} if body else None)
        if call["method"] in WRITES:
            return (time.monotonic() - start) * 1000
    raise SystemExit("the controller wrote nothing")


if __name__ == "__main__":
    main()
