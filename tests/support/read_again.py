#!/usr/bin/python3
"""Reads the files of a compilation database as it says, and compiles none.

    read_again.py <compile_commands.json> <jobs>

Most of the time would go into the same headers again and again, so files are given precompiled ones
among those they include anyway. No file is thereby given what it forgot to include: it sees the
declarations it would have seen, in another order. But a precompiled header is not read where it
stands, and so each is read once after nothing but what it includes itself: in one file that begins
with it, as its .cpp does, or else by itself.
"""

import collections
import concurrent.futures
import dataclasses
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import header_sets


@dataclasses.dataclass(frozen=True)
class Reading:
    file: pathlib.Path
    flags: str
    directory: str
    wanted: frozenset = frozenset()  # the headers it may be given

    def folders(self):
        return tuple(pathlib.Path(self.directory, folder)
                     for folder in re.findall(r" -I ?(\S+)", self.flags))

    def kind(self):
        """Readings of one kind see the same in a header: where it is found changes nothing."""
        return self.directory, re.sub(r" -I ?\S+", "", self.flags)

    def run(self, arguments):
        # Warnings are the builds' to give; a template nobody uses here is not looked into.
        return subprocess.run(
            f"{self.flags} -w -fdelayed-template-parsing {arguments}", shell=True,
            cwd=self.directory, capture_output=True, text=True, check=False)

    def read(self, given):
        # What is found with precompiled headers is only said if it is so without them too.
        tries = [f"-include-pch {given}", ""] if given else [""]
        for each in tries:
            result = self.run(f"-fsyntax-only {each} -x c++ {self.file}")
            if result.returncode == 0:
                break
        return result


def plan(entries):
    """The readings of the files, and of each header that no file begins with."""
    planned, includers, read = [], {}, set()
    for entry in entries:
        reading = Reading(pathlib.Path(entry["directory"], entry["file"]),
                          re.sub(r" -[oc] \S+", "", entry["command"]), entry["directory"])
        wanted = []
        try:
            wanted = header_sets.below(reading.file, reading.folders())
            first = header_sets.includes(reading.file, reading.folders())[:1]
            includers |= {header: reading for header in filter(header_sets.is_own, wanted)}
            if first and header_sets.is_own(first[0]) and first[0] not in read:
                wanted = header_sets.below(first[0], reading.folders())
                read.add(first[0])
        except (header_sets.UnclearError, RecursionError):
            pass  # it is read as it stands
        planned.append(dataclasses.replace(reading, wanted=frozenset(wanted)))
    for header in sorted(includers.keys() - read):
        reading = includers[header]
        wanted = header_sets.below(header, reading.folders())
        planned.append(dataclasses.replace(reading, file=header, wanted=wanted))
    return planned


def precompile(headers, reading, path):
    """Where that fails the files are read without, and show why."""
    lines = [f'#include "{each}"' if header_sets.is_own(each) else f"#include <{each}>"
             for each in sorted(headers, key=str)]
    path.with_suffix(".h").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # Templates that the headers use themselves are instantiated here, not in every file.
    reading.run(f"-fpch-instantiate-templates -x c++-header {path.with_suffix('.h')} -o {path}")


def share(readings, folder, pool):
    """Precompiles what is worth it; which file each reading is given, or None."""
    kinds = collections.defaultdict(list)
    for reading in readings:
        kinds[reading.kind()].append(reading.wanted)
    sets = {kind: header_sets.choose(wanted) for kind, wanted in kinds.items()}
    shares = [(reading.kind(), header_sets.best(sets[reading.kind()], reading.wanted))
              for reading in readings]
    users = {each: reading for each, reading in zip(shares, readings) if each[1]}
    paths = {each: pathlib.Path(folder, f"{number}.pch") for number, each in enumerate(users)}
    list(pool.map(lambda each: precompile(each[1], users[each], paths[each]), users))
    return [paths.get(each) for each in shares]


def main(database, jobs):
    database = pathlib.Path(database).resolve()
    readings = plan(json.loads(database.read_text(encoding="utf-8")))
    bad = 0
    with (tempfile.TemporaryDirectory(dir=database.parent) as folder,
          concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool):
        for result in pool.map(Reading.read, readings, share(readings, folder, pool)):
            if result.returncode != 0:
                bad += 1
                print(result.stderr)
    print(f"{len(readings)} files read, {bad} with errors")
    sys.exit(bad > 0 or not readings)


if __name__ == "__main__":
    main(*sys.argv[1:])
