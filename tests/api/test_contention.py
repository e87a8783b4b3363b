"""Many shoppers order products that are nearly sold out: nothing is sold twice. SOAK=1 makes a million placements."""
import collections
import json
import os

from shopping import add, audit, create, query, session, shopper, stock
from wire import message

PLACEMENTS = 1_000_000 if os.environ.get("SOAK") else 2_000


def request(method: str, path: str, name: str, body=None, **headers) -> bytes:
    body = b"" if body is None else json.dumps(body).encode()
    return message(method, path, body, content_type="application/json", **session(name), **headers)


def test_ten_units_and_200_buyers(serve):
    server = serve()
    lamp = create(server, stock_quantity=10)
    buyers = [f"buyer-{i}" for i in range(200)]
    lines = {buyer: add(shopper(server, buyer), lamp) for buyer in buyers}
    wires = {buyer: server.wire() for buyer in buyers}
    for buyer, wire in wires.items():
        wire.send(request("POST", "/orders", buyer, {"cart_item_ids": [lines[buyer]["id"]]}))
    answers = {buyer: wire.answer() for buyer, wire in wires.items()}
    assert collections.Counter(answer.status for answer in answers.values()) == {201: 10, 409: 190}
    for answer in answers.values():
        if answer.status == 409:
            short = [{"product_id": lamp["id"], "requested": 1, "available": 0}]
            assert answer.json() == {"detail": "Insufficient stock", "short": short}
    assert stock(server, lamp) == 0
    assert query(server, "SELECT count(*), sum(total_amount) FROM orders") == [(10, 10 * lamp["price"])]
    for buyer in buyers:
        client = shopper(server, buyer)
        assert len(client.get("/orders").json()) == (answers[buyer].status == 201)
        assert len(client.get("/cart").json()) == (answers[buyer].status == 409)
    audit(server)


class Buyer:
    """Orders each product alone, again and again, pipelined: it does not wait for an answer before the next request."""

    def __init__(self, server, name: str, products: list[dict]):
        self.name, self.wire, self.products = name, server.wire(), products
        self.lines: dict[str, str] = {}  # line by product
        self.orders: list[str] = []

    def send(self, *requests: bytes) -> None:
        self.wire.send(b"".join(requests))

    def answers(self, count: int) -> list:
        return [self.wire.answer() for _ in range(count)]

    def fill(self) -> None:
        self.wanted = [p["id"] for p in self.products if p["id"] not in self.lines]
        self.send(*(request("POST", "/cart", self.name, {"product_id": p, "quantity": 1}) for p in self.wanted))

    def filled(self) -> None:
        for product, answer in zip(self.wanted, self.answers(len(self.wanted))):
            assert answer.status == 201, answer.body
            self.lines[product] = answer.json()["id"]

    def place(self) -> None:
        self.send(*(request("POST", "/orders", self.name, {"cart_item_ids": [i]}) for i in self.lines.values()))

    def placed(self) -> collections.Counter:
        """How many of each product it got."""
        got = collections.Counter()
        for product, answer in zip(list(self.lines), self.answers(len(self.lines))):
            assert answer.status in (201, 409), answer.body
            if answer.status == 201:
                got[product] += 1
                self.orders.append(answer.json()["id"])
                del self.lines[product]
        return got

    def cancel(self) -> None:
        self.send(*(request("POST", f"/orders/{order}/cancel", self.name) for order in self.orders))

    def cancelled(self) -> None:
        assert {answer.status for answer in self.answers(len(self.orders))} <= {200}
        self.orders.clear()


def test_never_more_is_sold_than_there_is(serve):
    server = serve(log="none")
    products = [create(server, stock_quantity=1 + i % 7) for i in range(20)]
    there = collections.Counter({p["id"]: p["stock_quantity"] for p in products})
    # Half of the shoppers go through the products in the other direction.
    buyers = [Buyer(server, f"buyer-{i}", products[:: 1 if i % 2 else -1]) for i in range(16)]
    placements = 0
    while placements < PLACEMENTS:
        for step in ("fill", "place", "cancel"):
            if step == "place":
                placements += sum(len(buyer.lines) for buyer in buyers)
            for buyer in buyers:
                getattr(buyer, step)()
            done = [getattr(buyer, {"fill": "filled", "place": "placed", "cancel": "cancelled"}[step])() for buyer in buyers]
            if step == "place":
                assert sum(done, collections.Counter()) == there
    assert {p["id"]: stock(server, p) for p in products} == there
    audit(server)
