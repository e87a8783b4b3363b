"""A shop whose provider is Stripe: over HTTP, against `till mock-stripe`, which lies beside the shop's database with
its books where paying.py looks for them."""
import socket

import httpx
import pytest

from paying import balanced, ledger, paying, settled, status_of
from server import TILL, Server, till, wait_until
from shopping import admin, confirmed, intended

KEY = "sk_test_a_key_that_nobody_may_see"
SECRET = "whsec_a_secret_that_nobody_may_see"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


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


def test_a_key_is_needed_and_is_no_argument(serve):
    done = till("serve", "--db", serve.folder() / "till.db", "--payments", "stripe")
    assert (done.returncode, "TILL_STRIPE_KEY" in done.stderr) == (2, True), done.stderr
    done = till("serve", "--payments", "stripe", "--stripe-key", KEY)
    assert (done.returncode, KEY in done.stderr) == (2, False), done.stderr
