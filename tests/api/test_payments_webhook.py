"""The provider's events: signed bytes that take effect once, whatever the order and number of their deliveries."""
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
from server import content, till, wait_until
from shopping import Clock, audit, confirmed, intended, query, session

SECRET = "whsec_" + "0123456789abcdef" * 2
CLIENT = httpx.Client(trust_env=False)
NOW = int(time.time())
RACES = 10_000 if os.environ.get("SOAK") else 2_000 if os.environ.get("CI") else 300


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
    assert confirmed(ann, payment)["status"] == "succeeded"  # as the provider reports it
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
    """In whatever order they come, a payment that has succeeded stays so."""
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
    """Whichever comes first, the payment succeeds once and the order is sold once. (The mock's books are not checked: if
    the event came first, the mock was never asked to charge.)"""
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


# Disputes, and refunds that the bank sends back


def about(payment: dict, kind: str, at: int, **thing) -> bytes:
    """An event about an object that names the payment's intent."""
    whole = json.loads(event(payment, kind=kind)) | {"created": at}
    whole["data"]["object"] = {"amount": payment["amount"], "currency": "usd", "payment_intent": payment["provider_payment_id"]} | thing
    return json.dumps(whole).encode()


def dispute(payment: dict, kind: str, status: str, at: int = NOW, **more) -> bytes:
    thing = {"id": "dp_1", "object": "dispute", "charge": "ch_1", "reason": "fraudulent", "status": status, "evidence_details": {"due_by": NOW + 86400}}
    return about(payment, f"charge.dispute.{kind}", at, **thing | more)


def refund_of(payment: dict, status: str, at: int = NOW, kind: str = "refund.updated", id: str = "re_1", **more) -> bytes:
    return about(payment, kind, at, id=id, object="refund", status=status, **more)


def paid(server) -> tuple[httpx.Client, dict, dict]:
    ann, order, payment = paying(server)
    delivered(server, event(payment))
    return ann, order, payment


def disputes(server) -> list[tuple]:
    return query(server, "SELECT id, amount, currency, reason, status FROM payment_disputes ORDER BY id")


def counted(server, status: str) -> int:
    return server.metric("till_payment_disputes_total", f'"{status}"')


def test_a_dispute_is_recorded_logged_and_counted(server):
    ann, order, payment = paid(server)
    before = payment_of(ann, payment), status_of(ann, order)
    opened = dispute(payment, "created", "needs_response")
    for _ in range(2):
        delivered(server, opened)
    assert disputes(server) == [("dp_1", payment["amount"], "usd", "fraudulent", "needs_response")]
    delivered(server, dispute(payment, "funds_withdrawn", "needs_response"))
    delivered(server, dispute(payment, "updated", "under_review", NOW + 10))
    delivered(server, dispute(payment, "closed", "lost", NOW + 20, evidence_details={"due_by": None}))
    assert disputes(server) == [("dp_1", payment["amount"], "usd", "fraudulent", "lost")]
    assert query(server, "SELECT evidence_due_at FROM payment_disputes") == [(None,)]
    assert [counted(server, status) for status in ("needs_response", "under_review", "lost", "won", "other")] == [1, 1, 1, 0, 0]
    line = next(line for line in server.errors.splitlines() if "charge.dispute.created" in line)
    assert "dp_1" in line and payment["id"] in line and "needs_response" in line and "evidence until 2" in line
    assert (payment_of(ann, payment), status_of(ann, order)) == before
    seen, shown = (client.get(f"/orders/{order['id']}/events").json() for client in (server.client(), ann))
    assert [(e["amount"], e["text"]) for e in seen if e["kind"] == "disputed"] == [(payment["amount"], status) for status in ("needs_response", "under_review", "lost")]
    assert "disputed" not in {e["kind"] for e in shown}
    audit(server)


def test_events_of_disputes_may_come_in_any_order(server):
    shuffler = random.Random(42)
    ann, order, payment = paid(server)
    for i in range(10):
        life = [("created", "needs_response", 0), ("funds_withdrawn", "needs_response", 0), ("updated", "under_review", 0), ("closed", "won", 5), ("funds_reinstated", "won", 5)]
        bodies = [dispute(payment, kind, status, NOW + at, id=f"dp_{i}", amount=at) for kind, status, at in life] * 2
        shuffler.shuffle(bodies)
        for body in bodies:
            delivered(server, body)
    assert disputes(server) == [(f"dp_{i}", 5, "usd", "fraudulent", "won") for i in range(10)]
    assert counted(server, "won") == 10


