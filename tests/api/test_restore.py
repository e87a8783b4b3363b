"""till restore, and backups that are copied by hand: a database never meets the log of another one."""
import os
import random
import shutil
import subprocess

import httpx
import pytest

import postgres
from server import TILL, content, environment, till
from shopping import add, audit, create, shopper, stock
from test_disk import shim  # noqa: F401, a fixture

pytestmark = postgres.FILE_ONLY
ROUNDS = 200 if os.environ.get("CI") else 25


def names(server) -> set[str]:
    return {product["name"] for product in httpx.get(f"{server.address}/products?limit=500", verify=False).json()}


def restore(backup, database, **kwargs):
    return till("restore", backup, "--db", database, **kwargs)


def shop_with_backup(serve, kill=True):
    """A shop that went on after its backup and was killed, so that it has a log."""
    server = serve()
    lamp = create(server, name="Lamp")
    assert till("backup", server.folder / "copy.db", "--db", server.db).returncode == 0
    server.stop()
    server = serve(server.folder)
    create(server, name="Desk")
    add(shopper(server), lamp, 3)
    server.kill() if kill else server.stop()
    return server, lamp


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.glob("till.db*") if "mock" not in path.name and "claims" not in path.name)


def test_a_restored_backup_is_served_and_the_old_shop_is_kept(serve):
    server, lamp = shop_with_backup(serve)
    done = restore(server.folder / "copy.db", server.db)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert files(server.folder) == ["till.db", "till.db.old", "till.db.old-wal"]
    assert content(server) == content(server.folder / "copy.db")
    old = serve(server.folder, db="till.db.old")
    assert shopper(old).get("/cart").json()[0]["quantity"] == 3
    old.stop()
    server = serve(server.folder)
    assert shopper(server).get("/cart").json() == [] and stock(server, lamp) == lamp["stock_quantity"]
    create(server, name="Mug")
    server.stop()
    audit(server)


def test_a_backup_is_restored_where_nothing_was(serve, tmp_path):
    server, _ = shop_with_backup(serve)
    assert restore(server.folder / "copy.db", tmp_path / "new.db").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["new.db"]
    audit(tmp_path / "new.db")


def test_a_shop_that_is_served_is_not_replaced(serve):
    server = serve()
    create(server)
    copy = server.folder / "copy.db"
    assert till("backup", copy, "--db", server.db).returncode == 0
    before = files(server.folder)
    done = restore(copy, server.db)
    assert done.returncode == 1 and "in use" in done.stderr and done.stderr.endswith("; nothing was restored\n")
    assert files(server.folder) == before
    create(server)


def test_an_older_shop_is_not_overwritten(serve):
    server, _ = shop_with_backup(serve)
    precious = server.folder / "till.db.old"
    precious.write_text("precious")
    done = restore(server.folder / "copy.db", server.db)
    assert done.returncode == 1 and "till.db.old: is there already" in done.stderr
    assert precious.read_text() == "precious" and not (server.folder / "till.db.part").exists()


@pytest.mark.parametrize("arguments", [["gone.db"], ["text"], [":memory:"], ["copy.db", "--db", ":memory:"]])
def test_what_cannot_be_restored(tmp_path, arguments):
    (tmp_path / "text").write_text("no database " * 1000)
    done = till("restore", *arguments, cwd=tmp_path)
    assert done.returncode in (1, 2) and done.stderr.startswith("till: ")
    assert [path.name for path in tmp_path.iterdir()] == ["text"]


@pytest.mark.parametrize("operation", ["rename:.part", "rename:-wal", "unlink:-shm", "sync:/disk"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_restore_that_is_killed_is_done_again(serve, shim, operation, at):
    server, _ = shop_with_backup(serve)
    folder = server.folder / "disk"
    folder.mkdir()
    for path in server.folder.glob("till.db*"):
        path.rename(folder / path.name)
    faults = {"LD_PRELOAD": str(shim), "DISK_LOG": str(folder.parent / "record"), "DISK_ROOT": str(server.folder)}
    faults |= {"DISK_KILL": str(at), "DISK_ON": operation}
    subprocess.run([TILL, "restore", "../copy.db"], cwd=folder, env=environment(**faults), check=False)
    if (folder / "till.db.part").exists():
        (folder / "till.db.part").unlink()
    if not (folder / "till.db.old-wal").exists():
        done = restore("../copy.db", "till.db", cwd=folder)
        assert done.returncode == 0, done.stderr
    assert content(folder / "till.db") == content(server.folder / "copy.db")
    old = serve(folder, db="till.db.old")
    assert shopper(old).get("/cart").json()[0]["quantity"] == 3


def test_a_start_beside_the_log_of_another_database_is_refused(serve):
    server, _ = shop_with_backup(serve)
    shutil.copy(server.folder / "copy.db", server.db)
    log = server.folder / "till.db-wal"
    before = log.read_bytes()
    with pytest.raises(AssertionError, match="till.db-wal away"):
        serve(server.folder)
    for command in ("audit", "export"):
        done = till(command, "--db", server.db)
        assert done.returncode != 0 and "till.db-wal away" in done.stderr
    assert log.read_bytes() == before
    log.rename(server.folder / "away")
    server = serve(server.folder)
    assert names(server) == {"Lamp"}
    server.stop()
    audit(server)


def test_backups_writes_kills_and_copies_in_any_order(serve):
    """A start shows what was last written or restored, or is refused, and it is never refused without a foreign log."""
    pick = random.Random(55)
    server, shown, foreign = serve(), set(), False
    folder, backups = server.folder, []
    for number in range(ROUNDS):
        action = pick.choice(["write", "write", "backup", "kill", "stop", "copy", "restore"])
        if action == "write":
            create(server, name=f"Lamp {number}", category=f"c{number % 50}")
            shown = shown | {f"Lamp {number}"}
        elif action == "backup":
            backups.append((folder / f"copy-{number}.db", shown))
            assert till("backup", backups[-1][0], "--db", server.db).returncode == 0
        elif action in ("kill", "stop") or backups:
            server.stop() if action == "stop" or action == "restore" and pick.random() < 0.5 else server.kill()
            if action in ("copy", "restore"):
                log = folder / "till.db-wal"
                foreign = action == "copy" and log.exists() and log.stat().st_size > 0
                path, shown = pick.choice(backups)
                if action == "copy":
                    shutil.copy(path, folder / "till.db")
                else:
                    assert restore(path, "till.db", cwd=folder).returncode == 0
                    for old in folder.glob("till.db.old*"):
                        old.unlink()
            if foreign:
                with pytest.raises(AssertionError, match="till.db-wal away"):
                    serve(folder)
                log.unlink()
                foreign = False
            server = serve(folder)
            assert names(server) == shown, (number, action)
    server.stop()
    audit(server)
