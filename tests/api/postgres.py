"""A PostgreSQL for the tests, for TILL_TEST_DB=postgres: a cluster in a temporary folder, run by an ordinary user (by
`postgres` if the tests run as root). Each database that a test names by a file's path is a database in this cluster.

It runs without fsync: no test of it needs more, because only a power cut would show the difference.
"""
from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import psycopg2
import pytest

WANTED = os.environ.get("TILL_TEST_DB") == "postgres"
FILE_ONLY = pytest.mark.skipif(WANTED, reason="is about SQLite's file")
SETTINGS = {
    "fsync": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 300,
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
    "log_min_messages": "fatal",
    "deadlock_timeout": "200ms",
}


def programs() -> pathlib.Path:
    """The folder of PostgreSQL's programs: Debian has one for each version."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    assert versions, "PostgreSQL is missing: tools/setup.sh test"
    return versions[-1]


def free_port() -> int:
    """A free port below those of outgoing connections: one of these could take it before the server does."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)  # hypothesis seeds `random`, so that repeats itself
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


def runs(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Cluster:
    def __init__(self, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="till-postgres-"))
        self.port = free_port()
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            who = pwd.getpwnam(self.user)
            os.chown(self.folder, who.pw_uid, who.pw_gid)
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync")
        with open(self.data / "postgresql.conf", "a") as conf:
            for name, value in (SETTINGS | settings).items():
                conf.write(f"{name} = '{value}'\n")
        self.start()
        self.execute("CREATE ROLE till LOGIN")

    def run(self, program: str, *arguments) -> None:
        """Runs a program as the cluster's user, in the cluster's folder: that user may not read the tests' folder."""
        done = subprocess.run(
            [programs() / program, *map(str, arguments)],
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout

    def start(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-o", f"-p {self.port}", "-l", self.folder / "log", "-w", "-s", "start")

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "-s", "stop")

    def kill(self) -> None:
        """kill -9 of the postmaster and of its children, which would outlive it."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # now it starts no more children
        started = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in [postmaster, *map(int, started)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(runs(pid) for pid in [postmaster, *map(int, started)]):
            time.sleep(0.01)
        (self.data / "postmaster.pid").unlink()  # a zombie still has its number

    def remove(self) -> None:
        with contextlib.suppress(AssertionError):  # a test may have killed it
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str = "postgres", user: str = "postgres"):
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database, user=user)
        connection.autocommit = True
        return connection

    def execute(self, statement: str, database: str = "postgres") -> None:
        connection = self.connect(database)
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def url(self, database: str) -> str:
        return f"postgresql://till@127.0.0.1:{self.port}/{database}"


@functools.cache
def cluster() -> Cluster:
    """The cluster that all tests of a run share."""
    made = Cluster()
    atexit.register(made.remove)
    return made


@functools.cache
def template() -> str:
    """A database with the schema of an empty shop: copying it is faster than creating the schema."""
    from server import till

    cluster().execute("CREATE DATABASE template_till OWNER till")
    done = till("seed", "--products", "0", "--db", cluster().url("template_till"))
    assert done.returncode == 0, done.stderr
    return "template_till"


def fresh() -> str:
    """The URL of a new database without a shop in it."""
    name = f"fresh_{next(numbers)}"
    cluster().execute(f"CREATE DATABASE {name} OWNER till")
    return cluster().url(name)


databases: dict[pathlib.Path, str] = {}
numbers = itertools.count()


def url_for(path: pathlib.Path) -> str:
    """The database that stands for a file; it is made when it is first asked for."""
    path = pathlib.Path(path).absolute()
    if path not in databases:
        name = f"shop_{next(numbers)}"
        cluster().execute(f"CREATE DATABASE {name} OWNER till TEMPLATE {template()} STRATEGY file_copy")
        databases[path] = cluster().url(name)
    return databases[path]


def stored() -> bytes:
    """The bytes that the cluster has written to its disk."""
    cluster().execute("CHECKPOINT")
    return b"".join(p.read_bytes() for p in cluster().data.rglob("*") if p.is_file() and p.name != "postmaster.pid")


def copy(url: str, to: pathlib.Path) -> None:
    """Copies a database that has no connections."""
    databases[to] = cluster().url(name := f"copy_{next(numbers)}")
    source = url.rsplit("/", 1)[1]
    cluster().execute(f"CREATE DATABASE {name} OWNER till TEMPLATE {source} STRATEGY file_copy")


def drop(folder: pathlib.Path) -> None:
    """Drops the databases of a folder that is removed."""
    for path in [p for p in databases if p.parent == folder.absolute()]:
        cluster().execute(f"DROP DATABASE {databases.pop(path).rsplit('/', 1)[1]} WITH (FORCE)")


def lock_tables(connection: Connection, *tables: str) -> None:
    """Begins a transaction that locks these tables. The chores, which run beside the test, lock some of them in another
    order: PostgreSQL then breaks one of the two off, and if that is this one, it begins again."""
    while True:
        connection.execute("BEGIN")
        try:
            connection.execute(f"LOCK {', '.join(tables)} IN EXCLUSIVE MODE")
            return
        except psycopg2.errors.DeadlockDetected:
            connection.execute("ROLLBACK")


class Connection:
    """Those parts of sqlite3's connection that the tests use, on PostgreSQL."""

    def __init__(self, url: str):
        self.connection = psycopg2.connect(url.replace("till@", "postgres@"))
        self.connection.autocommit = True

    def execute(self, sql: str, values=()):
        cursor = self.connection.cursor()
        cursor.execute(sql.replace("?", "%s"), tuple(values) or None)
        return cursor

    def close(self) -> None:
        self.connection.close()


def content(url: str) -> str:
    """Every row of every table, as text."""
    connection, lines = Connection(url), []
    try:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1").fetchall()
            lines += [f"{table} {row}" for (row,) in rows]
    finally:
        connection.close()
    return "\n".join(lines)
