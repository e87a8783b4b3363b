"""Load on a fleet while a test kills, restarts or cuts off its nodes: customers, who check afterwards that no answer was lost,
and visitors."""
from __future__ import annotations

import threading
import time

from server import PATIENCE_S, wait_until
from shopping import create
from test_kill import Shopper
from wire import Closed, Wire

SHOPPERS = 8
VISITORS_AT_ONCE = 32


class Customer(Shopper):
    """Repeats a request that was not answered, with its key, and counts how often it had to."""

    def run(self) -> None:
        self.stopping, self.unanswered = False, 0
        try:
            while not self.stopping:
                self.shop()
        except BaseException as failure:  # a test's thread cannot raise
            self.failure = failure

    def connect(self, server, products) -> None:
        super().connect(server, products)
        self.server = server

    def ask(self, method, path, body=None, **headers):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                answer = super().ask(method, path, body, **headers)
            except (Closed, OSError):
                answer = None
            if answer and answer["connection"] == "close" or not answer:
                self.wire.close()
                self.wire = self.server.wire()
            if answer and answer.status not in (502, 503, 504):
                return answer
            self.unanswered += 1
            time.sleep(0.01)
        raise AssertionError(f"{method} {path} is not answered any more: {answer}")

    def place(self, placement):
        answer = self.ask("POST", "/orders", placement.body, idempotency_key=placement.key)
        # If the first request was done and its answer lost, this is a replay, which is as good.
        answer.headers[:] = [(n, v) for n, v in answer.headers if n != "idempotent-replayed"]
        return answer

    def cancel(self, placement) -> None:
        placement.cancel = "asked"
        answer = self.ask("POST", f"/orders/{placement.shown['id']}/cancel", b"")
        assert answer.status in (200, 409), answer
        placement.cancel = "answered"


class Load:
    """Customers who shop while the `with` block runs. At its end, checks that the shop has everything that it answered."""

    def __init__(self, fleet):
        self.fleet = fleet
        products = [create(fleet, price=100 + i, stock_quantity=10**9) for i in range(10)]
        self.customers = [Customer(f"customer-{i}", i) for i in range(SHOPPERS)]
        for one in self.customers:
            one.connect(fleet, products)

    def __enter__(self):
        for one in self.customers:
            one.start()
        return self

    def __exit__(self, kind, *_) -> None:
        for one in self.customers:
            one.stopping = True
        for one in self.customers:
            one.join()
        if kind is None:
            self.check()

    def placements(self) -> int:
        return sum(p.answer is not None for one in self.customers for p in one.placements)

    def wait_for_orders(self) -> None:
        """Waits until each customer has had an answer to one more order."""
        before = [len(one.placements) for one in self.customers]
        wait_until(lambda: self.failed() or all(len(c.placements) > n + 1 for c, n in zip(self.customers, before)))

    def failed(self) -> list:
        return [one.failure for one in self.customers if one.failure]

    def check(self) -> None:
        assert not self.failed(), self.failed()
        for one in self.customers:
            found = one.orders()
            assert found.keys() == {p.shown["id"] for p in one.placements}  # each once, and no order without a request
            for placement in one.placements:
                status = "cancelled" if placement.cancel == "answered" else "pending"
                assert found[placement.shown["id"]] == placement.shown | {"status": status}
                again = Shopper.place(one, placement)
                assert (again.status, again.body, again["idempotent-replayed"]) == (201, placement.answer, "true")


class Visitors(threading.Thread):
    """Visitors who come together, read one page each on a connection of their own, and leave. So at any moment a node has
    connections in its queue that it has not accepted yet. Customers keep their connections and never meet that."""

    def __init__(self, fleet):
        super().__init__(daemon=True)
        self.address, self.page = fleet.address, f"/products/{create(fleet)['id']}"
        self.stopping, self.served, self.turned_away = False, 0, []

    def visit(self) -> None:
        wires = [Wire(self.address, PATIENCE_S) for _ in range(VISITORS_AT_ONCE)]
        for wire in wires:
            wire.request("GET", self.page)
        for wire in wires:
            try:
                status = wire.answer().status
            except (Closed, OSError) as failure:
                status = failure
            if status == 200:
                self.served += 1
            else:
                self.turned_away.append(status)
            wire.close()

    def run(self) -> None:
        while not self.stopping:
            self.visit()

    def stuck(self) -> bool:
        """Whether nobody was answered for half a second."""
        before = self.served + len(self.turned_away)
        time.sleep(0.5)
        return self.served + len(self.turned_away) == before

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stopping = True
        self.join()
