"""Paying for an order: intents, confirms, declines, refunds, late money, keys, and the queue for the provider."""
import json
import re
import subprocess

import pytest

from paying import DECLINED, balanced, ledger, ordered, paying, refund, rows, settled, status_of
from server import ADMIN, ROOT, TOKEN, database, till, wait_until
from shopping import Clock, add, admin, as_sent, audit, bought, confirm, confirmed, create, intended, placed, query, session, shopper, stock, wait_for_expiry

NOBODYS = "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a"


@pytest.fixture
def server(serve):
    server = serve()
    yield server
    balanced(server)


@pytest.fixture
def life(serve):
    """A server whose clock a test can move forward."""
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    yield server, clock
    settled(server)


def at_once(server, requests: list[tuple]) -> list:
    """Sends requests (method, path, JSON or None, headers) at once, each on a connection of its own; returns the answers."""
    wires = [server.wire() for _ in requests]
    for wire, (method, path, body, headers) in zip(wires, requests):
        text = None if body is None else json.dumps(body).encode()
        wire.request(method, path, text, content_type="application/json", **headers)
    answers = [wire.answer() for wire in wires]
    for wire in wires:
        wire.close()
    return answers


# The flow


def test_the_whole_flow_at_once_after_the_start(serve):
    """The flow of the README's commands, right after the start of the server."""
    server = serve(catalogue=True)
    ann = shopper(server)
    product = ann.get("/products/search?q=keyboard&limit=1").json()[0]
    line = add(ann, product, 2)
    order = placed(ann, line)
    payment = intended(ann, order)
    assert payment | {"status": "pending", "provider": "stripe", "order_id": order["id"], "failure_message": None} == payment
    assert payment["amount"] == order["total_amount"] and payment["currency"] == order["currency"]
    assert payment["provider_payment_id"].startswith("pi_")
    assert payment["client_secret"].startswith(payment["provider_payment_id"] + "_secret_")
    paid = confirmed(ann, payment, "pm_card_visa")
    assert paid == payment | {"status": "succeeded", "client_secret": None}
    assert ann.get(f"/payments/{payment['id']}").json() == paid
    assert status_of(ann, order) == "paid"
    balanced(server)


def test_a_live_intent_is_given_again(server):
    ann, order, payment = paying(server)
    assert [intended(ann, order) for _ in range(3)] == [payment] * 3
    assert len(ledger(server)) == len(rows(server)) == 1


def test_confirming_again_changes_nothing(server):
    ann, order, payment = paying(server)
    paid = confirmed(ann, payment)
    assert [confirmed(ann, payment), confirmed(ann, payment, DECLINED)] == [paid] * 2
    assert rows(server)[0]["attempts"] == 1


def test_a_declined_card_leaves_the_order_to_a_second_payment(server):
    ann, order, first = paying(server)
    failed = confirmed(ann, first, DECLINED)
    assert (failed["status"], failed["failure_message"]) == ("failed", "Your card was declined.")
    assert status_of(ann, order) == "pending"
    assert confirmed(ann, first, "pm_card_visa") == failed  # a failed payment stays failed
    second = intended(ann, order)
    assert second["id"] != first["id"]
    assert ledger(server)[first["provider_payment_id"]]["status"] == "canceled"
    assert confirmed(ann, second)["status"] == "succeeded"
    assert status_of(ann, order) == "paid"


def test_what_failed_unheard_is_followed_by_another_at_once(serve):
    """The reply with the decline was lost, so the shop learns of it in create-intent."""
    server = serve(mock_faults="confirm.lost-reply=1")
    ann, order, first = paying(server)
    assert confirm(ann, first, DECLINED).status_code == 503
    response = ann.post("/payments/create-intent", json={"order_id": order["id"]}, headers={"Idempotency-Key": "a-key"})
    second = response.json()
    assert (response.status_code, second["status"]) == (201, "pending") and second["id"] != first["id"]
    assert second["client_secret"].startswith(second["provider_payment_id"])
    assert ledger(server)[first["provider_payment_id"]]["status"] == "canceled"
    assert ann.get(f"/payments/{first['id']}").json()["status"] == "failed"
    again = ann.post("/payments/create-intent", json={"order_id": order["id"]}, headers={"Idempotency-Key": "a-key"})
    assert again.content == response.content and again.headers["idempotent-replayed"] == "true"
    assert confirmed(ann, second)["status"] == "succeeded"
    balanced(server)


