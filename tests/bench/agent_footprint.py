#!/usr/bin/python3
"""What understudy-agent costs a shield server, beside a client that does nothing (idle_client.cpp).

    UNDERSTUDY_BIN=build/release/bin tests/bench/agent_footprint.py [--quick] [--checks]

Both run at once against one scripted controller with the usual heartbeat interval of 10 s. Memory
is read at the end; the processor's time is that of the measured span. Proportional memory counts a
page that several programs share by its share only, so it is lower the more is running beside.
With --checks the agent also runs three checks every 5 s.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from figures import Aim, note, show  # noqa: E402
from agent_process import AgentProcess, program  # noqa: E402
from fake_controller import TOKEN, FakeController  # noqa: E402
from test_authority import Authority  # noqa: E402


def memory_kb(pid):
    figures = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, value = line.split(":")
        figures[key] = int(value.split()[0])
    return figures


def cpu_ms(pid):
    """From schedstat: nanoseconds, while /proc/PID/stat counts in ticks of 10 ms."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def size_kb(path):
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, path], check=True)
        return os.stat(stripped.name).st_size / 1024


def report(name, unit, agent, idle, aim=None):
    show(name, agent, unit, "a client that does nothing", idle, aim)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--quick", action="store_true", help="3 s in place of 60")
    parser.add_argument("--checks", action="store_true")
    options = parser.parse_args()
    options.seconds = options.seconds or (3 if options.quick else 60)
    options.interval_s = 1 if options.quick else 10
    with tempfile.TemporaryDirectory(prefix="understudy-footprint-") as folder:
        measure(Path(folder), options)


def measure(folder, options):
    idle_program = str(Path(program()).with_name("idle_client"))
    authority = Authority(folder)
    with FakeController(certificate=authority.certify("localhost")) as controller:
        controller.welcome.update(heartbeat_interval_ms=options.interval_s * 1000,
                                  silence_limit_ms=30_000)
        checks = [{"name": "tcp", "type": "tcp", "port": controller.port},
                  {"name": "http", "type": "http", "port": controller.port},
                  {"name": "command", "type": "command", "command": ["/bin/true"]}]
        agent = AgentProcess(folder / "agent", controller.url, authority.ca_file,
                             checks=checks if options.checks else ())
        with agent:
            controller.wait_for_link()
            idle = subprocess.Popen([idle_program, "localhost", str(controller.port),
                                     str(authority.ca_file), TOKEN], env={})
            try:
                controller.wait_for_link(2)
                pids = (agent.process.pid, idle.pid)
                note(f"{options.seconds:.0f} s, a heartbeat every {options.interval_s} s, "
                     f"{'three checks' if options.checks else 'no checks'}. Proportional memory "
                     "shares a page among all programs that use it.")
                before = [cpu_ms(pid) for pid in pids]
                time.sleep(options.seconds)
                spent = [after - start for after, start in zip(map(cpu_ms, pids), before)]
                memory = [memory_kb(pid) for pid in pids]
                report("memory, resident", "kB", *(figures["Rss"] for figures in memory))
                report("memory, proportional", "kB", *(figures["Pss"] for figures in memory),
                       Aim(1.2, of_ratio=True))
                report("memory, its own alone", "kB",
                       *(figures["Private_Dirty"] for figures in memory))
                report("threads", "threads", *map(threads, pids))
                report("processor time in a minute", "ms",
                       *(ms * 60 / options.seconds for ms in spent))
                report("size of the program, stripped", "kB",
                       size_kb(program()), size_kb(idle_program))
                assert len(controller.links) == 2, "a link was lost while measuring"
            finally:
                idle.kill()
                idle.wait()


if __name__ == "__main__":
    main()
