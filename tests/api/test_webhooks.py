"""The shop's own webhooks: which events are told, to whom, how often, and what happens if nobody listens."""
import contextlib
import datetime
import os
import signal
import socket
import threading
import time

import pytest

import postgres
from paying import refund
from receiver import Receiver, is_signed
from server import PATIENCE_S, wait_until
from shopping import Clock, add, admin, audit, confirmed, create, execute, id_text, intended, placed, query, shopper
from wire import Closed


KILLS = int(os.environ.get("KILLS") or (20 if os.environ.get("CI") else 1000 if os.environ.get("SOAK") else 4))


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def clock(serve):
    return Clock(serve.folder())


@pytest.fixture
def server(serve, clock):
    return serve(test_clock=clock.path, webhook_insecure=True)


def hook(server, url: str, *types: str) -> dict:
    response = admin(server).post("/admin/webhooks", json={"url": url, "types": list(types) or ["*"]})
    assert response.status_code == 201, response.text
    return response.json()


def deliveries(server, webhook: dict, **query) -> list[dict]:
    response = admin(server).get(f"/admin/webhooks/{webhook['id']}/deliveries", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def ordered(server) -> dict:
    product = create(server, stock_quantity=1000)
    ann = shopper(server)
    return placed(ann, add(ann, product))


def test_an_order_is_told_from_its_beginning_to_its_end(server, receiver):
    secret = hook(server, receiver.url)["secret"]
    product = create(server, stock_quantity=9)
    ann = shopper(server)
    order = placed(ann, add(ann, product))
    confirmed(ann, intended(ann, order))
    refund(server, order)
    types = ["product.created", "order.created", "order.paid", "order.refunded", "refund.succeeded"]
    wait_until(lambda: len(receiver.got) == 5)
    events = sorted(receiver.events(), key=lambda event: event["sequence"])
    assert [event["type"] for event in events] == types
    assert events[0]["data"] == {"id": product["id"]}
    status = {"order.created": "pending", "order.paid": "paid", "order.refunded": "refunded", "refund.succeeded": "refunded"}
    for event in events[1:]:
        assert event["data"] == {"id": order["id"], "status": status[event["type"]], "total_amount": order["total_amount"], "currency": "usd"}
        assert datetime.datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))
    assert all(is_signed(got, secret) for got in receiver.got)
    assert all(got["headers"]["webhook-signature"].count("v1,") == 1 for got in receiver.got)  # no secret, no signature
    assert len({got["headers"]["webhook-id"] for got in receiver.got}) == 5
    assert receiver.got[0]["path"] == "/hook?shop=1"
    assert receiver.got[0]["headers"]["content-type"] == "application/json"


def test_a_cancelled_and_an_expired_order_are_told(server, clock, receiver):
    hook(server, receiver.url, "order.cancelled", "order.expired")
    product = create(server, stock_quantity=9)
    ann = shopper(server)
    first, second = placed(ann, add(ann, product)), placed(ann, add(ann, product))
    assert ann.post(f"/orders/{first['id']}/cancel").status_code == 200
    wait_until(lambda: receiver.types() == ["order.cancelled"])
    clock.forward(minutes=31)
    wait_until(lambda: receiver.types() == ["order.cancelled", "order.expired"])
    assert [event["data"]["id"] for event in receiver.events()] == [first["id"], second["id"]]


def test_products_are_told(server, receiver):
    hook(server, receiver.url, "product.updated", "product.deleted")
    owner = admin(server)
    product = create(server, stock_quantity=9)
    path = f"/products/{product['id']}"
    assert owner.patch(path, json={"price": 5}).status_code == 200
    assert owner.post(f"{path}/stock", json={"delta": 3}).status_code == 200
    assert owner.delete(path).status_code == 204
    wait_until(lambda: len(receiver.got) == 3)
    assert sorted(receiver.types()) == ["product.deleted", "product.updated", "product.updated"]


def test_an_order_that_was_undone_is_not_told(server, receiver):
    hook(server, receiver.url)
    product = create(server, stock_quantity=1)
    ann, bob = shopper(server), shopper(server, "bob")
    line = add(bob, product)
    placed(ann, add(ann, product))
    assert bob.post("/orders", json={"cart_item_ids": [line["id"]]}).status_code == 409
    wait_until(lambda: len(receiver.got) == 2)
    assert query(server, "SELECT count(*) FROM events WHERE type = 'order.created'") == [(1,)]


