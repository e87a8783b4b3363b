"""till import and till export: files in three formats there and back, bad ones refused with each row's reason, and
imports into a shop that is being served: never seen in part, however they end."""
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
HEAD = "name,description,price,stock_quantity,category,image_url"


def write(path, products: list[dict]) -> None:
    """A file in the format that its name says, written by somebody else's library."""
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
    """The same back."""
    with open(path, newline="", encoding="utf-8") as file:
        if path.suffix == ".csv":
            numbers = ("price", "stock_quantity")
            return [row | {n: int(row[n]) for n in numbers} for row in csv.DictReader(file, strict=True)]
        return [json.loads(line) for line in file] if path.suffix == ".jsonl" else json.load(file)


def odd_products() -> list[dict]:
    """Products that a careless writer or reader would spoil."""
    texts = ['5" disk, "round"', "two\nlines", "carriage\r\nreturn", "\r", ",", '"', '""', " blanks ", "😀 \u2028", "\ufeffmark",
             "a\\b\\n", "null", "7", "=1+1", "ÅÄÖ\u0301", "\x01\x1f\x7f", "a" * 200]  # fmt: skip
    odd = [product(name=text, description=text * 3, category=text[:100]) for text in texts]
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
    assert read(tmp_path / f"one.{form}") == odd_products()
    assert import_into(tmp_path / "two.db", tmp_path / f"one.{form}").stdout == f"{len(odd_products())} products imported\n"
    exported = till("export", "--format", form, "--db", tmp_path / "two.db", text=False).stdout
    assert exported == (tmp_path / f"one.{form}").read_bytes()
    audit(tmp_path / "two.db")


def test_formats_say_the_same(tmp_path):
    """From one into the next, all the way round."""
    write(tmp_path / "0.json", odd_products())
    forms = ["json", "csv", "jsonl", "csv", "json"]
    for i, form in enumerate(forms[1:]):
        assert import_into(tmp_path / f"{i}.db", tmp_path / f"{i}.{forms[i]}").returncode == 0
        assert till("export", tmp_path / f"{i + 1}.{form}", "--db", tmp_path / f"{i}.db").returncode == 0
    assert read(tmp_path / "4.json") == odd_products()


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_shop_is_exported_and_imported(tmp_path, form):
    assert till("seed", "--products", "0", "--db", tmp_path / "one.db").returncode == 0
    assert till("export", tmp_path / f"none.{form}", "--db", tmp_path / "one.db").returncode == 0
    done = import_into(tmp_path / "two.db", tmp_path / f"none.{form}")
    assert (done.returncode, done.stdout) == (0, "0 products imported\n"), done.stderr


def test_export_has_what_shoppers_see(serve):
    server = serve(catalogue=True)
    with server.client() as admin:
        shown = admin.get("/products", params={"limit": 500}).json()
        assert admin.delete(f"/products/{shown[3]['id']}").status_code == 204
        late = admin.post("/products", json=product(name="Late")).json()
    lines = till("export", "--db", server.db).stdout.splitlines()
    assert [json.loads(line) for line in lines] == shown[:3:-1] + shown[2::-1] + [late]


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
        ("x.csv", "name,price\nLamp,1\n", "names no column 'description'"),
        ("x.csv", HEAD.replace(",", ";") + "\n", "separated by commas, not semicolons"),
        ("x.csv", HEAD + ",price\n", "the column 'price' is there twice"),
        ("x.csv", HEAD + '\n"Lamp,d,1,1,c,u\n', "line 2: a quote is not closed"),
        ("x.csv", HEAD + "\nLamp,d,1,1,c\n", "line 2: 5 columns, and the first line names 6"),
        ("x.csv", HEAD + "\nLamp,d,1.5,1,c,u\n", "line 2: price: Input should be a valid integer"),
        ("x.csv", HEAD + "\n\n\"La\nmp\",d,1,1,c,u\n,d,-1,1,c,u\n", "line 5: name: String should have at least 1 character; price: Input"),
        ("x.json", "", "not a JSON array of products"),
        ("x.json", "[\n{}", "line 2: the array has no end: the file was cut off"),
        ("x.json", "[]\n[]", "line 2: there is something behind the array"),
        ("x.json", "[\n\n1]", "line 3: Input should be a valid dictionary"),
        ("x.jsonl", "{}\n", "line 1: name: Field required; description: Field required"),
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
    """Looks at the shop over and over: each answer must be that of before or that of after, and never again that of
    before once it was that of after. (What is kept in memory may be a tenth of a second old, so each kind of answer
    changes at its own time.)"""

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
    """A file with many products of a word, a category and prices that the shop does not have."""
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
    """How many products an import has written that nobody sees."""
    return query(server, "SELECT count(*) FROM products WHERE seq >= (SELECT staged_seq FROM catalogue)")[0][0]


