"""till copy: a whole shop into a database of the other engine, or of the same, where it goes on."""
from __future__ import annotations

import contextlib
import functools
import itertools
import os
import random
import resource
import sqlite3
import subprocess
import threading
import time

import httpx
import pytest

import postgres
from server import PATIENCE_S, TILL, content, environment, till
import shopping
from shopping import add, admin, audit, bought, confirmed, create, intended, place, placed, shopper

# Names its databases itself, of both engines, so that running it once is running it on both.
pytestmark = pytest.mark.skipif(postgres.WANTED, reason="runs with the tests on SQLite")

numbers = itertools.count()


@pytest.fixture
def empty():
    """Makes new databases on the tests' PostgreSQL: an empty one at each call."""
    made = []

    def make() -> str:
        made.append(f"copy_{next(numbers)}")
        postgres.cluster().execute(f"CREATE DATABASE {made[-1]} OWNER till")
        return postgres.cluster().url(made[-1])

    yield make
    for name in made:
        postgres.cluster().execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def targets(serve, empty):
    """An empty target of each engine."""
    return [serve.folder() / "copy.db", empty()]


def copy(source, target, **kwargs):
    return till("copy", "--from", source, "--to", target, **kwargs)


def copied(source, target) -> None:
    done = copy(source, target)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "copied and read back the same" in done.stdout


def refused(source, target, why: str, code: int = 1) -> None:
    done = copy(source, target)
    assert done.returncode == code and why in done.stderr, done.stdout + done.stderr
    assert done.stderr.endswith("till: nothing was copied\n")


def minted(path) -> str:
    """The token of a new database."""
    assert till("seed", "--products", "0", "--db", path).returncode == 0
    done = till("token", "--db", path)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def execute(url: str, *statements: str) -> None:
    connection = postgres.Connection(url)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def lived_in(server) -> dict:
    """A shop with something of everything that is kept, and what a shopper sees of it."""
    ann, bob = shopper(server, "ann"), shopper(server, "bob")
    lamp, mug = create(server, name="Lamp ☀ '\\\t\"", stock_quantity=9), create(server, category="x y", price=0)
    gone = create(server, category="gone")
    assert admin(server).delete(f"/products/{gone['id']}").status_code == 204
    lines = [add(ann, lamp), add(ann, mug)]
    first = placed(ann, *lines, key="a-key")
    assert ann.post(f"/orders/{bought(ann, mug)['id']}/cancel").status_code == 200
    add(bob, lamp, 2)
    paid, waiting = intended(ann, first), intended(bob, bought(bob, mug | create(server, price=5)))
    confirmed(ann, paid)
    shopping.execute(server, "INSERT INTO payment_events VALUES ('evt_1', 1700000000123456)")
    return {"lines": lines, "first": first, "waiting": waiting} | seen(server)


def seen(server) -> dict:
    """What there is for a shopper, each from the database itself."""
    ann, bob = shopper(server, "ann"), shopper(server, "bob")
    paths = ["/products", "/products/search?q=lamp", "/products/suggest?q=la", "/categories"]
    return {
        "catalogue": [ann.get(path).json() for path in paths],
        "orders": [ann.get("/orders").json(), bob.get("/orders").json()],
        "carts": [ann.get("/cart").json(), bob.get("/cart").json()],
    }


def test_a_shop_goes_on_where_it_was_copied_to(serve, empty):
    server = serve(catalogue=True)
    shop, url = lived_in(server), empty()
    copied(server.db, url)  # while it is served
    assert till("audit", "--db", url).returncode == 0
    server.stop()
    there = serve(db=url, mock_ledger=server.books)
    assert seen(there) == {k: shop[k] for k in ("catalogue", "orders", "carts")}

    ann = shopper(there)
    again = place(ann, *shop["lines"], key="a-key")
    assert again.status_code == 201 and again.headers["idempotent-replayed"] == "true"
    assert again.json() == shop["first"]
    confirmed(shopper(there, "bob"), shop["waiting"])
    categories = {c["category"]: c["product_count"] for c in ann.get("/categories").json()}
    lamp = create(there, name="A lamp more", category="lighting")  # numbers go on behind those that were copied
    bought(ann, lamp)
    counts = {c["category"]: c["product_count"] for c in ann.get("/categories").json()}
    assert counts == categories | {"lighting": categories.get("lighting", 0) + 1}
    there.stop()
    assert till("audit", "--db", url).returncode == 0

    back = serve.folder() / "back.db"
    copied(url, back)
    audit(back)
    home = serve(back.parent, db="back.db")
    assert lamp["id"] in [p["id"] for p in shopper(home).get("/products").json()]
    bought(shopper(home), create(home))
    audit(home)


