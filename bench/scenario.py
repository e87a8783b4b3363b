"""The type of a promise, and what all scenarios share: binaries, cores, a folder for databases, servers."""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from load import Pair
from process import BenchError, Server, cores


@dataclass
class Figures:
    rounds: list[float]
    pairs: list[Pair] = field(default_factory=list)  # rounds of a comparison with a bare loop or server

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


@dataclass(frozen=True)
class Scenario:
    """One promise: the median of what `measure` returns is at most, or at least, `target`."""

    name: str
    unit: str
    limit: str  # "≤" or "≥"
    target: float
    measure: Callable[[Bench], Figures]

    def kept(self, figures: Figures) -> bool:
        return figures.median <= self.target if self.limit == "≤" else figures.median >= self.target


@dataclass(eq=False)  # hashable, so that functions can be cached by it
class Bench:
    build: Path
    directory: Path  # removed at the end
    rounds: int
    seconds: int
    control: bool
    scenario_name: str = ""

    def __post_init__(self) -> None:
        self.server_core, self.client_core = cores()

    def binary(self, name: str) -> Path:
        """`till`, or a yardstick such as `bench/bare`."""
        path = self.build / name
        if not path.is_file():
            raise BenchError(f"{path} is missing: run `make bench`, or say where the build is with --build")
        return path

    def progress(self, text: str) -> None:
        print(f"  {self.scenario_name}: {text}", file=sys.stderr, flush=True)

    def run_till(self, *arguments: str) -> str:
        command = [str(self.binary("till")), *arguments]
        done = subprocess.run(command, cwd=self.directory, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        if done.returncode != 0:
            raise BenchError(f"`{' '.join(command)}` ended with {done.returncode}: {said}")
        return said

    def seeded(self, path: Path, products: int) -> Path:
        """A database of made-up products."""
        if not path.exists():
            self.progress(f"making a catalogue of {products:,} products")
            self.run_till("seed", "--db", str(path), "--products", str(products))
        return path

    def kept(self, products: int) -> Path:
        """The same, kept for the next run, because a large one takes long. It depends on the program."""
        program = hashlib.sha256(self.binary("till").read_bytes()).hexdigest()[:12]
        path = self.build / "bench" / f"{products}-{program}.db"
        if not path.exists():
            for old in path.parent.glob(f"{products}-*"):
                old.unlink()
            self.seeded(path.with_suffix(".unfinished"), products).rename(path)
        return path

    def serve(self, database: Path, *flags: str) -> Server:
        command = [str(self.binary("till")), "serve", "--db", str(database), "--listen", "127.0.0.1:0"]
        command += ["--log", "none", "--threads", "1", *flags]
        return Server("till", command, self.server_core, self.directory)


def rates_of(pairs: list[Pair]) -> Figures:
    return Figures([pair.rate_ratio for pair in pairs], pairs)


NO_CACHE = ("--cache-mib", "0")
