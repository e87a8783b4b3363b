#!/usr/bin/env python3
"""Measures how much of src/ the whole suite runs, in lines and in branches: `make coverage`, an hour and a half.

    tools/coverage.py                 builds, runs every step, reports
    tools/coverage.py unit sim        runs only these steps, on top of what was counted before
    tools/coverage.py report          only reports

A served shop may write to no build folder (serve/sandbox/). So counters go to a folder below /var/tmp, where a server may write,
and are copied from there to where gcovr looks for them. A server that a test kills writes none, so what only such servers run
counts as not run; the processes that tests/sim forks write theirs at their end (tests/sim/counters.h). An assert() is no branch: it
has no other way that a test could take.

build-coverage/not-run.txt then lists each line and branch that no test takes. A step that fails is said, and the rest goes on: compiled
without optimisation, and counting, the program is several times slower, so a test may lose its patience.
"""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-coverage"
COUNTERS = pathlib.Path("/var/tmp/till-coverage")
PYTEST = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile"]
ON_POSTGRES = ["shop", "search", "spell", "index", "api", "postgres_transactions"]

# What moves money or stock, or lets somebody in: each of its branches is to be run.
MONEY = ["src/shop/stock", "src/shop/payments/", "src/shop/staff/scopes", "src/shop/staff/sessions", "src/api/session", "src/hooks/", "src/base/crypto/"]

STEPS = {
    "unit": [["meson", "test", "-C", str(BUILD), "--print-errorlogs"]],
    "unit-postgres": [["/usr/bin/python3", "tools/with_postgres.py", "meson", "test", "-C", str(BUILD), "--print-errorlogs", *ON_POSTGRES]],
    "api": [[*PYTEST, "tests/api"]],
    "api-postgres": [["env", "TILL_TEST_DB=postgres", *PYTEST, "tests/api"]],
    "nodes": [[*PYTEST, "tests/nodes"]],
    "desk": [["npm", "ci", "--prefix", "tests/desk", "--no-audit", "--no-fund"], ["tests/desk/run.sh", str(BUILD / "till")]],
    "payments": [["npm", "ci", "--prefix", "tests/payments", "--no-audit", "--no-fund"], ["npm", "test", "--prefix", "tests/payments"]],
    "power": [[str(BUILD / "tests/cuts"), "power"]],
    "commands": [[str(BUILD / "tests/cuts"), "commands"]],
    "calls": [[str(BUILD / "tests/cuts"), "calls"]],
    "reading": [[str(BUILD / "tests/cuts"), "reading"]],
    "failing": [[str(BUILD / "tests/cuts"), "failing"]],
    "sim": [[str(BUILD / "tests/till_sim"), "--operations", "200000"]],
}


def build() -> None:
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(BUILD), "--buildtype=debug", "-Db_coverage=true", "-Dc_args=-O0 -fprofile-update=atomic"], cwd=ROOT, check=True)
    subprocess.run(["ninja", "-C", str(BUILD), "--quiet", "all", "tests/cuts", "tests/till_sim", "tests/probe_server", "tests/probe_totals"], cwd=ROOT, check=True)
    place = COUNTERS / BUILD.relative_to("/")
    for folder in [BUILD, *(path for path in BUILD.rglob("*.p") if path.is_dir())]:
        (place / folder.relative_to(BUILD)).mkdir(parents=True, exist_ok=True)
    for folder, _, _ in os.walk(COUNTERS):  # some tests serve as another user
        os.chmod(folder, 0o777)


def run(name: str) -> bool:
    begun, log = time.monotonic(), BUILD / f"{name}.log"
    os.umask(0)  # a server that runs as another user adds to the same counters
    environment = os.environ | {"GCOV_PREFIX": str(COUNTERS), "TILL": str(BUILD / "till"), "TILL_PROBE": str(BUILD / "tests/probe_server")}
    print(f"{name:<16}", end="", flush=True)
    with open(log, "wb") as output:
        done = all(subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False).returncode == 0 for command in STEPS[name])
    print(f"{'ok' if done else 'FAILED'} {time.monotonic() - begun:5.0f} s{'' if done else f', see {log.relative_to(ROOT)}'}", flush=True)
    return done


def counted() -> dict:
    """What gcovr has counted, of all steps."""
    place = COUNTERS / BUILD.relative_to("/")
    for counter in place.rglob("*.gcda"):
        shutil.copyfile(counter, BUILD / counter.relative_to(place))
    out = BUILD / "counted.json"
    command = ["gcovr", "--root", str(ROOT), "--filter", "src/", "--object-directory", str(BUILD), "-j", str(os.cpu_count()),
               "--exclude-branches-by-pattern", r".*\bassert\(.*", "--json", str(out), str(BUILD)]  # fmt: skip
    with open(BUILD / "gcovr.log", "wb") as log:
        if subprocess.run(command, cwd=ROOT, stderr=log, check=False).returncode != 0:
            sys.exit(f"coverage: gcovr failed, see {log.name}. Counters of an older build do not fit: run it without steps.")
    return json.loads(out.read_text())


def report() -> None:
    lines, branches, missing = defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0]), []
    for file in counted()["files"]:
        name = file["file"]
        groups = ["all of src/", "/".join(name.split("/")[:3 if name.count("/") > 2 else 2]) + "/"]
        if any(name.startswith(part) for part in MONEY):
            groups.append("what must be whole")
        for line in file["lines"]:
            if line.get("gcovr/noncode"):
                continue
            ways = line["branches"]
            for group in groups:
                lines[group][0] += line["count"] > 0
                lines[group][1] += 1
                branches[group][0] += sum(way["count"] > 0 for way in ways)
                branches[group][1] += len(ways)
            if line["count"] == 0:
                missing.append(f"{name}:{line['line_number']}")
            elif left := sum(way["count"] == 0 for way in ways):
                missing.append(f"{name}:{line['line_number']}: {left} of {len(ways)} ways")
    (BUILD / "not-run.txt").write_text("\n".join(missing) + "\n")
    print(f"{'':<28}{'lines':>16}{'branches':>20}")
    for group in sorted(lines, key=lambda group: (group.startswith("src"), group)):
        shares = [(got, of, 100 * got / of if of else 100.0) for got, of in (lines[group], branches[group])]
        print(f"{group:<28}" + "".join(f"{share:9.1f} % {got:>5}/{of:<5}" for got, of, share in shares))
    print(f"{len(missing)} lines are not run, or not each way: build-coverage/not-run.txt")


def main(names: list[str]) -> int:
    if unknown := set(names) - {*STEPS, "report"}:
        print(f"coverage: there is no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}, report", file=sys.stderr)
        return 2
    if not names:
        shutil.rmtree(COUNTERS, ignore_errors=True)
        if BUILD.exists():
            for counter in BUILD.rglob("*.gcda"):
                counter.unlink()
    failed = 0
    if names != ["report"]:
        build()
        failed = sum(not run(name) for name in STEPS if not names or name in names)
    report()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
