"""After any sequence of steps of several shoppers, the owner and the clock, the shop equals a model of it.

The model is a few dictionaries. After every step all of it is compared, over HTTP and with the database's stock. In the
end the audit must pass. Time comes from the test's clock. No sum of its steps comes near the 10 minutes of an order
without a payment or the 30 of one with it, so that the milliseconds that really pass decide nothing.
"""
from __future__ import annotations

import dataclasses
import datetime
import os
import uuid

import pytest
from hypothesis import seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from conftest import Servers
from paying import DECLINED, settled
from server import product, wait_until
from shopping import MONEY_MAX, Clock, admin, audit, confirm, id_text, query, shopper, wait_for_expiry

HOLD, RESERVE = datetime.timedelta(minutes=10), datetime.timedelta(minutes=30)
MINUTES = [7, 13, 31]  # 7a + 13b + 31c is never 9, 10, 29 or 30, and is 31 only for c = 1
SESSIONS = ["ann", "bob", "eve"]
PRICES = st.sampled_from([0, 1, 999, 2**52, MONEY_MAX])
STOCKS = st.sampled_from([0, 1, 2, 3, 5, 20, MONEY_MAX])
QUANTITIES = st.sampled_from([1, 1, 2, 3, 10_000])
KEYS = st.sampled_from([None, "one", "two"])
PAID = ("paid", "shipped", "delivered")
NOBODY = str(uuid.UUID(int=1))
CHARGE_MIN, CHARGE_MAX = 50, 99_999_999  # the least and the most that the provider charges
AUTHENTICATE = "pm_card_authenticationRequired"
METHODS = st.sampled_from([None, "pm_card_visa", DECLINED, AUTHENTICATE])
MESSAGES = {
    DECLINED: "Your card was declined.",
    AUTHENTICATE: "The bank wants the card's owner to authenticate this payment.",
    "cancelled": "The payment was cancelled.",
}


@dataclasses.dataclass
class Product:
    shown: dict  # ProductRead
    active: bool = True

    @property
    def available(self) -> int:
        return self.shown["stock_quantity"] if self.active else 0


@dataclasses.dataclass
class Order:
    shown: dict  # OrderRead
    made_at: datetime.timedelta
    kept_for: datetime.timedelta = HOLD
    parcels: dict[str, dict] = dataclasses.field(default_factory=dict)  # FulfillmentRead, oldest first
    money_back: int = 0
    taken: dict[int, int] = dataclasses.field(default_factory=dict)  # by line: the units that refunds took back
    unsent: dict[int, int] = dataclasses.field(default_factory=dict)  # of them those that were not sent

    def sent(self, line: int) -> int:
        live = [parcel for parcel in self.parcels.values() if parcel["status"] != "cancelled"]
        return sum(item["quantity"] for parcel in live for item in parcel["items"] if item["line"] == line)

    def owed(self) -> list[int]:
        """What is still to be sent of each line."""
        return [bought["quantity"] - self.sent(line) - self.unsent.get(line, 0) for line, bought in enumerate(self.shown["items"])]


