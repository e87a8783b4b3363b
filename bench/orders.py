"""Orders and cart adds under load, and the bare SQLite loop (bench/bare_orders.c) that does the same statements.

Each turn of each side works on a fresh copy of one database, filled before the clock runs: an order uses its cart up,
so a database that had been measured on would be another one. Sessions and cart lines are numbered, and wrk's Lua and
the loop know them by their numbers.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from load import SCRIPT_DONE, Pair, Sample, Wrk
from process import BenchError, Server, body_of, pinned

LINES = 3
PRODUCTS = 1_000
ADD_SESSIONS = 20_000  # as in bare_orders.c
ORDERS_PER_SECOND_MAX = 20_000  # carts made for a second of load
STOCK = 10**12
PAGE_CONNECTIONS = 4
ITEM_PREFIX = bytes.fromhex("0198c0de7a1170008000")  # a UUID of version 7, whose end is the number

# In both, `at` is the number of the next request; where it begins is told behind `--`.
SCRIPT_START = """
local at
function init(args) at = tonumber(args[1]) end
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
    SCRIPT_START % "at % SESSIONS"
    + """
local products = {PRODUCTS}
function request()
  local product = products[1 + (at % SESSIONS * 7 + math.floor(at / SESSIONS)) % #products]
  local made = wrk.format("POST", "/cart", headers(), '{"product_id":"' .. product .. '","quantity":1}')
  at = at + 1
  return made
end
"""
)


def session_key(number: int) -> bytes:
    """What the database calls a session: half of its token's SHA-256 (src/api/session.h)."""
    return hashlib.sha256(b"bench-session-%08d" % number).digest()[:16]


def item_id(number: int) -> bytes:
    return ITEM_PREFIX + number.to_bytes(6, "big")


class Posts(Wrk):
    """wrk with a script of its own, which starts at request number `first`."""

    def __init__(self, script: str, path: str, connections: int, core: int, directory: Path) -> None:
        self.core, self.first_path, self.connections = core, path, connections
        self.script = directory / "posts.lua"
        self.script.write_text(script + SCRIPT_DONE)

    def _command(self, server: Server, seconds: int) -> list[str]:
        url = f"http://127.0.0.1:{server.port}{self.first_path}"
        return ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "-s", str(self.script), url, "--", "0"]


class PlainGet(Wrk):
    """Of one path, from as many connections as are wanted."""

    def __init__(self, path: str, connections: int, core: int, directory: Path) -> None:
        super().__init__([path], core, directory)
        self.connections = connections

    def _command(self, server: Server, seconds: int) -> list[str]:
        command = super()._command(server, seconds)
        return [f"-c{self.connections}" if word.startswith("-c") else word for word in command]


@dataclass(frozen=True)
class Kind:
    """What is measured: orders of three lines, or adds to a cart."""

    name: str  # as bare_orders calls it
    path: str
    script: Callable[[sqlite3.Connection], str]


def adds_script(connection: sqlite3.Connection) -> str:
    ids = [row[0] for row in connection.execute("SELECT lower(hex(id)) FROM products ORDER BY seq")]
    texts = (f'"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}"' for i in ids)
    return SCRIPT_ADDS.replace("SESSIONS", str(ADD_SESSIONS)).replace("{PRODUCTS}", "{%s}" % ",".join(texts))


ORDERS = Kind("order", "/orders", lambda _: SCRIPT_ORDERS)
ADDS = Kind("add", "/cart", adds_script)


