"""Installed as the README says, on minimal Debian 12 machines under systemd.

The tests stand in their order: the last ones take the primary away, and the packages.
"""

import re
import subprocess

import readme
from conftest import NEXT_VERSION, needs_machines
from world import NAME, WEB1, WEB2, until

_NOTICED_S = 60
_MOVED_S = 120
_SWEPT_AGAIN_S = 400


def main_process(machine, unit):
    return machine.run(f"systemctl show --value -p MainPID {unit}").strip()


def named(packages, program):
    """The file's name of that program's package."""
    return next(each.name for each in packages if each.name.startswith(program + "_"))


def test_the_readme_makes_packages_as_this_test_does():
    assert any(line.startswith("./packaging/build-packages.sh ") for line in readme.MAKE_PACKAGES)


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
def test_root_administers_without_a_token_and_nobody_else_does(fleet):
    bare = "env -i PATH=/usr/bin:/bin HOME=/nonexistent understudyctl"
    here = "--controller unix:/run/understudy/controller.sock"
    assert "web1" in fleet.controller.run(f"{bare} server list {here}")
    assert fleet.controller.run("stat -c '%U %a' /run/understudy") == "understudy 755\n"
    said = fleet.controller.run(f"setpriv --reuid=nobody --regid=nogroup --clear-groups {bare} "
                                f"status {here} 2>&1 || true")
    number = fleet.controller.run("id -u nobody").strip()
    assert f"'uid {number}' does not administer this controller" in said


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
def test_doctor_finds_nothing_amiss(fleet):
    # Of a stand-by whose service was away a sweep says so until the next one that counts.
    said = []
    try:
        until(_SWEPT_AGAIN_S, "every line to be well",
              lambda: said.append(fleet.ctl("doctor || true")) or ", 0 fail" in said[-1])
    finally:
        print(said[-1], fleet.ctl("server show web2"), fleet.ctl("what-if all"))
    assert "www.example.org" in fleet.ctl("complete -- domain show ''")


@needs_machines
def test_an_agent_takes_another_token_by_one_line(fleet):
    line = re.search(r"understudy-agent enroll \S+ use_\S+",
                     fleet.ctl("server rotate-token web2"))[0]
    assert "new token:" in fleet.ctl("server show web2")
    files = "cat /etc/understudy/agent.json; cat /etc/understudy/agent.token"
    before = fleet.web2.run(files)
    assert "--force" in fleet.web2.run(line, expect=1)
    assert fleet.web2.run(files) == before
    assert "It is started" in fleet.web2.run(line + " --force")
    assert fleet.web2.run("stat -c '%U:%G %a' /etc/understudy/agent.token") == "root:root 600\n"
    assert before.startswith(fleet.web2.run("cat /etc/understudy/agent.json"))
    until(_NOTICED_S, "the old token to be void",
          lambda: "new token:" not in fleet.ctl("server show web2"))
    until(_NOTICED_S, "web2 to be well", lambda: fleet.health() == ["online", "online"])
    said = fleet.ctl("events --since 1h")
    assert "server_token_rotated" in said and "server_down" not in said


@needs_machines
def test_an_upgrade_keeps_the_store_and_alarms_nobody(fleet, next_packages):
    before, processes = fleet.ctl("export"), {}
    # The controller first, as the guide says; its agents link again.
    for machine, unit in ((fleet.controller, "understudy-controller"),
                          (fleet.web1, "understudy-agent"), (fleet.web2, "understudy-agent")):
        processes[machine.name] = main_process(machine, unit)
        for package in next_packages:
            machine.write(package.name, package.read_bytes())
        installed = machine.run("dpkg-query -W -f '${Package} ' 'understudy*'").split()
        machine.run("apt install " + " ".join(f"./{name}_{NEXT_VERSION}_*.deb"
                                              for name in installed))
        assert main_process(machine, unit) not in ("0", processes[machine.name])
        until(_NOTICED_S, "both servers to be online",
              lambda: fleet.health() == ["online", "online"])
    assert fleet.ctl("export") == before
    assert "server_down" not in fleet.ctl("events --since 1h")
    assert fleet.world.published() == [WEB1]


