"""The desk's live events: who sees which, and that none is missed, whatever happens to the stream."""
from __future__ import annotations

import contextlib
import datetime
import json
import signal
import time

import pytest

import postgres
from paying import refund
from server import PATIENCE_S, TOKEN, database, till, wait_until
from shopping import Clock, add, admin, audit, confirmed, create, intended, placed, query, shopper
from staffing import minted, signed_in
from test_staff import make

STREAMS_MAX = 256
EVENTS_RESUMED_MAX = 500


class Stream:
    """A reader of Server-Sent Events by the standard's rules (html.spec.whatwg.org, 9.2), on a connection of its own."""

    def __init__(self, server, credential: str | None = TOKEN, last: str | None = None, cookie: str | None = None, version: str = "1.1", **options):
        self.wire = server.wire(**options)
        head = [f"GET /admin/events HTTP/{version}", "Host: shop"]
        head += [f"Authorization: Bearer {credential}"] if not cookie else [f"Cookie: {cookie}"]
        head += [f"Last-Event-ID: {last}"] if last else []
        self.wire.send("\r\n".join([*head, "", ""]).encode())
        self.left, self.body, self.last, self.comments, self.ended = b"", "", last, 0, False
        self.head = self._until(b"\r\n\r\n").decode()
        self.status = int(self.head.split()[1])
        self.chunked = "transfer-encoding: chunked" in self.head

    def _more(self) -> bool:
        block = self.wire.socket.recv(65536)
        self.left += block
        return bool(block)

    def _until(self, end: bytes) -> bytes:
        while end not in self.left:
            assert self._more(), self.left
        found, self.left = self.left.split(end, 1)
        return found

    def _part(self) -> str | None:
        """The next part of the body; None at its end."""
        if not self.chunked:
            if not self.left and not self._more():
                return None
            part, self.left = self.left, b""
            return part.decode()
        try:
            size = int(self._until(b"\r\n"), 16)
            while len(self.left) < size + 2:
                assert self._more()
        except (AssertionError, ConnectionResetError):
            return None  # cut off
        part, self.left = self.left[:size], self.left[size + 2 :]
        self.ended = size == 0
        return part.decode() if size else None

    def next(self) -> dict | None:
        """The next event; None at the end of the stream."""
        while True:
            while "\n\n" not in self.body:
                part = self._part()
                if part is None:
                    return None
                self.body += part
            block, self.body = self.body.split("\n\n", 1)
            self.comments += block.startswith(":")
            fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
            if "data" in fields:
                self.last = fields["id"]
                return {"event": fields["event"], **json.loads(fields["data"])}

    def ready(self) -> Stream:
        assert self.next() == {"event": "ready"}
        return self

    def types(self, count: int) -> list[str]:
        return [self.next()["event"] for _ in range(count)]

    def beat(self) -> None:
        """Waits for a comment."""
        before = self.comments
        while self.comments == before:
            part = self._part()
            assert part is not None
            self.comments += part.startswith(":")


@pytest.fixture
def clock(serve):
    return Clock(serve.folder())


@pytest.fixture
def server(serve, clock):
    return serve(test_clock=clock.path)


def ordered(server, product: dict | None = None) -> dict:
    product = product or create(server, stock_quantity=1000)
    ann = shopper(server)
    return placed(ann, add(ann, product))


def test_what_happens_appears(server):
    product = create(server, stock_quantity=9)
    ann = shopper(server)
    placed(ann, add(ann, product))
    assert query(server, "SELECT count(*) FROM events") == [(0,)]  # there was no stream to write it for
    stream = Stream(server)
    assert "content-type: text/event-stream\r\n" in stream.head and "cache-control: no-store" in stream.head
    stream.ready()
    order = placed(ann, add(ann, product))
    confirmed(ann, intended(ann, order))
    refund(server, order)
    admin(server).patch(f"/products/{product['id']}", json={"price": 1})
    got = [stream.next() for _ in range(5)]
    assert [event["event"] for event in got] == ["order.created", "order.paid", "order.refunded", "refund.succeeded", "product.updated"]
    assert all(event["type"] == event["event"] for event in got)
    assert got[1]["data"] == {"id": order["id"], "number": None, "status": "paid", "total_amount": order["total_amount"], "currency": "usd"}
    assert got[4]["data"] == {"id": product["id"], "number": None, "status": None, "total_amount": None, "currency": None}
    sequences = [event["sequence"] for event in got]
    assert sequences == sorted(set(sequences))
    assert query(server, "SELECT count(*) FROM webhook_deliveries") == [(0,)]
    audit(server)


