"""The tests' shoppers: sessions, carts, orders; and a clock that a test can move forward."""
from __future__ import annotations

import contextlib
import datetime
import os
import pathlib
import re
import time
import uuid

import httpx

import postgres
from server import ADMIN, Server, database, product, till, wait_until

MONEY_MAX = 2**53 - 1
ANN = {"name": "Ann Smith", "line1": "1 High Street", "city": "London", "postal_code": "SW1A 1AA", "country": "GB"}


def session(name: str) -> dict[str, str]:
    """The header of a session of that name."""
    return {"X-Session-Id": f"session-of-{name}".ljust(16, "-")}


class Plain(httpx.BaseTransport):
    """A connection that sends each request in one piece; httpx sends head and body apart. One that the server closed because
    it was idle, on a slow machine, is opened again, as every client does."""

    def __init__(self, server: Server):
        self.server = server
        self.wire = server.wire()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        head = b"".join(b"%s: %s\r\n" % pair for pair in request.headers.raw)
        method, target = request.method.encode(), request.url.raw_path
        if self.wire.was_closed():
            self.wire.close()
            self.wire = self.server.wire()
        self.wire.send(b"%s %s HTTP/1.1\r\n%s\r\n%s" % (method, target, head, request.read()))
        answer = self.wire.answer(head=request.method == "HEAD")
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def close(self) -> None:
        self.wire.close()


def visitor(server: Server, **headers) -> httpx.Client:
    """A client without a session that checks every answer against the OpenAPI document."""
    hooks = {"response": [server.contract.check]}
    return httpx.Client(base_url="http://till.test", headers=headers, transport=Plain(server), event_hooks=hooks)


def shopper(server: Server, name: str = "ann") -> httpx.Client:
    return visitor(server, **session(name))


def admin(server: Server) -> httpx.Client:
    """The admin's one client of a server."""
    if not hasattr(server, "shopkeeper"):
        server.shopkeeper = visitor(server, **ADMIN)
    return server.shopkeeper


def create(server: Server, **fields) -> dict:
    response = admin(server).post("/products", json=product(**fields))
    assert response.status_code == 201, response.text
    return response.json()


def add(client: httpx.Client, product: dict, quantity: int = 1) -> dict:
    """Adds a product to the cart, and returns its line."""
    response = client.post("/cart", json={"product_id": product["id"], "quantity": quantity})
    assert response.status_code == 201, response.text
    return response.json()


def place(client: httpx.Client, *lines: dict, key: str | None = None, **more) -> httpx.Response:
    """Orders lines of the cart; `more` are further members of the body, as `email="…", shipping_address=ANN`."""
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/orders", json={"cart_item_ids": [line["id"] for line in lines]} | more, headers=headers)


def placed(client: httpx.Client, *lines: dict, key: str | None = None, **more) -> dict:
    response = place(client, *lines, key=key, **more)
    assert response.status_code == 201, response.text
    return response.json()


def cancel(client: httpx.Client, order: dict) -> httpx.Response:
    return client.post(f"/orders/{order['id']}/cancel")


def bought(client: httpx.Client, product: dict, quantity: int = 1, **more) -> dict:
    """Places an order of one product."""
    return placed(client, add(client, product, quantity), **more)


def details(client: httpx.Client, order: dict) -> dict:
    answer = client.get(f"/orders/{order['id']}/details")
    assert answer.status_code == 200, answer.text
    return answer.json()


def intended(client: httpx.Client, order: dict) -> dict:
    """The payment of an order, ready to be confirmed."""
    response = client.post("/payments/create-intent", json={"order_id": order["id"]})
    assert response.status_code == 201, response.text
    return response.json()


def as_sent(body) -> bytes:
    """The bytes that httpx sends for `json=body`; its versions differ in blanks, and a key is of one request's bytes."""
    return httpx.Request("POST", "http://till", json=body).content


