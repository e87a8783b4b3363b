"""The cart: its session, its lines, and what never happens to it."""
import re
from email.utils import parsedate_to_datetime

import pytest

import postgres
from server import content, database, wait_until
from shopping import Clock, add, admin, audit, bought, create, everything_stored, place, query, session, shopper, visitor
from wire import message

COOKIE = re.compile(r"till_session=([A-Za-z0-9_-]{22}); Path=/; Expires=[^;]+ GMT; Max-Age=34560000; HttpOnly; SameSite=Lax(; Secure)?")
NOBODY = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def shop(audited):
    return audited


@pytest.fixture
def lamp(shop):
    return create(shop, name="Desk lamp", price=2999, stock_quantity=10)


def cart(client) -> list[dict]:
    response = client.get("/cart")
    assert response.status_code == 200
    return response.json()


# Lines


def test_a_line_is_the_product_and_how_many(ann, lamp):
    line = add(ann, lamp, 2)
    assert line == {"id": line["id"], "product": lamp, "quantity": 2}
    assert list(line) == ["id", "product", "quantity"]
    assert cart(ann) == [line]


def test_the_same_product_adds_to_its_line(ann, lamp):
    first, second = add(ann, lamp, 2), add(ann, lamp, 3)
    assert second == first | {"quantity": 5}
    assert cart(ann) == [second]


def test_lines_stand_in_the_order_in_which_they_came(ann, shop):
    products = [create(shop, name=f"Number {i}") for i in range(5)]
    for product in [*products, products[0]]:
        add(ann, product)
    assert [line["product"]["id"] for line in cart(ann)] == [p["id"] for p in products]


def test_put_sets_the_quantity(ann, lamp):
    line = add(ann, lamp, 2)
    response = ann.put(f"/cart/{line['id']}", json={"quantity": 7})
    assert (response.status_code, response.json()) == (200, line | {"quantity": 7})
    assert cart(ann) == [line | {"quantity": 7}]


