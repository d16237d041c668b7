#!/usr/bin/python3
"""Reads the files below a folder as a compilation database says, and compiles none.

    read_again.py <compile_commands.json> <jobs> <folder>
"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys


def read(entry):
    command = re.sub(r" -o \S+", " -fsyntax-only", entry["command"])
    return subprocess.run(command, shell=True, cwd=entry["directory"], capture_output=True,
                          text=True, check=False)


def main(database, jobs, folder):
    root = str(pathlib.Path(folder).resolve()) + "/"
    entries = [each for each in json.loads(pathlib.Path(database).read_text(encoding="utf-8"))
               if each["file"].startswith(root)]
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
