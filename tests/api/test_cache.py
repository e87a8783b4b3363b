"""The cache under many readers and a writer: once a change was answered, no answer shows the state before it."""
from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import threading
import time

import pytest

from shopping import admin, create

CONNECTIONS = 3  # connections of each reader: the kernel spreads them over the loops
VERSIONS = 1000 if os.environ.get("CI") else 200
READS_BETWEEN = 2  # requests of each reader between two changes: the first stores an answer, the second compresses it


class Shelf:
    """Products whose names contain the number of their last change, and which changes were answered."""

    def __init__(self, server, count: int):
        self.server = server
        self.products = [create(server, name="version 0", category="shelf", description="word " * 400) for _ in range(count)]
        self.answered = dict.fromkeys((p["id"] for p in self.products), 0)
        self.over = threading.Event()

    def paths(self) -> list[str]:
        pages = [f"/products/{product['id']}" for product in self.products]
        return [*pages, "/products", "/products?limit=1&offset=1", "/products/search?q=version", "/products/search?category=shelf"]

    def change(self, number: int) -> None:
        product = self.products[number % len(self.products)]
        response = admin(self.server).patch(f"/products/{product['id']}", json={"name": f"version {number}"})
        assert response.status_code == 200, response.text
        self.answered[product["id"]] = number


class Reader(threading.Thread):
    """Requests the same few pages over and over: plain, compressed, and with the ETags that it received."""

    def __init__(self, shelf: Shelf, seed: int):
        super().__init__()
        self.shelf = shelf
        self.random = random.Random(seed)
        self.wires = itertools.cycle([shelf.server.wire() for _ in range(CONNECTIONS)])
        self.known: dict[tuple, tuple[str, list]] = {}  # by path and coding: the ETag and its body
        self.reads = self.compressed = self.unchanged = 0
        self.stale: list = []

    def run(self) -> None:
        try:
            while not self.shelf.over.is_set() and not self.stale:
                self.read(self.random.choice(self.shelf.paths()), self.random.choice(["gzip", "identity"]))
        except Exception as failure:
            self.stale.append(failure)

    def read(self, path: str, coding: str) -> None:
        headers = {"accept_encoding": coding}
        etag, kept = self.known.get((path, coding), (None, []))
        if etag and self.random.random() < 0.5:
            headers["if_none_match"] = etag
        answered = dict(self.shelf.answered)
        answer = next(self.wires).request("GET", path, **headers).answer()
        if answer.status == 200:
            body = gzip.decompress(answer.body) if answer["content-encoding"] == "gzip" else answer.body
            found = json.loads(body)
            kept = [(p["id"], int(p["name"].split()[1])) for p in (found if isinstance(found, list) else [found])]
            self.known[path, coding] = (answer["etag"], kept)
        assert answer.status in (200, 304), answer
        self.stale += [(path, headers, answered[id], shown) for id, shown in kept if shown < answered[id]]
        self.reads += 1
        self.compressed += answer["content-encoding"] == "gzip"
        self.unchanged += answer.status == 304


@pytest.mark.parametrize("threads", [1, 2])
def test_no_reader_sees_what_was_before_an_answered_change(serve, threads):
    server = serve(threads=threads, log="none")
    shelf = Shelf(server, count=3)
    readers = [Reader(shelf, seed) for seed in range(4)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, VERSIONS + 1):
            wanted = [reader.reads + READS_BETWEEN for reader in readers]
            shelf.change(number)
            while any(r.reads < least and r.is_alive() for r, least in zip(readers, wanted)):
                time.sleep(0.0005)
    finally:
        shelf.over.set()
        for reader in readers:
            reader.join()
    assert [reader.stale for reader in readers] == [[]] * len(readers)
    assert all(reader.compressed and reader.unchanged for reader in readers)
    assert server.metric("till_cache_hits_total") > VERSIONS