def test_a_card_that_needs_its_owner_stays_pending(server):
    ann, order, payment = paying(server)
    waiting = confirmed(ann, payment, "pm_card_authenticationRequired")
    assert waiting["status"] == "pending" and "authenticate" in waiting["failure_message"]
    assert confirmed(ann, payment, "pm_card_visa")["status"] == "succeeded"
    assert confirmed(ann, payment)["failure_message"] is None


def test_an_unknown_method_is_refused_and_another_may_follow(server):
    ann, order, payment = paying(server)
    refused = confirm(ann, payment, "pm_card_of_nobody")
    assert (refused.status_code, refused.json()) == (409, {"detail": "The payment provider refused the payment"})
    assert confirmed(ann, payment)["status"] == "succeeded"


def test_an_order_of_nothing_needs_no_provider(server):
    ann, order, payment = paying(server, price=0)
    assert (payment["amount"], payment["provider_payment_id"], payment["client_secret"]) == (0, None, None)
    assert intended(ann, order) == payment
    assert confirmed(ann, payment)["status"] == "succeeded"
    assert status_of(ann, order) == "paid" and not ledger(server)
    assert refund(server, order).json()["status"] == "refunded"


@pytest.mark.parametrize("total", [1, 10**8, 2**53 - 1])
def test_what_the_provider_will_not_take_fails(server, total):
    """An order cannot be placed with such a total, but one from before that was checked may have it."""
    ann, order = ordered(server, price=2999)
    connection = database(server, write=True)
    connection.execute(f"UPDATE orders SET total_amount = {total}")
    connection.execute(f"UPDATE order_items SET price_at_purchase = {total}")
    connection.close()
    for _ in range(2):
        refused = ann.post("/payments/create-intent", json={"order_id": order["id"]})
        assert (refused.status_code, refused.json()) == (409, {"detail": "The payment provider refused the payment"})
    assert status_of(ann, order) == "pending"
    assert [row["status"] for row in rows(server)] == ["failed", "failed"] and rows(server)[0]["due_at"] is None


@pytest.mark.parametrize("end", ["paid", "cancelled"])
def test_an_order_that_is_over_takes_no_payment(server, end):
    ann, order, payment = paying(server)
    confirmed(ann, payment) if end == "paid" else ann.post(f"/orders/{order['id']}/cancel")
    refused = ann.post("/payments/create-intent", json={"order_id": order["id"]})
    assert (refused.status_code, refused.json()) == (409, {"detail": "Order is not pending"})
    if end == "cancelled":
        assert confirm(ann, payment).status_code == 409
    else:
        assert ann.post(f"/orders/{order['id']}/cancel").status_code == 409
    settled(server)


# Cards


@pytest.mark.parametrize(
    "method",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "pm_4242424242424242_x",
        "378282246310005",
        "card 6011 1111 1111 1117 of mine",
        4242424242424242,
        ["4242424242424242"],
        {"number": "4242424242424242"},
    ],
)
def test_a_cards_number_is_refused_and_told_to_nobody(server, method):
    ann, order, payment = paying(server)
    before = rows(server)
    for body in ({"payment_id": payment["id"], "payment_method": method}, {"payment_id": method}, {"payment_id": payment["id"], "card": method}):
        refused = ann.post("/payments/confirm", json=body)
        assert refused.status_code == 422 and refused.json()["detail"][0]["loc"] == ["body"]
        assert "never be sent here" in refused.json()["detail"][0]["msg"]
        assert not [digits for digits in ("4242", "378282246310005", "6011") if digits in refused.text]
    text = ann.post("/payments/confirm", content=json.dumps(method), headers={"Content-Type": "text/plain"})
    assert text.status_code == 422 and "4242" not in text.text
    logged = server.errors
    assert rows(server) == before and not [number for number in ("42424242", "4242 4242", "4242-4242") if number in logged]


def test_ids_and_other_digits_are_no_cards(server):
    ann, order, payment = paying(server)
    for method in ("pm_1234567890123", "pm_4242424242424241", "pm_424242424243"):
        assert confirm(ann, payment, method).status_code == 409  # no card number reached the provider
    for uuid in ("42424242-4242-4242-4242-424242424242", "00000000-0000-0000-0000-000000000000"):
        assert ann.post("/payments/confirm", json={"payment_id": uuid}).status_code == 404


