"""The owner's desk in a shop of a million products and a million orders: its lists, the sums on its first page, and what shoppers
notice of them. bench/desk_postgres.py measures the same on PostgreSQL."""

from __future__ import annotations

import http.client
import json
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import desk_shop
from desk_lists import LISTS, TOKEN, Desk, p99, slowest
from scenario import NO_CACHE, Bench, Figures, Scenario

LARGE = ORDERS = 1_000_000
DAYS = ("7", "30", "365")
SHOPPER_ORDERS = 300  # of one round of a shopper
PAUSE_SECONDS = 0.1  # between two requests of the desk beside shoppers: as four clerks ask who never stop


def shop(bench: Bench) -> Path:
    """A shop with orders, kept for the next run beside its catalogue."""
    catalogue = bench.kept(LARGE)
    path = catalogue.with_name(catalogue.stem + "-orders.db")
    if not path.exists():
        bench.progress(f"making {ORDERS:,} orders")
        unfinished = path.with_suffix(".unfinished")
        shutil.copy(catalogue, unfinished)
        desk_shop.fill(unfinished, ORDERS)
        unfinished.rename(path)
        bench.progress(bench.run_till("audit", "--db", str(path)).strip())
    return path


def lists(name: str) -> Callable[[Bench], Figures]:
    """The worst filter's 99th percentile."""

    def measure(bench: Bench) -> Figures:
        with bench.serve(shop(bench), "--admin-token", TOKEN, *NO_CACHE) as server:
            desk = Desk(server.port)
            asked = LISTS[name](desk)
            return Figures([slowest(desk, asked, bench.progress) for _ in range(min(bench.rounds, 3))])

    return measure


def summaries(bench: Bench, again: bool) -> Figures:
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with bench.serve(shop(bench), "--admin-token", TOKEN, *NO_CACHE) as server:
            desk = Desk(server.port)
            while desk.get("/admin/summary", days=7)[1]["days_missing"]:
                time.sleep(1)
            cold = max(desk.get("/admin/summary", days=days)[0] for days in ("365", "30"))
            kept = p99([desk.get("/admin/summary", days=days)[0] for days in DAYS * 30])
            bench.progress(f"cold {cold:.1f} ms, kept {kept:.1f} ms")
            rounds.append(kept if again else cold)
    return Figures(rounds)


class Shopper:
    """Puts a product into a cart and orders it, without an address, as the seed's shoppers do."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.products = [product["id"] for product in self.get("/products?limit=500") if product["stock_quantity"] > 50]

    def get(self, path: str) -> list:
        self.connection.request("GET", path)
        return json.loads(self.connection.getresponse().read())

    def post(self, path: str, body: dict, session: str) -> dict:
        self.connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", "X-Session-Id": session})
        answer = self.connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 201, body
        return body

    def orders(self, count: int) -> Iterator[float]:
        """Milliseconds of each cart add and its order together."""
        for n in range(count):
            session = f"shopper-{time.time_ns()}-{n}"
            began = time.perf_counter()
            item = self.post("/cart", {"product_id": self.products[n % len(self.products)], "quantity": 1}, session)
            self.post("/orders", {"cart_item_ids": [item["id"]]}, session)
            yield (time.perf_counter() - began) * 1000


class Clerks(threading.Thread):
    """Ask all lists in turn until they are told to go."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.desk, self.over, self.asked = Desk(port), threading.Event(), 0

    def run(self) -> None:
        asked = [one for asks in LISTS.values() for one in asks(self.desk)]
        while not self.over.wait(PAUSE_SECONDS):
            path, filters = asked[self.asked * 37 % len(asked)]
            self.desk.get(path, **filters)
            self.asked += 1


def shopper_beside_clerks(port: int, rounds: int, progress: Callable[[str], None]) -> list[tuple[float, float]]:
    """Of each round, how many times as long an order's median and 99th percentile take while the desk asks its lists."""
    shopper, ratios = Shopper(port), []
    list(shopper.orders(SHOPPER_ORDERS))
    for _ in range(rounds):
        alone = list(shopper.orders(SHOPPER_ORDERS))
        clerks = Clerks(port)
        clerks.start()
        beside = list(shopper.orders(SHOPPER_ORDERS))
        clerks.over.set()
        clerks.join()
        medians = [statistics.median(times) for times in (alone, beside)]
        ratios.append((medians[1] / medians[0], p99(beside) / p99(alone)))
        progress(
            f"order alone median {medians[0]:.2f}, p99 {p99(alone):.2f} ms; beside {clerks.asked} lists {medians[1]:.2f} and {p99(beside):.2f} ms"
        )
    return ratios


def flow_meanwhile(at: int) -> Callable[[Bench], Figures]:
    """The ratio of the medians (0) or of the 99th percentiles (1), on a copy: it is written to."""

    def measure(bench: Bench) -> Figures:
        path = bench.directory / "flow.db"
        if not path.exists():
            shutil.copy(shop(bench), path)
        with bench.serve(path, "--admin-token", TOKEN) as server:
            return Figures([ratios[at] for ratios in shopper_beside_clerks(server.port, bench.rounds, bench.progress)])

    return measure


SCENARIOS = [
    *(Scenario(f"{name} of the desk at a million, the slowest filter, p99", "ms", "≤", 150.0, lists(name)) for name in LISTS),
    Scenario("summary of 1,000,000 orders", "ms", "≤", 1000.0, lambda bench: summaries(bench, False)),
    Scenario("… kept, p99", "ms", "≤", 50.0, lambda bench: summaries(bench, True)),
    Scenario("the seed's order beside the desk, median", "× alone", "≤", 1.25, flow_meanwhile(0)),
    Scenario("… p99", "× alone", "≤", 3.0, flow_meanwhile(1)),
]
