"""Lets the tests of what stands for the world in other tests find tests/support."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
pytest.register_assert_rewrite("cloudflare_scene", "emulator_process")

from cloudflare_scene import emulator, scene  # noqa: E402, F401
