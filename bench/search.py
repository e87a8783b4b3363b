"""Searches over HTTP without the cache, from queries.txt: the 99th percentile in catalogues of two sizes, searches per
second against a bare loop over the same index (bench/bare_search.c), and how much they slow a product page down."""

from __future__ import annotations

import functools
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import beside
from load import Pair, Wrk, run_loop
from process import request_bytes
from queries import KINDS
from scenario import NO_CACHE, Bench, Figures, Scenario, rates_of

QUERIES = Path(__file__).with_name("queries.txt")
SMALL, LARGE = 100_000, 1_000_000
MANY = 32
SUGGESTIONS = 500

Chosen = Callable[[str, dict[str, str]], bool]  # by kind and parameters of a query


@functools.cache
def targets(chosen: Chosen) -> list[str]:
    lines = QUERIES.read_text().splitlines()
    parameters = [dict(urllib.parse.parse_qsl(line.partition("?")[2])) for line in lines]
    return [line for i, line in enumerate(lines) if chosen(KINDS[i % len(KINDS)], parameters[i])]


def narrowed(parameters: dict[str, str]) -> bool:
    return "category" in parameters or "max_price" in parameters


def any_query(kind: str, parameters: dict[str, str]) -> bool:
    return True


def common_alone(kind: str, parameters: dict[str, str]) -> bool:
    return kind == "common" and not narrowed(parameters)


def common_narrowed(kind: str, parameters: dict[str, str]) -> bool:
    return kind == "common" and narrowed(parameters)


def rare(kind: str, parameters: dict[str, str]) -> bool:
    return kind == "rare"


def suggestions(bench: Bench) -> list[str]:
    """The beginnings of each word of the queries, as it is typed letter by letter."""
    words = [urllib.parse.parse_qs(target.partition("?")[2]).get("q", [""])[0] for target in targets(any_query)]
    typed = dict.fromkeys(word[:size] for word in words for size in range(1, len(word) + 1))
    return [f"/products/suggest?q={urllib.parse.quote(text)}" for text in list(typed)[:SUGGESTIONS]]


def one_client(products: int, paths_of: Callable[[Bench], list[str]]) -> Callable[[Bench], Figures]:
    """The 99th percentile in ms."""

    def measure(bench: Bench) -> Figures:
        paths = paths_of(bench)
        rounds = []
        with bench.serve(bench.kept(products), *NO_CACHE) as server:
            wrk = Wrk(paths, bench.client_core, bench.directory, connections=1)
            wrk.run(server, bench.seconds)
            for _ in range(min(bench.rounds, 3)):
                sample = wrk.run(server, bench.seconds)
                rounds.append(sample.p99_ms)
                bench.progress(f"{sample.requests:,} of {len(paths)}: p50 {sample.p50_ms:.2f}, p99 {sample.p99_ms:.2f} ms")
        return Figures(rounds)

    return measure


def search(products: int, chosen: Chosen) -> Callable[[Bench], Figures]:
    return one_client(products, lambda bench: targets(chosen))


def many_clients(bench: Bench) -> Figures:
    """Compares with the bare loop, in turns."""
    database, pairs = bench.kept(SMALL), []
    command = [str(bench.binary("bench/bare_search")), str(database), str(QUERIES), str(bench.seconds)]
    with bench.serve(database, *NO_CACHE) as server:
        wrk = Wrk(targets(any_query), bench.client_core, bench.directory, connections=MANY)
        wrk.run(server, 1)
        for number in range(bench.rounds):
            if number % 2:
                bare, till = run_loop(command, bench.server_core), wrk.run(server, bench.seconds)
            else:
                till, bare = wrk.run(server, bench.seconds), run_loop(command, bench.server_core)
            pairs.append(Pair(till, bare))
            bench.progress(f"till {till.rate:,.0f}/s, p50 {till.p50_ms:.2f} ms; bare {bare.rate:,.0f}/s")
    return rates_of(pairs)


def page_beside_searches(bench: Bench) -> Figures:
    with bench.serve(bench.kept(LARGE), *NO_CACHE) as server:
        path = server.newest_product()
        wrk = Wrk(targets(any_query), bench.client_core, bench.directory, connections=MANY)
        return Figures([beside.later_by_ms(bench, server, request_bytes(path), wrk) for _ in range(bench.rounds)])


SCENARIOS = [
    Scenario("search 100,000, p99", "ms", "≤", 10.0, search(SMALL, any_query)),
    Scenario("… common words", "ms", "≤", 10.0, search(SMALL, common_alone)),
    Scenario("… common words, category or price", "ms", "≤", 10.0, search(SMALL, common_narrowed)),
    Scenario("… rare words", "ms", "≤", 10.0, search(SMALL, rare)),
    Scenario("… suggestions", "ms", "≤", 5.0, one_client(SMALL, suggestions)),
    Scenario("search 1,000,000, p99", "ms", "≤", 50.0, search(LARGE, any_query)),
    Scenario("… of a million, common words", "ms", "≤", 50.0, search(LARGE, common_alone)),
    Scenario("… of a million, common words, category or price", "ms", "≤", 50.0, search(LARGE, common_narrowed)),
    Scenario("… of a million, rare words", "ms", "≤", 50.0, search(LARGE, rare)),
    Scenario("… of a million, suggestions", "ms", "≤", 5.0, one_client(LARGE, suggestions)),
    Scenario("search, 32 clients", "× SQLite", "≥", 0.8, many_clients),
    Scenario("product page beside searches, p99", "ms more", "≤", 2.0, page_beside_searches),
]
