"""A payment that Stripe refuses, or never answers about, holds up no other: after a crash, with the shop's own Stripe
(till mock-stripe) behind a go-between that plays the fault for chosen payments."""
import contextlib
import http.client
import http.server
import threading
import time

import httpx
import pytest

from paying import balanced, ledger, paying, rows, status_of
from server import TILL, wait_until
from shopping import Clock, bought, confirmed, create, intended, shopper

KEY = "sk_test_of_a_stuck_payment"


class GoBetween(http.server.ThreadingHTTPServer):
    """Passes Stripe's calls on, but not those that name a text of `stuck`: it does `fault` to them."""

    daemon_threads = True

    def __init__(self, port: int):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target, self.stuck, self.fault = port, set(), "hang"
        self.met, self.released = [], threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def pass_on(self, body: bytes) -> tuple[int, bytes]:
        back = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        back.request(self.command, self.path, body or None, {k: v for k, v in self.headers.items() if k.lower() != "host"})
        answer = back.getresponse()
        done = answer.status, answer.read()
        back.close()
        return done

    def handle_call(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        code, reply = 0, b""
        if [text for text in self.server.stuck if text in self.path or text in body.decode()]:
            self.server.met.append(self.path)
            if self.server.fault == "hang":
                self.server.released.wait(100)
            if self.server.fault == "refuse":
                code, reply = 400, b'{"error": {"type": "invalid_request_error", "message": "It cannot be done."}}'
            if self.server.fault == "fail":
                code, reply = 500, b"{}"
        else:
            code, reply = self.pass_on(body)
        if code == 0:  # hung up
            self.close_connection = True
            return
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = handle_call


class Shop:
    """A shop that can be killed and started again, with its Stripe and its clock."""

    def __init__(self, serve):
        self.serve, self.folder = serve, serve.folder()
        self.clock = Clock(serve.folder())
        (self.folder / "key").write_text(KEY)
        command = [TILL, "mock-stripe", "--listen", "127.0.0.1:0", "--ledger", self.folder / "till.db.mock-books"]
        self.mock = serve(self.folder, command=list(map(str, command)))
        self.between = GoBetween(self.mock.port)
        self.start()

    def start(self) -> None:
        self.server = self.serve(self.folder, payments="stripe", stripe_url=self.between.url, mock_ledger=None,
                                 stripe_key_file=self.folder / "key", test_clock=self.clock.path)

    def page_confirms(self, payment: dict) -> None:
        """The shopper's browser confirms with Stripe itself; no event tells the shop."""
        form = {"payment_method": "pm_card_visa"}
        answer = httpx.post(f"{self.mock.address}/v1/payment_intents/{payment['provider_payment_id']}/confirm", data=form, auth=(KEY, ""), trust_env=False)
        assert answer.json()["status"] == "succeeded"


@pytest.fixture
def shop(serve):
    made = Shop(serve)
    yield made
    made.between.stuck.clear()
    made.between.released.set()


@pytest.mark.parametrize("fault", ["hang", "fail", "refuse", "hang up"])
def test_payments_that_cannot_be_settled_hold_up_no_other(shop, fault):
    stuck = [paying(shop.server, f"stuck-{i}") for i in range(3)]
    good = [paying(shop.server, f"good-{i}") for i in range(6)]
    shop.between.fault = fault
    shop.between.stuck |= {text for _, _, p in stuck for text in (p["id"], p["provider_payment_id"])}
    for _, _, payment in stuck + good:
        shop.page_confirms(payment)
    shop.server.kill()
    shop.clock.forward(minutes=5)  # all are due, those that are stuck first
    begun = time.monotonic()
    shop.start()
    wait_until(lambda: len(set(shop.between.met)) == 3, "reconciliation did not ask about each")
    again = {name: shopper(shop.server, name) for name in [f"good-{i}" for i in range(6)]}
    wait_until(lambda: all(status_of(again[f"good-{i}"], order) == "paid" for i, (_, order, _) in enumerate(good)))
    buyer = shopper(shop.server, "buyer")
    new = bought(buyer, create(shop.server))
    assert confirmed(buyer, intended(buyer, new), "pm_card_visa")["status"] == "succeeded"
    assert time.monotonic() - begun < 10, "others waited for the stuck ones"  # of which one alone may take 30 s
    assert [status_of(shopper(shop.server, f"stuck-{i}"), order) for i, (_, order, _) in enumerate(stuck)] == ["pending"] * 3
    shop.between.stuck.clear()
    shop.between.released.set()
    shop.clock.forward(minutes=20)  # they were put off, and are asked about again
    wait_until(lambda: all(r["status"] == "succeeded" for r in rows(shop.server)), "a stuck one was forgotten")
    assert sorted(i["received"] for i in ledger(shop.server).values()) == [2999] * 10
    balanced(shop.server)


def test_more_stuck_payments_than_threads_are_put_off_in_turn(shop):
    """Each is asked about once, and then not before its minute is over: the others get their turn in between."""
    shop.between.fault = "refuse"
    stuck = [paying(shop.server, f"stuck-{i}") for i in range(9)]
    client, order, payment = paying(shop.server, "good")
    shop.between.stuck |= {p["provider_payment_id"] for _, _, p in stuck}
    shop.page_confirms(payment)
    shop.clock.forward(minutes=5)
    wait_until(lambda: status_of(client, order) == "paid")
    wait_until(lambda: len(set(shop.between.met)) == 9)
    asked = len(shop.between.met)
    time.sleep(0.5)
    assert asked == len(shop.between.met) == 9
    shop.between.stuck.clear()


def test_a_request_that_hangs_holds_up_no_other(shop):
    ann, order, payment = paying(shop.server, "ann")
    shop.between.stuck |= {payment["id"], payment["provider_payment_id"]}

    def confirm() -> None:
        with contextlib.suppress(httpx.HTTPError):
            ann.post("/payments/confirm", json={"payment_id": payment["id"], "payment_method": "pm_card_visa"})

    thread = threading.Thread(target=confirm)
    thread.start()
    wait_until(lambda: shop.between.met)
    begun = time.monotonic()
    for i in range(5):
        buyer = shopper(shop.server, f"buyer-{i}")
        assert confirmed(buyer, intended(buyer, bought(buyer, create(shop.server))), "pm_card_visa")["status"] == "succeeded"
    assert time.monotonic() - begun < 10
    shop.between.stuck.clear()
    shop.between.released.set()
    thread.join()
