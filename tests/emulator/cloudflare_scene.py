"""What the tests of the Cloudflare emulator share: an emulator per module, a zone per test."""

import itertools
import subprocess
import time
from pathlib import Path

import pytest
from emulator_process import BASE_PATH, EmulatorProcess

TESTS = Path(__file__).resolve().parents[1]
_numbers = itertools.count(1)
RECORDS = "/zones/{zone}/dns_records"


class Scene:
    """A zone and a token of its own inside a shared emulator, so that tests do not meet."""

    def __init__(self, emulator, plan="free", **zone):
        self.emulator = emulator
        self.number = next(_numbers)
        self.name = zone.pop("name", f"zone{self.number}.example")
        self.zone = emulator.add_zone(self.name, plan=plan, **zone)
        self.zone_id = self.zone["id"]
        self.records_path = RECORDS.format(zone=self.zone_id)
        self.token = self.new_token()

    def new_token(self, **keys):
        keys.setdefault("owner", f"owner-{next(_numbers)}")
        return self.emulator.add_token(**keys)["value"]

    def api(self, method, path, body=None, **options):
        options.setdefault("token", self.token)
        return self.emulator.api(method, path, body, **options)

    def records(self, query=""):
        return self.api("GET", self.records_path + query)

    def create(self, name, kind="A", content="192.0.2.1", **fields):
        return self.api("POST", self.records_path, new(name, kind, content, **fields))

    def change(self, method, record, body=None):
        return self.api(method, f"{self.records_path}/{record['id']}", body)

    def batch(self, **lists):
        return self.api("POST", f"{self.records_path}/batch", lists)

    def fault(self, kind, method=None, count=1, skip=0, **options):
        match = {"path_regex": self.zone_id, "count": count, "skip": skip}
        if method is not None:
            match["method"] = method
        return self.emulator.add_fault(match, kind=kind, **options)


def new(name, kind="A", content="192.0.2.1", **fields):
    return {"name": name, "type": kind, "content": content, "ttl": 60, **fields}


def wait_for(condition, limit_s=5):
    """Polls; what is waited for is due within milliseconds, the limit is for a busy machine."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"


def openapi_check(traffic, *documents, base_path=BASE_PATH):
    """Runs the validator; its exit status and its lines."""
    assert (TESTS / "support/node_modules").is_dir(), "run `npm ci` in tests/support first"
    documents = documents or (
        TESTS / "fixtures/cloudflare-dns.openapi.json",
        TESTS / "fixtures/cloudflare-dns-additions.openapi.json",
    )
    command = ["node", str(TESTS / "support/openapi_check.mjs"), "--base-path", base_path]
    for document in documents:
        command += ["--document", str(document)]
    command += ["--traffic", str(traffic)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    """Shared by a module; in the end every answer that it gave is held against the description."""
    traffic = tmp_path_factory.mktemp("emulator") / "traffic.jsonl"
    with EmulatorProcess("--traffic-log", traffic) as process:
        yield process
    if not traffic.stat().st_size:
        return
    # Requests that are wrong on purpose are violations of the client; answers must have none.
    _, lines = openapi_check(traffic)
    assert lines[-1].endswith(" violations"), lines
    wrong = [line for line in lines if ": answer " in line or ": status:" in line]
    assert wrong == []


@pytest.fixture
def scene(emulator):
    return Scene(emulator)
