"""The link in a mail about an order, and what a session that has opened it may do (EXTENSIONS 3.4)."""
import re

import pytest

from relay import Relay
from server import ADMIN, wait_until
from shopping import ANN, add, admin, audit, cancel, confirmed, create, details, execute, id_text, intended, query, session, shopper, visitor

OVER = {"detail": "The link is no longer valid"}
NOT_FOUND = {"detail": "Order not found"}
NOBODYS = "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a"
LINK = re.compile(r"/orders/open#([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")


@pytest.fixture
def server(timed):
    server = timed()
    yield server
    audit(server)


def ordered(server, name: str = "ann", **more) -> dict:
    with shopper(server, name) as client:
        lamp = create(server, name="Lamp", price=777)
        body = {"cart_item_ids": [add(client, lamp, 2)["id"]], "email": "Ann@Example.com", "shipping_address": ANN}
        return client.post("/orders", json=body | more).json()


def paid(server, name: str = "ann", **more) -> dict:
    order = ordered(server, name, **more)
    with shopper(server, name) as client:
        confirmed(client, intended(client, order))
    return order


def mails(server, kind: str) -> list[dict]:
    return [admin(server).get(f"/admin/mails/{m['id']}").json() for m in admin(server).get("/admin/mails").json() if m["kind"] == kind]


def token_of(mail: dict) -> str:
    (in_text,), (in_html,) = LINK.findall(mail["text"]), LINK.findall(mail["html"])
    assert in_text == in_html
    return in_text


def asked(server, order: dict, email: str = "ann@example.com", client=None):
    number = admin(server).get(f"/orders/{order['id']}/details").json()["number"]
    with client or visitor(server) as guest:
        return guest.post("/orders/lookup", json={"number": number, "email": email, "send_link": True})


def linked(server, order: dict) -> str:
    """The token of a link that was mailed."""
    before = len(mails(server, "order_link"))
    assert asked(server, order).status_code == 202
    assert len(found := mails(server, "order_link")) == before + 1
    return token_of(found[0])


def opened(client, token: str):
    return client.post("/orders/access", json={"token": token})


def reads(client, order: dict) -> list[int]:
    return [client.get(f"/orders/{order['id']}{part}").status_code for part in ("", "/details", "/events")]


def test_a_link_lets_two_browsers_read(server):
    order = paid(server)
    token = linked(server, order)
    with shopper(server) as ann:
        whole = details(ann, order)
    for _ in range(2):
        with visitor(server) as guest:
            answer = opened(guest, token)
            assert answer.status_code == 200
            assert answer.json() | {"until": ""} == {"id": order["id"], "number": whole["number"], "until": ""}
            mine = {"X-Session-Id": answer.headers["x-session-id"]}
            assert f"till_session={mine['X-Session-Id']};" in answer.headers["set-cookie"] and answer.headers["cache-control"] == "no-store"
        with visitor(server, **mine) as guest:
            assert reads(guest, order) == [200, 200, 200]
            assert guest.get(f"/orders/{order['id']}/details").json() == whole
            assert guest.get("/orders").json() == [], "lists are the owner's"
    with visitor(server) as other:
        assert reads(other, order) == [404, 404, 404]


def test_a_session_that_there_is_stays(server):
    token = linked(server, order := paid(server))
    with shopper(server, "bob") as bob:
        answer = opened(bob, token)
        assert answer.status_code == 200 and "set-cookie" not in answer.headers and "x-session-id" not in answer.headers
        assert reads(bob, order) == [200, 200, 200]
    with shopper(server, "ann") as ann:
        assert opened(ann, token).status_code == 200 and reads(ann, order) == [200, 200, 200]


