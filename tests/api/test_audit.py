"""till audit: it finds each kind of damage, and finds nothing in a shop that works."""
import shutil

import pytest

import postgres
from server import content, database, till, wait_until
from shopping import Clock, add, audit, bought, confirmed, create, execute, id_text, intended, placed, shopper


@pytest.fixture(scope="module")
def sound(serve_module):
    """A database with orders of each status, carts, and a product that is not active."""
    folder = serve_module.folder()
    clock = Clock(folder)
    server = serve_module(folder, test_clock=clock.path)
    lamp, mug = create(server, stock_quantity=50), create(server, stock_quantity=50, category="kitchen")
    ann, bob = shopper(server, "ann"), shopper(server, "bob")
    bought(ann, lamp, 2)
    clock.forward(minutes=31)
    wait_until(lambda: ann.get("/orders").json()[0]["status"] == "expired")
    placed(ann, add(ann, lamp, 3), add(ann, mug, 1))
    order = placed(bob, add(bob, lamp, 4), add(bob, mug, 5))
    bob.post(f"/orders/{order['id']}/cancel")
    confirmed(bob, intended(bob, bought(bob, mug, 6)))
    add(bob, mug)
    gone = create(server, stock_quantity=1, category="gone")
    server.shopkeeper.delete(f"/products/{gone['id']}")
    server.stop()
    audit(server)
    return server.db


@pytest.fixture
def copy(sound, tmp_path):
    if postgres.WANTED:
        postgres.copy(sound, tmp_path / "copy.db")
        yield tmp_path / "copy.db"
        postgres.drop(tmp_path)
    else:
        yield shutil.copy(sound, tmp_path / "copy.db")


def test_a_sound_shop(sound):
    done = till("audit", "--db", sound)
    assert done.returncode == 0
    assert done.stdout == (
        "audit ok: 3 products, 2 categories, 1 cart lines, 4 orders, 10 stock movements, "
        "1 payments (0 of expired orders, 0 given back as surplus), keys, pages and indexes\n"
    )


MOVEMENT = "INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at)"
RANDOM_ID = "gen_random_uuid()" if postgres.WANTED else "randomblob(16)"
TWO_HOURS_AGO = "now() - interval '2 hours'" if postgres.WANTED else "(unixepoch() - 7200) * 1000000"
REFUND = (
    "INSERT INTO refunds (id, order_seq, payment, amount, shipping, status, origin, succeeded_at, notify, created_at)"
    f" SELECT {RANDOM_ID}, order_seq, seq, 17, 0, {{status}}, 'staff', created_at, 0, {{at}} FROM payments"
)