def test_a_client_of_http_10_and_one_that_asks_for_the_head(server):
    stream = Stream(server, version="1.0")
    assert not stream.chunked and "connection: close" in stream.head
    stream.ready()
    ordered(server)
    assert stream.types(2) == ["product.created", "order.created"]
    answer = admin(server).head("/admin/events")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "text/event-stream", b"")


def test_who_comes_back_misses_nothing(server):
    product = create(server, stock_quantity=1000)
    other = Stream(server).ready()
    first = Stream(server).ready()
    ordered(server, product)
    assert first.types(1) == ["order.created"]
    first.wire.close()
    missed = [ordered(server, product) for _ in range(3)]
    other.types(4)
    for stays in (True, False):  # the other stream: without any, the reader of the outbox begins anew
        if not stays:
            other.wire.close()
        back = Stream(server, last=first.last)
        assert [back.next()["data"]["id"] for _ in missed] == [order["id"] for order in missed]
        missed.append(ordered(server, product))
        assert back.next()["data"]["id"] == missed[-1]["id"]
        back.wire.close()


def test_who_may_have_missed_something_begins_anew(server, clock):
    product = create(server, stock_quantity=1000)
    for last in ("x", "0", "7-1", "-", "9" * 400):
        Stream(server, last=last).ready().wire.close()
    stream = Stream(server).ready()
    ordered(server, product)
    stream.next()
    stream.wire.close()
    clock.forward(minutes=3)  # without a stream: what happens now is not written
    ordered(server, product)
    back = Stream(server, last=stream.last).ready()
    ordered(server, product)
    while (event := back.next()) == {"event": "ready"}:
        pass  # once more if the server had not seen yet that the first stream was closed
    assert event["event"] == "order.created"
    assert query(server, "SELECT count(*) FROM events") == [(2,)]


def test_a_page_may_name_the_last_event_in_the_query(server):
    stream = Stream(server).ready()
    with server.client().stream("GET", f"/admin/events?last_event_id={stream.last}") as answer:
        ordered(server)
        lines = answer.iter_lines()
        assert [next(lines).rstrip("\n") for _ in range(2)] == ["retry: 2000", ""]  # httpx keeps the line's end before 0.24
        assert next(lines).startswith("id: ") and next(lines).rstrip("\n") == "event: product.created"


def test_scopes(server):
    with server.client() as staff:
        keys = {scope: make(staff, scopes=[scope])["key"] for scope in ("orders:read", "products:read", "settings:write")}
    streams = {scope: Stream(server, key).ready() for scope, key in keys.items()}
    ordered(server)
    assert streams["orders:read"].types(1) == ["order.created"]
    assert streams["products:read"].types(1) == ["product.created"]
    first = streams["orders:read"].last
    ordered(server)
    assert streams["orders:read"].types(1) == ["order.created"]
    assert streams["products:read"].types(1) == ["product.created"]
    resumed = Stream(server, keys["products:read"], last=first)
    assert resumed.types(1) == ["product.created"]
    client = signed_in(server, "clerk@shop.example", "catalogue")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    desk = Stream(server, cookie=cookie).ready()
    ordered(server)
    assert desk.types(1) == ["product.created"]
    streams["settings:write"].wire.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        streams["settings:write"].next()
    for wrong in ("x", "till_sk_" + "x" * 51):
        assert Stream(server, wrong).status == 401


