"""What the provider is told of the shopper: an order's address and where its receipt goes, the same at every creation of the
intent, and nothing of an order that has none."""
import contextlib
import json
import os
import signal
import sqlite3

import pytest

from paying import balanced, rows, settled
from shopping import add, admin, as_sent, audit, confirmed, create, execute, intended, query, session, shopper
from test_payments_crash import KEY, POINTS, RECONCILE_POINTS, Shop

ADDRESS = {"name": "Änn O'Neill & Søn", "line1": "1 High Street", "line2": "Flat 2", "city": "London", "region": "Greater London", "postal_code": "SW1A 1AA",
           "country": "GB", "phone": "+44 20 7946 0000"}  # fmt: skip
EMAIL = "Ann.ONeill+till@example.com"
COLUMNS = ["receipt_email", *(f"shipping_{name}" for name in ("name", "phone", "line1", "line2", "city", "state", "postal_code", "country"))]
SHIPPING = [ADDRESS[name] for name in ("name", "phone", "line1", "line2", "city", "region", "postal_code", "country")]
FAULTS = ["", "lost-reply=1", "conflict=1", "error=1"] if os.environ.get("CI") or os.environ.get("SOAK") else ["", "lost-reply=1"]


def order_of(server, client, **wish) -> dict:
    answer = client.post("/orders", json={"cart_item_ids": [add(client, create(server))["id"]]} | wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def told(server) -> list[list]:
    """What the mock's books hold of each intent's shopper."""
    with contextlib.closing(sqlite3.connect(f"file:{server.books}?mode=ro", uri=True)) as books:
        return [list(row) for row in books.execute(f"SELECT {', '.join(COLUMNS)} FROM intents ORDER BY seq")]


@pytest.mark.parametrize("wish, receipts, want", [
    ({}, True, [None] * 9),
    ({"note": "Ring twice", "billing_address": ADDRESS}, True, [None] * 9),
    ({"email": EMAIL}, True, [EMAIL] + [None] * 8),
    ({"shipping_address": ADDRESS}, True, [None] + SHIPPING),
    ({"email": EMAIL, "shipping_address": ADDRESS}, True, [EMAIL] + SHIPPING),
    ({"email": EMAIL, "shipping_address": ADDRESS}, False, [None] + SHIPPING),
], ids=["nothing", "neither", "email", "address", "both", "no receipt"])  # fmt: skip
def test_the_provider_is_told_what_the_order_has(serve, wish, receipts, want):
    server = serve()
    if not receipts:
        assert admin(server).patch("/admin/settings", json={"payments_receipts": False}).status_code == 200
    ann = shopper(server)
    order = order_of(server, ann, **wish)
    confirmed(ann, intended(ann, order), "pm_card_chargeDeclined")
    confirmed(ann, intended(ann, order))  # another intent of the same order
    assert told(server) == [want, want]
    balanced(server)


def test_a_setting_that_changes_between_two_creations_changes_neither(serve):
    server = serve(mock_faults="create.lost-reply=1")
    ann = shopper(server)
    order = order_of(server, ann, email=EMAIL)
    assert ann.post("/payments/create-intent", json={"order_id": order["id"]}).status_code == 503
    assert admin(server).patch("/admin/settings", json={"payments_receipts": False}).status_code == 200
    confirmed(ann, intended(ann, order))
    assert told(server) == [[EMAIL] + [None] * 8]
    balanced(server)


def test_an_order_from_before_tells_nothing(serve):
    """Its intent may have been created by a program that told nothing, under the same key."""
    server = serve()
    ann = shopper(server)
    order = order_of(server, ann, email=EMAIL, shipping_address=ADDRESS)
    execute(server, "UPDATE order_contacts SET receipt = NULL")
    confirmed(ann, intended(ann, order))
    assert told(server) == [[None] * 9]


def crashed(serve, fault: str, point: str) -> tuple[Shop, dict]:
    """A shop that was killed while it created the intent of an order with a contact."""
    shop = Shop(serve)
    order = order_of(shop.server, shop.ann(), email=EMAIL, shipping_address=ADDRESS)
    shop.restart(test_kill=point, mock_faults=fault or None)
    shop.crash("/payments/create-intent", as_sent({"order_id": order["id"]}), **session("ann"), idempotency_key="a-key")
    return shop, order


def finished(shop: Shop, order: dict) -> None:
    """Pays the order: the books have one intent, with the contact. They refuse its key with other parameters."""
    settled(shop.server)
    ann = shop.ann()
    asked = ann.post("/payments/create-intent", json={"order_id": order["id"]}, headers={"Idempotency-Key": KEY})
    assert asked.status_code == 201, asked.text
    assert confirmed(ann, asked.json())["status"] == "succeeded"
    assert told(shop.server) == [[EMAIL] + SHIPPING] and len(rows(shop.server)) == 1
    balanced(shop.server)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("fault", FAULTS)
def test_killed_around_a_creation(serve, fault, point):
    shop, order = crashed(serve, fault, point)
    shop.start_again()
    finished(shop, order)


@pytest.mark.parametrize("point", RECONCILE_POINTS)
def test_killed_again_during_reconciliation(serve, point):
    """Reconciliation creates the intent again: the first process was killed with the books written and no id in our row."""
    shop, order = crashed(serve, "lost-reply=1", "after-call")
    with contextlib.suppress(AssertionError):  # it may be killed before it has printed its address
        dying = shop.start(test_kill=point)
        assert dying.wait() == -signal.SIGKILL
    shop.start_again()
    finished(shop, order)


def test_the_contact_is_nowhere_but_in_the_order(serve):
    server = serve(log="json", mock_faults="webhook=duplicate")
    ann = shopper(server)
    order = order_of(server, ann, email=EMAIL, shipping_address=ADDRESS)
    made = admin(server).post("/admin/webhooks", json={"url": "https://example.com/", "types": ["*"]})
    assert made.status_code == 201, made.text
    payment = intended(ann, order)
    assert confirmed(ann, payment)["status"] == "succeeded"
    assert set(ann.get(f"/payments/{payment['id']}").json()) == set(payment)
    assert admin(server).post(f"/orders/{order['id']}/refund").json()["status"] == "refunded"
    audit(server)
    assert query(server, "SELECT count(*) FROM events")[0][0] > 0
    tables = ["payments", "payment_events", "events", "webhook_deliveries", "audit_log", "idempotency_keys", "orders", "settings"]
    stored = "".join(str(query(server, f"SELECT * FROM {table}")) for table in tables)
    server.stop()
    for text in (EMAIL, ADDRESS["name"], "O'Neill", ADDRESS["line1"], ADDRESS["phone"], ADDRESS["postal_code"]):
        for form in (text, json.dumps(text), str(text.encode())[2:-1]):
            assert form not in stored and form not in server.errors + server.output
