#!/usr/bin/env python3
"""Till's promises about speed and size, measured on this machine: `make bench`.

A promise is a ratio against a yardstick that runs in the same minutes on the same core (bench/bare.c: the least
that a libuv + llhttp server can do for the same bytes; bench/bare_orders.c: the same statements in a loop over SQLite,
as durable, on the same disk), so the figures mean the same on any machine. Servers run on
one core, wrk on another; the sides take turns; a row's figure is the median of its rounds, its spread beside it.

To add a promise, add a row to SCENARIOS. Exit status: 0 all kept, 1 one missed, 2 could not measure.
"""

from __future__ import annotations

import argparse
import functools
import json
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import idle
import orders
from load import CONNECTIONS, Pair, Wrk, alternate, median_of
from process import BenchError, Server, bare_server, body_of, cores, raise_open_files

BUILD = Path(__file__).resolve().parent.parent / "build"
PRODUCTS = 10_000
# One product asked for again and again would find its pages of the database in the core's own cache.
PRODUCTS_READ = 1_000
LIST_MAX = 500
BATCH = 32  # orders in a commit of the loop over SQLite
STARTS = 10
MIB = 1024 * 1024


@dataclass(frozen=True)
class Scenario:
    """One promise: the median of what `measure` returns is at most, or at least, `target`."""

    name: str
    unit: str
    limit: str  # "≤" or "≥"
    target: float
    measure: Callable[[Bench], Figures]
    writes: bool = False  # against the loop over SQLite, which --control has nothing to say about


@dataclass
class Figures:
    rounds: list[float]
    pairs: list[Pair] = field(default_factory=list)  # of a comparison with the bare server

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


@dataclass
class Bench:
    """What the scenarios share: the binaries, the cores, a directory for databases, and the options."""

    till: Path
    bare: Path
    bare_orders: Path
    directory: Path
    rounds: int
    seconds: int
    control: bool

    def __post_init__(self) -> None:
        self.server_core, self.client_core = cores()
        self.scenario_name = ""

    def progress(self, text: str) -> None:
        print(f"  {self.scenario_name}: {text}", file=sys.stderr, flush=True)

    def run_till(self, *arguments: str) -> str:
        command = [str(self.till), *arguments]
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        if done.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {said}")
        return said

    @functools.cached_property
    def database(self) -> Path:
        """A catalogue of PRODUCTS, made once for all scenarios."""
        path = self.directory / "catalogue.db"
        self.progress(f"making a catalogue of {PRODUCTS:,} products")
        self.run_till("seed", "--db", str(path), "--products", str(PRODUCTS))
        return path

    @functools.cached_property
    def no_cache(self) -> list[str]:
        """A Till that knows no cache yet has nothing to turn off."""
        return ["--cache-mib", "0"] if "--cache-mib" in self.run_till("serve", "--help") else []

    def serve(self, flags: list[str]) -> Server:
        """Till on the catalogue. With --control a bare server stands in for it: all ratios should be 1."""
        if self.control:
            return bare_server(self.bare, CONTROL_REPLY, self.server_core, self.directory)
        command = [str(self.till), "serve", "--db", str(self.database), "--listen", "127.0.0.1:0"]
        command += ["--log", "none", "--threads", "1", *flags]
        return Server("till", command, self.server_core, self.directory)

    @functools.cached_property
    def product_paths(self) -> list[str]:
        """Listed by a server of their own: a long list leaves its mark on the memory of the one that answers it."""
        if self.control:
            return ["/control"] * 2
        paths = []
        with self.serve([]) as server:
            for offset in range(0, PRODUCTS_READ, LIST_MAX):
                products = json.loads(body_of(server.get(f"/products?limit={LIST_MAX}&offset={offset}")))
                paths.extend(f"/products/{product['id']}" for product in products)
        if len(paths) < PRODUCTS_READ:
            raise BenchError(f"the catalogue lists {len(paths)} products where {PRODUCTS_READ} were expected")
        return paths

    @functools.cached_property
    def shop(self) -> orders.Shop:
        """For writes: a database full of carts, made once."""
        self.progress("filling carts")
        return orders.Shop(self.till, self.bare_orders, (self.server_core, self.client_core), self.directory, self.seconds)

    @functools.cached_property
    def orders_at_64(self) -> list[Pair]:
        return self.shop.pairs(orders.ORDERS, CONNECTIONS, BATCH, self.rounds, self.progress)

    @functools.cached_property
    def starts(self) -> list[tuple[float, int]]:
        """Of each start on the existing database: milliseconds to the first product, resident bytes then."""
        path = self.product_paths[0]
        measured = []
        for _ in range(STARTS):
            with self.serve([]) as server:
                server.get(path)
                milliseconds = (time.perf_counter() - server.started_at) * 1000
                measured.append((milliseconds, server.resident_bytes()))
            self.progress(f"{milliseconds:.1f} ms, {measured[-1][1] / MIB:.1f} MiB")
        return measured


