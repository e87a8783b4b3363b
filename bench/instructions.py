#!/usr/bin/env python3
"""Counts the instructions of a request, which a busy machine does not change: callgrind (Debian's valgrind) runs
`till serve` while this program sends requests one after the other on one connection.

    python3 bench/instructions.py [KIND…] [--build DIR] [--profile DIR]

KIND is `list` (20 products), `page` (one product), `add`, `order` (3 lines), `addressed` (the
same with an address, shipping and taxes), `checkout` (five requests with the mock's
part) or `start` (until the shop listens); all of them if there is none. Nothing is cached, so each read asks the database. The code of
the kernel is not counted. With --profile, callgrind's files are kept there for callgrind_annotate.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import orders
import process
from process import BenchError, Server, body_of, read_reply
from scenario import NO_CACHE, Bench

BUILD = Path(__file__).resolve().parent.parent / "build"
REQUESTS = 300
WARM_UP = 50  # statements are prepared, memory has grown
START_SECONDS_MAX = 120

Request = Callable[[str, str, str, str], dict]  # method, path, session, body


class Counted:
    """A server under callgrind."""

    def __init__(self, bench: Bench, database: Path, name: str, *flags: str) -> None:
        process.START_SECONDS_MAX = START_SECONDS_MAX
        self.out = bench.directory / f"callgrind.{name}"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.out}", str(bench.binary("till")), "serve"]
        command += ["--db", str(database), "--listen", "127.0.0.1:0", "--log", "none", "--threads", "1", *flags]  # valgrind makes code, which the sandbox refuses
        os.environ["TILL_SANDBOX"] = "off"
        self.server = Server("till", command, bench.server_core, bench.directory)

    def control(self, flag: str) -> None:
        done = subprocess.run(["callgrind_control", flag, str(self.server.pid)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchError(f"callgrind_control {flag} failed: {done.stdout}{done.stderr}")

    def instructions(self, path: Path) -> int:
        return int(re.search(r"^(?:totals|summary): (\d+)", path.read_text(), re.MULTILINE)[1])

    def between(self, work: Callable[[], None]) -> int:
        """The instructions of all threads while `work` runs."""
        self.control("--zero")
        work()
        self.control("--dump")
        return self.instructions(self.out.with_name(self.out.name + ".1"))


def requester(server: Server) -> Request:
    connection = socket.create_connection(("127.0.0.1", server.port), 60)

    def send(method: str, path: str, session: str = "", body: str = "") -> dict:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if session:
            head += f"X-Session-Id: {session}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(f"{head}\r\n{body}".encode())
        reply = read_reply(connection)
        if not reply.startswith(b"HTTP/1.1 2"):
            raise BenchError(f"{method} {path} was answered with {reply[:300]!r}")
        return json.loads(body_of(reply))

    return send


def reads(path: str, send: Request) -> Iterator[None]:
    while True:
        send("GET", path)
        yield


def product_ids(send: Request) -> list[str]:
    return [product["id"] for product in send("GET", "/products?limit=100")]


def add(send: Request, session: str, product: str) -> str:
    return send("POST", "/cart", session, json.dumps({"product_id": product, "quantity": 1}))["id"]


def adds(send: Request) -> Iterator[None]:
    products = product_ids(send)
    for number in range(10**9):
        add(send, f"bench-session-{number % 20:08d}", products[number % len(products)])
        yield


def carts_of_the_shop(wish: dict) -> Callable[[Request], Iterator[None]]:
    def place(send: Request) -> Iterator[None]:
        for number in range(10**9):
            lines = [f"0198c0de-7a11-7000-8000-{number * 3 + i:012x}" for i in range(3)]
            send("POST", "/orders", f"bench-session-{number:08d}", json.dumps({"cart_item_ids": lines} | wish))
            yield

    return place


def checkouts(send: Request) -> Iterator[None]:
    products = product_ids(send)
    for number in range(10**9):
        session = f"checkout-session-{number:08d}"
        lines = [add(send, session, products[(number + i * 37) % len(products)]) for i in range(2)]
        order = send("POST", "/orders", session, json.dumps({"cart_item_ids": lines}))["id"]
        payment = send("POST", "/payments/create-intent", session, json.dumps({"order_id": order}))["id"]
        send("POST", "/payments/confirm", session, json.dumps({"payment_id": payment, "payment_method": "pm_card_visa"}))
        yield


def requests(bench: Bench, name: str, kind: orders.Kind, make: Callable[[Request], Iterator[None]]) -> float:
    counted = Counted(bench, orders.shop(bench).copy(kind), name, *NO_CACHE)
    with counted.server:
        each = make(requester(counted.server))
        for _ in range(WARM_UP):
            next(each)
        total = counted.between(lambda: [next(each) for _ in range(REQUESTS)])
    return total / REQUESTS


def start(bench: Bench) -> float:
    counted = Counted(bench, orders.shop(bench).copy(orders.ADDS), "start")
    with counted.server:
        counted.control("--dump")
    return counted.instructions(counted.out.with_name(counted.out.name + ".1"))


def page(send: Request) -> Iterator[None]:
    return reads(f"/products/{product_ids(send)[0]}", send)


KINDS: dict[str, Callable[[Bench], float]] = {
    "list": lambda bench: requests(bench, "list", orders.ADDS, lambda send: reads("/products?limit=20", send)),
    "page": lambda bench: requests(bench, "page", orders.ADDS, page),
    "add": lambda bench: requests(bench, "add", orders.ADDS, adds),
    "order": lambda bench: requests(bench, "order", orders.ORDERS, carts_of_the_shop({})),
    "addressed": lambda bench: requests(bench, "addressed", orders.ORDERS, carts_of_the_shop(orders.WISH)),
    "checkout": lambda bench: requests(bench, "checkout", orders.ADDS, checkouts),
    "start": start,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", metavar="KIND", nargs="*", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--build", metavar="DIR", type=Path, default=BUILD, help="of the release build (build)")
    parser.add_argument("--profile", metavar="DIR", type=Path, help="keep callgrind's files there")
    chosen = parser.parse_args()
    if unknown := [kind for kind in chosen.kinds if kind not in KINDS]:
        parser.error(f"no such kind: {', '.join(unknown)}; there are: {', '.join(KINDS)}")
    with tempfile.TemporaryDirectory(prefix="till-bench-") as directory:
        bench = Bench(chosen.build.resolve(), Path(directory), 1, 0, False)
        for kind in chosen.kinds or KINDS:
            print(f"{kind:10} {KINDS[kind](bench):14,.0f}", flush=True)
        if chosen.profile:
            chosen.profile.mkdir(parents=True, exist_ok=True)
            for file in Path(directory).glob("callgrind.*"):
                shutil.copy(file, chosen.profile)
    return 0


if __name__ == "__main__":
    sys.exit(main())