@needs_machines
def test_an_upgrade_starts_nothing_that_was_stopped(fleet, packages):
    fleet.web2.run("systemctl stop understudy-agent")
    fleet.web2.run(f"apt install --allow-downgrades ./{named(packages, 'understudy-agent')}")
    fleet.web2.run("systemctl is-active understudy-agent", expect=3)
    fleet.web2.run(f"apt install ./understudy-agent_{NEXT_VERSION}_*.deb")
    fleet.web2.run("systemctl is-active understudy-agent", expect=3)
    fleet.web2.run("systemctl start understudy-agent")
    until(_NOTICED_S, "web2 to be well", lambda: fleet.health() == ["online", "online"])


@needs_machines
def test_the_tarball_runs_where_none_of_our_libraries_is(fleet, tarball):
    machine = fleet.web1
    machine.write("/opt/agent.tar.gz", tarball.read_bytes())
    machine.run("tar -C /opt -xf /opt/agent.tar.gz --strip-components 1")
    machine.run("apt remove libwebsockets17; ! ldconfig -p | grep libwebsockets")
    machine.run("understudy-agent --version", expect=127)
    # As its README says, over the package's unit and configuration.
    assert "install -m 755 understudy-agent /usr/bin/" in machine.run("cat /opt/README")
    machine.run("cd /opt && install -m 755 understudy-agent /usr/bin/ &&"
                " install -m 644 understudy-agent.service /etc/systemd/system/ &&"
                " understudy-agent --check-config && systemctl daemon-reload &&"
                " systemctl enable --now understudy-agent")
    until(_NOTICED_S, "the agent of the tarball to be linked",
          lambda: fleet.health() == ["online", "online"])


@needs_machines
def test_a_machine_that_is_switched_off_is_told_and_its_record_moves(fleet):
    def losses():
        return [line for line in fleet.ctl("events --since 1h").splitlines()
                if "server_down" in line and "web1" in line]

    before = losses()
    fleet.web1.run("systemctl poweroff")
    fleet.web1.wait_until_off()
    until(_NOTICED_S, "the loss to be in the log", lambda: len(losses()) > len(before))
    assert "restart" not in losses()[-1]
    fleet.world.mail.until("a mail about the loss", lambda: [
        message for _, message in fleet.world.mail.messages
        if message["X-Understudy-Type"] == "server_down"], _NOTICED_S)
    until(_MOVED_S, "the record to move", lambda: fleet.world.published() == [WEB2])
    fleet.world.mail.until("a mail about the failover", lambda: [
        message for _, message in fleet.world.mail.messages
        if message["X-Understudy-Type"] == "failover_triggered"], _NOTICED_S)
    assert "failed_over" in fleet.ctl(f"domain show {NAME}")


@needs_machines
def test_removed_it_leaves_what_is_the_operators_and_comes_back_with_it(fleet):
    before, process = fleet.ctl("export"), main_process(fleet.controller, "understudy-controller")
    fleet.controller.run("apt remove understudy-controller")
    fleet.controller.run("systemctl cat understudy-controller", expect=1)
    fleet.controller.run(f"test ! -e /proc/{process} && test -s /var/lib/understudy/understudy.db"
                         " && test -s /etc/understudy/controller.json")
    fleet.controller.run(f"apt install ./understudy-controller_{NEXT_VERSION}_*.deb")
    assert main_process(fleet.controller, "understudy-controller") == "0"
    fleet.controller.run("systemctl enable --now understudy-controller")
    assert fleet.ctl("export") == before


@needs_machines
def test_purged_it_leaves_nothing_but_the_users_and_what_is_not_its_own(fleet):
    for machine, program in ((fleet.controller, "understudy-controller"),
                             (fleet.web2, "understudy-agent")):
        machine.run(f"apt purge {program}")
        left = machine.run("find / -xdev \\( -path /root -o -path /proc -o -path /sys -o -path /run"
                           " -o -path /var/cache -o -path /var/log -o -path /tmp \\) -prune"
                           f" -o -name '*{program}*' -print").split()
        assert left == []
        machine.run("getent passwd understudy || getent passwd understudy-agent")
    fleet.controller.run("test ! -e /var/lib/understudy")
    # The certificate and the password of mail are none of the package's.
    assert fleet.controller.run("ls /etc/understudy").split() == ["smtp.password", "tls.crt",
                                                                  "tls.key"]
    fleet.web2.run("test ! -e /etc/understudy")
    fleet.controller.run("apt purge understudyctl")
    fleet.controller.run("! ls /usr/share/man/man1/understudy* /usr/share/*/*/*understudy*")
