"""The shop's one currency: who decides it, that the database keeps it, and what goes by it."""
from __future__ import annotations

import pytest

import postgres
from server import till
from shopping import execute

SHOPIFY = "Handle,Title,Type,Variant Price,Variant Inventory Tracker,Variant Inventory Qty\nlamp,Lamp,Lamps,19.90,shopify,3\n"
GOOGLE = "id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\n1\tLamp\tWarm\thttps://x.example/1\thttps://x.example/1.jpg\tin_stock\t{}\n"


def currency(server) -> str:
    with server.client() as client:
        return client.get("/admin/settings").json()["currency"]


def entries(server) -> list[tuple]:
    with server.client() as client:
        return [(entry["action"], [(c["field"], c["before"], c["after"]) for c in entry["changes"]]) for entry in client.get("/admin/audit").json()]


def prices(server) -> list[int]:
    with server.client() as client:
        return [row["price"] for row in client.get("/products").json()]


@pytest.fixture
def shopify(tmp_path):
    path = tmp_path / "products_export.csv"
    path.write_text(SHOPIFY)
    return path


def test_the_database_keeps_the_flag(serve):
    server = serve(currency="eur")
    assert currency(server) == "eur"
    server.stop()
    server = serve(server.folder)
    assert (currency(server), entries(server)) == ("eur", [])


def test_another_currency_later_is_said_and_logged(serve):
    server = serve()
    assert (currency(server), entries(server)) == ("usd", [])
    server.stop()
    server = serve(server.folder, currency="eur")
    assert currency(server) == "eur"
    assert entries(server) == [("till serve --currency", [("currency", "usd", "eur")])]
    assert "the shop's currency was usd and is eur now" in server.errors


def test_an_import_decides_the_currency_of_a_new_shop(serve, shopify):
    folder = serve.folder()
    assert till("import", shopify, "--currency", "jpy", "--db", folder / "till.db").returncode == 1, "19.90 has more digits than a yen"
    shopify.write_text(SHOPIFY.replace("19.90", "1990"))
    done = till("import", shopify, "--currency", "jpy", "--db", folder / "till.db")
    assert done.returncode == 0, done.stderr
    server = serve(folder)
    assert (currency(server), prices(server)) == ("jpy", [1990])


def test_an_import_goes_by_the_shops_currency(serve, shopify, tmp_path):
    server = serve(currency="kwd")
    assert till("import", shopify, "--db", server.db).returncode == 0
    assert prices(server) == [19900]
    feed = tmp_path / "feed.tsv"
    feed.write_text(GOOGLE.format("19.99 USD"))
    refused = till("import", feed, "--db", server.db)
    assert refused.returncode == 1 and "the price '19.99 USD' is not in kwd" in refused.stderr


def test_an_import_in_another_currency_is_refused(serve, shopify):
    server = serve(currency="eur")
    refused = till("import", shopify, "--currency", "usd", "--db", server.db)
    assert refused.returncode == 1
    assert "the shop's currency is 'eur', not 'usd'; to change that, start its server with --currency usd" in refused.stderr
    assert (prices(server), currency(server)) == ([], "eur")


@pytest.mark.parametrize("wrong", ["EUR", "euro", "e", "€€€"])
@pytest.mark.parametrize("command", ["serve", "import"])
def test_a_wrong_code_is_refused(tmp_path, command, wrong):
    refused = till(command, *(["-"] if command == "import" else []), "--currency", wrong, "--db", tmp_path / "till.db")
    assert refused.returncode == 2 and "three lower-case letters such as eur" in refused.stderr


def test_an_import_that_fails_decides_nothing(serve, tmp_path):
    folder, path = serve.folder(), tmp_path / "products.csv"
    assert till("seed", "--products", "0", "--db", folder / "till.db").returncode == 0
    path.write_text("name,price,stock_quantity,category\nLamp,dear,1,Lamps\n")
    assert till("import", path, "--currency", "eur", "--db", folder / "till.db").returncode == 1
    path.write_text("name,price,stock_quantity,category\nLamp,1990,1,Lamps\n")
    assert till("import", path, "--currency", "eur", "--dry-run", "--db", folder / "till.db").returncode == 0
    done = till("import", path, "--currency", "chf", "--db", folder / "till.db")
    assert done.returncode == 0, done.stderr
    assert currency(serve(folder)) == "chf"


def test_an_import_of_decimal_prices_decides_it_too(serve, shopify):
    folder = serve.folder()
    assert till("import", shopify, "--db", folder / "till.db").returncode == 0
    server = serve(folder, currency="jpy")
    assert entries(server)[0] == ("till serve --currency", [("currency", "usd", "jpy")]), "19.90 was read as cents"


@pytest.mark.skipif(postgres.WANTED, reason="SQLite's triggers are plain SQL")
def test_an_import_that_another_currency_has_overtaken_is_refused(serve, tmp_path):
    """A server, or another import, decides after this one has looked."""
    server, path = serve(currency="eur"), tmp_path / "products.csv"
    path.write_text("name,price,stock_quantity,category\nLamp,1990,1,Lamps\n")
    execute(server, "DELETE FROM settings WHERE name = 'currency'",
            "CREATE TRIGGER overtakes AFTER INSERT ON products BEGIN INSERT OR IGNORE INTO settings VALUES ('currency', x'657572'); END")
    refused = till("import", path, "--currency", "jpy", "--db", server.db)
    assert refused.returncode == 1 and "the shop's currency is 'eur', not 'jpy'" in refused.stderr
    assert prices(server) == []
