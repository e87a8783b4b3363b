"""Imports of a million products: against a bare loop over SQLite that fills the same tables (bench/import.c), and into a
shop that is being served."""

from __future__ import annotations

import functools
import re
import subprocess

import beside
from process import BenchError, pinned, request_bytes
from scenario import Bench, Figures, Scenario

PRODUCTS = 1_000_000
ROUND = re.compile(r"ratio ([\d.]+), .* (\d+) MiB")


@functools.cache
def against_loop(bench: Bench) -> tuple[float, float]:
    """The ratio of rows per second, and the import's MiB. One round, because it is long enough to be steady."""
    command = [str(bench.binary("bench/bench_import")), str(bench.binary("till")), str(bench.kept(PRODUCTS)), str(bench.directory), "jsonl", "1"]
    with pinned(bench.server_core):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = ROUND.search(done.stdout)
    if not found:
        raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {done.stdout}{done.stderr}")
    bench.progress(done.stdout.strip())
    for path in bench.directory.glob("bare.db*"):
        path.unlink()
    return float(found[1]), float(found[2])


def rate(bench: Bench) -> Figures:
    return Figures([against_loop(bench)[0]])


def memory(bench: Bench) -> Figures:
    return Figures([against_loop(bench)[1]])


def page_meanwhile(bench: Bench) -> Figures:
    """Imports the file that the comparison exported, on the clients' core."""
    against_loop(bench)
    database = bench.directory / "importing.db"
    bench.run_till("seed", "--demo", "--db", str(database))
    with bench.serve(database) as server:
        command = [str(bench.binary("till")), "import", str(bench.directory / "products.jsonl"), "--db", str(database)]
        with pinned(bench.client_core):
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        _, p99 = beside.latencies_ms(server, request_bytes(server.newest_product()), bench.client_core, lambda: running.poll() is None)
    if running.returncode != 0:
        raise BenchError(f"`{' '.join(command)}` ended with {running.returncode}: {running.stderr.read()}")
    bench.progress(f"p99 of a product page {p99:.2f} ms")
    return Figures([p99])


SCENARIOS = [
    Scenario("import of 1,000,000 rows", "× SQLite", "≥", 0.55, rate),
    Scenario("its memory", "MiB", "≤", 200.0, memory),
    Scenario("product page meanwhile, p99", "ms", "≤", 20.0, page_meanwhile),
]
