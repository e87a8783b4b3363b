"""A shop whose provider is Stripe: over HTTP, against `till mock-stripe`, which lies beside the shop's database with
its books where paying.py looks for them."""
import json

import httpx
import pytest

from paying import balanced, ledger, paying, refund, rows, settled, status_of
from postgres import free_port
from server import TILL, Server, till, wait_until
from shopping import admin, bought, confirmed, create, intended, shopper, stock
from test_payments_webhook import delivered, event

KEY = "sk_test_a_key_that_nobody_may_see"
SECRET = "whsec_a_secret_that_nobody_may_see"


@pytest.fixture
def stripe(serve):
    """Starts Stripe and a shop in front of it; the shop has it as `stripe`, a client with a key."""

    def start(faults: str = "") -> Server:
        folder, port = serve.folder(), free_port()
        (folder / "key").write_text(KEY + "\n")
        (folder / "secret").write_text(SECRET + "\n")
        flags = ["--ledger", folder / "till.db.mock-ledger", "--webhook-secret-file", folder / "secret"]
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
    shop = stripe("webhook=late,late=60000")
    ann, order, payment = paying(shop)
    assert confirmed(ann, payment)["status"] == "pending"
    shop.stripe.post(f"/payment_intents/{payment['provider_payment_id']}/confirm", data={"payment_method": "pm_card_visa"})
    assert confirmed(ann, payment)["status"] == "succeeded"
    assert status_of(ann, order) == "paid"


# Refunds that somebody else makes


def paid(shop: Server) -> tuple[httpx.Client, dict, dict, dict]:
    lamp, ann = create(shop, stock_quantity=5), shopper(shop)
    order = bought(ann, lamp, 2)
    payment = confirmed(ann, intended(ann, order), "pm_card_visa")
    wait_until(lambda: shop.metric("till_payment_events_total") >= 2)  # of its creation and its success
    return ann, lamp, order, payment


def give_back(shop: Server, payment: dict, amount: int | None = None) -> None:
    """As the shop's owner does it in Stripe's dashboard."""
    form = {"payment_intent": payment["provider_payment_id"]} | ({"amount": amount} if amount else {})
    response = shop.stripe.post("/refunds", data=form)
    assert response.json().get("status") == "succeeded", response.text


def refund_event(intent: str, kind: str, thing: str) -> bytes:
    """What Stripe sends of a refund beside charge.refunded."""
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
    intent = payment["provider_payment_id"]
    shop.parts = {intent: 998}
    give_back(shop, payment, 998)
    wait_until(lambda: "998 of its 5998 usd were given back" in shop.errors, "the part was not noticed")
    wait_until(lambda: rows(shop)[0]["due_at"] is None)
    assert status_of(ann, order) == "paid" and stock(shop, lamp) == 3 and rows(shop)[0]["refund"] == "none"
    balanced(shop)
    shop.parts = {}
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
    shop = stripe("webhook=late,late=60000")
    ann, order, payment = paying(shop)
    confirmed(ann, payment, "pm_card_visa")
    give_back(shop, payment)
    assert status_of(ann, order) == "paid"
    assert refund(shop, order).json()["status"] == "refunded"
    balanced(shop)


def test_a_refund_that_comes_before_its_charge_was_heard_of(stripe):
    """The page paid, nobody told us, and the owner has given it all back: paid and refunded at once, sold and returned."""
    shop = stripe("webhook=late,late=60000")
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
    """Both events come before anybody has asked: the later one, of the charge, must leave the payment due."""
    shop = stripe("webhook=late,late=60000,retrieve.latency=300")
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
    """Without events and faults, where the mock in the shop would answer before its disk has it, and be synced."""
    folder = serve.folder()
    command = list(map(str, [TILL, "mock-stripe", "--listen", "127.0.0.1:0", "--ledger", folder / "ledger"]))
    mock = serve(folder, command=command)
    with httpx.Client(base_url=mock.address + "/v1", auth=(KEY, ""), trust_env=False) as stripe:
        made = stripe.post("/payment_intents", data={"amount": 500, "currency": "usd"}).json()
    mock.kill()
    mock = serve(folder, command=command)
    with httpx.Client(base_url=mock.address + "/v1", auth=(KEY, ""), trust_env=False) as stripe:
        assert stripe.get(f"/payment_intents/{made['id']}").json()["amount"] == 500