@pytest.mark.parametrize("method", ["pm card", "pm_card_visa\n", "../pm", "pm_card_visa&amount=1", "pm_é", "x" * 256])
def test_a_method_is_an_id_and_nothing_else(server, method):
    ann, order, payment = paying(server)
    assert confirm(ann, payment, method).status_code == 422
    assert rows(server)[0]["attempts"] == 0


# Refunds


def test_a_refund_of_an_amount_is_refused_because_only_whole_orders_are_refunded(server):
    ann, order, payment = paying(server)
    confirmed(ann, payment)
    path = f"/orders/{order['id']}/refund"
    refused = admin(server).post(path, json={"amount": 1})
    assert refused.status_code == 422
    error = {"type": "extra_forbidden", "loc": ["body", "amount"], "msg": "Extra inputs are not permitted", "input": 1}
    assert refused.json() == {"detail": [error]}
    assert status_of(ann, order) == "paid" and not server.metric("till_refunds_total")
    assert admin(server).post(path, content=b" {} ").json()["status"] == "refunded"


def test_a_refund_gives_money_and_stock_back_once(server):
    lamp = create(server, stock_quantity=5)
    ann = shopper(server)
    order = bought(ann, lamp, 2)
    assert (refund(server, order).status_code, refund(server, order).json()) == (409, {"detail": "Order is not paid"})
    confirmed(ann, intended(ann, order))
    assert stock(server, lamp) == 3
    for _ in range(2):
        answer = refund(server, order)
        assert (answer.status_code, answer.json()) == (200, order | {"status": "refunded"})
    assert stock(server, lamp) == 5 and status_of(ann, order) == "refunded"
    assert server.metric("till_refunds_total") == 1
    assert refund(server, {"id": NOBODYS}).status_code == 404


def test_refunds_at_once_give_back_once(server):
    lamp = create(server, stock_quantity=5)
    ann = shopper(server)
    order = bought(ann, lamp, 2)
    confirmed(ann, intended(ann, order))
    answers = at_once(server, [("POST", f"/orders/{order['id']}/refund", None, ADMIN)] * 16)
    assert {a.status for a in answers} == {200} and stock(server, lamp) == 5


# Late money


def test_an_expired_orders_payment_is_cancelled_at_the_provider(life):
    server, clock = life
    ann, order, payment = paying(server)
    clock.forward(minutes=31)
    wait_for_expiry(server, clock.ahead)
    wait_until(lambda: ledger(server)[payment["provider_payment_id"]]["status"] == "canceled")
    wait_until(lambda: ann.get(f"/payments/{payment['id']}").json()["status"] == "failed")  # the provider cancels before our row says so
    settled(server)
    assert confirm(ann, payment).json()["status"] == "failed"


def test_a_cancelled_orders_payment_is_cancelled_at_the_provider(life):
    server, _ = life
    ann, order, payment = paying(server)
    assert ann.post(f"/orders/{order['id']}/cancel").status_code == 200
    wait_until(lambda: ledger(server)[payment["provider_payment_id"]]["status"] == "canceled")


class Late:
    """Loses the reply to a confirm after the charge, so that only reconciliation can learn of the money."""

    def __init__(self, serve, stock_quantity: int):
        self.folder = serve.folder()
        self.clock = Clock(self.folder)
        self.server = serve(self.folder, test_clock=self.clock.path, mock_faults="confirm.lost-reply=1")
        self.lamp = create(self.server, stock_quantity=stock_quantity)
        self.ann = shopper(self.server)
        self.order = bought(self.ann, self.lamp, 2)
        self.payment = intended(self.ann, self.order)
        lost = confirm(self.ann, self.payment)
        assert (lost.status_code, lost.headers["retry-after"]) == (503, "1")


def test_money_for_an_expired_order_takes_its_stock_again(serve):
    late = Late(serve, 5)
    late.clock.forward(minutes=31)
    wait_until(lambda: status_of(late.ann, late.order) == "paid")
    settled(late.server)
    assert stock(late.server, late.lamp) == 3
    assert late.ann.get(f"/payments/{late.payment['id']}").json()["status"] == "succeeded"


