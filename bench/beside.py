"""What a shopper who opens a product page notices of what others do: the pages are asked for one at a time, in the
pace of a visitor in a hurry, alone and then beside a load. What counts is by how much the slowest in a hundred come
later."""

from __future__ import annotations

import gc
import socket
import time
from collections.abc import Callable

from load import Wrk
from process import REPLY_SECONDS_MAX, BenchError, Server, pinned, read_reply, request_bytes
from scenario import Bench

PACE_SECONDS = 0.002


def p99_ms(server: Server, path: str, core: int, going: Callable[[], bool]) -> float:
    """Of GETs on one connection, one every PACE_SECONDS or as soon as the last is answered, as long as `going`."""
    request, took = request_bytes(path), []
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
            if not reply.startswith(b"HTTP/1.1 200 "):
                raise BenchError(f"{server.name} answered GET {path} with: {reply[:300].decode(errors='replace')}")
        gc.enable()
    return sorted(took)[len(took) * 99 // 100] * 1000


def for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() < end


def later_by_ms(bench: Bench, server: Server, path: str, wrk: Wrk) -> float:
    """One round. wrk shares the core with the client of the pages, which goes before it."""
    alone = p99_ms(server, path, bench.client_core, for_seconds(bench.seconds))
    with wrk.beside(server, bench.seconds + 2):
        beside = p99_ms(server, path, bench.client_core, for_seconds(bench.seconds))
    bench.progress(f"p99 of a product page {alone:.2f} ms alone, {beside:.2f} ms beside")
    return beside - alone
