"""From nothing to a failover by the README's ten commands, and nothing else."""

import re

import readme
from conftest import ROOT, needs_machines
from world import WEB1, WEB2, until

_MOVED_S = 120


def commands(*blocks):
    return sum(len(block) for block in blocks)


def test_they_are_ten():
    on_shields = 2 * commands(readme.FIRST_ON_SHIELD)
    assert commands(readme.FIRST_ON_CONTROLLER, readme.END_OF_PRIMARY) + on_shields == 10


@needs_machines
def test_they_end_in_a_failover(bare_fleet):
    fleet = bare_fleet
    fleet.controller.write("fleet.json", (ROOT / "examples/quick-start/fleet.json").read_bytes())
    said = readme.carry_out(fleet.controller, readme.FIRST_ON_CONTROLLER)
    printed = re.findall(r"understudy-agent enroll \S+ use_\S+",
                         said[readme.FIRST_ON_CONTROLLER[-1]])
    for shield, line in zip((fleet.web1, fleet.web2), printed, strict=True):
        assert re.sub(r"use_\S+", "use_...", line) in readme.FIRST_ON_SHIELD[-1]
        readme.carry_out(shield, [*readme.FIRST_ON_SHIELD[:-1], line])
    fleet.until_online()
    assert fleet.world.published() == [WEB1]
    readme.carry_out(fleet.web1, readme.END_OF_PRIMARY)
    fleet.web1.wait_until_off()
    until(_MOVED_S, "the record to move", lambda: fleet.world.published() == [WEB2])
