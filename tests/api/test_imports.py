"""Imports through the API: a file in parts, which may break and go on, a dry run, and the server's own importer, by the engine
of till import (test_import.py and test_import_*.py test that)."""
from __future__ import annotations

import concurrent.futures
import json
import os
import subprocess

import pytest

import postgres
from importing import ASKS, MANY, Watcher, oddities, total
from server import PATIENCE_S, TILL, environment, product, till, wait_until
from shopping import admin, audit, bought, create, execute, query, shopper
from test_import_from import WRITERS, catalogue
from test_import_from import expected as expected_from

MIB = 1024 * 1024
NOBODY = "00000000-0000-4000-8000-000000000000"
HEAD = "key,name,description,price,stock_quantity,category,image_url\n"


def rows(count: int, start: int = 0, **fields) -> bytes:
    """CSV of products with keys."""
    lines = (",".join(str(v) for v in ({"key": f"k{i}"} | product(name=f"Thing {i}", description="x") | fields).values()) for i in range(start, start + count))
    return (HEAD + "\n".join(lines) + "\n").encode()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def made(server, parts: int = 1, **options) -> dict:
    answer = admin(server).post("/admin/imports", json={"name": "products.csv", "parts": parts} | options)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(server, job: dict, n: int, part: bytes):
    return admin(server).put(f"/admin/imports/{job['id']}/parts/{n}", content=part)


def sent(server, data: bytes, part: int = MIB, **options) -> dict:
    """An import whose parts are all there."""
    parts = cut(data, part)
    job = made(server, len(parts), **options)
    for n, bytes_ in enumerate(parts, 1):
        answer = put(server, job, n, bytes_)
        assert answer.status_code == 200, answer.text
    return answer.json()


