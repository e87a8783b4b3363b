#!/usr/bin/python3
"""Plants known bugs, one at a time, and shows which test catches each.

    tests/planted/planted.py                  all of them
    tests/planted/planted.py stock webhook    those with one of these words in their name, file or test
    tests/planted/planted.py --check          only whether each bug still fits the code: takes no time, and `make lint` does it

The bugs are in the tables beside this file (*.toml), a table for each part of src/:

    [[bug]]
    name = "stock is taken that is not there"
    file = "src/shop/stock.c"
    old = ' AND stock_quantity >= $1 RETURNING price'      once in the file, and there as it is here
    new = ' RETURNING price'
    test = "api contention -k ten_units"

A test is one of these, with what follows handed on to it:

    unit NAME                    tests/unit/…/test_NAME.c
    api NAME -k …                tests/api/test_NAME.py
    pg unit …, pg api …          the same on PostgreSQL
    sim SEED STEPS               a run of the simulator
    cuts MODE WORD               power cuts or failing calls in the requests with this word in their path
    node FOLDER FILE             tests/FOLDER/FILE.test.js, with the packages that npm has put there

Each worker has a copy of the tree in build-planted/, with a build folder of its own. There each test runs once on the code as it is,
because a test that fails anyway shows nothing. Exit 1: a bug survived. Exit 2: a bug or its test is no longer right.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import dataclasses
import filecmp
import os
import pathlib
import queue
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
COPIES = ROOT / "build-planted"
BUGS_MIN = 64
LIMIT_S = 120  # of a test that takes a second or two: past it, it hangs
PYTEST_FAILED = 1  # its exit code if tests ran, and some failed


class TableError(Exception):
    """A bug that cannot be planted, or a test that shows nothing."""


@dataclasses.dataclass(frozen=True)
class Bug:
    name: str
    file: str
    old: str
    new: str
    test: str

    @property
    def room(self) -> str:
        """Its folder in src/: `shop/orders`."""
        return str(pathlib.PurePath(self.file).parent.relative_to("src"))

    def has_word(self, words: list[str]) -> bool:
        return not words or any(word in f"{self.name} {self.file} {self.test}" for word in words)

    def planted(self, text: str) -> str:
        """The file's text with the bug in it."""
        count = text.count(self.old)
        if count != 1:
            raise TableError(f"{self.name}: {self.file} has its old text {count} times. If the code has moved on, so must the bug")
        return text.replace(self.old, self.new)


def read_bugs() -> list[Bug]:
    bugs = []
    for path in sorted(HERE.glob("*.toml")):
        bugs += [Bug(**{k: v.strip("\n") for k, v in row.items()}) for row in tomllib.loads(path.read_text())["bug"]]
    return bugs


# ---- Tests.


@dataclasses.dataclass(frozen=True)
class Test:
    """What a bug's `test` means: what is built for it, what is run, and where its source is."""

    target: str
    command: list[str]
    source: str
    is_pytest: bool = False
    on_postgres: bool = False


