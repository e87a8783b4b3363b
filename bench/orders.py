"""Orders and cart adds under load, and the bare SQLite loop (bench/bare_orders.c) that does the same statements.

Each turn of each side works on a fresh copy of one database, filled before the clock runs: an order uses its cart up,
so a database that had been measured on would be another one. Sessions and cart lines are numbered, and wrk's Lua and
the loop know them by their numbers.
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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import beside
from load import CONNECTIONS, Pair, Sample, Wrk, run_loop
from process import REPLY_SECONDS_MAX, Server, pinned, read_reply
from scenario import Bench, Figures, Scenario, rates_of

LINES = 3
PRODUCTS = 1_000
ADD_SESSIONS = 20_000  # as in bare_orders.c
ORDERS_PER_SECOND_MAX = 15_000  # carts made for a second of load
STOCK = 10**12
BATCH = 32  # in a commit of the loop over SQLite
ITEM_PREFIX = bytes.fromhex("0198c0de7a1170008000")  # a UUID of version 7, whose end is the number

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
    """What the database calls a session: half of its token's SHA-256 (src/api/session.h)."""
    return hashlib.sha256(b"bench-session-%08d" % number).digest()[:16]


def item_id(number: int) -> bytes:
    return ITEM_PREFIX + number.to_bytes(6, "big")


@dataclass(frozen=True)
class Kind:
    """What is measured: orders of three lines, or adds to a cart."""

    name: str  # as bare_orders calls it
    path: str
    script: Callable[[sqlite3.Connection], str]


def products_in(script: str) -> Callable[[sqlite3.Connection], str]:
    """The script with the ids of the catalogue's products where it says {PRODUCTS}."""

    def fill(db: sqlite3.Connection) -> str:
        ids = [row[0] for row in db.execute("SELECT lower(hex(id)) FROM products ORDER BY seq")]
        texts = (f'"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}"' for i in ids)
        return script.replace("{PRODUCTS}", "{%s}" % ",".join(texts))

    return fill


ORDERS = Kind("order", "/orders", lambda _: SCRIPT_ORDERS)
ADDS = Kind("add", "/cart", products_in(SCRIPT_ADDS))
SYNCS = Kind("sync", "", lambda _: "")  # of the bare loop alone: as many bytes as an order's commit, and fsync


class Shop:
    """A database to copy, and how to put either side to work on a copy."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.template = bench.directory / "orders.db"
        bench.progress("filling carts")
        bench.seeded(self.template, PRODUCTS)
        db = sqlite3.connect(self.template)
        with db:
            self._fill(db, (bench.seconds + 1) * ORDERS_PER_SECOND_MAX)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    @staticmethod
    def _fill(db: sqlite3.Connection, carts: int) -> None:
        db.execute("UPDATE products SET stock_quantity = ?1, stock_received = ?1", (STOCK,))
        [(first,)] = db.execute("SELECT min(seq) FROM products")
        now = time.time_ns() // 1000  # or they would be swept as idle
        db.executemany("INSERT INTO carts VALUES (?, ?)", ((session_key(n), now) for n in range(carts)))
        db.executemany(
            "INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES (?, ?, ?, 1, 0)",
            (
                (item_id(cart * LINES + line), session_key(cart), first + (cart * 31 + line * 337) % PRODUCTS)
                for cart in range(carts)
                for line in range(LINES)
            ),
        )

    def copy(self, kind: Kind) -> Path:
        """A fresh one, in the page cache. Only orders start with carts; the loop makes sessions out of numbers."""
        path = self.bench.directory / "copy.db"
        for old in self.bench.directory.glob("copy.db*"):
            old.unlink()
        shutil.copy(self.template, path)
        if kind is not ORDERS:
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
        """A latency is a whole commit's."""
        command = [str(self.bench.binary("bench/bare_orders")), str(self.copy(kind)), kind.name, str(batch)]
        return run_loop([*command, str(self.bench.seconds)], self.bench.server_core)

    def pairs(self, kind: Kind, connections: int, bare_kind: Kind, batch: int) -> list[Pair]:
        """Both sides in turns, a drift of the machine's speed falling on both."""
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


def order_tail(bench: Bench) -> Figures:
    return Figures([pair.till.p99_ms / pair.till.p50_ms for pair in orders_at_64(bench)])


def order_alone(bench: Bench) -> Figures:
    """What one client's order takes at the median beyond writing as many bytes to the disk and one fsync."""
    pairs = shop(bench).pairs(ORDERS, 1, SYNCS, 1)
    return Figures([pair.till.p50_ms - pair.bare.p50_ms for pair in pairs], pairs)


def adds_against_sqlite(bench: Bench) -> Figures:
    return rates_of(shop(bench).pairs(ADDS, CONNECTIONS, ADDS, BATCH))


def page_beside_orders(bench: Bench) -> Figures:
    rounds = []
    for _ in range(bench.rounds):
        with bench.serve(shop(bench).copy(ORDERS)) as server:
            wrk = shop(bench).wrk(ORDERS, CONNECTIONS)
            rounds.append(beside.later_by_ms(bench, server, server.newest_product(), wrk))
    return Figures(rounds)


def add_in_two_segments(bench: Bench) -> Figures:
    """By how much an add to the cart takes longer where head and body are sent apart, without TCP_NODELAY."""
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
    """Of a hundred requests, each sent in these pieces."""
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
    Scenario("order of 3 lines, p99 to median", "×", "≤", 5.0, order_tail),
    Scenario("order of 3 lines, alone, past one fsync", "ms more", "≤", 0.3, order_alone),
    Scenario("add to the cart, 64 connections", "× SQLite", "≥", 0.4, adds_against_sqlite),
    Scenario("add to the cart, in two segments", "ms more", "≤", 1.0, add_in_two_segments),
    Scenario("product page beside orders, p99", "ms more", "≤", 2.0, page_beside_orders),
]
