"""The README's commands for production, taken from the README itself."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _blocks(title):
    section = (ROOT / "README.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [block.splitlines()
            for block in re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)]


# Each a list of lines.
MAKE_PACKAGES, FIRST_ON_CONTROLLER, FIRST_ON_SHIELD, END_OF_PRIMARY = _blocks(
    "From nothing to a failover: ten commands")
ON_CONTROLLER, WITH_CTL, ON_SHIELD = _blocks("Five minutes to production")


def carry_out(machine, lines, stdin=b""):
    """One line after the other, as a person in one shell. stdin: what is pasted where one asks.

    Gives the outputs by line.
    """
    outputs, exports = {}, ""
    for line in lines:
        if line.startswith("export "):
            exports += line + "\n"
            continue
        outputs[line] = machine.run(exports + line, stdin if "/dev/stdin" in line else b"")
    return outputs
