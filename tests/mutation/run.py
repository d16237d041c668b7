#!/usr/bin/python3
"""Puts deliberate bugs into the engine and the agents' links, one at a time; do the tests notice?

    tests/mutation/run.py [--only NAME] [--list] [--build FOLDER]

Each mutant of mutants.json replaces one piece of text in one file. It is built in a copy of the
tree and tried with the scenarios, unit tests of core, agent, hub and API, and a sample of the
simulation, in that order, until one of them fails. The last line is the score; the exit status is
0 only when every mutant was caught. A mutant whose text is no longer found, or found twice, is an
error: the list has to follow the code. Takes about half a minute for each on two cores.
"""

import argparse
import filecmp
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("mutants.json")
TARGETS = ("scenarios", "unit_core", "unit_agent", "unit_hub", "unit_api", "unit_contract_store",
           "simulation")
# What tries a mutant, the quickest first. A program that hangs on one has noticed it as well.
SUITE = (
    ("scenarios", ["bin/scenarios"], 60),
    ("unit tests", ["bin/unit_core"], 120),
    ("agent's unit tests", ["bin/unit_agent"], 120),
    ("hub's unit tests", ["bin/unit_hub"], 60),
    ("API's unit tests", ["bin/unit_api"], 120),
    ("store contract", ["bin/unit_contract_store"], 60),
    ("simulation", ["bin/simulation", "--seed", "1", "--seeds", "60"], 240),
)


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def copy_tree(into):
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    for name in filter(None, files.decode().split("\0")):
        source = ROOT / name
        if not source.is_file():
            continue
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # With the time of the copy, for the build of an earlier run to see what has changed since.
        if not target.is_file() or not filecmp.cmp(source, target, shallow=False):
            shutil.copy(source, target)


def check_list(mutants):
    for mutant in mutants:
        count = (ROOT / mutant["file"]).read_text().count(mutant["find"])
        if count != 1:
            fail(f"{mutant['name']}: its text is found {count} times in {mutant['file']}, not once")


def mutate(tree, mutant):
    path = tree / mutant["file"]
    before = path.read_text()
    path.write_text(before.replace(mutant["find"], mutant["replace"]))
    return path, before


def build(folder):
    return subprocess.run(["ninja", "-C", folder, *TARGETS], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def who_notices(folder):
    for name, command, limit_s in SUITE:
        try:
            done = subprocess.run([folder / command[0], *command[1:]], cwd=folder, check=False,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  timeout=limit_s)
        except subprocess.TimeoutExpired:
            return f"{name} (hung)"
        if done.returncode != 0:
            return name
    return None


def try_mutant(tree, folder, mutant):
    path, before = mutate(tree, mutant)
    try:
        built = build(folder)
        if built.returncode != 0:
            fail(f"{mutant['name']} does not compile:\n{built.stdout[-3000:]}")
        return who_notices(folder)
    finally:
        path.write_text(before)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="the mutants whose names contain this")
    parser.add_argument("--list", action="store_true", help="name them and stop")
    parser.add_argument("--build", help="keep the copy and its build here for the next run")
    arguments = parser.parse_args()
    mutants = [m for m in json.loads(LIST.read_text()) if (arguments.only or "") in m["name"]]
    check_list(mutants)
    if arguments.list:
        for mutant in mutants:
            print(f"{mutant['name']:32} {mutant['bug']}")
        return 0
    scratch = Path(arguments.build or tempfile.mkdtemp(prefix="understudy-mutation-"))
    try:
        return run(scratch, mutants)
    finally:
        if not arguments.build:
            shutil.rmtree(scratch)


def run(scratch, mutants):
    tree = scratch / "tree"
    copy_tree(tree)
    folder = tree / "build/dev"
    # A mutant may well leave something unused: only what it does matters.
    subprocess.run(["cmake", "--preset", "dev", "-DUNDERSTUDY_WERROR=OFF"], cwd=tree, check=True,
                   stdout=subprocess.DEVNULL)
    built = build(folder)
    if built.returncode != 0:
        fail(built.stdout[-3000:])
    noticed = who_notices(folder)
    if noticed:
        fail(f"the unchanged tree does not pass: {noticed}")
    caught = 0
    for mutant in mutants:
        start = time.monotonic()
        by = try_mutant(tree, folder, mutant)
        caught += by is not None
        verdict = f"caught by the {by}" if by else f"SURVIVED: {mutant['bug']}"
        print(f"{mutant['name']:32} {time.monotonic() - start:5.0f} s  {verdict}", flush=True)
    print(f"{caught} of {len(mutants)} deliberate bugs caught")
    return 0 if caught == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
