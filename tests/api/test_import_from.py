"""till import of other systems' product files: Shopify, WooCommerce, Google's feed and Medusa. The files are written here, by
Python's csv, from a catalogue whose prices are Decimals; what Till has is compared with that, cent by cent."""
from __future__ import annotations

import csv
import json
import random
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from server import till

NAMESPACE = "http://base.google.com/ns/1.0"
SIZES = ["S", "M", "L", "XL"]
TEXTS = ["", "Warm & bright", "Zwei Wörter", 'Say "hi", twice', "5 < 6", "été\u2014ça", "line\u00a0one"]


def catalogue(count: int) -> list[dict]:
    """Products with one or several variants. Prices have each number of cents."""
    draw = random.Random(7)
    found = []
    for i in range(count):
        variants = [
            {"option": SIZES[k], "price": Decimal(draw.randrange(1, 10**draw.randrange(1, 8))) / 100, "stock": draw.randrange(1, 500), "image": f"https://cdn.example/{i}-{k}.jpg"}
            for k in range(draw.choice([1, 1, 2, 4]))
        ]
        found.append({"handle": f"thing-{i}", "name": f"Thing {i}, {draw.choice(TEXTS[:-1])}".strip(" ,"), "text": draw.choice(TEXTS), "category": draw.choice(["Lamps", "Tops & Co"]), "variants": variants})
    return found


def expected(products: list[dict]) -> list[tuple]:
    return sorted(
        (f"{p['name']} – {v['option']}" if len(p["variants"]) > 1 else p["name"], p["text"].replace("\u00a0", " "), int(v["price"] * 100), v["stock"], p["category"], v["image"])
        for p in products for v in p["variants"]
    )  # fmt: skip


def html(text: str) -> str:
    return f"<div><p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p></div>" if text else ""


def write(path, rows: list[dict], separator: str = ",") -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="", delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)


def write_shopify(path, products: list[dict]) -> None:
    rows = []
    for p in products:
        first = {"Title": p["name"], "Body (HTML)": html(p["text"]), "Vendor": "Acme", "Type": p["category"], "Published": "true", "Status": "active"}
        for v in p["variants"]:
            option = v["option"] if len(p["variants"]) > 1 else "Default Title"
            rows.append({"Handle": p["handle"]} | first | {"Option1 Value": option, "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": v["stock"],
                                                           "Variant Price": f"{v['price']:.2f}", "Image Src": v["image"], "Variant Image": v["image"]})  # fmt: skip
            first = {}
        rows.append({"Handle": p["handle"], "Image Src": "https://cdn.example/more.jpg"})
    write(path, rows)


def write_woocommerce(path, products: list[dict]) -> None:
    """Variations in front of their products: they are ordered by nothing in particular."""
    rows = []
    for i, p in enumerate(products):
        texts = {"Name": p["name"].replace("&", "&amp;"), "Published": 1, "Visibility in catalog": "visible", "Description": html(p["text"]), "Categories": f"All > {p['category']}, Other"}
        single = len(p["variants"]) == 1
        for v in p["variants"]:
            price = f"{v['price']:.2f}".replace(".", ",")
            row = {"ID": 10_000 + len(rows), "Type": "simple" if single else "variation", "SKU": "", "In stock?": 1, "Stock": v["stock"], "Regular price": price, "Images": v["image"]}
            rows.append(row | (texts if single else {"Name": p["name"], "Published": 1, "Parent": f"id:{i + 1}", "Attribute 1 name": "Size", "Attribute 1 value(s)": v["option"]}))
        if not single:
            rows.append({"ID": i + 1, "Type": "variable", "Images": "https://cdn.example/a.jpg, https://cdn.example/b.jpg"} | texts)
    write(path, rows)


def google_rows(products: list[dict]) -> list[dict]:
    return [
        {"id": f"{p['handle']}-{v['option']}", "title": p["name"], "description": html(p["text"]), "link": "x", "price": f"{v['price']:.2f} USD", "availability": "in_stock",
         "quantity": v["stock"], "image_link": v["image"], "product_type": f"Home > {p['category']}", "item_group_id": p["handle"] if len(p["variants"]) > 1 else "", "size": f"{v['option']}"}
        for p in products for v in p["variants"]
    ]  # fmt: skip


def write_google(path, products: list[dict]) -> None:
    write(path, google_rows(products), "\t")


def write_feed(path, products: list[dict]) -> None:
    """As RSS, by Python's own writer of XML."""
    ElementTree.register_namespace("g", NAMESPACE)
    rss = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(rss, "channel")
    ElementTree.SubElement(channel, "title").text = "Shop"
    for row in google_rows(products):
        item = ElementTree.SubElement(channel, "item")
        for name, value in row.items():
            plain = name in ("title", "description", "link")
            ElementTree.SubElement(item, name if plain else f"{{{NAMESPACE}}}{name}").text = str(value)
    ElementTree.ElementTree(rss).write(path, encoding="utf-8", xml_declaration=True)


