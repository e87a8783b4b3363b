"""The provider's events: signed bytes in, one effect, whatever the order and number of their deliveries."""
import concurrent.futures
import hashlib
import hmac
import json
import os
import random
import time

import httpx
import pytest

from paying import DECLINED, balanced, paying, rows, settled, status_of
from server import content, wait_until
from shopping import Clock, audit, confirmed, intended, query, session

SECRET = "whsec_" + "0123456789abcdef" * 2
CLIENT = httpx.Client(trust_env=False)
RACES = 10_000 if os.environ.get("SOAK") or os.environ.get("CI") else 300


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("secret") / "webhook"
    path.write_text(SECRET + "\n")
    return path


@pytest.fixture
def server(serve, secret_file):
    return serve(webhook_secret_file=secret_file)


def signature(body: bytes, secret: str = SECRET, at: float | None = None, scheme: str = "v1") -> str:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},{scheme}={digest}"


def event(payment: dict, status: str = "succeeded", kind: str = "payment_intent.succeeded", id: str | None = None, **intent) -> bytes:
    amount = intent.pop("amount", payment["amount"])
    thing = {
        "id": payment["provider_payment_id"],
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount if status == "succeeded" else 0,
        "currency": payment["currency"],
        "status": status,
        "metadata": {"till_payment": payment["id"], "till_order": payment["order_id"]},
        "last_payment_error": None,
    } | intent
    whole = {
        "id": id or f"evt_{random.getrandbits(64):016x}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "data": {"object": thing},
    }
    return json.dumps(whole).encode()


def declined(payment: dict) -> bytes:
    error = {"code": "card_declined", "decline_code": "generic_decline", "message": "Your card was declined.", "type": "card_error"}
    return event(payment, "requires_payment_method", "payment_intent.payment_failed", last_payment_error=error)


def deliver(server, body: bytes, header: str | None = None) -> httpx.Response:
    headers = {"Content-Type": "application/json"} | ({"Stripe-Signature": header} if header is not None else {})
    return CLIENT.post(f"{server.address}/payments/webhook", content=body, headers=headers)


def delivered(server, body: bytes, secret: str = SECRET) -> None:
    response = deliver(server, body, signature(body, secret))
    assert (response.status_code, response.content) == (200, b""), response.text


def payment_of(client, payment: dict) -> dict:
    return client.get(f"/payments/{payment['id']}").json()


def test_an_event_pays_an_order(server):
    ann, order, payment = paying(server)
    delivered(server, event(payment))
    assert payment_of(ann, payment)["status"] == "succeeded" and status_of(ann, order) == "paid"


def test_an_event_needs_no_metadata(server):
    ann, order, payment = paying(server)
    delivered(server, event(payment, metadata={}))
    assert status_of(ann, order) == "paid"


FORGERIES = {
    "a byte changed": lambda body: (body.replace(b"succeeded", b"succeedef", 1), signature(body)),
    "a byte added": lambda body: (body + b" ", signature(body)),
    "an old one": lambda body: (body, signature(body, at=time.time() - 301)),
    "a foreign secret": lambda body: (body, signature(body, "whsec_" + "f" * 32)),
    "an empty secret": lambda body: (body, signature(body, "")),
    "an empty header": lambda body: (body, ""),
    "no header": lambda body: (body, None),
    "no time": lambda body: (body, signature(body).split(",")[1]),
    "no signature": lambda body: (body, signature(body).split(",")[0]),
    "another scheme": lambda body: (body, signature(body, scheme="v0")),
    "half a signature": lambda body: (body, signature(body)[:-32]),
    "nonsense": lambda body: (body, "t=,v1=,,=,"),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_not_signed_changes_nothing(server, what):
    ann, order, payment = paying(server)
    before = content(server)
    response = deliver(server, *FORGERIES[what](event(payment)))
    assert (response.status_code, response.json()) == (400, {"detail": "The webhook's signature does not match"})
    assert content(server) == before


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"nonsense", b'{"id": 1, "type": "x"}', b"\xff\xfe", b'{"id":"' + b"e" * 300 + b'"}'])
def test_what_is_signed_and_no_event_changes_nothing(server, body):
    before = content(server)
    response = deliver(server, body, signature(body))
    assert (response.status_code, response.json()) == (400, {"detail": "The webhook's body is no event"})
    assert content(server) == before


def test_one_of_several_signatures_is_enough(server):
    ann, order, payment = paying(server)
    body = event(payment)
    stamp, good = signature(body).split(",")
    foreign = signature(body, "whsec_another").split(",")[1]
    assert deliver(server, body, f"{stamp},{foreign},{good},v0=00").status_code == 200
    assert status_of(ann, order) == "paid"


def test_the_very_bytes_count_and_not_their_meaning(server):
    ann, order, payment = paying(server)
    body = event(payment)
    spaced = b"\n " + json.dumps(json.loads(body), indent=3).encode() + b"\n"
    assert deliver(server, spaced, signature(body)).status_code == 400
    delivered(server, spaced)
    assert status_of(ann, order) == "paid"