def test_every_way_round_gives_the_same(serve, empty):
    server = serve()
    lived_in(server)
    server.stop()
    first, second, folder = empty(), empty(), serve.folder()
    for source, target in [(server.db, first), (first, second), (second, folder / "a.db"), (folder / "a.db", folder / "b.db")]:
        copied(source, target)
    assert postgres.content(first) == postgres.content(second)
    assert content(folder / "a.db") == content(folder / "b.db") == content(server)


def test_the_admins_token_comes_along(serve, empty):
    folder, url = serve.folder(), empty()
    token = minted(folder / "till.db")
    copied(folder / "till.db", url)
    there = serve(db=url, admin_token=None)
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.delete(there.address + f"/products/{'0' * 8}-0000-7000-8000-{'0' * 12}", headers=headers).status_code == 404
    assert httpx.post(there.address + "/products", headers={"Authorization": "Bearer another-one-of-length"}).status_code == 401


def test_a_shop_in_use_is_copied_as_one_moment_left_it(serve, empty):
    server = serve(log="none")
    lamp, mug = create(server, stock_quantity=10**6), create(server, stock_quantity=10**6)
    ended = threading.Event()

    def load(name: str) -> None:
        client = shopper(server, name)
        while not ended.is_set():
            placed(client, add(client, lamp), add(client, mug))

    threads = [threading.Thread(target=load, args=[name]) for name in ("ann", "bob")]
    for thread in threads:
        thread.start()
    try:
        for url in (empty(), empty()):
            copied(server.db, url)
            assert till("audit", "--db", url).returncode == 0
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_a_target_with_anything_in_it_is_refused_and_left_alone(serve, targets):
    server = serve()
    lived_in(server)
    for target in targets:
        minted(target)
        before = (postgres.content if "://" in str(target) else content)(target)
        refused(server.db, target, "the target is not empty: it has 1 rows in settings", code=2)
        assert (postgres.content if "://" in str(target) else content)(target) == before


def test_one_mistaken_for_the_other_is_refused(serve, empty):
    folder, url = serve.folder(), empty()
    for source, target, code in [(folder / "none.db", url, 1), (url, folder / "new.db", 1), (":memory:", url, 2), (url, ":memory:", 2)]:
        assert copy(source, target).returncode == code
    assert copy(url, url).returncode == 1 and not (folder / "new.db").exists()
    assert till("copy", "--from", url).returncode == 2


def test_a_table_or_a_column_that_is_not_copied_stops_every_copy(serve, empty):
    """Who adds one to a schema and not to src/db/tables.c hears of it from every other test here."""
    server, url = serve(), empty()
    copied(server.db, url)
    for statement, name in [
        ("CREATE TABLE gift_cards (id bigint)", "gift_cards.id"),
        ("DROP TABLE gift_cards; ALTER TABLE orders ADD COLUMN gift bigint", "orders.gift"),
        ("ALTER TABLE orders DROP COLUMN gift; ALTER TABLE orders DROP COLUMN currency", "the schema has"),
    ]:
        execute(url, statement)
        refused(url, serve.folder() / "x.db", name)


def test_what_fails_half_way_leaves_an_empty_target(serve, empty):
    server, url = serve(), empty()
    lived_in(server)
    server.stop()
    broken = serve.folder() / "broken.db"
    copied(server.db, broken)
    with contextlib.closing(sqlite3.connect(broken, isolation_level=None)) as db:
        db.execute("UPDATE orders SET currency = 'u' || char(0)")  # which PostgreSQL cannot hold
    refused(broken, url, "writing orders")
    copied(server.db, url)  # which is as empty as it was

    small = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100_000, 100_000))
    target = serve.folder() / "full.db"
    assert copy(url, target, preexec_fn=small).returncode == 1
    copied(url, target)
    assert content(target) == content(server)