BREACHES = {
    "a synonym that is not in the list": (
        "INSERT INTO synonyms VALUES ('sofa', 'couch')",
        "synonyms: a search finds others than the list says; write the list again (till synonyms)",
    ),
    "stock that came from nowhere": (
        "UPDATE products SET stock_quantity = stock_quantity + 1 WHERE seq = 1",
        "product {1}: 50 received, but 48 in stock, 3 held by pending orders and 0 taken by paid ones",
    ),
    "stock that got lost": (
        "UPDATE products SET stock_quantity = 42 WHERE seq = 2",
        "product {2}: 50 received, but 42 in stock, 1 held by pending orders and 6 taken by paid ones",
    ),
    "negative stock": (
        "UPDATE products SET stock_quantity = -1, stock_received = 6 WHERE seq = 2",
        "product {2}: its stock is -1",
    ),
    "a product that searches take for sold out": (
        "INSERT INTO sold_out VALUES (1)",
        "product {1}: its stock is 47, but searches take it for sold out",
    ),
    "a term that no misspelt word finds": (
        "DELETE FROM search_spellings WHERE key LIKE '8%'",
        "spellings: 23 keys of terms, and searches find 22, or other ones",
    ),
    "an ending that no term has": (
        "INSERT INTO search_endings VALUES ('lhuts', 'stuhl')",
        "endings: 0 keys of terms, and searches find 1, or other ones",
    ),
    "an order that is paid and was not sold": (
        "DELETE FROM stock_movements WHERE kind = 'sold'",
        "order {order 4}: paid with 1 lines, and its movements differ: 1 reserved, 0 returned, 0 sold",
    ),
    "an order that nobody paid": (
        "UPDATE payments SET status = 'failed'",
        "order {order 4}: paid with a total of 17994, and has 0 payments that succeeded, of 0",
    ),
    "an order that was paid with too little": (
        "UPDATE payments SET amount = amount - 1",
        "order {order 4}: paid with a total of 17994, and has 1 payments that succeeded, of 17993",
    ),
    "an order that was paid twice": (
        f"INSERT INTO payments SELECT 2, {RANDOM_ID}, order_seq, provider, 'pi_2', amount, currency, status, NULL, 1, 1, 'none', NULL, NULL, created_at, changed_at, NULL, 0, 0 FROM payments;"
        "DROP INDEX payments_paying; UPDATE payments SET surplus = 0",
        "order {order 4}: paid with a total of 17994, and has 2 payments that succeeded, of 17994",
    ),
    "a payment of an order that is not paid": (
        "UPDATE payments SET order_seq = 3",
        "payment {payment 1}: succeeded, its refund is 'none', and its order is cancelled",
    ),
    "an order that is refunded while its money is not": (
        "UPDATE orders SET status = 'refunded' WHERE seq = 4",
        "payment {payment 1}: succeeded, its refund is 'none', and its order is refunded",
    ),
    "money that does not go back": (
        REFUND.format(status="'pending'", at=TWO_HOURS_AGO),
        "payment {payment 1}: its 17 should have gone back 120 minutes ago",
    ),
    "a payment that does not know of its refund": (
        REFUND.format(status="'succeeded'", at="created_at"),
        "payment {payment 1}: 0 of it went back and 0 are reserved, and its refunds come to 17 and 17",
    ),
    "a payment that believes in a refund": (
        "UPDATE payments SET refund_reserved = 18, refunded_amount = 17",
        "payment {payment 1}: 17 of it went back and 18 are reserved, and its refunds come to 0 and 0",
    ),
    "units that are taken back twice": (
        REFUND.format(status="'succeeded'", at="created_at") + "; INSERT INTO refund_items SELECT seq, 0, 7, 0, 0 FROM refunds",
        "order {order 4}: its line 0 has 6 units, and 7 were taken back",
    ),
    "a refund of a line that is not there": (
        REFUND.format(status="'succeeded'", at="created_at") + "; INSERT INTO refund_items SELECT seq, 9, 1, 0, 0 FROM refunds",
        "refund {refund 1}: its order has no line 9",
    ),
    "units that were restocked twice": (
        REFUND.format(status="'succeeded'", at="created_at") + "; INSERT INTO refund_items SELECT seq, 0, 1, 0, 1 FROM refunds",
        "order {order 4}: paid with 1 lines, and its movements differ: 1 reserved, 0 returned, 1 sold",
    ),
    "money that is not what was asked for": (
        "UPDATE payments SET wrong_amount = 17, wrong_currency = 'eur'",
        "payment {payment 1}: asks for 17994 usd, and the provider says that it took 17 eur",
    ),
    "an order that gave back twice": (
        MOVEMENT + " SELECT product, order_seq, kind, quantity, created_at FROM stock_movements WHERE kind = 'returned' AND order_seq = 1",
        "order {order 1}: expired with 1 lines, and its movements differ: 1 reserved, 2 returned, 0 sold",
    ),
    "an order that never reserved": (
        "DELETE FROM stock_movements WHERE kind = 'reserved' AND order_seq = 3 AND product = 1",
        "order {order 3}: cancelled with 2 lines, and its movements differ: 1 reserved, 2 returned, 0 sold",
    ),
    "a movement of another quantity": (
        "UPDATE stock_movements SET quantity = quantity + 1 WHERE order_seq = 2 AND product = 2",
        "order {order 2}: pending with 2 lines, and its movements differ: 2 reserved, 0 returned, 0 sold",
    ),
    "a movement of another product": (
        "UPDATE stock_movements SET product = 3 WHERE order_seq = 2 AND product = 2",
        "order {order 2}: pending with 2 lines, and its movements differ: 2 reserved, 0 returned, 0 sold",
    ),
    "a pending order that gave back": (
        MOVEMENT + " SELECT product, order_seq, 'returned', quantity, created_at FROM stock_movements WHERE order_seq = 2",
        "order {order 2}: pending with 2 lines, and its movements differ: 2 reserved, 2 returned, 0 sold",
    ),
    "a wrong total": (
        "UPDATE orders SET total_amount = total_amount + 1 WHERE seq = 2",
        "order {order 2}: its total is 11997 and its lines come to 11996",
    ),
    "a total past 64 bits": (
        "UPDATE order_items SET price_at_purchase = 9223372036854775807 WHERE order_seq = 2",
        "order {order 2}: its lines come to more than 64 bits hold",
    ),
    "an order without lines": (
        "INSERT INTO orders (seq, id, session, total_amount, currency, status, created_at, expires_at)"
        f" SELECT 9, {RANDOM_ID}, session, 0, currency, 'pending', created_at, expires_at FROM orders WHERE seq = 1",
        "order {order 9}: has no lines",
    ),
    "a product twice in an order": (
        "INSERT INTO order_items VALUES (1, 7, 1, 1, 0, NULL);"
        + MOVEMENT + " SELECT 1, seq, 'reserved', 1, created_at FROM orders WHERE seq = 1;"
        + MOVEMENT + " SELECT 1, seq, 'returned', 1, created_at FROM orders WHERE seq = 1",
        "order {order 1}: its lines 0 and 7 are of one product",
    ),
    "a category that counts wrong": (
        "UPDATE categories SET product_count = 7 WHERE name = 'kitchen'",
        "category 'kitchen': counts 7 active products and has 1",
    ),
    "categories that are wrong by as much": (
        "UPDATE categories SET product_count = product_count + CASE name WHEN 'kitchen' THEN 1 ELSE -1 END",
        "category 'kitchen': counts 2 active products and has 1",
    ),
    "a category that is missing": (
        "DELETE FROM categories WHERE name = 'kitchen'",
        "product {2}: is active and its category is not in the list",
    ),
}

