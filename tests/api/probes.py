"""Sends the probes of tests/data/http11probe.json and scores the outcomes."""
from __future__ import annotations

import concurrent.futures
import dataclasses
import json
import re
import socket

from server import DATA
from wire import Closed, Wire

# How long a probe waits before its outcome is 'timeout'; the server's own limit on a head is 10 s.
SILENCE_S = 4

# The data has `?` for each byte that is not ASCII; these probes are about that byte.
REPAIRED = {
    "MAL-NON-ASCII-HEADER-NAME": (b"X-T??st", "X-Tëst".encode()),
    "MAL-NON-ASCII-URL": (b"caf??", "café".encode()),
    "MAL-URL-OVERLONG-UTF8": (b"/??", b"/\xc0\xaf"),
}

# Probes too long for the data, made from their descriptions.
LONG = 100_000
HOST = b"Host: localhost:8080\r\n"
MADE = {
    "MAL-LONG-URL": b"GET /" + b"a" * LONG + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "MAL-LONG-HEADER-VALUE": b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * LONG + b"\r\n\r\n",
    "MAL-LONG-HEADER-NAME": b"GET / HTTP/1.1\r\n" + HOST + b"a" * LONG + b": x\r\n\r\n",
    "MAL-LONG-METHOD": b"A" * LONG + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    "MAL-MANY-HEADERS": b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: x\r\n" % i for i in range(10_000)) + b"\r\n",
    "MAL-CHUNK-EXT-64K": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5;ext="
    + b"a" * 65_536 + b"\r\nhello\r\n0\r\n\r\n",
}


@dataclasses.dataclass
class Outcome:
    status: str  # an HTTP status, 'close' or 'timeout'
    closed: bool = False  # whether the connection was closed after the answer
    more: bytes = b""  # the bytes after the first answer


def load() -> list[dict]:
    probes = json.loads((DATA / "http11probe.json").read_text())
    for probe in probes:
        data = MADE.get(probe["id"], probe["request"].encode("latin-1"))
        if probe["id"] in REPAIRED:
            broken, repaired = REPAIRED[probe["id"]]
            assert broken in data
            data = data.replace(broken, repaired)
        probe["data"] = data
    return probes


def send(address: str, probe: dict, step: int = 1 << 20) -> Outcome:
    """Sends a probe `step` bytes at a time."""
    wire, data = Wire(address, SILENCE_S), probe["data"]
    try:
        try:
            for i in range(0, len(data), step):
                wire.send(data[i : i + step])
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before its end: the answer may still be there
        answer = wire.answer(head=data.startswith(b"HEAD"))
        wire.socket.settimeout(0.5 if answer["connection"] != "close" else SILENCE_S)
        try:
            return Outcome(str(answer.status), True, wire.rest())
        except socket.timeout:
            return Outcome(str(answer.status), False, wire.left)
    except Closed:
        return Outcome("close", True)
    except socket.timeout:
        return Outcome("timeout")
    finally:
        wire.close()


def send_all(address: str, probes: list[dict], **options) -> dict[str, Outcome]:
    """Sends all probes at the same time, so that those that time out cost no more than one."""
    with concurrent.futures.ThreadPoolExecutor(len(probes)) as pool:
        return dict(zip((p["id"] for p in probes), pool.map(lambda p: send(address, p, **options), probes)))


def score(probe: dict, outcome: Outcome) -> str:
    """Pass, Warn or Fail: what the data gives for this outcome, else what follows from its `expected`."""
    expected, status = probe["expected"], outcome.status
    if expected == "2xx + close":
        return "Pass" if status[0] == "2" and outcome.closed else "Fail"
    if expected.startswith("!"):
        return "Fail" if status in (expected[1:], "timeout") else "Pass"
    kind = "2xx" if re.fullmatch("2..", status) else status
    if seen := probe["seen"].get("200" if kind == "2xx" else status):
        return seen
    allowed = re.findall(r"\w+", expected)
    if kind not in allowed and status not in allowed:
        return "Fail"
    # `400 or 2xx`: accepting is allowed, refusing is safer.
    return "Warn" if kind == "2xx" and "400" in allowed[:1] else "Pass"
