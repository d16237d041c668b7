#!/usr/bin/python3
"""Reads the files of a compilation database as it says, and compiles none.

    read_again.py <compile_commands.json> <jobs>
"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys


def read(entry):
    # Warnings are the builds' to give; a template nobody uses here is not looked into.
    command = re.sub(r" -o \S+", " -fsyntax-only -w -fdelayed-template-parsing",
                     entry["command"])
    return subprocess.run(command, shell=True, cwd=entry["directory"], capture_output=True,
                          text=True, check=False)


def main(database, jobs):
    entries = json.loads(pathlib.Path(database).read_text(encoding="utf-8"))
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        for result in pool.map(read, entries):
            if result.returncode != 0:
                bad += 1
                print(result.stderr)
    print(f"{len(entries)} files read, {bad} with errors")
    sys.exit(bad > 0 or not entries)


if __name__ == "__main__":
    main(*sys.argv[1:])
