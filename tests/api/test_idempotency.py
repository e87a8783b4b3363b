"""Idempotency-Key: however often a request is sent, it takes effect once. Tested by placing orders."""
import concurrent.futures
import json

import pytest

from server import content, wait_until
from shopping import add, admin, audit, cancel, create, place, placed, query, session, shopper, stock, visitor, wait_for_expiry
from wire import message

NOBODY = "00000000-0000-0000-0000-000000000001"
JSON = {"content_type": "application/json"}


@pytest.fixture(scope="module")
def shop(audited):
    return audited


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


def test_a_cart_write_with_a_key_takes_effect_once(ann, shop):
    """Each answer is the first one, whatever the cart has become meanwhile."""
    lamp, key = create(shop, stock_quantity=10), {"Idempotency-Key": "add"}
    body = {"product_id": lamp["id"], "quantity": 2}
    first, again = (ann.post("/cart", json=body, headers=key) for _ in range(2))
    assert (first.status_code, replayed(first), replayed(again)) == (201, False, True)
    assert first.content == again.content and ann.get("/cart").json() == [first.json()]
    path = f"/cart/{first.json()['id']}"
    changed = ann.put(path, json={"quantity": 5}, headers={"Idempotency-Key": "put"})
    assert ann.post("/cart", json=body).json()["quantity"] == 7
    late = ann.put(path, json={"quantity": 5}, headers={"Idempotency-Key": "put"})
    assert replayed(late) and late.content == changed.content and ann.get("/cart").json()[0]["quantity"] == 7
    removed = [ann.delete(path, headers={"Idempotency-Key": "delete"}) for _ in range(2)]
    assert [(r.status_code, r.content, replayed(r)) for r in removed] == [(204, b"", False), (204, b"", True)]
    assert ann.delete(path, headers={"Idempotency-Key": "other"}).status_code == 404
    assert ann.post("/cart", json=body | {"quantity": 3}, headers=key).status_code == 422


def test_adds_of_one_key_at_once_are_one(ann, shop):
    lamp = create(shop, stock_quantity=100)
    headers = JSON | {"x_session_id": ann.headers["X-Session-Id"], "idempotency_key": "add-once"}
    wires = [shop.wire() for _ in range(20)]
    for wire in wires:
        wire.send(message("POST", "/cart", json.dumps({"product_id": lamp["id"], "quantity": 3}).encode(), **headers))
    assert {wire.answer().status for wire in wires} == {201}
    assert [line["quantity"] for line in ann.get("/cart").json()] == [3]


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
    if key == "\x7f":  # not a valid header value at all
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
    order = placed(ann, add(ann, create(shop)))
    assert ann.post(f"/orders/{order['id']}/cancel", headers={"Idempotency-Key": "two words"}).status_code == 200
    assert ann.get("/orders", headers={"Idempotency-Key": ""}).status_code == 200


def test_a_key_without_a_session(shop):
    response = place(visitor(shop), {"id": NOBODY}, key="k-8")
    assert (response.status_code, response.json()) == (404, {"detail": "Cart item not found"})
    assert place(visitor(shop, **session("new-one")), {"id": NOBODY}, key="k-8").status_code == 404