class Shop(RuleBasedStateMachine):
    @initialize()
    def start(self):
        self.servers = Servers()
        self.clock = Clock(self.servers.folder())
        self.start_server()
        self.products: dict[str, Product] = {}
        self.carts: dict[str, dict[str, dict]] = {name: {} for name in SESSIONS}  # line's id: its product and quantity
        self.orders: dict[str, dict[str, Order]] = {name: {} for name in SESSIONS}  # oldest first
        self.by_phone: dict[str, Order] = {}  # what the staff took: of no session, paid by hand
        self.payments: dict[str, dict[str, dict]] = {name: {} for name in SESSIONS}  # PaymentRead, oldest first
        self.keys: dict[tuple[str, str], tuple[dict, bytes]] = {}
        for price, stock in ((999, 3), (1, 20), (0, 5), (MONEY_MAX, MONEY_MAX)):  # so that shoppers can buy something
            self.create(price, stock)
        for name, product in zip(SESSIONS, self.products):
            self.put_in_cart(name, product, 2)

    def start_server(self):
        self.server = self.servers(self.clock.path.parent, test_clock=self.clock.path, cache_mib=0, log="none", order_quantity_max=0, hold_max=0)
        self.clients = {name: shopper(self.server, name) for name in SESSIONS}

    def teardown(self):
        try:
            settled(self.server)
            audit(self.server)
        finally:
            self.servers.end()

    # The model

    def line(self, name: str, id: str) -> dict:
        line = self.carts[name][id]
        bought = self.products[line["product"]]
        shown = bought.shown | {"stock_quantity": bought.available}
        return {"id": id, "product": shown, "quantity": line["quantity"]}

    def restock(self, order: Order, line: int, quantity: int) -> None:
        shown = self.products[order.shown["items"][line]["product_id"]].shown
        shown["stock_quantity"] = min(shown["stock_quantity"] + quantity, MONEY_MAX)

    def give_back(self, order: Order, status: str) -> None:
        order.shown["status"] = status
        for line, item in enumerate(order.shown["items"]):
            self.restock(order, line, item["quantity"])

    def take_back(self, order: Order, amount: int, items: dict[int, tuple[int, int]]) -> None:
        """A refund of an amount and of units by line: how many, and how many of them can be bought again. With the last of
        the money what was not sent comes back too."""
        items, owed = dict(items), order.owed()
        order.money_back += amount
        for line, (quantity, _) in items.items():
            order.taken[line] = order.taken.get(line, 0) + quantity
            order.unsent[line] = order.unsent.get(line, 0) + min(quantity, owed[line])
        if order.money_back == order.shown["total_amount"] and order.shown["status"] in PAID:
            order.shown["status"] = "refunded"
            for line, left in enumerate(order.owed()):
                order.taken[line] = order.taken.get(line, 0) + left
                order.unsent[line] = order.unsent.get(line, 0) + left
                items[line] = (items.get(line, (0, 0))[0] + left, items.get(line, (0, 0))[1] + left)
        for line, (_, back) in items.items():
            self.restock(order, line, back)
        self.follow(order)

    def live(self, name: str, order: str) -> dict | None:
        """The payment of an order, if it can still be confirmed."""
        return next((p for p in self.payments[name].values() if p["order_id"] == order and p["status"] == "pending"), None)

    def end(self, name: str, id: str) -> None:
        """An order has ended unpaid: reconciliation then ends its payment, too."""
        over = "SELECT 1 FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq WHERE o.status <> 'pending' AND p.due_at IS NOT NULL"
        wait_until(lambda: not query(self.server, over), "a payment stays open though its order is over")
        if payment := self.live(name, id):
            payment |= {"status": "failed", "failure_message": MESSAGES["cancelled"]}

    def pick(self, data, owned: dict[str, dict]) -> tuple[str, str]:
        """A session and an id: mostly one of its own, sometimes another session's or one that does not exist."""
        pairs = [(name, id) for name, things in owned.items() for id in things]
        name, id = data.draw(st.sampled_from(pairs)) if pairs else (SESSIONS[0], NOBODY)
        stranger = data.draw(st.integers(0, 9))
        return (data.draw(st.sampled_from(SESSIONS)) if stranger == 9 else name), (NOBODY if stranger == 8 else id)

    # The owner

    @rule(price=PRICES, stock=STOCKS)
    def create_another(self, price, stock):
        self.create(price, stock)

    def create(self, price, stock):
        made = admin(self.server).post("/products", json=product(price=price, stock_quantity=stock)).json()
        self.products[made["id"]] = Product(made)

    @rule(data=st.data(), change=st.fixed_dictionaries({}, optional={"price": PRICES, "stock_quantity": STOCKS, "is_active": st.booleans()}))
    def change(self, data, change):
        changed = self.products[data.draw(st.sampled_from([*self.products]))]
        response = admin(self.server).patch(f"/products/{changed.shown['id']}", json=change)
        assert response.status_code == 200
        changed.active = change.pop("is_active", changed.active)
        changed.shown |= change
        assert response.json() == changed.shown

    @rule(data=st.data(), delta=st.sampled_from([1, 5, -1, -3, MONEY_MAX]))
    def adjust(self, data, delta):
        counted = self.products[data.draw(st.sampled_from([*self.products]))]
        response = admin(self.server).post(f"/products/{counted.shown['id']}/stock", json={"delta": delta})
        if 0 <= counted.shown["stock_quantity"] + delta <= MONEY_MAX:
            counted.shown["stock_quantity"] += delta
            assert (response.status_code, response.json()) == (200, counted.shown)
        else:
            assert response.status_code == 409 and response.json()["current"] == [counted.shown]

    @rule(data=st.data())
    def delete(self, data):
        gone = self.products[data.draw(st.sampled_from([*self.products]))]
        response = admin(self.server).delete(f"/products/{gone.shown['id']}")
        assert response.status_code == (204 if gone.active else 404)
        gone.active = False

    # Shoppers

    @rule(data=st.data(), name=st.sampled_from(SESSIONS), quantity=QUANTITIES)
    def add(self, data, name, quantity):
        self.put_in_cart(name, data.draw(st.sampled_from([*self.products, NOBODY])), quantity)

    def put_in_cart(self, name, id, quantity):
        response = self.clients[name].post("/cart", json={"product_id": id, "quantity": quantity})
        lines = {line["product"]: (line_id, line) for line_id, line in self.carts[name].items()}
        has = lines[id][1]["quantity"] if id in lines else 0
        if id == NOBODY or not self.products[id].active:
            assert response.status_code == 404
        elif has + quantity > self.products[id].available:
            assert (response.status_code, response.json()) == (409, {"detail": "Insufficient stock"})
        else:
            line_id = lines[id][0] if id in lines else response.json()["id"]
            assert id in lines or not any(line_id in cart for cart in self.carts.values())
            self.carts[name].setdefault(line_id, {"product": id})["quantity"] = has + quantity
            assert (response.status_code, response.json()) == (201, self.line(name, line_id))

    @rule(data=st.data(), quantity=QUANTITIES)
    def set(self, data, quantity):
        name, id = self.pick(data, self.carts)
        response = self.clients[name].put(f"/cart/{id}", json={"quantity": quantity})
        if id not in self.carts[name]:
            assert response.status_code == 404
        elif quantity > self.products[self.carts[name][id]["product"]].available:
            assert response.status_code == 409
        else:
            self.carts[name][id]["quantity"] = quantity
            assert (response.status_code, response.json()) == (200, self.line(name, id))

    @rule(data=st.data())
    def remove(self, data):
        name, id = self.pick(data, self.carts)
        response = self.clients[name].delete(f"/cart/{id}")
        assert response.status_code == (204 if self.carts[name].pop(id, None) else 404)

    @rule(data=st.data())
    def order_a_line(self, data):
        name, id = self.pick(data, self.carts)
        self.post_order(name, {"cart_item_ids": [id]}, None)

    @rule(data=st.data(), key=KEYS)
    def order_lines(self, data, key):
        """Orders any list of lines, with repeats and with other sessions' lines; the model knows the outcome."""
        name, id = self.pick(data, self.carts)
        more = data.draw(st.lists(st.sampled_from([*self.carts[name], id]), max_size=4))
        self.post_order(name, {"cart_item_ids": [id, *more]}, key)

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def retry(self, data):
        name, key = data.draw(st.sampled_from([*self.keys]))
        self.post_order(name, self.keys[name, key][0], key)

    def post_order(self, name, body, key):
        headers = {"Idempotency-Key": key} if key else {}
        response = self.clients[name].post("/orders", json=body, headers=headers)
        kept = self.keys.get((name, key))
        if kept:
            assert response.status_code == (201 if kept[0] == body else 422)
            assert kept[0] != body or (response.content == kept[1] and response.headers["idempotent-replayed"] == "true")
            return
        assert "idempotent-replayed" not in response.headers
        expected = self.expected(name, body["cart_item_ids"])
        shown = response.json()
        assert response.status_code == expected[0]
        if response.status_code != 201:
            assert shown == expected[1]
            return
        assert shown == expected[1] | {"id": shown["id"], "created_at": shown["created_at"]}
        assert not any(shown["id"] in orders for orders in self.orders.values())
        if key:
            self.keys[name, key] = (body, response.content)
        for id in set(body["cart_item_ids"]):
            line = self.carts[name].pop(id)
            self.products[line["product"]].shown["stock_quantity"] -= line["quantity"]
        self.orders[name][shown["id"]] = Order(shown, self.clock.ahead)

    def expected(self, name, ids) -> tuple[int, dict]:
        if not all(id in self.carts[name] for id in ids):
            return 404, {"detail": "Cart item not found"}
        lines = [self.carts[name][id] for id in dict.fromkeys(ids)]
        order = {id: number for number, id in enumerate(self.products)}
        short = [
            {"product_id": line["product"], "requested": line["quantity"], "available": self.products[line["product"]].available}
            for line in sorted(lines, key=lambda line: order[line["product"]])
            if line["quantity"] > self.products[line["product"]].available
        ]
        if short:
            return 409, {"detail": "Insufficient stock", "short": short}
        items = [
            {
                "product_id": line["product"],
                "quantity": line["quantity"],
                "price_at_purchase": self.products[line["product"]].shown["price"],
            }
            for line in lines
        ]
        total = sum(item["quantity"] * item["price_at_purchase"] for item in items)
        if total > CHARGE_MAX:
            return 409, {"detail": "The order's total is too large"}
        if 0 < total < CHARGE_MIN:
            return 409, {"detail": "The order's total is too small to be paid"}
        return 201, {"total_amount": total, "status": "pending", "items": items, "currency": "usd"}

    @precondition(lambda self: any(self.orders.values()))
    @rule(data=st.data())
    def cancel(self, data):
        name, id = self.pick(data, self.orders)
        response = self.clients[name].post(f"/orders/{id}/cancel")
        order = self.orders[name].get(id)
        if not order:
            assert response.status_code == 404
        elif order.shown["status"] != "pending":
            assert (response.status_code, response.json()) == (409, {"detail": "Order is not pending"})
        else:
            self.give_back(order, "cancelled")
            assert (response.status_code, response.json()) == (200, order.shown)
            self.end(name, id)

    # By phone: the clock never comes near the 14 days for which such an order keeps its stock

    @rule(data=st.data(), quantity=QUANTITIES, paid=st.booleans())
    def take_by_phone(self, data, quantity, paid):
        id = data.draw(st.sampled_from([*self.products, NOBODY]))
        response = admin(self.server).post("/admin/orders", json={"items": [{"product_id": id, "quantity": quantity}], "mark_paid": paid})
        if id == NOBODY or not self.products[id].active:
            assert (response.status_code, response.json()) == (404, {"detail": "Product not found"})
            return
        bought = self.products[id]
        if quantity > bought.available:
            short = [{"product_id": id, "requested": quantity, "available": bought.available}]
            assert (response.status_code, response.json()) == (409, {"detail": "Insufficient stock", "short": short})
        elif quantity * bought.shown["price"] > MONEY_MAX:
            assert (response.status_code, response.json()) == (409, {"detail": "The order's total is too large"})
        else:
            assert response.status_code == 201, response.text
            whole = response.json()["order"]
            bought.shown["stock_quantity"] -= quantity
            shown = {name: whole[name] for name in ("id", "status", "total_amount")}
            shown["items"] = [{"product_id": id, "quantity": quantity, "price_at_purchase": bought.shown["price"]}]
            assert (shown["status"], shown["total_amount"]) == ("paid" if paid else "pending", quantity * bought.shown["price"])
            self.by_phone[shown["id"]] = Order(shown, self.clock.ahead)

    @precondition(lambda self: self.by_phone)
    @rule(data=st.data(), paid=st.booleans())
    def end_by_phone(self, data, paid):
        id = data.draw(st.sampled_from([*self.by_phone]))
        order = self.by_phone[id]
        response = admin(self.server).post(f"/admin/orders/{id}/{'mark-paid' if paid else 'cancel'}", json={} if paid else None)
        if order.shown["status"] != "pending":
            assert (response.status_code, response.json()) == (409, {"detail": "Order is not pending"})
            return
        if paid:
            order.shown["status"] = "paid"
        else:
            self.give_back(order, "cancelled")
        assert (response.status_code, response.json()["order"]["status"]) == (200, order.shown["status"])

    # Payments

    @precondition(lambda self: any(self.orders.values()))
    @rule(data=st.data())
    def intend(self, data):
        name, id = self.pick(data, self.orders)
        response = self.clients[name].post("/payments/create-intent", json={"order_id": id})
        order = self.orders[name].get(id)
        if not order:
            assert response.status_code == 404
        elif order.shown["status"] != "pending":
            assert (response.status_code, response.json()) == (409, {"detail": "Order is not pending"})
        else:
            shown = response.json()
            assert response.status_code == 201 and bool(shown["client_secret"]) == (order.shown["total_amount"] > 0)
            shown["client_secret"] = None
            expected = {"order_id": id, "amount": order.shown["total_amount"], "status": "pending", "failure_message": None}
            assert shown == (self.live(name, id) or shown | expected)
            self.payments[name][shown["id"]] = shown
            order.kept_for = RESERVE

    @precondition(lambda self: any(self.payments.values()))
    @rule(data=st.data(), method=METHODS)
    def confirm(self, data, method):
        name, id = self.pick(data, self.payments)
        response = confirm(self.clients[name], {"id": id}, method)
        payment = self.payments[name].get(id)
        if not payment:
            assert response.status_code == 404
            return
        order = self.orders[name][payment["order_id"]]
        if payment["status"] == "failed" and order.shown["status"] != "pending" and response.status_code == 409:
            assert response.json() == {"detail": "Order is not pending"}
            return
        if payment["status"] == "pending":
            free = payment["amount"] == 0  # the provider is not called
            ends = {DECLINED: "failed", AUTHENTICATE: "pending"}
            payment["status"] = "succeeded" if free else ends.get(method, "succeeded")
            payment["failure_message"] = None if free else MESSAGES.get(method)
            if payment["status"] == "succeeded":
                order.shown["status"] = "paid"
        assert (response.status_code, response.json()) == (200, payment)

    @precondition(lambda self: any(self.orders.values()))
    @rule(data=st.data())
    def refund(self, data):
        name, id = self.pick(data, self.orders)
        response = admin(self.server).post(f"/orders/{id}/refund")
        order = next((orders[id] for orders in self.orders.values() if id in orders), None)
        if not order:
            assert response.status_code == 404
        elif order.shown["status"] not in (*PAID, "refunded"):
            assert (response.status_code, response.json()) == (409, {"detail": "Order is not paid"})
        else:
            if order.shown["status"] in PAID:
                self.take_back(order, order.shown["total_amount"] - order.money_back, {})
            assert (response.status_code, response.json()) == (200, order.shown)

    @precondition(lambda self: self.sold())
    @rule(data=st.data())
    def refund_a_part(self, data):
        id, order = data.draw(st.sampled_from(self.sold()))
        bought, owed, total = order.shown["items"], order.owed(), order.shown["total_amount"]
        amount = data.draw(st.sampled_from([None, None, 0, 1, total // 3, total - order.money_back, total]))
        wished = data.draw(st.lists(st.tuples(st.integers(0, len(bought)), st.integers(1, 2), st.sampled_from([None, True, False])), max_size=2))
        lines = [{"line": line, "quantity": quantity} | ({} if again is None else {"restock": again}) for line, quantity, again in wished]
        body = {"items": lines or None} | ({} if amount is None else {"amount": amount})
        response = admin(self.server).post(f"/orders/{id}/refunds", json=body)
        if not wished and not amount:
            assert response.status_code == 422
            return
        items: dict[int, tuple[int, int]] = {}
        fits = all(line < len(bought) for line, _, _ in wished)
        for line, quantity, again in wished if fits else ():
            before, back = items.get(line, (0, 0))
            unsent = min(before + quantity, owed[line]) - min(before, owed[line])
            items[line] = (before + quantity, back + (unsent if again is None else quantity if again else 0))
            fits = fits and order.taken.get(line, 0) + before + quantity <= bought[line]["quantity"]
        cost = sum(quantity * bought[line]["price_at_purchase"] for line, (quantity, _) in items.items())
        amount = cost if amount is None else amount
        if not fits or amount > total - order.money_back:
            assert (response.status_code, response.json()) == (409, {"detail": "There is not that much left to refund"})
            return
        self.take_back(order, amount, items)
        assert response.status_code == 201, response.text
        assert (response.json()["status"], response.json()["amount"]) == ("succeeded", amount)

    # Parcels

    def follow(self, order: Order) -> None:
        """Gives a paid order the status of its quantities."""
        states = {parcel["status"] for parcel in order.parcels.values()} - {"cancelled"}
        if order.shown["status"] in PAID:
            order.shown["status"] = "paid" if any(order.owed()) or not states else "delivered" if states == {"delivered"} else "shipped"

    def sold(self) -> list[tuple[str, Order]]:
        every = [*self.orders.values(), self.by_phone]
        return [(id, order) for orders in every for id, order in orders.items() if order.shown["status"] in (*PAID, "refunded")]

    @precondition(lambda self: self.sold())
    @rule(data=st.data())
    def ship(self, data):
        id, order = data.draw(st.sampled_from(self.sold()))
        owed = order.owed()
        wished = data.draw(st.none() | st.lists(st.tuples(st.integers(0, len(owed)), st.integers(1, 2)), min_size=1, max_size=2))
        items = None if wished is None else [{"line": line, "quantity": quantity} for line, quantity in wished]
        response = admin(self.server).post(f"/orders/{id}/fulfillments", json={"items": items})
        sent = list(owed) if wished is None else [sum(q for at, q in wished if at == line) for line in range(len(owed))]
        beyond = wished is not None and any(line == len(owed) for line, _ in wished)
        if order.shown["status"] == "refunded":
            assert (response.status_code, response.json()) == (409, {"detail": "Order is not paid"})
        elif beyond or not any(sent) or any(s > o for s, o in zip(sent, owed)):
            assert (response.status_code, response.json()) == (409, {"detail": "There is not that much left to ship"})
        else:
            parcel = response.json()
            assert response.status_code == 201
            assert parcel["items"] == [{"line": line, "quantity": s} for line, s in enumerate(sent) if s]
            order.parcels[parcel["id"]] = parcel
            self.follow(order)

    @precondition(lambda self: any(order.parcels for _, order in self.sold()))
    @rule(data=st.data(), status=st.sampled_from(["shipped", "delivered", "lost", "cancelled"]))
    def move(self, data, status):
        """Says where a parcel is."""
        id, order = data.draw(st.sampled_from([(id, order) for id, order in self.sold() if order.parcels]))
        parcel = order.parcels[data.draw(st.sampled_from([*order.parcels]))]
        response = admin(self.server).patch(f"/orders/{id}/fulfillments/{parcel['id']}", json={"status": status})
        if parcel["status"] == "cancelled" or parcel["status"] == "delivered" != status:
            assert (response.status_code, response.json()) == (409, {"detail": "The fulfillment is delivered or cancelled"})
            return
        needed = any(order.sent(i["line"]) - i["quantity"] < order.taken.get(i["line"], 0) - order.unsent.get(i["line"], 0) for i in parcel["items"])
        if status == "cancelled" and (order.shown["status"] == "refunded" or needed):
            assert (response.status_code, response.json()) == (409, {"detail": "Units of the fulfillment were refunded"})
            return
        parcel["delivered_at"] = parcel["delivered_at"] or (response.json()["delivered_at"] if status == "delivered" else None)
        parcel["status"] = status
        assert (response.status_code, response.json()) == (200, parcel)
        self.follow(order)

    # Time and restarts

    @rule(minutes=st.sampled_from(MINUTES))
    def time_passes(self, minutes):
        self.pass_time(minutes)
        self.end_the_expired()

    def pass_time(self, minutes):
        self.clock.forward(minutes=minutes)
        for orders in self.orders.values():
            for order in orders.values():
                if order.shown["status"] == "pending" and self.clock.ahead - order.made_at >= order.kept_for:
                    self.give_back(order, "expired")
        if self.clock.ahead > datetime.timedelta(hours=23):
            raise AssertionError("too long for the keys, which this model keeps for ever")

    @precondition(lambda self: len(self.servers.started) < 3)  # a start takes as long as many steps
    @rule(minutes=st.sampled_from(MINUTES), crash=st.booleans())
    def the_server_is_gone_for_a_while(self, minutes, crash):
        self.server.kill() if crash else self.server.stop()
        self.pass_time(minutes)
        self.start_server()
        self.end_the_expired()

    def end_the_expired(self):
        wait_for_expiry(self.server, self.clock.ahead)
        for name, orders in self.orders.items():
            for id, order in orders.items():
                if order.shown["status"] == "expired":
                    self.end(name, id)

    # Invariants, checked after each step

    @invariant()
    def carts_are_the_models(self):
        for name in SESSIONS:
            assert self.clients[name].get("/cart").json() == [self.line(name, id) for id in self.carts[name]]

    @invariant()
    def orders_are_the_models(self):
        for name in SESSIONS:
            shown = [order.shown for order in self.orders[name].values()][::-1]
            assert self.clients[name].get("/orders", params={"limit": 500}).json() == shown
            if shown:
                assert self.clients[name].get(f"/orders/{shown[0]['id']}").json() == shown[0]

    @invariant()
    def parcels_are_the_models(self):
        for name in SESSIONS:
            for id, order in [(id, order) for id, order in self.orders[name].items() if order.parcels or order.taken][-2:]:
                whole = self.clients[name].get(f"/orders/{id}/details").json()
                assert whole["fulfillments"] == [*order.parcels.values()] and min(order.owed()) >= 0
                assert [i["shipped_quantity"] for i in whole["items"]] == [order.sent(line) for line in range(len(whole["items"]))]
                assert [i["refunded_quantity"] for i in whole["items"]] == [order.taken.get(line, 0) for line in range(len(whole["items"]))]
                assert whole["refunded_amount"] == order.money_back <= whole["total_amount"]

    @invariant()
    def orders_by_phone_are_the_models_and_nobody_elses(self):
        for id, order in [*self.by_phone.items()][-2:]:
            whole = admin(self.server).get(f"/admin/orders/{id}").json()["order"]
            assert (whole["status"], whole["fulfillments"]) == (order.shown["status"], [*order.parcels.values()])
            assert whole["refunded_amount"] == order.money_back
            assert all(client.get(f"/orders/{id}").status_code == 404 for client in self.clients.values())

    @invariant()
    def payments_are_the_models(self):
        for name in SESSIONS:
            for id in [*self.payments[name]][-2:]:
                assert self.clients[name].get(f"/payments/{id}").json() == self.payments[name][id]

    @invariant()
    def stock_is_the_models(self):
        stored = {id_text(id): stock for id, stock in query(self.server, "SELECT id, stock_quantity FROM products")}
        assert stored == {id: p.shown["stock_quantity"] for id, p in self.products.items()}

    @invariant()
    def another_sessions_ids_are_not_there(self):
        for i, name in enumerate(SESSIONS):
            other = self.clients[SESSIONS[i - 1]]
            for id in [*self.orders[name]][-1:]:
                assert other.get(f"/orders/{id}").status_code == 404
                assert other.post(f"/orders/{id}/cancel").status_code == 404
            for id in [*self.carts[name]][-1:]:
                assert other.post("/orders", json={"cart_item_ids": [id]}).status_code == 404


EXAMPLES, PARTS = (500, 5) if os.environ.get("SOAK") else (250, 5) if os.environ.get("CI") else (25, 1)
STEPS = 40  # of 31 minutes are within the 24 hours for which a key is kept


@pytest.mark.parametrize("number", range(PARTS))
def test_any_steps(number):
    """The parts can run at the same time. Each has a seed of its own, so that its examples are others."""
    part = seed(number)(type(f"Shop{number}", (Shop,), {}))
    run_state_machine_as_test(part, settings=settings(max_examples=EXAMPLES // PARTS, stateful_step_count=STEPS))
