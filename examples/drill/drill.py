#!/usr/bin/python3
"""A failover drill on this machine, told as it happens.

Starts a DNS provider, the controller, and two agents on loopback addresses; registers everything
with understudyctl as an operator would. First act: the primary dies, the record moves, people are
told; the primary comes back, and the record moves back. Second act: only the primary's agent dies
while its site goes on serving, and nothing moves. Exits 0 only if every step was seen to happen.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from controller import SHORT_POLICY, Controller
from dns_watch import DnsWatch
from arrivals import Mailbox, Webhooks
from shields import Shield, shared_port
from story import Story
from zones import PROVIDERS, ZONE

NAME = f"www.{ZONE}"
# The defaults of docs/configuration.md that the drill waits for.
PRODUCTION_POLICY = {"confirm_s": 30, "failback_after_s": 60}
_MARGIN_S = 3  # between what was promised and what is seen: a slow machine
ADDRESSES = {"web1": "127.0.0.11", "web2": "127.0.0.12"}


class NotSeen(Exception):
    """A step did not happen."""


class Drill:
    def __init__(self, options):
        self.options = options
        self.story = Story()
        self.folder = Path(tempfile.mkdtemp(prefix="understudy-drill-"))
        self.running = []
        self.times = {}
        self.promised = {}  # by what-if, before it happened
        self.policy = PRODUCTION_POLICY if options.real_time else SHORT_POLICY
        # How long each step may take: what the timings promise, and some air for a slow machine.
        self.move_limit_s = self.policy["confirm_s"] + 30
        self.back_limit_s = self.policy["failback_after_s"] + 60

    def keep(self, thing):
        self.running.append(thing)
        return thing

    def stop(self):
        for thing in reversed(self.running):
            thing.stop()
        self.running.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the chapters ---------------------------------------------------------------------------

    def run(self):
        self.set_the_stage()
        self.register()
        self.show_ready()
        self.kill_the_primary()
        self.show_records_of_it()
        self.bring_it_back()
        self.kill_only_the_agent()
        self.show_why_it_stays()
        self.summary()

    def set_the_stage(self):
        story = self.story
        story.chapter("1. The stage")
        self.zones = self.keep(PROVIDERS[self.options.provider]([NAME], ADDRESSES["web1"], 300))
        story.line(f"DNS provider: {self.zones.title}")
        self.hooks = self.keep(Webhooks())
        story.line(f"webhook receiver: {self.hooks.url}")
        self.controller = Controller(Path(self.options.bin).resolve(), self.folder,
                                     (Mailbox.USER, Mailbox.PASSWORD), self.options.real_time)
        self.mailbox = self.keep(Mailbox(self.controller.mail_tls()))
        self.controller.configure(self.mailbox.port)
        story.line(f"mail server: 127.0.0.1:{self.mailbox.port}, STARTTLS and login required")
        self.keep(self.controller)
        pid = self.controller.start()
        ports = self.see("waiting for the controller", self.controller.ports, 20,
                         "the controller listens")
        self.controller.listening(ports[1])
        self.agents_port = ports[0]
        story.line(f"controller: pid {pid}, {self.controller.url}, "
                   f"store {self.folder}/understudy.db")
        self.watch = self.keep(DnsWatch(NAME, self.zones.dns_port))

    def register(self):
        self.story.chapter("2. Registering, as an operator would")
        credential = self.folder / "provider.credential"
        credential.write_text(self.zones.credential)
        self.shields = {}
        port = shared_port(list(ADDRESSES.values()))
        for name, address in ADDRESSES.items():
            added = self.ctl_json("server", "add", name, "--ipv4", address)
            shield = self.keep(Shield(name, address, port, self.folder,
                                      str(Path(self.options.bin).resolve() / "understudy-agent")))
            shield.token_file.write_text(added["token"])
            shield.token_file.chmod(0o600)
            shield.configure(self.agents_port, self.controller.ca_file)
            shield.start_agent()
            self.shields[name] = shield
        self.ctl("provider", "add", "dns", "--kind", self.zones.kind,
                 "--set", f"base_url={self.zones.base_url}", "--credential-file", credential)
        self.ctl("domain", "add", NAME, "--servers", "web1,web2", "--probe", f"http:{port}/")
        url = self.folder / "webhook.url"
        url.write_text(self.hooks.url)
        added = self.ctl_json("channel", "add", "webhook", "hook", "--url-file", url)
        self.hooks.secret = added["secret"]
        self.ctl("channel", "add", "email", "oncall", "--to", "oncall@example.org")
        self.ctl("channel", "test", "hook")
        self.ctl("channel", "test", "oncall")

    def show_ready(self):
        self.story.chapter("3. Both servers online")
        self.see("waiting for both agents", self.both_online, 20, "web1 and web2 are online")
        self.ctl("status")
        self.ctl("domain", "list")
        self.story.command(self.watch.command())
        self.see_answer("web1", time.monotonic() - 3600)
        self.ctl("what-if", "server", "web1")
        self.promised = self.controller.json("what-if", "server", "web1")["time"]["until_written"]

    def kill_the_primary(self):
        story = self.story
        story.chapter("4. The primary dies")
        story.line("its site is gone, and kill -KILL: its agent gets no chance to say goodbye")
        self.lost = time.monotonic()
        self.shields["web1"].stop_site()
        self.shields["web1"].kill_agent()
        down = self.see_hook("server_down", self.lost, 15)
        self.times["link lost -> server_down received"] = down.at - self.lost
        story.line(f"confirm_s is {self.policy['confirm_s']} s: if web1 were back by then, nothing "
                   "would move")
        moved = self.see_answer("web2", self.lost, self.move_limit_s)
        self.times["link lost -> record changed"] = moved - self.lost
        self.compare(moved - self.lost)
        told = self.see_hook("failover_triggered", self.lost, 40)
        self.times["link lost -> failover_triggered received"] = told.at - self.lost
        self.see_mail("failover_triggered", self.lost)

    def compare(self, took):
        """What was said beforehand, beside what happened."""
        best, worst = self.promised["best_s"], self.promised["worst_s"]
        self.see("comparing", lambda: best - _MARGIN_S <= took <= worst + _MARGIN_S, 0,
                 f"what-if had said {best:.1f} to {worst:.1f} s; it took {took:.1f} s")

    def show_records_of_it(self):
        self.story.chapter("5. What the operator finds")
        self.ctl("domain", "list")
        self.ctl("events", "--domain", NAME)
        self.ctl("notifications", "list")

    def bring_it_back(self):
        story = self.story
        story.chapter("6. The primary comes back")
        self.back = time.monotonic()
        story.line("the site and the agent of web1 are started again")
        self.shields["web1"].start_site()
        self.shields["web1"].start_agent()
        story.line(f"failback_after_s is {self.policy['failback_after_s']} s: so long web1 has to "
                   "stay well first")
        restored = self.see_answer("web1", self.back, self.back_limit_s)
        self.times["agent back -> record restored"] = restored - self.back
        self.see_hook("server_recovered", self.back, 40)
        self.see_mail("server_recovered", self.back)
        self.see("waiting until no record is behind", self.nothing_behind, 10,
                 "every record is as it is wanted")
        self.ctl("status")

    def kill_only_the_agent(self):
        story = self.story
        story.chapter("7. Only the agent dies: the site goes on serving")
        self.see("waiting for the controller to reach web1's site", self.primary_serves, 30,
                 "the controller reaches web1's site by itself")
        story.line("kill -KILL: the agent of web1 is gone again, but its site is not")
        self.orphaned = time.monotonic()
        self.shields["web1"].kill_agent()
        self.see_hook("server_down", self.orphaned, 15)
        story.line(f"confirm_s is {self.policy['confirm_s']} s: by then the record would have "
                   "moved for the lost link alone")
        held = self.see_hook("failover_held", self.orphaned, self.move_limit_s)
        self.times["link lost -> failover_held received"] = held.at - self.orphaned
        story.quote(held.document["data"]["reason"])
        self.see_mail("failover_held", self.orphaned)

    def show_why_it_stays(self):
        story = self.story
        story.chapter("8. Nothing has moved")
        self.ctl("domain", "list")
        self.ctl("explain", NAME)
        story.command(self.watch.command())
        if self.watch.changes[-1][0] >= self.orphaned or self.watch.dig() != [ADDRESSES["web1"]]:
            raise NotSeen("the record stays at web1")
        story.good(f"dig has said {ADDRESSES['web1']} all the time: web1")
        back = time.monotonic()
        story.line("the agent of web1 is started again")
        self.shields["web1"].start_agent()
        self.see_hook("server_up", back, 40)

    def summary(self):
        story = self.story
        story.chapter("Every step was seen")
        for what, seconds in self.times.items():
            story.line(f"{what:<44} {seconds:8.2f} s")
        kinds = "production" if self.options.real_time else "the drill's short"
        story.line()
        story.line(f"Timings in force: {kinds} ones. dig asked every 50 ms, so it may be late by "
                   "that.")
        story.line(f"Webhooks with a wrong signature: {self.hooks.refused}.")
        story.line("Webhooks: " + ", ".join(one.kind for one in self.hooks.all()))
        for mail in self.mailbox.all():
            story.line(f"Mail: {mail.text}")

    def hold(self):
        story = self.story
        story.chapter("Everything stays up until Ctrl-C")
        story.line("Watch the record:")
        story.line(f"  watch -n 1 {' '.join(self.watch.command())}")
        story.line("Talk to the controller:")
        story.line(f"  {' '.join(self.controller.ctl_words('status'))}")
        story.line(f"API {self.controller.url}/api/v1, DNS provider {self.zones.base_url}")
        story.line(f"Logs and configurations: {self.folder}")
        signal.pause()

    # --- seeing -----------------------------------------------------------------------------

    def see(self, waiting, seen, limit_s, then):
        result = self.story.wait(waiting, seen, limit_s)
        if result is None:
            self.story.bad(then)
            raise NotSeen(then)
        self.story.good(then)
        return result

    def see_hook(self, kind, after, limit_s):
        return self.see(f"waiting for {kind}", lambda: self.hooks.first(kind, after), limit_s,
                        f"webhook {kind} arrived, its signature is right")

    def see_mail(self, kind, after):
        return self.see(f"waiting for the mail {kind}", lambda: self.mailbox.first(kind, after), 60,
                        f"mail {kind} arrived")

    def see_answer(self, server, after, limit_s=10):
        address = ADDRESSES[server]
        return self.see(f"dig does not say {address} yet",
                        lambda: self.watch.changed_to([address], after), limit_s,
                        f"dig says {address}: {server}")

    def both_online(self):
        servers = self.controller.json("server", "list")["items"]
        return len(servers) == 2 and all(one["health"] == "online" for one in servers)

    def primary_serves(self):
        members = self.controller.json("explain", NAME)["present"]["evidence"]["members"]
        return any(one["says"] == "serves" for one in members[0].get("testimony", []))

    def nothing_behind(self):
        return self.controller.json("status")["records_behind"] == 0  # counted once in a second

    def ctl(self, *words):
        self.story.command(["understudyctl", *words])
        self.story.output(self.controller.ctl(*words))

    def ctl_json(self, *words):
        self.story.command(["understudyctl", *words])
        answer = self.controller.json(*words)
        self.story.output("(its token or secret is kept in a file)")
        return answer


def parse():
    parser = argparse.ArgumentParser(prog="drill.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", choices=sorted(PROVIDERS), default="cloudflare",
                        help="who serves the zone (default: cloudflare, emulated)")
    parser.add_argument("--hold", action="store_true", help="leave everything running at the end")
    parser.add_argument("--real-time", action="store_true",
                        help="production timings, not the drill's short ones: the record moves "
                             "after 30 s and comes back after 60 s")
    parser.add_argument("--bin", default="build/release/bin", help=argparse.SUPPRESS)
    return parser.parse_args()


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    drill = Drill(parse())
    try:
        drill.run()
        if drill.options.hold:
            drill.hold()
        return 0
    except KeyboardInterrupt:
        print("\nstopped; nothing is left running", flush=True)
        return 130
    except (NotSeen, RuntimeError) as problem:
        print(f"\nThe drill failed: {problem}\nThe controller's last words:", file=sys.stderr)
        log = drill.folder / "controller.log"
        if log.exists():
            print("\n".join(log.read_text().splitlines()[-15:]), file=sys.stderr)
        return 1
    finally:
        # A second Ctrl-C must not leave half of it running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        drill.stop()


if __name__ == "__main__":
    sys.exit(main())
