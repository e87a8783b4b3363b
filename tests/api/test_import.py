"""till import and till export: what is exported imports again as it was, in three formats and through spreadsheets."""
from __future__ import annotations

import csv
import itertools
import json
import random
import subprocess
import uuid

import pytest

from importing import FORMATS, SHIPPING, import_into, read, write
from server import CATALOGUE, product, till
from shopping import audit


def odd_products() -> list[dict]:
    """Products that a careless writer or reader would corrupt."""
    texts = ['5" disk, "round"', "two\nlines", "carriage\r\nreturn", "a\rb", ",", '"', '""', "two  blanks", "😀", "\ufeffmark",
             "a\\b\\n", "null", "7", "=1+1", "ÅÄÖ\u0301", "\x01\x1f\x7f", "a" * 200]  # fmt: skip
    odd = [product(name=text, description=text * 3, category=text[:100]) for text in texts]
    odd += [product(description=text) for text in ("\r", " blanks ", "\u2028")]
    odd += [product(description="", image_url=""), product(description="é" * 10_000)]
    odd += [product(price=n, stock_quantity=m) for n, m in itertools.product((0, 1, 2**53 - 1), repeat=2)]
    return [{"id": str(uuid.UUID(int=i + 1, version=4))} | p for i, p in enumerate(odd)]


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
