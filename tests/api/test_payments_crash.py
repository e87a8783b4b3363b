"""The server is killed before and after each call of the provider, with each fault of the provider. After the next
start, both sides' books agree, no shopper was charged twice, and a retry of the request with its key succeeds.

A confirm meets every fault at every point; the others meet those that differ, or all of them if CI is set.
"""
import os
import signal

import postgres
import pytest

from paying import balanced, intended, ordered, refund, rows, settled, status_of
from server import ADMIN, wait_until
from shopping import Clock, as_sent, confirmed, session, shopper
from wire import Closed

FAULTS = ["", "latency=20", "lost-reply=1", "conflict=1", "rate-limit=1", "error=1"]
POINTS = ["before-call", "after-call", "before-commit", "before-answer"]
MANY = bool(os.environ.get("CI") or os.environ.get("SOAK"))
CRASHES = [
    (what, fault, point)
    for what in ("create", "confirm", "refund", "part", "bounce")
    for fault in FAULTS
    for point in POINTS
    if MANY or what == "confirm" or fault == "lost-reply=1"
]
RECONCILE_POINTS = ["reconcile-before-call", "reconcile-after-call", "reconcile-before-commit"]


class Shop:
    """One shop, over several processes of its server."""

    def __init__(self, serve):
        self.serve, self.folder = serve, serve.folder()
        self.clock = Clock(self.folder)
        self.server = self.start()

    def start(self, **flags):
        return self.serve(self.folder, test_clock=self.clock.path, log="none", **flags)

    def restart(self, **flags) -> None:
        self.server.stop()
        self.server = self.start(**flags)

    def crash(self, path: str, body: bytes, **headers) -> None:
        """Sends a request that kills the server before it is answered."""
        wire = self.server.wire().request("POST", path, body, content_type="application/json", **headers)
        with pytest.raises((Closed, ConnectionError)):
            wire.answer()
        assert self.server.wait() == -signal.SIGKILL

    def start_again(self, **flags) -> None:
        self.server = self.start(**flags)

    def ann(self):
        return shopper(self.server)


def crashed_shop(serve, what: str, fault: str, point: str) -> tuple[Shop, dict, dict]:
    """A shop whose server was killed during an intent, a confirm or a refund: of all the money, of a part, or one that the
    bank sends back; the order, and its payment if there is one."""
    shop = Shop(serve)
    ann, order = ordered(shop.server)
    payment = intended(ann, order) if what != "create" else {}
    if what in ("refund", "part", "bounce"):
        confirmed(ann, payment, "pm_card_refundFail" if what == "bounce" else None)
    shop.restart(test_kill=point, mock_faults=fault or None)
    headers = session("ann") | {"idempotency_key": "a-key"}
    if what == "create":
        shop.crash("/payments/create-intent", as_sent({"order_id": order["id"]}), **headers)
    elif what == "confirm":
        shop.crash("/payments/confirm", as_sent({"payment_id": payment["id"]}), **headers)
    elif what == "refund":
        shop.crash(f"/orders/{order['id']}/refund", b"", **ADMIN)
    else:
        shop.crash(f"/orders/{order['id']}/refunds", as_sent(PART), **headers, **ADMIN)
    return shop, order, payment


PART = {"amount": 700}


def finish_part(shop: Shop, what: str, order: dict) -> None:
    """There is one refund, also after the request was repeated, and it has ended as it would have without the crash."""
    end, path = "failed" if what == "bounce" else "succeeded", f"/orders/{order['id']}/refunds"
    admin = shopper(shop.server)
    admin.headers.update(ADMIN)

    def made() -> dict:
        (one,) = admin.get(path).json()
        return one

    wait_until(lambda: made()["status"] == end)
    if not postgres.WANTED:
        again = admin.post(path, json=PART, headers={"Idempotency-Key": KEY})
        is_refused = end == "failed" and again.status_code == 409  # else it was answered as pending, and is so again
        assert is_refused or (again.status_code, again.json()["id"]) == (201, made()["id"])
    assert (made()["amount"], rows(shop.server)[0]["refunded"]) == (700, 700 if end == "succeeded" else 0)
    assert status_of(shop.ann(), order) == "paid"
    balanced(shop.server)


# SQLite has one server, so its start frees a key whose request was cut off. On PostgreSQL another node might still run it:
# such a key is free after its lease.
KEY = "another-key" if postgres.WANTED else "a-key"


def finish(shop: Shop, what: str, order: dict, payment: dict) -> None:
    """Repeats the request that was cut off: it ends as it would have without the crash."""
    if what in ("part", "bounce"):
        return finish_part(shop, what, order)
    ann = shop.ann()
    if what == "create":
        asked = ann.post("/payments/create-intent", json={"order_id": order["id"]}, headers={"Idempotency-Key": KEY})
        assert asked.status_code == 201, asked.text
        assert len(rows(shop.server)) == 1 and asked.json()["client_secret"]
        payment = asked.json()
    if what != "refund":
        assert confirmed(ann, payment, key=KEY if what == "confirm" else None)["status"] == "succeeded"
        assert status_of(ann, order) == "paid"
    else:
        shop.server.shopkeeper = ann
        again = ann.post(f"/orders/{order['id']}/refund", headers=ADMIN)
        assert (again.status_code, again.json()["status"]) == (200, "refunded")
    balanced(shop.server)


@pytest.mark.parametrize("what, fault, point", CRASHES)
def test_killed_around_a_call(serve, what, fault, point):
    shop, order, payment = crashed_shop(serve, what, fault, point)
    shop.start_again()
    settled(shop.server)
    finish(shop, what, order, payment)


@pytest.mark.parametrize("point", RECONCILE_POINTS)
@pytest.mark.parametrize("what", ["create", "confirm", "refund", "part", "bounce"] if MANY else ["confirm", "part"])
def test_killed_again_during_reconciliation(serve, what, point):
    shop, order, payment = crashed_shop(serve, what, "lost-reply=1", "after-call")
    left = rows(shop.server)[0]["due_at"]  # None if reconciliation saw the charge before the kill
    shop.server = None
    dying = None
    try:
        dying = shop.start(test_kill=point)
    except AssertionError:
        pass  # killed before it printed its address
    if dying and not left:
        dying.kill()
    elif dying:
        assert dying.wait() == -signal.SIGKILL
    shop.start_again()
    settled(shop.server)
    finish(shop, what, order, payment)
