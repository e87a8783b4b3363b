"""The audit log: what the staff changed, with the right actor, once for each request that changed something."""
import re

import postgres
import pytest
from contract import streams
from pictures import png
from server import product, till, wait_until
from shopping import audit, bought, confirmed, create, execute, intended, query, shopper
from test_staff import NOBODY, bearer, make, staff_rows


@pytest.fixture(scope="module")
def log(admin):
    def read(**filters):
        answer = admin.get("/admin/audit", params=filters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


def changes(entry) -> dict:
    return {c["field"]: (c["before"], c["after"]) for c in entry["changes"]}


def test_a_product_is_made_changed_and_deleted(admin, log):
    made = admin.post("/products", json=product(name="Logged lamp")).json()
    path = f"/products/{made['id']}"
    admin.patch(path, json={"price": 1, "name": "Logged lamp", "stock_quantity": 5, "is_active": True})
    admin.post(path + "/stock", json={"delta": -2, "reason": "Broken"})
    admin.delete(path)
    admin.patch(path, json={"is_active": True})
    back, gone, fewer, cheaper, new = log(target=made["id"])
    assert new["action"] == "POST /products"
    assert changes(new)["name"] == (None, "Logged lamp") and changes(new)["price"] == (None, "2999")
    assert cheaper["action"] == "PATCH /products/{product_id}"
    assert changes(cheaper) == {"price": ("2999", "1"), "stock_quantity": ("12", "5")}
    assert changes(fewer) == {"stock_quantity": ("5", "3"), "reason": (None, "Broken")}
    assert (gone["action"], changes(gone)) == ("DELETE /products/{product_id}", {"is_active": ("true", "false")})
    assert changes(back) == {"is_active": ("false", "true")}
    assert all(e["actor_kind"] == "token" and e["actor"] is None and e["ip_prefix"] == "127.0.0.0/24" for e in (new, back))
    assert new["id"] < cheaper["id"] < fewer["id"] < gone["id"] < back["id"]


def test_who_and_which_request(admin, log):
    key = make(admin, role="catalogue")
    made = admin.post("/products", json=product(), headers=bearer(key["key"]) | {"X-Request-Id": "delivery-4711"}).json()
    (entry,) = log(target=made["id"])
    assert (entry["actor_kind"], entry["actor"], entry["request_id"]) == ("key", key["id"], "delivery-4711")
    other = admin.post("/products", json=product())
    assert log(target=other.json()["id"])[0]["request_id"] == other.headers["x-request-id"]


def test_what_changes_nothing_is_not_there(admin, log):
    made = admin.post("/products", json=product()).json()
    path, before = f"/products/{made['id']}", log()
    assert admin.patch(path, json={"price": made["price"]}).status_code == 200
    assert admin.post(path + "/stock", json={"delta": 0}).status_code == 200
    assert admin.patch(path, json={"price": -1}).status_code == 422
    assert admin.patch(path, json={"price": 1}, headers={"If-Match": '"stale"'}).status_code == 412
    assert admin.post(path + "/stock", json={"delta": -13}).status_code == 409
    assert admin.patch(path, json={"price": 1}, headers=bearer("no")).status_code == 401
    assert admin.get("/admin/keys").status_code == 200
    assert log() == before


def test_a_replay_is_not_there_again(admin, log):
    made = admin.post("/products", json=product()).json()
    for _ in range(2):
        answer = admin.post(f"/products/{made['id']}/stock", json={"delta": 1}, headers={"Idempotency-Key": "twice"})
        assert answer.status_code == 200
    assert len(log(target=made["id"])) == 2


def test_a_refund_is_there_once(shop, admin, ann, log):
    order = bought(ann, create(shop))
    assert admin.post(f"/orders/{order['id']}/refund").status_code == 409
    assert confirmed(ann, intended(ann, order))["status"] == "succeeded"
    for _ in range(2):
        assert admin.post(f"/orders/{order['id']}/refund").json()["status"] == "refunded"
    (entry,) = log(target=order["id"])
    assert changes(entry) == {"refund": (None, "wanted"), "amount": (None, str(order["total_amount"]))}


def test_keys_are_there_without_their_secret(admin, log):
    key = make(admin, name="Logged key", scopes=["orders:read", "audit:read"])
    admin.delete(f"/admin/keys/{key['id']}")
    revoked, made = log(target=key["id"])
    assert changes(made) == {"name": (None, "Logged key"), "scopes": (None, "orders:read audit:read")}
    assert changes(revoked) == {"name": ("Logged key", None), "scopes": ("orders:read audit:read", None)}
    assert key["key"][16:] not in str(log())


READS = {"/admin/orders.csv"}  # what is personal of many shoppers
MAKES = {"/admin/webhooks": "webhook_id", "/admin/shipping-methods": "shipping_method_id", "/admin/tax-rates": "tax_rate_id",
         "/orders/{order_id}/fulfillments": "fulfillment_id"}  # fmt: skip


def failed_mail(server, client) -> str:
    """The id of a mail that can be sent again."""
    made = client.post("/admin/mails/test", json={"to": "ann@shop.example"}).json()["id"]
    execute(server, "UPDATE mails SET state = 'failed', due_at = NULL, done_at = created_at")
    return made


def test_every_row_of_the_staff_that_changes_something_is_there_once(serve):
    """Made from the table: a new endpoint of the staff is tried here, and so must note its changes."""
    server = serve(mail="smtp://127.0.0.1:9", mail_from="shop@lamps.example", shop_url="https://lamps.example")
    with server.client() as admin, shopper(server) as ann:
        order = bought(ann, create(server), 2)  # of which a half goes back before the rest
        confirmed(ann, intended(ann, order))
        ids = {
            "product_id": create(server)["id"],
            "order_id": order["id"],
            "key_id": make(admin, role="owner")["id"],
            "staff_id": admin.post("/admin/staff", json={"email": "ann@shop.example", "name": "Ann", "role": "owner"}).json()["id"],
            "fulfillment_id": None,
            "webhook_id": None,
            "mail_id": failed_mail(server, admin),
            "shipping_method_id": None,
            "tax_rate_id": None,
            "hash": admin.post("/admin/media", content=png(4)).json()["hash"],
            "width": "3",
        }
        document = admin.get("/openapi.json").json()
        paths = document["paths"].items()
        templates = [(m.upper(), p) for p, rows in paths for m, row in rows.items() if any("staff" in s for s in row["security"]) and {} not in row["security"] and not streams(row)]
        assert len(templates) == len(list(staff_rows(document)))
        rows = sorted(zip(templates, staff_rows(document)), key=lambda row: (row[0][0] == "DELETE", row[0][1].endswith("/refund")))  # what ends comes last
        for (method, template), (_, _, _, body) in rows:
            if template.startswith("/staff/"):
                continue  # of a person's own account, which the admin's token does not have: test_staff_account.py
            if template.startswith("/admin/imports"):
                continue  # the server goes on with these by itself: test_imports.py
            before = admin.get("/admin/audit").json()
            if template in ("/admin/orders", "/admin/orders/{order_id}/mark-paid", "/admin/orders/{order_id}/cancel"):
                body = {"items": [{"product_id": ids["product_id"], "quantity": 1}]}
                taken = admin.post("/admin/orders", json=body).json()["order"]["id"]
                before = admin.get("/admin/audit").json()
                body, path = (body, template) if template == "/admin/orders" else ({}, template.format(order_id=taken))
            else:
                path = re.sub(r"{(\w+)}", lambda m: ids[m[1]], template)
            if template == "/admin/products/bulk":
                body = {"ids": [ids["product_id"]], "change": {"stock_delta": 1}}
            if template == "/products/{product_id}/images":
                body = {"images": [{"media": ids["hash"], "alt": "A lamp"}]}
            body = body | {"name": "Changed"} if method == "PUT" and body and "name" in body else body
            sent = {"content": png(int(ids["width"]), seed=1)} if template.startswith("/admin/media") else {"json": body}
            answer = admin.request(method, path, **sent)
            if answer.status_code == 201 and template in MAKES:
                ids[MAKES[template]] = answer.json()["id"]
            entries = admin.get("/admin/audit").json()
            assert answer.is_success, (method, path, answer.text)
            is_noted = method != "GET" or template in READS
            assert len(entries) == len(before) + is_noted, (method, template)
            assert not is_noted or entries[0]["action"] == f"{method} {template}"


def test_commands_are_there_as_the_systems(serve):
    """Beside a running server; a command that fails or changes nothing leaves no entry."""
    server = serve()
    two = "name,description,price,stock_quantity,category,image_url,sku\nLamp,,1999,5,lamps,,l1\nDesk,,9900,2,desks,,d1\n"
    three = two.replace("1999", "1899") + "Sofa,,50000,1,sofas,,s1\n"
    commands = [
        ("import", ["import", "-", "--format", "csv", "--key", "sku", "--update"], two, {"products_added": (None, "2")}),
        ("import", ["import", "-", "--format", "csv", "--key", "sku", "--update"], three, {"products_added": (None, "1"), "products_changed": (None, "1")}),
        (None, ["import", "-", "--format", "csv", "--key", "sku", "--update"], three, None),
        (None, ["import", "-", "--format", "csv"], "name,price\nx,y\n", None),
        ("synonyms", ["synonyms", "-"], "sofa, couch\n", {"text": ("", "sofa, couch\n")}),
        (None, ["synonyms", "-"], "sofa =>\n", None),
        ("settings", ["settings", "shop.name=Lamps and more"], None, {"shop.name": ("", "Lamps and more")}),
        ("seed", ["seed", "--products", "3"], None, {"products_added": (None, "3")}),
        ("token", ["token"], None, {"admin_token": (None, "new")}),
    ]
    with server.client() as admin:
        count = 0
        for name, arguments, text, expected in commands:
            done = till(*arguments, "--db", server.db, input=text)
            assert (done.returncode == 0) == (name is not None or text == three), done.stderr
            entries = admin.get("/admin/audit").json()
            count += name is not None
            assert len(entries) == count, (arguments, entries)
            if name:
                assert (entries[0]["actor_kind"], entries[0]["action"], entries[0]["ip_prefix"]) == ("system", f"till {name}", "")
                assert changes(entries[0]) == expected
        assert done.stdout.strip() not in str(entries)
        assert len(admin.get("/admin/audit", params={"actor": "system"}).json()) == count
    audit(server)


def test_filters_and_pages(serve):
    server = serve()
    with server.client() as admin:
        key = make(admin, role="catalogue")
        made = [admin.post("/products", json=product(), headers=bearer(key["key"]) if i % 2 else {}).json() for i in range(10)]
        for p in made:
            admin.patch(f"/products/{p['id']}", json={"price": 5})

        def pages(**query) -> list[int]:
            found, cursor = [], ""
            while cursor is not None:
                answer = admin.get("/admin/audit", params=query | {"limit": 3, "cursor": cursor})
                found += [e["id"] for e in answer.json()]
                cursor = answer.headers.get("x-next-cursor")
            assert found == sorted(set(found), reverse=True)
            return found

        assert len(pages()) == 21
        assert len(pages(actor=key["id"])) == 5
        assert len(pages(actor="token")) == 16
        assert len(pages(action="POST /products")) == 10
        assert len(pages(action="POST /products", actor="token")) == 5
        assert len(pages(target=made[0]["id"])) == 2
        assert len(pages(target=made[1]["id"], actor=key["id"])) == 1
        assert pages(target=NOBODY) == pages(actor="'") == []
    audit(server)


def insert_entries(server, count: int, first: str, step_s: int) -> None:
    """Adds entries from the time `first` on, each `step_s` seconds after the one before it; their targets count from 0."""
    if postgres.WANTED:
        at, numbers = f"timestamptz '{first}+00' + i * interval '{step_s} seconds'", f"generate_series(0, {count - 1}) AS n (i)"
    else:
        at = f"(unixepoch('{first}') + i * {step_s}) * 1000000"
        numbers = f"(WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) SELECT i FROM n)"
    execute(server, f"INSERT INTO audit_log (created_at, actor_kind, action, target, changes, ip_prefix, request_id) SELECT {at}, 'token', 'x', CAST(i AS text), '{{\"changes\":[]}}', '', '' FROM {numbers}")


def test_entries_of_a_time(serve):
    """An entry a minute for 20 days: 28,800, which is more than a page looks through."""
    server = serve()
    insert_entries(server, 28_800, "2026-11-01 00:00:00", 60)
    with server.client() as admin:

        def between(start, end, **query):
            answer = admin.get("/admin/audit", params=query | {"from": start, "to": end})
            assert answer.status_code == 200, answer.text
            return [e["created_at"] for e in answer.json()], answer.headers.get("x-next-cursor")

        first = ["2026-11-01T00:02:00.000000Z", "2026-11-01T00:01:00.000000Z"]
        assert between("2026-11-01T00:01:00Z", "2026-11-01T00:03:00Z") == (first, None)  # from: inclusive; to: not
        assert between("2026-11-01T01:01:00+01:00", "2026-11-01T01:03:00+01:00") == (first, None)
        assert between("", "2026-11-01 00:03") == (first + ["2026-11-01T00:00:00.000000Z"], None)
        assert between("2026-11-20T23:58", "") == (["2026-11-20T23:59:00.000000Z", "2026-11-20T23:58:00.000000Z"], None)
        assert between("2026-11-01T00:01:00Z", "2026-11-01T00:03:00Z", target="2") == (first[:1], None)
        assert between("2026-12-01", "2026-12-02") == between("1999-01-01", "1999-01-02") == ([], None)
        assert between("0001-01-01", "9999-12-31T23:59:59.999999-23:59")[0][0] == "2026-11-20T23:59:00.000000Z"
        page, cursor = between("2026-11-10", "2026-11-10T12:00", limit=500)
        assert len(page) == 500 and cursor
        rest, end = between("2026-11-10", "2026-11-10T12:00", limit=500, cursor=cursor)
        assert len(rest) == 220 and end is None and rest[-1] == "2026-11-10T00:00:00.000000Z"


def test_a_wrong_time_is_refused_in_pydantics_words(admin):
    answer = admin.get("/admin/audit", params={"from": "soon", "to": "2026-11-31"})
    assert answer.status_code == 422
    short, day = answer.json()["detail"]
    assert (short["type"], short["loc"], short["input"]) == ("datetime_from_date_parsing", ["query", "from"], "soon")
    assert short["msg"] == "Input should be a valid datetime or date, input is too short"
    assert day["msg"] == "Input should be a valid datetime or date, day value is outside expected range"


def test_a_page_looks_through_a_bounded_number_of_entries(serve):
    server = serve()
    with server.client() as admin:
        create(server)
        insert_entries(server, 25_000, "2026-11-01 00:00:00", 1)
        answers, cursor = [], ""
        while cursor is not None:
            answer = admin.get("/admin/audit", params={"action": "POST /products", "cursor": cursor})
            answers.append(len(answer.json()))
            cursor = answer.headers.get("x-next-cursor")
        assert answers == [0, 0, 1]


def test_entries_are_not_changed_or_deleted(serve):
    server = serve()
    create(server)
    for statement in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(Exception, match="audit log"):
            execute(server, statement)
    assert len(query(server, "SELECT 1 FROM audit_log")) == 1


PAUSE_S = 31  # an idle server looks again after 30 seconds


def insert_entry(server, days_old: int) -> None:
    old = f"now() - interval '{days_old} days'" if postgres.WANTED else f"(unixepoch() - {days_old} * 86400) * 1000000"
    execute(server, f"INSERT INTO audit_log (created_at, actor_kind, action, changes, ip_prefix, request_id) VALUES ({old}, 'token', '{days_old} days old', '{{\"changes\":[]}}', '', '')")


def test_entries_of_three_years_ago_are_swept(serve, clock):
    server = serve(test_clock=clock.path)
    insert_entry(server, 1094)
    insert_entry(server, 1097)
    clock.forward(seconds=PAUSE_S)
    wait_until(lambda: query(server, "SELECT action FROM audit_log") == [("1094 days old",)])


def test_the_owner_says_how_long_entries_stay(serve, clock):
    """The database refuses to delete what the flag keeps, and nothing else; a start without the flag changes nothing."""
    server = serve(test_clock=clock.path, keep_audit_days=100)
    for days_old in (98, 99, 102):
        insert_entry(server, days_old)
    clock.forward(seconds=PAUSE_S)
    left = "SELECT action FROM audit_log WHERE action LIKE '%old' ORDER BY seq"
    wait_until(lambda: query(server, left) == [("98 days old",), ("99 days old",)])
    with pytest.raises(Exception, match="keep-audit-days"):
        execute(server, "DELETE FROM audit_log WHERE action = '99 days old'")
    server.stop()
    server = serve(server.folder, test_clock=clock.path, keep_audit_days=98)
    with server.client() as admin:
        entry = admin.get("/admin/audit").json()[0]
        assert (entry["action"], changes(entry)) == ("till serve --keep-audit-days", {"days": ("100", "98")})
    wait_until(lambda: query(server, left) == [("98 days old",)])  # the sweep comes a day later than the database would let it
    execute(server, "DELETE FROM audit_log WHERE action = '98 days old'")
    server.stop()
    server = serve(server.folder, test_clock=clock.path)
    insert_entry(server, 101)
    clock.forward(seconds=PAUSE_S)
    wait_until(lambda: query(server, left) == [])


@pytest.mark.parametrize("days", ["29", "36501", "x"])
def test_a_wrong_period_is_refused(tmp_path, days):
    refused = till("serve", "--db", tmp_path / "till.db", "--keep-audit-days", days)
    assert refused.returncode == 2 and "--keep-audit-days" in refused.stderr


def test_a_long_text_is_cut_off(admin, log):
    made = admin.post("/products", json=product(description="ä" * 10_000)).json()
    (entry,) = log(target=made["id"])
    assert changes(entry)["description"] == (None, "ä" * 250)


def test_a_shoppers_flow_writes_nothing(serve):
    server = serve()
    with shopper(server) as ann:
        made = create(server)
        order = bought(ann, made)
        confirmed(ann, intended(ann, order))
    assert query(server, "SELECT action FROM audit_log") == [("POST /products",)]