# Damage that SQLite's own checks find. PostgreSQL checks its keys and indexes with every change.
BREACHES_OF_A_FILE = {
    "a line of a product that is not there": (
        "INSERT INTO cart_items SELECT NULL, randomblob(16), session, 99, 1, 0 FROM carts LIMIT 1",
        "database: row 2 of cart_items points at a row that is not in products",
    ),
    "a line of an order that is not there": (
        "DELETE FROM orders WHERE seq = 1",
        "database: a row of order_items points at a row that is not in orders",
    ),
    "an index that lacks a row": (
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'pending', 'paid') WHERE name = 'orders_expiring'",
        "database: row 4 missing from index orders_expiring",
    ),
}


# Lets the tests write rows that the tables' constraints would refuse.
DROP_CHECKS = """DO $$ DECLARE c record; BEGIN
FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace
LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$"""

# Checks of PostgreSQL that are switched off, so that it no longer refuses wrong rows.
BREACHES_OF_A_SERVER = {
    "a trigger that is disabled": (
        "ALTER TABLE products DISABLE TRIGGER products_moved",
        "database: the trigger products_moved of products is disabled",
    ),
    "a constraint that was never validated": (
        "ALTER TABLE carts ADD CONSTRAINT late CHECK (used_at > to_timestamp(1)) NOT VALID",
        "database: the constraint late of carts was never validated",
    ),
}
BREACHES |= BREACHES_OF_A_SERVER if postgres.WANTED else BREACHES_OF_A_FILE


def tamper(path, statements: str) -> None:
    connection = database(path, write=True)
    if postgres.WANTED:
        connection.execute(DROP_CHECKS)
        connection.execute(statements)
        connection.close()
        return
    connection.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; " + statements)
    connection.close()


def fill_in(path, line: str) -> str:
    connection = database(path)
    for table, mark in (("products", "{%d}"), ("orders", "{order %d}"), ("payments", "{payment %d}"), ("refunds", "{refund %d}")):
        for seq, key in connection.execute(f"SELECT seq, id FROM {table}"):
            line = line.replace(mark % seq, id_text(key))
    connection.close()
    return line


