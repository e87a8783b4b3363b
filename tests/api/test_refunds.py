"""Money that goes back in parts: amounts, items and shipping, clerks who do it at once, and what the bank sends back. What
follows from each answer of the provider is in tests/unit/shop/payments/test_refunds.c."""
from __future__ import annotations

import concurrent.futures
import itertools
import os
import threading

import pytest

import postgres
from older import make_older
from paying import balanced, ledger, rows
from server import wait_until
from shopping import add, bought, confirmed, create, execute, intended, query, shopper, stock
from test_fulfillments import ship

NOBODY = "00000000-0000-4000-8000-000000000000"
TOO_LARGE = (409, {"detail": "There is not that much left to refund"})
CLERKS, RUNS = 64, 200 if os.environ.get("SOAK") else 10 if os.environ.get("CI") else 2
numbers = itertools.count()


@pytest.fixture
def ann(shop):
    with shopper(shop, f"refunded-{next(numbers)}") as client:
        yield client


@pytest.fixture(scope="module")
def shop(serve_module):
    server = serve_module(log="json")
    yield server
    balanced(server)


@pytest.fixture
def admin(shop):
    with shop.client() as client:
        yield client


def paid(server, client, *quantities: int, price: int = 1000, method: str = "pm_card_visa", **order) -> dict:
    """A paid order with a line of each quantity."""
    lines = [add(client, create(server, stock_quantity=100, price=price), quantity) for quantity in quantities or (1,)]
    answer = client.post("/orders", json={"cart_item_ids": [line["id"] for line in lines]} | order)
    assert answer.status_code == 201, answer.text
    assert confirmed(client, intended(client, answer.json()), method)["status"] == "succeeded"
    return answer.json()


def refund(admin, order: dict, key: str | None = None, **wish):
    return admin.post(f"/orders/{order['id']}/refunds", json=wish, headers={"Idempotency-Key": key} if key else {})


def given(admin, order: dict, **wish) -> dict:
    answer = refund(admin, order, **wish)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "succeeded"
    return answer.json()


def settle(server, admin, order: dict, count: int) -> None:
    """Waits until all of an order's refunds have succeeded; what the provider did not answer is due at once."""

    def is_settled() -> bool:
        execute(server, "UPDATE payments SET due_at = created_at WHERE due_at IS NOT NULL")
        made = admin.get(f"/orders/{order['id']}/refunds").json()
        return [refund["status"] for refund in made] == ["succeeded"] * count

    wait_until(is_settled)


def details(client, order: dict) -> dict:
    return client.get(f"/orders/{order['id']}/details").json()


def said(answer) -> tuple[int, dict]:
    return answer.status_code, answer.json()


def test_any_amount_goes_back_from_the_first_day(ann, admin, shop):
    order = paid(shop, ann, 3)
    part = given(admin, order, amount=1, reason="A scratch")
    assert (part["amount"], part["currency"], part["origin"], part["reason"], part["items"]) == (1, "usd", "staff", "A scratch", [])
    assert part["provider_refund_id"].startswith("re_") and part["succeeded_at"]
    whole = details(ann, order)
    assert (whole["status"], whole["payment_status"], whole["refunded_amount"]) == ("paid", "partly_refunded", 1)
    assert said(refund(admin, order, amount=3000)) == TOO_LARGE
    given(admin, order, amount=2999)
    whole = details(ann, order)
    assert (whole["status"], whole["payment_status"], whole["refunded_amount"]) == ("refunded", "refunded", 3000)
    assert said(refund(admin, order, amount=1)) == TOO_LARGE
    assert [r["amount"] for r in admin.get(f"/orders/{order['id']}/refunds").json()] == [1, 2999]


def test_items_and_shipping_have_their_price(serve):
    server = serve()
    owner, ann = server.client(), shopper(server)
    made = owner.post("/admin/shipping-methods", json={"name": "Post", "countries": ["US"], "tiers": [{"price": 499}]})
    taxed = owner.post("/admin/tax-rates", json={"country": "US", "class": "standard", "name": "Tax", "rate_e5": 7_300})
    on_top = owner.patch("/admin/settings", json={"prices_include_tax": False})
    assert (made.status_code, taxed.status_code, on_top.status_code) == (201, 201, 200)
    address = {"name": "Ann", "line1": "1 Main St", "city": "Springfield", "region": "IL", "postal_code": "62701", "country": "US"}
    order = paid(server, ann, 3, price=333, shipping_address=address, shipping_method_id=made.json()["id"])
    whole = details(ann, order)
    line = 999 + whole["items"][0]["tax"]
    shipping = whole["total_amount"] - line
    parts = [given(owner, order, items=[{"line": 0, "quantity": 1}])["amount"] for _ in range(3)]
    assert parts == [357, 358, 357] and sum(parts) == line == 1072  # a third is 357 1/3, two are 714 2/3
    assert said(refund(owner, order, shipping=shipping + 1)) == TOO_LARGE
    assert given(owner, order, shipping=shipping)["shipping"] == shipping >= 499
    assert details(ann, order)["status"] == "refunded"
    balanced(server)


