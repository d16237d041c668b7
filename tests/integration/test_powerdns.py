"""The PowerDNS server that tests and drills start: as a program, from start to an orderly end."""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import dns.message
import dns.query
import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "support" / "powerdns.py"
_ANSWER_S = 10


@pytest.fixture
def scratch():
    # Not pytest's own: the path of a UNIX socket below it has to fit into 107 bytes.
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_it_serves_its_zones_until_sigterm_and_leaves_nothing_behind(scratch):
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), "--zone", "example.org", "--address", "192.0.2.10"],
        stdout=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(scratch)},
    )
    try:
        line = json.loads(process.stdout.readline())
        assert set(line) == {"api_url", "api_key", "dns_port"}
        query = dns.message.make_query("www.example.org", "A")
        answer = dns.query.udp(query, "127.0.0.1", timeout=_ANSWER_S, port=line["dns_port"])
        assert [rdata.to_text() for rdata in answer.answer[0]] == ["192.0.2.10"]
        assert len(list(scratch.iterdir())) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(_ANSWER_S) == 0
        assert not list(scratch.iterdir())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
