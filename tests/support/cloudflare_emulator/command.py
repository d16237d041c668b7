"""The command line: options, start, the line of ports, and an orderly end."""

import argparse
import asyncio
import json
import os
import signal
import ssl
import sys

from aiohttp import web

from . import state
from .dns_front import DnsFront
from .plan import PLANS
from .rate import Quota
from .server import BASE_PATH, Emulator, server_for
from .traffic import TrafficLog
from .world import Settings, World

_PARENT_CHECK_S = 0.5
_SHUTDOWN_S = 0.2

_EPILOG = """\
On start one line of JSON on standard output gives the ports that were bound:
  {"http_port":40001,"dns_port":40002,"base_url":"http://127.0.0.1:40001/client/v4"}

A first conversation:
  cloudflare-emulator --http-port 8053 --dns-port 5353 &
  curl -d '{"name":"example.com","records":[{"name":"www","type":"A","content":"192.0.2.1"}]}' \\
       http://127.0.0.1:8053/_emulator/zones
  curl -X POST http://127.0.0.1:8053/_emulator/tokens          # answers with a token "value"
  curl -H "Authorization: Bearer $value" http://127.0.0.1:8053/client/v4/zones?name=example.com
  dig +short -p 5353 @127.0.0.1 www.example.com
  curl http://127.0.0.1:8053/_emulator/                        # lists every control call

The state file holds the same documents as the control API takes:
  {"zones": [{"name": "example.com", "records": [...]}], "tokens": [{"value": "..."}]}

It ends on SIGTERM, SIGINT or POST /_emulator/shutdown. README.md beside the package tells more.
"""


def _quota(text):
    requests, slash, seconds = text.partition("/")
    try:
        quota = Quota(int(requests), float(seconds))
    except ValueError:
        quota = None
    if not slash or quota is None or quota.requests < 1 or quota.window_s <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not N/SECONDS, for example 1200/300")
    return quota


_OPTIONS = (
    ("--http-port", "port of the API; 0 takes a free one (default)",
     {"type": int, "default": 0, "metavar": "N"}),
    ("--dns-port", "port of the DNS server, UDP and TCP; 0 takes a free one (default)",
     {"type": int, "default": 0, "metavar": "N"}),
    ("--bind", "address to listen on (default 127.0.0.1)",
     {"default": "127.0.0.1", "metavar": "ADDRESS"}),
    ("--tls-cert", "serve the API by HTTPS with this certificate chain (PEM)",
     {"metavar": "FILE"}),
    ("--tls-key", "private key of the certificate (PEM)", {"metavar": "FILE"}),
    ("--state", "zones, records and tokens to start with (JSON)", {"metavar": "FILE"}),
    ("--plan", "plan of zones that name none (default free)",
     {"choices": sorted(PLANS), "default": "free"}),
    ("--traffic-log", "append every exchange to this file as JSON lines", {"metavar": "FILE"}),
    ("--propagation-ms", "delay from an accepted write to the DNS answer (default 0)",
     {"type": int, "default": 0, "metavar": "N"}),
    ("--quota", "requests per window and user (default 1200/300)",
     {"type": _quota, "default": Quota(), "metavar": "N/SECONDS"}),
    ("--exit-with-parent", "end when the process that started it has ended",
     {"action": "store_true"}),
)  # fmt: skip


def main(arguments=None):
    options = _parse(arguments)
    try:
        return asyncio.run(_run(options))
    except (OSError, ValueError, ssl.SSLError) as error:
        print(f"cloudflare-emulator: {error}", file=sys.stderr)
        return 1


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="cloudflare-emulator",
        description="A local emulator of the DNS part of the Cloudflare API v4, with a DNS server"
        " that serves its zones. For tests and demonstrations; nothing is kept after it ends.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, help_text, keys in _OPTIONS:
        parser.add_argument(name, help=help_text, **keys)
    options = parser.parse_args(arguments)
    if bool(options.tls_cert) != bool(options.tls_key):
        parser.error("--tls-cert and --tls-key belong together; give both or neither")
    return options


async def _run(options):
    parent = os.getppid()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopping.set)
    world = World(Settings(plan=options.plan, propagation_ms=options.propagation_ms))
    if options.state:
        state.load(world, options.state)
    traffic = TrafficLog(options.traffic_log)
    emulator = Emulator(world, options.quota, traffic)
    emulator.shut_down = stopping.set
    dns_front = DnsFront(world.dns)
    emulator.dns_queries = lambda: dns_front.queries
    await dns_front.start(options.bind, options.dns_port)
    runner = web.ServerRunner(server_for(emulator))
    await runner.setup()
    await web.TCPSite(
        runner,
        options.bind,
        options.http_port,
        ssl_context=_tls(options),
        shutdown_timeout=_SHUTDOWN_S,
    ).start()
    _announce(options, runner.addresses[0][1], dns_front.port)
    await _wait(stopping, parent if options.exit_with_parent else None)
    await dns_front.stop()
    await runner.cleanup()
    traffic.close()
    return 0


def _announce(options, http_port, dns_port):
    scheme = "https" if options.tls_cert else "http"
    host = f"[{options.bind}]" if ":" in options.bind else options.bind
    line = {
        "http_port": http_port,
        "dns_port": dns_port,
        "base_url": f"{scheme}://{host}:{http_port}{BASE_PATH}",
    }
    print(json.dumps(line, separators=(",", ":")), flush=True)


def _tls(options):
    if not options.tls_cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(options.tls_cert, options.tls_key)
    return context


async def _wait(stopping, parent):
    """Until told to stop or, if there is a parent to watch, until that has ended."""
    while not stopping.is_set():
        try:
            await asyncio.wait_for(stopping.wait(), _PARENT_CHECK_S if parent else None)
        except asyncio.TimeoutError:
            if os.getppid() != parent:
                return
