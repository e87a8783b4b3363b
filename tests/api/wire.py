"""HTTP as bytes: for requests that a well-behaved client never sends, and for control over when bytes are sent."""
from __future__ import annotations

import dataclasses
import json
import select
import socket


@dataclasses.dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]  # names in lower case, in the order in which they came
    body: bytes
    head: str = ""  # as it came, without the empty line

    def json(self):
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [v for n, v in self.headers if n == name]

    def __getitem__(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) < 2, f"{name} stands {len(found)} times"
        return found[0] if found else None


class Closed(Exception):
    """The server closed the connection; `left` is what it had sent of an unfinished answer."""

    def __init__(self, left: bytes):
        super().__init__(f"closed after {left[:200]!r}")
        self.left = left


class Wire:
    def __init__(self, address: str, timeout_s: float, receive_buffer: int | None = None):
        unix = address.startswith("unix:")
        self.socket = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout_s)
        if unix:
            self.socket.connect(address[5:])
        else:
            host, port = address.removeprefix("http://").rsplit(":", 1)
            self.socket.connect((host, int(port)))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""

    def send(self, data: bytes) -> Wire:
        self.socket.sendall(data)
        return self

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Wire:
        return self.send(message(method, path, body, **headers))

    def widen(self) -> Wire:
        """Enlarges the receive buffer of a connection that was opened with a small one."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return self

    def half_close(self) -> Wire:
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def _more(self) -> None:
        try:
            block = self.socket.recv(1 << 18)
        except ConnectionResetError:
            block = b""
        if not block:
            left, self.left = self.left, b""
            raise Closed(left)
        self.left += block

    def _until(self, mark: bytes) -> bytes:
        while (at := self.left.find(mark)) < 0:
            self._more()
        found, self.left = self.left[:at], self.left[at + len(mark) :]
        return found

    def answer(self, head: bool = False) -> Answer:
        """Reads one answer; `head`: it answers HEAD and so has no body."""
        text = self._until(b"\r\n\r\n").decode("latin-1")
        lines = text.split("\r\n")
        version, code = lines[0].split(" ")[:2]
        assert version == "HTTP/1.1", lines[0]
        pairs = (line.split(":", 1) for line in lines[1:])
        answer = Answer(int(code), [(n.lower(), v.strip()) for n, v in pairs], b"", text)
        if head or answer.status < 200 or answer.status in (204, 304):
            return answer
        size = int(answer["content-length"])
        while len(self.left) < size:
            self._more()
        answer.body, self.left = self.left[:size], self.left[size:]
        return answer

    def rest(self) -> bytes:
        """Reads everything until the server closes the connection, which it must do."""
        try:
            while True:
                self._more()
        except Closed as closed:
            return closed.left

    def was_closed(self) -> bool:
        """Whether the server has closed the connection by now."""
        poll = select.poll()  # not select(), which knows no descriptor above 1,023
        poll.register(self.socket, select.POLLIN)
        if not poll.poll(0):
            return False
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b""
        except ConnectionResetError:
            return True

    def is_closed(self) -> bool:
        """Waits for the server to close the connection; fails if it sends anything more."""
        return self.rest() == b""

    def close(self) -> None:
        self.socket.close()


def message(method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
    """A request's bytes. A header is a keyword: `x_request_id="1"`."""
    lines = {"Host": "till.test"} | {k.replace("_", "-").title(): v for k, v in headers.items()}
    if body is not None and "Transfer-Encoding" not in lines:
        lines.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{k}: {v}\r\n" for k, v in lines.items() if v is not None)
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")


def chunked(body: bytes, size: int) -> bytes:
    """A body in chunks of `size` bytes."""
    blocks = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(b), b) for b in blocks) + b"0\r\n\r\n"
