"""The mails that go out by themselves: an order that is paid, to its shopper and to the staff, and low stock once a day."""
from __future__ import annotations

import pytest

from server import wait_until
from shopping import ANN, add, admin, audit, confirmed, create, details, intended, place, query, shopper
from staffing import hire
from test_checkout import make, method
from test_order_access import mails, ordered, paid, token_of

DEFAULT = ["order_confirmed", "order_shipped", "order_cancelled", "order_refunded", "low_stock"]


@pytest.fixture
def server(timed):
    server = timed()
    assert admin(server).patch("/admin/settings", json={"shop_name": "Lamps & more"}).status_code == 200
    yield server
    audit(server)


def send(server, *kinds: str) -> None:
    answer = admin(server).patch("/admin/settings", json={"mails": list(kinds)})
    assert answer.status_code == 200 and answer.json()["mails"] == list(kinds)


# ---- Orders


def test_who_has_paid_gets_a_confirmation_once(server):
    order = ordered(server)
    assert mails(server, "order_confirmed") == []
    with shopper(server) as ann:
        payment = intended(ann, order)
        confirmed(ann, payment)
        confirmed(ann, payment)
        number = details(ann, order)["number"]
    (mail,) = mails(server, "order_confirmed")
    assert (mail["to"], mail["subject"]) == ("Ann@Example.com", f"Your order {number} at Lamps & more")
    assert mail["text"].startswith(f"Hello,\n\nthank you: your order {number} is paid.\n\n")
    for text in (mail["text"], mail["html"]):
        assert "2 × Lamp: 15.54 USD" in text and "Total: 15.54 USD" in text and f"It goes to:\n{ANN['name']}\n" in text
    assert mails(server, "new_order") == []
    with shopper(server, "bob") as bob:
        assert bob.post("/orders/access", json={"token": token_of(mail)}).json()["id"] == order["id"]


def test_it_says_what_shipping_and_tax_were(serve):
    server = serve()
    sent = method(admin(server), name="By <post>")
    make(admin(server), "/admin/tax-rates", {"name": "VAT", "country": ANN["country"], "rate_e5": 20_000})
    paid(server, shipping_method_id=sent["id"])
    admin(server).patch("/admin/settings", json={"prices_include_tax": False})
    paid(server, "bob", shipping_method_id=sent["id"])
    added, included = mails(server, "order_confirmed")
    assert "\nBy <post>: 4.90 USD\nTotal: 20.44 USD, with tax of " in included["text"]
    assert "By &lt;post&gt;: 4.90 USD" in included["html"] and "<post>" not in included["html"]
    assert "\nBy <post>: 4.90 USD\nTax: 3.11 USD\nTotal: 23.55 USD\n" in added["text"]
    audit(server)


def test_an_order_without_an_address_of_mail_is_confirmed_to_nobody(server):
    paid(server, email=None)
    assert query(server, "SELECT count(*) FROM mails") == [(0,)]


def test_the_owner_chooses_what_goes_out(server):
    assert admin(server).get("/admin/settings").json()["mails"] == DEFAULT
    send(server)
    order = paid(server)
    parcels = f"/orders/{order['id']}/fulfillments"
    parcel = admin(server).post(parcels, json={"items": [{"line": 0, "quantity": 1}]}).json()
    assert query(server, "SELECT count(*) FROM mails") == [(0,)]
    admin(server).post(parcels, json={"notify": True})
    assert len(mails(server, "order_shipped")) == 1, "the staff's word comes first"
    send(server, "order_delivered", "order_refunded")
    admin(server).patch(f"{parcels}/{parcel['id']}", json={"status": "delivered"})
    admin(server).post(f"/orders/{order['id']}/refunds", json={"amount": 100})
    admin(server).post(f"/orders/{order['id']}/refunds", json={"amount": 100, "notify": False})
    assert len(mails(server, "order_delivered")) == len(mails(server, "order_refunded")) == 1


def test_new_orders_are_mailed_to_owners_and_managers_if_they_wish(server):
    send(server, "new_order")
    paid(server, email=None)
    assert mails(server, "new_order") == [], "nobody is there who could get it"
    admin(server).patch("/admin/settings", json={"shop_email": "shop@lamps.example"})
    paid(server, "bob", email=None)
    for name, role in (("owen", "owner"), ("mia", "manager"), ("carl", "catalogue")):
        hire(server, f"{name}@shop.example", role)
    paid(server, "carl")
    assert [mail["to"] for mail in mails(server, "new_order")] == ["mia@shop.example", "owen@shop.example", "shop@lamps.example"]
    assert all("2 × Lamp" in mail["text"] and "Ann" not in mail["text"] for mail in mails(server, "new_order"))


