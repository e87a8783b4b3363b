"""Orders that the staff takes, by phone or over the counter: the same order, of no session, paid by hand or not at all."""
import csv
import datetime
import io
import threading

import pytest

import postgres
from older import make_older
from server import till, wait_until
from shopping import ANN, add, audit, bought, confirmed, create, execute, intended, query, session, shopper, stock, visitor, wait_for_expiry
from test_staff import NOBODY, bearer, make
from test_webhooks import hook, receiver  # noqa: F401

DAYS = 14


@pytest.fixture
def server(serve, clock):
    return serve(clock.path.parent, test_clock=clock.path, webhook_insecure=True)


@pytest.fixture
def admin(server):
    with server.client() as client:
        yield client


def take(client, *products, quantity=2, key=None, **more):
    items = [{"product_id": product["id"], "quantity": quantity} for product in products]
    return client.post("/admin/orders", json={"items": items} | more, headers={"Idempotency-Key": key} if key else {})


def taken(client, *products, **more) -> dict:
    answer = take(client, *products, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def id_of(made: dict) -> str:
    return made["order"]["id"]


def act(client, made: dict, what: str, body=None):
    return client.post(f"/admin/orders/{id_of(made)}/{what}", json=body)


def held_for_days(made: dict) -> float:
    until, since = (datetime.datetime.fromisoformat(t.replace("Z", "+00:00")) for t in (made["held_until"], made["order"]["created_at"]))
    return (until - since).total_seconds() / 86400


def test_one_that_is_not_paid_holds_its_stock_for_days(server, admin, clock):
    lamp, desk = create(server, price=700, stock_quantity=9), create(server, price=50, stock_quantity=5)
    made = taken(admin, lamp, desk)
    order = made["order"]
    assert (order["status"], order["payment_status"], order["total_amount"], order["currency"]) == ("pending", "unpaid", 1500, "usd")
    assert [(i["product_id"], i["quantity"], i["price_at_purchase"]) for i in order["items"]] == [(lamp["id"], 2, 700), (desk["id"], 2, 50)]
    assert (made["taken_by_staff"], made["paid_by_hand"], made["payments"], held_for_days(made)) == (True, None, [], DAYS)
    assert (stock(server, lamp), stock(server, desk)) == (7, 3)
    assert admin.get(f"/admin/orders/{order['id']}").json() == made
    clock.forward(days=13)
    wait_for_expiry(server, clock.ahead)
    assert admin.get(f"/admin/orders/{order['id']}").json()["order"]["status"] == "pending"
    clock.forward(days=1, minutes=1)
    wait_for_expiry(server, clock.ahead)
    gone = admin.get(f"/admin/orders/{order['id']}").json()
    assert (gone["order"]["status"], gone["held_until"]) == ("expired", None)
    assert (stock(server, lamp), stock(server, desk)) == (9, 5)
    audit(server)


def test_how_long_is_a_choice(server, admin):
    lamp = create(server, stock_quantity=9)
    assert held_for_days(taken(admin, lamp, hold_days=1)) == 1
    assert held_for_days(taken(admin, lamp, hold_days=90)) == 90
    for days in (0, 91, -1, "x"):
        assert take(admin, lamp, hold_days=days).status_code == 422
    assert stock(server, lamp) == 5


def test_one_that_is_paid_is_sold(server, admin):
    lamp = create(server, price=700, stock_quantity=9)
    made = taken(admin, lamp, mark_paid=True, payment_note="Cash", email="Ann@Example.com", shipping_address=ANN, note="Ring twice")
    assert (made["order"]["status"], made["order"]["payment_status"], made["held_until"]) == ("paid", "paid", None)
    paid = made["paid_by_hand"]
    assert (paid["amount"], paid["currency"], paid["note"], paid["actor_kind"], paid["actor"]) == (1400, "usd", "Cash", "token", None)
    assert (made["order"]["email"], made["order"]["shipping_address"]["name"], made["order"]["note"]) == ("Ann@Example.com", ANN["name"], "Ring twice")
    assert [entry["kind"] for entry in made["order"]["timeline"]] == ["created", "paid"]
    assert query(server, "SELECT kind FROM stock_movements ORDER BY seq") == [("reserved",), ("sold",)]
    assert stock(server, lamp) == 7
    audit(server)


def test_one_is_paid_later(server, admin):
    lamp = create(server, price=700, stock_quantity=9)
    key = make(admin, role="support")
    made = taken(admin, lamp)
    answer = admin.post(f"/admin/orders/{id_of(made)}/mark-paid", json={"payment_note": "Bank transfer"}, headers=bearer(key["key"]))
    assert answer.status_code == 200, answer.text
    paid = answer.json()
    assert (paid["order"]["status"], paid["paid_by_hand"]["note"], paid["paid_by_hand"]["actor"]) == ("paid", "Bank transfer", key["id"])
    assert act(admin, made, "mark-paid", {}).json() == {"detail": "Order is not pending"}
    assert query(server, "SELECT amount FROM manual_payments") == [(1400,)]
    assert stock(server, lamp) == 7
    audit(server)


def test_one_that_has_expired_is_paid_if_its_stock_is_still_there(server, admin, clock):
    lamp, rug = create(server, stock_quantity=2), create(server, stock_quantity=2)
    kept, lost = taken(admin, lamp), taken(admin, rug)
    clock.forward(days=DAYS, minutes=1)
    wait_for_expiry(server, clock.ahead)
    with shopper(server) as ann:
        bought(ann, rug)
    assert act(admin, kept, "mark-paid", {}).json()["order"]["status"] == "paid"
    answer = act(admin, lost, "mark-paid", {})
    assert (answer.status_code, answer.json()) == (409, {"detail": "Insufficient stock"})
    assert (stock(server, lamp), stock(server, rug)) == (0, 1)
    assert query(server, "SELECT count(*) FROM manual_payments") == [(1,)]
    audit(server)


def test_of_many_who_mark_it_one_does(server, admin):
    made, answers = taken(admin, create(server)), []
    clients = [server.client() for _ in range(8)]
    threads = [threading.Thread(target=lambda c=c: answers.append(act(c, made, "mark-paid", {}).status_code)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 7
    audit(server)


def test_what_a_shopper_ordered_is_the_shoppers_to_pay(server, admin):
    lamp = create(server, stock_quantity=9)
    with shopper(server) as ann:
        order = bought(ann, lamp)
        answer = act(admin, {"order": order}, "mark-paid", {})
        assert (answer.status_code, answer.json()) == (409, {"detail": "Only an order that the staff took can be marked as paid"})
        assert ann.get(f"/orders/{order['id']}").json() == order
        shown = admin.get(f"/admin/orders/{order['id']}").json()
        assert (shown["taken_by_staff"], shown["paid_by_hand"]) == (False, None) and shown["held_until"]
    assert query(server, "SELECT count(*) FROM manual_payments") == [(0,)]


def test_the_staff_cancels_what_is_not_paid(server, admin):
    lamp = create(server, stock_quantity=9)
    made, paid = taken(admin, lamp), taken(admin, lamp, mark_paid=True)
    assert act(admin, made, "cancel").json()["order"]["status"] == "cancelled"
    for one in (made, paid):
        assert (act(admin, one, "cancel").status_code, act(admin, one, "cancel").json()) == (409, {"detail": "Order is not pending"})
    assert act(admin, made, "mark-paid", {}).status_code == 409
    with shopper(server) as ann:
        order = bought(ann, lamp)
        intended(ann, order)
        assert act(admin, {"order": order}, "cancel").status_code == 200
        assert ann.get(f"/orders/{order['id']}").json()["status"] == "cancelled"
    assert stock(server, lamp) == 7
    assert admin.post(f"/admin/orders/{NOBODY}/cancel").status_code == admin.post(f"/admin/orders/{NOBODY}/mark-paid", json={}).status_code == 404
    audit(server)


def test_money_that_goes_back_by_hand_is_written_down(server, admin):
    """Nobody is asked: the refund has succeeded when it is written, in parts too."""
    lamp = create(server, price=700, stock_quantity=9)
    paid, unpaid = taken(admin, lamp, mark_paid=True, email="ann@example.com"), taken(admin, lamp)
    path = f"/orders/{id_of(paid)}/refunds"
    part = admin.post(path, json={"amount": 300}, headers={"Idempotency-Key": "part"})
    assert (part.status_code, part.json()["status"], part.json()["amount"]) == (201, "succeeded", 300)
    assert admin.post(path, json={"amount": 300}, headers={"Idempotency-Key": "part"}).json() == part.json()
    assert admin.post(path, json={"amount": 1101}).json() == {"detail": "There is not that much left to refund"}
    unit = admin.post(path, json={"items": [{"line": 0, "quantity": 1}]}).json()
    assert (unit["amount"], unit["items"][0]["restock"]) == (700, 1) and stock(server, lamp) == 6
    whole = admin.get(f"/admin/orders/{id_of(paid)}").json()
    assert (whole["order"]["status"], whole["order"]["refunded_amount"], whole["payments"]) == ("paid", 1000, [])
    audit(server)
    assert [admin.post(f"/orders/{id_of(paid)}/refund").json()["status"] for _ in range(2)] == ["refunded"] * 2
    assert stock(server, lamp) == 7 and len(admin.get(path).json()) == 3
    assert query(server, "SELECT count(*) FROM mails WHERE kind = 'order_refunded'") == [(3,)]
    answer = admin.post(f"/orders/{id_of(unpaid)}/refund")
    assert (answer.status_code, answer.json()) == (409, {"detail": "Order is not paid"})
    assert query(server, "SELECT count(*) FROM payments WHERE due_at IS NOT NULL") == [(0,)]
    audit(server)


def test_of_clerks_who_give_it_back_at_once_one_does(server, admin):
    made, codes = taken(admin, create(server, price=700), mark_paid=True), []
    clients = [server.client() for _ in range(8)]
    threads = [threading.Thread(target=lambda c=c: codes.append(c.post(f"/orders/{id_of(made)}/refunds", json={"amount": 900}).status_code)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201] + [409] * 7
    audit(server)


@pytest.mark.skipif(postgres.WANTED, reason="makes an older file of SQLite's")
def test_what_was_paid_by_hand_before_can_be_refunded(serve):
    """An older version wrote no payment for it."""
    server = serve()
    made = taken(server.client(), create(server), mark_paid=True)
    server.stop()
    execute(server, "DELETE FROM payments")
    make_older(server, "paid_by_hand")
    again = serve(server.folder)
    assert again.client().post(f"/orders/{id_of(made)}/refund").json()["status"] == "refunded"
    audit(again)


def test_no_session_has_it(server, admin):
    """Not even one whose key would be all zeros or empty: the order has no key at all."""
    made = taken(admin, create(server), mark_paid=True)
    open_one = taken(admin, create(server))
    for headers in (session("ann"), {"X-Session-Id": "0" * 16}, {}, {"Cookie": "till_session="}):
        client = visitor(server, **headers)
        assert client.get("/orders").json() == []
        for one in (made, open_one):
            path = f"/orders/{id_of(one)}"
            for method, target in (("GET", path), ("GET", path + "/details"), ("GET", path + "/events"), ("POST", path + "/cancel")):
                answer, nothing = client.request(method, target), client.request(method, target.replace(id_of(one), NOBODY))
                assert (answer.status_code, answer.content) == (404, nothing.content)
            intent = client.post("/payments/create-intent", json={"order_id": id_of(one)})
            assert intent.status_code == 404
    assert query(server, "SELECT DISTINCT session FROM orders") == [(None,)]


def test_it_is_sent_and_arrives(server, admin):
    made = taken(admin, create(server), mark_paid=True)
    path = f"/orders/{id_of(made)}/fulfillments"
    assert admin.post(f"/orders/{id_of(taken(admin, create(server)))}/fulfillments", json={}).json() == {"detail": "Order is not paid"}
    parcel = admin.post(path, json={"carrier": "dhl"}).json()
    assert admin.get(f"/admin/orders/{id_of(made)}").json()["order"]["status"] == "shipped"
    assert admin.patch(f"{path}/{parcel['id']}", json={"status": "delivered"}).status_code == 200
    assert admin.get(f"/admin/orders/{id_of(made)}").json()["order"]["status"] == "delivered"
    assert admin.post(f"/orders/{id_of(made)}/refund").json()["status"] == "refunded"
    audit(server)


def test_lists_and_files_have_it(server, admin):
    lamp = create(server, name="Lamp", price=700)
    made = taken(admin, lamp, mark_paid=True, email="ann@example.com", shipping_address=ANN)
    (row,) = admin.get("/admin/orders", params={"fulfillment": "unshipped"}).json()
    assert (row["id"], row["status"], row["item_count"], row["email"]) == (id_of(made), "paid", 2, "ann@example.com")
    (line,) = csv.DictReader(io.StringIO(admin.get("/admin/orders.csv").text))
    assert (line["Id"], line["Status"], line["Total"], line["Lineitem name"]) == (id_of(made), "paid", "14.00", "Lamp")
    found = visitor(server).post("/orders/lookup", json={"number": made["order"]["number"], "email": "ANN@example.com"})
    assert (found.status_code, found.json()["status"]) == (200, "paid")


def test_webhooks_tell_of_it(server, admin, receiver):  # noqa: F811
    hook(server, receiver.url, "order.created", "order.paid", "order.cancelled")
    lamp = create(server)
    taken(admin, lamp, mark_paid=True)
    act(admin, taken(admin, lamp), "cancel")
    act(admin, taken(admin, lamp), "mark-paid", {})
    wait_until(lambda: len(receiver.got) == 6)
    events = sorted(receiver.events(), key=lambda event: event["sequence"])
    assert [event["type"] for event in events] == ["order.created", "order.paid", "order.created", "order.cancelled", "order.created", "order.paid"]


def test_totals_are_those_of_the_checkout(server, admin):
    lamp = create(server, price=1000, weight_grams=500)
    method = admin.post("/admin/shipping-methods", json={"name": "Standard", "countries": ["GB"], "tiers": [{"price": 490}]}).json()
    assert admin.post("/admin/tax-rates", json={"country": "GB", "name": "VAT", "rate_e5": 20000}).status_code == 201
    more = {"shipping_address": ANN, "shipping_method_id": method["id"]}
    made = taken(admin, lamp, **more)["order"]
    with shopper(server) as ann:
        line = add(ann, lamp, 2)
        quote = ann.post("/checkout/quote", json={"cart_item_ids": [line["id"]]} | more).json()
    totals = ("items_total", "shipping_total", "tax_total", "tax_included", "total_amount")
    assert {name: made[name] for name in totals} == {name: quote[name] for name in totals}
    answer = take(admin, lamp, expected_total=1, **more)
    assert (answer.status_code, answer.json()["detail"], answer.json()["totals"][0]["total_amount"]) == (409, "The total has changed", 2490)
    answer = take(admin, lamp, shipping_address=ANN | {"country": "FR", "postal_code": "75001"}, shipping_method_id=method["id"])
    assert answer.json() == {"detail": "This cannot be shipped to that address"}
    audit(server)


def test_what_binds_shoppers_does_not_bind_the_staff(serve):
    server = serve(order_quantity_max=3, hold_max=3)
    with server.client() as admin:
        assert admin.patch("/admin/settings", json={"checkout_requires": ["email", "address"]}).status_code == 200
        assert taken(admin, create(server, price=1), quantity=1)["order"]["total_amount"] == 1  # less than a provider charges
        lamp = create(server, stock_quantity=50, price=99_999_999)  # and more
        for _ in range(2):
            assert taken(admin, lamp, quantity=20, mark_paid=True)["order"]["total_amount"] == 20 * 99_999_999
        assert stock(server, lamp) == 10
    audit(server)


def test_a_product_that_is_named_twice_is_one_line(server, admin):
    lamp, rug = create(server, stock_quantity=9), create(server, stock_quantity=9)
    order = taken(admin, lamp, rug, lamp)["order"]
    assert [(i["product_id"], i["quantity"]) for i in order["items"]] == [(lamp["id"], 4), (rug["id"], 2)]
    assert (stock(server, lamp), stock(server, rug)) == (5, 7)
    audit(server)


def test_what_cannot_be_had_changes_nothing(server, admin):
    lamp, rug, gone = create(server, stock_quantity=1), create(server, stock_quantity=9), create(server)
    assert admin.delete(f"/products/{gone['id']}").status_code == 204
    answer = take(admin, rug, lamp)
    assert answer.json() == {"detail": "Insufficient stock", "short": [{"product_id": lamp["id"], "requested": 2, "available": 1}]}
    for missing in (gone, {"id": NOBODY}):
        assert (take(admin, rug, missing).status_code, take(admin, rug, missing).json()) == (404, {"detail": "Product not found"})
    huge = create(server, price=2**53 - 1, stock_quantity=9)
    assert take(admin, huge).json() == {"detail": "The order's total is too large"}
    for body in ({}, {"items": []}, {"items": [{"product_id": rug["id"], "quantity": 0}]}, {"items": [{"product_id": rug["id"], "quantity": 1000001}]},
                 {"items": [{"product_id": rug["id"], "quantity": 1}] * 101}, {"items": [{"product_id": "x", "quantity": 1}]}):  # fmt: skip
        assert admin.post("/admin/orders", json=body).status_code == 422, body
    for more in ({"payment_note": "Cash"}, {"payment_note": "", "mark_paid": True}, {"payment_note": "x" * 201, "mark_paid": True}, {"mark_paid": 7},
                 {"shipping_address": ANN | {"country": "XX"}}, {"email": "no"}):  # fmt: skip
        assert take(admin, rug, **more).status_code == 422, more
    assert take(admin, rug, payment_note="Cash").json()["detail"][0]["loc"] == ["body", "payment_note"]
    assert query(server, "SELECT count(*) FROM orders") == [(0,)]
    assert (stock(server, lamp), stock(server, rug)) == (1, 9)


def test_a_retry_gets_the_same_order(server, admin):
    lamp = create(server, stock_quantity=9)
    first = take(admin, lamp, key="call-4711", mark_paid=True)
    again = take(admin, lamp, key="call-4711", mark_paid=True)
    assert first.status_code == 201 and again.json() == first.json() and again.headers["idempotent-replayed"] == "true"
    assert (stock(server, lamp), query(server, "SELECT count(*) FROM orders")) == (7, [(1,)])
    assert take(admin, lamp, key="call-4711").status_code == 422


def test_who_may(server, admin):
    lamp = create(server)
    reader, writer = make(admin, scopes=["orders:read"])["key"], make(admin, scopes=["orders:write"])["key"]
    body = {"items": [{"product_id": lamp["id"], "quantity": 1}], "email": "ann@example.com"}
    made = visitor(server).post("/admin/orders", json=body, headers=bearer(writer))
    assert (made.status_code, made.json()["order"]["email"]) == (201, None)  # that takes customers:read
    for path, json in (("/admin/orders", body), (f"/admin/orders/{id_of(made.json())}/mark-paid", {}), (f"/admin/orders/{id_of(made.json())}/cancel", None)):
        assert visitor(server).post(path, json=json, headers=bearer(reader)).status_code == 403
        assert visitor(server, **session("ann")).post(path, json=json).status_code == 401


def test_the_log_says_who_took_it_and_not_for_whom(server, admin):
    made = taken(admin, create(server, price=700), mark_paid=True, payment_note="Cash of Bob", email="ann@example.com", shipping_address=ANN)
    later = taken(admin, create(server, price=700))
    act(admin, later, "mark-paid", {"payment_note": "Cash of Bob"})
    (entry,) = admin.get("/admin/audit", params={"target": id_of(made)}).json()
    changes = {c["field"]: (c["before"], c["after"]) for c in entry["changes"]}
    assert (entry["action"], changes) == ("POST /admin/orders", {"status": (None, "paid"), "total_amount": (None, "1400")})
    marked, _ = admin.get("/admin/audit", params={"target": id_of(later)}).json()
    assert marked["action"] == "POST /admin/orders/{order_id}/mark-paid"
    text = admin.get("/admin/audit").text
    assert "ann@" not in text and ANN["name"] not in text and "Bob" not in text


@pytest.mark.parametrize("broken, says", [
    ("DELETE FROM payments", "has 0 payments"),
    ("DELETE FROM manual_payments", "was made by hand, and nobody says by whose"),
    ("UPDATE manual_payments SET amount = amount - 1", "without a payment of that"),
    ("UPDATE manual_payments SET currency = 'eur'", "without a payment of that"),
    ("UPDATE orders SET status = 'refunded'", "its refund is 'none', and its order is refunded"),
    ("UPDATE orders SET session = id", "or it is a shopper's"),
])  # fmt: skip
def test_the_audit_finds_money_that_does_not_add_up(server, admin, broken, says):
    taken(admin, create(server), mark_paid=True)
    audit(server)
    execute(server, broken)
    done = till("audit", "--db", server.db)
    assert done.returncode == 1 and says in done.stdout + done.stderr


def test_a_shop_with_payments_of_both_kinds_adds_up(server, admin):
    lamp = create(server, stock_quantity=50)
    taken(admin, lamp, mark_paid=True)
    with shopper(server) as ann:
        order = bought(ann, lamp)
        confirmed(ann, intended(ann, order))
        assert admin.post(f"/orders/{order['id']}/refund").status_code == 200
        confirmed(ann, intended(ann, bought(ann, lamp)))
    audit(server)
