"""A shop whose provider is Stripe: over HTTP, against `till mock-stripe`. The mock's books lie beside the shop's
database, for paying.py to read."""
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from paying import balanced, ledger, paying, refund, rows, settled, status_of
from postgres import free_port
from server import TILL, Server, till, wait_until
from shopping import admin, bought, confirmed, create, intended, shopper, stock
from test_payments_contact import ADDRESS, EMAIL, order_of
from test_payments_webhook import delivered, event

KEY = "sk_test_a_key_that_nobody_may_see"
SECRET = "whsec_a_secret_that_nobody_may_see"


@pytest.fixture
def stripe(serve):
    """Starts `till mock-stripe` and a shop that uses it. `shop.stripe` is a client of the mock, with a key."""

    def start(faults: str = "") -> Server:
        folder, port = serve.folder(), free_port()
        (folder / "key").write_text(KEY + "\n")
        (folder / "secret").write_text(SECRET + "\n")
        flags = ["--ledger", folder / "till.db.mock-books", "--webhook-secret-file", folder / "secret"]
        hook = f"http://127.0.0.1:{port}/payments/webhook"
        command = [TILL, "mock-stripe", "--listen", "127.0.0.1:0", "--webhook-url", hook, "--faults", faults, *flags]
        mock = serve(folder, command=list(map(str, command)))
        shop = serve(
            folder,
            listen=f"127.0.0.1:{port}",
            payments="stripe",
            stripe_url=mock.address,
            stripe_key_file=folder / "key",
            webhook_secret_file=folder / "secret",
        )
        shop.stripe = httpx.Client(base_url=mock.address + "/v1", auth=(KEY, ""), trust_env=False)
        started.append(shop)
        return shop

    started: list[Server] = []
    yield start
    for shop in started:
        settled(shop)
        said = shop.errors + shop.output
        assert KEY not in said and SECRET not in said
        shop.stripe.close()


def test_an_order_is_paid_and_refunded_through_faults_that_pass(stripe):
    shop = stripe("create.lost-reply=1,confirm.conflict=1,refund.error=1,webhook=duplicate")
    ann, order, payment = paying(shop)
    assert confirmed(ann, payment, "pm_card_chargeDeclined")["failure_message"] == "Your card was declined."
    assert status_of(ann, order) == "pending"
    again = intended(ann, order)
    assert confirmed(ann, again, "pm_card_visa")["status"] == "succeeded"
    assert status_of(ann, order) == "paid"
    balanced(shop)
    assert admin(shop).post(f"/orders/{order['id']}/refund").json()["status"] == "refunded"
    assert sorted(i["received"] for i in ledger(shop).values()) == [0, order["total_amount"]]


def test_a_page_confirms_with_stripe_and_the_webhook_tells(stripe):
    shop = stripe("webhook=reorder")
    ann, order, payment = paying(shop)
    page = shop.stripe.post(f"/payment_intents/{payment['provider_payment_id']}/confirm", data={"payment_method": "pm_card_visa"})
    assert page.json()["status"] == "succeeded"
    wait_until(lambda: status_of(ann, order) == "paid")


def test_a_page_confirms_with_stripe_and_then_asks_us(stripe):
    shop = stripe("late=60000")
    ann, order, payment = paying(shop)
    assert confirmed(ann, payment)["status"] == "pending"
    shop.stripe.post(f"/payment_intents/{payment['provider_payment_id']}/confirm", data={"payment_method": "pm_card_visa"})
    assert confirmed(ann, payment)["status"] == "succeeded"
    assert status_of(ann, order) == "paid"


# Refunds in Stripe's dashboard


def paid(shop: Server) -> tuple[httpx.Client, dict, dict, dict]:
    lamp, ann = create(shop, stock_quantity=5), shopper(shop)
    order = bought(ann, lamp, 2)
    payment = confirmed(ann, intended(ann, order), "pm_card_visa")
    wait_until(lambda: shop.metric("till_payment_events_total") >= 2)  # the events of its creation and its success
    return ann, lamp, order, payment


def give_back(shop: Server, payment: dict, amount: int | None = None) -> None:
    """Refunds as the shop's owner does in Stripe's dashboard."""
    form = {"payment_intent": payment["provider_payment_id"]} | ({"amount": amount} if amount else {})
    response = shop.stripe.post("/refunds", data=form)
    assert response.json().get("status") == "succeeded", response.text


