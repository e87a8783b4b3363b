"""The server is killed around each call of the provider, with the provider at its worst: after the next start, both
books say the same, nobody was charged twice, and the same request with its key comes to its end.

Every fault and every point for a confirm; for the others the faults that differ, and all of them where CI is set.
"""
import os
import signal

import postgres
import pytest

from paying import balanced, intended, ordered, refund, rows, settled, status_of
from server import ADMIN, PATIENCE_S
from shopping import Clock, confirmed, session, shopper
from wire import Closed

FAULTS = ["", "latency=20", "lost-reply=1", "conflict=1", "rate-limit=1", "error=1"]
POINTS = ["before-call", "after-call", "before-commit", "before-answer"]
MANY = bool(os.environ.get("CI") or os.environ.get("SOAK"))
CRASHES = [
    (what, fault, point)
    for what in ("create", "confirm", "refund")
    for fault in FAULTS
    for point in POINTS
    if MANY or what == "confirm" or fault == "lost-reply=1"
]
ON_THE_WAY = ["reconcile-before-call", "reconcile-after-call", "reconcile-before-commit"]


class Life:
    """One shop through its crashes."""

    def __init__(self, serve):
        self.serve, self.folder = serve, serve.folder()
        self.clock = Clock(self.folder)
        self.server = self.start()

    def start(self, **flags):
        return self.serve(self.folder, test_clock=self.clock.path, log="none", **flags)

    def restart(self, **flags) -> None:
        self.server.stop()
        self.server = self.start(**flags)

    def dies(self, path: str, body: str, **headers) -> None:
        """The request is never answered."""
        wire = self.server.wire().request("POST", path, body.encode(), content_type="application/json", **headers)
        with pytest.raises((Closed, ConnectionError)):
            wire.answer()
        assert self.server.process.wait(PATIENCE_S) == -signal.SIGKILL

    def rises(self, **flags) -> None:
        self.server = self.start(**flags)

    def ann(self):
        return shopper(self.server)


def crash(serve, what: str, fault: str, point: str) -> tuple[Life, dict, dict]:
    """An order whose intent, confirm or refund is cut off; and the server started again."""
    life = Life(serve)
    ann, order = ordered(life.server)
    payment = intended(ann, order) if what != "create" else {}
    if what == "refund":
        confirmed(ann, payment)
    life.restart(test_kill=point, mock_faults=fault or None)
    headers = session("ann") | {"idempotency_key": "a-key"}
    if what == "create":
        life.dies("/payments/create-intent", f'{{"order_id": "{order["id"]}"}}', **headers)
    elif what == "confirm":
        life.dies("/payments/confirm", f'{{"payment_id": "{payment["id"]}"}}', **headers)
    else:
        life.dies(f"/orders/{order['id']}/refund", "", **ADMIN)
    return life, order, payment


# A key that was running when its server died is free again where no other can be at work with it; elsewhere after its lease.
KEY = "another-key" if postgres.WANTED else "a-key"


def finish(life: Life, what: str, order: dict, payment: dict) -> None:
    """What was cut off is asked for again, and comes to the end that it would have come to."""
    ann = life.ann()
    if what == "create":
        asked = ann.post("/payments/create-intent", json={"order_id": order["id"]}, headers={"Idempotency-Key": KEY})
        assert asked.status_code == 201, asked.text
        assert len(rows(life.server)) == 1 and asked.json()["client_secret"]
        payment = asked.json()
    if what != "refund":
        assert confirmed(ann, payment, key=KEY if what == "confirm" else None)["status"] == "succeeded"
        assert status_of(ann, order) == "paid"
    else:
        life.server.shopkeeper = ann
        again = ann.post(f"/orders/{order['id']}/refund", headers=ADMIN)
        assert (again.status_code, again.json()["status"]) == (200, "refunded")
    balanced(life.server)


@pytest.mark.parametrize("what, fault, point", CRASHES)
def test_killed_around_a_call(serve, what, fault, point):
    life, order, payment = crash(serve, what, fault, point)
    life.rises()
    settled(life.server)
    finish(life, what, order, payment)


@pytest.mark.parametrize("point", ON_THE_WAY)
@pytest.mark.parametrize("what", ["create", "confirm", "refund"] if MANY else ["confirm"])
def test_killed_again_while_it_is_put_right(serve, what, point):
    life, order, payment = crash(serve, what, "lost-reply=1", "after-call")
    left = rows(life.server)[0]["due_at"]  # nothing, where reconciliation met the charge before the kill
    life.server = None
    dying = None
    try:
        dying = life.start(test_kill=point)
    except AssertionError:
        pass  # so soon that it never said where it listens
    if dying and not left:
        dying.kill()
    elif dying:
        assert dying.process.wait(PATIENCE_S) == -signal.SIGKILL
    life.rises()
    settled(life.server)
    finish(life, what, order, payment)
