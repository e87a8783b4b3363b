"""The staff's side of orders: lists, search, and who sees what (EXTENSIONS 4.3)."""
import csv
import datetime
import io
import re

import pytest

import postgres
from paying import DECLINED
from own_server import admin, ann, server  # noqa: F401, fixtures
from server import TILL, database
from shopping import ANN, add, bought, confirmed, create, details, execute, intended, query, shopper, steps, wait_for_expiry, writes_held
from test_staff import bearer, make

REMOTE = "00000000-0000-7000-8000-000000000000"


def listed(client, **params) -> list[dict]:
    answer = client.get("/admin/orders", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(orders) -> list[str]:
    return [o["id"] for o in orders]


def test_orders_of_all_sessions_newest_first(server, admin, ann):
    lamp = create(server, price=700)
    plain = bought(ann, lamp, 2)
    with shopper(server, "bob") as bob:
        whole = bought(bob, lamp, 3, email="Bob@Example.com", shipping_address=ANN | {"name": "Bob Jones"})
        number = details(bob, whole)["number"]
    assert listed(admin) == [
        {"id": whole["id"], "number": number, "status": "pending", "total_amount": 2100, "refunded_amount": 0, "is_partly_shipped": False, "currency": "usd", "item_count": 3,
         "name": "Bob Jones", "email": "Bob@Example.com", "country": "GB", "created_at": whole["created_at"]},
        {"id": plain["id"], "number": details(ann, plain)["number"], "status": "pending", "total_amount": 1400, "refunded_amount": 0, "is_partly_shipped": False, "currency": "usd", "item_count": 2,
         "name": None, "email": None, "country": None, "created_at": plain["created_at"]},
    ]


def test_pages_by_cursor(server, admin, ann):
    lamp = create(server, stock_quantity=100)
    wanted = [bought(ann, lamp)["id"] for _ in range(5)][::-1]
    for params in ({}, {"status": "pending"}, {"from": "2020-01-01T00:00:00Z"}):
        seen, cursor = [], {}
        for _ in range(3):
            answer = admin.get("/admin/orders", params=params | cursor | {"limit": 2})
            seen += ids(answer.json())
            if "x-next-cursor" not in answer.headers:
                break
            cursor = {"cursor": answer.headers["x-next-cursor"]}
        assert seen == wanted


def test_by_status_and_what_is_to_be_sent(server, admin, ann):
    lamp = create(server)
    paid, pending = bought(ann, lamp), bought(ann, lamp)
    confirmed(ann, intended(ann, paid))
    assert ids(listed(admin, status="paid")) == ids(listed(admin, fulfillment="unshipped")) == [paid["id"]]
    assert ids(listed(admin, status="pending")) == [pending["id"]]
    assert ids(listed(admin, status="paid", fulfillment="unshipped")) == [paid["id"]]
    assert listed(admin, status="pending", fulfillment="unshipped") == listed(admin, status="expired") == []


def test_what_is_sent_or_given_back_in_part(server, admin, ann):
    lamp = create(server, price=700)
    sent, given, whole = (bought(ann, lamp, 2) for _ in range(3))
    for one in (sent, given, whole):
        confirmed(ann, intended(ann, one))
    parcel = admin.post(f"/orders/{sent['id']}/fulfillments", json={"items": [{"line": 0, "quantity": 1}]}).json()
    assert admin.post(f"/orders/{given['id']}/refunds", json={"amount": 500}).status_code == 201
    assert admin.post(f"/orders/{whole['id']}/fulfillments", json={}).status_code == 201
    parts = {o["id"]: (o["refunded_amount"], o["is_partly_shipped"]) for o in listed(admin)}
    assert [parts[one["id"]] for one in (sent, given, whole)] == [(0, True), (500, False), (0, False)]
    admin.patch(f"/orders/{sent['id']}/fulfillments/{parcel['id']}", json={"status": "cancelled"})
    (found,) = (o for o in listed(admin, status="paid", by="paid") if o["id"] == sent["id"])
    assert not found["is_partly_shipped"]


def test_by_time(timed, clock):
    server = timed()
    with server.client() as admin, shopper(server) as ann:
        lamp = create(server)
        old = bought(ann, lamp, email="ann@example.com")
        clock.forward(days=3)
        new = bought(ann, lamp, email="ann@example.com")
        wait_for_expiry(server, clock.ahead)
        assert ids(listed(admin)) == ids(listed(admin, q="ann")) == [new["id"], old["id"]]
        for more in ({}, {"status": "expired"}, {"q": "ann"}, {"q": "ann", "status": "expired"}):
            assert ids(listed(admin, to=new["created_at"], **more)) == [old["id"]]
        for more in ({}, {"status": "pending"}, {"q": "ann"}, {"q": "ann", "status": "pending"}):
            assert ids(listed(admin, **{"from": new["created_at"]}, **more)) == [new["id"]]
        assert ids(listed(admin, **{"from": old["created_at"], "to": new["created_at"]})) == [old["id"]]
        assert listed(admin, **{"from": "2999-01-01T00:00:00Z"}) == listed(admin, to="2001-01-01T00:00:00Z") == []


def test_by_the_time_of_paying_and_of_a_payment_that_failed(timed, clock):
    server = timed()
    with server.client() as admin, shopper(server) as ann:
        lamp = create(server, stock_quantity=100)
        early, late, other = (bought(ann, lamp) for _ in range(3))
        assert confirmed(ann, intended(ann, other), DECLINED)["status"] == "failed"
        assert confirmed(ann, intended(ann, other), DECLINED)["status"] == "failed"
        confirmed(ann, intended(ann, late))
        clock.forward(minutes=5)
        noted = details(ann, late)["created_at"]
        confirmed(ann, intended(ann, early))
        confirmed(ann, intended(ann, other))
        assert admin.post(f"/orders/{early['id']}/refund").status_code == 200
        assert ids(listed(admin, by="paid")) == [other["id"], early["id"], late["id"]]
        assert ids(listed(admin, by="paid", status="refunded")) == [early["id"]]
        assert listed(admin, by="paid", status="pending") == []
        for params in ({"by": "paid"}, {"by": "paid", "from": "2020-01-01"}):
            seen, cursor = [], {}
            for _ in range(4):
                answer = admin.get("/admin/orders", params=params | cursor | {"limit": 1})
                seen += ids(answer.json())
                if "x-next-cursor" not in answer.headers:
                    break
                cursor = {"cursor": answer.headers["x-next-cursor"]}
            assert seen == [other["id"], early["id"], late["id"]]
        assert ids(listed(admin, by="payment_failed")) == ids(listed(admin, by="payment_failed", status="paid")) == [other["id"]]
        assert listed(admin, by="payment_failed", status="expired") == []
        middle = (datetime.datetime.fromisoformat(noted.replace("Z", "+00:00")) + datetime.timedelta(minutes=4)).isoformat()
        assert ids(listed(admin, by="paid", to=middle)) == [late["id"]]
        assert ids(listed(admin, by="paid", **{"from": middle})) == [other["id"], early["id"]]
        assert ids(listed(admin, by="payment_failed", **{"from": noted})) == [other["id"]]
        assert listed(admin, by="payment_failed", to=early["created_at"]) == listed(admin, by="payment_failed", **{"from": "2999-01-01"}) == []
        assert admin.get("/admin/summary").json()["failed_payments"] == 1


def writings(number: str):
    plain = number.replace("-", "")
    yield from (number, plain, number.lower(), f" {number[:3]} {number[3:].lower()} ")
    yield plain.replace("0", "O").replace("1", "I")
    yield plain.replace("0", "o").replace("1", "l").lower()


def test_by_number_in_any_way_of_writing(server, admin, ann):
    lamp = create(server, stock_quantity=1000)
    orders = [bought(ann, lamp) for _ in range(20)]  # two of three numbers have a 0 or a 1
    for one in orders:
        number = details(ann, one)["number"]
        for written in writings(number):
            assert ids(listed(admin, q=written)) == [one["id"]], written
        assert listed(admin, q=number[:-1]) == listed(admin, q=number + "2") == []
        assert ids(listed(admin, q=one["id"])) == [one["id"]]
    assert listed(admin, q=REMOTE) == listed(admin, q="UUUUU-UUUUU") == []


def test_by_mail_address_and_name(server, admin, ann):
    lamp = create(server)
    one = bought(ann, lamp, email="Ann.Smith@Example.com")
    two = bought(ann, lamp, shipping_address=ANN | {"name": "Ännchen SMITH"})
    three = bought(ann, lamp, billing_address=ANN | {"name": "Zoë Ångström"}, email="zoe@example.com")
    assert ids(listed(admin, q="ann.smith@example.COM")) == ids(listed(admin, q="ANN.S")) == [one["id"]]
    assert ids(listed(admin, q="ann")) == [two["id"], one["id"]]
    assert ids(listed(admin, q="annchen sm")) == ids(listed(admin, q="ÄNNCHEN")) == [two["id"]]
    assert ids(listed(admin, q="zoe")) == ids(listed(admin, q="Zoë ang")) == [three["id"]]
    assert ids(listed(admin, q="ann", status="pending", limit=1)) == [two["id"]]
    assert listed(admin, q="nn") == listed(admin, q="ann", status="paid") == listed(admin, q="%%") == []


def test_a_page_of_what_many_have_is_followed_by_what_is_older(server, admin, ann):
    lamp = create(server, stock_quantity=100)
    wanted = [bought(ann, lamp, email=f"{'ann' if i % 2 else 'bob'}{i}@example.com")["id"] for i in range(12)][::-1][::2]
    seen, cursor = [], {}
    while True:
        answer = admin.get("/admin/orders", params={"q": "ann", "limit": 2} | cursor)
        seen += ids(answer.json())
        if "x-next-cursor" not in answer.headers:
            break
        cursor = {"cursor": answer.headers["x-next-cursor"]}
    assert seen == wanted


def test_without_customers_read_no_mail_address_is_seen_or_found(server, admin, ann):
    lamp = create(server)
    bought(ann, lamp, email="secret@example.com", shipping_address=ANN)
    packer, helper = (bearer(make(admin, role=role)["key"]) for role in ("fulfilment", "support"))
    for params in ({}, {"q": "ann"}, {"status": "pending"}):
        (seen,) = admin.get("/admin/orders", params=params, headers=packer).json()
        assert (seen["name"], seen["country"], seen["email"]) == ("Ann Smith", "GB", None)
        (seen,) = admin.get("/admin/orders", params=params, headers=helper).json()
        assert seen["email"] == "secret@example.com"
    assert admin.get("/admin/orders", params={"q": "secret"}, headers=packer).json() == []
    assert len(admin.get("/admin/orders", params={"q": "secret"}, headers=helper).json()) == 1


@pytest.mark.parametrize("params", [{"status": "lost"}, {"q": "x"}, {"q": "x" * 101}, {"cursor": 0}, {"limit": 0}, {"limit": 501}, {"from": "x"}, {"fulfillment": "all"}, {"by": "sent"},
                                    {"by": "paid", "q": "ann"}, {"by": "payment_failed", "q": "ann"}])
def test_what_is_no_filter_is_422(admin, params):
    assert admin.get("/admin/orders", params=params).status_code == 422


def statements() -> list[str]:
    """The texts of the list's statements for the engine of this run, as the program has them."""
    texts = re.findall(rb"(?:WITH (?:bounds|looked|few|found) |SELECT o\.seq, o\.id, o\.status)[^\0]*? c ON [^\0]*", TILL.read_bytes())
    texts = sorted({t.decode() for t in texts})
    assert len(texts) == 20
    return [t for t in texts if ("LATERAL" in t) == postgres.WANTED]


IDS = "'00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'"
VALUES = {
    "postgres": {"all": "{ids}, 99999999, '2001-01-01', '2999-01-01', {status} 100",
                 "named": "{ids}, 99999999, 'paid', 'abc', 'abd', 'abc', 'abd', '2001-01-01', '2999-01-01', 100",
                 "few": "'paid', '2001-01-01', '2999-01-01', 99999999, 100",
                 "paid": "'2001-01-01', '2999-01-01', 99999999, 'paid', 100",
                 "late": "{ids}, 99999999, 'paid', '2001-01-01', '2999-01-01', 100",
                 "failed": "'2001-01-01', '2999-01-01', 99999999, 'paid', 100",
                 "found": "{ids}, 99999999, NULL, '\\x0102', 'abc', 'abd', 'abc', 'abd', 1, '2001-01-01', '2999-01-01', 'paid', 100"},
}


def test_no_search_reads_a_whole_table(server):
    """A million orders must answer as few do, so each plan is led by an index. PostgreSQL plans by what tables hold."""
    if not postgres.WANTED:
        for text in statements():
            values = [None] * max(int(n) for n in re.findall(r"\$(\d+)", text))
            plan = [row[3] for row in query(server, "EXPLAIN QUERY PLAN " + re.sub(r"\$(\d+)", r"?\1", text), *values)]
            assert [step for step in plan if re.match(r"SCAN (?![fl]\b|page\b|bounds\b|\(|found\b|CONSTANT)", step)] == [], plan
        return
    execute(server,
            "INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at, closed_at)"
            " SELECT gen_random_uuid(), gen_random_uuid(), 100, 'usd', (ARRAY['paid', 'cancelled', 'expired'])[1 + n % 3], now(), now(), now() - n * interval '1 second' FROM generate_series(1, 50000) AS n",
            "INSERT INTO order_contacts (order_seq, number, email_key, name_key)"
            " SELECT seq, 'x', md5('a' || seq), md5('b' || seq) FROM orders",
            "ANALYZE orders", "ANALYZE order_contacts")
    connection = database(server, write=True)
    for mode in ("force_generic_plan", "force_custom_plan"):
        connection.execute(f"SET plan_cache_mode = {mode}")
        for text in statements():
            marks = {"WITH few": "few", "EXISTS": "late", "WITH looked": "named", "WITH bounds": "found", "DISTINCT order_seq": "failed", "o.closed_at >=": "paid", "": "all"}
            kind = next(kind for mark, kind in marks.items() if mark in text)
            values = VALUES["postgres"][kind].format(ids=IDS, status="'paid'," if "$7" in text else "")
            connection.execute("PREPARE listed AS " + text)
            plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN EXECUTE listed ({values})").fetchall())
            connection.execute("DEALLOCATE listed")
            assert "Seq Scan" not in plan, plan
            if kind == "few" or "(status, seq) >=" in text:
                assert re.search(r"(using|on) orders_status", plan), plan  # or a rare status reads all orders
    connection.close()


def test_one_order_with_its_payments(server, admin, ann):
    one = bought(ann, create(server), email="ann@example.com", shipping_address=ANN, note="Ring twice")
    with shopper(server, "bob") as bob:
        bought(bob, create(server))
    payment = intended(ann, one)
    confirmed(ann, payment)
    seen = admin.get(f"/admin/orders/{one['id']}").json()
    assert seen["order"] == details(ann, one)
    (paid,) = seen["payments"]
    assert (paid["id"], paid["amount"], paid["status"], paid["is_over"]) == (payment["id"], one["total_amount"], "succeeded", False)
    assert paid["provider_payment_id"].startswith("pi_") and paid["refunded_amount"] == 0
    admin.post(f"/orders/{one['id']}/refunds", json={"amount": 7})
    assert admin.get(f"/admin/orders/{one['id']}").json()["payments"][0]["refunded_amount"] == 7
    assert admin.get(f"/admin/orders/{REMOTE}").status_code == 404


def test_who_packs_sees_where_an_order_goes_and_no_mail_address(server, admin, ann):
    one = bought(ann, create(server), email="secret@example.com", shipping_address=ANN)
    packer, helper = (bearer(make(admin, role=role)["key"]) for role in ("fulfilment", "support"))
    for path in (f"/admin/orders/{one['id']}", f"/orders/{one['id']}/details", "/admin/orders.csv"):
        for headers, is_seen in ((packer, False), (helper, True)):
            answer = admin.get(path, headers=headers)
            assert answer.status_code == 200 and ANN["line1"] in answer.text
            assert ("secret@example.com" in answer.text) == is_seen, path
    assert details(ann, one)["email"] == "secret@example.com"


def test_notes_are_for_the_staff(server, admin, ann):
    one = bought(ann, create(server))
    path, key = f"/admin/orders/{one['id']}/notes", {"Idempotency-Key": "once"}
    answers = [admin.post(path, json={"text": "Called: <b>after 5</b>"}, headers=key) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201] and answers[0].text == answers[1].text
    member = make(admin, role="support")
    timeline = admin.post(path, json={"text": "Second"}, headers=bearer(member["key"])).json()
    assert [(e["kind"], e["text"], e["actor_kind"], e["actor"]) for e in timeline] == [
        ("created", None, None, None), ("note", "Called: <b>after 5</b>", "token", None), ("note", "Second", "key", member["id"])]
    assert admin.get(f"/admin/orders/{one['id']}").json()["order"]["timeline"] == timeline
    for shown in (details(ann, one)["timeline"], ann.get(f"/orders/{one['id']}/events").json()):
        assert [e["kind"] for e in shown] == ["created"]
    log = admin.get("/admin/audit", params={"target": one["id"]}).json()
    assert [e["changes"] for e in log] == [[{"field": "note", "before": None, "after": "added"}]] * 2
    assert admin.post(f"/admin/orders/{REMOTE}/notes", json={"text": "x"}).status_code == 404
    assert admin.post(path, json={"text": ""}).status_code == 422


def exported(admin, **params) -> list[dict]:
    """All pages, as a spreadsheet reads them."""
    text, cursor = "", {}
    while True:
        answer = admin.get("/admin/orders.csv", params=params | cursor)
        assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv; charset=utf-8"
        text += answer.text
        if "x-next-cursor" not in answer.headers:
            return list(csv.DictReader(io.StringIO(text, newline="")))
        cursor = {"cursor": answer.headers["x-next-cursor"]}


def test_orders_as_csv(server, admin, ann):
    lamp, bulb = create(server, name='Lamp, "big"', price=2999), create(server, name="Bulb", price=5, stock_quantity=200)
    lines = [add(ann, lamp, 2)["id"], add(ann, bulb)["id"]]
    one = ann.post("/orders", json={"cart_item_ids": lines, "email": "ann@example.com", "shipping_address": ANN, "note": "a\nb"}).json()
    two = bought(ann, bulb, 99)
    for limit in (1, 100):
        rows = exported(admin, limit=limit)
        assert [(r["Id"], r["Name"], r["Lineitem quantity"], r["Lineitem name"], r["Lineitem price"], r["Total"], r["Email"]) for r in rows] == [
            (two["id"], details(ann, two)["number"], "99", "Bulb", "0.05", "4.95", ""),
            (one["id"], details(ann, one)["number"], "2", 'Lamp, "big"', "29.99", "60.03", "ann@example.com"),
            (one["id"], details(ann, one)["number"], "1", "Bulb", "0.05", "", "ann@example.com")]
        assert (rows[1]["Shipping Address1"], rows[1]["Shipping Country"], rows[1]["Notes"], rows[1]["Created at"]) == ("1 High Street", "GB", "a\nb", one["created_at"])
        assert rows[2]["Shipping Address1"] == rows[2]["Status"] == "" and rows[1]["Status"] == "pending"
    assert exported(admin, status="paid") == exported(admin, to="2001-01-01T00:00:00Z") == []


@pytest.mark.parametrize("sign", "=+-@\t\r'")
def test_no_cell_is_a_formula(server, admin, ann, sign):
    formula = sign + "cmd|' /C calc'!A0"
    bought(ann, create(server, name="x" + formula), shipping_address=ANN | {"name": formula, "city": formula}, note=formula)
    (row,) = exported(admin)
    assert row["Notes"] == row["Shipping City"] == row["Shipping Name"] == "'" + formula
    assert row["Lineitem name"] == "x" + formula


def test_an_export_is_in_the_audit_log(server, admin, ann):
    bought(ann, create(server), email="ann@example.com")
    exported(admin)
    (entry,) = [e for e in admin.get("/admin/audit").json() if e["action"] == "GET /admin/orders.csv"]
    assert entry["changes"] == [{"field": "orders_read", "before": None, "after": "1"}]


def test_lists_do_not_wait_for_the_writer(server, admin, ann):
    bought(ann, create(server, stock_quantity=10), email="ann@example.com")
    with writes_held(server):
        for path in ("/admin/orders", "/admin/customers", "/admin/mails", "/admin/audit", "/admin/summary", "/admin/products"):
            assert admin.get(path, timeout=5).status_code == 200, path


def test_a_status_narrows_each_way_to_look(server, admin, ann):
    lamp = create(server, stock_quantity=100)
    made = [bought(ann, lamp, email="ann@example.com", shipping_address=ANN) for _ in range(4)]
    for one in made[:3]:
        ann.post("/payments/confirm", json={"payment_id": intended(ann, one)["id"], "payment_method": DECLINED})
    confirmed(ann, intended(ann, made[0]))
    ann.post(f"/orders/{made[1]['id']}/cancel")
    for status, wanted in (("paid", made[:1]), ("cancelled", made[1:2]), ("pending", made[3:1:-1]), ("shipped", [])):
        for q in ("ann", "Ann@example", "Ann S"):
            assert ids(listed(admin, q=q, status=status)) == [o["id"] for o in wanted], (q, status)
        assert ids(listed(admin, by="payment_failed", status=status)) == [o["id"] for o in wanted if o in made[:3]]
        assert ids(listed(admin, by="paid", status=status)) == [o["id"] for o in wanted if status == "paid"]
    assert ids(listed(admin, q=made[0]["id"], status="paid")) == [made[0]["id"]]
    assert ids(listed(admin, q=made[0]["id"], status="cancelled")) == []


@pytest.mark.skipif(postgres.WANTED, reason="SQLite counts its steps")
def test_a_page_of_paid_orders_far_down_takes_no_more_steps_than_the_first(server):
    execute(server, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
                    " INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at, closed_at)"
                    " SELECT randomblob(16), randomblob(16), 100, 'usd', 'paid', i, i, 10 * i FROM n")
    (text,) = (t.decode() for t in re.findall(rb"SELECT o\.seq, o\.id, o\.status[^\0]*?o\.closed_at < [^\0]*LIMIT \$5\0", TILL.read_bytes()) if b"LATERAL" not in t)
    (first, _), (far, rows) = (steps(server, text.rstrip("\0"), (0, 10**9, cursor, "paid", 100)) for cursor in (2**63 - 1, 5000))
    assert [row[0] for row in rows] == list(range(4999, 4899, -1))
    assert far <= 1.2 * first, f"{100 * far} steps, and {100 * first} of the first page"