def test_events_of_one_dispute_at_once(server):
    ann, order, payment = paid(server)
    bodies = [dispute(payment, "updated", "under_review", NOW + i, amount=i) for i in range(40)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda body: httpx.post(f"{server.address}/payments/webhook", content=body, headers={"Stripe-Signature": signature(body)}, trust_env=False), bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert disputes(server) == [("dp_1", 39, "usd", "fraudulent", "under_review")]
    assert counted(server, "under_review") == 1


def test_a_dispute_with_a_new_status_or_without_a_reason_is_recorded(server):
    ann, order, payment = paid(server)
    delivered(server, dispute(payment, "updated", "in_arbitration", reason=None, evidence_details=None))
    assert disputes(server) == [("dp_1", payment["amount"], "usd", None, "in_arbitration")]
    assert counted(server, "other") == 1


@pytest.mark.parametrize("wrong", [{"amount": -1}, {"amount": None}, {"currency": "USD"}, {"object": "dispute", "amount": "1"}, {"id": "dp/1"}])
def test_a_dispute_that_is_not_sound_is_refused(server, wrong):
    ann, order, payment = paid(server)
    body = dispute(payment, "created", "needs_response", **wrong)
    assert deliver(server, body, signature(body)).status_code == 400
    assert disputes(server) == []


def test_a_dispute_of_another_shops_payment_is_taken_and_ignored(server):
    ann, order, payment = paid(server)
    delivered(server, dispute(payment, "created", "needs_response", payment_intent="pi_of_another"))
    delivered(server, dispute(payment, "created", "needs_response", payment_intent=None))
    assert disputes(server) == []


def test_the_audit_finds_a_dispute_of_a_payment_that_never_succeeded(server):
    ann, order, payment = paying(server)
    delivered(server, dispute(payment, "created", "needs_response"))
    done = till("audit", "--db", server.db)
    assert done.returncode == 1 and f"payment {payment['id']}: is pending, and there is a dispute of it, dp_1" in done.stdout


@pytest.mark.parametrize("kind, status", [("refund.failed", "failed"), ("refund.updated", "failed"), ("charge.refund.updated", "failed"), ("refund.updated", "canceled")])
def test_a_refund_that_the_bank_sends_back_is_found_until_another_makes_up_for_it(server, kind, status):
    ann, order, payment = paid(server)
    before = payment_of(ann, payment), status_of(ann, order)
    delivered(server, refund_of(payment, "succeeded", NOW - 5, "refund.created"))
    for _ in range(2):
        delivered(server, refund_of(payment, status, kind=kind, failure_reason="expired_or_canceled_card"))
    delivered(server, refund_of(payment, "succeeded", NOW - 5, "refund.created"))  # late
    delivered(server, refund_of(payment, "succeeded", NOW + 5, "refund.created", id="re_2", amount=1))  # too little
    assert query(server, "SELECT id, amount, reason, made_up_at FROM failed_refunds") == [("re_1", payment["amount"], "expired_or_canceled_card", None)]
    assert server.metric("till_refunds_failed_total") == 1
    assert f"refund re_1 of payment {payment['id']}" in server.errors and "expired_or_canceled_card" in server.errors
    done = till("audit", "--db", server.db)
    assert done.returncode == 1 and f"payment {payment['id']}: the bank sent its refund re_1 of {payment['amount']} usd back" in done.stdout
    delivered(server, refund_of(payment, "succeeded", NOW + 9, "refund.created", id="re_3"))
    assert (payment_of(ann, payment), status_of(ann, order)) == before
    audit(server)


@pytest.mark.parametrize("how", ["webhook=duplicate", "late=20", "webhook=reorder", "webhook=duplicate,webhook=reorder"])
def test_the_mocks_own_events(serve, secret_file, how):
    """A declined card and a second payment, while the mock delivers its events twice, late and out of order."""
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
