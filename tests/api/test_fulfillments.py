"""Orders that are sent in parts: quantities, states, carriers, mails, events, and clerks who do the same at once."""
from __future__ import annotations

import concurrent.futures
import itertools
import os

import pytest

from shopping import add, audit, bought, confirmed, create, execute, id_text, intended, query, shopper
from server import till

NOBODY = "00000000-0000-4000-8000-000000000000"
numbers = itertools.count()


@pytest.fixture
def ann(audited):
    with shopper(audited, f"shipped-{next(numbers)}") as client:
        yield client


@pytest.fixture
def admin(audited):
    with audited.client() as client:
        yield client


def paid(server, client, *quantities: int, **order) -> dict:
    """A paid order with a line of each quantity."""
    lines = [add(client, create(server, stock_quantity=1000), quantity) for quantity in quantities]
    body = {"cart_item_ids": [line["id"] for line in lines]} | order
    answer = client.post("/orders", json=body)
    assert answer.status_code == 201, answer.text
    confirmed(client, intended(client, answer.json()), "pm_card_visa")
    return answer.json()


def ship(client, order: dict, *items: tuple[int, int], key: str | None = None, **wish):
    body = wish | ({"items": [{"line": line, "quantity": quantity} for line, quantity in items]} if items else {})
    return client.post(f"/orders/{order['id']}/fulfillments", json=body, headers={"Idempotency-Key": key} if key else {})


