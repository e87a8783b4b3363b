"""kill -9 while clerks take orders by phone, send parts of them and give parts of the money back. After the restart each
answer still holds, each request that had none took effect once or not at all, and nothing is sent that was not bought.

10 cycles; 40 if CI is set, 1,000 if SOAK is; more, if a busy machine sends too few parcels in them.
"""
from __future__ import annotations

import dataclasses
import json
import os
import random
import threading

from server import TOKEN
from shopping import audit, create
from test_kill import run_until_killed
from wire import Answer, Closed

CYCLES = 1000 if os.environ.get("SOAK") else 40 if os.environ.get("CI") else 10
CLERKS = 8
LOAD_MS = (5, 120)  # before the kill
UNITS = 3


@dataclasses.dataclass
class Wish:
    """A request with a key, and its answer if it came."""

    path: str
    body: bytes
    key: str
    answer: bytes | None = None


@dataclasses.dataclass
class Order:
    id: str
    parcels: list[Wish] = dataclasses.field(default_factory=list)
    refunds: list[Wish] = dataclasses.field(default_factory=list)


class Clerk(threading.Thread):
    """Works until the server is gone."""

    def __init__(self, number: int, product: dict, seed: int):
        super().__init__(daemon=True)
        self.number, self.product, self.random, self.failure = number, product, random.Random(seed), None
        self.taken: list[Wish] = []
        self.orders: list[Order] = []
        self.count = 0

    def again(self) -> Clerk:
        """A clerk with the same memory: a thread runs only once."""
        next = Clerk(self.number, self.product, self.random.randrange(2**32))
        next.taken, next.orders, next.count = self.taken, self.orders, self.count
        return next

    def connect(self, server) -> None:
        self.wire = server.wire()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers) -> Answer:
        return self.wire.request(method, path, body, authorization=f"Bearer {TOKEN}", content_type="application/json", **headers).answer()

    def run(self) -> None:
        try:
            while True:
                self.work()
        except (Closed, OSError):
            pass  # killed
        except BaseException as failure:  # a test's thread cannot raise
            self.failure = failure

    def wish(self, path: str, body: dict, among: list[Wish]) -> dict:
        """Asks for something with a key of its own."""
        self.count += 1
        among.append(wish := Wish(path, json.dumps(body).encode(), f"clerk-{self.number}-{self.count}"))
        return self.send(wish)

    def send(self, wish: Wish) -> dict:
        answer = self.ask("POST", wish.path, wish.body, idempotency_key=wish.key)
        assert answer.status == 201 and wish.answer in (None, answer.body), (answer, wish)
        wish.answer = answer.body
        return answer.json()

    def work(self) -> None:
        body = {"items": [{"product_id": self.product["id"], "quantity": UNITS}], "mark_paid": True}
        order = Order(self.wish("/admin/orders", body, self.taken)["order"]["id"])
        self.orders.append(order)
        for _ in range(self.random.randint(1, UNITS)):
            unit = {"items": [{"line": 0, "quantity": 1}]}
            if self.random.random() < 0.6:
                self.wish(f"/orders/{order.id}/fulfillments", unit, order.parcels)
            else:
                self.wish(f"/orders/{order.id}/refunds", unit, order.refunds)

    # After the restart.

    def check(self) -> None:
        for wish in self.taken[-3:]:
            self.send(wish)
        if len(self.taken) > len(self.orders):  # the last one's answer was lost
            self.orders.append(Order(json.loads(self.taken[-1].answer)["order"]["id"]))
        for order in self.orders[-5:]:
            for wish in order.parcels + order.refunds:
                self.send(wish)
            whole = self.ask("GET", f"/admin/orders/{order.id}").json()["order"]
            assert [parcel["id"] for parcel in whole["fulfillments"]] == [json.loads(wish.answer)["id"] for wish in order.parcels]
            assert whole["refunded_amount"] == len(order.refunds) * self.product["price"]
            assert whole["items"][0]["shipped_quantity"] == len(order.parcels)
            assert whole["items"][0]["refunded_quantity"] == len(order.refunds)


def parcels(clerks: list[Clerk]) -> int:
    return sum(len(order.parcels) for clerk in clerks for order in clerk.orders)


def test_clerks_lose_nothing(serve):
    chance, folder = random.Random(1), serve.folder()
    server = serve(folder, log="none")
    lamp = create(server, price=700, stock_quantity=10**9)
    clerks = [Clerk(number, lamp, number) for number in range(CLERKS)]
    for cycle in range(10 * CYCLES):
        if cycle >= CYCLES and parcels(clerks) > CYCLES:
            break
        for clerk in clerks:
            clerk.connect(server)
        run_until_killed(server, clerks, chance.uniform(*LOAD_MS))
        assert not [clerk.failure for clerk in clerks if clerk.failure], [clerk.failure for clerk in clerks]
        server = serve(folder, log="none")
        for clerk in clerks:
            clerk.connect(server)
            clerk.check()
        audit(server)
        clerks = [clerk.again() for clerk in clerks]
    assert sum(len(clerk.orders) for clerk in clerks) > CYCLES
    assert parcels(clerks) > CYCLES