def write_medusa(path, products: list[dict]) -> None:
    """Of version 1: minor units."""
    rows = [
        {"Product Id": "", "Product Handle": f"{p['handle']}-{v['option']}", "Product Title": p["name"], "Product Description": html(p["text"]), "Product Status": "published",
         "Product Thumbnail": v["image"], "Product Type": p["category"], "Variant Inventory Quantity": v["stock"], "Variant Manage Inventory": "true",
         "Price EUR": "1", "Price USD": int(v["price"] * 100), "Option 1 Name": "Size", "Option 1 Value": v["option"] if len(p["variants"]) > 1 else ""}
        for p in products for v in p["variants"]
    ]  # fmt: skip
    write(path, rows, ";")


WRITERS = {"feed": write_feed, "shopify": write_shopify, "woocommerce": write_woocommerce, "google": write_google, "medusa": write_medusa}


def shown(database) -> list[tuple]:
    rows = [json.loads(line) for line in till("export", "--db", database).stdout.split("\n") if line]
    return sorted((p["name"], p["description"], p["price"], p["stock_quantity"], p["category"], p["image_url"]) for p in rows)


@pytest.mark.parametrize("named", [True, False], ids=["named", "guessed"])
@pytest.mark.parametrize("system", WRITERS)
def test_a_catalogue_comes_over_to_the_cent(tmp_path, system, named):
    products = catalogue(300)
    WRITERS[system](tmp_path / "x.csv", products)
    done = till("import", tmp_path / "x.csv", *(("--from", {"feed": "google"}.get(system, system)) if named else ()), "--db", tmp_path / "till.db")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.startswith(f"{len(expected(products))} products imported, from the product file of ")
    assert shown(tmp_path / "till.db") == expected(products)


def test_what_is_left_out_is_listed_by_kind_and_count(tmp_path):
    products = catalogue(3)
    write_shopify(tmp_path / "x.csv", products)
    with open(tmp_path / "x.csv", "a") as file:
        file.write("draft,Draft" + "," * 3 + ",true,draft,,,,1.00,,\n")
    done = till("import", tmp_path / "x.csv", "--db", tmp_path / "till.db")
    lines = [line.split(None, 1) for line in done.stdout.splitlines()[2:]]
    assert lines == [["1", "drafts"], ["3", "further pictures"], ["3", "vendors"]], done.stdout
    assert "Draft" not in till("export", "--db", tmp_path / "till.db").stdout


@pytest.mark.parametrize("price", ["1,299.00", "1,299", "1.000", "$5", "5.-", "19.999", "1e2", "-1", "+1", "free"])
def test_a_price_that_may_be_misread_is_refused(tmp_path, price):
    write(tmp_path / "x.csv", [{"Handle": "a", "Title": "A", "Variant Price": "1.00", "Variant Inventory Qty": 1}, {"Handle": "b", "Title": "B", "Variant Price": price, "Variant Inventory Qty": 1}])
    done = till("import", tmp_path / "x.csv", "--db", tmp_path / "till.db")
    assert done.returncode == 1 and "line 3: price: " in done.stderr and "nothing was imported" in done.stderr, done.stderr
    assert not (tmp_path / "till.db").exists() or shown(tmp_path / "till.db") == []


def test_a_stock_that_is_not_counted_can_be_set(tmp_path):
    write(tmp_path / "x.csv", [{"Handle": "a", "Title": "A", "Variant Price": "1.00", "Variant Inventory Tracker": "", "Variant Inventory Qty": "0"}])
    assert till("import", tmp_path / "x.csv", "--untracked-stock", "7", "--db", tmp_path / "till.db").returncode == 0
    assert [p[3] for p in shown(tmp_path / "till.db")] == [7]


def test_a_file_of_another_system_is_used_wrongly(tmp_path):
    (tmp_path / "x.json").write_text("[]")
    (tmp_path / "x.csv").write_text("Handle,Title\n")
    done = till("import", tmp_path / "x.json", "--from", "shopify", "--db", tmp_path / "till.db")
    assert done.returncode == 1 and "shopify's product file is CSV" in done.stderr
    done = till("import", tmp_path / "x.csv", "--from", "shopify", "--db", tmp_path / "till.db")
    assert done.returncode == 1 and "no column 'Variant Price'" in done.stderr
    assert till("import", tmp_path / "x.csv", "--from", "magento", "--db", tmp_path / "till.db").returncode == 2
    assert till("import", tmp_path / "x.csv", "--untracked-stock", "-1", "--db", tmp_path / "till.db").returncode == 2