def test_who_opened_a_link_changes_nothing(server):
    """What is more than reading gets the same answer as for an order that there is not."""
    order = ordered(server)
    token = linked(server, order)
    with shopper(server, "bob") as bob, shopper(server) as ann:
        payment = intended(ann, order)
        assert opened(bob, token).status_code == 200 and reads(bob, order) == [200, 200, 200]
        assert (details(ann, order)["can_cancel"], details(bob, order)["can_cancel"]) == (True, False)
        for path, body in ((f"/orders/{order['id']}/cancel", None), ("/payments/create-intent", {"order_id": order["id"]})):
            at_nobodys = bob.post(path.replace(order["id"], NOBODYS), json=body and {"order_id": NOBODYS})
            answer = bob.post(path, json=body)
            assert (answer.status_code, answer.content) == (404, at_nobodys.content) and answer.json() == NOT_FOUND
        assert bob.post("/payments/confirm", json={"payment_id": payment["id"], "payment_method": "pm_card_visa"}).status_code == 404
        assert bob.get(f"/payments/{payment['id']}").status_code == 404
        assert cancel(ann, order).status_code == 200


@pytest.mark.parametrize("days, codes", [(179, (200, [200] * 3)), (181, (400, [404] * 3))])
def test_a_link_is_good_for_180_days(server, clock, days, codes):
    token = linked(server, order := paid(server))
    clock.forward(days=days)
    with shopper(server, "bob") as bob:
        answer = opened(bob, token)
        assert (answer.status_code, reads(bob, order)) == codes
        assert answer.status_code == 200 or answer.json() == OVER


def test_access_ends_after_30_days_and_counts_anew(server, clock):
    token = linked(server, order := paid(server))
    with shopper(server, "bob") as bob, shopper(server) as ann:
        assert opened(bob, token).status_code == 200
        clock.forward(days=20)
        assert opened(bob, token).status_code == 200
        clock.forward(days=29)
        assert reads(bob, order) == [200, 200, 200]
        clock.forward(days=2)
        assert reads(bob, order) == [404, 404, 404] and reads(ann, order) == [200, 200, 200]
        assert opened(bob, token).status_code == 200 and reads(bob, order) == [200, 200, 200]


def test_what_is_over_is_deleted(server, clock):
    token = linked(server, paid(server))
    with shopper(server, "bob") as bob:
        opened(bob, token)
    for table, days, count in (("order_access", 31, 1), ("mail_proofs", 150, 2)):  # the confirmation has one too
        assert query(server, f"SELECT count(*) FROM {table}") == [(count,)]
        clock.forward(days=days)
        wait_until(lambda: query(server, f"SELECT count(*) FROM {table}") == [(0,)], f"{table} is not swept")  # noqa: B023


def test_a_link_that_was_ended_is_over(server):
    token = linked(server, order := paid(server))
    for ending in ("UPDATE mail_proofs SET purpose = 'start'", "DELETE FROM mail_proofs"):
        execute(server, ending)
        with shopper(server, "bob") as bob:
            assert (opened(bob, token).json(), reads(bob, order)) == (OVER, [404] * 3), ending


def test_a_token_of_another_purpose_opens_nothing(server):
    with visitor(server, **ADMIN) as owner:
        invited = owner.post("/admin/staff", json={"email": "carl@example.com", "name": "Carl", "role": "support"}).json()
    invitation = invited["invite_url"].split("#accept=")[1]
    token = linked(server, paid(server))
    with visitor(server) as guest:
        answers = [opened(guest, wrong) for wrong in (invitation, "x", token[:-1], token + "a", ADMIN["Authorization"].split()[1])]
        assert [(a.status_code, a.json()) for a in answers] == [(400, OVER)] * 5
        assert not any("set-cookie" in a.headers for a in answers)
        accepted = guest.post("/staff/accept", json={"token": token, "password": "correct horse battery staple"})
        assert (accepted.status_code, accepted.json()) == (400, OVER)


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": "x" * 129}, {"token": 1}, {"token": None}])
def test_what_is_no_token_is_422_and_not_echoed(server, body):
    with visitor(server) as guest:
        answer = guest.post("/orders/access", json=body)
        assert answer.status_code == 422 and "x" * 100 not in answer.text


