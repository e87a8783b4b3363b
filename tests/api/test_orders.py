"""Orders: placed from a cart, then cancelled or expired; each happens once."""
import datetime

import pytest

from server import content
from shopping import (
    MONEY_MAX,
    add,
    admin,
    audit,
    bought,
    cancel,
    create,
    intended,
    place,
    placed,
    query,
    shopper,
    stock,
    visitor,
    wait_for_expiry,
)

CHARGE_MAX = 99_999_999  # the most that the provider charges, in usd
NOBODY = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def shop(audited):
    return audited


def order(client, order: dict) -> dict:
    response = client.get(f"/orders/{order['id']}")
    assert response.status_code == 200
    return response.json()


# Placing


def test_an_order_is_what_was_in_the_cart(ann, shop):
    lamp, mug = create(shop, price=2999, stock_quantity=5), create(shop, price=850, stock_quantity=9)
    lines = [add(ann, mug, 4), add(ann, lamp, 2)]
    made = placed(ann, lines[1], lines[0])
    assert made == {
        "id": made["id"],
        "total_amount": 2 * 2999 + 4 * 850,
        "status": "pending",
        "items": [
            {"product_id": lamp["id"], "quantity": 2, "price_at_purchase": 2999},
            {"product_id": mug["id"], "quantity": 4, "price_at_purchase": 850},
        ],
        "currency": "usd",
        "created_at": made["created_at"],
    }
    assert list(made) == ["id", "total_amount", "status", "items", "currency", "created_at"]
    age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(made["created_at"])
    assert made["created_at"].endswith("Z") and datetime.timedelta() <= age < datetime.timedelta(minutes=10)
    assert (stock(shop, lamp), stock(shop, mug)) == (3, 5)
    assert order(ann, made) == made and ann.get("/orders").json() == [made]


def test_only_its_lines_leave_the_cart(ann, shop):
    lines = [add(ann, create(shop)) for _ in range(4)]
    placed(ann, lines[2], lines[0])
    assert ann.get("/cart").json() == [lines[1], lines[3]]
    assert place(ann, lines[0]).status_code == 404


def test_a_line_named_twice_counts_once(ann, shop):
    lamp, mug = create(shop, stock_quantity=3), create(shop)
    a, b = add(ann, lamp, 2), add(ann, mug)
    made = placed(ann, a, b, a, a, b)
    assert [item["product_id"] for item in made["items"]] == [lamp["id"], mug["id"]]
    assert stock(shop, lamp) == 1


def test_prices_are_those_of_the_moment(ann, shop):
    lamp = create(shop, price=1000)
    line = add(ann, lamp)
    admin(shop).patch(f"/products/{lamp['id']}", json={"price": 1500})
    made = placed(ann, line)
    assert (made["total_amount"], made["items"][0]["price_at_purchase"]) == (1500, 1500)
    admin(shop).patch(f"/products/{lamp['id']}", json={"price": 1, "name": "Cheap"})
    admin(shop).delete(f"/products/{lamp['id']}")
    assert order(ann, made) == made


def test_the_same_product_can_be_ordered_again(ann, shop):
    lamp = create(shop, stock_quantity=3)
    orders = [bought(ann, lamp) for _ in range(3)]
    assert len({o["id"] for o in orders}) == 3 and stock(shop, lamp) == 0


def test_100_lines_are_an_order(ann, shop):
    lines = [add(ann, create(shop, price=i)) for i in range(100)]
    made = placed(ann, *lines)
    assert made["total_amount"] == sum(range(100)) and ann.get("/cart").json() == []
    assert [i["product_id"] for i in made["items"]] == [line["product"]["id"] for line in lines]


@pytest.mark.parametrize("ids, kind", [([], "too_short"), ([NOBODY] * 101, "too_long"), (None, "list_type"), ([1], "uuid_type")])
def test_lists_of_lines_that_are_none(ann, ids, kind):
    response = ann.post("/orders", json={"cart_item_ids": ids})
    assert response.status_code == 422 and [e["type"] for e in response.json()["detail"]] == [kind]


