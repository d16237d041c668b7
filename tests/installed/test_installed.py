"""Installed as the README says, on minimal Debian 12 machines under systemd.

The tests stand in their order: the last one takes the primary away.
"""

import subprocess

import readme
from conftest import needs_machines
from world import NAME, WEB1, WEB2, until

_NOTICED_S = 60
_MOVED_S = 120


def test_the_readme_makes_packages_as_this_test_does():
    assert any(line.startswith("./packaging/make-deb.sh ") for line in readme.MAKE_PACKAGES)


def test_installed_programs_are_stripped(packages, tmp_path):
    assert len(packages) == 3
    for package in packages:
        subprocess.run(["dpkg-deb", "-x", package, tmp_path], check=True)
    programs = sorted((tmp_path / "usr/bin").iterdir())
    assert [each.name for each in programs] == ["understudy-agent", "understudy-controller",
                                                "understudyctl"]
    for program in programs:
        sections = subprocess.run(["readelf", "-S", "-W", program], check=True, text=True,
                                  capture_output=True).stdout
        assert ".text" in sections and ".debug" not in sections and ".symtab" not in sections


@needs_machines
def test_every_check_of_the_example_passes_in_the_sandbox(fleet):
    assert fleet.health() == ["online", "online"]
    fleet.ctl("channel test oncall")
    assert fleet.world.published() == [WEB1]


@needs_machines
def test_nothing_warns(fleet):
    for machine, unit in ((fleet.controller, "understudy-controller"),
                          (fleet.web1, "understudy-agent")):
        log = machine.run(f"journalctl -q -u {unit}")
        assert "level=info" in log
        assert [line for line in log.splitlines() if "level=info" not in line
                and "systemd[1]: St" not in line and "level=debug" not in line] == []


@needs_machines
def test_the_agent_is_a_fixed_user_without_rights(fleet):
    pid = fleet.web1.run("systemctl show --value -p MainPID understudy-agent").strip()
    assert fleet.web1.run(f"stat -c %U /proc/{pid}").strip() == "understudy-agent"
    fleet.web1.run(f"grep -q '^CapEff:\\s*0000000000000000$' /proc/{pid}/status")


@needs_machines
def test_root_checks_files_with_the_eyes_of_the_units_user(fleet):
    for machine, program, file in (
            (fleet.controller, "understudy-controller", "/etc/understudy/tls.key"),
            (fleet.controller, "understudy-controller", "/etc/understudy/smtp.password"),
            (fleet.controller, "understudy-controller", "/var/lib/understudy/secret.key"),
            (fleet.web1, "understudy-agent", "/etc/understudy/agent.json")):
        before = machine.run(f"stat -c '%U:%G %a' {file}").split()
        machine.run(f"{program} --check-config")
        machine.run(f"chown root:root {file}; chmod 600 {file}")
        said = machine.run(f"{program} --check-config", expect=78)
        assert file in said and "for user 'understudy" in said
        machine.run(f"chown {before[0]} {file}; chmod {before[1]} {file}")


@needs_machines
def test_a_check_that_fails_is_told_and_ends(fleet):
    fleet.web2.run("systemctl stop haproxy")
    until(_NOTICED_S, "web2 to be in error", lambda: fleet.health() == ["online", "error"])
    until(_NOTICED_S, "the unit to be named",
          lambda: "haproxy-unit" in fleet.ctl("server show web2"))
    fleet.web2.run("systemctl start haproxy")
    until(_NOTICED_S, "web2 to be well", lambda: fleet.health() == ["online", "online"])


@needs_machines
def test_a_restart_of_the_agent_is_no_alarm(fleet):
    fleet.web1.run("systemctl restart understudy-agent")
    until(_NOTICED_S, "web1 to be linked again",
          lambda: "linked as web1" in fleet.web1.run("systemctl show understudy-agent"))
    until(_NOTICED_S, "web1 to be well", lambda: fleet.health() == ["online", "online"])
    assert "server_down" not in fleet.ctl("events --since 1h")


@needs_machines
def test_a_machine_that_is_switched_off_is_told_and_its_record_moves(fleet):
    fleet.web1.run("systemctl poweroff")
    fleet.web1.wait_until_off()
    until(_NOTICED_S, "the loss to be in the log",
          lambda: "server_down" in fleet.ctl("events --since 1h"))
    told, = (line for line in fleet.ctl("events --since 1h").splitlines() if "server_down" in line)
    assert "restart" not in told
    fleet.world.mail.until("a mail about the loss", lambda: [
        message for _, message in fleet.world.mail.messages
        if message["X-Understudy-Type"] == "server_down"], _NOTICED_S)
    until(_MOVED_S, "the record to move", lambda: fleet.world.published() == [WEB2])
    fleet.world.mail.until("a mail about the failover", lambda: [
        message for _, message in fleet.world.mail.messages
        if message["X-Understudy-Type"] == "failover_triggered"], _NOTICED_S)
    assert "failed_over" in fleet.ctl(f"domain show {NAME}")
