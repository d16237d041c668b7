"""The whole system for a test: Cloudflare emulator, controller, agents, understudyctl, DNS queries.

    with Stack(folder) as stack:
        stack.add_zone("example.org", {"www": "203.0.113.10"})
        stack.add_provider()
        stack.add_server("web1", "203.0.113.10")
        stack.add_server("web2", "203.0.113.20")
        stack.ctl("domain", "add", "www.example.org", "--servers", "web1,web2")
        stack.agents["web1"].kill()
        stack.until("failover", lambda: stack.dig("www.example.org") == ["203.0.113.20"])

Real programs on ports that the system chose, below `folder`. UNDERSTUDY_BIN is the folder of the
programs. The timings are short unless `config` says otherwise.
"""

import base64
import http.client
import json
import os
import signal
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from agent_process import AgentProcess
from controller_process import ControllerProcess, binary, merged
from emulator_process import EmulatorProcess
from test_authority import Authority
from wait_for import Changing

ROOT = Path(__file__).resolve().parents[2]
_ANSWER_S = 20
_CTL_S = 60

# Long enough to be sure of what is seen, short enough to wait for.
QUICK = {
    "timings": {"maintenance_interval_s": 2, "warm_up_s": 3, "heartbeat_interval_s": 0.5,
                "restart_grace_s": 3, "stall_grace_s": 2, "digest_wait_s": 0.2, "stop_s": 2},
    "policy": {"confirm_s": 1, "health_timeout_s": 3, "failback_after_s": 1},
    "certificates": {"enabled": False},
    "allow_private_webhooks": True,
}


@dataclass
class Answer:
    """The API's answer to one request."""

    status: int
    headers: http.client.HTTPMessage
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw) if self.raw else None


class Agent:
    """One server's agent; the program runs between start() and any of the ways to end it."""

    def __init__(self, make):
        self._make = make
        self._running = None

    @property
    def process(self):
        return self._running.process

    @property
    def log(self):
        return self._running.log

    def start(self):
        self._running = self._make().__enter__()
        return self

    def stop(self):
        """SIGTERM: it says goodbye."""
        self._end(signal.SIGTERM)

    def kill(self):
        """SIGKILL: the link closes without a word."""
        self._end(signal.SIGKILL)

    def pause(self):
        """SIGSTOP: silence on an open link."""
        self._running.signal(signal.SIGSTOP)

    def resume(self):
        self._running.signal(signal.SIGCONT)

    def _end(self, number):
        if self._running is None:
            return
        self._running.signal(number)
        if number == signal.SIGTERM:
            self._running.wait_for_exit()
        self.discard()

    def discard(self):
        if self._running is not None:
            self._running.__exit__()
            self._running = None


