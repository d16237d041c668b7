"""A fleet as it stands in production: shields on machines of their own (network.py), each with a
web server at its own address and an agent, in a stack with CONFIG. Needs root.

    with Fleet(stack, network, {"fra1": EVERYBODY}) as fleet, fleet.story("fra1") as story:
        story.set_policy(confirm_s=1)
        story.shield.freeze_site()
        story.wait_for_server(1)              # of the story's pool: the stand-by

Three more shields, elsewhere, observe the others for the controller; the first of them is every
pool's stand-by. Once the fleet is ready all have been reached by all whom they let in, so that
their word counts.
"""

import contextlib
import signal
import socket
import subprocess
import sys

from guarded_site import GuardedSite

SITE_PORT = 80
CONTROLLER = "the controller"
OBSERVERS = ("ams1", "ams2", "ams3")
SIBLINGS = tuple(f"server '{name}'" for name in OBSERVERS)

# Who reaches a shield's web server.
EVERYBODY = (CONTROLLER, *SIBLINGS)
NOBODY = ()

CONFIG = {"timings": {"heartbeat_interval_s": 1}, "policy": {"health_timeout_s": 3600},
          "allow_private_addresses": True, "guards": {"mass_loss_percent": 100},
          "probes": {"siblings": True}}

NEVER_S = 3600
# Nothing is down by it for as long as a test takes. Stories shorten what they are about.
PATIENT = {"confirm_s": NEVER_S, "confirm_agreed_s": NEVER_S, "health_timeout_s": NEVER_S,
           "failback_after_s": 0, "probe": "http", "probe_interval_s": 1, "probe_timeout_s": 1,
           "fast_interval_s": 1, "probe_fall": 2, "probe_rise": 1}


class Shield:
    """A machine, its web server, and its agent, which checks that and the origin behind it."""

    def __init__(self, stack, network, name, **labels):
        self.name = name
        self.machine = network.add_machine(name)
        self.address = self.machine.address
        self._stack = stack
        self._folder = stack.folder / "sites" / name
        self._folder.mkdir(parents=True)
        self._origin = self._folder / "origin"
        self._origin.touch()
        self._site = None
        often = {"interval_s": 0.5, "timeout_s": 0.4, "rise": 1, "fall": 2}
        checks = [{"name": "site", "type": "http", "address": self.address, "port": SITE_PORT,
                   **often},
                  {"name": "origin", "type": "command",
                   "command": ["/usr/bin/test", "-e", str(self._origin)], **often}]
        stack.add_server(name, self.address, start=False, labels=labels)
        self.agent = stack.agents[name] = stack.make_agent(
            name, checks, wrapper=self.machine.wrapper, probe_for_others={"allow_private": True})

    def start(self):
        with open(self._folder / "log", "ab") as log:
            self._site = subprocess.Popen(
                [*self.machine.wrapper, sys.executable, "-m", "http.server", str(SITE_PORT),
                 "--bind", self.address, "--directory", str(self._folder)], stdout=log, stderr=log)
        self.agent.start()

    def wait_for_site(self):
        def answers():
            with contextlib.suppress(OSError), socket.create_connection((self.address, SITE_PORT)):
                return True
            return False
        self._stack.until(f"the site of {self.name}", answers)

    def freeze_site(self):
        """Its connections are taken by the system, and nobody answers."""
        self._site.send_signal(signal.SIGSTOP)

    def kill_site(self):
        if self._site is not None:
            self._site.kill()
            self._site.wait()
            self._site = None

    def lose_origin(self):
        self._origin.unlink()


