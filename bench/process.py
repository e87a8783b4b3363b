"""Servers under measurement: started on one core, read for CPU time and memory, stopped by their own pid."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import socket
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 10
REPLY_SECONDS_MAX = 10
# 10,000 idle connections, and room for what a process has open besides.
OPEN_FILES_MIN = 12_000


class BenchError(Exception):
    """Something is missing or failed; the text says what, and what to do about it."""


def cores() -> tuple[int, int]:
    """The core for the servers and the core for their clients."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise BenchError("the bench needs two cores, one for the server and one for wrk, and may use only one")
    return allowed[0], allowed[1]


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Processes started in the block inherit the core. An exec through taskset would count in a start-up time."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_open_files() -> None:
    """Servers inherit the limit, so it is raised once for both ends of the idle connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= OPEN_FILES_MIN:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES_MIN, max(hard, OPEN_FILES_MIN)))
    except (ValueError, OSError) as error:
        raise BenchError(
            f"{OPEN_FILES_MIN} open files are needed and the hard limit is {hard}: "
            f"raise it (ulimit -Hn {OPEN_FILES_MIN} as root, or /etc/security/limits.conf)"
        ) from error


class Server:
    """A running server. `with Server(...) as s:` starts it, waits for the address that it prints, and stops it."""

    def __init__(self, name: str, command: list[str], core: int, directory: Path) -> None:
        self.name = name
        self.started_at = time.perf_counter()
        with pinned(core):
            self.process = subprocess.Popen(
                command,
                cwd=directory,
                env={"TILL_AS_ROOT": "true"} | os.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        self.printed: deque[str] = deque(maxlen=20)
        try:
            self.port = self._wait_for_port()
        except BaseException:
            self.stop()
            raise
        threading.Thread(target=self._drain, daemon=True).start()

    def _wait_for_port(self) -> int:
        overdue = threading.Timer(START_SECONDS_MAX, self.process.kill)
        overdue.start()
        try:
            for line in self.process.stdout:
                self.printed.append(line)
                if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                    return int(found[1])
        finally:
            overdue.cancel()
        raise BenchError(
            f"{self.name} ended, or was ended after {START_SECONDS_MAX} s, before it printed "
            f"http://127.0.0.1:PORT (exit status {self.process.wait()}). "
            f"It said:\n{''.join(self.printed) or '(nothing)'}"
        )

    def _drain(self) -> None:
        """Reads the output, because a full pipe would block the server at its next line of log."""
        with contextlib.suppress(ValueError):  # closed by stop()
            self.printed.extend(self.process.stdout)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self.process.pid

    def cpu_seconds(self) -> float:
        """CPU time of all living threads. schedstat counts nanoseconds; stat only ticks of 10 ms."""
        spent = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e9

    def resident_bytes(self) -> int:
        return resident_bytes_of(self.pid)

    def get(self, path: str) -> bytes:
        """The bytes of the reply to one GET, head and body. Raises unless the status is 200."""
        with socket.create_connection(("127.0.0.1", self.port), REPLY_SECONDS_MAX) as connection:
            connection.sendall(request_bytes(path))
            reply = read_reply(connection)
        if not reply.startswith(b"HTTP/1.1 200 "):
            raise BenchError(f"{self.name} answered GET {path} with: {reply[:300].decode(errors='replace')}")
        return reply

    def newest_product(self) -> str:
        """The path of the newest product of the shop."""
        [product] = json.loads(body_of(self.get("/products?limit=1")))
        return f"/products/{product['id']}"


def resident_bytes_of(pid: int) -> int:
    """Counts pages, because VmRSS in status may lag by 64 pages for each thread."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) * 1024


def request_bytes(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def read_reply(connection: socket.socket) -> bytes:
    """Reads one reply framed by Content-Length, as all JSON answers are."""
    reply = b""
    wanted = None
    while wanted is None or len(reply) < wanted:
        piece = connection.recv(256 * 1024)
        if not piece:
            raise BenchError(f"the connection closed {len(reply)} bytes into a reply")
        reply += piece
        head, end_of_head, _ = reply.partition(b"\r\n\r\n")
        if wanted is None and end_of_head:
            length = re.search(rb"^content-length:\s*(\d+)", head, re.IGNORECASE | re.MULTILINE)
            if length is None:
                raise BenchError(f"a reply without Content-Length:\n{head.decode(errors='replace')}")
            wanted = len(head) + len(end_of_head) + int(length[1])
    return reply


def body_of(reply: bytes) -> bytes:
    return reply.partition(b"\r\n\r\n")[2]


def bare_server(binary: Path, reply: bytes, core: int, directory: Path) -> Server:
    """Starts the yardstick, which answers every request with `reply`. It has read the file before it listens."""
    with tempfile.NamedTemporaryFile(dir=directory, prefix="reply-") as file:
        file.write(reply)
        file.flush()
        return Server("bare", [str(binary), file.name], core, directory)