class Stack(Changing):
    """Starts emulator and controller; agents by add_server(). tls: it speaks only TLS.

    base: what `config` is laid over in place of the short timings; {} for the defaults.
    probes: the controller probes its servers; else nothing is sent to addresses that are examples.
    """

    def __init__(self, folder, config=None, tls=False, emulator_options=("--plan", "pro"),
                 base=None, probes=False):
        super().__init__()
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.agents = {}
        self._tokens = {}
        self.traffic = []  # of api(), in the form of openapi_check.mjs
        self._emulator_options = emulator_options
        config = merged(QUICK if base is None else base, config or {})
        config = merged({"probes": {"enabled": probes, "siblings": False}}, config)
        self.ca_file = None
        if tls:
            authority = Authority(self.folder / "tls")
            certificate, key = authority.certify("localhost")
            self.ca_file = authority.ca_file
            config["tls"] = {"certificate": str(certificate), "key": str(key)}
        self.controller = ControllerProcess(self.folder / "controller", config)

    def __enter__(self):
        self.emulator = EmulatorProcess(*self._emulator_options)
        try:
            self.controller.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for agent in self.agents.values():
            agent.discard()
        try:
            self.controller.end(signal.SIGTERM)
        finally:
            self.emulator.stop()

    # --- the world ----------------------------------------------------------------------------

    def add_zone(self, name, addresses):
        """A zone at the emulator. addresses: {"www": "203.0.113.10"}; "@" is the zone itself."""
        records = []
        for label, contents in addresses.items():
            full = name if label == "@" else f"{label}.{name}"
            for content in [contents] if isinstance(contents, str) else contents:
                kind = "AAAA" if ":" in content else "A"
                records.append({"name": full, "type": kind, "content": content, "ttl": 300})
        return self.emulator.add_zone(name, records)

    def dig(self, name, kind="A"):
        """What the name resolves to now, sorted."""
        return self.emulator.addresses(name, kind)

    # --- the controller -----------------------------------------------------------------------

    @property
    def host(self):
        return "localhost" if self.ca_file else "127.0.0.1"

    @property
    def url(self):
        return f"{'https' if self.ca_file else 'http'}://{self.host}:{self.controller.api_port}"

    @property
    def token(self):
        return self.controller.token_file.read_text().strip()

    def restart_controller(self, number=signal.SIGTERM):
        """Ends it by that signal and starts it again on the same ports and store."""
        status = self.controller.end(number)
        self.controller.start()
        return status

    def api(self, method, path, body=None, token=None, headers=None, record=True):
        """One request to the API, kept in `traffic`. token: "" for none. body: JSON value or bytes.

        record=False is for requests that break the rules on purpose.
        """
        headers = dict(headers or {})
        token = self.token if token is None else token
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {**headers, "Authorization": f"Bearer {token}"} if token else headers
        connection = self._connection()
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        if record:
            self.traffic.append({
                "method": method, "url": path, "status": answer.status,
                "request_headers": headers, "response_headers": dict(answer.headers),
                "request_body": _recorded(body), "response_body": _recorded(answer.raw)})
        return answer

    def get(self, path):
        """The document at a path below /api/v1, which has to be there."""
        answer = self.api("GET", "/api/v1" + path)
        assert answer.status == 200, answer.raw
        return answer.body

    def post(self, path, body=None):
        answer = self.api("POST", "/api/v1" + path, body)
        assert 200 <= answer.status < 300, answer.raw
        return answer.body

    def ctl(self, *words, stdin="", environment=None, check=True):
        """Runs understudyctl; with `check` it has to succeed. The result has stdout and stderr."""
        result = subprocess.run(
            [binary("understudyctl"), *map(str, words)], input=stdin, text=True,
            capture_output=True, timeout=_CTL_S,
            env={**self.ctl_environment(), **(environment or {})})
        assert not check or result.returncode == 0, (words, result)
        return result

    def ctl_environment(self):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder),
                       "UNDERSTUDY_URL": self.url,
                       "UNDERSTUDY_TOKEN_FILE": str(self.controller.token_file)}
        environment.update({n: v for n, v in os.environ.items() if n.endswith("SAN_OPTIONS")})
        if self.ca_file:
            environment["UNDERSTUDY_CA_FILE"] = str(self.ca_file)
        return environment

    def ctl_json(self, *words, **options):
        return json.loads(self.ctl(*words, "-o", "json", **options).stdout)

    # --- things registered at the controller --------------------------------------------------

    def add_provider(self, name="cloudflare", **token):
        """An account at the emulator with a token of its own; the answer of the API."""
        return self.post("/providers", {
            "name": name, "kind": "cloudflare",
            "credential": self.emulator.add_token(**token)["value"],
            "settings": {"base_url": self.emulator.base_url}})

    def add_server(self, name, ipv4, ipv6=None, start=True, checks=(), labels=None, **agent):
        """Registers a server. Unless start is false its agent runs and is online at the end.

        agent: more of its configuration.
        """
        added = self.post("/servers", {"name": name, "ipv4": ipv4, "ipv6": ipv6, "labels": labels})
        self._tokens[name] = added["token"]
        self.agents[name] = self.make_agent(name, checks, **agent)
        if start:
            self.agents[name].start()
            self.wait_for_health(name, "online")
        return added["server"]

    def make_agent(self, server, checks=(), wrapper=(), name=None, **config):
        """An agent for a registered server, not started. wrapper: see AgentProcess.

        name: of its folder, for a second agent with the server's token.
        """
        scheme = "wss" if self.ca_file else "ws"

        def make():
            return AgentProcess(self.folder / "agents" / (name or server),
                                f"{scheme}://{self.host}:{self.controller.agents_port}",
                                ca_file=self.ca_file, checks=checks, token=self._tokens[server],
                                wrapper=wrapper, **config)

        return Agent(make)

    def set_token(self, server, token):
        """The token its agent is started with from now on."""
        self._tokens[server] = token

    def token_of(self, server):
        return self._tokens[server]

    def add_domain(self, name, servers, **fields):
        return self.post("/domains", {"name": name, "servers": list(servers), **fields})["domain"]

    def metric(self, sample):
        """What /metrics says of that sample, named without the program's prefix."""
        text = self.api("GET", "/metrics", record=False).raw.decode()
        return next(float(line.split()[-1]) for line in text.splitlines()
                    if line.startswith(f"understudy_{sample} "))

    # --- waiting ------------------------------------------------------------------------------

    def wait_for_health(self, server, health):
        self.until(f"{server} to be {health}",
                   lambda: self.get(f"/servers/{server}")["health"] == health)

    def wait_for_status(self, domain, status):
        self.until(f"{domain} to be {status}",
                   lambda: self.get(f"/domains/{domain}")["status"] == status)

    def wait_for_addresses(self, name, addresses, kind="A"):
        self.until(f"{name} to resolve to {addresses}",
                   lambda: self.dig(name, kind) == sorted(addresses))

    def wait_for_event(self, kind, count=1):
        """The newest event of that type, once there are so many."""
        def events():
            return self.get(f"/events?type={kind}&limit=1000")["items"]
        self.until(f"{count} x event {kind}", lambda: len(events()) >= count)
        return events()[0]

    def _connection(self):
        if not self.ca_file:
            return http.client.HTTPConnection(self.host, self.controller.api_port,
                                              timeout=_ANSWER_S)
        context = ssl.create_default_context(cafile=str(self.ca_file))
        return http.client.HTTPSConnection(self.host, self.controller.api_port, timeout=_ANSWER_S,
                                           context=context)


def _recorded(raw):
    """JSON, else text, else nothing, as openapi_check.mjs wants it."""
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return base64.b64encode(raw).decode()
