"""A TCP proxy between a node and its database: tests cut the node off with it, delay what it says, and count round trips."""
from __future__ import annotations

import collections
import socket
import threading
import time
from multiprocessing.connection import wait

import pytest

import postgres


class Proxy(threading.Thread):
    """Forwards bytes. `drops` is what it silently drops: None, "replies" (everything from the database) or "all" (a cut
    cable: neither end learns that the other has hung up). Once dropping ends, connections that lost bytes are closed,
    because a TCP stream has no holes.

    `trips` counts how often a node sent something after it had received something on the same connection, which is how
    often it had to wait for the database. `delay_s` is how long bytes are on their way, in each direction."""

    def __init__(self, port: int, listen: int = 0):
        super().__init__(daemon=True)
        self.target, self.drops, self.stopping = port, None, False
        self.trips, self.delay_s = 0, 0.0
        self.heard: set[socket.socket] = set()  # nodes' ends that have received since they last sent
        self.on_the_way = collections.deque()  # (when it is due, the end that sent it, the bytes)
        self.listener = socket.create_server(("127.0.0.1", listen))
        self.port = self.listener.getsockname()[1]
        self.pairs: dict[socket.socket, socket.socket] = {}  # each end's peer
        self.backs: set[socket.socket] = set()
        self.torn: set[socket.socket] = set()  # connections that lost bytes
        self.ended: set[socket.socket] = set()  # those of them whose other end does not know of the close
        self.start()

    def run(self) -> None:
        while not self.stopping:
            while self.torn and not self.drops:
                self.cut(next(iter(self.torn)))
            due = self.on_the_way[0][0] - time.monotonic() if self.on_the_way else 0.05
            for one in wait([self.listener, *(self.pairs.keys() - self.ended)], max(0, min(due, 0.05))):
                if one is self.listener:
                    self.accept()
                elif one in self.pairs:
                    self.take(one)
            while self.on_the_way and self.on_the_way[0][0] <= time.monotonic():
                self.pass_on(*self.on_the_way.popleft()[1:])

    def accept(self) -> None:
        front = self.listener.accept()[0]
        back = socket.create_connection(("127.0.0.1", self.target))
        for end in (front, back):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pairs |= {front: back, back: front}
        self.backs.add(back)
        self.heard.add(front)

    def swallows(self, one: socket.socket) -> bool:
        return self.drops == "all" or self.drops == "replies" and one in self.backs

    def take(self, one: socket.socket) -> None:
        try:
            data = one.recv(65536)
        except OSError:
            data = b""
        if data and one in self.heard:
            self.trips += 1
            self.heard.discard(one)
        if self.delay_s or self.on_the_way:  # what was sent before comes first
            self.on_the_way.append((time.monotonic() + self.delay_s, one, data))
        else:
            self.pass_on(one, data)

    def pass_on(self, one: socket.socket, data: bytes) -> None:
        if one not in self.pairs:
            return
        try:
            if data and not self.swallows(one):
                self.pairs[one].sendall(data)
                if one in self.backs:
                    self.heard.add(self.pairs[one])
        except OSError:
            data = b""
        if self.swallows(one):
            self.torn.add(one)
            self.ended |= set() if data else {one}
        elif not data:
            self.cut(one)

    def cut(self, one: socket.socket) -> None:
        for end in filter(None, (one, self.pairs.get(one))):
            self.pairs.pop(end, None)
            for some in (self.backs, self.torn, self.ended, self.heard):
                some.discard(end)
            end.close()

    def stop(self) -> None:
        self.stopping = True
        self.join()
        for end in [self.listener, *self.pairs]:
            end.close()


@pytest.fixture
def proxy():
    made = Proxy(postgres.cluster().port)
    yield made
    made.stop()


def through(proxy: Proxy, url: str) -> str:
    """The URL of a database of the tests' cluster, through the proxy."""
    return url.replace(f":{postgres.cluster().port}/", f":{proxy.port}/")