def test_what_was_not_sent_comes_back_and_is_not_sent(ann, admin, shop):
    order = paid(shop, ann, 3)
    (item,) = order["items"]
    assert ship(admin, order, (0, 1)).status_code == 201
    part = given(admin, order, items=[{"line": 0, "quantity": 2}])
    assert part["items"] == [{"line": 0, "quantity": 2, "unsent": 2, "restock": 2}] and part["amount"] == 2000
    assert stock(shop, {"id": item["product_id"]}) == 99
    assert details(ann, order)["status"] == "shipped"
    assert said(ship(admin, order)) == (409, {"detail": "There is not that much left to ship"})
    returned = given(admin, order, items=[{"line": 0, "quantity": 1, "restock": True}])
    assert returned["items"] == [{"line": 0, "quantity": 1, "unsent": 0, "restock": 1}]
    assert stock(shop, {"id": item["product_id"]}) == 100 and details(ann, order)["status"] == "refunded"


def test_a_return_may_give_no_money(ann, admin, shop):
    order = paid(shop, ann, 2)
    assert ship(admin, order).status_code == 201
    part = given(admin, order, amount=0, items=[{"line": 0, "quantity": 1, "restock": True}])
    assert (part["amount"], part["provider_refund_id"]) == (0, None)
    assert rows(shop)[-1]["due_at"] is None  # the provider is not asked
    assert stock(shop, {"id": order["items"][0]["product_id"]}) == 99
    assert details(ann, order)["items"][0]["refunded_quantity"] == 1


def test_the_timeline_and_the_receivers_hear_of_it(ann, admin, shop):
    order = paid(shop, ann, 2)
    part = given(admin, order, amount=5, reason="Between us")
    entry = ann.get(f"/orders/{order['id']}/events").json()[-1]
    assert (entry["kind"], entry["amount"], entry["subject"], entry["text"], entry["actor_kind"]) == ("partly_refunded", 5, part["id"], None, None)
    assert admin.get(f"/orders/{order['id']}/events").json()[-1]["actor_kind"] == "token"
    given(admin, order, amount=1995)
    assert [e["kind"] for e in ann.get(f"/orders/{order['id']}/events").json()] == ["created", "paid", "partly_refunded", "refunded"]


@pytest.mark.parametrize(
    "wish",
    [{}, {"amount": 0}, {"amount": -1}, {"amount": 1.5}, {"shipping": 0}, {"items": []}, {"items": [{"line": 0, "quantity": 0}]},
     {"items": [{"line": 100, "quantity": 1}]}, {"amount": 1, "reason": ""}, {"amount": 1, "reason": "x" * 501}, {"amount": "one"}],
    ids=str,
)  # fmt: skip
def test_a_wish_that_is_none_changes_nothing(ann, admin, shop, wish):
    order = paid(shop, ann)
    assert refund(admin, order, **wish).status_code == 422
    assert admin.get(f"/orders/{order['id']}/refunds").json() == []


def test_more_than_there_is_changes_nothing(ann, admin, shop):
    order = paid(shop, ann, 2)
    for wish in ({"amount": 2001}, {"shipping": 1}, {"items": [{"line": 1, "quantity": 1}]}, {"items": [{"line": 0, "quantity": 3}]},
                 {"items": [{"line": 0, "quantity": 2}, {"line": 0, "quantity": 1}]}, {"amount": 1, "items": [{"line": 0, "quantity": 3}]}):  # fmt: skip
        assert said(refund(admin, order, **wish)) == TOO_LARGE, wish
    assert admin.get(f"/orders/{order['id']}/refunds").json() == [] and rows(shop)[-1]["due_at"] is None


def test_only_a_paid_order_has_money_to_give(ann, admin, shop):
    order = bought(ann, create(shop))
    assert said(refund(admin, order, amount=1)) == (409, {"detail": "Order is not paid"})
    for answer in (refund(admin, {"id": NOBODY}, amount=1), admin.get(f"/orders/{NOBODY}/refunds")):
        assert said(answer) == (404, {"detail": "Order not found"})
    assert ann.post(f"/orders/{order['id']}/refunds", json={"amount": 1}).status_code == 401


def test_a_key_makes_one_refund(ann, admin, shop):
    order = paid(shop, ann)
    first, again = (refund(admin, order, key=order["id"], amount=400) for _ in range(2))
    assert first.status_code == 201 and again.content == first.content and again.headers["idempotent-replayed"] == "true"
    assert refund(admin, order, key=order["id"], amount=401).status_code == 422
    assert len(admin.get(f"/orders/{order['id']}/refunds").json()) == 1


