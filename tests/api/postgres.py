"""A PostgreSQL of the tests' own, for TILL_TEST_DB=postgres: a cluster in a temporary folder, started by an ordinary
user (by `postgres` where the tests run as root), and in it a database for each one that a test names by a file's path.

It does not wait for the disk, which is as good as one that does as long as the machine itself is not switched off.
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
    """Debian keeps each version's programs in a folder of its own."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    assert versions, "PostgreSQL is missing: tools/setup.sh test"
    return versions[-1]


def free_port() -> int:
    """Below those that the system gives to outgoing connections, one of which would have it before its server does."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)  # hypothesis makes the other random repeat itself
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
        """As the cluster's own user, who could not look into the folder that the tests run in."""
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
        """kill -9 of the postmaster, and of all that it has started, which would outlive it."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # it starts nobody more
        started = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in [postmaster, *map(int, started)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(runs(pid) for pid in [postmaster, *map(int, started)]):
            time.sleep(0.01)
        (self.data / "postmaster.pid").unlink()  # a process that nobody has waited for still has its number

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
    """The one that the tests share, until they end."""
    made = Cluster()
    atexit.register(made.remove)
    return made


@functools.cache
def template() -> str:
    """A database with the schema and nothing in it: copying it is faster than making it."""
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
    """The database that stands for a file, made at the first mention."""
    path = pathlib.Path(path).absolute()
    if path not in databases:
        name = f"shop_{next(numbers)}"
        cluster().execute(f"CREATE DATABASE {name} OWNER till TEMPLATE {template()} STRATEGY file_copy")
        databases[path] = cluster().url(name)
    return databases[path]


def stored() -> bytes:
    """All that the cluster has written to its disk."""
    cluster().execute("CHECKPOINT")
    return b"".join(p.read_bytes() for p in cluster().data.rglob("*") if p.is_file() and p.name != "postmaster.pid")


def copy(url: str, to: pathlib.Path) -> None:
    """A copy of a database that nobody is connected to."""
    databases[to] = cluster().url(name := f"copy_{next(numbers)}")
    source = url.rsplit("/", 1)[1]
    cluster().execute(f"CREATE DATABASE {name} OWNER till TEMPLATE {source} STRATEGY file_copy")


def drop(folder: pathlib.Path) -> None:
    """The databases of a folder that goes."""
    for path in [p for p in databases if p.parent == folder.absolute()]:
        cluster().execute(f"DROP DATABASE {databases.pop(path).rsplit('/', 1)[1]} WITH (FORCE)")


class Connection:
    """What sqlite3's connection is to the tests, as far as they use it."""

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
