"""Shared fixtures of the template tests."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytest_plugins = ["deployed"]

import expansion  # noqa: E402
import servers  # noqa: E402


@pytest.fixture(scope="session")
def expanded() -> dict:
    return expansion.expanded()


@pytest.fixture(scope="session")
def machine() -> dict:
    """The state machine's definition, as written."""
    return json.loads((servers.ROOT / "infra/statemachines/initial-load.asl.json").read_text())