def test_the_21st_wrong_link_from_a_network_must_wait(server, clock):
    token = linked(server, paid(server))  # which counts as one
    with shopper(server, "bob") as guest:
        assert [opened(guest, f"no-link-{i}").status_code for i in range(20)] == [400] * 19 + [429]
        answer = opened(guest, token)
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
        clock.forward(minutes=11)
        assert opened(guest, token).status_code == 200


def test_tokens_are_stored_hashed(server):
    token = linked(server, paid(server))
    with shopper(server, "bob") as bob:
        opened(bob, token)
    assert token in str(query(server, "SELECT text FROM mails"))  # which is held: the owner reads it there
    for table in ("mail_proofs", "order_access"):
        assert token not in str(query(server, f"SELECT * FROM {table}"))
    assert token not in server.errors


# ---- POST /orders/lookup with send_link


def test_a_link_is_asked_for_in_silence(server):
    """The answer is the same whether there is such an order or not, and only its own address gets a mail."""
    order, other = paid(server), paid(server, "bob", email="bob@example.com")
    nameless = paid(server, "carl", email=None)
    answers = [asked(server, order, email) for email in ("ANN@example.com", "bob@example.com", "nobody@example.com")]
    answers += [asked(server, other), asked(server, nameless)]
    assert {(a.status_code, a.content) for a in answers} == {(202, answers[0].content)}
    assert len({tuple(name for name, _ in a.headers.items()) for a in answers}) == 1
    (mail,) = mails(server, "order_link")
    assert mail["to"] == "Ann@Example.com" and LINK.search(mail["text"])


def test_wrong_asks_and_right_ones_wait_alike(server, clock):
    order = paid(server)
    clock.hold()
    assert [asked(server, order).status_code for _ in range(6)] == [202] * 5 + [429]
    assert [asked(server, order, "bob@example.com").status_code for _ in range(6)] == [202] * 5 + [429]


def test_three_links_are_mailed_an_hour_and_eight_a_day(server, clock):
    order, sent = paid(server), []
    made = len(query(server, "SELECT 1 FROM mail_proofs"))
    for _ in range(4):
        for _ in range(4):
            assert asked(server, order).status_code == 202
            clock.forward(minutes=15, seconds=1)
        sent.append(len(mails(server, "order_link")))
    assert sent == [3 - made, 6 - made, 8 - made, 8 - made]
    clock.forward(hours=24)
    linked(server, order)


def test_the_look_up_shows_parcels(server):
    order = paid(server)
    sent = {"carrier": "dhl", "tracking_number": "0034"}
    parcel = admin(server).post(f"/orders/{order['id']}/fulfillments", json={"items": [{"line": 0, "quantity": 1}]} | sent).json()
    with shopper(server) as ann, visitor(server) as guest:
        number = details(ann, order)["number"]
        seen = guest.post("/orders/lookup", json={"number": number, "email": "ann@example.com", "send_link": False}).json()
    assert seen["fulfillments"] == [{name: parcel[name] for name in ("status", "items", "carrier", "tracking_number", "tracking_url", "shipped_at", "delivered_at")}]
    assert seen["fulfillments"][0]["tracking_url"].startswith("https://www.dhl.com/") and parcel["id"] not in str(seen)


# ---- Mails


def test_the_mail_about_a_parcel_has_a_link(server):
    order = paid(server)
    admin(server).post(f"/orders/{order['id']}/fulfillments", json={})
    (mail,) = mails(server, "order_shipped")
    with shopper(server, "bob") as bob:
        assert opened(bob, token_of(mail)).json()["id"] == order["id"]
    with shopper(server, "carl") as carl:  # and another mail does not end it
        linked(server, order)
        assert opened(carl, token_of(mail)).status_code == 200