def test_a_stream_ends_with_what_opened_it(server, clock):
    client = signed_in(server, "ann@shop.example", "support")
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    with server.client() as staff:
        revoked, kept = make(staff, role="support"), make(staff, role="support")
        streams = [Stream(server, revoked["key"]).ready(), Stream(server, cookie=cookie).ready()]
        others = [Stream(server, kept["key"]).ready(), Stream(server).ready()]
        assert staff.delete(f"/admin/keys/{revoked['id']}").status_code == 204
        assert client.delete("/staff/session").status_code == 204
    for stream in streams:  # at the next beat
        assert stream.next() is None and stream.ended and not stream.comments
    for stream in others:
        stream.beat()
    ordered(server)
    for stream in others:
        assert stream.types(1)[0] in ("product.created", "order.created")
    assert Stream(server, revoked["key"]).status == 401


def test_a_stream_ends_with_the_token_that_opened_it(serve):
    server = minted(serve)
    old = Stream(server, server.token).ready()
    new = Stream(server, till("token", "--db", server.db).stdout.strip()).ready()
    assert old.next() is None and old.ended and not old.comments
    new.beat()


def test_streams_are_limited(server):
    streams = [Stream(server) for _ in range(STREAMS_MAX)]
    assert {stream.status for stream in streams} == {200}
    refused = Stream(server)
    assert refused.status == 503 and "retry-after: 1" in refused.head
    assert admin(server).get("/admin/events").json() == {"detail": "Too many live streams, try again shortly"}
    streams.pop().wire.close()
    wait_until(lambda: Stream(server).status == 200)
    for stream in streams[:3]:
        stream.ready()
    ordered(server)
    assert streams[0].types(2) == ["product.created", "order.created"]


def test_a_client_that_reads_too_slowly_is_cut_off_and_comes_back(server):
    products = [create(server)["id"] for _ in range(400)]
    slow = Stream(server, receive_buffer=4096).ready()
    quick = Stream(server).ready()
    with server.client() as staff:
        for price in range(1, 11):
            answer = staff.post("/admin/products/bulk", json={"ids": products, "change": {"price": price}})
            assert answer.status_code == 200, answer.text
            assert set(quick.types(len(products))) == {"product.updated"}
    got = 0
    while slow.next():
        got += 1
    assert not slow.ended and 0 < got < 10 * len(products)
    back = Stream(server, last=slow.last)
    if 10 * len(products) - got >= EVENTS_RESUMED_MAX:
        back.ready()
    create(server)
    while back.next()["event"] != "product.created":
        pass


def test_a_server_that_stops_ends_its_streams(server):
    streams = [Stream(server).ready() for _ in range(3)]
    server.terminate()
    for stream in streams:
        assert stream.next() is None and stream.ended
    assert server.process.wait(PATIENCE_S) == 0


def test_a_server_that_is_killed_loses_no_event(serve, server, clock):
    stream = Stream(server).ready()
    order = ordered(server)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    again = serve(server.folder, test_clock=clock.path)
    back = Stream(again, last=stream.last)
    assert back.types(1) == ["product.created"]
    assert back.next()["data"]["id"] == order["id"]


@pytest.mark.skipif(not postgres.WANTED, reason="a file has one server")
def test_what_another_node_does_appears(serve, server, clock):
    other = serve(db=server.db, test_clock=clock.path)
    stream = Stream(server).ready()
    order = ordered(other)
    assert stream.types(1) == ["product.created"]
    assert stream.next()["data"]["id"] == order["id"]
    moved = Stream(other, last=stream.last)
    later = ordered(server)
    assert moved.types(1) == ["product.created"]
    assert moved.next()["data"]["id"] == later["id"]


@pytest.mark.skipif(not postgres.WANTED, reason="SQLite has one writer")
def test_an_event_that_is_committed_late_is_not_missed(server):
    """Its number is lower than that of one that was committed before it."""
    product = create(server, stock_quantity=1000)
    stream = Stream(server).ready()
    slow = postgres.Connection(server.db)
    slow.execute("BEGIN")
    slow.execute(f"INSERT INTO events (id, type, subject, created_at) VALUES (gen_random_uuid(), 'product.updated', '{product['id']}', now())")
    ordered(server, product)
    slow.execute("COMMIT")
    assert stream.types(2) == ["product.updated", "order.created"]