def test_what_does_not_read_back_the_same_is_undone(serve, empty):
    server, url = serve(), empty()
    lived_in(server)
    assert till("seed", "--products", "0", "--db", url).returncode == 0
    execute(url, "ALTER TABLE products ALTER created_at TYPE timestamptz(0)")  # which drops microseconds
    refused(server.db, url, "products has another content in the copy than in the source")
    execute(url, "ALTER TABLE products ALTER created_at TYPE timestamptz")
    copied(server.db, url)


def test_a_copy_that_is_killed_leaves_an_empty_target(serve, targets):
    source, dice = serve.folder() / "till.db", random.Random(7)
    assert till("seed", "--products", "3000", "--db", source).returncode == 0
    for target in targets:
        for _ in range(20 if os.environ.get("SOAK") else 3):
            killed = subprocess.Popen([TILL, "copy", "--from", source, "--to", target], env=environment(), stdout=subprocess.DEVNULL)
            time.sleep(dice.random() * 0.3)  # at any moment: what must hold does not hang on which
            killed.kill()
            killed.wait(PATIENCE_S)
        done = copy(source, target)  # PostgreSQL lets what a dead one held go by itself
        assert done.returncode == 0 or "it has 3000 rows in products" in done.stderr  # one came to its end after all
        assert till("audit", "--db", target).returncode == 0


ORDERS = 100_000

# Orders of three lines, paid, as the shop would have written them: more than a client can place in a test's time.
HISTORY = f"""
CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {ORDERS}) SELECT i FROM n;
INSERT INTO orders (seq, id, session, total_amount, currency, status, created_at, expires_at)
  SELECT i, randomblob(16), randomblob(16), 0, 'usd', 'paid', 1790000000000000 + i, 1790000000000000 + i FROM n;
INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase)
  SELECT i, line, p.seq, 1 + line, p.price FROM n, (SELECT 0 AS line UNION SELECT 1 UNION SELECT 2)
  JOIN products AS p ON p.seq = (SELECT min(seq) FROM products) + (i * 7 + line * 331) % 1000000;
UPDATE orders SET total_amount = (SELECT sum(price_at_purchase * quantity) FROM order_items WHERE order_seq = orders.seq);
INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at)
  SELECT product, order_seq, kind, quantity, 1790000000000000 FROM order_items, (SELECT 'reserved' AS kind UNION SELECT 'sold');
UPDATE products SET stock_received = stock_received + sold.quantity
  FROM (SELECT product, sum(quantity) AS quantity FROM order_items GROUP BY product) AS sold WHERE sold.product = products.seq;
INSERT INTO payments (id, order_seq, provider, provider_payment_id, amount, currency, status, attempts, created_at, changed_at)
  SELECT randomblob(16), seq, 'stripe', 'pi_' || seq, total_amount, 'usd', 'succeeded', 1, created_at, created_at FROM orders;
"""


@pytest.mark.skipif(not os.environ.get("SOAK"), reason="minutes long: set SOAK=1")
def test_a_million_products_and_a_hundred_thousand_orders(serve, empty, capsys):
    """What it takes is printed and not judged, but for the memory."""
    source, url, back = serve.folder() / "till.db", empty(), serve.folder() / "back.db"
    assert till("seed", "--products", "1000000", "--db", source, timeout=1200).returncode == 0
    with contextlib.closing(sqlite3.connect(source)) as db:
        db.executescript(HISTORY)
    for before, after in [(source, url), (url, back)]:
        assert till("audit", "--db", before, timeout=1200).returncode == 0
        began = time.monotonic()
        process = subprocess.Popen([TILL, "copy", "--from", before, "--to", after], env=environment(), stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        with capsys.disabled():
            print(f"\n{before} to {after}: {time.monotonic() - began:.1f} s, {usage.ru_maxrss // 1024} MiB")
        assert status == 0 and usage.ru_maxrss < 200 * 1024
    assert till("audit", "--db", back, timeout=1200).returncode == 0
    with contextlib.closing(sqlite3.connect(back)) as db:
        for table, rows in ("products", 1_000_000), ("orders", ORDERS), ("order_items", 3 * ORDERS), ("payments", ORDERS):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (rows,)