def refund_event(intent: str, kind: str, thing: str) -> bytes:
    """The event that Stripe sends about a refund besides charge.refunded."""
    whole = json.loads(event({"provider_payment_id": intent, "id": "", "order_id": "", "amount": 1, "currency": "usd"}, kind=kind))
    whole["data"]["object"] = {"id": "re_1", "object": thing, "amount": 1, "payment_intent": intent, "status": "succeeded"}
    return json.dumps(whole).encode()


@pytest.mark.parametrize("faults", ["", "webhook=duplicate", "webhook=reorder", "retrieve.error=1,retrieve.conflict=1"])
def test_a_refund_made_at_stripe_refunds_the_order_once(stripe, faults):
    shop = stripe(faults)
    ann, lamp, order, payment = paid(shop)
    give_back(shop, payment)
    wait_until(lambda: status_of(ann, order) == "refunded", "the refund was not noticed")
    assert stock(shop, lamp) == 5 and rows(shop)[0]["due_at"] is None
    assert refund(shop, order).json()["status"] == "refunded"
    for kind, thing in (("refund.created", "refund"), ("refund.updated", "refund"), ("charge.refunded", "charge")):
        delivered(shop, refund_event(payment["provider_payment_id"], kind, thing), SECRET)
    assert rows(shop)[0]["due_at"] is None and stock(shop, lamp) == 5
    assert shop.metric("till_refunds_total") == 1
    balanced(shop)


def test_a_refund_in_parts_leaves_the_order_paid_until_the_last(stripe):
    shop = stripe()
    ann, lamp, order, payment = paid(shop)
    give_back(shop, payment, 998)
    wait_until(lambda: rows(shop)[0]["refunded"] == 998, "the part was not noticed")
    wait_until(lambda: rows(shop)[0]["due_at"] is None)
    (part,) = shop.shopkeeper.get(f"/orders/{order['id']}/refunds").json()
    assert (part["amount"], part["status"], part["origin"]) == (998, "succeeded", "provider")
    assert status_of(ann, order) == "paid" and stock(shop, lamp) == 3 and rows(shop)[0]["refund"] == "none"
    balanced(shop)
    give_back(shop, payment)
    wait_until(lambda: status_of(ann, order) == "refunded")
    assert stock(shop, lamp) == 5
    balanced(shop)


def test_the_shop_gives_back_what_a_part_has_left(stripe):
    shop = stripe()
    ann, lamp, order, payment = paid(shop)
    give_back(shop, payment, 998)
    assert refund(shop, order).json()["status"] == "refunded"
    assert ledger(shop)[payment["provider_payment_id"]]["refunded"] == 5998
    balanced(shop)


def test_a_refund_that_no_event_tells_of_is_found_by_refunding_here(stripe):
    shop = stripe("late=60000")
    ann, order, payment = paying(shop)
    confirmed(ann, payment, "pm_card_visa")
    give_back(shop, payment)
    assert status_of(ann, order) == "paid"
    assert refund(shop, order).json()["status"] == "refunded"
    balanced(shop)


def test_a_refund_that_comes_before_its_charge_was_heard_of(stripe):
    """The page paid, no event arrived, and the owner refunded everything: the order is paid and refunded at once, its stock
    sold and returned."""
    shop = stripe("late=60000")
    lamp, ann = create(shop, stock_quantity=5), shopper(shop)
    order = bought(ann, lamp, 2)
    payment = intended(ann, order)
    shop.stripe.post(f"/payment_intents/{payment['provider_payment_id']}/confirm", data={"payment_method": "pm_card_visa"})
    give_back(shop, payment)
    delivered(shop, refund_event(payment["provider_payment_id"], "charge.refunded", "charge"), SECRET)
    wait_until(lambda: status_of(ann, order) == "refunded")
    assert stock(shop, lamp) == 5
    balanced(shop)


