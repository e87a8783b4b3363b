"""The views of a SQLite file, in which people read ids as text with sqlite3 or datasette."""
import pytest

import postgres
from server import database, till
from shopping import bought, confirmed, create, intended, query, shopper

pytestmark = pytest.mark.skipif(postgres.WANTED, reason="PostgreSQL shows its ids as text")


def test_each_table_with_ids_or_sessions_has_a_view_that_shows_them_as_the_api_does(serve):
    server = serve()
    lamp = create(server, name="Lamp")
    ann = shopper(server, "ann")
    order = bought(ann, lamp, 2)
    payment = confirmed(ann, intended(ann, order))
    assert query(server, "SELECT id, name FROM products_view") == [(lamp["id"], "Lamp")]
    assert query(server, "SELECT id, status FROM orders_view") == [(order["id"], "paid")]
    assert query(server, "SELECT order_id, product_id, product_name, quantity FROM order_items_view") == [(order["id"], lamp["id"], "Lamp", 2)]
    assert query(server, "SELECT id, order_id, status FROM payments_view") == [(payment["id"], order["id"], "succeeded")]
    assert query(server, "SELECT created_at FROM orders_view")[0][0][:19] == order["created_at"][:19]
    blobs = """SELECT v.name, c.name FROM sqlite_schema AS v JOIN pragma_table_info(v.name) AS c
               WHERE v.type = 'view' AND c.type = 'BLOB'"""
    assert query(server, blobs) == []


def test_every_table_whose_ids_are_bytes_has_a_view(serve):
    with database(serve()) as file:
        tables = {name for (name,) in file.execute("SELECT t.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'"
                                                   " AND c.type = 'BLOB' AND c.name IN ('id', 'session')")}  # fmt: skip
        views = {name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
        assert {f"{name}_view" for name in tables} <= views
        for view in views:
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({view})")]
            of = [row[1] for row in file.execute(f"PRAGMA table_info({view.removesuffix('_view')})")]
            seqs = {"fulfillment", "product", "order_seq", "payment", "refund", "event", "webhook", "staff"}  # shown as ids
            hidden = {"request", "body", "hash", "secret", "secret_before", "password", "totp_secret", "totp_step", "email_key", "token"}  # answers may hold secrets of payments
            assert not set(of) - set(columns) - seqs - hidden - ({"seq"} if "seq" not in columns else set()), view


def test_views_are_in_the_way_of_neither_audit_nor_copy(serve):
    server = serve()
    bought(shopper(server, "ann"), create(server))
    server.stop()
    assert till("audit", "--db", server.db).returncode == 0
    done = till("copy", "--from", server.db, "--to", server.folder / "copy.db")
    assert done.returncode == 0, done.stderr
