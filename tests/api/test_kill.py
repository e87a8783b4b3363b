"""kill -9 under load, again and again. After the restart, everything that was answered is there with the same content.
A request without an answer took effect wholly or not at all, and a retry with its Idempotency-Key shows which.

20 cycles; 200 if CI is set, 3,000 if SOAK is.
"""
from __future__ import annotations

import dataclasses
import json
import os
import random
import statistics
import threading
import time

from server import Server
from shopping import audit, create, query, session
from wire import Answer, Closed, message

CYCLES = 3000 if os.environ.get("SOAK") else 200 if os.environ.get("CI") else 20
FRESH_AFTER = 50  # cycles on one database, so that checking it stays short
SHOPPERS = 12
LOAD_MS = (5, 120)  # before the kill


@dataclasses.dataclass
class Placement:
    """A request for an order, and what the shopper knows about its outcome."""

    key: str
    body: bytes
    answer: bytes | None = None  # of the 201, as it came
    cancel: str = "not asked"  # then "asked", while the outcome is unknown, then "answered"

    @property
    def shown(self) -> dict:
        return json.loads(self.answer)


class Shopper(threading.Thread):
    """Fills its cart, orders, sometimes cancels, and remembers every answer, until the server is gone."""

    def __init__(self, name: str, seed: int):
        super().__init__(name=name, daemon=True)
        self.random = random.Random(seed)
        self.headers = session(name) | {"content_type": "application/json"}
        self.placements: list[Placement] = []
        self.failure: BaseException | None = None

    def connect(self, server: Server, products: list[dict]) -> None:
        self.wire, self.products = server.wire(), products

    def ask(self, method: str, path: str, body: bytes | None = None, **headers) -> Answer:
        return self.wire.request(method, path, body, **self.headers, **headers).answer()

    def run(self) -> None:
        try:
            while True:
                self.shop()
        except (Closed, OSError):
            pass  # killed
        except BaseException as failure:  # a test's thread cannot raise
            self.failure = failure

    def shop(self) -> None:
        lines = []
        for product in self.random.sample(self.products, self.random.randint(1, 3)):
            body = json.dumps({"product_id": product["id"], "quantity": self.random.randint(1, 5)}).encode()
            answer = self.ask("POST", "/cart", body)
            assert answer.status == 201, answer
            lines.append(answer.json()["id"])
        body = json.dumps({"cart_item_ids": lines}).encode()
        self.placements.append(placement := Placement(f"{self.name}-{len(self.placements)}", body))
        answer = self.place(placement)
        assert answer.status == 201 and answer["idempotent-replayed"] is None, answer
        placement.answer = answer.body
        if self.random.random() < 0.3:
            self.cancel(placement)

    def place(self, placement: Placement) -> Answer:
        return self.ask("POST", "/orders", placement.body, idempotency_key=placement.key)

    def cancel(self, placement: Placement) -> None:
        placement.cancel = "asked"
        answer = self.ask("POST", f"/orders/{placement.shown['id']}/cancel", b"")
        assert answer.status == 200 and answer.json() == placement.shown | {"status": "cancelled"}, answer
        placement.cancel = "answered"

    # After the restart.

    def orders(self) -> dict[str, dict]:
        found: dict[str, dict] = {}
        while page := self.ask("GET", f"/orders?limit=500&offset={len(found)}").json():
            found |= {order["id"]: order for order in page}
        return found

    def check(self) -> None:
        """Every answer still holds; a retry with its key settles what was not answered."""
        before = self.orders()
        for placement in self.placements:
            if placement.answer is None:
                self.retry(placement, before)
            self.check_order(placement, before)
        answered = {placement.shown["id"] for placement in self.placements if placement.answer}
        assert self.orders().keys() == answered  # no order without a request

    def retry(self, placement: Placement, before: dict[str, dict]) -> None:
        retried = self.place(placement)
        known = {p.shown["id"] for p in self.placements if p.answer}
        unknown = before.keys() - known
        if retried.status == 201 and retried["idempotent-replayed"]:
            assert unknown == {retried.json()["id"]}  # the first request took effect
        elif retried.status == 201:
            assert not unknown and retried.json()["id"] not in before  # it did not, and the retry does
        else:  # a shopper asks for an order only after all its adds were answered
            raise AssertionError(f"{retried.status} {retried.body!r}")
        again = self.place(placement)
        assert (again.status, again.body, again["idempotent-replayed"]) == (201, retried.body, "true")
        placement.answer = retried.body

    def check_order(self, placement: Placement, before: dict[str, dict]) -> None:
        stored = before.get(placement.shown["id"]) or self.ask("GET", f"/orders/{placement.shown['id']}").json()
        if placement.cancel == "asked":
            placement.cancel = "answered" if stored["status"] == "cancelled" else "not asked"
        status = "cancelled" if placement.cancel == "answered" else "pending"
        assert stored == placement.shown | {"status": status}


def run_until_killed(server: Server, shoppers: list[Shopper], load_ms: float) -> None:
    for shopper in shoppers:
        shopper.start()
    time.sleep(load_ms / 1000)
    server.kill()
    for shopper in shoppers:
        shopper.join()


class Shop:
    """A database and its shoppers, over several processes of its server."""

    def __init__(self, serve, number: int):
        self.serve, self.folder = serve, serve.folder()
        self.server = self.start()
        self.products = [create(self.server, price=100 + i, stock_quantity=10**9) for i in range(10)]
        self.shoppers = [Shopper(f"shop-{number}-shopper-{i}", 1000 * number + i) for i in range(SHOPPERS)]

    def start(self) -> Server:
        return self.serve(self.folder, log="none", reserve_minutes=43200, hold_minutes=43200, hold_max=0)

    def cycle(self, load_ms: float) -> float:
        """Load, kill, restart, check. Returns the seconds that the restart took."""
        for shopper in self.shoppers:
            shopper.connect(self.server, self.products)
        run_until_killed(self.server, self.shoppers, load_ms)
        assert not [s.failure for s in self.shoppers if s.failure], [s.failure for s in self.shoppers]
        killed = time.monotonic()
        self.server = self.start()
        took = time.monotonic() - killed
        audit(self.server)
        for shopper in self.shoppers:
            shopper.connect(self.server, self.products)
            shopper.check()
        audit(self.server)
        self.shoppers = [self.successor(shopper) for shopper in self.shoppers]
        return took

    @staticmethod
    def successor(shopper: Shopper) -> Shopper:
        """A shopper of the same name and placements: a thread runs only once."""
        successor = Shopper(shopper.name, shopper.random.randrange(2**32))
        successor.placements = shopper.placements
        return successor

    def end(self) -> None:
        self.server.stop()
        audit(self.server)

    def placements(self) -> int:
        return sum(len(shopper.placements) for shopper in self.shoppers)


def test_killed_under_load(serve, capsys):
    chance, restarts, placements = random.Random(1), [], 0
    for number in range(0, CYCLES, FRESH_AFTER):
        shop = Shop(serve, number)
        for _ in range(min(FRESH_AFTER, CYCLES - number)):
            restarts.append(shop.cycle(chance.uniform(*LOAD_MS)))
        shop.end()
        placements += shop.placements()
        assert query(shop.server, "SELECT count(*) FROM orders") == [(shop.placements(),)]
    assert placements > CYCLES
    with capsys.disabled():
        middle, worst = statistics.median(restarts) * 1000, max(restarts) * 1000
        print(f"\n{CYCLES} kills, {placements} orders, restart in {middle:.0f} ms, at most {worst:.0f} ms")