def test_an_order_by_phone_is_confirmed_when_it_is_marked_paid(server):
    send(server, "order_confirmed", "new_order")
    lamp = create(server, name="Lamp", price=777)
    body = {"items": [{"product_id": lamp["id"], "quantity": 1}], "email": "ann@example.com"}
    later = admin(server).post("/admin/orders", json=body).json()
    assert mails(server, "order_confirmed") == []
    assert admin(server).post(f"/admin/orders/{later['order']['id']}/mark-paid", json={}).status_code == 200
    assert admin(server).post("/admin/orders", json=body | {"mark_paid": True}).status_code == 201
    assert [mail["to"] for mail in mails(server, "order_confirmed")] == ["ann@example.com"] * 2


def test_what_the_provider_tells_late_is_mailed_with_the_shops_own_address(serve, clock):
    """The reconciler writes these mails, and not a request."""
    faults = "confirm.lost-reply=100,refund.lost-reply=100"
    server = serve(clock.path.parent, test_clock=clock.path, mock_faults=faults, shop_url="https://lamps.example")
    order = ordered(server)
    with shopper(server) as ann:
        ann.post("/payments/confirm", json={"payment_id": intended(ann, order)["id"], "payment_method": "pm_card_visa"})
        clock.forward(minutes=2)
        wait_until(lambda: ann.get(f"/orders/{order['id']}").json()["status"] == "paid", "the order was not paid")
    admin(server).post(f"/orders/{order['id']}/refunds", json={"amount": 100})
    clock.forward(minutes=5)
    wait_until(lambda: mails(server, "order_refunded"), "no mail about the refund")
    for mail in mails(server, "order_confirmed") + mails(server, "order_refunded"):
        assert "https://lamps.example/orders/open#" in mail["text"] and "lamps.example" in mail["html"]
    assert len(mails(server, "order_confirmed")) == 1


# ---- Low stock


def low(server) -> list[tuple[str, str]]:
    return [(mail["subject"], mail["text"].split(":\n\n")[1].split("\n\n")[0]) for mail in mails(server, "low_stock")]


def sell(server, *products: dict) -> None:
    with shopper(server) as ann:
        confirmed(ann, intended(ann, place(ann, *(add(ann, product) for product in products)).json()))


def test_low_stock_is_mailed_once_a_day(server, clock):
    clock.hold(hour=12)  # far from 06:00, when the next day's mail is due
    admin(server).patch("/admin/settings", json={"low_stock_at": 3, "shop_email": "shop@lamps.example"})
    lamp, rug, desk = (create(server, name=name, stock_quantity=4) for name in ("Lamp", "Rug", "Desk"))
    sell(server, lamp)
    wait_until(lambda: low(server), "low stock was not mailed")
    assert low(server) == [("1 product is running low at Lamps & more", "Lamp: 3 left")]
    sell(server, lamp, rug, desk)
    admin(server).post(f"/products/{rug['id']}/stock", json={"delta": 5})  # which is not low any more
    chores_ran(server, clock)
    assert len(low(server)) == 1 and query(server, "SELECT count(*) FROM low_stock") == [(2,)]
    clock.forward(hours=24)
    wait_until(lambda: len(low(server)) == 2, "low stock was not mailed on the next day")
    assert low(server)[0] == ("1 product is running low at Lamps & more", "Desk: 3 left")
    assert query(server, "SELECT count(*) FROM low_stock") == [(0,)]


def test_low_stock_is_not_noted_if_the_owner_does_not_wish_it(serve):
    """Also if a webhook asks for it: that gets its event, and no row waits for a mail."""
    server = serve(webhook_insecure=True)
    send(server, "order_confirmed")
    admin(server).patch("/admin/settings", json={"low_stock_at": 3})
    sell(server, create(server, stock_quantity=4))
    hook = admin(server).post("/admin/webhooks", json={"url": "http://127.0.0.1:9/", "types": ["product.low_stock"]})
    assert hook.status_code == 201
    sell(server, create(server, stock_quantity=4))
    assert query(server, "SELECT count(*) FROM events WHERE type = 'product.low_stock'") == [(1,)]
    assert query(server, "SELECT count(*) FROM low_stock") == [(0,)]
    send(server, "low_stock")
    admin(server).patch("/admin/settings", json={"low_stock_at": 0})
    sell(server, create(server, stock_quantity=1))
    assert query(server, "SELECT count(*) FROM low_stock") == [(0,)]


def chores_ran(server, clock) -> None:
    """Waits until the chores have done a round that began after this: it expires an order."""
    lamp = create(server)
    with shopper(server, "chores") as shy:
        order = place(shy, add(shy, lamp)).json()
        clock.forward(minutes=31)
        wait_until(lambda: shy.get(f"/orders/{order['id']}").json()["status"] == "expired", "an order did not expire")
