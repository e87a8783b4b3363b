"""How much other load slows a product page down: pages are requested one at a time, at the pace of a visitor in a hurry,
first alone and then beside a load. The result is the difference of the 99th percentiles."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Callable

from load import Wrk
from process import REPLY_SECONDS_MAX, BenchError, Server, pinned, read_reply
from scenario import Bench

PACE_SECONDS = 0.002


def latencies_ms(server: Server, request: bytes, core: int, going: Callable[[], bool]) -> tuple[float, float]:
    """The median and the 99th percentile of requests on one connection, one every PACE_SECONDS or as soon as the last is
    answered, while `going`."""
    took = []
    with pinned(core), socket.create_connection(("127.0.0.1", server.port), REPLY_SECONDS_MAX) as connection:
        gc.disable()
        due = time.perf_counter()
        while going():
            time.sleep(max(0.0, due - time.perf_counter()))
            start = time.perf_counter()
            connection.sendall(request)
            reply = read_reply(connection)
            took.append(time.perf_counter() - start)
            due = max(due + PACE_SECONDS, start)
            if not reply.startswith(b"HTTP/1.1 20"):
                raise BenchError(f"{server.name} answered {request[:80]} with: {reply[:300].decode(errors='replace')}")
        gc.enable()
    took.sort()
    return took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000


def for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() < end


def later_by_ms(bench: Bench, server: Server, request: bytes, wrk: Wrk) -> float:
    """One round. wrk shares its core with the client that measures; that client has priority."""
    median, alone = latencies_ms(server, request, bench.client_core, for_seconds(bench.seconds))
    with wrk.beside(server, bench.seconds + 2):
        median_beside, beside = latencies_ms(server, request, bench.client_core, for_seconds(bench.seconds))
    bench.progress(
        f"p99 {alone:.2f} ms alone, {beside:.2f} ms beside; median {median:.3f} and {median_beside:.3f} ms"
    )
    return beside - alone
