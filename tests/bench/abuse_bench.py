#!/usr/bin/python3
"""What everybody else feels while one caller takes more than his share.

    tests/bench/abuse_bench.py [--quick] [--seconds S] [--only KIND]

Real controller with TLS, a fleet of linked agents played by the bench, a webhook, an operator who
asks the API. First nobody misbehaves, then each kind of abuser (abusers.py) for a while, from an
address of its own. In that time servers die, one after the other. Aims: their alarms within 2 s,
the API's answers within 100 ms at p99, a probe of a new connection included, no other agent lost.
The figures without an abuser are printed beside them: on a busy machine they are the floor.

UNDERSTUDY_BIN is the folder with understudy-controller.
"""

import argparse
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from abusers import KINDS
from bench_scene import Agents
from figures import Aim, GaveUp, note, percentile, show
from receivers import WebhookReceiver
from stack import Stack

CONFIG = {
    "timings": {"maintenance_interval_s": 300, "warm_up_s": 1, "heartbeat_interval_s": 2,
                "stall_limit_s": 30, "digest_wait_s": 0.1},
    "policy": {"confirm_s": 30, "failback_after_s": 60, "health_timeout_s": 120},
    "log": {"level": "info"},
}
FLEET = 40
DEATHS = 3  # in each part; each of another server: who comes and goes is told of later
SOURCE = "127.9.9.9"
ALARM_AIM_S = 2
ANSWER_AIM_MS = 100
ALARM_PATIENCE_S = 60
ASK_EVERY_S = 0.05


class Operator(threading.Thread):
    """Asks on a connection that is kept, then on a new one, as a monitor does, again and again."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self._port, self._token = stack.controller.api_port, stack.token
        self._context = ssl.create_default_context(cafile=str(stack.ca_file))
        self._kept = None
        self._over = threading.Event()
        self.kept_ms, self.new_ms = [], []

    def run(self):
        while not self._over.wait(ASK_EVERY_S):
            self.kept_ms.append(self._until_answered(self._ask_kept))
            self.new_ms.append(self._until_answered(self._probe))

    def end(self):
        self._over.set()
        self.join()
        if self._kept:
            self._kept.close()

    def _until_answered(self, ask):
        """Milliseconds, over all attempts."""
        start = time.monotonic()
        while time.monotonic() < start + 20:
            try:
                ask()
                return (time.monotonic() - start) * 1000
            except (OSError, http.client.HTTPException):
                self._kept = None
        return GaveUp(20_000)

    def _open(self):
        return http.client.HTTPSConnection("localhost", self._port, timeout=20,
                                           context=self._context)

    def _ask_kept(self):
        self._kept = self._kept or self._open()
        self._get(self._kept, "/api/v1/status")

    def _probe(self):
        fresh = self._open()
        try:
            self._get(fresh, "/healthz")
        finally:
            fresh.close()

    def _get(self, connection, path):
        connection.request("GET", path, headers={"Authorization": f"Bearer {self._token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise OSError(answer.status)


class World:
    def __init__(self, stack, hook):
        self.stack, self.hook = stack, hook
        self.agents = Agents(stack.controller.agents_port,
                             ssl.create_default_context(cafile=str(stack.ca_file)))
        self.fleet = [f"web{number}" for number in range(1, FLEET + 1)]
        self.tokens = {}
        self.victims = [f"victim{number}" for number in range(DEATHS * (len(KINDS) + 1))]
        for number, name in enumerate([*self.fleet, *self.victims, *KINDS], 1):
            body = {"name": name.replace("_", "-"), "ipv4": f"203.0.113.{number}"}
            self.tokens[name] = stack.post("/servers", body)["token"]
        for name in (*self.fleet, *self.victims):
            self.agents.link(name, self.tokens[name])
        stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url})

    def alarm_s(self, name):
        """How long after its death a server's alarm is at the receiver; then it is back."""
        before = self._alarms(name)
        start = time.monotonic()
        self.agents.cut(name)
        try:
            self.hook.until(f"the alarm for {name}", lambda: self._alarms(name) > before,
                            ALARM_PATIENCE_S)
            taken = time.monotonic() - start
        except AssertionError:
            taken = GaveUp(ALARM_PATIENCE_S)
        self.agents.link(name, self.tokens[name])
        return taken

    def _alarms(self, name):
        return sum(1 for hook in self.hook.delivered("server_down")
                   if json.loads(hook.raw)["data"]["server"]["name"] == name)

    def lost(self):
        """Alarms about servers that nobody killed."""
        return sum(self._alarms(name) for name in self.fleet)

    def feel(self, kind, seconds):
        """The figures while that abuser is at work; none: nobody is."""
        lost = self.lost()
        abuser = self._abuse(kind, seconds) if kind else None
        operator = Operator(self.stack)
        operator.start()
        end = time.monotonic() + seconds
        alarms = []
        while len(alarms) < DEATHS:
            operator.join(seconds / (DEATHS + 1))
            alarms.append(self.alarm_s(self.victims.pop()))
        operator.join(max(0.0, end - time.monotonic()))
        operator.end()
        if abuser:
            did = abuser.communicate(timeout=seconds + 30)[0].strip()
            note(f"{kind.replace('_', ' ').capitalize()}: {did} times in {seconds:.0f} s.")
        return {"alarm": max(alarms), "kept": percentile(operator.kept_ms, 0.99),
                "new": percentile(operator.new_ms, 0.99), "lost": self.lost() - lost}

    def _abuse(self, kind, seconds):
        ports = [str(self.stack.controller.api_port), str(self.stack.controller.agents_port)]
        abuser = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("abusers.py")), kind, *ports,
             str(seconds), SOURCE],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "ABUSER_TOKEN": self.tokens[kind]})
        abuser.stdout.readline()
        return abuser


def print_figures(kind, felt, floor):
    what = kind.replace("_", " ")
    nobody = "while nobody does it"
    show(f"{what}: alarm of a real death, worst", felt["alarm"], "s", nobody, floor["alarm"],
         Aim(ALARM_AIM_S))
    show(f"{what}: API answer, p99", felt["kept"], "ms", nobody, floor["kept"],
         Aim(ANSWER_AIM_MS))
    show(f"{what}: probe on a new connection, p99", felt["new"], "ms", nobody, floor["new"],
         Aim(ANSWER_AIM_MS))
    show(f"{what}: other agents lost", felt["lost"], "agents", aim=Aim(0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="4 s of each instead of 15")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", choices=KINDS)
    options = parser.parse_args()
    seconds = options.seconds or (4 if options.quick else 15)
    with tempfile.TemporaryDirectory(prefix="abuse-bench-") as folder, WebhookReceiver() as hook:
        with Stack(folder, {**CONFIG, "allow_private_webhooks": True}, tls=True) as stack:
            world = World(stack, hook)
            note(f"{FLEET} agents are linked; {seconds:.0f} s of each abuse.")
            floor = world.feel(None, seconds)
            for kind in [options.only] if options.only else KINDS:
                print_figures(kind, world.feel(kind, seconds), floor)
            world.agents.close()


if __name__ == "__main__":
    main()
