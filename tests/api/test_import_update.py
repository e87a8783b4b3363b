"""till import --update: an edited export and another system's file, imported again, change what differs and nothing else."""
from __future__ import annotations

import contextlib
import csv
import io
import json
import random
import signal
import subprocess
import time

import psycopg2
import pytest

import postgres
from importing import MANY, SHIPPING, write
from server import PATIENCE_S, TILL, database_of, environment, product, till, wait_until
from shopping import audit, create, query
from test_import_from import WRITERS, catalogue


def update(path, file, *flags):
    done = till("import", "--update", *flags, file, "--db", path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def counts(output: str) -> dict[str, int]:
    """What the command has printed: `3 products added`, `2 changed` …, by their second word or what tells the line apart."""
    words = ("added", "changed", "unchanged", "removed", "stock")
    return {word: int(line.split()[0]) for line in output.splitlines() for word in words if f" {word} " in f" {line.replace(',', '')} "}


def exported(path, form: str = "jsonl") -> list[dict]:
    text = till("export", "--format", form, "--db", path).stdout
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def shop(tmp_path):
    """A database with a hundred products, and what an export of it has."""
    draw = random.Random(3)
    write(tmp_path / "first.jsonl", [product(name=f"Thing {i}", price=draw.randrange(1, 9000), stock_quantity=draw.randrange(1, 99), category=draw.choice("abc")) for i in range(100)])
    assert till("import", tmp_path / "first.jsonl", "--db", tmp_path / "till.db").returncode == 0
    return tmp_path / "till.db", exported(tmp_path / "till.db")


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_an_edited_export_changes_what_was_edited(tmp_path, shop, form):
    path, rows = shop
    rows[3] |= {"name": "Renamed lamp", "price": 77}
    rows[5] |= {"description": "Another one", "category": "new"}
    rows[7] |= {"image_url": "https://cdn.example/other.jpg"}
    added = product(name="Added") | {"id": "0190b6a0-0000-7000-8000-000000000001"} | SHIPPING
    write(tmp_path / f"edited.{form}", [*rows, added])
    assert counts(update(path, tmp_path / f"edited.{form}")) == {"added": 1, "changed": 3, "unchanged": 97}
    assert exported(path) == [*rows, added]
    assert counts(update(path, tmp_path / f"edited.{form}")) == {"added": 0, "changed": 0, "unchanged": 101}
    assert exported(path) == [*rows, added]
    audit(path)


def test_columns_that_are_not_there_stay_as_they_are(tmp_path, shop):
    path, rows = shop
    short = [{k: row[k] for k in ("id", "name", "stock_quantity", "category")} | {"price": row["price"] + 1} for row in rows]
    write(tmp_path / "short.csv", short)
    assert counts(update(path, tmp_path / "short.csv"))["changed"] == 100
    assert exported(path) == [row | {"price": row["price"] + 1} for row in rows]
    write(tmp_path / "empty.csv", [row | {"description": ""} for row in exported(path)])
    update(path, tmp_path / "empty.csv")
    assert {row["description"] for row in exported(path)} == {""}


def test_keys_of_ones_own(tmp_path):
    path = tmp_path / "till.db"
    rows = [product(name=f"Thing {i}") | {"SKU": f" {i:05} "} for i in range(50)]
    write(tmp_path / "a.csv", rows)
    assert counts(update(path, tmp_path / "a.csv", "--key", "sku")) == {"added": 50, "changed": 0, "unchanged": 0}
    write(tmp_path / "b.jsonl", [product(name=f"Thing {i}", price=5) | {"no": i + 10_000 if i else "00000"} for i in range(3)])
    assert counts(update(path, tmp_path / "b.jsonl", "--key", "no")) == {"added": 2, "changed": 1, "unchanged": 0}
    write(tmp_path / "c.csv", [row | {"SKU": row["SKU"].strip()} for row in rows] + [product(name="Last") | {"SKU": "10001"}])
    assert counts(update(path, tmp_path / "c.csv", "--key", "SKU")) == {"added": 0, "changed": 2, "unchanged": 49}
    assert len(exported(path)) == 52
    audit(path)


def test_a_key_is_kept_without_update_and_refused_twice(tmp_path):
    path = tmp_path / "till.db"
    write(tmp_path / "a.csv", [product(name="Thing") | {"key": "1"}])
    assert till("import", tmp_path / "a.csv", "--db", path).returncode == 0
    again = till("import", tmp_path / "a.csv", "--db", path)
    assert again.returncode == 1 and "line 2: a product with this id or key is there already" in again.stderr
    assert counts(update(path, tmp_path / "a.csv")) == {"added": 0, "changed": 0, "unchanged": 1}


@pytest.mark.parametrize("system", WRITERS)
def test_another_systems_file_twice_changes_nothing(tmp_path, system):
    path, products = tmp_path / "till.db", catalogue(60)
    WRITERS[system](tmp_path / "x.csv", products)
    first = counts(update(path, tmp_path / "x.csv"))
    before = exported(path)
    assert counts(update(path, tmp_path / "x.csv")) == {"added": 0, "changed": 0, "unchanged": first["added"]}
    products[4]["variants"][0]["price"] += 1
    products[9]["name"] = "Another name"
    WRITERS[system](tmp_path / "y.csv", products)
    changed = 1 + len(products[9]["variants"])
    assert counts(update(path, tmp_path / "y.csv")) == {"added": 0, "changed": changed, "unchanged": first["added"] - changed}
    assert [row["id"] for row in exported(path)] == [row["id"] for row in before]
    audit(path)


REFUSED = {
    "neither id nor key": ([{"name": "x"}], "line 102: neither an id nor a key"),
    "the same product twice": ([{"same": 3}], "line 102: another row above means the same product"),
    "a new id twice": ([{"id": "0190b6a0-0000-7000-8000-000000000001"}] * 2, "line 103: another row above means the same product"),
    "a bad price": ([{"id": "0190b6a0-0000-7000-8000-000000000001", "price": "x"}], "line 102: price: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_row_leaves_everything_as_it_was(tmp_path, shop, case):
    path, rows = shop
    extra, message = REFUSED[case]
    edited = [row | {"price": row["price"] + 1} for row in rows]
    more = [product() | {"id": ""} | (edited[row["same"]] if "same" in row else row) for row in extra]
    write(tmp_path / "edited.csv", [*edited, *more])
    done = till("import", "--update", tmp_path / "edited.csv", "--db", path)
    assert done.returncode == 1 and message in done.stderr and "nothing was imported" in done.stderr, done.stderr
    assert exported(path) == rows
    audit(path)


def test_a_sale_between_the_export_and_the_update_is_not_undone(serve, tmp_path):
    server = serve(catalogue=True)
    rows = exported(server.db)
    client = server.client(admin=False)
    sold = max(rows, key=lambda row: row["stock_quantity"])
    line = client.post("/cart", json={"product_id": sold["id"], "quantity": 2}).json()
    assert client.post("/orders", json={"cart_item_ids": [line["id"]]}).status_code == 201
    now = {row["id"]: row["stock_quantity"] for row in exported(server.db)}
    write(tmp_path / "edited.csv", [row | {"price": row["price"] + 1} for row in rows])
    found = counts(update(server.db, tmp_path / "edited.csv"))
    assert (found["changed"], found["stock"]) == (len(rows), 1)
    assert {row["id"]: row["stock_quantity"] for row in exported(server.db)} == now
    found = counts(update(server.db, tmp_path / "edited.csv", "--stock", "set"))
    assert (found["changed"], found["unchanged"]) == (1, len(rows) - 1)
    assert {row["id"]: row["stock_quantity"] for row in exported(server.db)} == {row["id"]: row["stock_quantity"] for row in rows}
    audit(server.db)


def test_a_served_shop_shows_the_changes_at_once(serve, tmp_path):
    server = serve(catalogue=True)
    client = server.client()
    rows = exported(server.db)
    assert client.get(f"/products/{rows[0]['id']}").json()["name"] == rows[0]["name"]  # it is in the cache now
    client.delete(f"/products/{rows[1]['id']}").raise_for_status()
    write(tmp_path / "edited.csv", [rows[0] | {"name": "Zanzibar chandelier"}, rows[1] | {"name": "Removed"}])
    assert counts(update(server.db, tmp_path / "edited.csv")) == {"added": 0, "changed": 1, "unchanged": 0, "removed": 1}
    end = time.monotonic() + 5
    while client.get(f"/products/{rows[0]['id']}").json()["name"] != "Zanzibar chandelier":
        assert time.monotonic() < end, "the cache is not told"
    assert [p["id"] for p in client.get("/products/search", params={"q": "zanzibar"}).json()] == [rows[0]["id"]]
    assert client.get(f"/products/{rows[1]['id']}").status_code == 404


def test_an_update_that_is_killed_is_finished_by_the_next(tmp_path):
    """Killed at some moment: each product is as before or as in the file, and the same command brings about the rest."""
    path = tmp_path / "till.db"
    assert till("seed", "--products", MANY // 4, "--db", path).returncode == 0
    before = {row["id"]: row for row in exported(path)}
    after = {id: row | {"name": f"New {i}", "price": row["price"] + 1} for i, (id, row) in enumerate(before.items())}
    write(tmp_path / "edited.jsonl", list(after.values()))
    for wait_s in (0.05, 0.2, 0.4, 0.6, 0.8):
        command = [TILL, "import", "--update", str(tmp_path / "edited.jsonl"), "--db", database_of(path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        now = exported(path)
        assert len(now) == len(before) and all(row in (before[row["id"]], after[row["id"]]) for row in now)
        audit(path)
    update(path, tmp_path / "edited.jsonl")
    assert {row["id"]: row for row in exported(path)} == after
    audit(path)


@pytest.mark.parametrize("flags", [("--stock", "set"), ("--key", "price"), ("--stock", "all", "--update")])
def test_flags_that_make_no_sense_are_usage_errors(tmp_path, flags):
    (tmp_path / "x.csv").write_text("name\n")
    assert till("import", tmp_path / "x.csv", *flags, "--db", tmp_path / "till.db").returncode == 2


def test_a_key_column_that_is_not_there_is_named(tmp_path):
    file = io.StringIO()
    csv.DictWriter(file, list(product())).writeheader()
    (tmp_path / "x.csv").write_text(file.getvalue())
    done = till("import", "--update", "--key", "sku", tmp_path / "x.csv", "--db", tmp_path / "till.db")
    assert done.returncode == 1 and "the first line names no column 'sku'" in done.stderr


@pytest.mark.skipif(not postgres.WANTED, reason="nodes share a database on PostgreSQL")
def test_a_change_of_an_update_is_told_to_the_nodes(serve):
    """Also one that comes after the publication, by which they may have read the product again."""
    server = serve()
    made = create(server, price=2999)
    file = server.folder / "cheaper.csv"
    write(file, [product() | {"id": made["id"], "price": 1999}])
    with contextlib.closing(psycopg2.connect(server.db)) as ear, contextlib.closing(psycopg2.connect(server.db)) as holder:
        ear.autocommit = True
        ear.cursor().execute("LISTEN till")
        holder.cursor().execute("SELECT 1 FROM products FOR UPDATE")
        command = subprocess.Popen([TILL, "import", "--update", file, "--db", server.db], env=environment(), stdout=subprocess.DEVNULL)
        wait_until(lambda: query(server, "SELECT 1 FROM audit_log WHERE action = 'till import'"))  # it is published, and waits
        ear.cursor().execute("SELECT 1")
        ear.notifies.clear()
        holder.rollback()
        assert command.wait(PATIENCE_S) == 0
        ear.cursor().execute("SELECT 1")
        assert any("catalogue" in notification.payload for notification in ear.notifies)
    with server.client() as client:
        assert wait_until(lambda: client.get(f"/products/{made['id']}").json()["price"] == 1999)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tmp_path, shop):
    path, rows = shop
    before = exported(path)
    rows[3]["price"] += 1
    rows[4]["stock_quantity"] += 1
    added = [product(name=f"Added {i}") | {"key": f"k{i}"} for i in range(3)]
    write(tmp_path / "edited.jsonl", [*rows, *added])
    output = update(path, tmp_path / "edited.jsonl", "--dry-run")
    assert output.splitlines()[0] == "3 products would be added" and "1  would change" in output and "99  unchanged" in output
    assert "1  have another stock in the shop" in output
    output = update(path, tmp_path / "edited.jsonl", "--dry-run", "--stock", "set")
    assert "2  would change" in output
    assert exported(path) == before
    assert counts(update(path, tmp_path / "edited.jsonl", "--stock", "set")) == {"added": 3, "changed": 2, "unchanged": 98}


@postgres.FILE_ONLY
def test_a_dry_run_needs_no_shop(tmp_path):
    """A newcomer's first question is whether the file will do."""
    (tmp_path / "bad.jsonl").write_text(json.dumps(product(price=-1)))
    write(tmp_path / "good.jsonl", [product() | {"key": key} for key in "ab"])
    for arguments in ([], ["--update"]):
        done = till("import", "--dry-run", tmp_path / "good.jsonl", "--db", tmp_path / "new.db", *arguments)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert "new.db yet, so this is for a new shop:\n2 products would be added\n" in done.stdout
        done = till("import", "--dry-run", tmp_path / "bad.jsonl", "--db", tmp_path / "new.db", *arguments)
        assert done.returncode == 1 and "price" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "good.jsonl"]


def test_a_dry_run_finds_the_bad_rows_that_an_import_finds(tmp_path, shop):
    path, rows = shop
    new = [product(name=f"New {i}") | {"key": f"k{i}"} for i in range(3000)]  # more than the table of hashes has at first
    write(tmp_path / "bad.jsonl", [*new, product() | {"key": "k7"}, product() | {"id": rows[5]["id"]}])
    done = till("import", "--dry-run", tmp_path / "bad.jsonl", "--db", path)
    assert done.returncode == 1 and "line 3001: a product with this id or key is there already" in done.stderr and "line 3002: a product with this" in done.stderr
    write(tmp_path / "bad.jsonl", [*new, product() | {"key": "k7"}, rows[5], rows[5], product(name="No key")])
    done = till("import", "--update", "--dry-run", tmp_path / "bad.jsonl", "--db", path)
    assert [line.split(": ")[2:] for line in done.stderr.splitlines()[:3]] == [
        ["line 3001", "another row above means the same product"], ["line 3003", "another row above means the same product"],
        ["line 3004", "neither an id nor a key, so that --update could not find it again", "name a column with keys (--key)"]]  # fmt: skip
    assert len(exported(path)) == 100
