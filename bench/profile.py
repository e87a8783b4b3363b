#!/usr/bin/env python3
"""Where the time of an order goes (or with `add` or `checkout`, of those): samples by perf (Debian's linux-perf) while wrk
keeps Till busy as in run.py, by thread and by activity.

    sudo python3 bench/profile.py [order|add|checkout]

Shares are of the processor time of the whole process.
"""

from __future__ import annotations

import collections
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import checkout
import orders
from load import CONNECTIONS
from scenario import Bench

SECONDS = 5
HERTZ = 1999
SYSTEM_CALLS = {
    "pwrite64": "WAL and database pages to the kernel",
    "fdatasync": "fdatasync (its work; waiting costs no processor)",
    "pread64": "reading pages",
    "fcntl": "SQLite's locks",
    "futex": "waking threads",
    "epoll_wait": "epoll",
    "epoll_ctl": "epoll",
}
LIBRARIES = {
    "libsqlite3": "SQLite",
    "libc.so": "libc: copying, allocating, locks",
    "libuv": "libuv",
    "libnettle": "SHA-256 of sessions",
    "till": "Till: HTTP, models, rules",
}


def stacks(samples: str) -> Iterator[tuple[str, list[str]]]:
    """The thread's number and the frames, innermost first, of each sample."""
    for block in samples.split("\n\n"):
        lines = block.strip("\n").splitlines()
        if lines:
            yield lines[0].split()[0], [line.strip() for line in lines[1:]]


def what(frames: list[str]) -> str:
    calls = (re.search(r"__x64_sys_(\w+)", frame) for frame in frames)
    if call := next((found[1] for found in calls if found), None):
        return SYSTEM_CALLS.get(call, "other system calls")
    if frames and "kernel" in frames[0]:
        sending = any("tcp_" in frame or "sock" in frame or "irq" in frame for frame in frames)
        return "the network in the kernel" if sending else "the rest of the kernel"
    for library, name in LIBRARIES.items():
        if frames and library in frames[0].rpartition("(")[2]:
            return name
    return "other"


def record(bench: Bench, kind: orders.Kind) -> str:
    data = bench.directory / "perf.data"
    shop = orders.shop(bench)
    with bench.serve(shop.copy(kind)) as server:
        wrk = checkout.shoppers(bench, checkout.SHOPPERS) if kind is checkout.CHECKOUTS else shop.wrk(kind, CONNECTIONS)
        command = ["perf", "record", "-q", "-F", str(HERTZ), "-g", "-o", str(data), "-p", str(server.pid)]
        perf = subprocess.Popen(command)
        time.sleep(0.3)
        sample = wrk.run(server, SECONDS)
        perf.send_signal(signal.SIGINT)
        perf.wait()
    print(f"{sample.rate:,.0f}/s, {sample.cpu_us:.0f} µs of processor each, the core {sample.busy:.0%} busy")
    command = ["perf", "script", "-i", str(data), "-F", "tid,ip,sym,dso"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> int:
    kinds = {kind.name: kind for kind in (orders.ORDERS, orders.ADDS, checkout.CHECKOUTS)}
    kind = kinds.get(sys.argv[1] if len(sys.argv) > 1 else "order")
    if not kind:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="till-bench-") as directory:
        build = Path(__file__).resolve().parent.parent / "build"
        samples = list(stacks(record(Bench(build, Path(directory), 1, SECONDS, False), kind)))
    threads = collections.Counter(thread for thread, _ in samples)
    writer = next((t for t, _ in threads.most_common() if any(t == o and "fdatasync" in what(f) for o, f in samples)), None)
    shares = collections.Counter(("writer" if t == writer else "others", what(frames)) for t, frames in samples)
    for (thread, name), count in sorted(shares.items(), key=lambda item: (item[0][0] != "writer", -item[1])):
        if count / len(samples) >= 0.005:
            print(f"{thread:7} {count / len(samples):6.1%}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
