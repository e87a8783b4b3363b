"""What stands between a node and its database where a test takes the one from the other."""
from __future__ import annotations

import socket
import threading
from multiprocessing.connection import wait

import pytest

import postgres


class Proxy(threading.Thread):
    """Passes bytes on. `drops` is what it swallows without a word: None, "replies" (all that the database says) or
    "all" (a cable that is cut: neither hears that the other has hung up). A connection that has lost something is
    closed once nothing is dropped any more, since TCP makes no stream with a hole in it."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.target, self.drops, self.stopping = port, None, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs: dict[socket.socket, socket.socket] = {}  # either end's other
        self.backs: set[socket.socket] = set()
        self.torn: set[socket.socket] = set()  # that have lost something
        self.ended: set[socket.socket] = set()  # of these, those that were closed, which the other was not told
        self.start()

    def run(self) -> None:
        while not self.stopping:
            while self.torn and not self.drops:
                self.cut(next(iter(self.torn)))
            for one in wait([self.listener, *(self.pairs.keys() - self.ended)], 0.05):
                if one is self.listener:
                    self.accept()
                elif one in self.pairs:
                    self.pass_on(one)

    def accept(self) -> None:
        front = self.listener.accept()[0]
        back = socket.create_connection(("127.0.0.1", self.target))
        self.pairs |= {front: back, back: front}
        self.backs.add(back)

    def swallows(self, one: socket.socket) -> bool:
        return self.drops == "all" or self.drops == "replies" and one in self.backs

    def pass_on(self, one: socket.socket) -> None:
        try:
            data = one.recv(65536)
            if data and not self.swallows(one):
                self.pairs[one].sendall(data)
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
            for some in (self.backs, self.torn, self.ended):
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
    """The URL of a database of the tests' cluster, by way of the proxy."""
    return url.replace(f":{postgres.cluster().port}/", f":{proxy.port}/")
