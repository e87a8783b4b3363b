"""A server whose calls fail when a test wants them to: tests/api/call_shim.c, and the file that tells it which."""
from __future__ import annotations

import collections
import contextlib
import errno
import functools
import mmap
import os
import pathlib
import struct
import subprocess
import tempfile

KINDS = ["accept", "receive", "send", "epoll_add", "socket", "connect", "open", "sync", "memory"]
ANY_SIZE = -1
HALF = -1  # in place of an errno: half of the bytes are received or sent
PLAN = struct.Struct("<iiiiqq")  # kind, error, forever, delay, at, calls


@functools.cache
def shim() -> pathlib.Path:
    out = pathlib.Path(tempfile.mkdtemp(prefix="till-test-"), "call_shim.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", out, pathlib.Path(__file__).parent / "call_shim.c"], check=True)
    return out


class Calls:
    def __init__(self, folder: pathlib.Path):
        self.path = folder / "calls"
        self.path.write_bytes(b"\0" * 4096)
        with open(self.path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 4096)
        self.work()

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(shim()), "CALLS_CONTROL": str(self.path)}

    def _plan(self, kind: int, *rest: int) -> None:
        self.map[:4] = struct.pack("<i", -1)  # nothing fails while the rest is changed
        self.map[4 : PLAN.size] = PLAN.pack(kind, *rest)[4:]
        self.map[:4] = struct.pack("<i", kind)

    def fail(self, kind: str, error: int, at: int = 1, forever: bool = False, delay_ms: int = 0) -> None:
        """Call `at` of this kind from now on fails with this errno; all after it too if `forever`. With 0 it is only late."""
        self._plan(KINDS.index(kind), error, forever, delay_ms, at, 0)

    def count_memory(self, size: int = ANY_SIZE) -> None:
        """Which allocations are calls of the kind `memory`: those of exactly so many bytes."""
        struct.pack_into("<q", self.map, PLAN.size + 8 * len(KINDS), size)

    def fail_memory(self, size: int) -> None:
        """Each allocation of exactly so many bytes fails from now on."""
        self.count_memory(size)
        self.fail("memory", errno.ENOMEM, forever=True)

    def work(self) -> None:
        """No call fails any more."""
        self._plan(-1, 0, 0, 0, 0, 0)

    @property
    def made(self) -> int:
        """How many calls of the kind there were since fail()."""
        return PLAN.unpack_from(self.map)[-1]

    def total(self, kind: str) -> int:
        return struct.unpack_from("<q", self.map, PLAN.size + 8 * KINDS.index(kind))[0]


def descriptors(pid: int, port: int) -> collections.Counter[str]:
    """What a process that listens on this port has open: files by their names; sockets as `client`, which came to the port,
    `hung`, whose client has gone, `pair`, by which libcurl wakes a thread of its own, or `socket`."""
    states = {"01": "client", "0A": "socket"}
    clients = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    known = {f"socket:[{c[9]}]": states.get(c[3], "hung") for c in clients if c[1].endswith(f":{port:04X}")}
    known |= {f"socket:[{line.split()[6]}]": "pair" for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]}
    found: collections.Counter[str] = collections.Counter()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            target = os.readlink(entry)
            found[known.get(target, target.split(":")[0])] += 1
    return found