def shipped(client, order: dict, *items: tuple[int, int], **wish) -> dict:
    answer = ship(client, order, *items, **wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(client, order: dict, parcel: dict, **wish):
    return client.patch(f"/orders/{order['id']}/fulfillments/{parcel['id']}", json=wish)


def state(client, order: dict) -> tuple[str, str]:
    whole = client.get(f"/orders/{order['id']}/details").json()
    assert client.get(f"/orders/{order['id']}").json()["status"] == whole["status"]
    return whole["status"], whole["fulfillment_status"]


def timeline(client, order: dict) -> list[str]:
    return [e["kind"] for e in client.get(f"/orders/{order['id']}/events").json()]


def test_an_order_is_sent_in_parts_and_arrives(audited, ann, admin):
    order = paid(audited, ann, 2, 3)
    assert state(ann, order) == ("paid", "none")
    first = shipped(admin, order, (1, 2))
    assert first["items"] == [{"line": 1, "quantity": 2}] and first["status"] == "shipped"
    assert state(ann, order) == ("paid", "partial")
    second = shipped(admin, order, carrier="dhl", tracking_number="0034 0434")
    assert second["items"] == [{"line": 0, "quantity": 2}, {"line": 1, "quantity": 1}]
    assert state(ann, order) == ("shipped", "shipped")
    whole = ann.get(f"/orders/{order['id']}/details").json()
    assert whole["fulfillments"] == [first, second] and [i["shipped_quantity"] for i in whole["items"]] == [2, 3]
    assert change(admin, order, first, status="delivered").json()["delivered_at"]
    assert state(ann, order) == ("shipped", "shipped")
    assert change(admin, order, second, status="delivered").status_code == 200
    assert state(ann, order) == ("delivered", "delivered")
    assert timeline(ann, order) == ["created", "paid", "shipped", "shipped", "delivered", "delivered"]
    subjects = [e["subject"] for e in ann.get(f"/orders/{order['id']}/events").json()[2:]]
    assert subjects == [first["id"], second["id"], first["id"], second["id"]]


def test_what_is_cancelled_is_to_be_sent_again(audited, ann, admin):
    order = paid(audited, ann, 2)
    parcel = shipped(admin, order)
    assert ship(admin, order).json() == {"detail": "There is not that much left to ship"}
    assert change(admin, order, parcel, status="cancelled").status_code == 200
    assert state(ann, order) == ("paid", "none")
    assert change(admin, order, parcel, status="shipped").json() == {"detail": "The fulfillment is delivered or cancelled"}
    again = shipped(admin, order, (0, 1))
    assert change(admin, order, again, status="lost").status_code == 200
    assert state(ann, order) == ("paid", "partial")
    rest = shipped(admin, order)
    assert change(admin, order, rest, status="delivered").status_code == 200
    assert state(ann, order) == ("shipped", "shipped"), "what is lost has not arrived"
    assert change(admin, order, again, status="delivered").status_code == 200  # it was found
    assert state(ann, order) == ("delivered", "delivered")
    for status in ("lost", "cancelled", "shipped"):
        assert change(admin, order, again, status=status).status_code == 409
    assert timeline(ann, order) == ["created", "paid", "shipped", "shipment_cancelled", "shipped", "lost", "shipped", "delivered", "delivered"]


@pytest.mark.parametrize("items", [[(0, 3)], [(0, 1), (0, 2)], [(2, 1)], [(1, 1), (1, 1)]])
def test_more_than_there_is(audited, ann, admin, items):
    order = paid(audited, ann, 2, 1)
    answer = ship(admin, order, *items)
    assert (answer.status_code, answer.json()) == (409, {"detail": "There is not that much left to ship"})
    assert state(ann, order) == ("paid", "none") and timeline(ann, order) == ["created", "paid"]
    assert shipped(admin, order)["items"] == [{"line": 0, "quantity": 2}, {"line": 1, "quantity": 1}]


def test_only_what_is_paid_is_sent(audited, ann, admin):
    pending = bought(ann, create(audited))
    gone = bought(ann, create(audited))
    ann.post(f"/orders/{gone['id']}/cancel")
    back = paid(audited, ann, 1)
    admin.post(f"/orders/{back['id']}/refund")
    for order in (pending, gone, back):
        answer = ship(admin, order)
        assert (answer.status_code, answer.json()) == (409, {"detail": "Order is not paid"})
    assert ship(admin, {"id": NOBODY}).json() == {"detail": "Order not found"}
    order = paid(audited, ann, 1)
    parcel = shipped(admin, order)
    for wrong, id in ((order, NOBODY), (pending, parcel["id"])):
        answer = change(admin, wrong, {"id": id}, status="lost")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Fulfillment not found"})


@pytest.mark.parametrize("arrives", [False, True])
def test_all_of_the_money_goes_back_after_sending(audited, ann, admin, arrives):
    order = paid(audited, ann, 2)
    parcel = shipped(admin, order)
    if arrives:
        change(admin, order, parcel, status="delivered")
    answer = admin.post(f"/orders/{order['id']}/refund")
    assert (answer.status_code, answer.json()["status"]) == (200, "refunded")
    assert timeline(ann, order)[-1] == "refunded"
    assert state(ann, order)[0] == "refunded"


@pytest.mark.parametrize("wish, name, link", [
    ({"carrier": "dhl", "tracking_number": "JJD 01/2"}, "DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id=JJD01%2F2"),
    ({"carrier": "Royal Mail", "tracking_number": "AB1"}, "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/AB1"),
    ({"carrier": "ROYAL-MAIL", "tracking_number": "AB1"}, "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/AB1"),
    ({"carrier": "ups", "tracking_number": "1Z&a=b#c"}, "UPS", "https://www.ups.com/track?tracknum=1Z%26a%3Db%23c"),
    ({"carrier": "Our van", "tracking_number": "7"}, "Our van", None),
    ({"carrier": "dhl"}, "DHL", None),
    ({"tracking_number": "7"}, None, None),
    ({"carrier": "dhl", "tracking_number": "7", "tracking_url": "https://van.example/7?a=b"}, "DHL", "https://van.example/7?a=b"),
])  # fmt: skip
def test_links(audited, ann, admin, wish, name, link):
    parcel = shipped(admin, paid(audited, ann, 1), **wish)
    assert (parcel["carrier"], parcel["tracking_number"], parcel["tracking_url"]) == (name, wish.get("tracking_number"), link)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a/", "//a/b", "https://a/ b", "https://a/\"onload=", "https://a/<b>", "HTTPS", "data:text/html,x"])
def test_links_that_are_refused(audited, ann, admin, url):
    order = paid(audited, ann, 1)
    answer = ship(admin, order, tracking_url=url)
    assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["body", "tracking_url"]
    parcel = shipped(admin, order)
    assert change(admin, order, parcel, tracking_url=url).status_code == 422


def test_tracking_that_comes_later(audited, ann, admin):
    order = paid(audited, ann, 1)
    parcel = shipped(admin, order)
    later = change(admin, order, parcel, carrier="ups", tracking_number="1Z").json()
    assert (later["status"], later["carrier"], later["tracking_url"]) == ("shipped", "UPS", "https://www.ups.com/track?tracknum=1Z")
    assert change(admin, order, parcel, tracking_number="1Y").json()["tracking_url"].endswith("=1Y")
    own = change(admin, order, parcel, tracking_url="http://van.example/").json()
    assert own == change(admin, order, parcel, carrier="dhl").json() | {"carrier": "UPS"} and own["tracking_url"] == "http://van.example/"
    change(admin, order, parcel, status="delivered")
    assert change(admin, order, parcel, tracking_number="1X").json()["status"] == "delivered"
    assert timeline(ann, order) == ["created", "paid", "shipped", "delivered"]


def test_a_retry_with_its_key_sends_once(audited, ann, admin):
    order = paid(audited, ann, 3)
    first, again = (ship(admin, order, (0, 1), key="ship-once") for _ in range(2))
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    assert len(ann.get(f"/orders/{order['id']}/details").json()["fulfillments"]) == 1


def test_clerks_who_send_the_same_units(audited, ann):
    """Of 12 who send all of an order, or one unit of seven, none is sent twice."""
    whole, units = paid(audited, ann, 2, 1), paid(audited, ann, 7)
    with concurrent.futures.ThreadPoolExecutor(6) as pool, audited.client() as clerk:
        alls = [pool.submit(ship, clerk, whole) for _ in range(12)]
        ones = [pool.submit(ship, clerk, units, (0, 1)) for _ in range(12)]
        assert sorted(run.result().status_code for run in alls) == [201] + [409] * 11
        assert sorted(run.result().status_code for run in ones) == [201] * 7 + [409] * 5
    assert state(ann, whole) == state(ann, units) == ("shipped", "shipped")
    assert ann.get(f"/orders/{units['id']}/details").json()["items"][0]["shipped_quantity"] == 7


def test_the_mail(audited, ann, admin):
    order = paid(audited, ann, 2, 1, email="ann@example.com")

    def mails() -> list[dict]:
        return [m for m in admin.get("/admin/mails").json() if m["kind"] == "order_shipped" and m["to"] == "ann@example.com"]

    shipped(admin, order, (0, 1), carrier="dhl", tracking_number="<7>", notify=True)
    number = ann.get(f"/orders/{order['id']}/details").json()["number"]
    (mail,) = mails()
    assert mail["subject"] == f"A part of your order {number} is on its way"
    body = admin.get(f"/admin/mails/{mail['id']}").json()
    link = "https://www.dhl.com/global-en/home/tracking.html?tracking-id=%3C7%3E"
    assert "\n1 × " in body["text"] and "It travels with DHL, number <7>.\n" + link in body["text"]
    assert f'<a href="{link}"' in body["html"] and "number &lt;7&gt;." in body["html"]
    shipped(admin, order, (0, 1), notify=False)
    assert len(mails()) == 1
    shipped(admin, order)
    assert mails()[0]["subject"] == f"Your order {number} is on its way" and len(mails()) == 2
    shipped(admin, paid(audited, ann, 1))
    assert len(mails()) == 2, "an order without an address of mail is told of nowhere"


@pytest.mark.skipif(bool(os.environ.get("TILL_TEST_NODES")), reason="another node knows of a new webhook within a second")
def test_the_events_for_webhooks(serve):
    server = serve(webhook_insecure=True)
    with server.client() as admin, shopper(server) as ann:
        hook = {"url": "http://127.0.0.1:9/", "types": ["order.shipped", "order.delivered"]}
        assert admin.post("/admin/webhooks", json=hook).json()["types"] == hook["types"]
        order = paid(server, ann, 2, email="ann@example.com")
        parcels = [shipped(admin, order, (0, 1)) for _ in range(2)]
        for parcel in parcels:
            change(admin, order, parcel, status="delivered")
        events = query(server, "SELECT type, status, subject FROM events ORDER BY seq")
        assert [(type, status) for type, status, _ in events] == [("order.shipped", "paid"), ("order.shipped", "shipped"),
                                                                  ("order.delivered", "shipped"), ("order.delivered", "delivered")]  # fmt: skip
        assert {id_text(subject) for _, _, subject in events} == {order["id"]}


@pytest.mark.parametrize("damage, finding", [
    ("UPDATE fulfillment_items SET quantity = 3", "its line 0 has 2 units, and 3 are sent"),
    ("UPDATE fulfillment_items SET line = 7", "its order has no line 7"),
    ("DELETE FROM fulfillment_items", "has no items"),
    ("UPDATE orders SET status = 'paid'", "is paid, and by its quantities it is shipped"),
    ("UPDATE orders SET status = 'delivered'", "is delivered, and by its quantities it is shipped"),
    ("UPDATE fulfillments SET status = 'cancelled'", "is shipped, and by its quantities it is paid"),
])  # fmt: skip
def test_the_audit_finds_what_is_wrong(serve, damage, finding):
    server = serve()
    with server.client() as admin, shopper(server) as ann:
        shipped(admin, paid(server, ann, 2))
    audit(server)
    execute(server, damage)
    done = till("audit", "--db", server.db)
    assert done.returncode == 1 and finding in done.stdout + done.stderr


def test_no_number_and_no_address_in_the_audit_log(audited, ann, admin):
    order = paid(audited, ann, 1, email="ann@example.com")
    parcel = shipped(admin, order, carrier="dhl", tracking_number="1Z-secret")
    change(admin, order, parcel, status="lost")
    entries = admin.get("/admin/audit", params={"target": order["id"]}).json()
    assert [{c["field"] for c in e["changes"]} for e in entries] == [{"fulfillment", "status"}, {"fulfillment", "status", "carrier"}]
    assert "1Z-secret" not in str(entries) and "example.com" not in str(entries)
