"""till copy: a whole shop into a database of the other engine or the same one, in which it goes on."""
from __future__ import annotations

import contextlib
import functools
import itertools
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import threading
import time

import httpx
import pytest

import postgres
from pictures import png
from server import PATIENCE_S, TILL, content, environment, till
import shopping
from shopping import add, admin, audit, bought, confirmed, create, intended, place, placed, shopper

# Names its databases of both engines itself, so that one run covers both.
pytestmark = pytest.mark.skipif(postgres.WANTED, reason="runs with the tests on SQLite")

numbers = itertools.count()


@pytest.fixture
def empty():
    """Makes an empty database on the tests' PostgreSQL at each call."""
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
    assert "left out" not in done.stdout  # what a migration makes is listed in src/shop/schema/schema.c


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
    """A shop with rows in every table, and what a shopper sees of it."""
    ann, bob = shopper(server, "ann"), shopper(server, "bob")
    lamp, mug = create(server, name="Lamp ☀ '\\\t\"", stock_quantity=9), create(server, category="x y", price=0)
    gone = create(server, category="gone")
    assert admin(server).delete(f"/products/{gone['id']}").status_code == 204
    lines = [add(ann, lamp), add(ann, mug)]
    first = placed(ann, *lines, key="a-key")
    assert ann.post(f"/orders/{bought(ann, mug)['id']}/cancel").status_code == 200
    add(bob, lamp, 2)
    paid, waiting = intended(ann, first), intended(bob, bought(bob, mug | create(server, price=500)))
    confirmed(ann, paid)
    for more in ({"mark_paid": True, "payment_note": "Cash"}, {}):  # of no session
        phoned = {"items": [{"product_id": create(server)["id"], "quantity": 1}]} | more
        assert admin(server).post("/admin/orders", json=phoned).status_code == 201
    shopping.execute(server, "INSERT INTO payment_events VALUES ('evt_1', 1700000000123456)")
    of_paid = f"SELECT %s FROM payments WHERE provider_payment_id = '{paid['provider_payment_id']}'"
    shopping.execute(server, "INSERT INTO payment_disputes " + of_paid % "'dp_1', seq, 500, 'usd', 'fraudulent', 'won', NULL, 1700000000000000")
    shopping.execute(server, "INSERT INTO failed_refunds " + of_paid % "'re_1', seq, 500, 'usd', NULL, 1700000000000000, 1700000001000000")
    return {"lines": lines, "first": first, "waiting": waiting} | seen(server)


def staffed(server) -> None:
    """Somebody of the staff who is signed in, has a link by mail, and guessed a password."""
    key, hash_, now = "zeroblob(16)", "zeroblob(32)", 1700000000000000
    shopping.execute(
        server,
        "INSERT INTO staff (id, email, email_key, name, password, totp_secret, totp_step, role, status, created_at)"
        f" VALUES ({key}, 'A@x.de', 'a@x.de', 'Ann', '$argon2id$', zeroblob(20), 7, 'owner', 'active', {now})",
        f"INSERT INTO staff_recovery_codes VALUES (1, {hash_})",
        f"INSERT INTO staff_sessions VALUES ({key}, 1, {now}, {now}, {now}, {now}, '', '')",
        f"INSERT INTO mail_proofs VALUES ({hash_}, 'invite', 'a@x.de', 1, {now}, {now}, NULL)",
        f"INSERT INTO throttles VALUES ({key}, 5, {now})",
    )


@pytest.mark.parametrize("engine", [0, 1], ids=["to SQLite", "to PostgreSQL"])
def test_a_copy_takes_the_staff_and_nobodys_session(engine, serve, targets):
    server = serve()
    staffed(server)
    copied(server.db, targets[engine])
    connection = sqlite3.connect(targets[0]) if engine == 0 else postgres.Connection(targets[1])
    with contextlib.closing(connection) as db:
        for table, rows in {"staff": 1, "staff_recovery_codes": 1, "staff_sessions": 0, "mail_proofs": 0, "throttles": 0}.items():
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (rows,), table


@pytest.mark.parametrize("engine", [0, 1], ids=["to SQLite", "to PostgreSQL"])
def test_a_copy_takes_links_to_orders(engine, serve, targets):
    """They are in mailboxes for half a year; and who has opened one goes on reading."""
    server = serve()
    ann, mail = shopper(server, "ann"), {"email": "ann@example.com"}
    order = ann.post("/orders", json={"cart_item_ids": [add(ann, create(server, price=500))["id"]]} | mail).json()
    number = ann.get(f"/orders/{order['id']}/details").json()["number"]
    assert ann.post("/orders/lookup", json={"number": number, "send_link": True} | mail).status_code == 202
    (sent,) = admin(server).get("/admin/mails").json()
    token = admin(server).get(f"/admin/mails/{sent['id']}").json()["text"].split("#")[1].split()[0]
    assert shopper(server, "bob").post("/orders/access", json={"token": token}).status_code == 200
    copied(server.db, targets[engine])
    copy_of = serve(db=str(targets[engine]))
    with shopper(copy_of, "bob") as bob, shopper(copy_of, "carl") as carl:
        assert bob.get(f"/orders/{order['id']}").json() == order
        assert carl.post("/orders/access", json={"token": token}).json()["id"] == order["id"]


