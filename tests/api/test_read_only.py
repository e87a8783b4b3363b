"""A server that starts when its disk can only be read, or is full: it reads what is there, says what is wrong, and
recovers by itself. The disks are real ones: small ext4 file systems in files."""
import contextlib
import os
import pathlib
import shutil
import subprocess

import pytest

import postgres
from server import ADMIN, SANITIZED, TILL, product, wait_until
from shopping import audit

pytestmark = [postgres.FILE_ONLY, pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount disks and be another user")]

NOBODY = 65534  # a user without rights
SIDES = ["till.db-wal", "till.db-shm"]


def post(server, name: str) -> int:
    with server.client() as client:
        return client.post("/products", json=product(name=name)).status_code


def names(server) -> list[str] | None:
    with server.client() as client:
        answer = client.get("/products")
        found = client.get("/products/search")
    if (answer.status_code, found.status_code) != (200, 200):
        return None
    assert len(found.json()) == len(answer.json())
    return sorted(p["name"] for p in answer.json())


def run(*command) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def refuses_writes(server) -> None:
    """Reads what was answered before the kill, which is in the log alone, and refuses the rest."""
    assert names(server) == ["a", "b"]
    assert post(server, "refused") == 503
    with server.client() as client:
        assert client.get("/ready").status_code == 200  # it serves what it can
    assert "cannot be written: serving what is there" in server.errors


def recovers(server, writes: int = 3) -> None:
    wait_until(lambda: post(server, "c") == 201, "it never wrote again")
    assert "can be written again" in server.errors
    assert "c" in wait_until(lambda: names(server), "it never read again")
    for i in range(writes):
        assert post(server, f"d{i}") == 201
    assert len(names(server)) == 3 + writes


@pytest.fixture
def disk(tmp_path):
    """Mounts an ext4 of 8 MiB with blocks of 1 KiB."""
    image, folder = tmp_path / "image", tmp_path / "disk"
    folder.mkdir()
    with open(image, "wb") as file:
        file.truncate(8 << 20)
    made = shutil.which("mkfs.ext4") and subprocess.run(["mkfs.ext4", "-q", "-b", "1024", "-m", "0", image], capture_output=True)
    if not made or made.returncode or subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True).returncode:
        pytest.skip("needs mkfs.ext4 and loop devices")
    yield folder
    run("umount", "--lazy", folder)


@pytest.mark.parametrize("only", ["everything", "the log and its index"])
def test_files_that_could_only_be_read_at_the_start(serve, only):
    folder = serve.folder()
    folder.chmod(0o777)
    shutil.copy(TILL, folder / "till")
    command = [folder / "till", "serve", "--db=till.db", "--listen=127.0.0.1:0", f"--admin-token={ADMIN['Authorization'].split()[1]}"]
    server = serve(folder, command=command, user=NOBODY)
    assert (post(server, "a"), post(server, "b")) == (201, 201)
    server.kill()
    files = [folder / name for name in SIDES + (["till.db"] if only == "everything" else [])]
    for file in files:
        file.chmod(0o444)
    if only == "everything":
        folder.chmod(0o555)
    server = serve(folder, command=command, user=NOBODY)
    refuses_writes(server)
    folder.chmod(0o777)
    for file in files:
        file.chmod(0o644)
    recovers(server)
    server.kill()
    server = serve(folder, command=command, user=NOBODY)
    assert len(names(server)) == 6
    audit(server)


@pytest.mark.parametrize("index", ["left", "gone"])
def test_a_read_only_file_system_at_the_start(serve, disk, index):
    """As after errors=remount-ro. After a restart of the machine from a copy, the log is there without its index."""
    server = serve(disk)
    assert (post(server, "a"), post(server, "b")) == (201, 201)
    server.kill()
    if index == "gone":
        (disk / "till.db-shm").unlink()
    outside = serve.folder()  # for standard error
    run("mount", "-o", "remount,ro", disk)
    server = serve(outside, db=str(disk / "till.db"), mock_ledger=outside / "books")
    refuses_writes(server)
    run("mount", "-o", "remount,rw", disk)
    recovers(server)
    server.kill()
    server = serve(outside, db=str(disk / "till.db"), mock_ledger=outside / "books")
    assert len(names(server)) == 6
    audit(server)


def fill(folder: pathlib.Path, kib_left: int) -> pathlib.Path:
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 1024)
    os.truncate(filler, filler.stat().st_size - kib_left * 1024)
    os.sync()
    return filler


@pytest.mark.skipif(SANITIZED, reason="the sanitizer has a handler of its own for SIGBUS")
@pytest.mark.parametrize("kib_left", [0, 4, 12, 16, 24, 32])
def test_a_full_disk_at_the_start_has_a_clear_message(serve, disk, kib_left):
    """With blocks of 1 KiB, the log's index is mapped where the disk has no room: SIGBUS."""
    outside = serve.folder()
    options = {"db": str(disk / "till.db"), "mock_ledger": outside / "books"}
    server = serve(outside, **options)
    assert (post(server, "a"), post(server, "b")) == (201, 201)
    server.kill()
    (disk / "till.db-shm").unlink()
    filler = fill(disk, kib_left)
    with pytest.raises(AssertionError, match=r"till: .*till\.db: its disk is full"):
        serve(outside, **options)
    filler.unlink()
    server = serve(outside, **options)
    assert names(server) == ["a", "b"] and post(server, "c") == 201
    audit(server)
