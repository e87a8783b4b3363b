"""Calls of the server that fail, by their number, once and from then on: sockets, descriptors, epoll, files. A whole purchase is
tried meanwhile. The server stays, does not spin, and serves again as soon as the fault is over. What it answered is there.

The program is unmodified: call_shim.c is preloaded. With SOAK=1 every call fails with every error; else each with one of them.
"""
from __future__ import annotations

import collections
import errno
import http.client
import itertools
import json
import os

import pytest

import postgres
from calls import HALF, Calls, descriptors
from paying import balanced
from postgres import free_port
from proxy import Proxy
from server import ADMIN, PATIENCE_S, SANITIZED, TILL, Server, product, wait_until
from shopping import create, session
from wire import Closed, message

pytestmark = [
    pytest.mark.skipif(bool(postgres.WANTED or os.environ.get("TILL_TEST_NODES")), reason="about one process and its file"),
    pytest.mark.skipif(bool(SANITIZED), reason="a sanitizer's runtime must be loaded first"),
]

EVERY_ERROR = bool(os.environ.get("SOAK"))
JSON = {"content_type": "application/json"} | ADMIN
KEPT_MAX = 6
PAIRS_MAX = 16  # sockets by which libcurl wakes the threads that have called Stripe or a webhook: two of each
CALLS_MAX = 5000  # of a kind in a purchase that fails: it makes some dozens, and a loop that spins makes millions

# What each call may fail with once. Those that mean "later" cannot last: epoll would not have reported the descriptor.
ONCE = {
    "accept": [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ECONNABORTED, errno.EAGAIN, errno.EINTR, errno.EPROTO],
    "receive": [errno.ECONNRESET, HALF, errno.EAGAIN, errno.ENOMEM, errno.EINTR],
    "send": [HALF, errno.ECONNRESET, errno.EPIPE, errno.EAGAIN, errno.ENOBUFS, errno.EINTR],
    "epoll_add": [errno.ENOMEM, errno.ENOSPC],
    "socket": [errno.EMFILE, errno.ENFILE, errno.ENOMEM],
    "connect": [errno.ECONNREFUSED, errno.ETIMEDOUT],
    "open": [errno.EMFILE, errno.ENFILE, errno.ENOMEM],
}
FOREVER = {
    "accept": [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EPROTO],
    "receive": [errno.ECONNRESET, errno.ENOMEM, HALF],
    "send": [HALF, errno.ECONNRESET, errno.EPIPE, errno.ENOMEM],
} | {kind: ONCE[kind] for kind in ("epoll_add", "socket", "connect", "open")}


class Shop:
    """A shop with one loop, whose calls fail, and a Stripe whose calls do not."""

    def __init__(self, serve):
        folder, port = serve.folder(), free_port()
        (folder / "key").write_text("sk_test_key\n")
        (folder / "secret").write_text("whsec_secret\n")
        stripe = [TILL, "mock-stripe", "--listen=127.0.0.1:0", f"--webhook-url=http://127.0.0.1:{port}/payments/webhook"]
        files = [f"--ledger={folder}/till.db.mock-books", f"--webhook-secret-file={folder}/secret"]
        mock = serve(folder, command=[*map(str, stripe), *files])
        self.stripe = Proxy(mock.port)
        self.calls = Calls(folder)
        self.server: Server = serve(
            folder,
            env=self.calls.environment,
            listen=f"127.0.0.1:{port}",
            threads=1,
            log="none",
            payments="stripe",
            stripe_url=f"http://127.0.0.1:{self.stripe.port}",
            stripe_key_file=folder / "key",
            webhook_secret_file=folder / "secret",
            provider_connections=1,
        )
        self.product = create(self.server, stock_quantity=1_000_000)
        self.numbers = itertools.count()

    def descriptors(self) -> collections.Counter[str]:
        return descriptors(self.server.pid, self.server.port)


