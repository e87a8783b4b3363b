"""A till process under test: on a free port, stopped by its own pid, and checked after its end.

The environment names the binaries: TILL (the release or a sanitizer's build) and TILL_PROBE (the server of the
HTTP probes). No test waits for a fixed time. The time-outs here only detect that something hangs, and are long
enough for the slowest build on a busy machine.
"""
from __future__ import annotations

import functools
import os
import pathlib
import re
import resource
import select
import signal
import sqlite3
import subprocess
import time

import httpx

import postgres
from contract import Contract
from wire import Wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
TILL = pathlib.Path(os.environ.get("TILL", ROOT / "build" / "till")).absolute()
PROBE = pathlib.Path(os.environ.get("TILL_PROBE", ROOT / "build" / "tests" / "probe_server")).absolute()
CATALOGUE = DATA / "catalogue.json"

TOKEN = "the-admins-token-of-the-tests"
ADMIN = {"Authorization": "Bearer " + TOKEN}
PATIENCE_S = int(os.environ.get("PATIENCE_S") or 120)  # for steps that normally take milliseconds

SANITIZER = re.compile(r"(Address|Thread|Leak|Memory)Sanitizer|runtime error:|Assertion .* failed")
SANITIZED = TILL.exists() and re.search(rb"__[at]san_init", TILL.read_bytes()) is not None


def product(**fields) -> dict:
    """The JSON of a valid product."""
    return {
        "name": "Desk lamp",
        "description": "Warm light.",
        "price": 2999,
        "stock_quantity": 12,
        "category": "lighting",
        "image_url": "/media/desk-lamp.svg",
    } | fields


def database_of(path) -> str | pathlib.Path:
    """The value of --db for a test's file: its path, or a database's URL if the tests run on PostgreSQL."""
    text = str(path)
    if not postgres.WANTED or text == ":memory:" or text.startswith("postgres"):
        return path
    return postgres.url_for(pathlib.Path(path))


def till(*arguments, **kwargs) -> subprocess.CompletedProcess:
    """Runs a command of till and waits for its end: longer than for a request, because it may fill a whole shop."""
    arguments = [database_of(a) if before == "--db" else a for before, a in zip([None, *arguments], arguments)]
    kwargs = {"capture_output": True, "text": True, "timeout": 4 * PATIENCE_S, "env": environment()} | kwargs
    done = subprocess.run([TILL, *map(str, arguments)], **kwargs)
    assert not SANITIZER.search(str(done.stderr)), done.stderr
    return done


def environment(**more) -> dict[str, str]:
    """The tests' environment without TILL_… variables, because these set till's flags; the tests may run as root."""
    return {k: v for k, v in os.environ.items() if not k.startswith("TILL_")} | {"TILL_AS_ROOT": "true"} | more


def wait_until(what, why: str = "it never came true"):
    """Polls until `what()` returns a true value, and returns that."""
    end = time.monotonic() + PATIENCE_S
    while not (result := what()):
        assert time.monotonic() < end, why
        time.sleep(0.01)
    return result


