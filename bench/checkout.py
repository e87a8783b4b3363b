"""Whole checkouts: 32 shoppers each send five requests one after the other (two cart adds, the order, the payment's
intent and its confirmation), against the same statements in a bare loop over SQLite.
The loop has no provider; the mock and its books cost a fifth (docs/internals/performance.md)."""

from __future__ import annotations

import functools
import re
import threading
import time

import orders
from load import Pair, Sample, Wrk
from process import Server, body_of
from scenario import Bench, Figures, Scenario, rates_of

SHOPPERS = 32
REQUESTS = 5
SAMPLE_SECONDS = 0.05
GAUGES = re.compile(rb"^till_(?:provider_)?queue_depth (\d+)", re.MULTILINE)

# Each thread of wrk is a shopper: it has one connection, and its own Lua state with the latest answer.
SCRIPT = """
local threads = 0
function setup(thread)
  thread:set("shopper", threads)
  threads = threads + 1
end
local products = {PRODUCTS}
local step, checkout, first, second, last = 0, 0
local function post(path, body)
  local session = string.format("checkout-%04d-%08d", shopper, checkout)
  return wrk.format("POST", path, {["Content-Type"] = "application/json", ["X-Session-Id"] = session}, body)
end
local function add(offset)
  local product = products[1 + (shopper * 7919 + checkout * 31 + offset) % #products]
  return post("/cart", '{"product_id":"' .. product .. '","quantity":1}')
end
function request()
  if step == 0 then return add(0) end
  if step == 1 then return add(337) end
  if step == 2 then return post("/orders", '{"cart_item_ids":["' .. first .. '","' .. second .. '"]}') end
  if step == 3 then return post("/payments/create-intent", '{"order_id":"' .. last .. '"}') end
  return post("/payments/confirm", '{"payment_id":"' .. last .. '","payment_method":"pm_card_visa"}')
end
function response(status, headers, body)
  last = string.match(body, '"id":"([^"]+)"')
  if step == 0 then first = last elseif step == 1 then second = last end
  step = step + 1
  if step == 5 or status > 299 then step, checkout = 0, checkout + 1 end
end
"""

CHECKOUTS = orders.Kind("checkout", "/cart", orders.products_in(SCRIPT))


class Shoppers(Wrk):
    def _command(self, server: Server, seconds: int) -> list[str]:
        command = super()._command(server, seconds)
        return [f"-t{self.connections}" if word == "-t1" else word for word in command]

    def run(self, server: Server, seconds: int) -> Sample:
        """Counts whole checkouts; latencies are those of single requests."""
        sample = super().run(server, seconds)
        return Sample(
            sample.requests // REQUESTS, sample.seconds, sample.cpu_seconds, sample.p50_ms, sample.p99_ms
        )


def shoppers(bench: Bench, count: int) -> Shoppers:
    script = orders.shop(bench).script(CHECKOUTS)
    return Shoppers(["/cart"], bench.client_core, bench.directory, count, script)


def run_till(bench: Bench) -> Sample:
    with bench.serve(orders.shop(bench).copy(CHECKOUTS)) as server:
        return shoppers(bench, SHOPPERS).run(server, bench.seconds)


@functools.cache
def pairs(bench: Bench) -> list[Pair]:
    shop, found = orders.shop(bench), []
    for number in range(bench.rounds):
        sides = {}
        for side in ("bare", "till") if number % 2 else ("till", "bare"):
            sides[side] = run_till(bench) if side == "till" else shop.run_bare(CHECKOUTS, SHOPPERS)
        found.append(Pair(**sides))
        till, bare = found[-1].till, found[-1].bare
        bench.progress(f"till {till.rate:,.0f}/s, a request p50 {till.p50_ms:.2f} ms; bare {bare.rate:,.0f}/s")
    return found


def against_sqlite(bench: Bench) -> Figures:
    return rates_of(pairs(bench))


class Depth(threading.Thread):
    """The longest queue of a server, for the writer or for the provider, sampled again and again."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server, self.over, self.most = server, threading.Event(), 0

    def run(self) -> None:
        while not self.over.wait(SAMPLE_SECONDS):
            metrics = body_of(self.server.get("/metrics"))
            self.most = max(self.most, *(int(depth) for depth in GAUGES.findall(metrics)))


def waiting_at_twice_the_load(bench: Bench) -> Figures:
    """The longest queue in the last second of a run with twice as many shoppers, per shopper. More than 1 means that
    requests are left behind, because a shopper has one request at a time."""
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with bench.serve(orders.shop(bench).copy(CHECKOUTS)) as server:
            with shoppers(bench, 2 * SHOPPERS).beside(server, 2 * bench.seconds):
                depth = Depth(server)
                time.sleep(2 * bench.seconds - 1)
                depth.start()
                time.sleep(0.6)
                depth.over.set()
                depth.join()
            rounds.append(depth.most / (2 * SHOPPERS))
            bench.progress(f"at most {depth.most} jobs of {2 * SHOPPERS} shoppers wait")
    return Figures(rounds)


SCENARIOS = [
    Scenario("paid checkouts, 32 shoppers", "× SQLite", "≥", 0.28, against_sqlite),
    Scenario("jobs that wait at 64 shoppers", "each", "≤", 1.0, waiting_at_twice_the_load),
]
