"""What each endpoint costs on PostgreSQL in round trips: with the database 1 ms away, 87 of them are 87 ms."""
from __future__ import annotations

import pytest

import postgres
from trips import NO_DATABASE, ROUND_TRIPS, Trips

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="counts round trips to PostgreSQL")
REPEATS = 40  # the first prepares statements, and the chores come between in every fifth or so, and in most that hash a password


@pytest.fixture(scope="module")
def counted(serve_module):
    made = Trips(serve_module.folder(), lines=100)  # the longest cart and order
    yield made
    made.stop()


@pytest.mark.parametrize("endpoint", ROUND_TRIPS)
def test_an_endpoint_stays_within_its_round_trips(counted, endpoint):
    bound, prepare = ROUND_TRIPS[endpoint]
    counts = [counted.measure(prepare)[0]]
    while min(counts) > bound and len(counts) < REPEATS:
        counts.append(counted.measure(prepare)[0])
    print(endpoint, counts)
    assert min(counts) <= bound, counts


SEARCHES = [row for row in ROUND_TRIPS if row.startswith(("GET /products/search", "GET /products/suggest")) and "synonym" not in row]


@pytest.fixture(scope="module")
def german(serve_module):
    made = Trips(serve_module.folder(), language="de")
    yield made
    made.stop()


@pytest.mark.parametrize("endpoint", SEARCHES)
def test_compounds_cost_a_search_no_round_trip(german, endpoint):
    test_an_endpoint_stays_within_its_round_trips(german, endpoint)


def test_every_endpoint_has_a_bound(counted):
    document = counted.server.contract.document
    served = {f"{method.upper()} {path}" for path, row in document["paths"].items() for method in row if path not in NO_DATABASE}
    assert served - {" ".join(row.split()[:2]) for row in ROUND_TRIPS} == set()