@pytest.mark.parametrize("engine", [0, 1], ids=["to SQLite", "to PostgreSQL"])
def test_a_copy_takes_pictures(engine, serve, targets):
    server, picture = serve(), png(9)
    lamp, media = create(server), admin(server).post("/admin/media", content=picture).json()
    assert admin(server).post("/admin/media", content=png(8)).status_code == 201  # of no product
    assert admin(server).put(f"/admin/media/{media['hash']}/sizes/4", content=png(4)).status_code == 200
    body = {"images": [{"media": media["hash"], "alt": "A lamp ☀"}]}
    images = admin(server).put(f"/products/{lamp['id']}/images", json=body).json()
    copied(server.db, targets[engine])
    copy_of = serve(db=str(targets[engine]))
    assert shopper(copy_of).get(f"/products/{lamp['id']}?include=images").json()["images"] == images
    assert [shopper(copy_of).get(media["url"] + size).content for size in ("", "/4")] == [picture, png(4)]
    audit(copy_of)


def seen(server) -> dict:
    """What a shopper sees, read without a cache."""
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
    copied(server.db, url)  # while the source is served
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
    lamp = create(there, name="A lamp more", category="lighting")  # new numbers follow the copied ones
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
    server = serve(log="none", hold_max=0)
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


def test_a_column_that_is_not_copied_stops_every_copy(serve, empty):
    """So if somebody adds a column to a schema and not to src/shop/schema/schema.c, every other test here fails."""
    server, url = serve(), empty()
    copied(server.db, url)
    for statement, name in [
        ("ALTER TABLE orders ADD COLUMN gift bigint", "orders.gift"),
        ("ALTER TABLE orders DROP COLUMN gift; ALTER TABLE orders DROP COLUMN currency", "orders has 10 columns and 11"),
    ]:
        execute(url, statement)
        refused(url, serve.folder() / "x.db", name)


FOREIGN = """
    CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); INSERT INTO _litestream_seq VALUES (1, 1);
    CREATE TABLE _litestream_lock (id INTEGER);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, about INTEGER REFERENCES orders (seq));
    CREATE TABLE notes_more (note INTEGER REFERENCES notes (id)); INSERT INTO notes_more VALUES (404);
    CREATE VIEW best AS SELECT * FROM order_items;
    CREATE INDEX cheap ON products (price) WHERE price < 100;
    CREATE TRIGGER noted AFTER INSERT ON orders BEGIN INSERT INTO notes (about) VALUES (new.seq); END;"""
FOREIGN_NAMES = "index cheap, table _litestream_lock, table _litestream_seq, table notes, table notes_more, trigger noted, view best"


def test_what_others_keep_in_a_file_is_named_and_left_out(serve, targets):
    server = serve()
    with contextlib.closing(sqlite3.connect(server.db)) as file:
        file.executescript(FOREIGN)
    shopping.bought(shopper(server, "ann"), create(server))
    server.stop()
    for target in targets:
        done = copy(server.db, target)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert f"left out, because Till did not make it: {FOREIGN_NAMES}\n" in done.stdout
        assert "ok" in till("audit", "--db", target).stdout


def test_names_of_others_that_do_not_fit_the_line_end_it(serve):
    """A list that is full to its last bytes takes no name after the dots, long or short."""
    source = serve()
    source.stop()
    for full in range(1005, 1025):
        folder = serve.folder()
        shutil.copy(source.db, folder / "source.db")
        first = "a" * (full - len("table "))
        with contextlib.closing(sqlite3.connect(folder / "source.db")) as file:
            file.executescript(f"CREATE TABLE {first} (a); CREATE TABLE {'b' * 2000} (a); CREATE TABLE c (a);")
        done = copy(folder / "source.db", folder / "copy.db")
        assert (done.returncode, done.stderr) == (0, ""), full
        line = next(line for line in done.stdout.splitlines() if line.startswith("left out"))
        assert line.endswith((f"table {first}, …", "make it: …")) and len(line.split(": ")[1].encode()) < 1024, full


