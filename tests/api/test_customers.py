"""Customers: who has ordered, by email address (EXTENSIONS 4.3)."""
import re

import pytest

import postgres
from own_server import admin, ann, server  # noqa: F401, fixtures
from server import TILL, database
from shopping import ANN, add, bought, confirmed, create, execute, intended, query, shopper, steps
from test_staff import bearer, make


def listed(client, **params) -> list[dict]:
    answer = client.get("/admin/customers", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def emails(customers) -> list[str]:
    return [c["email"] for c in customers]


def test_an_address_with_its_orders_and_their_sum(server, admin, ann):
    lamp = create(server, price=1000, stock_quantity=100)
    for quantity, pays in ((1, True), (2, True), (3, False)):
        made = bought(ann, lamp, quantity, email="Ann@Example.com", shipping_address=ANN)
        if pays:
            confirmed(ann, intended(ann, made))
    back = bought(ann, lamp, 7, email="ann@example.com")
    confirmed(ann, intended(ann, back))
    assert admin.post(f"/orders/{back['id']}/refund").status_code == 200
    bought(ann, lamp)  # without an address
    assert listed(admin) == [{"email": "ann@example.com", "name": None, "country": None, "orders": 4, "paid_orders": 2, "spent": 3000, "last_order_id": back["id"], "last_order_at": back["created_at"]}]
    latest = bought(ann, lamp, email="ANN@example.com", billing_address=ANN | {"name": "Ann Jones"})
    (row,) = listed(admin)
    assert (row["email"], row["name"], row["country"], row["orders"], row["last_order_id"]) == ("ANN@example.com", "Ann Jones", "GB", 5, latest["id"])


def test_pages_in_the_order_of_addresses(server, admin, ann):
    lamp = create(server, stock_quantity=100)
    wanted = [f"{name}@example.com" for name in ("ann", "bob", "cid", "dan", "eve")]
    for email in wanted[::-1] + wanted:
        bought(ann, lamp, email=email)
    for limit in (1, 2, 5, 6):
        seen, cursor = [], {}
        for _ in range(6):
            answer = admin.get("/admin/customers", params=cursor | {"limit": limit})
            seen += emails(answer.json())
            if "x-next-cursor" not in answer.headers:
                break
            cursor = {"cursor": answer.headers["x-next-cursor"]}
        assert seen == wanted


def test_by_the_beginning_of_an_address_or_a_name(server, admin, ann):
    lamp = create(server, stock_quantity=100)
    bought(ann, lamp, email="ann.smith@example.com")
    bought(ann, lamp, email="zoe@example.com", shipping_address=ANN | {"name": "Ännchen SMITH"})
    bought(ann, lamp, email="bob@example.com", shipping_address=ANN | {"name": "Bob Jones"})
    assert emails(listed(admin, q="ANN")) == ["ann.smith@example.com", "zoe@example.com"]
    assert emails(listed(admin, q="bob")) == emails(listed(admin, q="Bob J")) == emails(listed(admin, q="bob@example.com")) == ["bob@example.com"]
    assert listed(admin, q="smith") == listed(admin, q="%%") == []
    assert len(listed(admin, q="  ")) == 3


@pytest.mark.parametrize("params", [{"q": "x"}, {"q": "x" * 101}, {"cursor": 0}, {"limit": 0}, {"limit": 101}])
def test_what_is_no_filter_is_422(admin, params):
    assert admin.get("/admin/customers", params=params).status_code == 422


def test_only_for_those_who_may_see_customers(admin):
    for role, status in (("fulfilment", 403), ("catalogue", 403), ("support", 200), ("manager", 200)):
        assert admin.get("/admin/customers", headers=bearer(make(admin, role=role)["key"])).status_code == status


def test_only_the_newest_of_very_many_orders_are_counted(server, admin, ann):
    last = bought(ann, create(server, price=1000), email="many@example.com")
    session, now = ("gen_random_uuid()", "now() - interval '1 day'") if postgres.WANTED else ("randomblob(16)", "1")
    uuid = "gen_random_uuid()" if postgres.WANTED else "randomblob(16)"
    numbers = "generate_series(1, 1200) AS n" if postgres.WANTED else "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) SELECT i FROM n) AS n"
    execute(server,
            f"INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at) SELECT {uuid}, {session}, 100, 'usd', 'paid', {now}, {now} FROM {numbers}",
            "INSERT INTO order_contacts (order_seq, number, email, email_key) SELECT seq, 'x', 'many@example.com', 'many@example.com' FROM orders WHERE status = 'paid'")
    (row,) = listed(admin)
    assert (row["orders"], row["paid_orders"], row["spent"]) == (1000, 1000, 100_000) and row["last_order_id"] != last["id"]


def statement() -> str:
    """The list's, of the engine that is tested, from the program."""
    texts = [t.decode() for t in re.findall(rb"WITH RECURSIVE step[^\0]*", TILL.read_bytes())]
    assert len(texts) == 2
    return next(t for t in texts if ("LATERAL" in t) == postgres.WANTED)


def fill(server, count: int) -> None:
    """Orders, each with an address of its own, in no order of the addresses."""
    if postgres.WANTED:
        orders = "gen_random_uuid(), gen_random_uuid(), 100, 'usd', 'paid', now(), now() FROM generate_series(1, {})"
        contacts = "md5('a' || seq), md5('a' || seq), md5('b' || seq)"
    else:
        orders = "randomblob(16), randomblob(16), 100, 'usd', 'paid', 1, 1 FROM n"
        contacts = "printf('%05x@x', seq * 7919 % 1000003), printf('%05x@x', seq * 7919 % 1000003), printf('%05x', seq)"
    numbers = "" if postgres.WANTED else "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
    execute(server,
            (numbers + "INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at) SELECT " + orders).format(count),
            f"INSERT INTO order_contacts (order_seq, number, email, email_key, name_key) SELECT seq, 'x', {contacts} FROM orders",
            *(["ANALYZE orders", "ANALYZE order_contacts"] if postgres.WANTED else []))


@pytest.mark.skipif(postgres.WANTED, reason="SQLite counts its steps")
def test_a_page_far_down_takes_no_more_steps_than_the_first(server):
    fill(server, 20_000)
    last = query(server, "SELECT order_seq FROM order_contacts ORDER BY email_key LIMIT 1 OFFSET 15000")[0][0]
    (first, _), (far, rows) = (steps(server, statement(), ("", cursor, "\U0010ffff", 100, None, None, 1000, "usd")) for cursor in (0, last))
    assert [row[3] for row in rows] == [email for (email,) in query(server, "SELECT email_key FROM order_contacts ORDER BY email_key LIMIT 100 OFFSET 15001")]
    assert far <= 1.2 * first, f"{100 * far} steps, and {100 * first} of the first page"


def test_no_page_reads_a_whole_table(server):
    """A million orders must answer as few do, so each plan is led by an index. PostgreSQL plans by what tables hold."""
    if not postgres.WANTED:
        plan = [row[3] for row in query(server, "EXPLAIN QUERY PLAN " + re.sub(r"\$(\d+)", r"?\1", statement()), *[None] * 8)]
        assert [step for step in plan if re.match(r"SCAN (?!s\b|p\b|named\b|step\b|page\b|u\b|n\b|\(|CONSTANT)", step)] == [], plan
        return
    fill(server, 50_000)
    connection = database(server, write=True)
    for mode in ("force_generic_plan", "force_custom_plan"):
        connection.execute(f"SET plan_cache_mode = {mode}")
        connection.execute("PREPARE listed AS " + statement())
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN EXECUTE listed ('abc', 0, 'abd', 100, 'abc', 'abd', 1000, 'usd')").fetchall())
        connection.execute("DEALLOCATE listed")
        assert "Seq Scan" not in plan, plan
    connection.close()
