#!/usr/bin/python3
"""The owner's desk on PostgreSQL, in a shop of a million products and a million orders that is made as bench/desk.py makes it and
copied with `till copy`: each list's slowest filter, the summary, and what an order takes meanwhile. Exit status 1: one misses.

    python3 bench/desk_postgres.py [ROUNDS] [PRODUCTS ORDERS]
"""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "api"))
os.environ["TILL_TEST_DB"] = "postgres"
import desk_shop  # noqa: E402
import postgres  # noqa: E402
from desk import DAYS, shopper_beside_clerks  # noqa: E402
from desk_lists import LISTS, TOKEN, Desk, p99, slowest  # noqa: E402
from server import TILL  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
PRODUCTS, ORDERS = (int(number) for number in sys.argv[2:4]) if len(sys.argv) > 3 else (1_000_000, 1_000_000)
LIST_MS, KEPT_MS, MEDIAN_RATIO, P99_RATIO = 150.0, 50.0, 1.25, 3.0
missed = []


def till(*arguments: str) -> str:
    done = subprocess.run([str(TILL), *arguments], capture_output=True, text=True, env={"TILL_AS_ROOT": "true"} | os.environ, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def report(name: str, figure: float, target: float, unit: str) -> None:
    print(f"{name}: {figure:.2f} {unit}, target {target:g}{'' if figure <= target else ' MISSED'}", flush=True)
    if figure > target:
        missed.append(name)


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def measure(port: int) -> None:
    desk = Desk(port)
    while desk.get("/admin/summary", days="7")[1]["days_missing"]:
        time.sleep(1)
    cold = max(desk.get("/admin/summary", days=days)[0] for days in ("365", "30"))
    report("summary, cold", cold, 1000.0, "ms")
    report("summary, kept, p99", p99([desk.get("/admin/summary", days=days)[0] for days in DAYS * 30]), KEPT_MS, "ms")
    for name, asks in LISTS.items():
        asked = asks(desk)
        report(f"{name}, p99", statistics.median(slowest(desk, asked, say) for _ in range(ROUNDS)), LIST_MS, "ms")
    ratios = shopper_beside_clerks(port, ROUNDS, say)
    for at, name, target in ((0, "median", MEDIAN_RATIO), (1, "p99", P99_RATIO)):
        report(f"order beside the desk, {name}", statistics.median(ratio[at] for ratio in ratios), target, "× alone")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        file, url = f"{folder}/shop.db", postgres.fresh()
        till("seed", "--products", str(PRODUCTS), "--db", file)
        desk_shop.fill(pathlib.Path(file), ORDERS)
        say(till("audit", "--db", file).strip())
        say(till("copy", "--from", file, "--to", url).splitlines()[0])
        command = [str(TILL), "serve", "--db", url, "--listen", "127.0.0.1:0", "--log", "none", "--threads", "1", "--admin-token", TOKEN]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, env={"TILL_AS_ROOT": "true"} | os.environ)
        try:
            measure(next(int(found[1]) for line in server.stdout if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line))))
        finally:
            server.terminate()
            server.wait()
    return 1 if missed else 0


sys.exit(main())