def expected(before: int, count: int) -> dict[str, list]:
    """What a watcher sees of an import: nothing, and then everything."""
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
    """They are there at once, newest first, and below what the import brings in the end."""
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
    """With its stock right to the last unit; the busy time-out would be an error 503."""
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
    """Holds the database against every writer: an import makes way for who says that they wait (DB_WAITING, byte 2)."""
    connection = database(server, write=True)
    with open(f"{server.db}-claims", "rb") as claims:
        fcntl.fcntl(claims, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 2, 1, 0))
        connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


def wait_between_turns(server, importing: subprocess.Popen, is_time) -> contextlib.ExitStack:
    """Comes back between two turns of an import, when `is_time()`, and keeps it there."""
    wait_until(server.db.with_name("till.db-claims").exists)
    while True:
        with contextlib.ExitStack() as stack:
            stack.enter_context(held(server))
            assert importing.poll() is None, "it was over too soon"
            if is_time(server):
                return stack.pop_all()
        time.sleep(0.005)


def wait_before_the_end(server, is_time) -> contextlib.ExitStack:
    """Comes back when `is_time()`, at whatever the import does then on PostgreSQL, and keeps it from its end."""
    stack = contextlib.ExitStack()
    connection = stack.enter_context(contextlib.closing(database(server, write=True)))
    begun = False
    while not begun:
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
        connection.execute("LOCK catalogue IN EXCLUSIVE MODE")  # after its first turn; the last has to write there
        begun = connection.execute("SELECT staged_by <> 0 FROM catalogue").fetchone()[0]
    wait_until(lambda: is_time(server))
    return stack


def kill_amid(importing: subprocess.Popen, server, is_time, *others) -> None:
    """kill -9 when `is_time()`; the others first."""
    with wait_before_the_end(server, is_time) if postgres.WANTED else wait_between_turns(server, importing, is_time):
        for process in (*others, importing):
            process.kill()
    importing.communicate()


def indexing(server) -> bool:
    return query(server, "SELECT count(*) FROM search_terms WHERE staged_by > (SELECT published FROM catalogue)")[0][0] > 0


@pytest.mark.parametrize(
    "is_time",
    [lambda server: staged(server) > 0, lambda server: staged(server) > MANY // 2, indexing],
    ids=["first products", "half of them", "index"],
)
def test_a_killed_import_was_never_there(serve, is_time):
    server = serve(catalogue=True)
    before = till("export", "--db", server.db).stdout
    file = oddities(server.folder)
    watcher = Watcher(server, ASKS)
    watcher.start()
    kill_amid(start_import(server, file), server, is_time)
    wait_until(lambda: staged(server) == 0 and query(server, "SELECT staged_by FROM catalogue") == [(0,)], "the server sweeps")
    time.sleep(0.15)  # what is kept in memory is read anew
    assert all(len(seen) == 1 for seen in watcher.end().values()), watcher.seen
    assert till("export", "--db", server.db).stdout == before
    assert query(server, "SELECT count(*) FROM search_terms WHERE staged_by > (SELECT published FROM catalogue)") == [(0,)]
    assert query(server, "SELECT count(*) FROM search_postings WHERE key >> 24 NOT IN (SELECT id FROM search_terms)") == [(0,)]
    assert query(server, "SELECT count(*) FROM search_columns WHERE block > (SELECT max(seq) >> 8 FROM products)") == [(0,)]
    assert import_into(server.db, file).returncode == 0
    server.stop()
    audit(server.db)
    assert len(till("export", "--db", server.db).stdout.splitlines()) == 48 + MANY


def test_a_killed_import_is_removed_by_the_next_one(serve):
    """No server is there to do it; what is left is invisible to whoever looks."""
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
    """And until then there is no other import."""
    server = serve(catalogue=True)
    before = till("export", "--db", server.db).stdout
    write(server.folder / "one.csv", [product(name="One")])
    first = subprocess.Popen(
        [TILL, "import", "-", "--db", server.db], env=environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    rows = 22_000  # more than is read before the database is touched
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
    """An import checkpoints as it goes, so not all that it writes is in the WAL in the end."""
    server = serve()
    assert import_into(server.db, oddities(server.folder, 40_000)).returncode == 0
    log_bytes = server.db.with_name("till.db-wal").stat().st_size
    assert log_bytes < 3000 * 4096 < server.db.stat().st_size  # checkpoint_pages, and what a few turns write
