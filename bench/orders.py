"""Orders and cart adds under load, against the bare SQLite loop (bench/bare_orders.c) that runs the same statements.

Each turn of each side gets a fresh copy of one database that is filled before the clock runs, because an order uses up
its cart. Sessions and cart lines are numbered, so that wrk's Lua and the loop can work out their keys.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import socket
import sqlite3
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import beside
from load import CONNECTIONS, Pair, Sample, Wrk, run_loop
from process import REPLY_SECONDS_MAX, Server, pinned, read_reply, request_bytes
from scenario import Bench, Figures, Scenario, rates_of

LINES = 3
PRODUCTS = 1_000
ADD_SESSIONS = 20_000  # as in bare_orders.c
ORDERS_PER_SECOND_MAX = 15_000  # carts for each second of load
STOCK = 10**12
METHOD_ID = "0198c0de-5419-7000-8000-000000000001"  # of the shipping method that the order with an address chooses
BATCH = 32  # orders or adds in one commit of the bare loop
ITEM_PREFIX = bytes.fromhex("0198c0de7a1170008000")  # a UUID of version 7 that ends with the number

# In both, `at` is the number of the next request.
SCRIPT_START = """
local at = 0
local function headers()
  return {["Content-Type"] = "application/json", ["X-Session-Id"] = string.format("bench-session-%%08d", %s)}
end
"""
SCRIPT_ORDERS = (
    SCRIPT_START % "at"
    + """
local id = '"0198c0de-7a11-7000-8000-%012x"'
local body = '{"cart_item_ids":[' .. id .. ',' .. id .. ',' .. id .. ']}'
function request()
  local first = at * 3
  local made = wrk.format("POST", "/orders", headers(), string.format(body, first, first + 1, first + 2))
  at = at + 1
  return made
end
"""
)
# The same order by somebody who says where it goes, with a way to ship and a tax rate for each line.
WISH = {
    "email": "ann@example.com",
    "shipping_address": {
        "name": "Ann Example",
        "line1": "Musterstraße 12",
        "postal_code": "10115",
        "city": "Berlin",
        "country": "DE",
        "phone": "+49 30 1234567",
    },
    "shipping_method_id": METHOD_ID,
    "note": "Please ring twice",
}
SCRIPT_ADDRESSED = SCRIPT_ORDERS.replace("]}'", "]," + json.dumps(WISH, ensure_ascii=False)[1:] + "'")
SCRIPT_ADDS = (
    SCRIPT_START % f"at % {ADD_SESSIONS}"
    + """