def read(server, job: dict) -> dict:
    answer = admin(server).get(f"/admin/imports/{job['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ask(server, job: dict, what: str):
    return admin(server).post(f"/admin/imports/{job['id']}/{what}")


def ended(server, job: dict) -> dict:
    return wait_until(lambda: (now := read(server, job))["status"] in ("checked", "done", "failed") and now)


def checked(server, job: dict) -> dict:
    assert ask(server, job, "check").status_code == 202
    now = ended(server, job)
    assert now["status"] == "checked", now
    return now["report"]


def done(server, job: dict) -> dict:
    assert ask(server, job, "start").status_code == 202
    now = ended(server, job)
    assert now["status"] == "done", now
    return now["report"]


def names(server) -> list[str]:
    return sorted(name for (name,) in query(server, "SELECT name FROM products"))


def counts(report: dict) -> dict:
    return {k: report[k] for k in ("added", "changed", "unchanged", "removed", "other_stock", "bad_count") if report[k]}


@pytest.fixture
def quick(timed):
    """A server whose workers look every 20 ms."""
    return timed()


# ---- Parts.


def test_a_file_in_many_parts_is_imported(quick):
    data = rows(500)
    job = sent(quick, data, 1000)
    assert job["parts_received"] == job["parts"] == -(-len(data) // 1000) and job["size_bytes"] == len(data) and job["next_part"] is None
    report = done(quick, job)
    assert counts(report) == {"added": 500} and report["rows"] == 500 and report["error"] is None and report["bad_rows"] == []
    assert names(quick) == sorted(f"Thing {i}" for i in range(500))
    now = read(quick, job)
    assert (now["percent"], now["next_part"]) == (100, None)
    audit(quick)


def test_an_upload_that_broke_goes_on_where_it_was(quick):
    parts = cut(rows(100), 1000)
    job = made(quick, len(parts))
    assert job["next_part"] == 1
    for n in (1, 2, 4):
        put(quick, job, n, parts[n - 1])
    assert ask(quick, job, "start").status_code == 409  # parts are missing
    assert ask(quick, job, "check").status_code == 409
    assert read(quick, job)["next_part"] == 3
    for n, part in enumerate(parts, 1):  # those that are there once more
        assert put(quick, job, n, part).status_code == 200
    assert read(quick, job)["parts_received"] == len(parts)
    assert counts(done(quick, job)) == {"added": 100}


def test_a_part_has_its_bytes_for_good(quick):
    job = made(quick, 3)
    assert put(quick, job, 1, b"one").json()["next_part"] == 2
    assert put(quick, job, 1, b"one").status_code == 200
    assert put(quick, job, 1, b"two").status_code == 409
    assert put(quick, job, 4, b"x").status_code == 409
    for n in (0, 1025, "x"):
        assert put(quick, job, n, b"x").status_code == 422
    empty = put(quick, job, 2, b"")
    assert empty.status_code == 422 and empty.json()["detail"][0]["msg"] == "The part is empty"
    assert put(quick, job, 2, b"x" * MIB).status_code == 200
    too_large = quick.client().put(f"/admin/imports/{job['id']}/parts/3", content=b"x" * (MIB + 1))
    assert too_large.status_code == 413
    assert read(quick, job)["size_bytes"] == 3 + MIB


def test_parts_come_in_any_order_and_side_by_side(quick):
    parts = cut(rows(400), 500)
    job = made(quick, len(parts))

    def send(n: int) -> int:
        with quick.client() as client:
            return client.put(f"/admin/imports/{job['id']}/parts/{n}", content=parts[n - 1]).status_code

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        numbers = [n for n in range(len(parts), 0, -1) for _ in range(2)]
        assert set(pool.map(send, numbers)) == {200}
    assert read(quick, job)["parts_received"] == len(parts)
    assert counts(done(quick, job)) == {"added": 400}


# ---- What it says.


def test_a_dry_run_says_what_would_happen_and_writes_nothing(quick):
    create(quick, name="Before")
    done(quick, sent(quick, rows(5)))
    before, products = names(quick), query(quick, "SELECT * FROM products ORDER BY seq")
    log = len(admin(quick).get("/admin/audit").json())
    data = rows(7).replace(b"Thing 1,", b"Other 1,").replace(b",12,", b",13,", 1) + b"k8,Bad,x,-1,1,c,\n,,,,,,\n,No key,x,1,1,c,\n"
    job = sent(quick, data, 100, update=True)
    report = checked(quick, job)
    assert counts(report) == {"added": 2, "changed": 1, "unchanged": 4, "other_stock": 1, "bad_count": 2}
    assert [row["line"] for row in report["bad_rows"]] == [9, 11] and "price" in report["bad_rows"][0]["error"] and "key" in report["bad_rows"][1]["error"]
    assert report["unknown_columns"] == [] and report["source"] is None
    assert (names(quick), query(quick, "SELECT * FROM products ORDER BY seq")) == (before, products)
    assert query(quick, "SELECT staged_by FROM catalogue") == [(0,)]
    assert len(admin(quick).get("/admin/audit").json()) == log + 2  # that it was created and asked for
    assert read(quick, job)["status"] == "checked"


def test_columns_that_are_left_out_are_named(quick):
    data = b"name,colour,description,price,stock_quantity,category,size\nLamp,red,x,1,1,c,L\n"
    job = sent(quick, data)
    assert checked(quick, job)["unknown_columns"] == ["colour", "size"] == done(quick, job)["unknown_columns"]


def test_what_a_dry_run_says_is_what_happens(quick):
    done(quick, sent(quick, rows(20)))
    job = sent(quick, rows(30, 10, price=5), update=True, stock="set")
    said = checked(quick, job)
    assert counts(said) == {"added": 20, "changed": 10}
    assert done(quick, job) == said
    assert query(quick, "SELECT count(*) FROM products WHERE price = 5") == [(30,)]
    audit(quick)


@pytest.mark.parametrize("update", [False, True])
def test_bad_rows_end_an_import_with_their_reasons(quick, update):
    data = rows(50) + b"k7,Again,x,1,1,c,\nk99,Bad,x,1.5,1,c,\n"
    job = sent(quick, data, update=update)
    assert ask(quick, job, "start").status_code == 202
    now = ended(quick, job)
    assert now["status"] == "failed" and now["report"]["error"] is None
    assert 53 in [row["line"] for row in now["report"]["bad_rows"]]
    assert names(quick) == [] and query(quick, "SELECT staged_by FROM catalogue") == [(0,)]
    report = checked(quick, job)
    assert {row["line"] for row in report["bad_rows"]} == {53} | ({52} if len(report["bad_rows"]) > 1 else set())
    audit(quick)


def test_twenty_bad_rows_are_named(quick):
    report = checked(quick, sent(quick, rows(100, price=-1)))
    assert [row["line"] for row in report["bad_rows"]] == list(range(2, 22)) and report["bad_count"] == 20


def test_rows_that_are_there_already_are_bad_unless_they_update(quick):
    done(quick, sent(quick, rows(5)))
    report = checked(quick, sent(quick, rows(6, 4)))
    assert [(row["line"], "an update would change it" in row["error"]) for row in report["bad_rows"]] == [(2, True)]
    assert counts(report) == {"added": 5, "bad_count": 1}


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a,b\n1,2\n", b'[{"name": 1', b'{"name":'])
def test_what_is_no_file_of_products_is_said(quick, data):
    job = sent(quick, data)
    report = checked(quick, job)
    assert report["bad_rows"] and report["rows"] == report["added"] == 0
    assert ask(quick, job, "start").status_code == 202
    assert ended(quick, job)["status"] == "failed"


@pytest.mark.parametrize("system", sorted(WRITERS))
def test_files_of_other_systems_are_read(quick, tmp_path, system):
    products = catalogue(20)
    WRITERS[system](file := tmp_path / "products", products)
    job = sent(quick, file.read_bytes(), 999)
    said = checked(quick, job)
    assert said["source"].lower() == {"feed": "google"}.get(system, system) and said["added"] == len(expected_from(products))
    assert done(quick, job) == said
    found = query(quick, "SELECT name, description, price, stock_quantity, category, image_url FROM products")
    assert sorted(found) == expected_from(products)
    again = checked(quick, sent(quick, file.read_bytes(), update=True))
    assert counts(again) == {"unchanged": said["added"]}


def test_what_another_systems_file_has_beside_products_is_counted(quick, tmp_path):
    head = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant Inventory Qty,Variant Inventory Tracker,Variant Price,Image Src,Status\n"
    data = head + "lamp,Lamp,<p>Warm</p>,Acme,Lamps,red,true,3,shopify,19.99,https://x.example/1.jpg,active\nlamp,,,,,,,,,,https://x.example/2.jpg,\n"
    report = checked(quick, sent(quick, data.encode()))
    assert report["source"] == "Shopify" and report["added"] == 1
    assert report["left_out"] and all(c["count"] > 0 and c["kind"] for c in report["left_out"] + report["converted"])


def test_options_are_those_of_the_command(quick):
    data = b"sku;name;description;price;stock_quantity;category;image_url\nA-1;'=Lamp;x;19,99;4;c;\n".replace(b",99", b".99")
    job = sent(quick, data, format="csv", prices="decimal", key="sku", from_spreadsheet=True, update=True)
    assert job["options"] == {"format": "csv", "from": None, "prices": "decimal", "stock": "keep", "key": "sku", "untracked_stock": 1000, "update": True, "from_spreadsheet": True}
    assert counts(done(quick, job)) == {"added": 1}
    assert query(quick, "SELECT name, price, import_key FROM products") == [("=Lamp", 1999, "A-1")]
    jsonl = sent(quick, json.dumps(product(name="Lined")).encode(), format="jsonl")
    assert counts(done(quick, jsonl)) == {"added": 1}


def test_options_that_make_no_sense_are_refused(quick):
    good = {"name": "x", "parts": 1}
    for wrong in ({"name": ""}, {"name": "x" * 201}, {"parts": 0}, {"parts": 1025}, {"format": "xlsx"}, {"from": "magento"}, {"prices": "1"}, {"stock": "set"}, {"stock": "x"},
                  {"key": "name"}, {"key": "price"}, {"key": ""}, {"untracked_stock": -1}, {"update": "x"}):  # fmt: skip
        assert admin(quick).post("/admin/imports", json=good | wrong).status_code == 422, wrong
    for missing in good:
        assert admin(quick).post("/admin/imports", json={k: v for k, v in good.items() if k != missing}).status_code == 422


# ---- Its life.


def test_an_import_is_started_once(quick):
    job = sent(quick, rows(10))
    done(quick, job)
    for what in ("start", "check"):
        assert ask(quick, job, what).status_code == 409
    assert put(quick, job, 1, b"other").status_code == 409
    assert names(quick) == sorted(f"Thing {i}" for i in range(10))
    key = {"Idempotency-Key": "once"}
    two = [admin(quick).post("/admin/imports", json={"name": "x", "parts": 1}, headers=key) for _ in range(2)]
    assert two[0].json() == two[1].json() and two[1].headers["idempotent-replayed"] == "true"


def test_a_new_part_makes_a_checked_file_an_open_one(quick):
    job = made(quick, 2)
    put(quick, job, 1, rows(3))
    put(quick, job, 2, b"k9,Nine,x,1,1,c,\n")
    checked(quick, job)
    assert put(quick, job, 2, b"k9,Nine,x,1,1,c,\n").json()["status"] == "checked"  # it was there


def test_an_import_that_was_given_up_is_gone(quick):
    job = sent(quick, rows(10))
    assert admin(quick).delete(f"/admin/imports/{job['id']}").status_code == 204
    for answer in (admin(quick).get(f"/admin/imports/{job['id']}"), put(quick, job, 1, b"x"), ask(quick, job, "start"), admin(quick).delete(f"/admin/imports/{job['id']}")):
        assert answer.status_code == 404
    assert admin(quick).get("/admin/imports").json() == []
    wait_until(lambda: query(quick, "SELECT count(*) FROM import_parts") == query(quick, "SELECT count(*) FROM imports") == [(0,)])


def test_ten_imports_may_be_open(quick):
    jobs = [made(quick) for _ in range(10)]
    full = admin(quick).post("/admin/imports", json={"name": "x", "parts": 1})
    assert full.status_code == 409
    assert [j["id"] for j in admin(quick).get("/admin/imports").json()] == [j["id"] for j in reversed(jobs)]
    assert admin(quick).delete(f"/admin/imports/{jobs[0]['id']}").status_code == 204
    made(quick)


def test_parts_go_when_the_import_is_done_or_after_a_day(quick, clock):
    finished, left = sent(quick, rows(10)), sent(quick, rows(10_000), 10_000)
    done(quick, finished)
    parts = "SELECT count(*) FROM import_parts AS p JOIN imports AS i ON i.seq = p.import_seq WHERE i.name = 'products.csv'"
    wait_until(lambda: query(quick, parts) == [(left["parts"],)])
    assert read(quick, finished)["report"]["added"] == 10
    clock.forward(hours=25)
    wait_until(lambda: query(quick, "SELECT count(*) FROM import_parts") == [(0,)])
    assert [j["id"] for j in admin(quick).get("/admin/imports").json()] == [finished["id"]]
    clock.forward(days=31)
    wait_until(lambda: admin(quick).get("/admin/imports").json() == [])


def test_only_staff_with_the_scope_may_import(quick):
    job = sent(quick, rows(1))
    key = admin(quick).post("/admin/keys", json={"name": "Other", "scopes": ["products:read"]}).json()["key"]
    path = f"/admin/imports/{job['id']}"
    calls = [("GET", "/admin/imports"), ("POST", "/admin/imports"), ("GET", path), ("DELETE", path), ("PUT", path + "/parts/1"), ("POST", path + "/check"), ("POST", path + "/start")]
    for method, url in calls:
        body = {"json": {"name": "x", "parts": 1}} if url == "/admin/imports" and method == "POST" else {"content": b"x"} if method == "PUT" else {}
        assert quick.client(admin=False).request(method, url, **body).status_code == 401
        assert quick.client(admin=False, Authorization=f"Bearer {key}").request(method, url, **body).status_code == 403
        missing = quick.client().request(method, url.replace(job["id"], NOBODY), **body)
        assert missing.status_code == (404 if job["id"] in url else 200 if method == "GET" else 201)


def test_imports_are_in_the_audit_log_under_who_started_them(quick):
    made_key = admin(quick).post("/admin/keys", json={"name": "Importer", "role": "catalogue"}).json()
    keyed = quick.client(admin=False, Authorization=f"Bearer {made_key['key']}")
    job = keyed.post("/admin/imports", json={"name": "spring.csv", "parts": 1, "update": True}).json()
    keyed.put(f"/admin/imports/{job['id']}/parts/1", content=rows(4))
    keyed.post(f"/admin/imports/{job['id']}/start")
    ended(quick, job)
    log = [(e["action"], e["actor"], {c["field"]: c["after"] for c in e["changes"]}) for e in admin(quick).get("/admin/audit").json() if e["target"] == job["id"]]
    assert log == [("import", made_key["id"], {"products_added": "4"}), ("POST /admin/imports/{import_id}/start", made_key["id"], {"status": "started"}),
                   ("POST /admin/imports", made_key["id"], {"name": "spring.csv"})]  # fmt: skip


def test_a_shop_in_memory_takes_none(serve):
    if postgres.WANTED:
        pytest.skip("is in no memory")
    server = serve(db=":memory:")
    job = sent(server, rows(1))
    for what in ("check", "start"):
        answer = ask(server, job, what)
        assert answer.status_code == 409 and "--db" in answer.json()["detail"]


# ---- Export.


def exported(client, **query_) -> bytes:
    """All pages put together."""
    pages, cursor = [], {}
    while cursor is not None:
        page = client.get("/admin/export.csv", params=query_ | cursor)
        assert page.status_code == 200 and page.headers["content-type"] == "text/csv; charset=utf-8"
        assert page.headers["content-disposition"] == 'attachment; filename="products.csv"' and page.headers["cache-control"] == "no-store"
        pages.append(page.content)
        cursor = {"cursor": page.headers["x-next-cursor"]} if "x-next-cursor" in page.headers else None
    return b"".join(pages)


@pytest.mark.parametrize("for_spreadsheet", [False, True])
def test_an_export_is_that_of_the_command_and_comes_back(quick, for_spreadsheet):
    for name in ("=1+1", 'Say "hi", twice', "two\nlines", "Zwei Wörter ☀"):
        create(quick, name=name)
    gone = create(quick, name="Gone")
    assert admin(quick).delete(f"/products/{gone['id']}").status_code == 204
    flags = ["--for-spreadsheet"] if for_spreadsheet else []
    file = quick.folder / "products.csv"
    assert till("export", *flags, file, "--db", quick.db).returncode == 0
    for limit in (1, 2, 3, 4, 500):
        assert exported(admin(quick), limit=limit, for_spreadsheet=str(for_spreadsheet).lower()) == file.read_bytes()
    assert counts(checked(quick, sent(quick, file.read_bytes(), update=True))) == {"unchanged": 4}


def test_an_empty_shop_is_exported_as_a_head(serve):
    server = serve()
    assert exported(admin(server)).count(b"\n") == 1
    key = admin(server).post("/admin/keys", json={"name": "Other", "scopes": ["orders:read"]}).json()["key"]
    assert server.client(admin=False).get("/admin/export.csv").status_code == 401
    assert server.client(admin=False, Authorization=f"Bearer {key}").get("/admin/export.csv").status_code == 403
    assert admin(server).get("/admin/export.csv?limit=501").status_code == 422


# ---- While the shop is served, and after a fault.


def test_shoppers_see_nothing_of_it_or_all_of_it(serve):
    server = serve(catalogue=True)
    job = sent(server, oddities(server.folder).read_bytes(), 200_000)
    watcher = Watcher(server, ASKS)
    watcher.start()
    wait_until(lambda: all(watcher.seen.values()) or watcher.failure)
    lamp, sold = create(server, name="Sold meanwhile", stock_quantity=10**6, category="lighting"), 0
    assert ask(server, job, "start").status_code == 202
    with shopper(server) as ann:
        while read(server, job)["status"] != "done":
            bought(ann, lamp)
            sold += 1
    wait_until(lambda: all(len(seen) >= 2 for seen in watcher.seen.values()) or watcher.failure)
    seen = watcher.end()
    assert seen["/products/search?q=oddity"] == [0, MANY] and seen["/products/suggest?q=oddi"] == [False, True]
    assert seen["/categories"] == [[], [("odds", MANY)]]
    assert query(server, "SELECT stock_quantity FROM products WHERE name = 'Sold meanwhile'") == [(10**6 - sold,)]
    audit(server)


@pytest.mark.parametrize("update", [False, True])
def test_an_import_goes_on_after_a_crash(serve, clock, update):
    """Staged rows are removed, and it begins anew: nothing is there twice."""
    folder = serve.folder()
    server = serve(folder, test_kill="import-staged", test_clock=clock.path)
    job = sent(server, rows(300), 5000, update=update)
    assert ask(server, job, "start").status_code == 202
    assert server.process.wait(PATIENCE_S) == -9
    assert query(server, "SELECT count(*) FROM products WHERE seq < (SELECT staged_seq FROM catalogue)") == [(0,)]
    server = serve(folder, test_clock=clock.path)
    now = ended(server, job)
    assert now["status"] == "done" and counts(now["report"]) == {"added": 300}
    assert len(names(server)) == 300
    wait_until(lambda: query(server, "SELECT staged_by FROM catalogue") == [(0,)])
    audit(server)


def test_an_update_that_was_published_changes_the_rest_after_a_crash(serve, clock):
    folder = serve.folder()
    server = serve(folder, test_clock=clock.path)
    done(server, sent(server, rows(50)))
    server.stop()
    server = serve(folder, test_kill="import-changed", test_clock=clock.path)
    job = sent(server, rows(60, price=7), update=True)
    assert ask(server, job, "start").status_code == 202
    assert server.process.wait(PATIENCE_S) == -9
    assert query(server, "SELECT state FROM imports WHERE name = 'products.csv' ORDER BY seq DESC LIMIT 1") == [("changing",)]
    server = serve(folder, test_clock=clock.path)
    now = ended(server, job)
    assert now["status"] == "done" and counts(now["report"]) == {"added": 10, "changed": 50}
    assert query(server, "SELECT count(*) FROM products WHERE price = 7") == [(60,)]
    audit(server)


def held_back(server, job: dict) -> None:
    """Waits until the import is at work."""
    wait_until(lambda: read(server, job)["rows"] > 0 or read(server, job)["status"] == "done")


def test_a_stopped_server_goes_on_with_its_import(serve):
    folder = serve.folder()
    server = serve(folder)
    job = sent(server, oddities(server.folder).read_bytes())
    assert ask(server, job, "start").status_code == 202
    held_back(server, job)
    server.stop()
    server = serve(folder)
    now = ended(server, job)
    assert now["status"] == "done" and now["report"]["added"] == MANY
    assert query(server, "SELECT count(*) FROM products") == [(MANY,)]
    audit(server)


def test_an_import_is_given_up_while_it_runs(serve, clock):
    server = serve(clock.path.parent, test_clock=clock.path)
    job = sent(server, oddities(server.folder, 3 * MANY).read_bytes())
    assert ask(server, job, "start").status_code == 202
    wait_until(lambda: query(server, "SELECT staged_by FROM catalogue") != [(0,)] or read(server, job)["status"] == "done")
    gone = admin(server).delete(f"/admin/imports/{job['id']}").status_code == 204 and query(server, "SELECT staged_by FROM catalogue") != [(0,)]
    wait_until(lambda: query(server, "SELECT staged_by FROM catalogue") == [(0,)])
    wait_until(lambda: query(server, "SELECT count(*) FROM imports") == [(0,)])
    assert total(admin(server).get("/products?limit=1")) in ((0,) if gone else (0, 3 * MANY))
    audit(server)


def test_imports_run_one_after_the_other(quick):
    jobs = [sent(quick, rows(200, 200 * i)) for i in range(4)]
    for job in jobs:
        assert ask(quick, job, "start").status_code == 202
    assert {ended(quick, job)["status"] for job in jobs} == {"done"}
    assert len(names(quick)) == 800
    audit(quick)


def test_an_import_leaves_no_file_open(quick):
    def open_files_after(count: int) -> int:
        for i in range(count):
            done(quick, sent(quick, rows(5, 5 * len(names(quick)))))
        return len(os.listdir(f"/proc/{quick.pid}/fd"))

    first = open_files_after(2)
    assert open_files_after(16) < first + 12  # some are opened when they are needed first, and then stay


def test_an_import_waits_for_one_of_the_command(serve, clock):
    server = serve(clock.path.parent, test_clock=clock.path)
    file = oddities(server.folder)
    command = subprocess.Popen([TILL, "import", file, "--db", server.db], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    job = sent(server, rows(10))
    assert ask(server, job, "start").status_code == 202
    assert ended(server, job)["status"] == "done"
    _, errors = command.communicate(timeout=PATIENCE_S)
    if command.returncode:  # it came second, and says so
        assert b"another import" in errors
        assert till("import", file, "--db", server.db).returncode == 0
    assert query(server, "SELECT count(*) FROM products") == [(MANY + 10,)]
    audit(server)


def test_the_audit_finds_parts_that_are_gone(serve):
    server = serve()
    job = sent(server, rows(100), 1000)
    execute(server, "DELETE FROM import_parts WHERE n = 2")
    done_ = till("audit", "--db", server.db)
    assert done_.returncode == 1 and f"import {job['id']}: {job['parts']} parts are counted, and {job['parts'] - 1} are there" in done_.stdout + done_.stderr