def test_delete_removes_the_line_once(ann, lamp):
    line = add(ann, lamp)
    response = ann.delete(f"/cart/{line['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert cart(ann) == []
    for response in (ann.delete(f"/cart/{line['id']}"), ann.put(f"/cart/{line['id']}", json={"quantity": 1})):
        assert (response.status_code, response.json()) == (404, {"detail": "Cart item not found"})


@pytest.mark.parametrize("name", ["connections", "pipelined"])
def test_concurrent_adds_of_one_product_lose_nothing(shop, name):
    lamp = create(shop, stock_quantity=10_000)
    wires = [shop.wire() for _ in range(50 if name == "connections" else 5)]
    body = b'{"product_id":"%s","quantity":3}' % lamp["id"].encode()
    request = message("POST", "/cart", body, content_type="application/json", **session(name))
    times = 4 if name == "connections" else 40
    for wire in wires:
        wire.send(request * times)
    answers = [wire.answer() for wire in wires for _ in range(times)]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert {answer.json()["quantity"] for answer in answers} == set(range(3, 601, 3))
    assert [line["quantity"] for line in cart(shopper(shop, name))] == [600]


def test_a_cart_has_room_for_100_lines(ann, shop):
    lines = [add(ann, create(shop)) for _ in range(100)]
    one_more = create(shop)
    response = ann.post("/cart", json={"product_id": one_more["id"], "quantity": 1})
    assert (response.status_code, response.json()) == (409, {"detail": "The cart has 100 lines already"})
    assert add(ann, lines[50]["product"])["quantity"] == 2
    assert ann.delete(f"/cart/{lines[0]['id']}").status_code == 204
    assert add(ann, one_more)["quantity"] == 1
    assert len(cart(ann)) == 100


# Products that change


def test_a_cart_takes_no_stock(shop, lamp):
    for name in ("one", "two", "three"):
        assert add(shopper(shop, name), lamp, 10)["product"]["stock_quantity"] == 10


@pytest.mark.parametrize("have, more", [(0, 11), (10, 1), (5, 6), (0, 10_000)])
def test_a_line_asks_for_no_more_than_there_is(ann, lamp, have, more):
    if have:
        add(ann, lamp, have)
    before = cart(ann)
    response = ann.post("/cart", json={"product_id": lamp["id"], "quantity": more})
    assert (response.status_code, response.json()) == (409, {"detail": "Insufficient stock"})
    assert cart(ann) == before


def test_the_last_unit_is_added_to_its_line(ann, lamp):
    add(ann, lamp, 9)
    assert add(ann, lamp)["quantity"] == 10


def test_put_asks_for_no_more_than_there_is(ann, lamp):
    line = add(ann, lamp)
    response = ann.put(f"/cart/{line['id']}", json={"quantity": 11})
    assert (response.status_code, response.json()) == (409, {"detail": "Insufficient stock"})
    assert cart(ann) == [line]


def test_a_line_of_another_cart_does_not_tell_how_many_there_are(ann, shop, lamp):
    theirs = add(shopper(shop, "somebody-else"), lamp)
    for quantity in (1, 11):
        response = ann.put(f"/cart/{theirs['id']}", json={"quantity": quantity})
        assert (response.status_code, response.json()) == (404, {"detail": "Cart item not found"})


def test_a_line_shows_its_product_as_it_is_now(ann, shop, lamp):
    line = add(ann, lamp)
    changed = admin(shop).patch(f"/products/{lamp['id']}", json={"price": 1999, "name": "Lamp", "category": "sale"})
    assert cart(ann) == [line | {"product": changed.json()}]


def test_a_product_that_became_short_shows_its_stock(ann, shop, lamp):
    line = add(ann, lamp, 5)
    admin(shop).patch(f"/products/{lamp['id']}", json={"stock_quantity": 3})
    assert cart(ann) == [line | {"product": lamp | {"stock_quantity": 3}}]
    assert ann.put(f"/cart/{line['id']}", json={"quantity": 4}).status_code == 409
    assert ann.put(f"/cart/{line['id']}", json={"quantity": 3}).status_code == 200


def test_a_product_that_is_no_longer_sold_shows_none_in_stock(ann, shop, lamp):
    line = add(ann, lamp)
    assert admin(shop).delete(f"/products/{lamp['id']}").status_code == 204
    assert cart(ann) == [line | {"product": lamp | {"stock_quantity": 0}}]
    response = ann.post("/cart", json={"product_id": lamp["id"], "quantity": 1})
    assert (response.status_code, response.json()) == (404, {"detail": "Product not found"})
    assert ann.put(f"/cart/{line['id']}", json={"quantity": 1}).json() == {"detail": "Insufficient stock"}
    admin(shop).patch(f"/products/{lamp['id']}", json={"is_active": True})
    assert cart(ann) == [line]
    assert ann.delete(f"/cart/{line['id']}").status_code == 204


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 2**53, 2**63, 10**30, 1.5, "x", None, [], {}])
def test_quantities_that_are_none(ann, lamp, quantity):
    response = ann.post("/cart", json={"product_id": lamp["id"], "quantity": quantity})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [["body", "quantity"]]
    assert cart(ann) == []


# Sessions


def test_reading_makes_nothing(shop):
    bought(shopper(shop, "a-regular"), create(shop))
    before = content(shop)
    for headers in ({}, session("nobody-yet"), {"Cookie": "till_session=nobody-has-this-one00"}):
        for path in ("/cart", "/orders", f"/orders/{NOBODY}", "/products"):
            response = visitor(shop).get(path, headers=headers)
            assert "set-cookie" not in response.headers and "x-session-id" not in response.headers
            assert path == "/products" or response.json() in ([], {"detail": "Order not found"})
    assert content(shop) == before