WAITING_READER = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO event_audience%'"


@pytest.mark.skipif(not postgres.WANTED, reason="SQLite has one writer")
def test_an_event_whose_transaction_began_during_a_look_is_not_missed(server):
    """The reader's transaction has its number from its first statement on: what begins later, and is not over, has a higher
    one."""
    product = create(server, stock_quantity=1000)
    stream = Stream(server).ready()
    holder, slow = postgres.Connection(server.db), postgres.Connection(server.db)
    until = None
    while not holder.execute("SELECT 1 FROM event_audience WHERE until = ? FOR UPDATE", [until]).fetchone():
        holder.execute("ROLLBACK")  # a look came in between
        (until,) = holder.execute("UPDATE event_audience SET until = until - interval '1 minute' RETURNING until").fetchone()
        holder.execute("BEGIN")
    ordered(server, product)
    wait_until(lambda: slow.execute(WAITING_READER).fetchone(), "no look waits for the audience's row")
    slow.execute("BEGIN")
    slow.execute(f"INSERT INTO events (id, type, subject, created_at) VALUES (gen_random_uuid(), 'product.updated', '{product['id']}', now())")
    ordered(server, product)
    holder.execute("COMMIT")
    stream.wire.socket.settimeout(0.5)  # less than event_tail_us_max, for which a late event is waited for
    with pytest.raises(TimeoutError):
        stream.next()
    stream.wire.socket.settimeout(PATIENCE_S)
    slow.execute("COMMIT")
    assert stream.types(3) == ["order.created", "product.updated", "order.created"]


def test_an_idle_stream_asks_nothing(server):
    """Beside the turn of the reader every half a minute: with the test's clock, which stands still, there is none."""
    Stream(server).ready()
    wait_until(lambda: asks_nothing(server), "a stream asks")  # a round of chores may come meanwhile, but not each time


def asks_nothing(server) -> bool:
    jobs = "till_commit_jobs_sum"
    before = wait_until(lambda: settled(server, jobs))
    stream = Stream(server).ready()
    opened = server.metric(jobs) - before
    stream.wire.socket.settimeout(2)
    with pytest.raises(TimeoutError):
        stream.next()
    stream.wire.close()
    return opened <= 2 and server.metric(jobs) - before <= opened + 3


def settled(server, name: str) -> float:
    before = server.metric(name)
    time.sleep(0.5)
    return before if server.metric(name) == before else 0


@postgres.FILE_ONLY
def test_the_reader_does_not_flood_the_log_while_the_database_fails(serve):
    server = serve()
    stream = Stream(server).ready()
    with contextlib.closing(database(server, write=True)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE event_audience SET until = until + 1")
        server.db.rename(away := server.db.with_suffix(".away"))
        other.execute("COMMIT")  # of another process: the reader looks what it was
    failed = wait_until(lambda: len(lines := [line for line in server.log() if "live streams: " in line]) > 2 and lines)
    times = [datetime.datetime.fromisoformat(json.loads(line)["time"].removesuffix("Z")) for line in failed]
    assert times[2] - times[0] >= datetime.timedelta(seconds=1.5)
    away.rename(server.db)
    ordered(server)
    assert stream.types(2) == ["product.created", "order.created"]


def test_no_personal_data(server):
    stream = Stream(server).ready()
    with server.client() as staff:
        product = create(server, stock_quantity=10)
        body = {"items": [{"product_id": product["id"], "quantity": 1}], "email": "secret.person@shop.example"}
        answer = staff.post("/admin/orders", json=body)
        assert answer.status_code == 201, answer.text
        number = answer.json()["order"].get("number")
    assert stream.types(1) == ["product.created"]
    event = stream.next()
    assert event["event"] == "order.created" and event["data"]["number"]
    assert "secret" not in json.dumps(event) and number in (None, event["data"]["number"])
