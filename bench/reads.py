"""Catalogue reads against a bare server that sends the same bytes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable

from load import Wrk, alternate
from process import BenchError, Server, bare_server, body_of
from scenario import NO_CACHE, Bench, Figures, Scenario

PRODUCTS = 10_000
# A single product, requested again and again, would find its database pages in the core's cache.
PRODUCTS_READ = 1_000
LIST_MAX = 500

CONTROL_BODY = b'{"control": "' + b"x" * 420 + b'"}'
CONTROL_REPLY = (
    b"HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\nx-request-id: 0123456789abcdef\r\n\r\n%s" % (len(CONTROL_BODY), CONTROL_BODY)
)


def serve(bench: Bench, *flags: str) -> Server:
    """Till on the catalogue. With --control a bare server takes its place, so that all ratios should be 1."""
    if bench.control:
        return bare_server(bench.binary("bench/bare"), CONTROL_REPLY, bench.server_core, bench.directory)
    return bench.serve(bench.seeded(bench.directory / "catalogue.db", PRODUCTS), *flags)


@functools.cache
def product_paths(bench: Bench) -> list[str]:
    """The paths, from another server, because a long list grows the memory of the server that answers it."""
    if bench.control:
        return ["/control"] * 2
    paths = []
    with serve(bench) as server:
        for offset in range(0, PRODUCTS_READ, LIST_MAX):
            products = json.loads(body_of(server.get(f"/products?limit={LIST_MAX}&offset={offset}")))
            paths.extend(f"/products/{product['id']}" for product in products)
    if len(paths) < PRODUCTS_READ:
        raise BenchError(f"the catalogue lists {len(paths)} products where {PRODUCTS_READ} were expected")
    return paths


def list_of_20(bench: Bench) -> list[str]:
    return ["/products?limit=20"]


def against_bare(paths_of: Callable[[Bench], list[str]], ratio: str, *flags: str) -> Callable[[Bench], Figures]:
    """Compares GETs of the paths with a bare server that sends the one of median size among the replies.

    `ratio` is a property of Pair.
    """

    def measure(bench: Bench) -> Figures:
        paths = paths_of(bench)
        with serve(bench, *flags) as till:
            replies = sorted((till.get(path) for path in dict.fromkeys(paths)), key=len)
            reply = replies[len(replies) // 2]
            bench.progress(
                f"{len(replies):,} paths, a reply is {len(reply):,} bytes, {len(body_of(reply)):,} its body"
            )
            with bare_server(bench.binary("bench/bare"), reply, bench.server_core, bench.directory) as bare:
                wrk = Wrk(paths, bench.client_core, bench.directory)
                pairs = alternate(
                    lambda seconds: wrk.run(till, seconds),
                    lambda seconds: wrk.run(bare, seconds),
                    bench.rounds,
                    bench.seconds,
                    bench.progress,
                )
        return Figures([getattr(pair, ratio) for pair in pairs], pairs)

    return measure


SCENARIOS = [
    Scenario("product by id, no cache", "× CPU", "≤", 2.2, against_bare(product_paths, "cpu_ratio", *NO_CACHE)),
    Scenario("list of 20, no cache", "× CPU", "≤", 5.0, against_bare(list_of_20, "cpu_ratio", *NO_CACHE)),
    Scenario("product by id, cached", "× req/s", "≥", 0.85, against_bare(product_paths, "rate_ratio")),
    Scenario("list of 20, cached", "× req/s", "≥", 0.85, against_bare(list_of_20, "rate_ratio")),
]
