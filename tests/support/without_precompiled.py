#!/usr/bin/python3
"""Writes a compilation database that is like a build's, without its precompiled headers.

    without_precompiled.py <compile_commands.json> <folder>

Whoever reads a file by the new one sees which includes the file forgot. One way for clang only: its
words come by -Xclang.
"""

import json
import pathlib
import re
import sys

PRECOMPILED = re.compile(r" -Winvalid-pch| -Xclang -include(-pch)? -Xclang \S+")


def main(source, folder):
    commands = json.loads(pathlib.Path(source).read_text(encoding="utf-8"))
    stripped = 0
    for each in commands:
        plain = PRECOMPILED.sub("", each["command"])
        stripped += plain != each["command"]
        each["command"] = plain
    if not stripped:
        sys.exit(f"{source}: no precompiled headers in it; is this a clang build?")
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / "compile_commands.json").write_text(json.dumps(commands), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
