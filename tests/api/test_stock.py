"""The owner's stock: changes that lose no sale, and changes that are refused if somebody else was first."""
import threading

import pytest

import shopping
from shopping import add, admin, audit, bought, cancel, confirmed, create, execute, intended, place, placed, query, shopper, stock, wait_for_expiry
from server import till

MOST = 2**53 - 1


def adjust(server, product: dict, delta: int, key: str | None = None, **body):
    headers = {"Idempotency-Key": key} if key else {}
    return admin(server).post(f"/products/{product['id']}/stock", json={"delta": delta} | body, headers=headers)


def adjusted(server, product: dict, delta: int, **more) -> dict:
    answer = adjust(server, product, delta, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(server, product: dict, etag: str | None = None, **fields):
    headers = {"If-Match": etag} if etag is not None else {}
    return admin(server).patch(f"/products/{product['id']}", json=fields, headers=headers)


def rows(server) -> list[tuple]:
    return query(server, "SELECT delta, received, reason FROM stock_adjustments ORDER BY seq")


# Relative changes


def test_a_sale_between_reading_and_adjusting_is_not_lost(serve):
    server = serve()
    lamp = create(server, stock_quantity=10)
    bought(shopper(server), lamp, 3)
    assert adjusted(server, lamp, 5, reason="Delivery 4711") == lamp | {"stock_quantity": 12}
    assert adjusted(server, lamp, -12) == lamp | {"stock_quantity": 0}
    assert rows(server) == [(5, 15, "Delivery 4711"), (-12, 3, "")]
    audit(server)


@pytest.mark.parametrize("there, delta", [(3, -4), (0, -1), (3, -MOST), (1, MOST), (MOST, 1)])
def test_stock_that_cannot_be_is_refused_with_the_product_as_it_is(serve, there, delta):
    server = serve()
    lamp = create(server, stock_quantity=there)
    answer = adjust(server, lamp, delta)
    detail = "The product's stock would be less than 0 or more than can be counted"
    assert (answer.status_code, answer.json()) == (409, {"detail": detail, "current": [lamp]})
    assert (stock(server, lamp), rows(server)) == (there, [])
    audit(server)


def test_a_delta_of_nothing_is_recorded(serve):
    server = serve()
    lamp = create(server, stock_quantity=7)
    assert adjusted(server, lamp, 0, reason="Counted") == lamp
    assert rows(server) == [(0, 7, "Counted")]


@pytest.mark.parametrize("body", [{}, {"delta": "5"[:0]}, {"delta": 1.5}, {"delta": 2**53}, {"delta": -(2**53)},
                                  {"delta": 1, "reason": "x" * 201}, {"delta": 1, "reason": 5}])
def test_a_body_that_does_not_fit_changes_nothing(serve, body):
    server = serve()
    lamp = create(server)
    answer = admin(server).post(f"/products/{lamp['id']}/stock", json=body)
    assert answer.status_code == 422
    assert (stock(server, lamp), rows(server)) == (lamp["stock_quantity"], [])


def test_only_the_admin_adjusts_and_only_a_product_that_is_there(serve):
    server = serve()
    lamp = create(server)
    assert shopper(server).post(f"/products/{lamp['id']}/stock", json={"delta": 1}).status_code == 401
    nothing = {"id": "00000000-0000-0000-0000-000000000001"}
    assert adjust(server, nothing, 1).status_code == 404
    admin(server).delete(f"/products/{lamp['id']}")
    assert adjusted(server, lamp, 1)["stock_quantity"] == lamp["stock_quantity"] + 1  # it may come back


def test_a_delivery_that_is_sent_twice_with_its_key_counts_once(serve):
    server = serve()
    lamp = create(server, stock_quantity=1)
    first, again = (adjust(server, lamp, 5, key="delivery-4711") for _ in range(2))
    assert (first.json(), again.json()) == (lamp | {"stock_quantity": 6},) * 2
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    other = adjust(server, lamp, 6, key="delivery-4711")
    assert (other.status_code, other.json()) == (422, {"detail": "Idempotency-Key was used for another request"})
    assert adjust(server, lamp, 5, key="bad key").status_code == 422
    assert (stock(server, lamp), len(rows(server))) == (6, 1)
    assert "set-cookie" not in first.headers


def test_a_shoppers_key_is_not_the_admins(serve):
    server = serve()
    lamp = create(server, stock_quantity=9)
    adjusted(server, lamp, 5, key="same")
    ann = shopper(server)
    assert "idempotent-replayed" not in place(ann, add(ann, lamp), key="same").headers


# Absolute changes


def test_a_count_is_refused_if_it_is_not_the_expected_one_any_more(serve):
    server = serve()
    lamp = create(server, stock_quantity=12)
    bought(shopper(server), lamp, 2)
    answer = change(server, lamp, stock_quantity=20, expected_stock=12, name="Another")
    now = lamp | {"stock_quantity": 10}
    assert (answer.status_code, answer.json()) == (409, {"detail": "The product's stock has changed", "current": [now]})
    assert (stock(server, lamp), rows(server)) == (10, [])
    assert change(server, lamp, stock_quantity=20, expected_stock=10).json() == lamp | {"stock_quantity": 20}
    assert rows(server) == [(10, 22, "set")]
    assert change(server, lamp, stock_quantity=30, expected_stock=10).status_code == 409  # there are more than were expected
    assert change(server, lamp, price=1, expected_stock=20).status_code == 200  # a condition on any change
    audit(server)


def etag_of(server, product: dict, **headers) -> str:
    answer = shopper(server).get(f"/products/{product['id']}", headers=headers)
    assert answer.status_code == 200
    return answer.headers["etag"]


def test_if_match_refuses_a_change_of_what_was_changed_meanwhile(serve):
    server = serve()
    lamp = create(server, description="x" * 2000)  # is sent compressed
    etag, plain = etag_of(server, lamp), etag_of(server, lamp, **{"Accept-Encoding": "identity"})
    first = change(server, lamp, etag, price=1)
    assert first.status_code == 200
    for stale in (etag, plain, f'"a", {plain}'):
        late = change(server, lamp, stale, price=2)
        assert (late.status_code, late.json()) == (412, {"detail": "The product has changed"})
        gone = admin(server).delete(f"/products/{lamp['id']}", headers={"If-Match": stale})
        assert (gone.status_code, gone.json()) == (412, {"detail": "The product has changed"})
    assert query(server, "SELECT price, is_active FROM products") == [(1, 1)]
    second = change(server, lamp, first.headers["etag"], price=3)  # an answer's ETag goes on
    assert second.status_code == 200
    assert second.headers["etag"] == etag_of(server, lamp, **{"Accept-Encoding": "identity"})


@pytest.mark.parametrize("form, matches", [
    ("{}", True), ("*", True), (' "a" ,\t{} ', True), ('{},"a"', True), ('"a,b",{}', True),
    ("W/{}", False), ('"a"', False), ("", False), (",", False), ("W/*", False), ('"*"', False),
    ("{}x", False), ("W/{}, W/{}", False)])
def test_if_match_is_a_list_of_strong_tags(serve, form, matches):
    server = serve()
    lamp = create(server)
    etag = etag_of(server, lamp)
    assert change(server, lamp, form.replace("{}", etag), price=5).status_code == (200 if matches else 412)
    assert change(server, lamp, form.replace("{}", etag.strip('"')), price=5).status_code == (200 if form == "*" else 412)


def test_a_sale_changes_the_etag(serve):
    server = serve()
    lamp = create(server)
    etag = etag_of(server, lamp)
    bought(shopper(server), lamp)
    assert change(server, lamp, etag, stock_quantity=12).status_code == 412
    assert admin(server).delete(f"/products/{lamp['id']}", headers={"If-Match": "*"}).status_code == 204


def test_what_is_not_there_is_404_before_any_condition(serve):
    server = serve()
    create(server)
    assert change(server, {"id": "00000000-0000-0000-0000-000000000001"}, '"x"', price=1).status_code == 404


# Together


def test_two_clerks_book_deliveries_while_shoppers_buy(serve):
    """Two clerks add 3 and take 1, 60 times each; a third sets what they expect; four shoppers buy and cancel."""
    server = serve()
    lamp = create(server, stock_quantity=50)
    failures, sold = [], []

    def clerk(delta: int) -> None:
        client = shopping.visitor(server, **shopping.ADMIN)
        for _ in range(60):
            answer = client.post(f"/products/{lamp['id']}/stock", json={"delta": delta})
            if answer.status_code not in (200, 409):
                failures.append(answer.text)
            done[delta] += answer.status_code == 200

    def counter() -> None:
        client = shopping.visitor(server, **shopping.ADMIN)
        for _ in range(60):
            seen = client.get(f"/products/{lamp['id']}").json()["stock_quantity"]
            answer = client.patch(f"/products/{lamp['id']}", json={"stock_quantity": seen + 2, "expected_stock": seen})
            if answer.status_code not in (200, 409):
                failures.append(answer.text)
            done["set"] += answer.status_code == 200

    def buyer(name: str) -> None:
        client = shopper(server, name)
        for i in range(40):
            answer = place(client, add(client, lamp)) if client.get(f"/products/{lamp['id']}").json()["stock_quantity"] else None
            if answer is not None and answer.status_code == 201 and i % 3 == 0:
                assert cancel(client, answer.json()).status_code == 200
            elif answer is not None and answer.status_code == 201:
                sold.append(1)

    done = {3: 0, -1: 0, "set": 0}
    threads = [threading.Thread(target=clerk, args=[delta]) for delta in (3, -1)]
    threads += [threading.Thread(target=buyer, args=[f"buyer-{i}"]) for i in range(4)] + [threading.Thread(target=counter)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures and sold
    assert stock(server, lamp) == 50 + 3 * done[3] - done[-1] + 2 * done["set"] - len(sold)
    audit(server)


def test_the_audit_finds_an_adjustment_that_is_lost_or_doubled(serve):
    server = serve()
    lamp = create(server, stock_quantity=10)
    for delta in (1, 2, 3):
        adjusted(server, lamp, delta)
    audit(server)
    execute(server, "UPDATE stock_adjustments SET delta = 3 WHERE delta = 2")
    assert "its adjustments do not add up" in till("audit", "--db", server.db).stdout
    execute(server, "UPDATE stock_adjustments SET delta = 2 WHERE received = 13")
    audit(server)
    execute(server, "DELETE FROM stock_adjustments WHERE received = 16")
    assert "its adjustments do not add up" in till("audit", "--db", server.db).stdout


def test_a_return_past_what_can_be_counted_is_adjusted_away(serve):
    server = serve()
    lamp = create(server, stock_quantity=10)
    order = bought(shopper(server), lamp, 4)
    assert change(server, lamp, stock_quantity=MOST - 1).status_code == 200
    assert cancel(shopper(server), order).status_code == 200
    assert stock(server, lamp) == MOST
    assert rows(server)[-1] == (-3, MOST, "more than can be counted")
    audit(server)


# What is on the shelf


def shelf(server, product: dict) -> tuple:
    answer = admin(server).get(f"/products/{product['id']}/stock")
    assert answer.status_code == 200 and answer.json()["product_id"] == product["id"], answer.text
    return tuple(answer.json()[name] for name in ("stock_quantity", "held_unpaid", "held_unsent", "on_shelf"))


def test_the_shelf_has_what_can_be_bought_and_what_is_held(serve):
    server = serve()
    lamp, other, ann = create(server, stock_quantity=20), create(server, stock_quantity=20), shopper(server)
    assert shelf(server, lamp) == (20, 0, 0, 20)
    unpaid, paid = bought(ann, lamp, 3), bought(ann, lamp, 5)
    bought(ann, other, 7)
    confirmed(ann, intended(ann, paid))
    assert shelf(server, lamp) == (12, 3, 5, 20)
    path = f"/orders/{paid['id']}/fulfillments"
    parcel = admin(server).post(path, json={"items": [{"line": 0, "quantity": 2}]}).json()
    assert shelf(server, lamp) == (12, 3, 3, 18)
    admin(server).patch(f"{path}/{parcel['id']}", json={"status": "cancelled"})
    assert shelf(server, lamp) == (12, 3, 5, 20)
    admin(server).post(path, json={})
    assert shelf(server, lamp) == (12, 3, 0, 15)
    cancel(ann, unpaid)
    assert shelf(server, lamp) == (15, 0, 0, 15)
    refunded = bought(ann, lamp, 4)
    confirmed(ann, intended(ann, refunded))
    admin(server).post(f"/orders/{refunded['id']}/refund")
    assert shelf(server, lamp) == (15, 0, 0, 15)
    assert shelf(server, other) == (13, 7, 0, 20)
    admin(server).delete(f"/products/{lamp['id']}")
    assert shelf(server, lamp) == (15, 0, 0, 15)
    assert admin(server).get("/products/x/stock").status_code == 422
    assert admin(server).get("/products/0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a/stock").status_code == 404


# Events


class Told:
    """A server whose webhook asks for events of stock, and a reader of these."""

    def __init__(self, serve, *types, low_at=None, **flags):
        self.server = serve(webhook_insecure=True, **flags)
        if low_at is not None:
            assert admin(self.server).patch("/admin/settings", json={"low_stock_at": low_at}).json()["low_stock_at"] == low_at
        body = {"url": "http://127.0.0.1:9/", "types": list(types)}
        assert admin(self.server).post("/admin/webhooks", json=body).status_code == 201

    def events(self) -> list[tuple[str, str]]:
        """What was recorded, oldest first: the type's last word and the product."""
        rows = query(self.server, "SELECT type, subject FROM events WHERE type LIKE 'product.%stock' ORDER BY seq")
        return [(type.removeprefix("product."), shopping.id_text(subject)) for type, subject in rows]


def test_low_stock_is_told_once_for_each_crossing(serve):
    told = Told(serve, "product.low_stock", low_at=5)
    server = told.server
    lamp, ann = create(server, stock_quantity=8), shopper(server)
    low = ("low_stock", lamp["id"])
    bought(ann, lamp, 2)  # 6
    assert told.events() == []
    orders = [bought(ann, lamp)]  # 5
    assert told.events() == [low]
    orders += [bought(ann, lamp), bought(ann, lamp)]  # 3
    cancel(ann, orders.pop())  # 4
    bought(ann, lamp)  # 3
    assert told.events() == [low]
    adjusted(server, lamp, 10)  # 13
    bought(ann, lamp, 8)  # 5
    assert told.events() == [low] * 2
    adjusted(server, lamp, 1)  # 6
    adjusted(server, lamp, -1)
    adjusted(server, lamp, -1)  # 4, which is no crossing
    assert change(server, lamp, stock_quantity=50).status_code == change(server, lamp, stock_quantity=0).status_code == 200
    assert told.events() == [low] * 4


def test_low_stock_of_each_product_of_an_order(serve):
    told = Told(serve, "*", low_at=1)
    server = told.server
    lamp, rug, desk = (create(server, stock_quantity=n) for n in (2, 9, 3))
    ann = shopper(server)
    assert place(ann, add(ann, lamp, 2), add(ann, rug, 2), add(ann, desk, 2)).status_code == 201
    assert told.events() == [("low_stock", lamp["id"]), ("low_stock", desk["id"])]


@pytest.mark.parametrize("types, low_at", [(["product.low_stock"], 0), (["product.low_stock"], None), (["product.back_in_stock"], 5)])
def test_low_stock_is_told_only_if_somebody_asks(serve, types, low_at):
    told = Told(serve, *types, low_at=low_at)
    lamp = create(told.server, stock_quantity=8)
    bought(shopper(told.server), lamp, 8)
    adjusted(told.server, lamp, 0)
    assert told.events() == []


def test_an_order_that_is_undone_tells_of_no_low_stock(serve):
    told = Told(serve, "*", low_at=5)
    lamp, rug, ann = create(told.server, stock_quantity=8), create(told.server, stock_quantity=2), shopper(told.server)
    lines = add(ann, lamp, 8), add(ann, rug, 2)
    adjusted(told.server, rug, -1)
    assert place(ann, *lines).status_code == 409
    assert told.events() == []


def test_back_in_stock_is_told_when_the_last_come_back(serve, clock):
    told = Told(serve, "product.back_in_stock", test_clock=clock.path)
    server = told.server
    lamp, rug, ann = create(server, stock_quantity=2), create(server, stock_quantity=3), shopper(server)
    back = ("back_in_stock", lamp["id"])
    order = placed(ann, add(ann, lamp, 2), add(ann, rug, 2))
    assert told.events() == []
    cancel(ann, order)
    assert told.events() == [back]  # and not the rug, of which one was left
    bought(ann, lamp, 2)
    clock.forward(minutes=11)
    wait_for_expiry(server, clock.ahead)
    assert told.events() == [back] * 2
    paid = bought(ann, lamp, 2)
    confirmed(ann, intended(ann, paid))
    admin(server).post(f"/orders/{paid['id']}/refund")
    assert told.events() == [back] * 3
    adjusted(server, lamp, 3)
    adjusted(server, lamp, -5)
    assert told.events() == [back] * 3
    adjusted(server, lamp, 1)
    assert told.events() == [back] * 4
    change(server, lamp, stock_quantity=0)
    change(server, lamp, stock_quantity=7)
    assert told.events() == [back] * 5


def test_what_nobody_can_buy_is_not_back(serve):
    told = Told(serve, "product.back_in_stock")
    server, ann = told.server, shopper(told.server)
    lamp = create(server, stock_quantity=2)
    order = bought(ann, lamp, 2)
    admin(server).delete(f"/products/{lamp['id']}")
    cancel(ann, order)
    assert (stock(server, lamp), told.events()) == (2, [])


def test_of_many_who_buy_at_once_one_crosses(serve):
    told = Told(serve, "product.low_stock", low_at=10)
    lamp = create(told.server, stock_quantity=20)
    threads = [threading.Thread(target=lambda i=i: bought(shopper(told.server, f"s{i}"), lamp)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stock(told.server, lamp), told.events()) == (4, [("low_stock", lamp["id"])])
    audit(told.server)


@pytest.mark.parametrize("value", [-1, 1000001, "x", 1.5])
def test_a_threshold_that_is_no_number_of_units_is_refused(serve, value):
    server = serve()
    assert admin(server).patch("/admin/settings", json={"low_stock_at": value}).status_code == 422
    assert admin(server).get("/admin/settings").json()["low_stock_at"] == 0
    done = till("settings", f"stock.low_at={value}", "--db", server.db)
    assert done.returncode != 0 and "is a number from 0 to 1000000" in done.stdout + done.stderr
