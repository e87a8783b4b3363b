"""Nodes behind a balancer, always on PostgreSQL, whatever TILL_TEST_DB says. The API tests' modules can be imported."""
import os
import pathlib
import sys

os.environ["TILL_TEST_DB"] = "postgres"
API = pathlib.Path(__file__).resolve().parents[1] / "api"
sys.path.insert(0, str(API))

import pytest  # noqa: E402

pytest.register_assert_rewrite("shopping", "load", "test_kill")

import fleet as fleets  # noqa: E402
import postgres  # noqa: E402
from proxy import proxy  # noqa: E402, F401, a fixture


@pytest.fixture
def fleet(tmp_path_factory):
    """Starts fleets, and stops them after the test."""
    started: list[fleets.Fleet] = []

    def start(**flags) -> fleets.Fleet:
        folder = tmp_path_factory.mktemp("fleet")
        started.append(made := fleets.Fleet(folder, **({"log": "none", "drain_seconds": fleets.DRAIN_S, "reserve_minutes": 43200, "hold_minutes": 43200, "hold_max": 0} | flags)))
        return made

    yield start
    for one in started:
        one.stop()
        postgres.drop(one.folder)
