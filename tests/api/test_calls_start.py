"""Calls that fail while the server starts, by their number, once and from then on: allocations, descriptors, sockets, syncs.

Whatever fails, the server either serves or ends with a line that says why; never by a signal, and never in silence. The next start
finds a shop that is sound. A start allocates 300,000 times, so of those some fail; more of them with SOAK=1.
"""
from __future__ import annotations

import errno
import itertools
import os
import pathlib
import re
import signal
import subprocess

import pytest

import postgres
from calls import Calls
from server import PATIENCE_S, SANITIZED, TILL, environment, till

pytestmark = [
    pytest.mark.skipif(bool(postgres.WANTED or os.environ.get("TILL_TEST_NODES")), reason="about one process and its file"),
    pytest.mark.skipif(bool(SANITIZED), reason="a sanitizer's runtime must be loaded first"),
]

ERRORS = {"open": errno.EMFILE, "socket": errno.EMFILE, "sync": errno.EIO, "memory": errno.ENOMEM}
STARTS = 3000 if os.environ.get("SOAK") else 60  # of each kind, at most


def numbers(made: int) -> list[int]:
    """Which of so many calls fail, one start each: all of them, or some from the first to the last."""
    return sorted({1 + i * (made - 1) // (STARTS - 1) for i in range(STARTS)}) if made > STARTS else list(range(1, made + 1))


class Starts:
    """Starts of a server on a new shop, or on one that is there."""

    def __init__(self, folder: pathlib.Path):
        self.folder, self.calls, self.path = folder, Calls(folder), folder / "till.db"
        self.calls.count_memory()

    def start(self, kind: str, at: int, forever: bool, what: str) -> int:
        """Returns how many calls of the kind there were by the time the server served, or had ended."""
        self.calls.fail(kind, ERRORS[kind], at, forever)
        command = [TILL, "serve", f"--db={self.path}", "--listen=127.0.0.1:0", "--threads=1", "--log=none", "--admin-token=0123456789abcdef"]
        with subprocess.Popen(command, cwd=self.folder, env=environment(**self.calls.environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
            served = any(line.startswith("listening on ") for line in server.stdout)
            made = self.calls.made
            self.calls.work()
            if served:
                server.send_signal(signal.SIGTERM)
            _, said = server.communicate(timeout=PATIENCE_S)
        if served:
            assert server.returncode == 0, f"{what}: it served, and ended with {server.returncode}: {said}"
        else:
            assert server.returncode in (1, 2), f"{what}: it ended with {server.returncode}: {said}"
            assert re.search(r"^(till: |\S+Z (warning|error): ).{10}", said, re.M), f"{what}: it does not say why it ended: {said!r}"
        return made


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "there"])
@pytest.mark.parametrize("kind", ERRORS)
def test_a_start_succeeds_or_says_why_not(tmp_path, kind, is_new):
    starts = Starts(tmp_path)
    made = starts.start(kind, 10**9, False, "nothing fails")
    for forever, at in itertools.product((False, True), numbers(made)):
        if is_new:
            for file in tmp_path.glob("till.db*"):
                file.unlink()
        starts.start(kind, at, forever, f"{kind} {at} of {made}, {'forever' if forever else 'once'}")
    if starts.path.exists():
        starts.start(kind, 10**9, False, "nothing fails any more")
        assert till("audit", "--db", starts.path).returncode == 0
