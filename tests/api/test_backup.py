"""till backup: a complete copy, made while the shop runs; a server restores it by starting on it."""
import functools
import resource
import subprocess
import threading

import pytest

import postgres
from server import content, database, environment, product, till
from shopping import add, admin, audit, bought, create, execute, place, query, shopper

pytestmark = postgres.FILE_ONLY


def backup(server, path, **kwargs):
    return till("backup", path, "--db", getattr(server, "db", server), **kwargs)


def test_a_backup_is_started_on(serve):
    server = serve()
    ann, lamp = shopper(server), create(server, stock_quantity=9)
    line = add(ann, lamp)
    first = place(ann, line, key="k")
    held = add(ann, lamp, 2)
    copy = server.folder / "copy.db"
    done = backup(server, copy)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sorted(p.name for p in server.folder.glob("copy*")) == ["copy.db"]
    assert content(copy) == content(server)
    bought(ann, lamp, 3)  # is not in the copy
    audit(copy)

    restored = serve(server.folder, db="copy.db")
    ann = shopper(restored)
    assert ann.get("/orders").json() == [first.json()]
    assert ann.get("/cart").json() == [held | {"product": lamp | {"stock_quantity": 8}}]
    again = place(ann, line, key="k")
    assert again.headers["idempotent-replayed"] == "true" and again.content == first.content
    assert place(ann, held).status_code == 201
    restored.stop()
    audit(restored)


def test_a_backup_under_load_is_one_moment(serve):
    """The copy used to start over at every commit of another connection, and so would never end."""
    server = serve(log="none")
    till("seed", "--products", "20000", "--db", server.db)
    ann, lamp, mug = shopper(server), create(server, stock_quantity=10**6), create(server, stock_quantity=10**6)
    ended, orders = threading.Event(), []

    def load():
        while not ended.is_set():
            lines = [add(ann, lamp), add(ann, mug)]
            orders.append(place(ann, *lines).json()["id"])

    thread = threading.Thread(target=load)
    thread.start()
    counts = []
    for number in range(5):
        before = len(orders)
        copy = server.folder / f"copy-{number}.db"
        assert backup(server, copy).returncode == 0
        after = len(orders)
        audit(copy)
        connection = database(copy)
        kept = [row[0] for row in connection.execute("SELECT lower(hex(id)) FROM orders ORDER BY seq")]
        connection.close()
        assert before <= len(kept) <= after + 1  # an order may have been placed and not answered yet
        assert kept[: len(orders)] == [id.replace("-", "") for id in orders[: len(kept)]]
        counts.append(len(kept))
    ended.set()
    thread.join()
    assert counts == sorted(counts) and counts[-1] > counts[0]
    audit(server)


def test_a_backup_of_a_shop_that_is_down(serve):
    server = serve()
    bought(shopper(server), create(server))
    server.kill()  # so that its last commits are in the write-ahead log only
    copy = server.folder / "copy.db"
    assert backup(server, copy).returncode == 0
    audit(copy)
    assert content(copy) == content(server)


def test_a_backup_goes_to_standard_output(serve, tmp_path):
    """`-` used to be a file of that name."""
    server = serve()
    bought(shopper(server), create(server))
    before = content(server)
    with open(tmp_path / "copy.db", "wb") as file:
        done = backup(server, "-", cwd=tmp_path, stdout=file, stderr=subprocess.PIPE, capture_output=False, env=environment(TMPDIR=str(tmp_path)))
    assert (done.returncode, done.stderr) == (0, "")
    assert [p.name for p in tmp_path.iterdir()] == ["copy.db"]
    with open("/dev/full", "wb") as full:
        done = backup(server, "-", stdout=full, stderr=subprocess.PIPE, capture_output=False, env=environment(TMPDIR=str(tmp_path)))
    assert done.returncode == 1 and done.stderr == "till: standard output: No space left on device; nothing was backed up\n"
    assert [p.name for p in tmp_path.iterdir()] == ["copy.db"]
    assert content(tmp_path / "copy.db") == before
    audit(tmp_path / "copy.db")


def test_a_file_that_is_there_is_not_touched(serve, tmp_path):
    server = serve()
    for name in ("copy.db", "copy.db.part"):
        (tmp_path / name).write_text("precious")
        done = backup(server, tmp_path / "copy.db")
        assert done.returncode == 1 and name in done.stderr and done.stderr.endswith("; nothing was backed up\n")
        assert (tmp_path / name).read_text() == "precious"
        (tmp_path / name).unlink()
    assert [*tmp_path.iterdir()] == []
    done = backup(server, server.db)
    assert done.returncode == 1 and "is there already" in done.stderr


@pytest.mark.parametrize("path", ["no/such/folder/copy.db", "/dev/null/copy.db", "x" * 5000])
def test_a_place_that_cannot_be_written(serve, tmp_path, path):
    done = backup(serve(), path, cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.endswith("; nothing was backed up\n")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("arguments, code", [(["copy.db", "--db", ":memory:"], 2), (["copy.db", "--db", "gone.db"], 1), ([], 2)])
def test_what_cannot_be_backed_up(tmp_path, arguments, code):
    done = till("backup", *arguments, cwd=tmp_path)
    assert done.returncode == code and done.stderr.startswith("till: ")
    assert [*tmp_path.iterdir()] == []


def test_a_disk_that_fills_up_leaves_nothing(serve, tmp_path):
    server = serve()
    till("seed", "--products", "3000", "--db", server.db)
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (256 * 1024, 256 * 1024))
    done = backup(server, tmp_path / "copy.db", preexec_fn=limit)
    assert done.returncode == 1 and done.stderr.endswith("; nothing was backed up\n"), (done.returncode, done.stderr)
    assert [*tmp_path.iterdir()] == []
    audit(server)


def test_a_shop_of_an_older_till_is_backed_up_as_it_is(serve):
    """As before an upgrade: the new program is installed and has not been started yet."""
    server = serve()
    bought(shopper(server), create(server))
    server.stop()
    execute(server, "PRAGMA user_version = 1")
    copy = server.folder / "copy.db"
    assert backup(server, copy).returncode == 0
    assert content(copy) == content(server)
    assert query(copy, "PRAGMA user_version") == [(1,)]


def test_a_backup_of_a_damaged_shop_is_as_damaged(serve):
    """The backup copies the damage, and the audit of the copy finds it."""
    server = serve()
    create(server)
    execute(server, "UPDATE products SET stock_received = 99")
    copy = server.folder / "copy.db"
    assert backup(server, copy).returncode == 0
    assert till("audit", "--db", copy).returncode == 1


def test_only_its_owner_can_read_a_backup(serve):
    server = serve()
    admin(server).post("/products", json=product())
    assert backup(server, server.folder / "copy.db").returncode == 0
    assert (server.folder / "copy.db").stat().st_mode & 0o777 == 0o600