def read_test(text: str) -> Test:
    words = shlex.split(text)
    on_postgres = words[0] == "pg"
    kind, *rest = words[1:] if on_postgres else words
    if kind == "unit":
        (name,) = rest
        found = [p.relative_to(ROOT) for p in ROOT.glob(f"tests/unit/**/test_{name}.c")]
        return Test(f"tests/test_{name}", [f"build/tests/test_{name}"], str((found or [f"tests/unit/test_{name}.c"])[0]), on_postgres=on_postgres)
    if kind == "api":
        source = f"tests/api/test_{rest[0]}.py"
        pytest = ["/usr/bin/python3", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", source, *rest[1:]]
        return Test("till tests/probe_server", pytest, source, is_pytest=True, on_postgres=on_postgres)
    if kind == "sim":
        seed, steps = rest
        return Test("tests/till_sim", ["build/tests/till_sim", "--seed", seed, "--steps", steps, "--as-it-is"], "tests/sim/main.c")
    if kind == "cuts":
        return Test("tests/cuts", ["build/tests/cuts", *rest], "tests/sim/cuts.c")
    if kind == "node":
        folder, name = rest
        source = f"tests/{folder}/{name}.test.js"
        return Test("till", ["node", "--test", source], source)
    raise TableError(f"'{text}' is no test; see the head of tests/planted/planted.py")


def names_a_test(test: Test, text: str) -> bool:
    """Whether a word of -k is in the name of a test of the file: a misspelt one would choose none."""
    words = shlex.split(text)
    if not test.is_pytest or "-k" not in words:
        return True
    wanted = [w for w in re.findall(r"\w+", words[words.index("-k") + 1]) if w not in ("and", "or", "not")]
    source = (ROOT / test.source).read_text()
    return all(any(word in line for line in source.splitlines()) for word in wanted)


def environment(tree: pathlib.Path, test: Test) -> dict[str, str]:
    own = {"TILL": str(tree / "build/till"), "TILL_PROBE": str(tree / "build/tests/probe_server"), "TILL_TEST_DB": "", "PATIENCE_S": "45", "PYTHONDONTWRITEBYTECODE": "1"}
    if test.on_postgres and test.is_pytest:
        own["TILL_TEST_DB"] = "postgres"
    return {k: v for k, v in os.environ.items() if k not in ("CI", "SLOW", "SOAK")} | own


# ---- The table's own check.


def check(bugs: list[Bug]) -> None:
    names = [bug.name for bug in bugs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise TableError(f"two bugs have one name: {', '.join(sorted(twice))}")
    if len(bugs) < BUGS_MIN:
        raise TableError(f"there are {len(bugs)} bugs, and there should be {BUGS_MIN} at least")
    for bug in bugs:
        test = read_test(bug.test)
        if bug.planted((ROOT / bug.file).read_text()) == (ROOT / bug.file).read_text():
            raise TableError(f"{bug.name}: its new text is its old text")
        if not (ROOT / test.source).exists() or not names_a_test(test, bug.test):
            raise TableError(f"{bug.name}: there is no test '{bug.test}'")


# ---- A copy of the tree.


def copy_tree(tree: pathlib.Path) -> None:
    """Brings a copy up to date. Only files that differ are written, so that the build stays incremental."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    wanted = {name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()}
    for path in [p for p in tree.rglob("*") if p.is_file() or p.is_symlink()]:
        name = str(path.relative_to(tree))
        if not name.startswith("build/") and name not in wanted:
            path.unlink()
    for name in wanted:
        to = tree / name
        if not to.exists() or not filecmp.cmp(ROOT / name, to, shallow=False):
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to)
    for packages in ROOT.glob("tests/*/node_modules"):
        to = tree / packages.relative_to(ROOT)
        if not to.is_symlink():
            to.symlink_to(packages)


def run(tree: pathlib.Path, command: list[str], limit_s: float | None = None, env: dict | None = None) -> tuple[int | None, str]:
    """The exit code, or None if it took longer than the limit; and the output. Whatever the command has started ends with it."""
    process = subprocess.Popen(
        command, cwd=tree, env=env, text=True, errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=limit_s)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            return None, process.communicate(timeout=10)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, process.communicate()[0]


class Copy:
    """A worker's tree and build folder."""

    def __init__(self, number: int):
        self.tree = COPIES / str(number)
        self.tree.mkdir(parents=True, exist_ok=True)
        copy_tree(self.tree)
        if not (self.tree / "build/build.ninja").exists():
            code, output = run(self.tree, ["meson", "setup", "build", "--buildtype=release", "-Dwerror=false"])
            if code != 0:
                raise TableError(output)

    def build(self, test: Test) -> str:
        """Returns the compiler's complaint, or nothing."""
        code, output = run(self.tree, ["ninja", "-C", "build", *test.target.split()])
        return output[-2000:] if code != 0 else ""

    def test(self, test: Test) -> tuple[int | None, str]:
        command = test.command
        if test.on_postgres and not test.is_pytest:
            command = ["/usr/bin/python3", "tools/with_postgres.py", *command]
        return run(self.tree, command, LIMIT_S, environment(self.tree, test))

    @contextlib.contextmanager
    def planted(self, bug: Bug):
        """The tree has the bug in it. It is the copy's own file that comes back, because the tree that is copied may have changed."""
        path = self.tree / bug.file
        sound = path.read_text()
        path.write_text(bug.planted(sound))
        try:
            yield
        finally:
            path.write_text(sound)


# ---- Planting.


@dataclasses.dataclass
class Outcome:
    bug: Bug
    verdict: str  # caught, SURVIVED, or WRONG: the table must be mended
    how: str
    seconds: float = 0


def what_failed(test: Test, code: int | None, output: str) -> str:
    if code is None:
        return f"it hangs: no end after {LIMIT_S} s"
    found = re.findall(r"^(?:FAILED|ERROR) \S+::(\S+)|^\[  FAILED  \] (\w+)$|^(step \d+: .*|.*BREACH.*|.*Assertion .*)$", output, re.M)
    named = next((text for groups in found for text in groups if text), "")
    return named or next((line for line in reversed(output.splitlines()) if line.strip()), f"exit code {code}")[:160]


class Planter:
    """Runs tests on the code as it is, once each, and then with bugs."""

    def __init__(self, jobs: int):
        self.copies: queue.Queue[Copy] = queue.Queue()
        self.jobs = jobs
        self.sound: dict[str, str] = {}  # by test: why it shows nothing, or an empty text
        self.locks: dict[str, threading.Lock] = {}
        self.lock = threading.Lock()

    def open(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for copy in pool.map(Copy, range(self.jobs)):
                self.copies.put(copy)

    def why_unsound(self, copy: Copy, text: str) -> str:
        """Why the test shows nothing. Runs it the first time that it is asked for."""
        with self.lock:
            own = self.locks.setdefault(text, threading.Lock())
        with own:
            if text not in self.sound:
                test = read_test(text)
                complaint = copy.build(test)
                code, output = (0, "") if complaint else copy.test(test)
                is_empty = test.is_pytest and not re.search(r"\b\d+ passed", output)
                self.sound[text] = complaint or (f"without the bug: {what_failed(test, code, output)}" if code != 0 else "it runs no test" if is_empty else "")
            return self.sound[text]

    def try_bug(self, copy: Copy, bug: Bug) -> Outcome:
        test = read_test(bug.test)
        if why := self.why_unsound(copy, bug.test):
            return Outcome(bug, "WRONG", why)
        began = time.monotonic()
        with copy.planted(bug):
            if complaint := copy.build(test):
                return Outcome(bug, "WRONG", f"it does not compile: {complaint}")
            code, output = copy.test(test)
        seconds = time.monotonic() - began
        if code == 0:
            return Outcome(bug, "SURVIVED", bug.test, seconds)
        if test.is_pytest and code not in (None, PYTEST_FAILED):
            return Outcome(bug, "WRONG", f"pytest's exit code {code}: {output[-500:]}", seconds)
        return Outcome(bug, "caught", what_failed(test, code, output), seconds)

    def __call__(self, bug: Bug) -> Outcome:
        copy = self.copies.get()
        try:
            return self.try_bug(copy, bug)
        except TableError as error:
            return Outcome(bug, "WRONG", str(error))
        finally:
            self.copies.put(copy)


def show(outcome: Outcome) -> None:
    bug = outcome.bug
    print(f"{outcome.verdict:8} {outcome.seconds:5.1f} s  {bug.room:24} {bug.name}\n{'':18}{bug.test}: {outcome.how}", flush=True)


def plant_all(bugs: list[Bug], jobs: int) -> int:
    planter = Planter(jobs)
    planter.open()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        outcomes = []
        for done in concurrent.futures.as_completed([pool.submit(planter, bug) for bug in bugs]):
            outcomes.append(done.result())
            show(outcomes[-1])
    of = {verdict: [o for o in outcomes if o.verdict == verdict] for verdict in ("caught", "SURVIVED", "WRONG")}
    print(f"{len(outcomes)} bugs in {len({b.room for b in bugs})} rooms: {len(of['caught'])} caught, {len(of['SURVIVED'])} survived, {len(of['WRONG'])} wrong")
    for outcome in of["SURVIVED"] + of["WRONG"]:
        print(f"{outcome.verdict}: {outcome.bug.name}")
    return 2 if of["WRONG"] else 1 if of["SURVIVED"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only whether each bug still fits the code")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="bugs at a time")
    parser.add_argument("words", nargs="*", help="in a bug's name, file or test; none: all bugs")
    options = parser.parse_args()
    bugs = read_bugs()
    try:
        check(bugs)
        chosen = [bug for bug in bugs if bug.has_word(options.words)]
        if not chosen:
            raise TableError(f"no bug has any of these words: {' '.join(options.words)}")
        return 0 if options.check else plant_all(chosen, options.jobs)
    except TableError as error:
        print(f"planted: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