def test_a_request_that_stores_nothing_makes_no_session(shop, lamp):
    before = content(shop)
    client = visitor(shop)
    answers = [
        client.post("/cart", json={"product_id": NOBODY, "quantity": 1}),
        client.post("/cart", json={"product_id": lamp["id"], "quantity": 11}),
        client.post("/cart", json={"product_id": lamp["id"], "quantity": 0}),
        client.post("/cart", content=b"{"),
        client.put(f"/cart/{NOBODY}", json={"quantity": 1}),
        client.delete(f"/cart/{NOBODY}"),
        client.post("/orders", json={"cart_item_ids": [NOBODY]}),
        client.post("/orders", json={"cart_item_ids": [NOBODY]}, headers={"Idempotency-Key": "k"}),
        client.post(f"/orders/{NOBODY}/cancel"),
    ]
    assert [answer.status_code for answer in answers] == [404, 409, 422, 422, 404, 404, 404, 404, 404]
    assert not [answer for answer in answers if "set-cookie" in answer.headers or "x-session-id" in answer.headers]
    assert content(shop) == before


@pytest.mark.parametrize("proto, secure", [(None, False), ("http", False), ("https", True)])
def test_the_first_add_mints_a_session(shop, lamp, proto, secure):
    headers = {"X-Forwarded-Proto": proto} if proto else {}
    body = {"product_id": lamp["id"], "quantity": 1}
    first = visitor(shop).post("/cart", json=body, headers=headers)
    assert first.status_code == 201
    cookie = COOKIE.fullmatch(first.headers["set-cookie"])
    assert cookie and bool(cookie[2]) == secure
    assert first.headers["x-session-id"] == cookie[1]
    java = {"Cookie": f'$Version="1"; till_session="{cookie[1]}"; $Path="/"'}
    alike = {"Cookie": f"till_session; till_sessions=no; till_session_id=no; till_session={cookie[1]}"}
    for ours in ({"Cookie": f"theme=dark; till_session={cookie[1]}; x=y"}, alike, java, {"X-Session-Id": cookie[1]}):
        second = visitor(shop).post("/cart", json=body, headers=ours)
        assert second.json()["id"] == first.json()["id"]
        assert "set-cookie" not in second.headers and "x-session-id" not in second.headers


def test_the_cookie_ends_at_one_time_by_expires_and_by_max_age(shop, lamp):
    """Java's HttpClient takes a cookie without Expires for one of RFC 2965."""
    minted = visitor(shop).post("/cart", json={"product_id": lamp["id"], "quantity": 1})
    expires = parsedate_to_datetime(re.search("Expires=([^;]+)", minted.headers["set-cookie"])[1])
    told = parsedate_to_datetime(minted.headers["date"])
    assert abs((expires - told).total_seconds() - 34560000) <= 5


def test_an_ids_error_echoes_every_character(shop):
    body = b'{"product_id": "a\\u0000b", "quantity": 1}'
    answer = shop.wire().request("POST", "/cart", body, content_type="application/json").answer()
    why = "invalid character: found `\0` at 1"
    assert (answer.status, answer.json()["detail"]) == (422, [
        {"type": "uuid_parsing", "loc": ["body", "product_id"], "msg": f"Input should be a valid UUID, {why}", "input": "a\0b", "ctx": {"error": why}}])  # fmt: skip


def test_each_new_shopper_gets_another_session(shop, lamp):
    body = {"product_id": lamp["id"], "quantity": 1}
    answers = [visitor(shop).post("/cart", json=body) for _ in range(20)]
    assert len({answer.headers["x-session-id"] for answer in answers}) == 20
    assert len({answer.json()["id"] for answer in answers}) == 20