@pytest.mark.parametrize("what", BREACHES)
def test_each_breach_is_a_line(copy, what):
    statements, line = BREACHES[what]
    tamper(copy, statements)
    done = till("audit", "--db", copy)
    assert done.returncode == 1
    assert fill_in(copy, line) in done.stdout.splitlines()
    assert "audit ok" not in done.stdout


@postgres.FILE_ONLY
def test_a_page_that_was_overwritten(sound, tmp_path):
    connection = database(sound)
    [(root,)] = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'orders'")
    connection.close()
    data = bytearray(sound.read_bytes())
    data[(root - 1) * 4096 : root * 4096] = bytes(4096)
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(data)
    done = till("audit", "--db", damaged)
    assert done.returncode == 1 and "database: " in done.stdout and "not all could be looked at" in done.stdout


def test_a_database_of_another_version(copy):
    tamper(copy, "UPDATE till SET version = 0" if postgres.WANTED else "PRAGMA user_version = 1")
    done = till("audit", "--db", copy)
    assert (done.returncode, done.stdout) == (1, "") and "is of an older Till; till serve brings it up" in done.stderr
    tamper(copy, "UPDATE till SET version = 1000" if postgres.WANTED else "PRAGMA user_version = 1000")
    done = till("audit", "--db", copy)
    assert (done.returncode, done.stdout) == (2, "") and "was written by a newer Till" in done.stderr


def test_many_breaches_are_a_hundred_lines_and_their_number(serve):
    server = serve()
    for _ in range(130):
        create(server)
    execute(server, "UPDATE products SET stock_received = stock_received + 1")
    done = till("audit", "--db", server.db)
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines), lines[-1]) == (1, 101, "130 breaches in all")


@postgres.FILE_ONLY
@pytest.mark.parametrize(
    "arguments, code",
    [(["--db", ":memory:"], 2), (["--db", "not-there.db"], 1), (["--db", __file__], 1), (["x"], 2), (["--db", "postgresql://127.0.0.1:1/x"], 1)],
)
def test_what_cannot_be_audited(tmp_path, arguments, code):
    done = till("audit", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "") and done.stderr.startswith("till: ")
    assert [*tmp_path.iterdir()] == []


def test_it_reads_only(serve):
    server = serve()
    bought(shopper(server), create(server))
    server.stop()
    before = content(server) if postgres.WANTED else server.db.read_bytes()
    for _ in range(2):
        audit(server)
    assert before == (content(server) if postgres.WANTED else server.db.read_bytes())


# The server's own audit


def test_every_hour_the_server_audits_itself(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path)
    bought(shopper(server), create(server, stock_quantity=5))
    assert (server.metric("till_audit_runs_total"), server.metric("till_audit_breaches")) == (0, 0)
    clock.forward(minutes=61)
    wait_until(lambda: server.metric("till_audit_runs_total") == 1)
    assert server.metric("till_audit_breaches") == 0 and "audit:" not in server.errors
    execute(server, "UPDATE products SET stock_quantity = 4", "UPDATE categories SET product_count = 5")
    clock.forward(minutes=61)
    wait_until(lambda: server.metric("till_audit_runs_total") == 2)
    assert server.metric("till_audit_breaches") == 2
    assert server.errors.count("audit: ") == 2
    execute(server, "UPDATE products SET stock_quantity = 5", "UPDATE categories SET product_count = 1")
    clock.forward(minutes=61)
    wait_until(lambda: server.metric("till_audit_runs_total") == 3)
    assert server.metric("till_audit_breaches") == 0


def test_a_server_that_audits_stops_at_once(serve):
    """The stop once waited for the end of the audit."""
    folder = serve.folder()
    till("seed", "--products", "30000", "--db", folder / "till.db")
    clock = Clock(folder)
    for _ in range(5):
        server = serve(folder, test_clock=clock.path)
        clock.forward(minutes=61)
        server.client().get("/products")
        server.stop()
    audit(server)


@postgres.FILE_ONLY
def test_a_shop_in_memory_is_not_audited(serve):
    folder = serve.folder()
    clock = Clock(folder)
    server = serve(folder, test_clock=clock.path, db=":memory:")
    lamp = create(server)
    clock.forward(hours=5)
    add(shopper(server), lamp)
    assert server.metric("till_audit_runs_total") == 0