local products = {PRODUCTS}
function request()
  local product = products[1 + (at % SESSIONS * 7 + math.floor(at / SESSIONS)) % #products]
  local made = wrk.format("POST", "/cart", headers(), '{"product_id":"' .. product .. '","quantity":1}')
  at = at + 1
  return made
end
""".replace("SESSIONS", str(ADD_SESSIONS))
)


def session_key(number: int) -> bytes:
    """The database's key of a session: half of the SHA-256 of its token (src/api/session.h)."""
    return hashlib.sha256(b"bench-session-%08d" % number).digest()[:16]


def item_id(number: int) -> bytes:
    return ITEM_PREFIX + number.to_bytes(6, "big")


@dataclass(frozen=True)
class Kind:
    """The measured work: orders of three lines, or adds to a cart."""

    name: str  # its name in bare_orders
    path: str
    script: Callable[[sqlite3.Connection], str]


def products_in(script: str) -> Callable[[sqlite3.Connection], str]:
    """The script, with the ids of the catalogue's products in place of {PRODUCTS}."""

    def fill(db: sqlite3.Connection) -> str:
        ids = [row[0] for row in db.execute("SELECT lower(hex(id)) FROM products ORDER BY seq")]
        texts = (f'"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}"' for i in ids)
        return script.replace("{PRODUCTS}", "{%s}" % ",".join(texts))

    return fill


ORDERS = Kind("order", "/orders", lambda _: SCRIPT_ORDERS)
ADDRESSED = Kind("order", "/orders", lambda _: SCRIPT_ADDRESSED)
ADDS = Kind("add", "/cart", products_in(SCRIPT_ADDS))
SYNCS = Kind("sync", "", lambda _: "")  # for the bare loop only: writes as many bytes as an order's commit, and fsync


class Shop:
    """A database to copy, and both sides that work on copies."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.template = bench.directory / "orders.db"
        bench.progress("filling carts")
        bench.seeded(self.template, PRODUCTS)
        db = sqlite3.connect(self.template)
        with db:
            self._fill(db, (bench.seconds + 1) * ORDERS_PER_SECOND_MAX)
            self._fill_checkout(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    @staticmethod
    def _fill(db: sqlite3.Connection, carts: int) -> None:
        db.execute("UPDATE products SET stock_quantity = ?1, stock_received = ?1", (STOCK,))
        [(first,)] = db.execute("SELECT min(seq) FROM products")
        now = time.time_ns() // 1000  # otherwise they would be swept as idle
        db.executemany("INSERT INTO carts VALUES (?, ?)", ((session_key(n), now) for n in range(carts)))
        db.executemany(
            "INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES (?, ?, ?, 1, 0)",
            (
                (item_id(cart * LINES + line), session_key(cart), first + (cart * 31 + line * 337) % PRODUCTS)
                for cart in range(carts)
                for line in range(LINES)
            ),
        )

    @staticmethod
    def _fill_checkout(db: sqlite3.Connection) -> None:
        """What only an order with an address reads."""
        db.execute(
            "INSERT INTO shipping_methods (id, name, description, position, countries, basis, tiers, is_active, created_at)"
            " VALUES (?, 'Standard', '', 0, '*', 'flat', '0:490', 1, 0)",
            (uuid.UUID(METHOD_ID).bytes,),
        )
        rates = (("standard", 19_000), ("shipping", 19_000), ("books", 7_000))
        db.executemany(
            "INSERT INTO tax_rates (id, country, region, class, name, rate_e5, created_at)"
            " VALUES (?, 'DE', '', ?, 'VAT', ?, 0)",
            ((uuid.uuid4().bytes, name, rate) for name, rate in rates),
        )

    def copy(self, kind: Kind) -> Path:
        """A new copy, in the page cache. Only orders start with carts; the loop makes sessions from numbers."""
        path = self.bench.directory / "copy.db"
        for old in self.bench.directory.glob("copy.db*"):
            old.unlink()
        shutil.copy(self.template, path)
        if kind not in (ORDERS, ADDRESSED):
            with sqlite3.connect(path) as db:
                db.execute("DELETE FROM cart_items")
                db.execute("DELETE FROM carts")
            db.close()
        return path

    def script(self, kind: Kind) -> str:
        with sqlite3.connect(self.template) as db:
            return kind.script(db)

    def wrk(self, kind: Kind, connections: int) -> Wrk:
        bench = self.bench
        return Wrk([kind.path], bench.client_core, bench.directory, connections, self.script(kind))

    def run_till(self, kind: Kind, connections: int) -> Sample:
        with self.bench.serve(self.copy(kind)) as server:
            return self.wrk(kind, connections).run(server, self.bench.seconds)

    def run_bare(self, kind: Kind, batch: int) -> Sample:
        """Latencies are those of whole commits."""
        command = [str(self.bench.binary("bench/bare_orders")), str(self.copy(kind)), kind.name, str(batch)]
        return run_loop([*command, str(self.bench.seconds)], self.bench.server_core)

    def pairs(self, kind: Kind, connections: int, bare_kind: Kind, batch: int) -> list[Pair]:
        """Both sides in turns, so that a drift of the machine's speed hits both."""
        pairs = []
        for number in range(self.bench.rounds):
            if number % 2:
                bare, till = self.run_bare(bare_kind, batch), self.run_till(kind, connections)
            else:
                till, bare = self.run_till(kind, connections), self.run_bare(bare_kind, batch)
            pairs.append(Pair(till, bare))
            self.bench.progress(
                f"round {number + 1}/{self.bench.rounds}: till {till.rate:,.0f}/s, p50 {till.p50_ms:.2f} ms, "
                f"p99 {till.p99_ms:.2f} ms; bare {bare.rate:,.0f}/s, a commit p50 {bare.p50_ms:.2f} ms, "
                f"p99 {bare.p99_ms:.2f} ms"
            )
        return pairs


shop = functools.cache(Shop)


@functools.cache
def orders_at_64(bench: Bench) -> list[Pair]:
    return shop(bench).pairs(ORDERS, CONNECTIONS, ORDERS, BATCH)


def orders_against_sqlite(bench: Bench) -> Figures:
    return rates_of(orders_at_64(bench))


def order_with_address(bench: Bench) -> Figures:
    """Orders that have a contact, an address, a shipping method and taxes, against those that have none of it."""
    sides = {}
    pairs = []
    for number in range(bench.rounds):
        for kind in (ADDRESSED, ORDERS) if number % 2 else (ORDERS, ADDRESSED):
            sides[kind] = shop(bench).run_till(kind, CONNECTIONS)
        pairs.append(Pair(sides[ADDRESSED], sides[ORDERS]))
        with_it, without = pairs[-1].till, pairs[-1].bare
        bench.progress(
            f"round {number + 1}/{bench.rounds}: with an address {with_it.rate:,.0f}/s, {with_it.cpu_us:.0f} µs; "
            f"without {without.rate:,.0f}/s, {without.cpu_us:.0f} µs"
        )
    return rates_of(pairs)


def order_tail(bench: Bench) -> Figures:
    return Figures([pair.till.p99_ms / pair.till.p50_ms for pair in orders_at_64(bench)])


def order_alone(bench: Bench) -> Figures:
    """The median time of one client's order, less that of writing as many bytes to the disk with one fsync."""
    pairs = shop(bench).pairs(ORDERS, 1, SYNCS, 1)
    return Figures([pair.till.p50_ms - pair.bare.p50_ms for pair in pairs], pairs)


def adds_against_sqlite(bench: Bench) -> Figures:
    return rates_of(shop(bench).pairs(ADDS, CONNECTIONS, ADDS, BATCH))


def page_beside_orders(bench: Bench) -> Figures:
    rounds = []
    for _ in range(bench.rounds):
        with bench.serve(shop(bench).copy(ORDERS)) as server:
            wrk = shop(bench).wrk(ORDERS, CONNECTIONS)
            rounds.append(beside.later_by_ms(bench, server, request_bytes(server.newest_product()), wrk))
    return Figures(rounds)


def add_in_two_segments(bench: Bench) -> Figures:
    """How much longer an add to the cart takes if head and body are sent apart, without TCP_NODELAY."""
    rounds = []
    with bench.serve(shop(bench).copy(ADDS)) as server:
        product_id = server.newest_product().rpartition("/")[2]
        body = json.dumps({"product_id": product_id, "quantity": 1}).encode()
        head = b"POST /cart HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        head += b"X-Session-Id: bench-session-of-two-segments\r\nContent-Length: %d\r\n\r\n" % len(body)
        for _ in range(bench.rounds):
            one, two = (median_ms(server, pieces, bench) for pieces in ([head + body], [head, body]))
            rounds.append(two - one)
            bench.progress(f"p50 {one:.2f} ms in one piece, {two:.2f} ms in two")
    return Figures(rounds)


def median_ms(server: Server, pieces: list[bytes], bench: Bench) -> float:
    """The median latency of a hundred requests, each sent in these pieces."""
    took = []
    with pinned(bench.client_core), socket.create_connection(("127.0.0.1", server.port), REPLY_SECONDS_MAX) as to:
        for _ in range(100):
            start = time.perf_counter()
            for piece in pieces:
                to.send(piece)
            read_reply(to)
            took.append(time.perf_counter() - start)
    return statistics.median(took) * 1000


SCENARIOS = [
    Scenario("order of 3 lines, 64 connections", "× SQLite", "≥", 0.5, orders_against_sqlite),
    Scenario("order with address, shipping and tax", "× plain", "≥", 0.75, order_with_address),
    Scenario("order of 3 lines, p99 to median", "×", "≤", 5.0, order_tail),
    Scenario("order of 3 lines, alone, past one fsync", "ms more", "≤", 0.3, order_alone),
    Scenario("add to the cart, 64 connections", "× SQLite", "≥", 0.4, adds_against_sqlite),
    Scenario("add to the cart, in two segments", "ms more", "≤", 1.0, add_in_two_segments),
    Scenario("product page beside orders, p99", "ms more", "≤", 2.0, page_beside_orders),
]