def test_the_header_wins_over_the_cookie(shop, lamp):
    first = visitor(shop).post("/cart", json={"product_id": lamp["id"], "quantity": 1})
    cookie = {"Cookie": f"till_session={first.headers['x-session-id']}"}
    client = visitor(shop)
    assert cart_of(client, cookie) == [first.json()]
    assert cart_of(client, cookie | session("someone-else")) == []
    other = client.post("/cart", json={"product_id": lamp["id"], "quantity": 4}, headers=cookie | session("someone-else"))
    assert cart_of(client, session("someone-else")) == [other.json()]
    assert cart_of(client, cookie) == [first.json()]


def cart_of(client, headers) -> list[dict]:
    return client.get("/cart", headers=headers).json()


@pytest.mark.parametrize(
    "header, kind",
    [
        ("", "string_too_short"),
        ("fifteen-letters", "string_too_short"),
        ("x" * 129, "string_too_long"),
        ("sixteen.letters.", "string_pattern_mismatch"),
        ("sixteen letters ", "string_too_short"),  # without the space at its end it has 15 characters
        ("sixteen%20letters", "string_pattern_mismatch"),
    ],
)
def test_a_malformed_header_is_told(shop, lamp, header, kind):
    before = content(shop)
    for method, path, body in (
        ("GET", "/cart", None),
        ("POST", "/cart", b'{"product_id":"%s","quantity":1}' % lamp["id"].encode()),
        ("GET", "/orders", None),
    ):
        answer = shop.wire().request(method, path, body, content_type="application/json", x_session_id=header).answer()
        assert answer.status == 422
        assert [(e["type"], e["loc"]) for e in answer.json()["detail"]] == [(kind, ["header", "x-session-id"])]
    assert content(shop) == before


@pytest.mark.parametrize("size", [16, 128])
def test_a_client_makes_up_its_own_session(shop, lamp, size):
    client = visitor(shop)
    client.headers["X-Session-Id"] = ("aZ09-_" * 30)[:size]
    response = client.post("/cart", json={"product_id": lamp["id"], "quantity": 1})
    assert response.status_code == 201 and "set-cookie" not in response.headers
    assert cart(client) == [response.json()]


@pytest.mark.parametrize("cookie", ["till_session=", "till_session=short", "till_session=" + "x" * 200, "till_session=;;=", "x", 'till_session="', 'till_session="xxxxxxxxxxxxxxxxxxxxxx'])
def test_a_malformed_cookie_is_as_none(shop, lamp, cookie):
    client = visitor(shop, Cookie=cookie)
    assert cart(client) == []
    minted = client.post("/cart", json={"product_id": lamp["id"], "quantity": 1})
    assert minted.status_code == 201 and COOKIE.fullmatch(minted.headers["set-cookie"])


def test_a_token_is_nowhere_in_the_database(serve):
    server = serve()
    ours = shopper(server, "secret")
    bought(ours, create(server))
    add(ours, create(server))
    minted = visitor(server).post("/cart", json={"product_id": create(server)["id"], "quantity": 1})
    server.stop()
    tokens = [ours.headers["X-Session-Id"].encode(), minted.headers["x-session-id"].encode()]
    stored = everything_stored(server)
    assert stored and not [token for token in tokens if token[:16] in stored]  # a key has 16 bytes
    assert not [token for token in tokens if token in server.errors.encode()]


def test_what_a_shopper_sees_is_kept_by_no_cache(ann, lamp):
    line = add(ann, lamp)
    order = place(ann, line)
    for response in (ann.get("/cart"), order, ann.get("/orders"), ann.get(f"/orders/{order.json()['id']}")):
        assert "no-store" in response.headers["cache-control"]
        assert "etag" not in response.headers


def test_global_cart_is_everybodys(serve):
    server = serve(cart="global")
    lamp = create(server, stock_quantity=5)
    ann, bob, anyone = shopper(server, "ann"), shopper(server, "bob"), visitor(server)
    response = ann.post("/cart", json={"product_id": lamp["id"], "quantity": 1})
    assert response.status_code == 201 and "set-cookie" not in response.headers
    line = add(anyone, lamp)
    assert line == response.json() | {"quantity": 2}
    assert cart(ann) == cart(bob) == cart(anyone) == [line]
    order = place(bob, line).json()
    assert [c.get("/orders").json() for c in (ann, bob, anyone)] == [[order]] * 3
    assert anyone.post(f"/orders/{order['id']}/cancel").status_code == 200
    audit(server)