def test_money_for_an_order_whose_stock_is_gone_goes_back(serve):
    late = Late(serve, 2)
    # The order ends before reconciliation runs, and another shopper buys the stock before it runs again.
    assert late.ann.post(f"/orders/{late.order['id']}/cancel").status_code == 200
    bought(shopper(late.server, "bob"), late.lamp, 2)
    wait_until(lambda: [row["refund"] for row in rows(late.server)] == ["done"])
    settled(late.server)
    assert stock(late.server, late.lamp) == 0 and status_of(late.ann, late.order) == "cancelled"
    assert late.server.metric("till_payments_surplus_total") == 1
    shown = late.ann.get(f"/payments/{late.payment['id']}").json()
    assert shown["status"] == "succeeded" and "given back" in shown["failure_message"]
    assert "1 given back as surplus" in till("audit", "--db", late.server.db).stdout
    assert confirm(late.ann, late.payment).status_code == 409


def test_a_lost_reply_is_found_out_by_the_next_confirm(serve):
    late = Late(serve, 5)
    assert confirmed(late.ann, late.payment)["status"] == "succeeded"
    assert status_of(late.ann, late.order) == "paid"
    balanced(late.server)


def test_an_order_that_expires_while_it_is_charged(serve):
    """If the charge came first, the order gets its stock back; if the cancellation did, nothing was charged."""
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path, mock_faults="confirm.latency=300")
    for i in range(3):
        ann, order, payment = paying(server, f"ann-{i}", stock_quantity=1)
        wire = server.wire().request("POST", "/payments/confirm", json.dumps({"payment_id": payment["id"]}).encode(), content_type="application/json", **session(f"ann-{i}"))
        wait_until(lambda: rows(server)[i]["attempts"] == 1)
        clock.forward(minutes=31)
        answer = wire.answer()
        settled(server)
        end = (answer.json()["status"], status_of(ann, order))
        assert answer.status == 200 and end in {("succeeded", "paid"), ("failed", "expired")}


# Races


def test_cancelling_and_confirming_at_once(life):
    """If the order was paid first, the cancellation answers 409. If it was cancelled first, the money goes back."""
    server, _ = life
    for i in range(40):
        ann, order, payment = paying(server, f"ann-{i}")
        headers = session(f"ann-{i}")
        requests = [
            ("POST", "/payments/confirm", {"payment_id": payment["id"]}, headers),
            ("POST", f"/orders/{order['id']}/cancel", None, headers),
        ]
        answers = at_once(server, requests if i % 2 else requests[::-1])
        paid, cancelled = answers if i % 2 else answers[::-1]
        end = (paid.status, cancelled.status)
        assert end in {(200, 409), (409, 200), (200, 200)}, (paid, cancelled)
        assert status_of(ann, order) == ("paid" if end == (200, 409) else "cancelled")
        if end == (200, 200):  # the provider got the cancellation before the charge
            assert paid.json()["status"] == "failed"
    settled(server)


def test_intents_at_once_are_one(server):
    ann, order = ordered(server)
    answers = at_once(server, [("POST", "/payments/create-intent", {"order_id": order["id"]}, session("ann"))] * 24)
    assert {a.status for a in answers} == {201} and len({a.json()["id"] for a in answers}) == 1
    assert len(rows(server)) == len(ledger(server)) == 1


def test_confirms_at_once_charge_once(server):
    ann, order, payment = paying(server)
    answers = at_once(server, [("POST", "/payments/confirm", {"payment_id": payment["id"]}, session("ann"))] * 24)
    assert {(a.status, a.json()["status"]) for a in answers} == {(200, "succeeded")}
    assert server.metric("till_payments_succeeded_total") == 1


# Other shops


@pytest.mark.parametrize("flags", [{"db": ":memory:"}, {"cart": "global"}, {"currency": "eur"}, {"threads": 1, "provider_connections": 1}], ids=str)
def test_every_kind_of_shop_takes_payments(serve, flags):
    server = serve(**flags)
    ann, order, payment = paying(server)
    assert payment["currency"] == flags.get("currency", "usd")
    assert confirmed(ann, payment, DECLINED)["status"] == "failed"
    assert confirmed(ann, intended(ann, order))["status"] == "succeeded"
    assert status_of(ann, order) == "paid" and refund(server, order).json()["status"] == "refunded"