class Shop:
    """A database to copy, and how to put either side to work on a copy."""

    def __init__(self, till: Path, bare: Path, cores: tuple[int, int], directory: Path, seconds: int) -> None:
        self.till, self.bare, self.seconds = till, bare, seconds
        self.server_core, self.client_core = cores
        self.directory = directory
        self.template = directory / "orders.db"
        self._fill(seconds * ORDERS_PER_SECOND_MAX)

    def _fill(self, carts: int) -> None:
        command = [str(self.till), "seed", "--db", str(self.template), "--products", str(PRODUCTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {done.stdout}{done.stderr}")
        with sqlite3.connect(self.template) as db:
            db.execute("UPDATE products SET stock_quantity = ?1, stock_received = ?1", (STOCK,))
            now = time.time_ns() // 1000  # or they would be swept as idle
            db.executemany("INSERT INTO carts VALUES (?, ?)", ((session_key(n), now) for n in range(carts)))
            db.executemany(
                "INSERT INTO cart_items (id, session, product, quantity, created_at) VALUES (?, ?, ?, 1, 0)",
                (
                    (item_id(cart * LINES + line), session_key(cart), 1 + (cart * 31 + line * 337) % PRODUCTS)
                    for cart in range(carts)
                    for line in range(LINES)
                ),
            )
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.scripts = {kind.name: kind.script(db) for kind in (ORDERS, ADDS)}
        db.close()

    def copy(self, kind: Kind) -> Path:
        """A fresh one, in the page cache. Adds start without carts; the loop makes sessions out of numbers."""
        path = self.directory / "copy.db"
        for old in self.directory.glob("copy.db*"):
            old.unlink()
        shutil.copy(self.template, path)
        if kind is ADDS:
            with sqlite3.connect(path) as db:
                db.execute("DELETE FROM cart_items")
                db.execute("DELETE FROM carts")
            db.close()
        return path

    def serve(self, path: Path, core: int | None = None) -> Server:
        command = [str(self.till), "serve", "--db", str(path), "--listen", "127.0.0.1:0", "--log", "none", "--threads", "1"]
        return Server("till", command, self.server_core if core is None else core, self.directory)

    def run_till(self, kind: Kind, connections: int) -> Sample:
        with self.serve(self.copy(kind)) as server:
            wrk = Posts(self.scripts[kind.name], kind.path, connections, self.client_core, self.directory)
            return wrk.run(server, self.seconds)

    def run_bare(self, kind: Kind, batch: int) -> Sample:
        """A latency is a whole commit's."""
        command = [str(self.bare), str(self.copy(kind)), kind.name, str(batch), str(self.seconds)]
        with pinned(self.server_core):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr}")
        counted = json.loads(done.stdout)
        return Sample(
            requests=counted["requests"],
            seconds=counted["microseconds"] / 1e6,
            cpu_seconds=counted["cpu_seconds"],
            p50_ms=counted["p50"] / 1000,
            p99_ms=counted["p99"] / 1000,
        )

    def pairs(self, kind: Kind, connections: int, batch: int, rounds: int, progress: Callable[[str], None]) -> list[Pair]:
        """Both sides in turns, a drift of the machine's speed falling on both."""
        pairs = []
        for number in range(rounds):
            sides = [lambda: self.run_till(kind, connections), lambda: self.run_bare(kind, batch)]
            if number % 2:
                bare, till = sides[1](), sides[0]()
            else:
                till, bare = sides[0](), sides[1]()
            pairs.append(Pair(till, bare))
            progress(
                f"round {number + 1}/{rounds}: till {till.rate:,.0f}/s, p50 {till.p50_ms:.2f} ms, p99 {till.p99_ms:.2f} ms; "
                f"SQLite, {batch} a commit: {bare.rate:,.0f}/s, a commit {bare.p50_ms:.2f} ms"
            )
        return pairs

    def pages_beside_orders(self, connections: int) -> tuple[Sample, Sample]:
        """Product pages without and with orders at the same time, from a second wrk."""
        with self.serve(self.copy(ORDERS)) as server:
            [newest] = json.loads(body_of(server.get("/products?limit=1")))
            pages = PlainGet(f"/products/{newest['id']}", PAGE_CONNECTIONS, self.client_core, self.directory)
            alone = pages.run(server, self.seconds)
            orders = Posts(self.scripts["order"], "/orders", connections, self.client_core, self.directory)
            with pinned(self.client_core):
                beside = subprocess.Popen(
                    orders._command(server, self.seconds), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            try:
                return alone, pages.run(server, max(self.seconds - 1, 1))  # within the time of the orders
            finally:
                beside.wait()
