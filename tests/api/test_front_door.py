"""`make run` and `make storefront` as one types them: their port, their database, and their end by Ctrl-C."""
import os
import select
import shutil
import signal
import socket
import subprocess
import time

import httpx
import pytest

import postgres
from server import PATIENCE_S, ROOT, SANITIZED, TILL, environment

pytestmark = pytest.mark.skipif(SANITIZED or postgres.WANTED or TILL != ROOT / "build" / "till" or not shutil.which("make"),
                                reason="make run builds and serves build/till")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def make(*arguments, **kwargs) -> subprocess.Popen:
    """Runs make in a process group of its own, as a terminal does, so that Ctrl-C reaches all of it."""
    env = {k: v for k, v in environment().items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DB", "PORT")}
    return subprocess.Popen(["make", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            start_new_session=True, env=env, **kwargs)  # fmt: skip


def read_until(process: subprocess.Popen, mark: str) -> str:
    end, text = time.monotonic() + PATIENCE_S, ""
    while mark not in text and time.monotonic() < end and select.select([process.stdout], [], [], PATIENCE_S)[0]:
        if not (part := os.read(process.stdout.fileno(), 65536).decode()):
            break
        text += part
    assert mark in text, text
    return text


def test_run_takes_a_port_and_a_database_and_ends_quietly(tmp_path):
    port, file = free_port(), tmp_path / "a shop.db"
    process = make("run", f"DB={file}", f"PORT={port}", "ARGS=--log none")
    text = read_until(process, "listening on ")
    address = f"http://127.0.0.1:{port}"
    assert f"{address}/admin" in text and f"{address}/docs" in text and text.endswith(f"listening on {address}\n")
    assert httpx.get(f"{address}/products?limit=1").json() and file.exists()
    for origin in ("http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:5173", "http://127.0.0.1:5173"):
        assert httpx.get(f"{address}/products?limit=1", headers={"Origin": origin}).headers["access-control-allow-origin"] == origin
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGINT and "make" not in error
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def failure(*arguments) -> str:
    _, error = make("storefront", *arguments).communicate(timeout=PATIENCE_S)
    assert "Installing" not in error and "Building" not in error
    return error


def test_the_storefront_says_at_once_that_its_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} is taken. Another one: make storefront PORT={port + 1}" in failure(f"PORT={port}", f"DB={tmp_path}/x.db")


def test_the_storefront_says_at_once_that_its_database_is_served_elsewhere(serve):
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 8000)) == 0:
            pytest.skip("port 8000 is in use, and its shop would be taken")
    error = failure(f"PORT={free_port()}", f"DB={serve().folder}/till.db")
    assert "is not on http://127.0.0.1:8000" in error and "make storefront TILL_URL=http://" in error