def test_a_charge_heard_of_after_its_refund_does_not_hide_it(stripe):
    """Both events come before the shop asks Stripe: the later one, of the charge, must leave the payment due."""
    shop = stripe("late=60000,retrieve.latency=300")
    ann, order, payment = paying(shop)
    intent = payment["provider_payment_id"]
    shop.stripe.post(f"/payment_intents/{intent}/confirm", data={"payment_method": "pm_card_visa"})
    give_back(shop, payment)
    delivered(shop, refund_event(intent, "refund.created", "refund"), SECRET)
    delivered(shop, event(payment), SECRET)
    wait_until(lambda: status_of(ann, order) == "refunded")
    balanced(shop)


def test_a_refund_of_another_shops_payment_changes_nothing(stripe):
    shop = stripe()
    ann, lamp, order, payment = paid(shop)
    before = rows(shop)
    made = shop.stripe.post("/payment_intents", data={"amount": 500, "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"})
    heard = shop.metric("till_payment_events_total")
    give_back(shop, {"provider_payment_id": made.json()["id"]})
    wait_until(lambda: shop.metric("till_payment_events_total") > heard)
    for intent in ("pi_of_another_shop", "", "pi_../1"):
        delivered(shop, refund_event(intent, "refund.updated", "refund"), SECRET)
    assert rows(shop) == before and status_of(ann, order) == "paid"
    shop.others = {made.json()["id"]}
    balanced(shop)


def test_a_key_is_needed_and_is_no_argument(serve):
    done = till("serve", "--db", serve.folder() / "till.db", "--payments", "stripe")
    assert (done.returncode, "TILL_STRIPE_KEY" in done.stderr) == (2, True), done.stderr
    done = till("serve", "--payments", "stripe", "--stripe-key", KEY)
    assert (done.returncode, KEY in done.stderr) == (2, False), done.stderr


def test_what_a_mock_of_its_own_has_answered_is_there_after_it_is_killed(serve):
    """Without events and faults, the mock inside a shop would answer before its books are synced; the port must not."""
    folder = serve.folder()
    command = list(map(str, [TILL, "mock-stripe", "--listen", "127.0.0.1:0", "--ledger", folder / "ledger"]))
    mock = serve(folder, command=command)
    with httpx.Client(base_url=mock.address + "/v1", auth=(KEY, ""), trust_env=False) as stripe:
        made = stripe.post("/payment_intents", data={"amount": 500, "currency": "usd"}).json()
    mock.kill()
    mock = serve(folder, command=command)
    with httpx.Client(base_url=mock.address + "/v1", auth=(KEY, ""), trust_env=False) as stripe:
        assert stripe.get(f"/payment_intents/{made['id']}").json()["amount"] == 500


def stub_server(answer):
    """A server on the loopback. `answer(body)` gives the status and the body of the answer to each POST."""

    class Stub(BaseHTTPRequestHandler):
        def do_POST(self):
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Request-Id", "req_A1b2")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    stub = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=stub.serve_forever, args=(0.01,), daemon=True).start()
    return stub


@pytest.mark.parametrize("version", [None, "2024-06-20", "2025-08-27.basil"])
def test_events_name_the_version_that_is_asked_for(serve, version):
    """stripe-go and stripe-java refuse an event of another version than their own."""
    seen, folder = [], serve.folder()
    stub = stub_server(lambda body: (seen.append(json.loads(body)), (200, b""))[1])
    (folder / "secret").write_text(SECRET)
    command = [TILL, "mock-stripe", "--listen", "127.0.0.1:0", "--webhook-url", f"http://127.0.0.1:{stub.server_port}/", "--webhook-secret-file", folder / "secret"]
    mock = serve(folder, command=list(map(str, command + (["--api-version", version] if version else []))))
    with httpx.Client(base_url=mock.address + "/v1", auth=(KEY, ""), trust_env=False) as client:
        client.post("/payment_intents", data={"amount": 500, "currency": "usd"}).raise_for_status()
    assert wait_until(lambda: seen)[0]["api_version"] == (version or "2025-08-27.basil")
    stub.shutdown()


@pytest.mark.parametrize("version", ['"', "x" * 65, "20 24"])
def test_a_version_that_is_none_is_refused(version):
    assert till("mock-stripe", "--api-version", version).returncode == 2