def test_unknown_lines_and_those_of_others_are_not_there(ann, shop):
    bob = shopper(shop, "bob")
    mine, his = add(ann, create(shop)), add(bob, create(shop))
    before = content(shop)
    for lines in ([his], [mine, his], [his, mine], [mine, {"id": NOBODY}]):
        response = place(ann, *lines)
        assert (response.status_code, response.json()) == (404, {"detail": "Cart item not found"})
    assert content(shop) == before


def test_currency_is_the_shops(serve):
    server = serve(currency="eur")
    assert bought(shopper(server), create(server))["currency"] == "eur"


# Too little stock


def test_each_product_that_is_short_is_named(ann, shop):
    lamp, mug, pen, rug = (create(shop, name=n, stock_quantity=5) for n in ("lamp", "mug", "pen", "rug"))
    lines = [add(ann, product, n) for product, n in ((lamp, 5), (mug, 3), (pen, 2), (rug, 1))]
    admin(shop).patch(f"/products/{lamp['id']}", json={"stock_quantity": 4})
    bought(shopper(shop, "the-other-one"), pen, 4)
    admin(shop).delete(f"/products/{rug['id']}")
    before = content(shop)
    response = place(ann, *lines)
    assert response.status_code == 409
    assert response.json() == {
        "detail": "Insufficient stock",
        "short": [
            {"product_id": lamp["id"], "requested": 5, "available": 4},
            {"product_id": pen["id"], "requested": 2, "available": 1},
            {"product_id": rug["id"], "requested": 1, "available": 0},
        ],
    }
    assert content(shop) == before
    assert ann.get("/cart").json()[3]["product"]["stock_quantity"] == 0


def test_a_product_deleted_between_cart_and_order_is_named(ann, shop):
    lamp = create(shop)
    line = add(ann, lamp)
    admin(shop).delete(f"/products/{lamp['id']}")
    response = place(ann, line)
    assert response.status_code == 409
    assert response.json()["short"] == [{"product_id": lamp["id"], "requested": 1, "available": 0}]
    admin(shop).patch(f"/products/{lamp['id']}", json={"is_active": True})
    assert place(ann, line).status_code == 201


# Amounts


@pytest.mark.parametrize(
    "things, fits",
    [
        ([(CHARGE_MAX, 1)], True),
        ([(CHARGE_MAX, 1), (0, 5)], True),
        ([(CHARGE_MAX, 1), (1, 1)], False),
        ([(CHARGE_MAX - 1, 1), (1, 1)], True),
        ([(10_000, 10_000)], False),
        ([(9_999, 10_000)], True),
        ([(MONEY_MAX, 1)], False),
        ([(MONEY_MAX, 10_000)], False),  # above 64 bits
        ([(MONEY_MAX, 1024), (MONEY_MAX, 1024), (1, 1)], False),  # a sum above 64 bits
        ([(0, 10_000)], True),
    ],
)
def test_totals_up_to_what_can_be_paid(serve, things, fits):
    shop = serve(order_quantity_max=0, hold_max=0)
    ann = shopper(shop)
    products = [(create(shop, price=p, stock_quantity=MONEY_MAX), q) for p, q in things]
    lines = []
    for product, quantity in products:
        while quantity:
            lines.append(add(ann, product, min(quantity, 10_000)))
            quantity -= min(quantity, 10_000)
    before = content(shop)
    response = place(ann, *lines)
    if fits:
        assert (response.status_code, response.json()["total_amount"]) == (201, sum(p * q for p, q in things))
    else:
        assert (response.status_code, response.json()) == (409, {"detail": "The order's total is too large"})
        assert content(shop) == before