def test_nothing_is_written_while_nobody_asks(server, receiver):
    webhook = hook(server, receiver.url, "order.created")
    assert admin(server).patch(f"/admin/webhooks/{webhook['id']}", json={"is_active": False}).status_code == 200
    ordered(server)
    assert query(server, "SELECT count(*) FROM events") == [(0,)]


def test_both_secrets_sign_for_a_day_after_a_rotation(server, clock, receiver):
    webhook = hook(server, receiver.url, "product.created")
    response = admin(server).post(f"/admin/webhooks/{webhook['id']}/rotate")
    assert response.status_code == 200
    old, new = webhook["secret"], response.json()["secret"]
    assert old != new
    create(server)
    wait_until(lambda: len(receiver.got) == 1)
    assert is_signed(receiver.got[0], old) and is_signed(receiver.got[0], new)
    clock.forward(hours=25)
    create(server)
    wait_until(lambda: len(receiver.got) == 2)
    assert not is_signed(receiver.got[1], old) and is_signed(receiver.got[1], new)


def tries(server, webhook) -> tuple:
    (delivery,) = deliveries(server, webhook)
    return delivery["attempts"], delivery["state"], delivery["last_status"]


@pytest.mark.parametrize("status", [500, 301, 404, 429])
def test_a_delivery_is_tried_ten_times_by_the_schedule_and_then_listed_as_failed(server, clock, receiver, status):
    webhook = hook(server, receiver.url, "product.created")
    receiver.answers = [status] * 10
    create(server)
    waits = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    for attempt, seconds in enumerate(waits, 1):
        wait_until(lambda: deliveries(server, webhook)[0]["answer"] == f"answer {attempt}")  # the try is written down
        assert tries(server, webhook) == (attempt, "queued", status)
        if attempt > 1:  # 5 seconds may pass by themselves
            clock.forward(seconds=seconds * 0.85)  # too early, whatever the jitter
            time.sleep(0.1)
            assert len(receiver.got) == attempt
        clock.forward(seconds=seconds * 0.26 if attempt > 1 else 6)
    wait_until(lambda: tries(server, webhook) == (10, "failed", status))
    assert len(receiver.got) == 10
    assert len({got["headers"]["webhook-id"] for got in receiver.got}) == 1
    assert len({got["headers"]["webhook-timestamp"] for got in receiver.got}) == 10


def test_a_receiver_may_ask_for_a_longer_wait(server, clock, receiver):
    def later(handler):
        handler.send_response(429)
        handler.send_header("retry-after", "3600")
        handler.send_header("content-length", "0")
        handler.end_headers()

    webhook = hook(server, receiver.url, "product.created")
    receiver.answers = [later]
    create(server)
    wait_until(lambda: tries(server, webhook) == (1, "queued", 429))
    clock.forward(minutes=50)
    time.sleep(0.2)
    assert len(receiver.got) == 1
    clock.forward(minutes=11)
    wait_until(lambda: tries(server, webhook) == (2, "sent", 204))


def test_410_switches_a_webhook_off_and_it_can_be_switched_on_again(server, receiver):
    webhook = hook(server, receiver.url, "product.created")
    receiver.answers = [410]
    create(server)
    owner, path = admin(server), f"/admin/webhooks/{webhook['id']}"
    wait_until(lambda: not owner.get("/admin/webhooks").json()[0]["is_active"])
    assert owner.get("/admin/webhooks").json()[0]["disabled_reason"] == "it answered 410 Gone"
    assert owner.post(f"{path}/test").status_code == 409
    create(server)
    assert owner.patch(path, json={"is_active": True}).json()["disabled_reason"] is None
    create(server)
    wait_until(lambda: [d["state"] for d in deliveries(server, webhook)] == ["sent", "failed"])
    assert len(receiver.got) == 2


def test_a_webhook_that_takes_nothing_for_five_days_is_switched_off_and_says_so(server, clock, receiver):
    webhook = hook(server, receiver.url, "product.created")
    receiver.answers = [500] * 100
    owner = admin(server)
    create(server)
    wait_until(lambda: deliveries(server, webhook)[0]["answer"] == "answer 1")
    clock.forward(days=4)
    wait_until(lambda: deliveries(server, webhook)[0]["answer"] == "answer 2")
    assert owner.get("/admin/webhooks").json()[0]["is_active"]
    clock.forward(days=2)
    wait_until(lambda: not owner.get("/admin/webhooks").json()[0]["is_active"])
    assert owner.get("/admin/webhooks").json()[0]["disabled_reason"] == "it has taken nothing for five days"
    wait_until(lambda: "was switched off: it has taken nothing for five days" in server.errors)