def test_stripe_is_told_of_the_shopper(stripe):
    shop = stripe("create.lost-reply=1,create.conflict=1")
    ann = shopper(shop)
    order = order_of(shop, ann, email=EMAIL, shipping_address=ADDRESS)
    payment = intended(ann, order)
    made = shop.stripe.get(f"/payment_intents/{payment['provider_payment_id']}").json()
    address = {"state" if name == "region" else name: text for name, text in ADDRESS.items() if name not in ("name", "phone")}
    want = {"name": ADDRESS["name"], "phone": ADDRESS["phone"], "address": address, "carrier": None, "tracking_number": None}
    assert (made["receipt_email"], made["shipping"]) == (EMAIL, want)
    assert confirmed(ann, payment, "pm_card_visa")["status"] == "succeeded"
    balanced(shop)


def test_an_address_that_stripe_refuses_costs_no_order(serve):
    """Stripe's message quotes the address: it is not logged. The intent is created again without, and says nothing of the shopper."""
    asked: list[dict] = []

    def answer(body: bytes):
        asked.append(dict(urllib.parse.parse_qsl(body.decode())))
        if "receipt_email" in asked[-1]:
            error = {"type": "invalid_request_error", "code": "email_invalid", "param": "receipt_email", "message": f"Invalid email address: {EMAIL}"}
            return 400, json.dumps({"error": error}).encode()
        intent = {"id": "pi_1", "object": "payment_intent", "amount": 5998, "currency": "usd", "status": "requires_payment_method", "client_secret": "pi_1_secret_1"}
        return 200, json.dumps(intent | {"metadata": {"till_payment": asked[-1]["metadata[till_payment]"]}}).encode()

    stub, folder = stub_server(answer), serve.folder()
    (folder / "key").write_text(KEY)
    shop = serve(folder, payments="stripe", stripe_url=f"http://127.0.0.1:{stub.server_port}", stripe_key_file=folder / "key", log="text")
    ann = shopper(shop)
    order = order_of(shop, ann, email=EMAIL, shipping_address=ADDRESS)
    assert intended(ann, order)["provider_payment_id"] == "pi_1"
    told, untold = asked
    assert set(told) - set(untold) == {"receipt_email", *(name for name in told if name.startswith("shipping["))}
    assert len(told) - len(untold) == 9 and untold.items() <= told.items()
    [line] = [line for line in shop.errors.splitlines() if "Stripe:" in line]
    assert "refused: invalid_request_error, email_invalid: receipt_email; the payment is created without the order's contact" in line
    assert EMAIL not in shop.errors and shop.metric("till_provider_calls_refused_total") == 0
    stub.shutdown()


REFUSALS = [
    ("invalid_request_error", "amount_too_small", "Amount must be at least $0.50 usd"),
    ("invalid_request_error", "parameter_unknown", "Received unknown parameter: \nmetadata[x]\x1b[31m" + "x" * 5000),
    ("api_error", None, None),
]


@pytest.mark.parametrize("kind, code, message", REFUSALS, ids=["amount", "parameter", "no reason"])
def test_a_refusal_for_another_reason_than_the_card_is_logged_and_counted(serve, kind, code, message):
    """The shopper gets no reason, so the operator must: an account's settings and limits are theirs to mend."""
    error = {k: v for k, v in {"type": kind, "code": code, "message": message}.items() if v}

    stub = stub_server(lambda _: (400, json.dumps({"error": error}).encode()))
    folder = serve.folder()
    (folder / "key").write_text(KEY)
    (folder / "secret").write_text(SECRET)
    shop = serve(folder, payments="stripe", stripe_url=f"http://127.0.0.1:{stub.server_port}", stripe_key_file=folder / "key", webhook_secret_file=folder / "secret", log="text")
    ann = shopper(shop)
    order = bought(ann, create(shop))
    answer = ann.post("/payments/create-intent", json={"order_id": order["id"]})
    assert (answer.status_code, answer.json()) == (409, {"detail": "The payment provider refused the payment"})
    [line] = [line for line in shop.errors.splitlines() if "Stripe:" in line]
    assert f"POST /v1/payment_intents: refused: {kind}, {code or 'no code'}: {(message or 'no message')[:15]}" in line
    assert line.endswith("(status 400, request id req_A1b2)") and len(line) < 700 and line.isprintable()
    assert shop.metric("till_provider_calls_refused_total") == 1
    assert KEY not in shop.errors
    stub.shutdown()