# Idle carts


def carts(server) -> int:
    return query(server, "SELECT count(*) FROM carts")[0][0]


def test_carts_idle_for_30_days_are_swept(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    lamp = create(server)
    used, changed, idle = (shopper(server, name) for name in ("used", "changed", "idle"))
    order = bought(idle, lamp)
    lines = [add(client, lamp) for client in (used, changed, idle)]
    clock.forward(days=29)
    add(used, lamp)
    changed.put(f"/cart/{lines[1]['id']}", json={"quantity": 3})
    clock.forward(days=2, minutes=1)  # the recorded time of its last use may be a day old
    wait_until(lambda: carts(server) == 2)
    assert [line["quantity"] for client in (used, changed, idle) for line in cart(client)] == [2, 3]
    assert idle.get(f"/orders/{order['id']}").status_code == 200
    assert place(idle, lines[2]).status_code == 404
    assert add(idle, lamp)["id"] != lines[2]["id"]
    audit(server)


def used(server) -> list:
    return query(server, "SELECT used_at FROM carts ORDER BY used_at")


def test_a_cart_that_is_looked_at_stays_since_its_shopper_is_still_thinking(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    lamp = create(server)
    looks, idle = shopper(server, "looks"), shopper(server, "idle")
    lines = [add(client, lamp) for client in (looks, idle)]
    for _ in range(2):
        clock.forward(days=20)
        before = used(server)
        assert cart(looks) == lines[:1]
        wait_until(lambda: used(server) != before, "the look was not noted")
    wait_until(lambda: carts(server) == 1)
    assert cart(looks) == lines[:1] and cart(idle) == []
    audit(server)


def test_a_cart_stays_for_30_days_after_a_look_that_was_not_noted(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    lamp = create(server)
    add(shopper(server, "idle"), lamp)
    clock.forward(days=2)
    line = add(shopper(server, "looks"), lamp)
    clock.forward(hours=23)
    assert cart(shopper(server, "looks")) == [line]
    clock.forward(days=29, hours=23)
    wait_until(lambda: carts(server) == 1)  # the other one is swept
    assert cart(shopper(server, "looks")) == [line]


def test_a_look_is_noted_once_a_day_so_that_reading_writes_next_to_nothing(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    lamp = create(server)
    yesterday, today = shopper(server, "yesterday"), shopper(server, "today")
    add(yesterday, lamp)
    clock.forward(hours=2)
    add(today, lamp)
    before = used(server)
    clock.forward(hours=23)
    assert len(cart(today)) == len(cart(yesterday)) == 1  # in this order, because one round would record both
    wait_until(lambda: before[0] not in used(server))
    assert before[1] in used(server)
    audit(server)


def test_a_thousand_idle_carts_are_swept(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    add(shopper(server), create(server))
    server.stop()
    connection = database(server, write=True)
    random_id = "gen_random_uuid()" if postgres.WANTED else "randomblob(16)"
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        f" INSERT INTO carts SELECT {random_id}, used_at FROM n, carts"
    )
    connection.execute(
        "INSERT INTO cart_items (id, session, product, quantity, created_at)"
        f" SELECT {random_id}, session, 1, 1, used_at FROM carts WHERE session NOT IN (SELECT session FROM cart_items)"
    )
    connection.close()
    clock.forward(days=31)
    server = serve(folder, test_clock=clock.path)
    wait_until(lambda: carts(server) == 0)
    assert query(server, "SELECT count(*) FROM cart_items") == [(0,)]
    audit(server)