@pytest.mark.parametrize("price, quantity, fits", [(0, 3, True), (1, 1, False), (49, 1, False), (7, 7, False), (50, 1, True), (1, 50, True)])
def test_a_total_that_is_too_small_to_be_paid_is_refused(ann, shop, price, quantity, fits):
    """An order of nothing is paid without the provider."""
    line = add(ann, create(shop, price=price, stock_quantity=60), quantity)
    before = content(shop)
    response = place(ann, line)
    if fits:
        assert response.status_code == 201
        assert intended(ann, response.json())["status"] == "pending"
    else:
        assert (response.status_code, response.json()) == (409, {"detail": "The order's total is too small to be paid"})
        assert content(shop) == before


@pytest.mark.parametrize("currency, least, most", [("jpy", 50, 10**10 - 1), ("czk", 1500, 99_999_999), ("xyz", 1, 99_999_999)])
def test_what_can_be_paid_depends_on_the_currency(serve, currency, least, most):
    server = serve(currency=currency)
    ann = shopper(server)
    for total, status in [(least - 1, 409 if least > 1 else 201), (least, 201), (most, 201), (most + 1, 409)]:
        response = place(ann, add(ann, create(server, price=total)))
        assert response.status_code == status, total
        if status == 201:
            intended(ann, response.json())


def test_stock_filled_up_to_2_53_takes_back_what_it_can(timed, clock):
    """An order that could not be closed once answered 500, and stopped the sweeper for good."""
    server = timed()
    ann, lamp, mug = shopper(server), create(server, stock_quantity=MONEY_MAX), create(server)
    orders = [bought(ann, lamp, 5), bought(ann, lamp, 5), bought(ann, mug, 5)]
    admin(server).patch(f"/products/{lamp['id']}", json={"stock_quantity": MONEY_MAX - 3})
    audit(server)
    assert cancel(ann, orders[0]).status_code == 200
    assert stock(server, lamp) == MONEY_MAX
    clock.forward(minutes=31)
    wait_for_expiry(server, clock.ahead)
    assert [o["status"] for o in ann.get("/orders").json()] == ["expired", "expired", "cancelled"]
    audit(server)


# Cancelling


def test_cancelling_gives_the_stock_back_once(ann, shop):
    lamp, mug = create(shop, stock_quantity=5), create(shop, stock_quantity=7)
    made = placed(ann, add(ann, lamp, 5), add(ann, mug, 2))
    response = cancel(ann, made)
    assert (response.status_code, response.json()) == (200, made | {"status": "cancelled"})
    for _ in range(2):
        again = cancel(ann, made)
        assert (again.status_code, again.json()) == (409, {"detail": "Order is not pending"})
    assert (stock(shop, lamp), stock(shop, mug)) == (5, 7)
    assert order(ann, made)["status"] == "cancelled"


def test_cancelled_at_once_from_everywhere_it_is_cancelled_once(ann, shop):
    lamp = create(shop, stock_quantity=5)
    made = bought(ann, lamp, 3)
    headers = {"x_session_id": ann.headers["X-Session-Id"]}
    wires = [shop.wire().request("POST", f"/orders/{made['id']}/cancel", b"", **headers) for _ in range(30)]
    assert sorted(wire.answer().status for wire in wires) == [200] + [409] * 29
    assert stock(shop, lamp) == 5


def test_stock_goes_back_to_a_product_that_is_no_longer_sold(ann, shop):
    lamp = create(shop, stock_quantity=5)
    made = bought(ann, lamp, 2)
    admin(shop).delete(f"/products/{lamp['id']}")
    assert cancel(ann, made).status_code == 200
    assert stock(shop, lamp) == 5


def test_what_the_owner_sets_while_an_order_holds_stock_stands(ann, shop):
    lamp = create(shop, stock_quantity=5)
    made = bought(ann, lamp, 2)
    admin(shop).patch(f"/products/{lamp['id']}", json={"stock_quantity": 100})
    assert cancel(ann, made).status_code == 200
    assert stock(shop, lamp) == 102


def test_an_order_that_is_not_there(ann):
    for response in (ann.get(f"/orders/{NOBODY}"), ann.post(f"/orders/{NOBODY}/cancel")):
        assert (response.status_code, response.json()) == (404, {"detail": "Order not found"})


