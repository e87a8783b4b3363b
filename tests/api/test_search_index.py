"""The index of a search: it is in the shop's language, and one that an older Till made is replaced."""
import json

import pytest

import postgres
from searching import find, names, names_in_stock
from server import database, database_of, product, till
from shopping import audit, create


def test_a_shop_has_the_language_that_it_is_given(serve):
    """The language is the database's: it stays without the flag, and another one makes the index anew."""
    server = serve(language="de")
    for name in ["Drei Häuser", "Ein Buch über Stühle", "Huile d'olive", "Deux chevaux"]:
        create(server, name=name, description="")
    found = [("haus", "Drei Häuser"), ("stuhl", "Ein Buch über Stühle"), ("bücher", "Ein Buch über Stühle")]
    for q, name in found:
        assert names(find(server.client(), q=q))[:1] == [name], q
    server.stop()
    server = serve(server.folder)
    for q, name in found:
        assert names(find(server.client(), q=q))[:1] == [name], q
    server.stop()
    server = serve(server.folder, language="fr")
    for q, name in [("olive", "Huile d'olive"), ("huile olives", "Huile d'olive"), ("cheval", "Deux chevaux")]:
        assert names(find(server.client(), q=q))[:1] == [name], q
    server.stop()
    copy = server.folder / "copy.db"
    assert till("copy", "--from", database_of(server.db), "--to", database_of(copy)).returncode == 0
    connection = database(copy)
    assert connection.execute("SELECT language FROM search_state").fetchone()[0] == "fr"
    connection.close()


def test_a_first_import_gives_the_shop_its_language(serve):
    """Products in another one stay as they are, and are not imported: only a server makes their index anew."""
    folder = serve.folder()
    rows = folder / "rows.jsonl"
    rows.write_text(json.dumps(product(name="Drei Häuser")) + "\n")
    url = database_of(folder / "till.db")
    assert till("import", "--language", "de", rows, "--db", url).returncode == 0
    refused = till("import", "--language", "fr", rows, "--db", url)
    assert refused.returncode == 1
    assert "products whose language is 'de'; start `till serve --language fr` to change that" in refused.stderr
    assert till("import", "--language", "de", rows, "--db", url).returncode == 0
    server = serve(folder)
    assert names(find(server.client(), q="haus")) == ["Drei Häuser"] * 2
    audit(server)
    bad = till("import", "--language", "xx", rows, "--db", url)
    assert bad.returncode == 2 and "--language takes da, de, en" in bad.stderr


def test_a_language_that_is_not_known_is_refused(serve):
    done = till("serve", "--language", "xx")
    assert done.returncode == 2
    assert "--language takes da, de, en" in done.stderr


TABLES_OF_SCHEMA_6 = """products categories settings search_state search_postings search_columns search_names
    search_categories carts cart_items order_items stock_movements idempotency_keys orders payments payment_events catalogue
    staged_categories search_terms stock_adjustments""".split()
COLUMNS_SINCE = {"products": ["import_key", "weight_grams", "ships", "tax_class"], "search_state": ["version", "language"], "order_items": ["name"], "payments": ["refunded_amount", "refund_reserved"],
                 "search_columns": ["withdrawn"]}
TRIGGERS_SINCE = """products_inserted_empty products_sold_out products_deleted_empty search_terms_inserted
    search_terms_changed search_terms_deleted search_endings_inserted search_endings_deleted
    products_inserted_scarce products_deleted_scarce""".split()


@pytest.mark.skipif(postgres.WANTED, reason="makes an older file of SQLite's")
def test_a_shop_of_an_older_till_can_be_filtered_by_stock_and_misspelt(serve):
    server = serve()
    for stock in (0, 3):
        create(server, name=f"Lamp {stock}", stock_quantity=stock)
    server.stop()
    with database(server, write=True) as older:
        rows = older.execute("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type DESC").fetchall()
        for kind, name in rows:  # views, triggers, tables
            is_later = name not in TABLES_OF_SCHEMA_6 if kind == "table" else kind == "view" or name in TRIGGERS_SINCE
            if is_later and kind != "index":
                older.execute(f"DROP {kind} IF EXISTS {name}")
        for index in ("products_import_key", "products_withdrawn", "products_withdrawn_name", "products_media", "orders_closed", "payments_failed"):
            older.execute(f"DROP INDEX {index}")
        for table, columns in COLUMNS_SINCE.items():
            for column in columns:
                older.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        older.execute("PRAGMA user_version = 6")
    client = serve(server.folder).client()
    assert names_in_stock(client, "false") == ["Lamp 0"]
    assert names(find(client, q="kamp")) == ["Lamp 3", "Lamp 0"]


def test_an_index_of_an_older_till_is_made_anew(serve):
    server = serve()
    for i in range(300):
        create(server, name=f"Lamp {i}")
    create(server, name="Jack 13.5 mm")
    server.stop()
    older = database(server, write=True)
    older.execute("UPDATE search_terms SET term = '1350' WHERE term = '13.5'")
    older.execute("UPDATE search_state SET version = 0")
    older.close()
    again = serve(server.folder)
    client = again.client()
    assert names(find(client, q="13.5 mm"))[0] == "Jack 13.5 mm"
    assert client.get("/products/search?q=lamp").headers["x-total-count"] == "300"
    create(again, name="Jack 6.3 mm")
    assert names(find(client, q="6.3 mm"))[0] == "Jack 6.3 mm"
    again.stop()
    audit(again)
    newer = database(server)
    assert newer.execute("SELECT count(*) FROM search_terms WHERE term = '1350'").fetchone()[0] == 0
    newer.close()