def test_names_of_others_command_no_terminal(serve):
    source = serve()
    source.stop()
    with contextlib.closing(sqlite3.connect(source.db)) as file:
        file.execute('CREATE TABLE "a\x1b]0;x\x07b\nc\x9bd\x7f é" (a)')
    done = copy(source.db, source.folder / "copy.db")
    assert "table a?]0;x?b?c??d? é\n" in done.stdout and "\x1b" not in done.stdout


def test_what_others_keep_in_a_schema_is_named_and_left_out(serve, empty):
    server, url = serve(), empty()
    shopping.bought(shopper(server, "ann"), create(server))
    copied(server.db, url)
    execute(url, "CREATE TABLE notes (id bigint)", "CREATE VIEW best AS SELECT * FROM order_items", "CREATE MATERIALIZED VIEW sums AS SELECT 1",
            "CREATE FOREIGN DATA WRAPPER none", "CREATE SERVER far FOREIGN DATA WRAPPER none", "CREATE FOREIGN TABLE distant (a bigint) SERVER far",
            "CREATE TRIGGER noted BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()")  # fmt: skip
    execute(url, "CREATE INDEX cheap ON products (price) WHERE price < 100", "CREATE SEQUENCE invoices", "CREATE TABLE listed (n bigserial PRIMARY KEY)",
            "CREATE FUNCTION twice(n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 2 * n'", "CREATE EXTENSION pg_trgm")  # fmt: skip
    done = copy(url, serve.folder() / "back.db")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    names = "extension pg_trgm, foreign table distant, function twice, index cheap, materialized view sums, sequence invoices, table listed, table notes, trigger noted, view best"
    assert f"left out, because Till did not make it: {names}\n" in done.stdout
    assert "ok" in till("audit", "--db", url).stdout


def test_what_others_keep_in_a_file_stays_in_it_and_stops_nothing(serve):
    """Audit, backup, restore and start; for migrations see tests/unit/db/test_db.c. Rows of theirs may refer to nothing."""
    server = serve()
    with contextlib.closing(sqlite3.connect(server.db)) as file:
        file.executescript(FOREIGN)
    backup = server.folder / "backup.db"
    assert till("audit", "--db", server.db).returncode == 0
    assert till("backup", backup, "--db", server.db).returncode == 0
    server.stop()
    assert till("restore", backup, "--db", server.db).returncode == 0
    again = serve(server.folder)
    with contextlib.closing(sqlite3.connect(server.db)) as file:
        assert file.execute("SELECT count(*) FROM notes_more").fetchone() == (1,)
    assert again.running


def test_what_fails_half_way_leaves_an_empty_target(serve, empty):
    server, url = serve(), empty()
    lived_in(server)
    server.stop()
    broken = serve.folder() / "broken.db"
    copied(server.db, broken)
    with contextlib.closing(sqlite3.connect(broken, isolation_level=None)) as db:
        db.execute("UPDATE orders SET currency = 'u' || char(0)")  # PostgreSQL cannot store it
    refused(broken, url, "writing orders")
    copied(server.db, url)  # the target is still empty

    small = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100_000, 100_000))
    target = serve.folder() / "full.db"
    assert copy(url, target, preexec_fn=small).returncode == 1
    copied(url, target)
    assert content(target) == content(server)


def test_what_does_not_read_back_the_same_is_undone(serve, empty):
    server, url = serve(), empty()
    lived_in(server)
    assert till("seed", "--products", "0", "--db", url).returncode == 0
    execute(url, "ALTER TABLE products ALTER created_at TYPE timestamptz(0)")  # this drops the microseconds
    refused(server.db, url, "products has another content in the copy than in the source")
    execute(url, "ALTER TABLE products ALTER created_at TYPE timestamptz")
    copied(server.db, url)


def test_a_copy_that_is_killed_leaves_an_empty_target(serve, targets):
    source, dice = serve.folder() / "till.db", random.Random(7)
    assert till("seed", "--products", "3000", "--db", source).returncode == 0
    for target in targets:
        for _ in range(20 if os.environ.get("SOAK") else 3):
            killed = subprocess.Popen([TILL, "copy", "--from", source, "--to", target], env=environment(), stdout=subprocess.DEVNULL)
            time.sleep(dice.random() * 0.3)  # at any moment: the test must pass whichever it is
            killed.kill()
            killed.wait(PATIENCE_S)
        done = copy(source, target)  # PostgreSQL releases a dead process's locks by itself
        assert done.returncode == 0 or "it has 3000 rows in products" in done.stderr  # this copy ended before its kill
        assert till("audit", "--db", target).returncode == 0


ORDERS = 100_000

# Paid orders of three lines, as the shop writes them: more than a client could place during a test.
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
    """Prints time and memory; only the memory has a bound."""
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