@pytest.mark.parametrize("kind", ["charge.refunded", "customer.created", "payment_intent.created"])
def test_what_is_not_ours_is_taken_and_ignored(server, kind):
    ann, order, payment = paying(server)
    stranger = {"id": "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a", "order_id": order["id"], "provider_payment_id": "pi_foreign"}
    delivered(server, event(payment | stranger, kind=kind))
    delivered(server, event(payment | stranger, kind=kind, metadata={}))
    assert payment_of(ann, payment)["status"] == "pending"


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"amount": 10**12}, {"currency": "eur"}, {"amount_received": 0}, {"amount_received": 1}])
def test_a_wrong_amount_or_currency_never_pays(server, wrong):
    ann, order, payment = paying(server)
    delivered(server, event(payment, **wrong))
    assert payment_of(ann, payment)["status"] == "pending" and status_of(ann, order) == "pending"
    assert server.metric("till_payments_wrong_total") == 1 and "look into it" in server.errors
    assert confirmed(ann, payment)["status"] == "succeeded"  # by the provider's own word
    balanced(server)


def test_an_event_of_another_intent_in_our_name_never_pays(server):
    ann, order, payment = paying(server)
    delivered(server, event(payment | {"provider_payment_id": "pi_of_another"}))
    assert payment_of(ann, payment)["status"] == "pending"
    assert server.metric("till_payments_wrong_total") == 1


def test_an_event_that_is_repeated_has_its_effect_once(server):
    ann, order, payment = paying(server)
    body = event(payment)
    for _ in range(3):
        delivered(server, body)
    assert server.metric("till_payment_events_total") == 1 and server.metric("till_payment_events_repeated_total") == 2
    assert server.metric("till_payments_succeeded_total") == 1


def test_events_out_of_order_go_only_forward(server):
    ann, order, payment = paying(server)
    delivered(server, event(payment))
    for late in (declined(payment), event(payment, "requires_payment_method", "payment_intent.created"), event(payment, "processing", "payment_intent.processing"), event(payment, "canceled", "payment_intent.canceled")):
        delivered(server, late)
    assert payment_of(ann, payment)["status"] == "succeeded" and status_of(ann, order) == "paid"


def test_money_after_a_decline_pays(server):
    ann, order, payment = paying(server)
    delivered(server, declined(payment))
    assert payment_of(ann, payment) | {"status": "failed", "failure_message": "Your card was declined."} == payment_of(ann, payment)
    delivered(server, event(payment))
    assert payment_of(ann, payment)["status"] == "succeeded" and status_of(ann, order) == "paid"


def test_every_event_twice_and_shuffled(server):
    """Whatever the order, one that succeeded has succeeded."""
    shuffler = random.Random(6)
    for i in range(20):
        ann, order, payment = paying(server, f"ann-{i}")
        events = [event(payment, "requires_payment_method", "payment_intent.created"), declined(payment), event(payment, "processing", "payment_intent.processing"), event(payment)] * 2
        shuffler.shuffle(events)
        for body in events:
            delivered(server, body)
        assert payment_of(ann, payment)["status"] == "succeeded" and status_of(ann, order) == "paid"
    assert server.metric("till_payments_succeeded_total") == 20


def test_confirm_and_webhook_at_once_are_one_transition(server):
    """Whichever comes first, the payment succeeds once and the order is sold once. (The mock's books are not looked
    at: where the event came first it was never asked to charge.)"""
    wires = [server.wire() for _ in range(2)]
    made = [paying(server, f"ann-{i}", stock_quantity=1) for i in range(min(RACES, 500))]
    for i in range(RACES):
        ann, order, payment = made[i] if i < len(made) else paying(server, f"ann-{i}", stock_quantity=1)
        body = event(payment)
        confirm = json.dumps({"payment_id": payment["id"]}).encode()
        wires[0].request("POST", "/payments/confirm", confirm, content_type="application/json", **session(f"ann-{i}"))
        wires[1].request("POST", "/payments/webhook", body, content_type="application/json", stripe_signature=signature(body))
        answers = [wire.answer() for wire in wires]
        assert [a.status for a in answers] == [200, 200] and answers[0].json()["status"] == "succeeded"
    assert server.metric("till_payments_succeeded_total") == RACES
    assert query(server, "SELECT count(*) FROM stock_movements WHERE kind = 'sold'") == [(RACES,)]
    audit(server)


@pytest.mark.parametrize("how", ["webhook=duplicate", "webhook=late,late=20", "webhook=reorder", "webhook=duplicate,webhook=reorder"])
def test_the_mocks_own_events(serve, secret_file, how):
    """A declined card and a second payment, with the mock's own deliveries at their worst."""
    folder = serve.folder()
    server = serve(folder, webhook_secret_file=secret_file)
    port = server.port
    server.stop()
    url = f"http://127.0.0.1:{port}/payments/webhook"
    server = serve(folder, listen=f"127.0.0.1:{port}", webhook_secret_file=secret_file, mock_webhook_url=url, mock_faults=how)
    for i in range(5):
        ann, order, payment = paying(server, f"ann-{i}")
        assert confirmed(ann, payment, DECLINED)["status"] == "failed"
        assert confirmed(ann, intended(ann, order))["status"] == "succeeded"
    wait_until(lambda: server.metric("till_payment_events_total") >= 5 * 4, "the mock's events did not come")
    assert server.metric("till_payments_succeeded_total") == 5
    settled(server)


def test_event_ids_are_swept_after_a_month(serve, secret_file):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path, webhook_secret_file=secret_file)
    ann, order, payment = paying(server)
    delivered(server, event(payment))
    assert query(server, "SELECT count(*) FROM payment_events") == [(1,)]
    clock.forward(days=31)
    wait_until(lambda: query(server, "SELECT count(*) FROM payment_events") == [(0,)])