def confirm(client: httpx.Client, payment: dict, method: str | None = None, key: str | None = None) -> httpx.Response:
    body = {"payment_id": payment["id"]} | ({"payment_method": method} if method else {})
    return client.post("/payments/confirm", json=body, headers={"Idempotency-Key": key} if key else {})


def confirmed(client: httpx.Client, payment: dict, method: str | None = None, key: str | None = None) -> dict:
    response = confirm(client, payment, method, key)
    assert response.status_code == 200, response.text
    return response.json()


def query(server, sql: str, *values) -> list[tuple]:
    connection = database(server)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def steps(server, sql: str, values) -> tuple[int, list[tuple]]:
    """How many steps SQLite takes for a statement of Till's, in hundreds, and its rows. A step is the same on every machine."""
    taken, connection = 0, database(server)

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection.set_progress_handler(count, 100)
    rows = connection.execute(re.sub(r"\$(\d+)", r"?\1", sql), values).fetchall()
    connection.close()
    return taken, rows


@contextlib.contextmanager
def writes_held(server):
    """Locks the database while the block runs: writers wait, readers do not."""
    connection = database(server, write=True)
    if postgres.WANTED:
        postgres.lock_tables(connection, "products", "search_state", "carts", "orders")
    else:
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def execute(server, *statements: str) -> None:
    """Changes a database behind Till's back."""
    connection = database(server, write=True)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def stock(server, product: dict) -> int:
    """The stock in the database itself: GET may show one that is half a second old."""
    return query(server, "SELECT stock_quantity FROM products WHERE id = ?", key_of(product))[0][0]


def key_of(thing: dict):
    """The id of a product, cart or order as the database stores it."""
    return thing["id"] if postgres.WANTED else uuid.UUID(thing["id"]).bytes


def id_text(key) -> str:
    """The text of an id that the database stores."""
    return key if postgres.WANTED else str(uuid.UUID(bytes=key))


def everything_stored(server) -> bytes:
    """The bytes of a server's database on its disk."""
    if postgres.WANTED:
        return postgres.stored()
    return b"".join(p.read_bytes() for p in server.folder.iterdir() if p.name.startswith("till.db"))


def audit(server_or_path) -> None:
    """Fails unless the audit finds nothing."""
    done = till("audit", "--db", getattr(server_or_path, "db", server_or_path))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


class Clock:
    """The file of --test-clock. Servers must be started with `test_clock=clock.path`."""

    def __init__(self, folder: pathlib.Path):
        self.path = folder / "clock"
        self.ahead = datetime.timedelta()
        self.held: datetime.timedelta | None = None  # since 1970, when it stood still
        self.forward()

    def hold(self, hour: int | None = None) -> None:
        """Time stands still from now on, but for `forward`: for what must be tried within a second, however slow the test. With
        an hour it is that hour (UTC) of tomorrow, for what happens at a time of the day."""
        self.held = datetime.timedelta(microseconds=time.time_ns() // 1000)
        if hour is not None:
            self.held = datetime.timedelta(days=self.held.days + 1, hours=hour) - self.ahead
        self.forward()

    def forward(self, **by) -> None:
        """Moves the clock forward: `forward(minutes=31)`."""
        self.ahead += datetime.timedelta(**by)
        fresh, us = self.path.with_suffix(".new"), datetime.timedelta(microseconds=1)
        fresh.write_text(str(self.ahead // us) if self.held is None else f"={(self.held + self.ahead) // us}")
        os.replace(fresh, self.path)


def wait_for_expiry(server: Server, ahead: datetime.timedelta) -> None:
    """Waits until the sweeper has expired everything that is due."""
    us = ahead // datetime.timedelta(microseconds=1)
    due = "SELECT 1 FROM orders WHERE status = 'pending' AND expires_at <= ? + unixepoch() * 1000000"
    if postgres.WANTED:
        due = "SELECT 1 FROM orders WHERE status = 'pending' AND expires_at <= now() + ? * interval '1 microsecond'"
    wait_until(lambda: not query(server, due, us), "an order did not expire")
