#!/usr/bin/python3
"""How fast the simulation is: 10,000 fleets with their faults, on all cores. Aim: ten minutes.

    UNDERSTUDY_BIN=build/release/bin tests/bench/simulation_bench.py [--quick]

A fleet in which the program broke a rule ends the bench: it is a fault, and no figure.
"""

import argparse
import os
import re
import subprocess
import time
from pathlib import Path

from figures import Aim, note, show

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("UNDERSTUDY_BIN", ROOT / "build/dev/bin")) / "simulation"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="8 fleets instead of 10,000")
    seeds = 8 if parser.parse_args().quick else 10_000
    start = time.monotonic()
    run = subprocess.run(
        [PROGRAM, "--first", "1", "--seeds", str(seeds), "--jobs", str(os.cpu_count())],
        stdout=subprocess.PIPE, text=True, check=False)
    took = time.monotonic() - start
    if run.returncode != 0:
        raise SystemExit(run.stdout)
    hours, events = (int(each) for each in
                     re.search(r"(\d+) virtual hours, (\d+) events", run.stdout).groups())
    note(f"{seeds:,} fleets, {hours:,} virtual hours, on {os.cpu_count()} cores.")
    show("10,000 fleets take", took / seeds * 10_000, "s", aim=Aim(600))
    show("events", events / took / 1000, "thousand/s")
    show("virtual time", hours * 3600 / took, "s a second")


if __name__ == "__main__":
    main()
