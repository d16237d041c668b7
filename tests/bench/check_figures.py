#!/usr/bin/python3
"""Whether docs/figures.md can be printed again: check_figures.py <printed> <published>.

<printed> is what tests/bench/run.sh gave, in its quick form or not. Every bench has to have printed
every figure that is published of it, each with a number that was measured. A line for each bench;
exit status 1 when one of them falls short, or when nothing is published at all.
"""

import re
import sys
from pathlib import Path

# Printed only by the full form, and published.
ONLY_IN_FULL = re.compile(r", default$")
MEASURED = re.compile(r"^(?:> )?-?[\d,]+(?:\.\d+)? ")


def figures(text):
    """{section: {name of a figure: the cells that follow}}"""
    sections = {}
    for line in text.splitlines():
        if line.startswith("## "):
            rows = sections.setdefault(line[3:], {})
        elif line.startswith("| ") and sections:
            name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            rows[name.strip()] = cells
    for rows in sections.values():
        for name in [name for name, cells in rows.items() if cells[-1] in ("aim", "longest")]:
            del rows[name]  # a table's head
    return sections


def problems(printed, published):
    """What falls short in a section."""
    expected = {name for name in published if not ONLY_IN_FULL.search(name)}
    found = [f"does not print '{name}'" for name in sorted(expected - printed.keys())]
    found += [f"prints '{name}', which is not published"
              for name in sorted(printed.keys() - published.keys())]
    found += [f"no number: '{name}' is '{cells[0]}'" for name, cells in printed.items()
              if not MEASURED.match(cells[0])]
    if not any(re.search(r"[1-9]", cells[0]) for cells in printed.values()):
        found.append("every figure is 0")
    return found


def main(printed_file, published_file):
    printed = figures(Path(printed_file).read_text())
    published = figures(Path(published_file).read_text())
    good = bad = 0
    for section in {**published, **printed}:
        wrong = problems(printed.get(section, {}), published.get(section, {}))
        good, bad = (good, bad + 1) if wrong else (good + 1, bad)
        for each in wrong:
            print(f"{section}: {each}")
    print(good, bad)
    return 0 if good and not bad else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
