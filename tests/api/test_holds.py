"""What unpaid orders may hold of the stock, and for how long: attempts to sell out a shop without paying."""
import threading

import pytest

from server import till
from shopping import add, audit, bought, cancel, confirmed, create, intended, place, query, shopper, stock, wait_for_expiry

QUANTITY = "An order may not have so many of one product"
HOLD = "Your unpaid orders hold too many of this product: pay or cancel one first"


def refused(answer, detail: str, *short: tuple) -> None:
    listed = [{"product_id": p["id"], "requested": requested, "available": allowed} for p, requested, allowed in short]
    assert (answer.status_code, answer.json()) == (409, {"detail": detail, "short": listed})


def test_one_session_cannot_hold_the_whole_stock(serve):
    """CoreShop#820: an anonymous session ordered 10,000 of 10,000, again and again."""
    server = serve()
    lamp, desk = create(server, stock_quantity=10_000), create(server, stock_quantity=10_000)
    mallory = shopper(server, "mallory")
    line = add(mallory, lamp, 10_000)
    refused(place(mallory, line), QUANTITY, (lamp, 10_000, 100))
    mallory.put(f"/cart/{line['id']}", json={"quantity": 70})
    assert place(mallory, line).status_code == 201
    for quantity in (31, 100):
        refused(place(mallory, line := add(mallory, lamp, quantity)), HOLD, (lamp, quantity, 30))
        mallory.delete(f"/cart/{line['id']}")
    for _ in range(15):
        bought(mallory, lamp, 2)
    refused(place(mallory, add(mallory, lamp)), HOLD, (lamp, 1, 0))
    assert stock(server, lamp) == 9_900
    bought(mallory, desk, 100)  # each product has its own limit
    bought(shopper(server), lamp, 100)  # and each shopper
    audit(server)


def test_an_order_of_many_products_names_all_that_are_too_many(serve):
    server = serve(order_quantity_max=5, hold_max=8)
    ann = shopper(server)
    lamp, desk, mug = (create(server, stock_quantity=50) for _ in range(3))
    bought(ann, desk, 5)
    before = query(server, "SELECT count(*) FROM orders")
    lines = add(ann, lamp, 6), add(ann, desk, 4), add(ann, mug, 5)
    refused(place(ann, *lines), QUANTITY, (lamp, 6, 5), (desk, 4, 3))
    refused(place(ann, *lines[1:]), HOLD, (desk, 4, 3))
    assert query(server, "SELECT count(*) FROM orders") == before
    assert [stock(server, p) for p in (lamp, desk, mug)] == [50, 45, 50]
    assert len(ann.get("/cart").json()) == 3


@pytest.mark.parametrize("free", ["cancelled", "paid", "expired"])
def test_what_is_no_longer_held_may_be_ordered(serve, clock, free):
    server = serve(clock.path.parent, test_clock=clock.path, hold_max=10)
    ann, lamp = shopper(server), create(server, stock_quantity=50)
    order = bought(ann, lamp, 10)
    refused(place(ann, line := add(ann, lamp)), HOLD, (lamp, 1, 0))
    if free == "cancelled":
        cancel(ann, order)
    elif free == "paid":
        confirmed(ann, intended(ann, order), "pm_card_visa")
    else:
        clock.forward(minutes=11)
        wait_for_expiry(server, clock.ahead)
    assert place(ann, line).status_code == 201
    audit(server)


def test_a_limit_of_0_is_none(serve):
    server = serve(order_quantity_max=0, hold_max=0)
    ann, lamp = shopper(server), create(server, stock_quantity=30_000)
    for _ in range(3):
        bought(ann, lamp, 10_000)
    assert stock(server, lamp) == 0


def test_one_cart_for_all_has_no_limit_of_holds(serve):
    server = serve(cart="global")
    lamp = create(server, stock_quantity=1000)
    for name in "abcd":
        bought(shopper(server, name), lamp, 100)
    assert stock(server, lamp) == 600


@pytest.mark.parametrize("flag", ["--hold-max=-1", "--order-quantity-max=x", "--hold-minutes=0", "--hold-minutes=43201"])
def test_wrong_limits_are_refused(flag):
    done = till("serve", "--db", ":memory:", flag)
    assert done.returncode == 2 and flag.split("=")[0] in done.stderr


def test_a_payment_that_is_begun_keeps_the_stock_longer(serve, clock):
    server = serve(clock.path.parent, test_clock=clock.path)
    lamp = create(server, stock_quantity=10)
    ann, bob = shopper(server, "ann"), shopper(server, "bob")
    begun, idle = bought(ann, lamp, 3), bought(bob, lamp, 4)
    clock.forward(minutes=9)
    payment = intended(ann, begun)
    clock.forward(minutes=2)
    wait_for_expiry(server, clock.ahead)
    assert [c.get(f"/orders/{o['id']}").json()["status"] for c, o in [(ann, begun), (bob, idle)]] == ["pending", "expired"]
    clock.forward(minutes=18)  # 29 in all; another intent does not make it longer
    assert intended(ann, begun)["id"] == payment["id"]
    wait_for_expiry(server, clock.ahead)
    assert stock(server, lamp) == 7
    clock.forward(minutes=2)
    wait_for_expiry(server, clock.ahead)
    assert ann.get(f"/orders/{begun['id']}").json()["status"] == "expired"
    assert stock(server, lamp) == 10
    audit(server)


def test_a_hold_is_never_longer_than_the_reservation(serve, clock):
    server = serve(clock.path.parent, test_clock=clock.path, reserve_minutes=5)
    ann, lamp = shopper(server), create(server)
    order = bought(ann, lamp)
    clock.forward(minutes=6)
    wait_for_expiry(server, clock.ahead)
    assert ann.get(f"/orders/{order['id']}").json()["status"] == "expired"


def test_many_sessions_hold_what_one_cannot_until_their_time_is_over(serve, clock):
    """A limit per session cannot stop somebody who makes sessions: the docs say so. What they hold is free after ten minutes."""
    server = serve(clock.path.parent, test_clock=clock.path)
    lamp = create(server, stock_quantity=1_000)

    def attack(name: str) -> None:
        client = shopper(server, name)
        for quantity in (60, 60, 40):
            answers.append(place(client, add(client, lamp, quantity)).status_code)
            for line in client.get("/cart").json():
                client.delete(f"/cart/{line['id']}")

    answers: list[int] = []
    threads = [threading.Thread(target=attack, args=[f"mallory-{i:02}"]) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201] * 16 + [409] * 8
    assert stock(server, lamp) == 200
    held = query(server, "SELECT max(n) FROM (SELECT sum(i.quantity) AS n FROM orders AS o JOIN order_items AS i ON"
                         " i.order_seq = o.seq WHERE o.status = 'pending' GROUP BY o.session) AS h")
    assert held == [(100,)]
    clock.forward(minutes=11)
    wait_for_expiry(server, clock.ahead)
    assert stock(server, lamp) == 1_000
    audit(server)


def test_two_orders_of_one_session_at_once_hold_no_more_than_one(serve):
    server = serve(hold_max=10)
    lamps = [create(server, stock_quantity=1000) for _ in range(8)]
    for round in range(5):
        name = f"ann-{round}"
        lines = [add(shopper(server, name), lamp, 8) for lamp in lamps]
        clients = [shopper(server, name) for _ in range(4)]
        threads = [threading.Thread(target=place, args=[client, *lines]) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [stock(server, lamp) for lamp in lamps] == [1000 - 40] * 8
    audit(server)
