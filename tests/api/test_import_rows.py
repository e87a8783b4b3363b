"""till import: how it reads the rows of a file, and which it refuses, with a reason for each."""
from __future__ import annotations

import json
import uuid

import pytest

from importing import FORMATS, HEAD, SHIPPING, import_into, write
from server import content, environment, product, till


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