CONTROL_BODY = b'{"control": "' + b"x" * 420 + b'"}'
CONTROL_REPLY = (
    b"HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\nx-request-id: 0123456789abcdef\r\n\r\n%s" % (len(CONTROL_BODY), CONTROL_BODY)
)


def reads_against_bare(
    paths_of: Callable[[Bench], list[str]], ratio: str, cached: bool = False
) -> Callable[[Bench], Figures]:
    """Compares GETs of the paths with a bare server that sends the reply of median size among them.

    `ratio` is a property of Pair.
    """

    def measure(bench: Bench) -> Figures:
        paths = paths_of(bench)
        with bench.serve([] if cached or bench.control else bench.no_cache) as till:
            replies = sorted((till.get(path) for path in dict.fromkeys(paths)), key=len)
            reply = replies[len(replies) // 2]
            bench.progress(
                f"{len(replies):,} paths, a reply is {len(reply):,} bytes, {len(body_of(reply)):,} its body"
            )
            with bare_server(bench.bare, reply, bench.server_core, bench.directory) as bare:
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


def idle_connections(bench: Bench) -> Figures:
    """A fresh server each round: freed memory is kept, so a second measure of one process finds nothing."""
    path = bench.product_paths[0]
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with bench.serve([]) as server:
            grown = idle.growth_per_connection(server.resident_bytes, server.port, path)
        rounds.append(grown / 1024)
        bench.progress(f"{rounds[-1]:.2f} KiB each over {idle.CONNECTIONS:,}")
    return Figures(rounds)


def first_answer(bench: Bench) -> Figures:
    return Figures([milliseconds for milliseconds, _ in bench.starts])


def resident_memory(bench: Bench) -> Figures:
    return Figures([resident / MIB for _, resident in bench.starts])


def orders_against_sqlite(bench: Bench) -> Figures:
    return Figures([pair.rate_ratio for pair in bench.orders_at_64], bench.orders_at_64)


def adds_against_sqlite(bench: Bench) -> Figures:
    pairs = bench.shop.pairs(orders.ADDS, CONNECTIONS, BATCH, bench.rounds, bench.progress)
    return Figures([pair.rate_ratio for pair in pairs], pairs)


def order_alone(bench: Bench) -> Figures:
    """What one client's order takes at the median beyond the statements and the fsync of a commit of its own."""
    pairs = bench.shop.pairs(orders.ORDERS, 1, 1, bench.rounds, bench.progress)
    return Figures([pair.till.p50_ms - pair.bare.p50_ms for pair in pairs], pairs)


def order_tail(bench: Bench) -> Figures:
    return Figures([pair.till.p99_ms / pair.till.p50_ms for pair in bench.orders_at_64])


def page_beside_orders(bench: Bench) -> Figures:
    """How much later the 99th of 100 product pages comes while orders are placed."""
    rounds = []
    for _ in range(bench.rounds):
        alone, beside = bench.shop.pages_beside_orders(CONNECTIONS)
        rounds.append(beside.p99_ms - alone.p99_ms)
        bench.progress(f"p99 {alone.p99_ms:.2f} ms alone, {beside.p99_ms:.2f} ms beside orders")
    return Figures(rounds)


def products_by_id(bench: Bench) -> list[str]:
    return bench.product_paths


def list_of_20(bench: Bench) -> list[str]:
    return ["/products?limit=20"]


SCENARIOS = [
    Scenario("product by id, no cache", "× CPU", "≤", 2.2, reads_against_bare(products_by_id, "cpu_ratio")),
    Scenario("list of 20, no cache", "× CPU", "≤", 5.0, reads_against_bare(list_of_20, "cpu_ratio")),
    Scenario("product by id, cached", "× req/s", "≥", 0.85, reads_against_bare(products_by_id, "rate_ratio", cached=True)),
    Scenario("list of 20, cached", "× req/s", "≥", 0.85, reads_against_bare(list_of_20, "rate_ratio", cached=True)),
    Scenario("10,000 idle connections", "KiB each", "≤", 4.0, idle_connections),
    Scenario("first answer after exec", "ms", "≤", 50.0, first_answer),
    Scenario("resident memory then", "MiB", "≤", 20.0, resident_memory),
    Scenario("order of 3 lines, 64 connections", "× SQLite", "≥", 0.5, orders_against_sqlite, writes=True),
    Scenario("order of 3 lines, p99 to median", "×", "≤", 5.0, order_tail, writes=True),
    Scenario("order of 3 lines, alone", "ms more", "≤", 0.3, order_alone, writes=True),
    Scenario("add to the cart, 64 connections", "× SQLite", "≥", 0.4, adds_against_sqlite, writes=True),
    Scenario("product page beside orders, p99", "ms more", "≤", 2.0, page_beside_orders, writes=True),
]


@dataclass(frozen=True)
class Verdict:
    scenario: Scenario
    figures: Figures

    @property
    def kept(self) -> bool:
        wanted, median = self.scenario.target, self.figures.median
        return median <= wanted if self.scenario.limit == "≤" else median >= wanted

    def cells(self) -> list[str]:
        """The row of the printed table; the order is COLUMNS'."""
        s, f = self.scenario, self.figures
        sides = [""] * 6
        if f.pairs:
            till, bare = [p.till for p in f.pairs], [p.bare for p in f.pairs]
            sides = [f"{median_of(side, lambda x: x.rate):,.0f}" for side in (till, bare)]
            sides += [f"{median_of(side, lambda x: x.cpu_us):.2f}" for side in (till, bare)]
            sides += [f"{median_of(side, lambda x: x.busy):.0%}" for side in (till, bare)]
        spread = f"{min(f.rounds):.2f}–{max(f.rounds):.2f}"
        verdict = "ok" if self.kept else "MISSED"
        return [s.name, *sides, f"{f.median:.2f} {s.unit}", spread, f"{s.limit} {s.target:g}", verdict]

    def as_json(self) -> dict[str, object]:
        s, f = self.scenario, self.figures
        described = {"scenario": s.name, "unit": s.unit, "limit": s.limit, "target": s.target}
        measured = {"median": f.median, "rounds": f.rounds, "kept": self.kept}
        return described | measured | {"pairs": [asdict(pair) for pair in f.pairs]}


COLUMNS = ["scenario", "till req/s", "bare req/s", "till µs", "bare µs", "till core", "bare core"]
COLUMNS += ["figure", "spread", "target", ""]
LEGEND = """
µs is the server process's CPU time per request, all threads; core is the share of its core that it used: well under
100 % means that wrk was the slower end or that other programs had the core, so compare CPU, not req/s. Figures are
medians of the rounds, spread is the lowest and the highest of them. Beside orders and adds, bare is the loop over SQLite,
32 of them in a commit; beside the order alone, one."""


def print_table(verdicts: list[Verdict]) -> None:
    rows = [COLUMNS, *(verdict.cells() for verdict in verdicts)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    print()
    for row in rows:
        figures = (cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True))
        print("  ".join([row[0].ljust(widths[0]), *figures, row[-1]]).rstrip())
    print(LEGEND)


def machine() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return f"{model[1] if model else platform.machine()}, Linux {platform.release()}"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="TEXT", default="", help="only scenarios whose name contains TEXT")
    option = parser.add_argument
    option("--rounds", metavar="N", type=int, default=5, help="rounds of each comparison (5)")
    option("--seconds", metavar="S", type=int, default=3, help="seconds of each side's turn in a round (3)")
    option("--json", metavar="FILE", type=Path, help="write every sample there as well")
    option("--till", metavar="PATH", type=Path, default=BUILD / "till", help="the release binary (build/till)")
    option(
        "--bare", metavar="PATH", type=Path, default=BUILD / "bench/bare", help="the yardstick (build/bench/bare)"
    )
    option(
        "--bare-orders", metavar="PATH", type=Path, default=BUILD / "bench/bare_orders", help="the one for orders"
    )
    option("--control", action="store_true", help="bare against itself: shows the noise; ratios should be 1")
    chosen = parser.parse_args()
    if chosen.rounds < 1 or chosen.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    return chosen


