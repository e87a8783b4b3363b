#!/usr/bin/env python3
"""What an idle connection costs a server: the growth of its resident memory over N kept-alive connections.

Each has been answered once, because an unused connection would hide what the first request allocates and keeps.

Used by run.py; by hand, against any server: idle.py PID PORT [PATH] [N]
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable

from process import BenchError, raise_open_files, read_reply, request_bytes, resident_bytes_of

CONNECTIONS = 10_000
# Connections opened before any of them is read. It is below the shortest listen queue in use (128): beyond it, connect()
# waits until a lost SYN is sent again.
BURST = 64
# Each source address has its own ephemeral ports (some 28,000, fewer if many are in TIME_WAIT), so several addresses are
# used.
SOURCE_CONNECTIONS = 2_500
SETTLE_SECONDS = 0.5
CONNECT_SECONDS_MAX = 10


def _open(number: int, port: int) -> socket.socket:
    source = f"127.0.0.{2 + number // SOURCE_CONNECTIONS}"
    return socket.create_connection(("127.0.0.1", port), CONNECT_SECONDS_MAX, source_address=(source, 0))


def _use_once(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    reply = read_reply(connection)
    if not reply.startswith(b"HTTP/1.1 200 "):
        raise BenchError(f"an answer was not 200: {reply[:200].decode(errors='replace')}")


def growth_per_connection(
    resident_bytes: Callable[[], int], port: int, path: str, count: int = CONNECTIONS
) -> float:
    """Bytes of resident memory per idle connection.

    One connection is used beforehand, so that the pages of the server's code are not counted.
    """
    request = request_bytes(path)
    with _open(0, port) as warm_up:
        for _ in range(200):
            _use_once(warm_up, request)
    before = resident_bytes()
    idle: list[socket.socket] = []
    try:
        while len(idle) < count:
            burst = [_open(number, port) for number in range(len(idle), min(len(idle) + BURST, count))]
            idle.extend(burst)
            for connection in burst:
                _use_once(connection, request)
        time.sleep(SETTLE_SECONDS)
        grown = resident_bytes() - before
        _use_once(idle[0], request)  # still open: a server that hung up would look cheap
        return grown / count
    except (OSError, BenchError) as error:
        raise BenchError(
            f"with {len(idle)} of {count} idle connections open: {error}. "
            "The server's limits on connections, open files and idle time must allow for them all"
        ) from error
    finally:
        for connection in idle:
            connection.close()


def main() -> int:
    if not 3 <= len(sys.argv) <= 5:
        print(__doc__, file=sys.stderr)
        return 2
    pid, port = int(sys.argv[1]), int(sys.argv[2])
    path = sys.argv[3] if len(sys.argv) > 3 else "/"
    count = int(sys.argv[4]) if len(sys.argv) > 4 else CONNECTIONS
    try:
        raise_open_files()
        grown = growth_per_connection(lambda: resident_bytes_of(pid), port, path, count)
    except BenchError as error:
        print(f"idle.py: {error}", file=sys.stderr)
        return 1
    print(f"{grown / 1024:.2f} KiB resident per idle connection, over {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
