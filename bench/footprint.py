"""What Till takes before it is asked for anything: start-up, memory, idle connections."""

from __future__ import annotations

import functools
import time

import idle
from reads import product_paths, serve
from scenario import Bench, Figures, Scenario

STARTS = 10
MIB = 1024 * 1024


def idle_connections(bench: Bench) -> Figures:
    """A fresh server each round: freed memory is kept, so a second measure of one process finds nothing."""
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
    """Of each start on the existing database: milliseconds to the first product, resident bytes then."""
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


SCENARIOS = [
    Scenario("10,000 idle connections", "KiB each", "≤", 4.0, idle_connections),
    Scenario("first answer after exec", "ms", "≤", 50.0, first_answer),
    Scenario("resident memory then", "MiB", "≤", 20.0, resident_memory),
]
