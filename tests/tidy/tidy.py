#!/usr/bin/python3
"""The house linter: rules of the project that no compiler checks.

    tests/tidy/tidy.py [root]

Prints "path:line: rule: what is wrong" for every violation; exit status 1 when there is one. A
rule is a function in text_rules, include_rules, tree_rules, name_rules or fuzz_rules; test_tidy.py
shows each of them a file that keeps it and one that breaks it. An exception belongs into the rule's
own table, with its reason.
"""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import fuzz_rules  # noqa: E402
import include_rules  # noqa: E402
import name_rules  # noqa: E402
import text_rules  # noqa: E402
import tree_rules  # noqa: E402

SKIPPED_FOLDERS = {".git", ".cache", "node_modules", "__pycache__", ".pytest_cache"}
TEXT = {
    ".cpp", ".h", ".py", ".sh", ".js", ".mjs", ".css", ".html", ".cmake", ".txt", ".md", ".sql",
    ".json", ".yaml", ".yml", ".service", ".conf", ".cfg", "",
}


class File:
    """One text file: its path from the root with forward slashes, its text and its lines."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @property
    def name(self):
        return pathlib.PurePosixPath(self.path).name

    def under(self, *folders):
        return any(self.path.startswith(folder + "/") for folder in folders)


def read_tree(root):
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            each for each in folders
            if each not in SKIPPED_FOLDERS
            and not (pathlib.Path(folder) == pathlib.Path(root) and each.startswith("build"))
        )
        for name in sorted(set(names) - SKIPPED_FOLDERS):  # .git is a file in a worktree
            path = pathlib.Path(folder, name)
            if path.suffix in TEXT and not path.is_symlink():
                text = path.read_bytes().decode("utf-8", errors="replace")
                files.append(File(path.relative_to(root).as_posix(), text))
    return files


def check(files, root=None):
    """All violations as (path, line, rule, message), sorted."""
    found = []
    for file in files:
        for module in (text_rules, include_rules):
            for rule in module.RULES:
                found += [(file.path, line, rule.__name__, why) for line, why in rule(file)]
    for rule in tree_rules.RULES + name_rules.RULES + fuzz_rules.RULES:
        found += [(path, line, rule.__name__, why) for path, line, why in rule(files, root)]
    return sorted(set(found))


def main(arguments):
    here = pathlib.Path(__file__).resolve().parent
    root = pathlib.Path(arguments[0]) if arguments else here.parent.parent
    files = read_tree(root)
    if not any(file.suffix == ".cpp" for file in files):
        print(f"{root}: no C++ file found; this is not the project's root")
        return 1
    violations = check(files, root)
    for path, line, rule, why in violations:
        print(f"{path}:{line}: {rule}: {why}")
    print(f"{len(files)} files, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
