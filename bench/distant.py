"""How long requests take if PostgreSQL is 5 ms away in each direction: the relay of the tests (tests/api/proxy.py) holds
every byte back so long. The figure is in round trips of 10 ms; a read does not wait for its last one. The cache is off.

tests/api/test_round_trips.py counts the trips of every endpoint.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from process import BenchError
from scenario import Bench, Figures, Scenario

TESTS = Path(__file__).resolve().parent.parent / "tests" / "api"
DELAY_S = 0.005


@contextlib.contextmanager
def distant_shop(bench: Bench) -> Iterator[object]:
    os.environ |= {"TILL_TEST_DB": "postgres", "TILL": str(bench.binary("till"))}
    sys.path.insert(0, str(TESTS))
    try:
        from trips import Trips
    except ImportError as error:
        raise BenchError(f"{error.name} is missing: tools/setup.sh bench, and run this with /usr/bin/python3") from error
    finally:
        sys.path.remove(str(TESTS))
    with tempfile.TemporaryDirectory(prefix="till-bench-") as folder:
        os.chmod(folder, 0o755)  # PostgreSQL's user reads it
        shop = Trips(Path(folder))
        try:
            yield shop
        finally:
            shop.stop()


@functools.cache
def times(bench: Bench) -> dict[str, list[float]]:
    """The seconds of each endpoint. The first request of each prepares statements and does not count."""
    with distant_shop(bench) as shop:
        from trips import ROUND_TRIPS

        found = {}
        for name in (scenario.name for scenario in SCENARIOS):
            prepare = ROUND_TRIPS[name][1]
            shop.measure(prepare)
            found[name] = [shop.measure(prepare, DELAY_S)[1] for _ in range(bench.rounds)]
            bench.progress(f"{name}: {min(found[name]) * 1e3:.1f} ms")
        return found


def round_trips(name: str, bench: Bench) -> Figures:
    return Figures([seconds / (2 * DELAY_S) for seconds in times(bench)[name]])


# About a fifth more than the trips that a request waits for, and one for everything else: the relay's own time, the
# provider's calls, the disk. The tests have the exact bounds.
LIMITS = {
    "GET /products": 2,
    "GET /products all": 2.5,
    "GET /products/{product_id}": 2,
    "GET /products/search": 6,
    "GET /products/suggest": 6,
    "GET /products/facets": 5,
    "GET /cart": 2,
    "GET /orders": 2.5,
    "GET /orders/{order_id}": 3.5,
    "POST /cart": 5,
    "POST /orders": 6.5,
    "POST /orders with a key": 7.5,
    "POST /payments/create-intent with a key": 8.5,
    "POST /payments/confirm with a key": 8.5,
    "POST /products": 7.5,
}
SCENARIOS = [
    Scenario(name, "× 10 ms", "≤", limit, functools.partial(round_trips, name))
    for name, limit in LIMITS.items()
]
