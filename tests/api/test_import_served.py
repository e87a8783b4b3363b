"""till import into a shop that is being served: shoppers never see a part of one, however it ends."""
from __future__ import annotations

import contextlib
import fcntl
import json
import os
import struct
import subprocess
import time

import pytest

import postgres
from importing import ASKS, MANY, Watcher, import_into, oddities, total, write
from server import PATIENCE_S, SANITIZED, TILL, database, environment, product, till, wait_until
from shopping import audit, query


def start_import(server, file) -> subprocess.Popen:
    return subprocess.Popen(
        [TILL, "import", file, "--db", server.db], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def staged(server) -> int:
    """How many products an import has staged."""
    return query(server, "SELECT count(*) FROM products WHERE seq >= (SELECT staged_seq FROM catalogue)")[0][0]


def expected(before: int, count: int) -> dict[str, list]:
    """A watcher sees nothing of an import, and then all of it."""
    return {
        "/products?limit=3": [before, before + count],
        "/products/search?q=oddity": [0, count],
        "/products/search?q=odity&limit=1": [0, count],
        "/products/search?category=odds": [0, count],
        "/products/search?sort=price_desc&limit=2": [before, before + count],
        "/products/facets?q=oddity": [0, count],
        "/products/facets": [(before, 6), (before + count, 7)],
        "/categories": [[], [("odds", count)]],
        "/products/suggest?q=oddi": [False, True],
    }


def test_shoppers_see_nothing_of_an_import_or_all_of_it(serve):
    server = serve(catalogue=True)
    watcher = Watcher(server, ASKS)
    watcher.start()
    wait_until(lambda: all(watcher.seen.values()) or watcher.failure)
    done = import_into(server.db, oddities(server.folder))
    assert done.returncode == 0, done.stderr
    wait_until(lambda: all(len(seen) == 2 for seen in watcher.seen.values()) or watcher.failure)
    assert watcher.end() == expected(48, MANY)
    server.stop()
    audit(server.db)


def test_an_admin_adds_products_during_an_import(serve):
    """They are visible at once, newest first, and come below the import's products in the end."""
    server = serve(catalogue=True)
    importing = start_import(server, oddities(server.folder))
    added, below = [], 0
    with server.client() as admin:
        while importing.poll() is None:
            made = admin.post("/products", json=product(name=f"Beside {len(added)}", category="beside"))
            assert made.status_code == 201, made.text
            added.append(made.json())
            if not total(admin.get("/products/search?category=odds")):
                below = len(added)  # at least
                assert admin.get(f"/products/{added[-1]['id']}").json() == added[-1]
                assert [c for c in admin.get("/categories").json() if c["category"] == "beside"][0]["product_count"] == len(added)
                assert total(admin.get("/products/search", params={"q": "beside"})) == len(added)
        assert importing.wait() == 0, importing.stderr.read()
        wait_until(lambda: total(admin.get("/products?limit=1")) == 48 + MANY + len(added))
        after = admin.post("/products", json=product(name="After")).json()
        listed, cursor = [], {}
        while cursor is not None:
            page = admin.get("/products", params={"limit": 500} | cursor)
            listed += page.json()
            cursor = {"cursor": page.headers["x-next-cursor"]} if "x-next-cursor" in page.headers else None
    assert len(listed) == len({p["id"] for p in listed}) == 49 + MANY + len(added)
    assert listed[0] == after
    odd = [p["price"] for p in listed if p["category"] == "odds"]
    assert odd == [10**9 + i for i in reversed(range(MANY))]
    first = [p["category"] for p in listed].index("odds")
    assert all(p["category"] == "odds" for p in listed[first : first + MANY]), "in one piece"
    assert first <= 1 + len(added) - below, "above what was added before it was seen"
    assert [p for p in listed if p["category"] == "beside"] == added[::-1]
    server.stop()
    audit(server.db)


def test_orders_go_on_during_an_import(serve):
    """The stock stays exact. A writer that waited for the busy time-out would answer 503."""
    server = serve(catalogue=True)
    with server.client() as admin:
        lamp = admin.post("/products", json=product(name="Lamp", stock_quantity=10**6)).json()
    importing, bought = start_import(server, oddities(server.folder)), 0
    with server.client(admin=False, **{"X-Session-Id": "b" * 32}) as shopper:
        while importing.poll() is None:
            line = shopper.post("/cart", json={"product_id": lamp["id"], "quantity": 1})
            assert line.status_code == 201, line.text
            placed = shopper.post("/orders", json={"cart_item_ids": [line.json()["id"]]})
            assert placed.status_code == 201, placed.text
            bought += 1
        assert importing.wait() == 0
        assert query(server, "SELECT stock_quantity FROM products WHERE name = 'Lamp'") == [(10**6 - bought,)]
    server.stop()
    audit(server.db)


@contextlib.contextmanager
def held(server):
    """Holds the database's write lock. An import lets a writer in that says that it waits (DB_WAITING, byte 2)."""
    connection = database(server, write=True)
    with open(f"{server.db}-claims", "rb") as claims:
        fcntl.fcntl(claims, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 2, 1, 0))
        connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def wait_between_slices(server, importing: subprocess.Popen, is_time) -> contextlib.ExitStack:
    """Returns between two slices of an import once `is_time()`, and holds the import there."""
    wait_until(server.db.with_name("till.db-claims").exists)
    while True:
        with contextlib.ExitStack() as stack:
            stack.enter_context(held(server))
            assert importing.poll() is None, "it was over too soon"
            if is_time(server):
                return stack.pop_all()
        time.sleep(0.005)