class Purchase:
    """One shopper's way from the list to the refund. Each step keeps what it was answered, and can be tried again."""

    def __init__(self, shop: Shop):
        self.shop, self.number = shop, next(shop.numbers)
        self.answers: dict[str, dict] = {}

    def request(self, method: str, path: str, body=None, headers=None, patience_s: float = PATIENCE_S):
        """The answer's JSON. None: there was none, it was 5xx, or the attempt before is under way."""
        connection = http.client.HTTPConnection("127.0.0.1", self.shop.server.port, timeout=patience_s)
        headers = session(f"buyer-{self.number}") | {"Content-Type": "application/json"} | (headers or {})
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        assert answer.status < 300 or answer.status >= 500 or b"is still running" in text, (method, path, answer.status, text)
        return json.loads(text) if answer.status < 300 else None

    def steps(self):
        """(name, method, path, body, headers) of each step, from the answers of those before."""

        def key(step: str) -> dict[str, str]:
            return {"Idempotency-Key": f"{step}-{self.number}"}

        yield "list", "GET", "/products?limit=500", None, None
        yield "cart", "POST", "/cart", {"product_id": self.shop.product["id"], "quantity": 1}, None
        yield "order", "POST", "/orders", {"cart_item_ids": [self.answers["cart"]["id"]]}, key("order")
        order = self.answers["order"]["id"]
        yield "intent", "POST", "/payments/create-intent", {"order_id": order}, key("intent")
        body = {"payment_id": self.answers["intent"]["id"], "payment_method": "pm_card_visa"}
        yield "payment", "POST", "/payments/confirm", body, key("payment")
        yield "refund", "POST", f"/orders/{order}/refunds", {"amount": self.answers["order"]["total_amount"]}, ADMIN | key("refund")

    def attempt(self, patience_s: float = PATIENCE_S) -> bool:
        """Goes on from where the last attempt ended, up to the first step that fails. True: it is done."""
        for name, *step in self.steps():
            if name not in self.answers:
                answer = self.request(*step, patience_s=patience_s)
                if answer is None:
                    return False
                self.answers[name] = answer
        return True

    def check(self) -> None:
        order = self.answers["order"]
        now = self.request("GET", f"/orders/{order['id']}")
        assert now["status"] == "refunded" and now["total_amount"] == order["total_amount"], now
        assert [o["id"] for o in self.request("GET", "/orders")] == [order["id"]], "it was placed once"


@pytest.fixture(scope="module")
def failing(serve_module) -> Shop:
    shop = Shop(serve_module)
    for _ in range(2):
        purchase = Purchase(shop)
        assert purchase.attempt()
        purchase.check()
    return shop


def try_fault(shop: Shop, kind: str, error: int, at: int, forever: bool) -> bool:
    """One purchase with a fault in it. False: it makes fewer calls than that."""
    purchase = Purchase(shop)
    old = set(shop.stripe.pairs)
    shop.stripe.torn |= old  # so that it connects anew
    wait_until(lambda: not old & shop.stripe.pairs.keys())
    shop.calls.fail(kind, error, at, forever)
    done = purchase.attempt(patience_s=0.5 if forever else PATIENCE_S)
    made = shop.calls.made
    shop.calls.work()
    what = f"{kind} {at}, {'forever' if forever else 'once'}: {errno.errorcode.get(error, 'half')}"
    assert shop.server.running, f"{what}: the server has ended: {shop.server.errors[-2000:]}"
    assert made < CALLS_MAX, f"{what}: {made} calls"
    wait_until(lambda: done or purchase.attempt(), f"{what}: it does not recover")
    purchase.check()
    return made >= at


def is_back(before: collections.Counter[str], now: collections.Counter[str]) -> bool:
    """Whether as much is open as before. What is opened only once it is needed, and kept, may have come: connections between
    the shop and Stripe, and readers of the database."""
    return now["hung"] == 0 and all(count <= before[name] + (PAIRS_MAX if name == "pair" else KEPT_MAX) for name, count in now.items())


@pytest.mark.parametrize("forever", [False, True], ids=["once", "forever"])
@pytest.mark.parametrize("kind", ONCE)
def test_a_purchase_survives_a_call_that_fails(failing, kind, forever):
    errors = (FOREVER if forever else ONCE)[kind]
    before = failing.descriptors()
    for turn in range(len(errors) if EVERY_ERROR else 1):
        for at in itertools.count(1):
            if not try_fault(failing, kind, errors[(at + turn) % len(errors)], at, forever):
                break
    wait_until(lambda: is_back(before, failing.descriptors()), f"{before}, then {failing.descriptors()}")
    balanced(failing.server)


def test_an_answer_that_was_not_sent_goes_to_no_other_client(serve):
    """The first client's second request is at work, and there is no memory to keep what came behind it: the connection is closed
    with an answer that has not been sent."""
    folder = serve.folder()
    calls = Calls(folder)
    server = serve(folder, env=calls.environment, threads=1, log="none")
    first, second = server.wire(), server.wire()
    calls.fail_memory(12_345)
    asked = message("GET", "/health", x_request_id="first") + message("POST", "/products", json.dumps(product()).encode(), **JSON)
    first.send(asked + b"x" * 12_345)
    with pytest.raises(Closed):
        first.answer()
    assert calls.made == 1
    calls.work()
    answer = second.request("GET", "/ready", x_request_id="second").answer()
    assert answer["x-request-id"] == "second" and not second.left


def test_a_client_that_has_hung_up_holds_up_no_other(serve):
    """While two requests are answered, one after the other, the loop looks at its sockets once at least."""
    folder = serve.folder()
    calls = Calls(folder)
    server = serve(folder, env=calls.environment, threads=1, log="none")
    first = server.wire()

    def turn() -> None:
        for _ in range(2):
            first.request("GET", "/health").answer()

    turn()
    calls.fail("accept", errno.ECONNABORTED, at=2)
    server.wire()
    turn()
    assert calls.made == 3, "the client, the one that has hung up, and that nobody else waits"
    server.wire()
    turn()
    assert calls.made == 5