def test_a_bank_that_sends_it_back(ann, admin, shop):
    order = paid(shop, ann, 2, method="pm_card_refundFail")
    assert said(refund(admin, order, items=[{"line": 0, "quantity": 2}])) == (409, {"detail": "The payment provider refused the payment"})
    (failed,) = admin.get(f"/orders/{order['id']}/refunds").json()
    assert (failed["status"], failed["failure_message"]) == ("failed", "The bank sent the refund back.")
    assert details(ann, order)["refunded_amount"] == 0 and stock(shop, {"id": order["items"][0]["product_id"]}) == 98
    assert ship(admin, order).status_code == 201


def test_a_provider_that_does_not_answer_is_asked_again(serve):
    server = serve(mock_faults="refund.error=1")
    ann, owner = shopper(server), server.client()
    order = paid(server, ann)
    answer = refund(owner, order, amount=300, key="k")
    assert answer.status_code == 201 and answer.json()["status"] == "pending"
    assert said(refund(owner, order, amount=701)) == TOO_LARGE
    settle(server, owner, order, 1)
    assert refund(owner, order, amount=300, key="k").json()["status"] == "pending"  # as it was answered
    balanced(server)


def test_the_shopper_is_mailed_unless_the_staff_say_no(ann, admin, shop):
    order = paid(shop, ann, 2, email="ann.mailed@example.com")
    given(admin, order, amount=1234)
    given(admin, order, amount=5, notify=False)
    made = query(shop, "SELECT kind, subject FROM mails WHERE to_address = 'ann.mailed@example.com' AND kind <> 'order_confirmed'")
    assert [(kind, subject.split(" of your order")[0]) for kind, subject in made] == [("order_refunded", "12.34 USD")]


def test_no_name_and_no_address_leaves_with_it(ann, admin, shop):
    order = paid(shop, ann, 2, email="ann.private@example.com")
    given(admin, order, amount=7)
    assert "ann.private" not in shop.errors + str(admin.get("/admin/audit").json()) + admin.get("/metrics").text


@pytest.mark.skipif(postgres.WANTED, reason="makes an older file of SQLite's")
def test_a_refund_of_before_they_had_rows_has_one(serve):
    server = serve()
    ann, owner = shopper(server), server.client()
    order, kept = paid(server, ann, 2), paid(server, ann)
    assert owner.post(f"/orders/{order['id']}/refund").json()["status"] == "refunded"
    server.stop()
    make_older(server, "refunds")
    server = serve(server.folder)
    owner = server.client()
    (old,) = owner.get(f"/orders/{order['id']}/refunds").json()
    assert (old["amount"], old["status"], old["origin"], old["items"]) == (2000, "succeeded", "staff", [{"line": 0, "quantity": 2, "unsent": 2, "restock": 2}])
    assert owner.get(f"/orders/{kept['id']}/refunds").json() == []
    given(owner, kept, amount=400)
    balanced(server)


@pytest.mark.parametrize("faults", ["", "refund.lost-reply=20", "retrieve.error=20", "latency=5"])
def test_of_clerks_who_each_give_a_third_three_succeed(serve, faults):
    """Each in a connection of its own, at the same moment: 30 % fit three times."""
    server = serve(mock_faults=faults or None)
    ann, owner = shopper(server), server.client()
    orders = [paid(server, ann) for _ in range(RUNS)]
    at_once = threading.Barrier(CLERKS)
    clerks = [server.client() for _ in range(CLERKS)]

    def give(clerk) -> list[int]:
        answers = []
        for order in orders:
            at_once.wait()
            answers.append(refund(clerk, order, amount=300).status_code)
        return answers

    with concurrent.futures.ThreadPoolExecutor(CLERKS) as pool:
        answers = list(pool.map(give, clerks))
    for i, order in enumerate(orders):
        codes = [answer[i] for answer in answers]
        assert (codes.count(201), codes.count(409)) == (3, CLERKS - 3)
        settle(server, owner, order, 3)
    assert {at["refunded"] for at in ledger(server).values()} == {900}
    balanced(server)


def test_one_of_two_has_the_unit(serve):
    """A clerk sends it while another takes it back."""
    server = serve()
    ann, owner, other = shopper(server), server.client(), server.client()
    for _ in range(RUNS * 5):
        order = paid(server, ann, 1)
        at_once = threading.Barrier(2)

        def send():
            at_once.wait()
            return ship(owner, order).status_code

        def take():
            at_once.wait()
            return refund(other, order, amount=1, items=[{"line": 0, "quantity": 1}]).json()["items"][0]["unsent"]

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            sent, taken = pool.submit(send), pool.submit(take)
            assert (sent.result(), taken.result()) in ((201, 0), (409, 1))
    balanced(server)
