#!/usr/bin/python3
"""What the controller's probes cost: its schedule and worker against a bare curl multi that asks
the same of the same server, in the same process; and what they cost the loop (probe_cost).

    tests/bench/probe_bench.py [--quick]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from figures import Aim, note, show  # noqa: E402
from test_authority import Authority  # noqa: E402

BIN = Path(os.environ.get("UNDERSTUDY_BIN",
                          Path(__file__).resolve().parents[2] / "build" / "dev" / "bin"))
IN_FLIGHT = 50
# 5,000 servers every 10 s on one core.
LIMIT_MS = 2

# Its own process: the time it takes is not the controller's.
SERVER = """
import asyncio, ssl, sys
async def answer(reader, writer):
    try:
        await reader.readuntil(b"\\r\\n\\r\\n")
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
        await writer.drain()
        await reader.read()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()
async def main():
    context = None
    if len(sys.argv) > 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[1:3])
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def measure(scheme, count, certificate=()):
    with subprocess.Popen([sys.executable, "-c", SERVER, *map(str, certificate)],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            port = server.stdout.readline().strip()
            done = subprocess.run([BIN / "probe_load", scheme, port, str(count), str(IN_FLIGHT)],
                                  check=True, stdout=subprocess.PIPE, text=True)
        finally:
            server.kill()
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    subprocess.run([BIN / "probe_cost", *(["--quick"] if quick else [])], check=True)
    print(flush=True)
    plain, tls = (400, 200) if quick else (20_000, 3_000)
    note(f"{IN_FLIGHT} probes at a time, each over a connection of its own: {plain:,} over HTTP, "
         f"{tls:,} over HTTPS.")
    with tempfile.TemporaryDirectory() as folder:
        certificate = Authority(folder).certify("www.example.org")
        for scheme, count, files in (("http", plain, ()), ("https", tls, certificate)):
            found = measure(scheme, count, files)
            assert found["served"] >= count, found
            show(f"one core's time for a probe, {scheme}", found["ours_ms"] / count, "ms",
                 "a bare curl multi", found["bare_ms"] / count, Aim(LIMIT_MS))
            show(f"probes of one core, {scheme}", 1e3 * count / found["ours_ms"], "probes/s",
                 "a bare curl multi", 1e3 * count / found["bare_ms"])


if __name__ == "__main__":
    main()
