"""Lets the integration tests find tests/support; fixtures that several files use."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
pytest.register_assert_rewrite("emulator_process")

from browser import Browser  # noqa: E402
from stack import Stack  # noqa: E402

# Begun before the others, because a file is run in one go and the run ends with its last.
LONGEST = ("lying_siblings", "agent", "siblings", "probes", "provider_trouble", "notifications",
           "provider_calls", "dynamic_address", "truth_table", "crash", "agent_checks",
           "lost_store", "page", "page_orders", "failover", "served", "orders", "readiness")


def pytest_collection_modifyitems(items):
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None


@pytest.fixture(scope="module")
def place():
    """A folder that everybody may look into, as /run/understudy is; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="understudy-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def page(stack):
    with Browser(stack.url) as browser:
        browser.log_in(stack.token)
        yield browser
        assert browser.complaints() == []