class Process(subprocess.Popen):
    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end of the process. With a timeout, Popen would look for it in intervals of up to 50 ms."""
        if timeout is not None and self.returncode is None:
            with open(os.pidfd_open(self.pid), "rb") as end:
                poll = select.poll()
                poll.register(end, select.POLLIN)
                poll.poll(timeout * 1000)
        return super().wait(timeout)


class Server:
    """`till serve` in a folder. Flags are keyword arguments: `cors_origin="…"` is --cors-origin."""

    def __init__(self, folder: pathlib.Path, command=None, user=None, nofile=None, env=None, **flags):
        self.folder = pathlib.Path(folder)
        flags = {"db": "till.db", "listen": "127.0.0.1:0", "threads": 2, "log": "json", "admin_token": TOKEN} | flags
        is_url = flags["db"].startswith("postgresql:")
        self.db = flags["db"] if is_url else database_of(self.folder / flags["db"])
        books = "till.db" if is_url else flags["db"]
        self.books = self.folder / f"{books}.mock-books"  # of the mock provider
        if postgres.WANTED:
            flags = {"mock_ledger": self.books} | flags | {"db": self.db}
        self.token = flags["admin_token"]
        switches = [f"--{k.replace('_', '-')}" for k, v in flags.items() if v is True]
        arguments = switches + [f"--{k.replace('_', '-')}={v}" for k, v in flags.items() if v is not None and v is not True]
        self.command = command or [TILL, "serve", *arguments]
        self.stderr_path = self.folder / f"stderr-{time.monotonic_ns()}.log"
        self.output = ""
        with open(self.stderr_path, "wb") as stderr:
            self.process = Process(
                self.command,
                cwd=self.folder,
                env=environment(**(env or {})),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                user=user,
                preexec_fn=nofile and functools.partial(resource.setrlimit, resource.RLIMIT_NOFILE, (nofile, nofile)),
            )
        self.address = self._address()
        self._clients: list = []

    def _address(self) -> str:
        """Reads the output up to its last line, which says where the server listens."""
        end, fd = time.monotonic() + PATIENCE_S, self.process.stdout.fileno()
        while not (found := re.search(r"^listening on (\S+)\n", self.output, re.M)):
            ready, _, _ = select.select([fd], [], [], max(0, end - time.monotonic()))
            block = os.read(fd, 65536) if ready else b""
            if not block:
                self.process.kill()
                self.process.wait()
                self.process.stdout.close()
                raise AssertionError(f"the server did not start: {self.output}{self.errors}")
            self.output += block.decode()
        return found[1]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1])

    @property
    def errors(self) -> str:
        """The process's standard error so far."""
        return self.stderr_path.read_text(errors="replace")

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @functools.cached_property
    def contract(self) -> Contract:
        with httpx.Client(**self._where(), timeout=PATIENCE_S) as client:
            return Contract(client.get("/openapi.json").json())

    def _where(self) -> dict:
        if self.address.startswith("unix:"):
            return {"base_url": "http://localhost", "transport": httpx.HTTPTransport(uds=self.address[5:])}
        return {"base_url": self.address, "verify": False}  # plain HTTP: spare the 20 ms that loading certificates takes

    def client(self, admin: bool = True, **headers) -> httpx.Client:
        """A client that checks every answer against the server's own OpenAPI document."""
        headers = ({"Authorization": f"Bearer {self.token}"} if admin else {}) | headers
        client = httpx.Client(
            **self._where(),
            timeout=PATIENCE_S,
            headers=headers,
            trust_env=False,
            event_hooks={"response": [self.contract.check]},
        )
        self._clients.append(client)
        return client

    def wire(self, **options) -> Wire:
        """A connection on which tests send and receive bytes."""
        wire = Wire(self.address, PATIENCE_S, **options)
        self._clients.append(wire)
        return wire

    def metric(self, name: str, label: str = "") -> float:
        """A metric's value, summed over all its series, or over those with this label."""
        text = httpx.get(self.address + "/metrics", timeout=PATIENCE_S, trust_env=False, verify=False).text
        lines = [line for line in text.splitlines() if re.match(rf"{name}[{{ ]", line) and label in line]
        return sum(float(line.split()[-1]) for line in lines)

    def log(self) -> list[str]:
        return self.errors.splitlines()

    def memory_kib(self, name: str = "VmRSS") -> int:
        """A line of /proc/PID/status: VmRSS is what is resident, RssAnon what no file backs."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status)[1])

    def hang_up(self) -> None:
        """Closes the clients and connections that the test opened."""
        for client in self._clients:
            client.close()
        self._clients.clear()

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Waits for the end of the process, and fails if a sanitizer reported anything."""
        code = self.process.wait(PATIENCE_S)
        self.hang_up()
        self.process.stdout.close()
        assert not SANITIZER.search(self.errors), self.errors[-20000:]
        return code

    def stop(self) -> None:
        """Ends the server as every test does: SIGTERM must give exit code 0."""
        if self.process.returncode is None:
            self.terminate()
            code = self.wait()
            assert code == 0, f"exit code {code}: {self.errors[-20000:]}"

    def kill(self) -> None:
        """kill -9: the crash that a database must survive."""
        self.process.kill()
        self.wait()


def database(server_or_path, write: bool = False) -> sqlite3.Connection:
    """A connection of our own to a server's database, running or not."""
    path = database_of(getattr(server_or_path, "db", server_or_path))
    if postgres.WANTED:
        return postgres.Connection(path)
    return sqlite3.connect(f"file:{path}?mode={'rw' if write else 'ro'}", uri=True, isolation_level=None, timeout=60)


def content(server_or_path) -> str:
    """The content of a database as SQL text: databases with the same content give the same text."""
    if postgres.WANTED:
        return postgres.content(database_of(getattr(server_or_path, "db", server_or_path)))
    connection = database(server_or_path)
    try:
        return "\n".join(connection.iterdump())
    finally:
        connection.close()
