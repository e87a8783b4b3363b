"""The owner's desk in a shop of a million products and a million orders: its lists, and the sums on its first page."""

from __future__ import annotations

import http.client
import itertools
import json
import math
import random
import shutil
import sqlite3
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from scenario import NO_CACHE, Bench, Figures, Scenario

LARGE = 1_000_000
ORDERS, DAYS = 1_000_000, 400
TOKEN = "0123456789012345678901234567890123456789abc"
DAY_US = 86_400_000_000


def made_orders(dice: random.Random) -> Iterator[tuple]:
    """Orders of the last days, oldest first: (seq, id, session, total, status, created, closed)."""
    now, products = time.time_ns() // 1000, LARGE
    for seq in range(1, ORDERS + 1):
        created = now - (ORDERS - seq) * (DAYS * DAY_US // ORDERS) - 1
        status = dice.choices(("shipped", "paid", "expired", "refunded"), (80, 8, 10, 2))[0]
        key = (created // 1000).to_bytes(6, "big") + dice.randbytes(10)
        yield seq, key, dice.randbytes(16), dice.randrange(100, 100_000), status, created, created + 60_000_000, 1000 + dice.randrange(products - 1000)


def fill(path: Path) -> None:
    """Writes the orders as the shop has them, with a line, a movement, a payment and some refunds each; what is taken stays in stock."""
    db, dice = sqlite3.connect(path, isolation_level=None), random.Random(1)
    orders = made_orders(dice)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("BEGIN")
    while chunk := list(itertools.islice(orders, 50_000)):
        sold = [row for row in chunk if row[4] != "expired"]
        db.executemany("INSERT INTO orders (seq, id, session, total_amount, currency, status, created_at, expires_at, closed_at) VALUES (?, ?, ?, ?, 'usd', ?, ?, ?, ?)",
                       [(*row[:6], row[5] + 1_800_000_000, row[6]) for row in chunk])
        db.executemany("INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase) VALUES (?, 0, ?, 1, ?)", [(row[0], row[7], row[3]) for row in chunk])
        db.executemany("INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at) VALUES (?, ?, 'sold', 1, ?)", [(row[7], row[0], row[6]) for row in sold])
        db.executemany("INSERT INTO payments (seq, id, order_seq, provider, amount, currency, status, created_at, changed_at) VALUES (?, ?, ?, 'mock', ?, 'usd', ?, ?, ?)",
                       [(row[0], row[1], row[0], row[3], "failed" if row[4] == "expired" else "succeeded", row[5], row[6]) for row in chunk])
        db.executemany("INSERT INTO refunds (id, order_seq, payment, amount, shipping, status, origin, succeeded_at, notify, created_at) VALUES (?, ?, ?, ?, 0, 'succeeded', 'staff', ?, 0, ?)",
                       [(row[1], row[0], row[0], row[3], row[6] + DAY_US, row[6]) for row in sold if row[4] == "refunded"])
    db.execute("COMMIT")
    db.close()


def shop(bench: Bench) -> Path:
    """A shop with orders, kept for the next run beside its catalogue."""
    catalogue = bench.kept(LARGE)
    path = catalogue.with_name(catalogue.stem + "-orders.db")
    if not path.exists():
        bench.progress(f"making {ORDERS:,} orders")
        unfinished = path.with_suffix(".unfinished")
        shutil.copy(catalogue, unfinished)
        fill(unfinished)
        unfinished.rename(path)
    return path


class Desk:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path: str, **parameters) -> tuple[float, object]:
        """Milliseconds, and what was answered."""
        began = time.perf_counter()
        self.connection.request("GET", path + "?" + urllib.parse.urlencode(parameters), headers={"Authorization": f"Bearer {TOKEN}"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return (time.perf_counter() - began) * 1000, json.loads(body)


def p99(times: list[float]) -> float:
    return sorted(times)[math.ceil(len(times) * 0.99) - 1]


def filters(category: str) -> list[dict]:
    axes = itertools.product([{}, {"active": "true"}, {"active": "false"}], [{}, {"stock_below": 5}, {"stock_below": 50}, {"stock_below": 200}], [{}, {"category": category}],
                             [{}, {"sort": "price_asc"}, {"sort": "name_asc"}, {"q": "lamp"}, {"q": "desk lamp"}, {"q": "s"}])
    return [{name: value for part in parts for name, value in part.items()} for parts in axes]


def products(bench: Bench) -> Figures:
    """The worst filter's 99th percentile."""
    rounds = []
    with bench.serve(shop(bench), "--admin-token", TOKEN, *NO_CACHE) as server:
        desk = Desk(server.port)
        asked = filters(desk.get("/categories")[1][0]["category"])
        for _ in range(min(bench.rounds, 3)):
            worst = max((p99([desk.get("/admin/products", **one)[0] for _ in range(30)]), str(one)) for one in asked)
            rounds.append(worst[0])
            bench.progress(f"{len(asked)} filters: the slowest is {worst[1]}, p99 {worst[0]:.1f} ms")
    return Figures(rounds)


def summaries(bench: Bench, again: bool) -> Figures:
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with bench.serve(shop(bench), "--admin-token", TOKEN, *NO_CACHE) as server:
            desk = Desk(server.port)
            while desk.get("/admin/summary", days=7)[1]["days_missing"]:
                time.sleep(1)
            cold = max(desk.get("/admin/summary", days=days)[0] for days in (365, 30))
            kept = max(desk.get("/admin/summary", days=days)[0] for days in (365, 30) * 10)
            bench.progress(f"cold {cold:.1f} ms, kept {kept:.1f} ms")
            rounds.append(kept if again else cold)
    return Figures(rounds)


SCENARIOS = [
    Scenario("list of 1,000,000 products, the slowest filter, p99", "ms", "≤", 150.0, products),
    Scenario("summary of 1,000,000 orders", "ms", "≤", 1000.0, lambda bench: summaries(bench, False)),
    Scenario("… kept", "ms", "≤", 50.0, lambda bench: summaries(bench, True)),
]
