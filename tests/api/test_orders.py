"""Orders: placed from a cart, cancelled or expired, each once; and retried with a key."""
import concurrent.futures
import datetime
import json
import re

import pytest

from server import content, wait_until
from shopping import (
    MONEY_MAX,
    Clock,
    add,
    admin,
    audit,
    bought,
    create,
    place,
    placed,
    query,
    session,
    shopper,
    stock,
    visitor,
    wait_for_expiry,
)
from wire import message

NOBODY = "00000000-0000-0000-0000-000000000001"
JSON = {"content_type": "application/json"}


@pytest.fixture(scope="module")
def shop(serve_module):
    server = serve_module()
    yield server
    audit(server)


@pytest.fixture
def ann(shop, request):
    return shopper(shop, re.sub(r"\W", "-", request.node.name)[:80])


@pytest.fixture
def clock(serve):
    return Clock(serve.folder())


@pytest.fixture
def timed(serve, clock):
    """A server whose time the test's clock tells; it can be started again."""
    return lambda: serve(clock.path.parent, test_clock=clock.path)


def order(client, order: dict) -> dict:
    response = client.get(f"/orders/{order['id']}")
    assert response.status_code == 200
    return response.json()


def cancel(client, order: dict):
    return client.post(f"/orders/{order['id']}/cancel")


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


# What is short


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
        ([(MONEY_MAX, 1)], True),
        ([(MONEY_MAX, 1), (0, 5)], True),
        ([(MONEY_MAX, 1), (1, 1)], False),
        ([(MONEY_MAX - 1, 1), (1, 1)], True),
        ([(MONEY_MAX, 2)], False),
        ([(MONEY_MAX, 10_000)], False),  # past 64 bits
        ([(MONEY_MAX, 1024), (MONEY_MAX, 1024), (1, 1)], False),  # a sum past 64 bits
        ([(6361, 69431)] * 3, True),
        ([(900719925474099, 10)], True),
        ([(900719925474100, 10)], False),
        ([(0, 10_000)], True),
    ],
)
def test_totals_up_to_2_53(ann, shop, things, fits):
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


def test_stock_filled_up_to_2_53_takes_back_what_it_can(timed, clock):
    """An order that could not be closed answered 500, and held the sweeper up for ever."""
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
    clock.forward(minutes=29)
    late = bought(ann, lamp, 4)
    wait_for_expiry(server, clock.ahead)
    assert order(ann, early)["status"] == "pending"
    clock.forward(minutes=2)
    wait_for_expiry(server, clock.ahead)
    assert (order(ann, early)["status"], order(ann, late)["status"]) == ("expired", "pending")
    assert stock(server, lamp) == 6
    assert cancel(ann, early).json() == {"detail": "Order is not pending"}
    clock.forward(minutes=29)
    wait_for_expiry(server, clock.ahead)
    assert order(ann, late) == late | {"status": "expired"}
    assert stock(server, lamp) == 10
    assert query(server, "SELECT kind, count(*) FROM stock_movements GROUP BY 1") == [("reserved", 2), ("returned", 2)]
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


def test_reserve_minutes(serve, clock):
    server = serve(clock.path.parent, test_clock=clock.path, reserve_minutes=1440)
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
        next_page = f'</orders?limit={limit}&offset={offset + limit}>; rel="next"'
        assert response.headers.get("link") == (next_page if offset + limit < 7 else None)


@pytest.mark.parametrize("parameters", ["limit=0", "limit=501", "limit=x", "offset=-1", "offset=1.5"])
def test_pages_that_are_none(ann, parameters):
    assert ann.get(f"/orders?{parameters}").status_code == 422


def test_without_a_session_there_are_no_orders(shop):
    response = visitor(shop).get("/orders")
    assert (response.json(), response.headers["x-total-count"]) == ([], "0")


# Idempotency-Key


def replayed(response) -> bool:
    assert response.headers.get("idempotent-replayed") in (None, "true")
    return "idempotent-replayed" in response.headers


def test_the_same_request_with_its_key_gets_the_same_answer(ann, shop):
    lamp = create(shop, stock_quantity=10)
    line = add(ann, lamp, 2)
    first = place(ann, line, key="k-1")
    assert first.status_code == 201 and not replayed(first)
    for _ in range(3):
        again = place(ann, line, key="k-1")
        assert again.status_code == 201 and replayed(again)
        assert again.content == first.content and again.headers["content-type"] == "application/json"
    assert stock(shop, lamp) == 8 and ann.get("/orders").json() == [first.json()]


def test_the_answer_is_the_one_that_was_given_whatever_came_of_the_order(ann, shop):
    line = add(ann, create(shop))
    first = place(ann, line, key="k-2")
    assert cancel(ann, first.json()).json()["status"] == "cancelled"
    again = place(ann, line, key="k-2")
    assert replayed(again) and again.content == first.content


