"""How much a flood of sign-ins slows the shop down. Each has an address of its own and comes from a network of its own, as if
from a botnet behind a trusted proxy, so that nothing but the line of the threads that hash passwords holds it back.

About 10,000 come a second: each of wrk's 64 connections waits 3 ms between an answer and its next request, which makes 6 with its timer."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import beside
import orders
from load import Wrk
from process import Server, body_of, request_bytes
from scenario import Bench, Figures, Scenario

HASH_MIB = 19  # of memory for one hash
LINE_MIB = 5  # the requests that wait, and what the allocator keeps

SCRIPT = """
local number = 0
function delay() return 3 end
function request()
  number = number + 1
  local network = string.format("198.%d.%d.%d", 18 + number % 2, math.floor(number / 512) % 256, math.floor(number / 2) % 256)
  local body = string.format('{"email":"a%d@shop.example","password":"wrong %d"}', number, number)
  return wrk.format("POST", "/staff/login", {["Content-Type"] = "application/json", ["X-Forwarded-For"] = network}, body)
end
"""


def serve(bench: Bench) -> Server:
    return bench.serve(orders.shop(bench).copy(orders.ADDS), "--trusted-proxy", "127.0.0.1")


def flood(bench: Bench) -> Wrk:
    return Wrk(["/staff/login"], bench.client_core, bench.directory, script=SCRIPT)


def add_request(server: Server) -> bytes:
    product = json.loads(body_of(server.get("/products?limit=1")))[0]["id"]
    body = json.dumps({"product_id": product, "quantity": 1})
    return (
        "POST /cart HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Session-Id: bench-session-00000000\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def sign_ins(server: Server) -> dict[str, int]:
    """How many were answered, by status."""
    lines = re.findall(rb'till_requests_total{route="POST /staff/login",status="(\d+)"} (\d+)', body_of(server.get("/metrics")))
    return {status.decode(): int(count) for status, count in lines}


def later(request: Callable[[Server], bytes]) -> Callable[[Bench], Figures]:
    def measure(bench: Bench) -> Figures:
        rounds = []
        for _ in range(min(bench.rounds, 3)):
            with serve(bench) as server:
                rounds.append(beside.later_by_ms(bench, server, request(server), flood(bench)))
                bench.progress(f"sign-ins of some {bench.seconds} s by status: {sign_ins(server)}")
        return Figures(rounds)

    return measure


def memory_grown(bench: Bench) -> Figures:
    rounds = []
    for _ in range(min(bench.rounds, 3)):
        with serve(bench) as server:
            server.get("/products?limit=20")
            before, most = server.resident_bytes(), 0
            with flood(bench).beside(server, bench.seconds + 2):
                end = time.perf_counter() + bench.seconds
                while time.perf_counter() < end:
                    most = max(most, server.resident_bytes())
                    time.sleep(0.01)
            rounds.append((most - before) / 1024 / 1024)
            bench.progress(f"{rounds[-1]:.1f} MiB more in {bench.seconds} s")
    return Figures(rounds)


SCENARIOS = [
    Scenario("product page beside sign-ins, p99", "ms more", "≤", 2.0, later(lambda _: request_bytes("/products?limit=20"))),
    Scenario("add to the cart beside sign-ins, p99", "ms more", "≤", 5.0, later(add_request)),
    Scenario("memory of sign-ins", "MiB more", "≤", HASH_MIB + LINE_MIB, memory_grown),
]