def hang(handler):
    time.sleep(20)


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(16 * 1024):  # 1 GiB
        handler.wfile.write(b"x" * 65536)


def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    handler.connection.close()


def test_an_endless_answer_is_cut_and_counts(server, receiver):
    webhook = hook(server, receiver.url, "product.created")
    receiver.answers = [endless]
    create(server)
    wait_until(lambda: tries(server, webhook) == (1, "sent", 200))
    assert deliveries(server, webhook)[0]["answer"] == "x" * 1024


def test_a_connection_that_is_reset_is_tried_again(server, receiver, clock):
    webhook = hook(server, receiver.url, "product.created")
    receiver.answers = [reset]
    create(server)
    wait_until(lambda: deliveries(server, webhook)[0]["last_error"])
    assert tries(server, webhook) == (1, "queued", None)
    clock.forward(seconds=6)
    wait_until(lambda: tries(server, webhook) == (2, "sent", 204))


def test_a_receiver_that_hangs_does_not_hold_up_the_others(server, receiver):
    slow = Receiver()
    slow.answers = [hang] * 100
    hook(server, slow.url, "product.created")
    hook(server, receiver.url, "product.created")
    for _ in range(10):
        create(server)
    wait_until(lambda: len(receiver.got) == 10)
    assert len(slow.got) == 1
    slow.close()


def test_a_stop_does_not_wait_for_a_receiver_that_hangs(serve, receiver):
    """The try does not count, and the next start makes the next one at once."""
    released = threading.Event()
    receiver.answers = [lambda handler: released.wait(PATIENCE_S)]
    server = serve(webhook_insecure=True)
    hook(server, receiver.url, "product.created")
    create(server)
    wait_until(lambda: receiver.got)
    server.stop()
    assert not released.is_set() and not receiver.answers  # the receiver still hangs
    assert query(server, "SELECT state, attempts FROM webhook_deliveries") == [("queued", 0)]
    server = serve(server.folder, webhook_insecure=True)
    wait_until(lambda: query(server, "SELECT state, attempts FROM webhook_deliveries") == [("sent", 1)])
    assert len({got["headers"]["webhook-id"] for got in receiver.got}) == 1 and len(receiver.got) == 2
    released.set()
    audit(server)


def test_events_are_sent_again_from_a_sequence_on(server, receiver):
    webhook = hook(server, receiver.url, "product.created")
    for _ in range(3):
        create(server)
    wait_until(lambda: len(receiver.got) == 3)
    second = sorted(event["sequence"] for event in receiver.events())[1]
    response = admin(server).post(f"/admin/webhooks/{webhook['id']}/replay", json={"from_sequence": second})
    assert (response.status_code, response.json()) == (202, {"queued": 2})
    wait_until(lambda: len(receiver.got) == 5)
    assert len({got["headers"]["webhook-id"] for got in receiver.got}) == 3


def test_a_test_event_goes_to_its_webhook_alone(server, receiver):
    other = Receiver()
    hook(server, other.url)
    webhook = hook(server, receiver.url, "order.paid")
    assert admin(server).post(f"/admin/webhooks/{webhook['id']}/test").status_code == 202
    wait_until(lambda: receiver.types() == ["webhook.test"])
    assert not other.got
    other.close()


def test_old_events_are_swept(server, clock, receiver):
    webhook = hook(server, receiver.url, "product.created")
    create(server)
    wait_until(lambda: tries(server, webhook)[1] == "sent")
    clock.forward(days=31)
    wait_until(lambda: query(server, "SELECT count(*) FROM events") == [(0,)])
    assert deliveries(server, webhook) == []


PRIVATE = ["127.0.0.1", "[::1]", "0.0.0.0", "169.254.169.254", "10.1.2.3", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "2130706433",
           "0x7f.1", "0177.0.0.1", "100.64.0.1", "192.168.1.1", "172.16.0.1", "[fd00::1]", "[fe80::1]", "[64:ff9b::7f00:1]", "localhost", "127.1"]