# Idempotency-Key


def test_a_key_gives_the_answer_again(server):
    ann, order, payment = paying(server)
    first = confirm(ann, payment, DECLINED, "a-key")
    again = confirm(ann, payment, DECLINED, "a-key")
    assert again.content == first.content and again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers and rows(server)[0]["attempts"] == 1
    assert confirm(ann, payment, "pm_card_visa", "a-key").status_code == 422


def test_a_key_that_is_running_says_so(serve):
    server = serve(mock_faults="confirm.latency=2000")
    ann, order, payment = paying(server)
    headers = session("ann") | {"content_type": "application/json", "idempotency_key": "a-key"}
    first = server.wire().request("POST", "/payments/confirm", as_sent({"payment_id": payment["id"]}), **headers)
    wait_until(lambda: query(server, "SELECT 1 FROM idempotency_keys"))
    running = confirm(ann, payment, key="a-key")
    assert (running.status_code, running.json()) == (409, {"detail": "A request with this Idempotency-Key is still running"})
    answer = first.answer()
    assert answer.status == 200
    assert confirm(ann, payment, key="a-key").content == answer.body


def test_a_key_whose_request_came_to_nothing_is_free_again(serve):
    server = serve(mock_faults="confirm.error=1")
    ann, order, payment = paying(server)
    assert confirm(ann, payment, key="a-key").status_code == 503
    assert not query(server, "SELECT 1 FROM idempotency_keys")
    again = confirm(ann, payment, key="a-key")
    assert (again.status_code, again.json()["status"]) == (200, "succeeded")
    balanced(server)


# The queue for the provider


def test_whoever_hangs_up_is_charged_and_told_later(serve):
    server = serve(mock_faults="confirm.latency=200")
    ann, order, payment = paying(server)
    wire = server.wire().request("POST", "/payments/confirm", json.dumps({"payment_id": payment["id"]}).encode(), content_type="application/json", **session("ann"))
    wait_until(lambda: rows(server)[0]["attempts"] == 1)
    wire.close()
    wait_until(lambda: status_of(ann, order) == "paid")
    balanced(server)


def test_a_server_that_stops_brings_its_payments_to_their_end(serve):
    folder = serve.folder()
    server = serve(folder, mock_faults="confirm.latency=200")
    ann, order, payment = paying(server)
    wire = server.wire().request("POST", "/payments/confirm", json.dumps({"payment_id": payment["id"]}).encode(), content_type="application/json", **session("ann"))
    wait_until(lambda: rows(server)[0]["attempts"] == 1)
    server.terminate()
    assert wire.answer().json()["status"] == "succeeded"
    wire.close()
    assert server.wait() == 0
    assert rows(server)[0]["order"] == "paid"
    balanced(server)


def test_beyond_its_bound_the_line_is_closed_and_the_shop_stays_open(serve):
    """With one connection to a slow provider, twenty requests fit its queue, and the rest of the shop stays fast."""
    server = serve(provider_connections=1, mock_faults="create.latency=5000")
    lamp = create(server, stock_quantity=1000)
    orders = [(f"ann-{i}", bought(shopper(server, f"ann-{i}"), lamp)) for i in range(30)]
    wires = []
    for name, order in orders:
        body = json.dumps({"order_id": order["id"]}).encode()
        wires.append(server.wire().request("POST", "/payments/create-intent", body, content_type="application/json", **session(name)))
    wait_until(lambda: server.metric("till_queue_refused_total") == 10)
    assert server.metric("till_provider_queue_depth") > 10
    pages = [server.wire().request("GET", "/products").answer().status for _ in range(50)]
    assert pages == [200] * 50
    assert server.metric("till_provider_queue_depth") > 5  # all of them before half of the queue was served
    server.kill()  # requests of another test may still wait there


def test_the_provider_out_of_reach_leaves_nothing_behind(serve):
    server = serve(mock_faults="error=2")
    ann, order = ordered(server)
    for _ in range(2):
        refused = ann.post("/payments/create-intent", json={"order_id": order["id"]})
        assert refused.status_code == 503 and "retry-after" in refused.headers
    assert intended(ann, order)["provider_payment_id"]
    assert len(rows(server)) == 1
    assert server.metric("till_provider_calls_failed_total") == 2
    balanced(server)