def test_a_cancelled_order_is_mailed_once(server):
    order, nameless = ordered(server), ordered(server, "bob", email=None)
    with shopper(server) as ann, shopper(server, "bob") as bob:
        assert [cancel(ann, order).status_code for _ in range(2)] == [200, 409] and cancel(bob, nameless).status_code == 200
        number = details(ann, order)["number"]
    (mail,) = mails(server, "order_cancelled")
    assert (mail["to"], mail["subject"]) == ("Ann@Example.com", f"Your order {number} is cancelled")
    with shopper(server, "carl") as carl:
        assert opened(carl, token_of(mail)).status_code == 200
        assert carl.get(f"/orders/{order['id']}").json()["status"] == "cancelled"


def test_an_arrival_is_mailed_if_the_staff_wish_so(server):
    order = paid(server)
    path = f"/orders/{order['id']}/fulfillments"
    parcels = [admin(server).post(path, json={"items": [{"line": 0, "quantity": 1}]}).json()["id"] for _ in range(2)]
    for parcel, wish in ((parcels[0], {}), (parcels[0], {"notify": True}), (parcels[1], {"notify": False})):
        assert admin(server).patch(f"{path}/{parcel}", json={"status": "delivered"} | wish).status_code == 200
    assert mails(server, "order_delivered") == [], "it is off, and what has arrived does not arrive again"
    order = paid(server, "bob")
    path = f"/orders/{order['id']}/fulfillments"
    parcels = [admin(server).post(path, json={"items": [{"line": 0, "quantity": 1}]}).json()["id"] for _ in range(2)]
    for parcel in parcels:
        assert admin(server).patch(f"{path}/{parcel}", json={"status": "delivered", "notify": True}).status_code == 200
    whole, part = mails(server, "order_delivered")
    assert part["subject"].startswith("A part of your order ") and whole["subject"].startswith("Your order ")
    with shopper(server, "carl") as carl:
        assert opened(carl, token_of(whole)).json()["id"] == order["id"]


def test_an_order_of_before_the_links(server):
    """Nothing of an order that was placed by an older version is missing: it gets its first link when it is asked for."""
    order = paid(server)
    execute(server, "DELETE FROM mail_proofs", "UPDATE order_contacts SET receipt = NULL, name_key = NULL")
    token = linked(server, order)
    with shopper(server, "bob") as bob:
        assert opened(bob, token).status_code == 200 and reads(bob, order) == [200, 200, 200]


def test_a_link_is_forgotten_once_its_mail_is_sent(serve):
    relay = Relay()
    server = serve(mail=relay.url, mail_from="shop@lamps.example", shop_url="https://lamps.example")
    try:
        order = paid(server)
        assert asked(server, order).status_code == 202
        wait_until(lambda: [m["state"] for m in mails(server, "order_link")] == ["sent"], "the mail is not sent")
        (mail,) = mails(server, "order_link")
        for part in ("text", "html"):
            assert "https://lamps.example/orders/open#…" in mail[part] and not LINK.search(mail[part])
        text, html = (part.get_content() for part in relay.mails()[-1].iter_parts())
        token = token_of({"text": text, "html": html})
        with visitor(server) as guest:
            assert opened(guest, token).json()["id"] == order["id"]
    finally:
        relay.close()


def test_who_may_not_read_orders_sees_no_link(server):
    linked(server, paid(server))
    (mail,) = mails(server, "order_link")
    for scopes, sees in ((["settings:write"], False), (["settings:write", "orders:read"], False), (["settings:write", "orders:read", "customers:read"], True)):
        key = admin(server).post("/admin/keys", json={"name": "a key", "scopes": scopes}).json()["key"]
        with visitor(server, Authorization=f"Bearer {key}") as holder:
            shown = holder.get(f"/admin/mails/{mail['id']}").json()
            assert [bool(LINK.search(shown[part])) for part in ("text", "html")] == [sees] * 2
            assert "/orders/open#" in shown["text"]