def test_no_connection_is_made_to_a_private_address(serve, clock):
    server = serve(test_clock=clock.path)
    listener = socket.create_server(("127.0.0.1", 0))
    port, owner = listener.getsockname()[1], admin(server)
    hooks = [hook(server, f"https://{host}:{port}/", "product.created") for host in PRIVATE]
    create(server)
    for webhook in hooks:
        wait_until(lambda: deliveries(server, webhook)[0]["last_error"])
        assert deliveries(server, webhook)[0]["last_error"] == "the name leads to an address that is not public", webhook
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()
    listener.close()


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://example.com/", "https://", "https://a:b@example.com/", "https://example.com/#x",
                                 "file:///etc/passwd", "example.com", "https://example.com/\x00", "https://exa mple.com/", "x" * 1001])
def test_a_url_that_may_not_be_called_is_refused(serve, url):
    server = serve()
    response = admin(server).post("/admin/webhooks", json={"url": url, "types": ["*"]})
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "url"]


def test_what_is_not_there_is_404_and_too_many_are_refused(server):
    owner, nobody = admin(server), "/admin/webhooks/0198c0e2-51aa-7c3e-9d41-2f6a7b8c9d0e"
    assert owner.patch(nobody, json={}).status_code == 404
    assert owner.delete(nobody).status_code == 404
    assert owner.get(f"{nobody}/deliveries").status_code == 404
    for path in ("rotate", "test", "replay"):
        assert owner.post(f"{nobody}/{path}", **({"json": {}} if path == "replay" else {})).status_code == 404
    for _ in range(50):
        webhook = hook(server, "https://example.com/", "order.paid")
    assert owner.post("/admin/webhooks", json={"url": "https://example.com/", "types": ["*"]}).status_code == 409
    assert owner.delete(f"/admin/webhooks/{webhook['id']}").status_code == 204
    assert "secret" not in owner.get("/admin/webhooks").json()[0]


@pytest.mark.parametrize("point", ["outbox-before-send", "outbox-after-send"])
def test_a_killed_server_loses_no_event(serve, clock, receiver, point):
    """The event of an order that was answered arrives, with one id however often it is sent."""
    folder = serve.folder()
    flags = {"test_clock": clock.path, "webhook_insecure": True}
    server = serve(folder, **flags)
    webhook, product = hook(server, receiver.url, "order.created"), create(server, stock_quantity=100_000)
    answered = []
    for _ in range(KILLS):
        server.stop()
        server = serve(folder, **flags, test_kill=point)
        ann = shopper(server)
        with contextlib.suppress(Closed, OSError):  # it may be killed as soon as the order is committed, before it answers
            answered.append(placed(ann, add(ann, product))["id"])
        assert server.wait() == -signal.SIGKILL
        server = serve(folder, **flags)
        clock.forward(minutes=2)  # past the lease
        wait_until(lambda: not query(server, "SELECT 1 FROM webhook_deliveries WHERE state <> 'sent'"))
    orders = [id_text(key) for (key,) in query(server, "SELECT id FROM orders ORDER BY seq")]
    assert len(orders) == KILLS and set(answered) <= set(orders)
    assert [event["data"]["id"] for event in receiver.events()][:: 2 if point == "outbox-after-send" else 1] == orders
    assert len({got["headers"]["webhook-id"] for got in receiver.got}) == KILLS
    audit(server)


def test_no_more_deliveries_are_counted_than_a_page_may_cost(server):
    webhook = hook(server, "https://example.com/", "order.paid")
    count, key, now = 100_001, *(("gen_random_uuid()", "now()") if postgres.WANTED else ("randomblob(16)", "unixepoch() * 1000000"))
    execute(
        server,
        f"INSERT INTO events (id, type, subject, created_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT {key}, 'order.paid', {key}, {now} FROM n",
        f"INSERT INTO webhook_deliveries (event, webhook, state, attempts, done_at) SELECT e.seq, w.seq, 'sent', 1, {now} FROM events AS e CROSS JOIN webhooks AS w",
    )
    response = admin(server).get(f"/admin/webhooks/{webhook['id']}/deliveries", params={"limit": 2})
    assert len(response.json()) == 2 and response.headers["x-total-count"] == "100000"
    assert response.headers["x-total-count-relation"] == "at-least"
    other = hook(server, "https://example.com/other", "order.paid")
    response = admin(server).get(f"/admin/webhooks/{other['id']}/deliveries")
    assert response.headers["x-total-count"] == "0" and "x-total-count-relation" not in response.headers
