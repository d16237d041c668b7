"""Lets the integration tests find tests/support; fixtures that several files use."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
pytest.register_assert_rewrite("emulator_process")

from stack import Stack  # noqa: E402

# Begun before the others, because a file is run in one go and the run ends with its last.
LONGEST = ("siblings", "notifications", "provider_trouble", "provider_contract", "provider_calls",
           "probes", "truth_table", "lost_store", "crash", "readiness", "served")


def pytest_collection_modifyitems(items):
    places = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None