def wait_before_the_end(server, is_time) -> contextlib.ExitStack:
    """Returns once `is_time()`, at any point of an import on PostgreSQL, and keeps the import from ending."""
    stack = contextlib.ExitStack()
    connection = stack.enter_context(contextlib.closing(database(server, write=True)))
    begun = False
    while not begun:
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
        connection.execute("LOCK catalogue IN EXCLUSIVE MODE")  # after its first slice; the last one has to write there
        begun = connection.execute("SELECT staged_by <> 0 FROM catalogue").fetchone()[0]
    wait_until(lambda: is_time(server))
    return stack


def kill_amid(importing: subprocess.Popen, server, is_time, *others) -> None:
    """kill -9 once `is_time()`; the other processes first."""
    with wait_before_the_end(server, is_time) if postgres.WANTED else wait_between_slices(server, importing, is_time):
        for process in (*others, importing):
            process.kill()
    importing.communicate()


def staged_postings(server) -> int:
    """How many rows of postings an import has written in blocks that have only its documents."""
    return query(server, "SELECT count(*) FROM search_postings WHERE (key & 16777215) > (SELECT staged_seq >> 12 FROM catalogue)")[0][0]


def terms(server) -> list[tuple]:
    """Every term of the index with its counts."""
    return query(server, "SELECT term, documents, words, titles FROM search_terms ORDER BY term")


def indexing(server) -> bool:
    return staged_postings(server) > 0


@pytest.mark.parametrize(
    "is_time",
    [lambda server: staged(server) > 0, lambda server: staged(server) > MANY // 2, indexing],
    ids=["first products", "half of them", "index"],
)
def test_a_killed_import_was_never_there(serve, is_time):
    server = serve(catalogue=True)
    before, terms_before = till("export", "--db", server.db).stdout, terms(server)
    file = oddities(server.folder)
    watcher = Watcher(server, ASKS)
    watcher.start()
    kill_amid(start_import(server, file), server, is_time)
    with server.client() as admin:
        admin.get("/admin/keys")  # a server that is not idle sweeps within a second
    wait_until(lambda: staged(server) == 0 and query(server, "SELECT staged_by FROM catalogue") == [(0,)], "the server sweeps")
    time.sleep(0.15)  # past the age of cached answers
    assert all(len(seen) == 1 for seen in watcher.end().values()), watcher.seen
    assert till("export", "--db", server.db).stdout == before
    assert terms(server) == terms_before
    assert query(server, "SELECT count(*) FROM search_postings WHERE key >> 24 NOT IN (SELECT id FROM search_terms)") == [(0,)]
    assert query(server, "SELECT count(*) FROM search_columns WHERE block > (SELECT max(seq) >> 8 FROM products)") == [(0,)]
    assert import_into(server.db, file).returncode == 0
    server.stop()
    audit(server.db)
    assert len(till("export", "--db", server.db).stdout.splitlines()) == 48 + MANY


def test_a_killed_import_is_removed_by_the_next_one(serve):
    """No server runs to clean up; what is left stays invisible."""
    server = serve(catalogue=True)
    server.stop()
    before = till("export", "--db", server.db).stdout
    file = oddities(server.folder)
    kill_amid(start_import(server, file), server, lambda server: staged(server) > 0)
    assert staged(server) > 0
    assert till("export", "--db", server.db).stdout == before
    audit(server.db)
    write(server.folder / "one.csv", [product(name="One")])
    assert import_into(server.db, server.folder / "one.csv").returncode == 0
    assert staged(server) == 0
    audit(server.db)


def test_a_server_and_an_import_killed_together(serve):
    server = serve(catalogue=True)
    before = till("export", "--db", server.db).stdout
    kill_amid(start_import(server, oddities(server.folder)), server, lambda server: staged(server) > 0, server)
    again = serve(server.folder)
    wait_until(lambda: query(again, "SELECT staged_by FROM catalogue") == [(0,)], "the server sweeps")
    assert till("export", "--db", again.db).stdout == before
    again.stop()
    audit(again.db)


def test_a_bad_row_far_on_undoes_what_was_written(serve):
    """And until then no other import can start."""
    server = serve(catalogue=True)
    before = till("export", "--db", server.db).stdout
    write(server.folder / "one.csv", [product(name="One")])
    first = subprocess.Popen(
        [TILL, "import", "-", "--db", server.db], env=environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    rows = 22_000  # more than the import reads before it touches the database
    first.stdin.write((json.dumps(product(description="")) + "\n").encode() * rows)
    first.stdin.flush()
    wait_until(lambda: staged(server) > 0)
    second = import_into(server.db, server.folder / "one.csv")
    assert second.returncode == 1 and "another import" in second.stderr
    first.stdin.write(b"{}\n")
    said = first.communicate(timeout=PATIENCE_S)[1].decode()
    assert first.returncode == 1 and f"line {rows + 1}: name: Field required" in said, said
    assert said.endswith("1 bad rows; nothing was imported\n")
    assert staged(server) == 0 and till("export", "--db", server.db).stdout == before
    assert import_into(server.db, server.folder / "one.csv").returncode == 0
    server.stop()
    audit(server.db)


@postgres.FILE_ONLY
@pytest.mark.skipif(SANITIZED, reason="it is about how much is written, and that is the same")
def test_the_log_of_changes_stays_small(serve):
    """An import checkpoints while it runs, so that the WAL stays much smaller than what it writes."""
    server = serve()
    assert import_into(server.db, oddities(server.folder, 40_000)).returncode == 0
    log_bytes = server.db.with_name("till.db-wal").stat().st_size
    assert log_bytes < 3000 * 4096 < server.db.stat().st_size  # checkpoint_pages, and the writes of a few slices