def test_another_request_with_the_key_is_refused(ann, shop):
    lines = [add(ann, create(shop)), add(ann, create(shop))]
    assert place(ann, lines[0], key="k-3").status_code == 201
    before = content(shop)
    response = place(ann, lines[1], key="k-3")
    assert response.status_code == 422 and not replayed(response)
    assert response.json() == {"detail": "Idempotency-Key was used for another request"}
    assert content(shop) == before
    assert place(ann, lines[1], key="k-4").status_code == 201


def test_a_key_is_its_sessions_own(ann, shop):
    bob = shopper(shop, "bob-of-the-key")
    mine = placed(ann, add(ann, create(shop)), key="shared")
    his = place(bob, add(bob, create(shop)), key="shared")
    assert his.status_code == 201 and not replayed(his) and his.json()["id"] != mine["id"]


def test_what_failed_may_be_tried_again_with_its_key(ann, shop):
    lamp = create(shop, stock_quantity=2)
    line = add(ann, lamp, 2)
    admin(shop).patch(f"/products/{lamp['id']}", json={"stock_quantity": 1})
    assert place(ann, line, key="k-5").status_code == 409
    admin(shop).patch(f"/products/{lamp['id']}", json={"stock_quantity": 2})
    response = place(ann, line, key="k-5")
    assert response.status_code == 201 and not replayed(response)


@pytest.mark.parametrize("count", [2, 50])
def test_one_key_at_once_from_everywhere_is_one_order(ann, shop, count):
    lamp = create(shop, stock_quantity=count)
    line = add(ann, lamp)
    body = json.dumps({"cart_item_ids": [line["id"]]}).encode()
    headers = JSON | {"x_session_id": ann.headers["X-Session-Id"], "idempotency_key": "once"}
    wires = [shop.wire() for _ in range(count)]
    request = message("POST", "/orders", body, **headers)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda wire: wire.send(request), wires))
    answers = [wire.answer() for wire in wires]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert sorted(answer["idempotent-replayed"] or "" for answer in answers) == [""] + ["true"] * (count - 1)
    assert stock(shop, lamp) == count - 1 and len(ann.get("/orders").json()) == 1


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_key_holds_after_a_restart(serve, end):
    folder = serve.folder()
    server = serve(folder)
    line = add(shopper(server), create(server))
    first = place(shopper(server), line, key="k-6")
    getattr(server, end)()
    server = serve(folder)
    again = place(shopper(server), line, key="k-6")
    assert replayed(again) and again.content == first.content
    assert shopper(server).get("/orders").json() == [first.json()]
    audit(server)


def test_keys_are_kept_for_24_hours(timed, clock):
    server = timed()
    ann, lamp = shopper(server), create(server)
    lines = [add(ann, lamp)]
    first = place(ann, lines[0], key="k-7")
    clock.forward(hours=23, minutes=59)
    lines.append(add(ann, lamp))
    wait_for_expiry(server, clock.ahead)
    again = place(ann, lines[0], key="k-7")
    assert replayed(again) and again.content == first.content
    clock.forward(minutes=2)
    wait_until(lambda: query(server, "SELECT count(*) FROM idempotency_keys") == [(0,)])
    assert place(ann, lines[0], key="k-7").status_code == 404
    fresh = place(ann, lines[1], key="k-7")
    assert fresh.status_code == 201 and not replayed(fresh)
    audit(server)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "two words", "tab\there", "ü", "\x7f"])
def test_keys_that_are_none(ann, shop, key):
    line = add(ann, create(shop))
    before = content(shop)
    body = json.dumps({"cart_item_ids": [line["id"]]}).encode()
    headers = JSON | {"x_session_id": ann.headers["X-Session-Id"], "idempotency_key": key}
    answer = shop.wire().request("POST", "/orders", body, **headers).answer()
    if key == "\x7f":  # no text of a header at all
        assert answer.status == 400
    else:
        assert answer.status == 422
        assert [e["loc"] for e in answer.json()["detail"]] == [["header", "idempotency-key"]]
    assert content(shop) == before


@pytest.mark.parametrize("key", ["x", "x" * 255, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~", '"quoted"'])
def test_keys_of_any_printable_form(ann, shop, key):
    line = add(ann, create(shop))
    first = place(ann, line, key=key)
    assert first.status_code == 201 and replayed(place(ann, line, key=key))


def test_a_key_where_none_is_taken_is_let_be(ann, shop):
    line = ann.post("/cart", json={"product_id": create(shop)["id"], "quantity": 1}, headers={"Idempotency-Key": "two words"})
    assert line.status_code == 201
    assert ann.get("/orders", headers={"Idempotency-Key": ""}).status_code == 200


def test_a_key_without_a_session(shop):
    response = place(visitor(shop), {"id": NOBODY}, key="k-8")
    assert (response.status_code, response.json()) == (404, {"detail": "Cart item not found"})
    assert place(visitor(shop, **session("new-one")), {"id": NOBODY}, key="k-8").status_code == 404