class Story(GuardedSite):
    """A pool of one shield and the stand-by, and what becomes of it."""

    def __init__(self, stack, shield, standby):
        super().__init__(stack, policy=PATIENT)
        self.shield = shield
        self.servers = [shield.name, standby.name]
        self.ipv4 = [shield.address, standby.address]
        self.twin = f"www.twin{self.number}.example"
        self._has_twin = False

    def _add_servers(self):
        """They are there."""

    def _add_channels(self):
        """Nothing is told before it begins."""

    def begin(self):
        super()._add_channels()

    def __exit__(self, *_):
        if self._has_twin:
            self.stack.api("DELETE", "/api/v1/domains/" + self.twin)
        self.servers = [self.shield.name]
        super().__exit__()
        self.shield.kill_site()

    def set_policy(self, **fields):
        path = f"/api/v1/pools/{self.pool}/policy"
        answer = self.stack.api("PATCH", path, fields)
        assert answer.status == 200, answer.raw

    def add_twin(self, confirm_s):
        """Another pool of the same servers, which believes the link alone."""
        self.stack.add_zone(self.twin.removeprefix("www."), {"www": self.ipv4[0]})
        self.stack.add_domain(self.twin, self.servers, provider="cloudflare", policy={
            **PATIENT, "confirm_s": confirm_s, "evidence": "link", "probe": "off"})
        self._has_twin = True

    def wait_for_twin_to_move(self):
        self.stack.wait_for_addresses(self.twin, [self.ipv4[1]])

    def words(self):
        """What each observer says of the shield, as far as it counts."""
        said = self.stack.get(f"/servers/{self.servers[0]}")["testimony"]
        return {each["by"]: each["says"] for each in said if each["counts"]}

    def wait_for_words(self, **words):
        """serves, dead: the observers who say so. Nobody else says anything."""
        expected = {by: says for says, observers in words.items() for by in observers}
        self.stack.until(f"{self.servers[0]}: {expected}, got {self.words()}",
                         lambda: self.words() == expected)

    def standing(self):
        present = self.stack.get(f"/domains/{self.name}/explain")["present"]
        return present["evidence"]["members"][0]["standing"]

    def explained(self):
        return self.stack.ctl("explain", self.name).stdout

    def shown(self):
        return self.stack.ctl("server", "show", self.servers[0]).stdout


class Fleet:
    """shields: by their names, who reaches their web servers."""

    def __init__(self, stack, network, shields):
        self._stack = stack
        self._network = network
        self._admitted = shields
        self._shields = {}
        self._stories = {}

    def __enter__(self):
        try:
            self._set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for story in self._stories.values():
            story.__exit__()
        for shield in self._shields.values():
            shield.kill_site()

    @contextlib.contextmanager
    def story(self, name):
        """Once: its shield is gone at the end."""
        story = self._stories.pop(name)
        try:
            story.begin()
            yield story
        finally:
            story.__exit__()

    def address_of(self, observer):
        if observer == CONTROLLER:
            return self._network.near_address
        return self._shields[OBSERVERS[SIBLINGS.index(observer)]].address

    def _set_up(self):
        for name in OBSERVERS:
            self._add(name, hosting="west", region="ams")
        for name in self._admitted:
            self._add(name, hosting="east", region="fra")
        self._start(self._shields.values())
        for name, admitted in self._admitted.items():
            self._hide(self._shields[name], admitted)
            story = Story(self._stack, self._shields[name], self._shields[OBSERVERS[0]])
            self._stories[name] = story.__enter__()
        self._have_them_reached()

    def _add(self, name, **labels):
        self._shields[name] = Shield(self._stack, self._network, name, **labels)

    def _start(self, shields):
        for shield in shields:
            shield.start()
        for shield in shields:
            shield.wait_for_site()
            self._stack.wait_for_health(shield.name, "online")

    def _hide(self, shield, admitted):
        for observer in set(EVERYBODY) - set(admitted):
            shield.machine.hide_port(SITE_PORT, self.address_of(observer))

    def _have_them_reached(self):
        """Siblings are asked about a calm server within a minute, and at once of one whose link is
        lost."""
        stories = [self._stories[name] for name, by in self._admitted.items() if by]
        for story in stories:
            story.shield.agent.kill()
        for story in stories:
            story.wait_for_words(serves=self._admitted[story.shield.name])
            story.shield.agent.start()
        for story in stories:
            self._stack.wait_for_health(story.shield.name, "online")
