#!/usr/bin/env python3
"""Measures on this machine whether Till keeps its promises about speed and size: `make bench`, `make bench ARGS="orders search"`.

A promise is a ratio or a difference against a yardstick that runs in the same minutes on the same core and disk
(bench/bare.c: the least that a libuv + llhttp server can do for the same bytes; bench/bare_*.c: the same statements in a
loop over SQLite). So the figures mean the same on any machine. Servers run on one core, wrk on another. The sides take
turns. The figure of a row is the median of its rounds, with the spread beside it.

To add a promise, add a row to its group's SCENARIOS. Exit status: 0 all kept, 1 one missed, 2 could not measure.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import checkout
import desk
import distant
import footprint
import importing
import orders
import reads
import search
import signing_in
from load import median_of
from process import BenchError, raise_open_files
from scenario import Bench, Figures, Scenario

BUILD = Path(__file__).resolve().parent.parent / "build"

GROUPS = {
    "reads": reads.SCENARIOS,
    "footprint": footprint.SCENARIOS,
    "orders": orders.SCENARIOS,
    "checkout": checkout.SCENARIOS,
    "search": search.SCENARIOS,
    "import": importing.SCENARIOS,
    "trips": distant.SCENARIOS,
    "sign-ins": signing_in.SCENARIOS,
    "desk": desk.SCENARIOS,
}
CONTROLLED = ("reads",)  # the groups that --control can check


@dataclass(frozen=True)
class Verdict:
    scenario: Scenario
    figures: Figures

    @property
    def kept(self) -> bool:
        return self.scenario.kept(self.figures)

    def cells(self) -> list[str]:
        """The row of the printed table, in the order of COLUMNS."""
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
medians of the rounds, spread is the lowest and the highest of them. Beside orders, adds and searches, bare is the loop
over SQLite (32 in a commit); beside the order with an address, an order without; beside the order alone, it writes as many bytes as one commit and waits for the disk."""


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
    option = parser.add_argument
    option("groups", metavar="GROUP", nargs="*", help=f"only these: {', '.join(GROUPS)}")
    option("--only", metavar="TEXT", default="", help="only scenarios whose name contains TEXT")
    option("--rounds", metavar="N", type=int, default=5, help="rounds of each comparison (5)")
    option("--seconds", metavar="S", type=int, default=2, help="seconds of each side's turn in a round (2)")
    option("--json", metavar="FILE", type=Path, help="write every sample there as well")
    option("--build", metavar="DIR", type=Path, default=BUILD, help="of the release build (build)")
    option("--control", action="store_true", help="bare against itself: shows the noise; ratios should be 1")
    chosen = parser.parse_args()
    if chosen.rounds < 1 or chosen.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    if unknown := [name for name in chosen.groups if name not in GROUPS]:
        parser.error(f"no such group: {', '.join(unknown)}; there are: {', '.join(GROUPS)}")
    return chosen


def check_tools() -> None:
    if sys.platform != "linux":
        raise BenchError("the bench reads /proc and pins processes to cores: it runs on Linux only")
    if shutil.which("wrk") is None:
        raise BenchError("wrk is missing: apt install wrk")


def chosen_scenarios(chosen: argparse.Namespace) -> list[Scenario]:
    names = chosen.groups or (CONTROLLED if chosen.control else GROUPS)
    there = [scenario for name in names for scenario in GROUPS[name]]
    scenarios = [scenario for scenario in there if chosen.only.lower() in scenario.name.lower()]
    if not scenarios:
        names = "\n".join(f"  {scenario.name}" for scenario in there)
        raise BenchError(f"no scenario's name contains '{chosen.only}'; there are:\n{names}")
    return scenarios


def measure_all(chosen: argparse.Namespace) -> list[Verdict]:
    verdicts = []
    scenarios = chosen_scenarios(chosen)
    with tempfile.TemporaryDirectory(prefix="till-bench-") as directory:
        bench = Bench(chosen.build.resolve(), Path(directory), chosen.rounds, chosen.seconds, chosen.control)
        for scenario in scenarios:
            bench.scenario_name = scenario.name
            verdicts.append(Verdict(scenario, scenario.measure(bench)))
    return verdicts


def main() -> int:
    chosen = options()
    # An ordinary exit cleans up servers and databases; the default action of the signal would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    try:
        check_tools()
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
