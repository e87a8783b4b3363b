"""Load from wrk on its own core, and comparisons of two servers in turns, so that noise hits both alike."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from process import BenchError, Server, pinned

CONNECTIONS = 64
WARM_UP_SECONDS = 1
SETTLE_SECONDS = 0.3  # until the load beside has begun

# Requests are made once, before the clock runs; in the loop Lua only picks the next one. A single path needs no Lua there.
SCRIPT_PATHS = """
local paths = {%s}
local requests, turn = {}, 0
function init()
  for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end
end
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
"""
SCRIPT_DONE = """
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
"""


@dataclass(frozen=True)
class Sample:
    """One run of wrk against one server."""

    requests: int
    seconds: float
    cpu_seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.cpu_seconds / self.requests * 1e6

    @property
    def busy(self) -> float:
        """The share of its core that the server used. Well below 1 means that wrk was the bottleneck."""
        return self.cpu_seconds / self.seconds


class Wrk:
    """Sends GETs of the paths in turn, from `core`. Both sides get the same script."""

    def __init__(
        self, paths: Sequence[str], core: int, directory: Path, connections: int = CONNECTIONS, script: str = ""
    ) -> None:
        """`script` is Lua that makes the requests itself."""
        self.core, self.connections = core, connections
        self.first_path = paths[0]
        if not script and len(paths) > 1:
            script = SCRIPT_PATHS % ", ".join(json.dumps(path) for path in paths)
        with tempfile.NamedTemporaryFile("w", dir=directory, suffix=".lua", delete=False) as file:
            file.write(script + SCRIPT_DONE)
        self.script = Path(file.name)

    def _command(self, server: Server, seconds: int) -> list[str]:
        url = f"http://127.0.0.1:{server.port}{self.first_path}"
        return ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "-s", str(self.script), url]

    @contextlib.contextmanager
    def beside(self, server: Server, seconds: int) -> Iterator[None]:
        """A load while the block measures, on the same core with lower priority; it ends with the block."""
        command = ["chrt", "--idle", "0", *self._command(server, seconds)]
        with pinned(self.core):
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(SETTLE_SECONDS)
        try:
            yield
        finally:
            running.terminate()
            running.wait()

    def run(self, server: Server, seconds: int) -> Sample:
        cpu_before = server.cpu_seconds()
        with pinned(self.core):
            wrk = subprocess.run(
                self._command(server, seconds), capture_output=True, text=True, timeout=seconds + 30, check=False
            )
        cpu_seconds = server.cpu_seconds() - cpu_before
        _, found, result = wrk.stdout.rpartition("RESULT ")
        if wrk.returncode != 0 or not found:
            raise BenchError(f"wrk failed against {server.name}: {wrk.stdout}{wrk.stderr}")
        counted = json.loads(result)
        if counted["refused"] or counted["broken"] or not counted["requests"]:
            raise BenchError(
                f"{server.name} failed some of wrk's requests like {self.first_path}: {result.strip()}"
            )
        return Sample(
            requests=counted["requests"],
            seconds=counted["microseconds"] / 1e6,
            cpu_seconds=cpu_seconds,
            p50_ms=counted["p50"] / 1000,
            p99_ms=counted["p99"] / 1000,
        )


def run_loop(command: list[str], core: int) -> Sample:
    """One run of a yardstick that is a program and not a server, and prints its own figures."""
    with pinned(core):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {done.stderr}")
    counted = json.loads(done.stdout)
    return Sample(
        requests=counted["requests"],
        seconds=counted["microseconds"] / 1e6,
        cpu_seconds=counted["cpu_seconds"],
        p50_ms=counted["p50"] / 1000,
        p99_ms=counted["p99"] / 1000,
    )


@dataclass(frozen=True)
class Pair:
    """One round: both sides, directly one after the other."""

    till: Sample
    bare: Sample

    @property
    def cpu_ratio(self) -> float:
        return self.till.cpu_us / self.bare.cpu_us

    @property
    def rate_ratio(self) -> float:
        return self.till.rate / self.bare.rate


def alternate(
    run_till: Callable[[int], Sample],
    run_bare: Callable[[int], Sample],
    rounds: int,
    seconds: int,
    progress: Callable[[str], None],
) -> list[Pair]:
    """Till, bare, bare, till, till, bare …, so that a drift of the machine's speed hits both."""
    run_till(WARM_UP_SECONDS)
    run_bare(WARM_UP_SECONDS)
    pairs = []
    for number in range(rounds):
        if number % 2 == 0:
            till = run_till(seconds)
            bare = run_bare(seconds)
        else:
            bare = run_bare(seconds)
            till = run_till(seconds)
        pairs.append(Pair(till, bare))
        progress(
            f"round {number + 1}/{rounds}: till {till.rate:,.0f} req/s {till.cpu_us:.2f} µs, "
            f"bare {bare.rate:,.0f} req/s {bare.cpu_us:.2f} µs, CPU × {pairs[-1].cpu_ratio:.2f}"
        )
    return pairs


def median_of(samples: Sequence[Sample], figure: Callable[[Sample], float]) -> float:
    return statistics.median(figure(sample) for sample in samples)
