"""till import and till export: round trips in three formats, bad files that are refused with a reason for each row, and
imports into a shop that is being served: shoppers never see a part of one, however it ends."""
from __future__ import annotations

import contextlib
import csv
import fcntl
import itertools
import json
import os
import random
import struct
import subprocess
import threading
import time
import uuid

import pytest

import postgres
from server import CATALOGUE, PATIENCE_S, SANITIZED, TILL, content, database, environment, product, till, wait_until
from shopping import audit, query

FORMATS = ["csv", "jsonl", "json"]
MANY = 3_000 if SANITIZED else 12_000  # products of an import that takes a while
SHIPPING = {"weight_grams": None, "ships": True, "tax_class": "standard"}  # which an export has beside what is given
HEAD = "name,description,price,stock_quantity,category,image_url"


def write(path, products: list[dict]) -> None:
    """Writes a file in the format of its name, with an independent library."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        if path.suffix == ".csv":
            writer = csv.DictWriter(file, list(products[0]))
            writer.writeheader()
            writer.writerows(products)
        elif path.suffix == ".jsonl":
            file.writelines(json.dumps(p, ensure_ascii=False) + "\n" for p in products)
        else:
            json.dump(products, file, indent=1)


def read(path) -> list[dict]:
    """Reads such a file."""
    with open(path, newline="", encoding="utf-8") as file:
        if path.suffix == ".csv":
            numbers = ("price", "stock_quantity")
            rows = [row | {n: int(row[n]) for n in numbers} for row in csv.DictReader(file, strict=True)]
            return [row | {"weight_grams": int(row["weight_grams"]) if row["weight_grams"] else None, "ships": row["ships"] == "true"} for row in rows]
        return [json.loads(line) for line in file] if path.suffix == ".jsonl" else json.load(file)


def odd_products() -> list[dict]:
    """Products that a careless writer or reader would corrupt."""
    texts = ['5" disk, "round"', "two\nlines", "carriage\r\nreturn", "a\rb", ",", '"', '""', "two  blanks", "😀", "\ufeffmark",
             "a\\b\\n", "null", "7", "=1+1", "ÅÄÖ\u0301", "\x01\x1f\x7f", "a" * 200]  # fmt: skip
    odd = [product(name=text, description=text * 3, category=text[:100]) for text in texts]
    odd += [product(description=text) for text in ("\r", " blanks ", "\u2028")]
    odd += [product(description="", image_url=""), product(description="é" * 10_000)]
    odd += [product(price=n, stock_quantity=m) for n, m in itertools.product((0, 1, 2**53 - 1), repeat=2)]
    return [{"id": str(uuid.UUID(int=i + 1, version=4))} | p for i, p in enumerate(odd)]


def import_into(path, file, **kwargs):
    return till("import", file, "--db", path, **kwargs)


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_exported_imports_again_to_the_same_bytes(tmp_path, form):
    write(tmp_path / f"given.{form}", odd_products())
    assert import_into(tmp_path / "one.db", tmp_path / f"given.{form}").returncode == 0
    assert till("export", tmp_path / f"one.{form}", "--db", tmp_path / "one.db").returncode == 0
    assert read(tmp_path / f"one.{form}") == [p | SHIPPING for p in odd_products()]
    assert import_into(tmp_path / "two.db", tmp_path / f"one.{form}").stdout == f"{len(odd_products())} products imported\n"
    exported = till("export", "--format", form, "--db", tmp_path / "two.db", text=False).stdout
    assert exported == (tmp_path / f"one.{form}").read_bytes()
    audit(tmp_path / "two.db")


def test_formats_say_the_same(tmp_path):
    """From each database into the next, through all formats."""
    write(tmp_path / "0.json", odd_products())
    forms = ["json", "csv", "jsonl", "csv", "json"]
    for i, form in enumerate(forms[1:]):
        assert import_into(tmp_path / f"{i}.db", tmp_path / f"{i}.{forms[i]}").returncode == 0
        assert till("export", tmp_path / f"{i + 1}.{form}", "--db", tmp_path / f"{i}.db").returncode == 0
    assert read(tmp_path / "4.json") == [p | SHIPPING for p in odd_products()]


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_shop_is_exported_and_imported(tmp_path, form):
    assert till("seed", "--products", "0", "--db", tmp_path / "one.db").returncode == 0
    assert till("export", tmp_path / f"none.{form}", "--db", tmp_path / "one.db").returncode == 0
    done = import_into(tmp_path / "two.db", tmp_path / f"none.{form}")
    assert (done.returncode, done.stdout) == (0, "0 products imported\n"), done.stderr


def test_export_has_what_shoppers_see(serve):
    server = serve(catalogue=True)
    with server.client() as admin:
        shown = admin.get("/products", params={"limit": 500, "include": "shipping"}).json()
        assert admin.delete(f"/products/{shown[3]['id']}").status_code == 204
        late = admin.post("/products", json=product(name="Late")).json()
    lines = till("export", "--db", server.db).stdout.splitlines()
    assert [json.loads(line) for line in lines] == shown[:3:-1] + shown[2::-1] + [late | SHIPPING]


def test_export_refuses_what_it_cannot_do(tmp_path):
    till("seed", "--demo", "--db", tmp_path / "till.db")
    (tmp_path / "folder").mkdir()
    for arguments, code in [(("--format", "xml"), 2), ((tmp_path / "no" / "x.csv",), 1), ((tmp_path / "folder",), 1), (("x" * 4093,), 1)]:
        done = till("export", *arguments, "--db", tmp_path / "till.db")
        assert done.returncode == code and done.stderr.count("\n") == 1 and done.stdout == "", done
    assert not [p for p in tmp_path.iterdir() if p.name.endswith(".part")]
    with open("/dev/full", "w") as full:
        assert till("export", "--db", tmp_path / "till.db", capture_output=False, stdout=full, stderr=subprocess.PIPE).returncode == 1


def test_standard_input_is_told_by_its_start(tmp_path):
    for i, form in enumerate(FORMATS):
        write(tmp_path / f"x.{form}", [product(name=form)])
        text = (tmp_path / f"x.{form}").read_bytes()
        done = till("import", "-", "--db", tmp_path / f"{i}.db", input=b"\xef\xbb\xbf" + text, text=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(till("export", "--db", tmp_path / f"{i}.db").stdout)["name"] == form


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("x.csv", "", "the first line of CSV names the columns"),
        ("x.csv", "name,price\nLamp,1\n", "names no column 'stock_quantity'"),
        ("x.csv", "name;price\n", "names no column 'stock_quantity'"),
        ("x.csv", HEAD + ",price\n", "the column 'price' is there twice"),
        ("x.csv", HEAD + '\n"Lamp,d,1,1,c,u\n', "line 2: a quote is not closed"),
        ("x.csv", HEAD + "\nLamp,d,1,1,c\n", "line 2: 5 columns, and the first line names 6"),
        ("x.csv", HEAD + "\nLamp,d,1.5,1,c,u\n", "line 2: price: Input should be plain digits in minor units: write 1999 for 19.99"),
        ("x.csv", HEAD + "\n\n\"La\nmp\",d,1,1,c,u\n,d,-1,1,c,u\n", "line 5: name: String should have at least 1 character; price: Input"),
        ("x.json", "", "not a JSON array of products"),
        ("x.json", "[\n{}", "line 2: the array has no end: the file was cut off"),
        ("x.json", "[]\n[]", "line 2: there is something behind the array"),
        ("x.json", "[\n\n1]", "line 3: Input should be a valid dictionary"),
        ("x.jsonl", "{}\n", "line 1: name: Field required; price: Field required"),
        ("x.jsonl", '{"name": 7', "line 1: not JSON: Expecting ',' delimiter"),
        ("x.jsonl", "\xff", "line 1: not JSON"),
        ("x", "x" * 3_000_000, "longer than 1 MiB"),
    ],
    ids=lambda text: text[:20] if text.isprintable() else "",
)  # fmt: skip
def test_bad_file_is_refused_with_its_reason(tmp_path, name, text, said):
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    done = import_into(tmp_path / "till.db", tmp_path / name)
    assert done.returncode == 1 and done.stdout == "" and said in done.stderr, done.stderr
    assert done.stderr.endswith("nothing was imported\n") and str(tmp_path / name) in done.stderr
    assert not (tmp_path / "till.db").exists(), "a bad file does not even make a database"


NOT_PLAIN = ["20.00", "1.000", "1_000", "+20", "020", "1e3", "", "19,99", "$20"]


@pytest.mark.parametrize("number", NOT_PLAIN)
@pytest.mark.parametrize("field", ["price", "stock_quantity"])
def test_a_number_that_is_not_plain_digits_is_refused(tmp_path, field, number):
    write(tmp_path / "x.csv", [product(**{field: number})])
    write(tmp_path / "x.jsonl", [product(**{field: number})])
    (tmp_path / "x.json").write_text(json.dumps([product(**{field: 77777})]).replace("77777", number or "true"))
    for name in ("x.csv", "x.jsonl", "x.json"):
        if name == "x.json" and number not in ("20.00", "1.000", "1e3", ""):
            continue  # not JSON at all
        done = import_into(tmp_path / "till.db", tmp_path / name)
        assert done.returncode == 1 and f"{field}: Input should be plain digits" in done.stderr, done.stderr
        assert ("minor units: write 1999 for 19.99" in done.stderr) == (field == "price")


@pytest.mark.parametrize(
    "currency, text, minor",
    [("usd", "19.99", 1999), ("usd", "19.9", 1990), ("usd", "0.07", 7), ("usd", "20", 2000), ("usd", "0.29", 29), ("usd", "90071992547409.91", 2**53 - 1),
     ("jpy", "1999", 1999), ("kwd", "1.999", 1999), ("usd", "19.999", None), ("usd", "1,999.00", None), ("usd", ".5", None), ("usd", "5.", None),
     ("usd", "-1.00", None), ("usd", "1e2", None), ("jpy", "19.99", None), ("usd", "90071992547409.92", None)],
)  # fmt: skip
def test_decimal_prices_are_read_exactly(tmp_path, currency, text, minor):
    write(tmp_path / "x.csv", [product(price=text)])
    write(tmp_path / "x.jsonl", [product(price=text)])
    for name in ("x.csv", "x.jsonl"):
        done = import_into(tmp_path / f"{name}.db", tmp_path / name, env=environment(TILL_PRICES="decimal", TILL_CURRENCY=currency))
        assert done.returncode == (1 if minor is None else 0), done.stderr
        if minor is not None:
            assert json.loads(till("export", "--db", tmp_path / f"{name}.db").stdout)["price"] == minor
        else:
            assert "price: Input should be" in done.stderr


def test_a_currency_that_is_not_one_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text(HEAD)
    assert till("import", tmp_path / "x.csv", "--prices", "decimal", "--currency", "EUR", "--db", tmp_path / "till.db").returncode == 2
    assert till("import", tmp_path / "x.csv", "--prices", "cents", "--db", tmp_path / "till.db").returncode == 2


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("first, separator", [("", ","), ("", ";"), ("", "\t"), ("sep=;{}", ";"), ("sep=|{}", "|")])
def test_csv_is_read_as_spreadsheets_write_it(tmp_path, ends, first, separator):
    """With blank rows, and without the columns that a shop may not have."""
    rows = [["name", "price", "stock_quantity", "category"], ["", " ", "", ""], ["Lamp", "1999", "5", "lights"], ["", "", "", ""]]
    text = first.format(ends) + ends.join(separator.join(row) for row in rows) + ends
    (tmp_path / "x.csv").write_bytes(text.encode())
    done = import_into(tmp_path / "till.db", tmp_path / "x.csv")
    assert (done.returncode, done.stdout) == (0, "1 products imported\n"), done.stderr
    shown = json.loads(till("export", "--db", tmp_path / "till.db").stdout)
    assert shown | {"id": ""} == {"id": "", "name": "Lamp", "description": "", "price": 1999, "stock_quantity": 5, "category": "lights", "image_url": ""} | SHIPPING


@pytest.mark.parametrize("form", FORMATS)
def test_names_are_trimmed_and_composed(tmp_path, form):
    """So that ` Lamps` and `Lamps `, or the two spellings of an accent, are one category."""
    categories = [" Lamps", "Lamps\u00a0", "e\u0301te\u0301", "\u00e9t\u00e9\u3000"]
    write(tmp_path / f"x.{form}", [product(category=c, name=f"  {c}") for c in categories])
    assert import_into(tmp_path / "till.db", tmp_path / f"x.{form}").returncode == 0
    shown = [json.loads(line) for line in till("export", "--db", tmp_path / "till.db").stdout.splitlines()]
    assert [(p["name"], p["category"]) for p in shown] == [("Lamps", "Lamps")] * 2 + [("\u00e9t\u00e9", "\u00e9t\u00e9")] * 2
    write(tmp_path / f"y.{form}", [product(name=" \u2003 ")])
    done = import_into(tmp_path / "till.db", tmp_path / f"y.{form}")
    assert done.returncode == 1 and "name: String should have at least 1 character" in done.stderr


def test_twenty_bad_rows_are_named(tmp_path):
    rows = [product(price=-1 if i % 2 else 1) for i in range(60)]
    write(tmp_path / "x.jsonl", rows)
    done = import_into(tmp_path / "till.db", tmp_path / "x.jsonl")
    lines = done.stderr.splitlines()
    assert [int(line.split("line ")[1].split(":")[0]) for line in lines[:-1]] == list(range(2, 41, 2))
    assert lines[-1].endswith("at least 20 bad rows; nothing was imported") and done.returncode == 1


def test_ids_that_are_taken_are_bad_rows(tmp_path):
    ids = [str(uuid.UUID(int=i, version=4)) for i in range(1, 6)]
    write(tmp_path / "1.csv", [product(id=ids[0]), product(id="")])
    assert import_into(tmp_path / "till.db", tmp_path / "1.csv").returncode == 0
    before = content(tmp_path / "till.db")
    write(tmp_path / "2.csv", [product(id=id) for id in (ids[1], ids[0], ids[2], ids[2], ids[3], ids[1])])
    done = import_into(tmp_path / "till.db", tmp_path / "2.csv")
    assert [line.split(": ")[2] for line in done.stderr.splitlines()[:-1]] == ["line 3", "line 5", "line 7"], done.stderr
    assert "3 bad rows; nothing was imported" in done.stderr
    assert content(tmp_path / "till.db") == before


def test_unknown_columns_are_left_out_with_a_word(tmp_path):
    write(tmp_path / "x.csv", [{"sku": "s"} | product() | {"Weight": "1 kg"}])
    done = import_into(tmp_path / "till.db", tmp_path / "x.csv")
    assert done.returncode == 0 and done.stderr.count("is none of a product's") == 2
    assert "'sku'" in done.stderr and "'Weight'" in done.stderr


def test_import_is_used_wrongly(tmp_path):
    assert import_into(tmp_path / "till.db", tmp_path / "x.csv", timeout=30).returncode == 1
    assert import_into(tmp_path / "till.db", tmp_path).returncode == 1
    (tmp_path / "x.csv").write_text(HEAD)
    assert till("import", tmp_path / "x.csv", "--format", "xml", "--db", tmp_path / "till.db").returncode == 2
    assert till("import", "--db", tmp_path / "till.db").returncode == 2
    done = import_into(tmp_path / "till.db", tmp_path / "x.csv", env=environment(TMPDIR="/no/such"))
    assert done.returncode == 1 and "TMPDIR" in done.stderr


# Into a shop that is served


class Watcher(threading.Thread):
    """Reads the shop over and over. Each answer must be the one from before the import or the one from after it, and never
    the former again after the latter. (Cached answers may be 100 ms old, so each kind of answer changes at its own
    time.)"""

    def __init__(self, server, asks: dict[str, callable]):
        super().__init__(daemon=True)
        self.client, self.asks, self.ended = server.client(admin=False), asks, threading.Event()
        self.seen: dict[str, list] = {path: [] for path in asks}
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.ended.is_set():
                for path, figure in self.asks.items():
                    answer = self.client.get(path)
                    assert answer.status_code == 200, answer
                    if (got := figure(answer)) not in self.seen[path][-1:]:
                        self.seen[path].append(got)
        except BaseException as failure:  # a test's thread cannot raise
            self.failure = failure

    def end(self) -> dict[str, list]:
        self.ended.set()
        self.join()
        assert not self.failure, self.failure
        return self.seen


def total(answer) -> int:
    return int(answer.headers["x-total-count"])


ASKS = {
    "/products?limit=3": total,
    "/products/search?q=oddity": total,
    "/products/search?q=odity&limit=1": total,
    "/products/search?category=odds": total,
    "/products/search?sort=price_desc&limit=2": total,
    "/products/facets?q=oddity": lambda answer: answer.json()["total"],
    "/products/facets": lambda answer: (answer.json()["total"], len(answer.json()["categories"])),
    "/categories": lambda answer: sorted((c["category"], c["product_count"]) for c in answer.json() if c["category"] == "odds"),
    "/products/suggest?q=oddi": lambda answer: bool(answer.json()),
}  # fmt: skip


def oddities(folder, count: int = MANY):
    """A file of many products with a word, a category and prices that the shop does not have yet."""
    dice = random.Random(count)
    words = ["".join(dice.choices("abcdefghiklmnoprstu", k=6)) for _ in range(2000)]
    made = (
        product(name=f"Oddity {' '.join(dice.choices(words, k=3))}", description=" ".join(dice.choices(words, k=20)),
                price=10**9 + i, category="odds")
        for i in range(count)
    )  # fmt: skip
    write(folder / "odd.jsonl", list(made))
    return folder / "odd.jsonl"


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


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'", "''", "'=x", "''=x", "'x", "x=1", '=HYPERLINK("https://evil.example","x")', "=", "'\t"]


@pytest.mark.parametrize("saved_by", ["nothing", "a program that keeps the mark", "a program that drops the mark"])
def test_a_spreadsheet_runs_no_text_and_the_import_brings_each_back(tmp_path, saved_by):
    """OWASP's CSV injection: a text that begins so is run as a formula where the file is opened."""
    draw = random.Random(5)
    texts = FORMULAS + ["".join(draw.choices("'=+-@\t ab,\"", k=draw.randrange(1, 6))) for _ in range(200)]
    products = [product(name=f"n{i}", description=text, image_url=text.strip() or "x") for i, text in enumerate(texts)]
    products += [product(name=text, category=text) for text in FORMULAS if text.strip() == text]
    write(tmp_path / "given.jsonl", products)
    assert import_into(tmp_path / "one.db", tmp_path / "given.jsonl").returncode == 0
    assert till("export", "--for-spreadsheet", tmp_path / "sheet.csv", "--db", tmp_path / "one.db").returncode == 0
    data = (tmp_path / "sheet.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(data.decode("utf-8-sig").splitlines(keepends=True), strict=True))
    assert [cell for row in rows[1:] for cell in row if cell[:1] and cell[0] in "=+-@\t\r\n"] == []
    flags = []
    if saved_by != "nothing":
        keeps = "keeps" in saved_by
        flags = [] if keeps else ["--from-spreadsheet"]
        with open(tmp_path / "sheet.csv", "w", newline="", encoding="utf-8-sig" if keeps else "utf-8") as file:
            csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    assert till("import", *flags, tmp_path / "sheet.csv", "--db", tmp_path / "two.db").returncode == 0
    whole = [till("export", "--db", tmp_path / name).stdout for name in ("one.db", "two.db")]
    assert whole[0] == whole[1]


def test_only_csv_is_for_spreadsheets(tmp_path):
    assert import_into(tmp_path / "one.db", CATALOGUE).returncode == 0
    done = till("export", "--for-spreadsheet", tmp_path / "x.json", "--db", tmp_path / "one.db")
    assert done.returncode == 2 and "CSV, not json" in done.stderr
    assert till("export", "--for-spreadsheet", "--db", tmp_path / "one.db").stdout.startswith("\ufeffid,name")
