"""Whether a stand-by could take over, with real programs: sites with certificates by name, swept by
the controller, and what automation makes of it."""

import http.server
import ssl
import threading

import pytest
from receivers import WebhookReceiver
from stack import Stack
from test_authority import Authority

NAMES = ["www.ready.example", "shop.ready.example"]
PRIMARY, STANDBY = "127.0.61.1", "127.0.61.2"


class TlsSite:
    """A shield's web server with a certificate and a status for each name."""

    def __init__(self, address, port, certificates):
        self.statuses = {}
        self._contexts = {}
        for name, files in certificates.items():
            self.show(name, files)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(outer.statuses.get(self.headers["Host"].split(":")[0], 200))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, next(iter(certificates.values()))))
        context.sni_callback = self._by_name
        self._server = http.server.ThreadingHTTPServer((address, port), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def show(self, name, files):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, files))
        self._contexts[name] = context

    def _by_name(self, connection, name, _context):
        if name in self._contexts:
            connection.context = self._contexts[name]

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Scene:
    """A pool of two servers with a site each, and two domains."""

    def __init__(self, folder, stack, hook):
        self.stack, self.hook = stack, hook
        self.authority = Authority(folder / "authority")
        good = {name: self.authority.certify(name) for name in NAMES}
        self.primary = TlsSite(PRIMARY, 0, good)
        self.standby = TlsSite(STANDBY, self.primary.port, {
            **good, NAMES[1]: self.authority.certify(NAMES[1], days=-3, since=-60)})
        stack.add_zone("ready.example", {name.split(".")[0]: PRIMARY for name in NAMES})
        stack.add_provider()
        stack.add_server("fra1", PRIMARY)
        stack.add_server("ams2", STANDBY)
        stack.post("/channels", {"name": "hook", "kind": "webhook", "url": hook.url})
        stack.post("/pools", {"name": "shop", "members": ["fra1", "ams2"], "policy": {
            "confirm_s": 1, "failback": "manual", "probe": f"https:{self.primary.port}",
            "require_ready": "must"}})
        for name in NAMES:
            stack.post("/domains", {"name": name, "pool": "shop"})

    def ready(self, server):
        [shown] = self.stack.get(f"/servers/{server}")["readiness"]
        return shown["ready"]

    def close(self):
        self.primary.close()
        self.standby.close()


@pytest.fixture
def scene(tmp_path):
    config = {"allow_private_addresses": True,
              "probes": {"readiness_interval_s": 0.5, "readiness_per_s": 200}}
    with WebhookReceiver() as hook, \
            Stack(tmp_path / "stack", config=config, probes=True) as stack:
        scene = Scene(tmp_path, stack, hook)
        yield scene
        scene.close()


def test_a_standby_with_an_expired_certificate_is_told_and_passed_over_until_it_is_renewed(scene):
    stack = scene.stack
    told = scene.hook.wait_for("standby_not_ready").body["data"]
    assert told["server"]["name"] == "ams2"
    [domain] = told["domains"]
    assert domain["name"] == NAMES[1]
    assert f"https {scene.primary.port}: certificate: expired" in domain["problem"]
    stack.until("the primary to be known as well", lambda: scene.ready("fra1"))

    sentence = f"not ready for 1 of 2 domains: {NAMES[1]} (https"
    assert sentence in stack.ctl("server", "show", "ams2").stdout
    assert sentence in " ".join(stack.ctl("pool", "show", "shop").stdout.split())
    shown = " ".join(stack.ctl("status").stdout.split())
    assert "could not fail over now" in shown and sentence in shown
    members = {each["name"]: each["ready"] for each in stack.get("/pools/shop")["members"]}
    assert members == {"fra1": True, "ams2": False}
    assert stack.metric("domains_without_standby") == 2
    assert stack.get("/status")["domains_without_standby"] == 2

    scene.primary.close()
    stack.agents["fra1"].kill()
    held = scene.hook.wait_for("failover_held").body["data"]["reason"]
    assert "server 'ams2' would serve pool 'shop', but is not ready for 1 of 2 domains" in held
    assert "understudyctl failover shop" in held
    assert stack.dig(NAMES[0]) == [PRIMARY]

    scene.standby.show(NAMES[1], scene.authority.certify(NAMES[1]))
    for name in NAMES:
        stack.wait_for_addresses(name, [STANDBY])
    kinds = [event["type"] for event in stack.get("/events?limit=100")["items"]]
    assert kinds.count("standby_not_ready") == 1 and kinds.count("standby_ready") == 1


def test_one_domain_that_its_proxy_does_not_know(scene):
    stack = scene.stack
    scene.standby.show(NAMES[1], scene.authority.certify(NAMES[1]))
    stack.until("it to be ready", lambda: scene.ready("ams2"))
    # Not the one whose name the probes ask for: the server itself stays well.
    scene.standby.statuses[NAMES[1]] = 503
    stack.until("it to be unready", lambda: scene.ready("ams2") is False)
    answer = stack.get("/what-if?server=fra1")
    assert "'ams2' would serve pool 'shop', but is not ready" in str(answer)
    stack.ctl("pool", "set-policy", "shop", "--require-ready", "prefer")
    answer = stack.get("/what-if?server=fra1")
    assert answer["domains"]["not_ready"] == 1 and answer["domains"]["moving"] == 2
    text = stack.ctl("what-if", "server", "fra1").stdout
    assert "1 domain of them to a server that is not ready for it" in text
    assert f"{NAMES[1]}: server 'ams2': https" in text
    assert "status 503, 200-499 wanted" in text