# Expiry


def test_an_order_expires_once(timed, clock):
    server = timed()
    ann, lamp = shopper(server), create(server, stock_quantity=10)
    early = bought(ann, lamp, 3)
    clock.forward(minutes=9)
    late = bought(ann, lamp, 4)
    wait_for_expiry(server, clock.ahead)
    assert order(ann, early)["status"] == "pending"
    clock.forward(minutes=2)
    wait_for_expiry(server, clock.ahead)
    assert (order(ann, early)["status"], order(ann, late)["status"]) == ("expired", "pending")
    assert stock(server, lamp) == 6
    assert cancel(ann, early).json() == {"detail": "Order is not pending"}
    clock.forward(minutes=9)
    wait_for_expiry(server, clock.ahead)
    assert order(ann, late) == late | {"status": "expired"}
    assert stock(server, lamp) == 10
    assert query(server, "SELECT kind, count(*) FROM stock_movements GROUP BY 1 ORDER BY 1") == [("reserved", 2), ("returned", 2)]
    audit(server)


def test_what_expired_while_the_server_was_down(timed, clock):
    server = timed()
    ann, lamp = shopper(server), create(server, stock_quantity=10)
    made, cancelled = bought(ann, lamp, 3), bought(ann, lamp, 2)
    cancel(ann, cancelled)
    server.stop()
    clock.forward(hours=5)
    for _ in range(2):
        server = timed()
        wait_for_expiry(server, clock.ahead)
        assert [o["status"] for o in shopper(server).get("/orders").json()] == ["cancelled", "expired"]
        assert stock(server, lamp) == 10
        audit(server)
        server.kill()


def test_more_than_one_batch_expires(timed, clock):
    server = timed()
    lamp = create(server, stock_quantity=1000)
    clients = [shopper(server, f"number-{i}") for i in range(5)]
    for _ in range(50):
        for client in clients:
            bought(client, lamp)
    assert stock(server, lamp) == 750
    clock.forward(minutes=31)
    wait_for_expiry(server, clock.ahead)
    assert stock(server, lamp) == 1000
    assert query(server, "SELECT DISTINCT status FROM orders") == [("expired",)]
    audit(server)


def test_minutes_are_those_of_the_flags(serve, clock):
    server = serve(clock.path.parent, test_clock=clock.path, reserve_minutes=2000, hold_minutes=1440)
    ann, lamp = shopper(server), create(server)
    made = bought(ann, lamp)
    clock.forward(minutes=1439)
    bought(ann, lamp)
    wait_for_expiry(server, clock.ahead)
    assert order(ann, made)["status"] == "pending"
    clock.forward(minutes=2)
    wait_for_expiry(server, clock.ahead)
    assert [o["status"] for o in ann.get("/orders").json()] == ["pending", "expired"]


# Lists


def test_orders_in_pages_newest_first(ann, shop):
    lamp = create(shop, stock_quantity=100)
    orders = [bought(ann, lamp) for _ in range(7)][::-1]
    assert ann.get("/orders").json() == orders
    for limit, offset in ((3, 0), (3, 3), (3, 6), (7, 0), (1, 6), (5, 7), (500, 0), (2, 1000)):
        response = ann.get("/orders", params={"limit": limit, "offset": offset})
        assert response.json() == orders[offset : offset + limit]
        assert response.headers["x-total-count"] == "7"
        next_page = f'<orders?limit={limit}&offset={offset + limit}>; rel="next"'
        assert response.headers.get("link") == (next_page if offset + limit < 7 else None)


@pytest.mark.parametrize("parameters", ["limit=0", "limit=501", "limit=x", "offset=-1", "offset=1.5"])
def test_pages_that_are_none(ann, parameters):
    assert ann.get(f"/orders?{parameters}").status_code == 422


def test_without_a_session_there_are_no_orders(shop):
    response = visitor(shop).get("/orders")
    assert (response.json(), response.headers["x-total-count"]) == ([], "0")
