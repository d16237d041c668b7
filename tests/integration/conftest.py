"""Lets the integration tests find tests/support; fixtures that several files use."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
pytest.register_assert_rewrite("cloudflare_scene", "emulator_process")

from cloudflare_scene import emulator, scene  # noqa: E402, F401
from stack import Stack  # noqa: E402


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        running.add_provider()
        yield running
        assert running.controller.process.poll() is None
