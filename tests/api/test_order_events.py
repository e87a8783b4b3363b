"""An order's timeline: what its own row says, what the table adds to it, and who may see which."""
from __future__ import annotations

import postgres
import pytest

from server import wait_until
from shopping import bought, cancel, confirmed, create, execute, intended, key_of, query, shopper, wait_for_expiry
from staffing import signed_in
from test_payments import Late, settled, status_of

NOBODY = "00000000-0000-4000-8000-000000000000"


def events(client, order: dict) -> list[dict]:
    answer = client.get(f"/orders/{order['id']}/events")
    assert answer.status_code == 200, answer.text
    assert client.get(f"/orders/{order['id']}/details").json()["timeline"] == answer.json()
    return answer.json()


def kinds(client, order: dict) -> list[str]:
    found = events(client, order)
    assert [e["at"] for e in found] == sorted(e["at"] for e in found)
    return [e["kind"] for e in found]


def paid(client, product: dict) -> dict:
    order = bought(client, product)
    confirmed(client, intended(client, order))
    return order


def write(server, order: dict, *kinds: str) -> None:
    """Adds entries of now, by the owner."""
    now = "now()" if postgres.WANTED else "unixepoch() * 1000000 + 999999"
    ((seq,),) = query(server, "SELECT seq FROM orders WHERE id = ?", key_of(order))
    rows = [f"({seq}, {n + 1}, {now}, '{kind}', 'token', 'of {kind}')" for n, kind in enumerate(kinds)]
    execute(server, f"INSERT INTO order_events (order_seq, n, at, kind, actor_kind, text) VALUES {', '.join(rows)}")


def test_the_life_of_an_order_without_a_row(audited, request):
    ann, admin, lamp = shopper(audited, "life"), audited.client(), create(audited, stock_quantity=9)
    order = bought(ann, lamp)
    assert events(ann, order) == [{"at": order["created_at"], "kind": "created", "subject": None, "amount": None, "text": None,
                                   "actor_kind": None, "actor": None}]  # fmt: skip
    confirmed(ann, intended(ann, order))
    assert kinds(ann, order) == ["created", "paid"]
    assert admin.post(f"/orders/{order['id']}/refund").status_code == 200
    assert kinds(ann, order) == kinds(admin, order) == ["created", "paid", "refunded"]
    gone = bought(ann, lamp)
    assert cancel(ann, gone).status_code == 200
    assert kinds(ann, gone) == ["created", "cancelled"]
    assert query(audited, "SELECT * FROM order_events") == []


def test_an_order_that_expires(timed, clock):
    server = timed()
    ann = shopper(server)
    order = bought(ann, create(server))
    clock.forward(minutes=31)
    wait_for_expiry(server, clock.ahead)
    assert kinds(ann, order) == ["created", "expired"]


def test_money_that_comes_late(serve):
    late = Late(serve, 5)
    late.clock.forward(minutes=31)
    wait_until(lambda: status_of(late.ann, late.order) == "paid")
    settled(late.server)
    ((retaken,),) = query(late.server, "SELECT retaken FROM orders")
    assert kinds(late.ann, late.order) == ["created"] + ["expired"] * retaken + ["paid"]


def test_notes_and_names_are_the_staffs(audited):
    ann, admin, order = shopper(audited, "notes"), audited.client(), None
    order = paid(ann, create(audited))
    write(audited, order, "shipped", "note", "disputed", "delivered")
    assert kinds(ann, order) == ["created", "paid", "shipped", "delivered"]
    assert {e["actor_kind"] for e in events(ann, order)} == {None}
    assert kinds(admin, order) == ["created", "paid", "shipped", "note", "disputed", "delivered"]
    assert [e["actor_kind"] for e in events(admin, order)][1:4] == [None, "token", "token"]
    assert [e["text"] for e in events(admin, order) if e["kind"] == "note"] == ["of note"]


def test_a_timeline_is_only_added_to(audited):
    order = paid(shopper(audited, "fixed"), create(audited))
    write(audited, order, "note")
    for statement in ("UPDATE order_events SET text = ''", "DELETE FROM order_events"):
        with pytest.raises(Exception, match="entries of a timeline are never"):
            execute(audited, statement)


def test_who_may_read_an_order(audited):
    ann, bob, order = shopper(audited, "reader"), shopper(audited, "other"), None
    order = bought(ann, create(audited))
    with audited.client() as admin:
        keys = {role: admin.post("/admin/keys", json={"name": role, "role": role}).json()["key"] for role in ("support", "catalogue")}
    for end in ("events", "details"):
        path, none = f"/orders/{order['id']}/{end}", f"/orders/{NOBODY}/{end}"

        def bearer(token: str, client=ann):
            return client.get(path, headers={"Authorization": f"Bearer {token}"})

        assert ann.get(path).status_code == 200
        assert bob.get(path).text == bob.get(none).text and bob.get(path).status_code == 404
        assert bearer(keys["support"], bob).status_code == bearer(audited.token, bob).status_code == 200
        assert bearer(keys["catalogue"]).status_code == 403
        assert bearer(keys["support"][:-1] + ("a" if keys["support"][-1] == "b" else "b")).status_code == 401
        assert bearer("somebody else's").status_code == 200, "a token that is not ours is not ours to refuse"
        assert bearer("somebody else's", bob).status_code == 404
        with audited.client(admin=False) as nobody:
            assert nobody.get(path).status_code == 404
            assert bearer(keys["support"], nobody).status_code == 200


def test_a_member_of_the_staff_buys_here_too(audited):
    """The cookie of the staff opens any order if it may, and takes no order away from its shopper if it may not."""
    theirs = bought(shopper(audited, "somebody"), create(audited))
    support, catalogue = signed_in(audited, "s@shop.example", "support"), signed_in(audited, "c@shop.example", "catalogue")
    session = {"X-Session-Id": "session-of-the-catalogue"}
    line = catalogue.post("/cart", json={"product_id": create(audited)["id"], "quantity": 1}, headers=session).json()
    own = catalogue.post("/orders", json={"cart_item_ids": [line["id"]]}, headers=session).json()
    for end in ("events", "details"):
        assert support.get(f"/orders/{theirs['id']}/{end}").status_code == 200
        assert catalogue.get(f"/orders/{theirs['id']}/{end}").status_code == 403
        assert catalogue.get(f"/orders/{theirs['id']}/{end}", headers=session).status_code == 404
        assert catalogue.get(f"/orders/{own['id']}/{end}", headers=session).status_code == 200
    catalogue.delete("/staff/session")
    assert catalogue.get(f"/orders/{own['id']}/events", headers=session).status_code == 200


def test_the_listener_of_shoppers_takes_no_staff(serve):
    server = serve(catalogue=True, admin_listen="127.0.0.1:0")
    ann = shopper(server)
    (product, *_) = ann.get("/products").json()
    order = bought(ann, product)
    with server.client() as admin:
        for end in ("events", "details"):
            assert admin.get(f"/orders/{order['id']}/{end}").status_code == 404
