"""Till's cost before any request: start-up, memory, idle connections."""

from __future__ import annotations

import functools
import json
import time

import idle
from process import body_of
from reads import LIST_MAX, product_paths, serve
from scenario import Bench, Figures, Scenario

STARTS = 10
MIB = 1024 * 1024


def idle_connections(bench: Bench) -> Figures:
    """Starts a new server each round: freed memory is kept, so a second measurement of one process finds no growth."""
    path = product_paths(bench)[0]
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with serve(bench) as server:
            grown = idle.growth_per_connection(server.resident_bytes, server.port, path)
        rounds.append(grown / 1024)
        bench.progress(f"{rounds[-1]:.2f} KiB each over {idle.CONNECTIONS:,}")
    return Figures(rounds)


@functools.cache
def starts(bench: Bench) -> list[tuple[float, int]]:
    """For each start on the existing database: milliseconds to the first product, and resident bytes then."""
    path = product_paths(bench)[0]
    measured = []
    for _ in range(STARTS):
        with serve(bench) as server:
            server.get(path)
            milliseconds = (time.perf_counter() - server.started_at) * 1000
            measured.append((milliseconds, server.resident_bytes()))
        bench.progress(f"{milliseconds:.1f} ms, {measured[-1][1] / MIB:.1f} MiB")
    return measured


def first_answer(bench: Bench) -> Figures:
    return Figures([milliseconds for milliseconds, _ in starts(bench)])


def resident_memory(bench: Bench) -> Figures:
    return Figures([resident / MIB for _, resident in starts(bench)])


def resident_after_load(bench: Bench) -> Figures:
    """1,000 products, each read on its own, in lists and in searches, three times over, with a full cache of 8 MiB."""
    database = bench.seeded(bench.directory / "thousand.db", 1000)
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with bench.serve(database, "--cache-mib", "8") as server:
            paths = [f"/products?limit=100&offset={offset}" for offset in range(0, 1000, 2)]
            for offset in range(0, 1000, LIST_MAX):
                products = json.loads(body_of(server.get(f"/products?limit={LIST_MAX}&offset={offset}")))
                paths += [f"/products/{product['id']}" for product in products]
                paths += [f"/products/search?q={product['name'].split()[0]}" for product in products]
            for path in paths * 3:
                server.get(path)
            rounds.append(server.resident_bytes() / MIB)
        bench.progress(f"{rounds[-1]:.1f} MiB")
    return Figures(rounds)


SCENARIOS = [
    Scenario("10,000 idle connections", "KiB each", "≤", 4.0, idle_connections),
    Scenario("first answer after exec", "ms", "≤", 50.0, first_answer),
    Scenario("resident memory then", "MiB", "≤", 14.0, resident_memory),
    Scenario("resident memory, loaded", "MiB", "≤", 24.0, resident_after_load),
]