def check_tools(chosen: argparse.Namespace) -> None:
    if sys.platform != "linux":
        raise BenchError("the bench reads /proc and pins processes to cores: it runs on Linux only")
    if shutil.which("wrk") is None:
        raise BenchError("wrk is missing: apt install wrk")
    for binary in [chosen.bare] if chosen.control else [chosen.till, chosen.bare, chosen.bare_orders]:
        flag = binary.name.replace("_", "-")
        if not binary.is_file():
            raise BenchError(
                f"{binary} is missing: run `make build`, or say where it is with --{flag} PATH"
            )


def measure_all(chosen: argparse.Namespace) -> list[Verdict]:
    there = [s for s in SCENARIOS if not (chosen.control and s.writes)]
    scenarios = [s for s in there if chosen.only.lower() in s.name.lower()]
    if not scenarios:
        names = "\n".join(f"  {scenario.name}" for scenario in SCENARIOS)
        raise BenchError(f"no scenario's name contains '{chosen.only}'; there are:\n{names}")
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="till-bench-") as directory:
        bench = Bench(
            till=chosen.till.resolve(),
            bare=chosen.bare.resolve(),
            bare_orders=chosen.bare_orders.resolve(),
            directory=Path(directory),
            rounds=chosen.rounds,
            seconds=chosen.seconds,
            control=chosen.control,
        )
        for scenario in scenarios:
            bench.scenario_name = scenario.name
            verdicts.append(Verdict(scenario, scenario.measure(bench)))
    return verdicts


def main() -> int:
    chosen = options()
    # An ordinary exit runs the clean-up of servers and databases; the signal's own default would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    try:
        check_tools(chosen)
        raise_open_files()
        print(f"bench on {machine()}", file=sys.stderr)
        verdicts = measure_all(chosen)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 2
    print_table(verdicts)
    if chosen.json:
        report = {"machine": machine(), "results": [verdict.as_json() for verdict in verdicts]}
        chosen.json.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return 0 if all(verdict.kept for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
