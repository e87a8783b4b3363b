"""Searching over HTTP: the first results in the demo shop (tests/data/relevance.json) are right; filters, pages and counts
agree with each other; no text breaks it.

`first` names the products that must come first, in any order among themselves. A row with `unmet` is a query that does
not work yet, with the reason. It fails once the query works, so that the table stays true.
"""
import collections
import json
import re
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import postgres
from server import DATA, ROOT, database, database_of, product, till, wait_until
from shopping import admin, audit, bought, create, shopper

RELEVANCE = json.loads((DATA / "relevance.json").read_text())
SORTS = ["relevance", "price_asc", "price_desc", "name_asc", "name_desc", "newest"]


def demo_shop(serve_module):
    folder = serve_module.folder()
    done = till("import", ROOT / "demo" / "catalogue.json", "--db", folder / "till.db")
    assert done.returncode == 0, done.stderr
    return serve_module(folder)


@pytest.fixture(scope="module")
def demo(serve_module):
    return demo_shop(serve_module).client(admin=False)


@pytest.fixture(scope="module")
def demo_with_synonyms(serve_module):
    """The demo shop with the synonyms of all rows."""
    server = demo_shop(serve_module)
    text = "\n".join(dict.fromkeys(row["synonyms"] for row in RELEVANCE if "synonyms" in row))
    assert admin(server).put("/admin/synonyms", json={"text": text}).status_code == 200
    return server.client(admin=False)


def find(client, **query) -> list[dict]:
    answer = client.get("/products/search", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(products: list[dict]) -> list[str]:
    return [p["name"] for p in products]


@pytest.mark.parametrize("row", RELEVANCE, ids=[row["q"] for row in RELEVANCE])
def test_what_comes_first(row, request):
    client = request.getfixturevalue("demo_with_synonyms" if "synonyms" in row else "demo")
    found = names(find(client, q=row["q"]))[: len(row["first"])]
    met = sorted(found) == sorted(row["first"])
    assert met != ("unmet" in row), found


def test_the_table_is_large_enough():
    assert len([row for row in RELEVANCE if "unmet" not in row]) >= 45


@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_each_other(sort, demo):
    """Follows the Link headers: pages have no gap, and each has the same count."""
    whole = find(demo, q="the light", sort=sort, limit=500)
    path, seen = f"/products/search?q=the+light&sort={sort}&limit=4", []
    while path:
        answer = demo.get(path)
        assert answer.headers["x-total-count"] == str(len(whole))
        assert "x-total-count-relation" not in answer.headers
        seen += answer.json()
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        path = link and urljoin(path, link[1])
    assert len(whole) > 8
    assert seen == whole


def test_sorts_are_what_they_say(demo):
    prices = [p["price"] for p in find(demo, sort="price_asc")]
    assert prices == sorted(prices)
    assert [p["price"] for p in find(demo, sort="price_desc")] == prices[::-1]
    ascending = names(find(demo, sort="name_asc"))
    assert ascending[0].startswith("65 W") and ascending[-1].startswith("Wool")
    assert [n for n in ascending if n[0] == "C"][:1] == ["Cafetière, 1 L"]
    assert names(find(demo, sort="name_desc")) == ascending[::-1]
    assert find(demo, sort="newest") == find(demo) == demo.get("/products").json()


def test_filters_narrow_what_is_found(demo):
    light = find(demo, q="light")
    narrow = find(demo, q="light", category="lighting", min_price=5000, max_price=20000)
    assert narrow == [p for p in light if p["category"] == "lighting" and 5000 <= p["price"] <= 20000]
    assert 0 < len(narrow) < len(light)
    assert find(demo, q="light", category="Lighting") == []


def test_an_empty_filter_is_no_filter(demo):
    """A form sends its empty fields too."""
    for query in ["q=light&category=", "category&q=light&category=", "q=light&category=&sort=relevance"]:
        assert demo.get(f"/products/search?{query}").json() == find(demo, q="light")
    everything = demo.get("/products/facets").json()
    assert demo.get("/products/facets?q=&category=").json() == everything
    assert demo.get("/products?cursor=").json() == demo.get("/products").json()
    assert demo.get("/products/search?min_price=").status_code == 422  # as FastAPI


def test_several_categories_find_the_products_of_any(demo):
    light = find(demo, q="light", limit=500)
    for wanted in [["lighting", "audio"], ["audio", "lighting", "audio", "nope"], ["", "lighting"], ["nope", "lighting"]]:
        either = [p for p in light if p["category"] in wanted]
        assert find(demo, q="light", category=wanted, limit=500) == either and 0 < len(either) < len(light)
        facets = demo.get("/products/facets", params={"q": "light", "category": wanted}).json()
        assert {c["category"] for c in facets["categories"]} == {p["category"] for p in either} and facets["total"] == len(either)
    assert find(demo, category=["nope", "none"]) == []
    page = demo.get("/products/search?category=lighting&category=audio&limit=1")
    assert page.headers["link"].startswith("<search?category=lighting&category=audio&limit=1&offset=1>")
    everything = sorted(p["id"] for p in demo.get("/products?limit=500").json())
    names = [c["category"] for c in demo.get("/categories").json()]
    assert sorted(p["id"] for p in find(demo, category=names, limit=500)) == everything


def names_in_stock(client, truth="true", **query) -> list[str]:
    return names(find(client, in_stock=truth, **query))


def test_stock_is_a_filter_that_follows_orders_and_changes(serve):
    server = serve()
    ann, owner = shopper(server), server.client()
    lamp, _, _ = (create(server, name=name, stock_quantity=stock) for name, stock in [("Lamp", 2), ("Empty lamp", 0), ("Mug", 5)])

    def becomes(sold_out: list[str]):
        """An answer that is kept may be a little late with a change of stock alone."""
        in_stock = [name for name in ["Mug", "Empty lamp", "Lamp"] if name not in sold_out]
        wait_until(lambda: (names_in_stock(owner), names_in_stock(owner, "false")) == (in_stock, sold_out))
        assert names_in_stock(owner, q="lamp") == [name for name in in_stock if "amp" in name]
        assert owner.get("/products/facets?in_stock=true").json()["total"] == len(in_stock)
        assert owner.get("/products/facets?in_stock=false&q=lamp").json()["total"] == len(sold_out)

    becomes(["Empty lamp"])
    assert names(find(owner, in_stock="")) == names(find(owner)) == ["Mug", "Empty lamp", "Lamp"]
    order = bought(ann, lamp, 2)
    becomes(["Empty lamp", "Lamp"])
    ann.post(f"/orders/{order['id']}/cancel")
    becomes(["Empty lamp"])
    owner.patch(f"/products/{lamp['id']}", json={"stock_quantity": 0})
    becomes(["Empty lamp", "Lamp"])
    owner.post(f"/products/{lamp['id']}/stock", json={"delta": 7})
    becomes(["Empty lamp"])
    assert owner.get("/products/search?in_stock=perhaps").status_code == 422
    audit(server)


def test_stock_of_imported_products_is_a_filter_too(serve):
    folder = serve.folder()
    rows = [product(name=f"Lamp {i}", stock_quantity=i % 3) for i in range(1000)]
    (folder / "new.json").write_text(json.dumps(rows))
    assert till("import", folder / "new.json", "--db", folder / "till.db").returncode == 0
    client = serve(folder).client(admin=False)
    for truth, wanted in [("true", [r["name"] for r in rows if r["stock_quantity"]]), ("false", [r["name"] for r in rows if not r["stock_quantity"]])]:
        for query in ({}, {"q": "lamp"}):
            answer = client.get("/products/search", params={"in_stock": truth, "sort": "newest", "limit": 500} | query)
            assert answer.headers["x-total-count"] == str(len(wanted))
            assert names(answer.json()) == wanted[::-1][:500]
    assert till("audit", "--db", folder / "till.db").returncode == 0


def test_a_large_shop_answers_as_a_small_one(serve):
    """In a shop of more than 64 blocks of doc values PostgreSQL chooses by itself which blocks it sends."""
    server = serve()
    client = server.client()
    create(server, name="Far below", price=1)
    shop = database(server, write=True)
    shop.execute("UPDATE products SET seq = 20000")
    shop.close()
    for i in range(600):
        create(server, name=f"Wooden zebra{'s' * (i % 2)} {i:03}", price=1000 - i, category=f"c{i % 3}", description="Oak." * (i == 77))
    newest = [f"Wooden zebra{'s' * (i % 2)} {i:03}" for i in reversed(range(600))]
    assert names(find(client, q="zebra", sort="newest", limit=500)) == newest[:500]
    assert names(find(client, q="zebra", sort="newest", limit=500, offset=500)) == newest[500:]
    assert names(find(client, q="zebra", sort="price_asc", limit=3)) == newest[:3]
    assert names(find(client, q="zebra", sort="name_asc", limit=500)) == sorted(newest)[:500]
    assert names(find(client, sort="name_desc", category="c1", limit=500)) == sorted((n for n in newest if int(n[-3:]) % 3 == 1), reverse=True)
    assert names(find(client, q="oak")) == [newest[599 - 77]]
    assert names(find(client, q="oak zebras", sort="name_asc")) == [newest[599 - 77]]
    assert names(find(client, q="oka zebrsa 077", sort="name_asc")) == [newest[599 - 77]]
    assert names(find(client, q="oak zebra 078", sort="newest", limit=1))[0].startswith("Wooden zebra")
    facets = client.get("/products/facets", params={"q": "zebra"}).json()
    assert facets["total"] == 600 and {c["product_count"] for c in facets["categories"]} == {200}


def counts(client, **query) -> tuple[int, int]:
    """How many products lead, and how many follow."""
    answer = client.get("/products/search", params=query)
    return int(answer.headers["x-total-count"]), int(answer.headers.get("x-further-count", 0))


@pytest.fixture(scope="module")
def oak_shop(serve_module):
    """Nine oak tables, 20 oak stools, 12 other tables, a rug, and 12 zinc buckets with a zinc rod."""
    server = serve_module()
    many = [(f"Oak table {i}", 500 + i) for i in range(9)] + [(f"Oak stool {i:02}", 100 + i) for i in range(20)]
    many += [(f"Table of kind {i:02}", 300 + i) for i in range(12)] + [("Rug", 1)]
    for name, price in many + [(f"Zinc bucket {i:02}", 900) for i in range(12)] + [("Zinc rod", 900)]:
        create(server, name=name, description="", category="c" if name.startswith("Oak") else "d", price=price)
    return server


def test_products_with_some_of_the_words_follow_if_few_have_all(oak_shop):
    """Of the words of a product that follows, the rare one counts more: fewer names have `table` than `oak`."""
    client = oak_shop.client(admin=False)
    found = names(find(client, q="oak table", limit=500))
    assert all(name.startswith("Oak table") for name in found[:9])
    assert all(name.startswith("Table") for name in found[9:21])
    assert all(name.startswith("Oak stool") for name in found[21:])
    assert counts(client, q="oak table") == (9, 32) and len(found) == 41
    create(oak_shop, name="Oak table, the tenth", description="", category="c", price=509)  # ten are enough
    assert len(find(client, q="oak table", limit=500)) == 10 and counts(client, q="oak table") == (10, 0)
    assert client.delete(f"/products/{find(client, q='tenth')[0]['id']}").status_code in (401, 403)
    assert oak_shop.client().delete(f"/products/{find(client, q='tenth')[0]['id']}").status_code == 204
    assert counts(client, q="oak table") == (9, 32)
    assert counts(client, q="zinc bucket") == (12, 0)  # enough, although few were to be expected


def test_pages_lead_through_all_that_follow(oak_shop):
    client = oak_shop.client(admin=False)
    path, seen = "/products/search?q=oak+table&limit=7", []
    while path:
        answer = client.get(path)
        assert (answer.headers["x-total-count"], answer.headers["x-further-count"]) == ("9", "32")
        seen += answer.json()
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        path = link and urljoin(path, link[1])
    assert seen == find(client, q="oak table", limit=500)


@pytest.mark.parametrize("sort", SORTS[1:])
def test_other_sorts_and_facets_keep_to_all_words(oak_shop, sort):
    client = oak_shop.client(admin=False)
    found = find(client, q="oak table", sort=sort, limit=500)
    assert {n for n in names(found)} == {f"Oak table {i}" for i in range(9)} and counts(client, q="oak table", sort=sort) == (9, 0)
    page = find(client, q="oak table", sort=sort, limit=3, offset=2)
    assert page == found[2:5]
    facets = client.get("/products/facets", params={"q": "oak table"}).json()
    assert facets["total"] == 9 and facets["categories"] == [{"category": "c", "product_count": 9}]
    assert sum(band["product_count"] for band in facets["price_bands"]) == 9


def test_a_filter_that_takes_out_all_that_lead_leaves_what_follows(oak_shop):
    client = oak_shop.client(admin=False)
    for query in ({"category": "d"}, {"max_price": 400, "min_price": 300}):
        assert {n[:5] for n in names(find(client, q="oak table", **query))} == {"Table"} and counts(client, q="oak table", **query) == (12, 0)
        assert find(client, q="oak table", sort="price_asc", limit=1, **query)[0]["price"] == 300
        assert client.get("/products/facets", params={"q": "oak table"} | query).json()["total"] == 12


def test_a_word_that_no_product_has_leaves_the_others(oak_shop):
    """The products with the most words lead."""
    client = oak_shop.client(admin=False)
    for words in ("qqzzxx oak table", "oak table qqzzxx", "the oak table with qqzzxx"):
        assert names(find(client, q=words, limit=9)) == names(find(client, q="oak table", limit=9))
        assert counts(client, q=words) == (9, 32)
    assert counts(client, q="oak qqzzxx") == (29, 0)
    assert names(find(client, q="rug table qqzzxx"))[0] == "Rug"  # one word, and the rarest
    assert find(client, q="qqzzxx jjkkvv") == [] and counts(client, q="qqzzxx") == (0, 0)


def test_the_thing_comes_before_its_accessories_on_whichever_page(serve):
    """Of equal products the sold-out one comes last. The order covers the first 50 ranks, so pages fit together."""
    server = serve()
    for i in range(60):
        create(server, name=f"Bike seat {i:02}", description="", stock_quantity=i % 7)
    for name in ("Children's bike in blue, 16 inch", "City bike, three gears", "Seat carrier for children's bikes"):
        create(server, name=name, description="For a bike, for children.", category="bike")
    client = server.client(admin=False)
    assert set(names(find(client, q="bike", limit=2))) == {"Children's bike in blue, 16 inch", "City bike, three gears"}
    assert names(find(client, q="bike for children", limit=1)) == ["Children's bike in blue, 16 inch"]
    for name in ("Red bell loud", "Bell red loud"):
        create(server, name=name, description="")
    assert names(find(client, q="red bell")) == ["Red bell loud", "Bell red loud"]  # in this order, although it is older
    whole = find(client, q="bike", limit=500)
    assert [p["stock_quantity"] > 0 for p in whole[:50]] == sorted((p["stock_quantity"] > 0 for p in whole[:50]), reverse=True)
    for limit in (1, 7, 20, 49, 50, 51):
        pages = [find(client, q="bike", limit=limit, offset=offset) for offset in range(0, 63, limit)]
        assert [p for page in pages for p in page] == whole
    assert find(client, q="bike", offset=63) == find(client, q="bike", offset=500) == []


def test_the_most_frequent_of_many_longer_words_are_found(serve):
    """A prefix stands for its 24 most frequent words: PostgreSQL chooses them, SQLite gives all for Till to choose."""
    server = serve()
    words = [f"quux{chr(97 + i // 26)}{chr(97 + i % 26)}x" for i in range(40)]
    for i, word in enumerate(words):
        for _ in range(1 + i % 5):
            create(server, name=word, description="")
    found = {p["name"] for p in find(server.client(), q="quux", limit=500)}
    assert found == set(sorted(words, key=lambda word: (-(words.index(word) % 5), word))[:24])


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
        for index in ("products_import_key", "products_withdrawn", "products_withdrawn_name", "orders_closed", "payments_failed"):
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


FOUND = [  # names of products, queries that find them, queries that do not
    ("Jack 3.5 mm", ["3.5 mm", "3,5 mm", "jack 3.5"], ["35"]),
    ("Drill 35 mm", ["35 mm"], ["3.5", "3,5"]),
    ("Power bank 20,000 mAh", ["20000 mah", "20,000 mah", "20.000 mAh"], ["20.0"]),
    ("USB 3.0 hub", ["usb 3 hub", "usb 3.0 hub"], []),
    ("Women's coat", ["woman", "women", "womens", "woman's coat"], ["man"]),
    ("Men's coat", ["man", "men", "mens coat"], ["woman"]),
    ("U.S.A. flag", ["usa", "u.s.a.", "USA flag"], []),
    ("Pin of the USA", ["usa", "u.s.a. pin"], []),
    ("Rock'n'roll poster", ["rock n roll", "rock and roll", "rock & roll", "rock 'n' roll poster"], []),
    ("Rock and roll record", ["rock'n'roll", "rock n roll", "rock\u2019n\u2019roll record"], []),
    ("Sports bra", ["bras", "sports bras"], []),
    ("Skis", ["ski"], []),
    ("TVs", ["tv", "tv's"], []),
    ("Recordable DVD", ["dvds"], []),
    ("Bus", ["buses"], []),
    ("Gas stove", ["gas"], []),
    ("Drinking glass", ["glasses"], []),
    ("Camera lens", ["lenses", "lens"], ["sports"]),
    ("Sony WH-1000XM5", ["wh1000xm5", "wh-1000xm5", "wh 1000 xm5", "wh1000 xm5", "sony xm5"], ["xm4"]),
    ("Bose QC35II", ["qc35ii", "qc 35 ii", "qc-35-ii", "qc35 ii"], []),
    ("Phone 15 case", ["phone15", "phone15 case", "phone 15 case", "phone-15"], ["phone16"]),
    ("Phone16 case", ["phone 16", "phone 16 case", "phone-16", "phone16"], []),
    ("Nikon D 750", ["d750", "nikon d750 ", "d 750"], []),
    ("USB 2.0 stick", ["usb2 stick", "usb2.0 stick", "usb 2 stick"], []),
    ("Stick USB2", ["usb 2.0", "usb 2", "usb2.0 stick"], []),
    ("Jar 750ml", ["jar 750 ml", "jar 750ml"], []),
    ("Jug 500 ml", ["jug 500ml", "jug 500 ml"], []),
    ("ワイヤレスヘッドホン", ["ヘッドホン", "ワイヤレス", "ワイヤレスヘッドホン", "ﾍｯﾄﾞﾎﾝ", "ワイヤレス ヘッドホン"], ["スピーカー", "ヘッドスピン"]),
    ("ワイヤレススピーカーケース", ["スピーカー", "ケース", "スピーカー ワイヤレス", "スピーカーケース"], ["ヘッドホン"]),
    ("T-shirt", ["tshirt", "t shirt", "t-shirts"], []),
    ("Wi-Fi router", ["wifi router", "wifi"], []),
    ("Rock'n'Bowl ticket", ["rocknbowl", "rock'n'bowl", "rock\u2019n\u2019bowl", "rock n bowl", "rocknbowl ticket"], []),
    ("D'Artagnan novel", ["d'artagnan", "d\u2019artagnan", "dartagnan", "d artagnan"], []),
    ("O\u2019Neill wetsuit", ["o'neill", "o\u2019neill", "oneill", "o neill"], []),
    ("Mens socks", ["men's", "mens", "men\u2019s socks"], []),
    ("Werner 12 ft. rung ladder", ["12ft ladder", "12 foot ladder", "12 feet ladder", "12' ladder", "12-foot ladder", "12foot ladder", "rung 12 ft"], ["11ft", "12lb"]),
    ("Rung 14-Foot steps", ["14ft steps", "14 ft steps", "14' steps", "steps 14 feet"], []),
    ("Rung 16' steps", ["16ft steps", "16 ft steps", "16 foot steps", "16feet steps"], []),
    ("Fan 52 in. nickel", ["52in fan", "52 inch fan", '52" fan', "52-inch fan", "52 inches"], []),
    ('Fan 44" nickel', ["44in fan", "44 inch fan", '44" fan', "44-inch fan", "44 in. fan"], []),
    ("Pail 5-Gal. orange", ["5gal pail", "5 gallon pail", "5gallon pail", "5 gallons"], []),
    ("Mulch 2 cu. ft. bag", ["2 cubic feet mulch", "mulch 2 cubic foot", "2 cu ft mulch"], []),
    ("Breaker 20 Amp duplex", ["20a breaker", "20amp breaker", "20 amps breaker"], []),
    ("Breaker 30A duplex", ["30 amp breaker", "30amp breaker", "30a breaker"], []),
    ("Saw 18-Volt kit", ["18v saw", "18 volt saw", "18volt saw"], []),
    ("Stud 2 in. x 4 in. x 8 ft. pine", ["2x4 stud", "2 x 4 stud", "2 by 4 stud", "2x4x8 stud", "2 x 4 x 8 stud", "2\"x4\"x8' stud", "4x8 pine", "stud 2in x 4in", "2\u00d74 stud"], []),
    ("Furring 1x2x8", ["1 x 2 furring", "1x2 furring", "furring 1 in. x 2 in.", "1 x 2 x 8"], []),
    ("Fieldglass, 8 \u00d7 42", ["8x42", "8 x 42 fieldglass", "8 \u00d7 42"], []),
    ("Pipe 3/4 in. x 10 ft. galvanised", ["3/4x10 pipe", '3/4" x 10\' pipe', "3/4 pipe", "3/4 inch pipe"], []),
    ("Chandelier w/ crystals", ["chandelier with crystals", "chandelier w/ crystals", "chandelier w crystals"], []),
    ("Sconce with crystals", ["sconce w/ crystals", "sconce with crystals"], []),
]


@pytest.fixture(scope="module")
def spellings(serve_module):
    server = serve_module()
    for name, _, _ in FOUND:
        create(server, name=name, description="", category="c")
    return server.client(admin=False)


@pytest.mark.parametrize("name, queries, others", FOUND, ids=[row[0] for row in FOUND])
def test_a_word_is_found_however_it_is_written(name, queries, others, spellings):
    for q in queries:
        assert name in names(find(spellings, q=q)), q
    for q in others:
        assert name not in names(find(spellings, q=q)), q


CORRECTIONS = [  # what is typed, what is searched instead
    ("dsek lapm", "desk lamp"),
    ("deslamp", None),  # nothing is near
    ("desklamp", "desk lamp"),
    ("the dsek lamp", "the desk lamp"),
    ("head phones", "headphones"),
    ("desk lamp", None),
    ("lam", None),  # a beginning
    ("\u0433\u0440\u0435\u043d\u0430", "\u0433\u0440\u0435\u0447\u0430"),
    ("xyzzyplugh", None),
    ("", None),
]


def test_a_search_says_how_it_corrected_the_words(serve):
    server = serve(cors_origin="https://shop.example")
    for name in ("Desk lamp", "Headphones", "\u0413\u0440\u0435\u0447\u0430"):
        create(server, name=name, description="")
    client = server.client(admin=False)
    for typed, corrected in CORRECTIONS:
        answer = client.get("/products/search", params={"q": typed}, headers={"Origin": "https://shop.example"})
        header = answer.headers.get("x-search-correction")
        assert (header and unquote(header)) == corrected, typed
        assert "X-Search-Correction" in answer.headers["access-control-expose-headers"]
        assert header is None or header.isascii()
    assert "x-search-correction" not in client.get("/products/search", params={"q": "dsek", "min_price": 10**9}).headers


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


@pytest.mark.parametrize("query, loc", [("category=" + "x" * 101, ["query", "category"]),
                                        ("category=a&category=" + "x" * 101, ["query", "category", 1]),
                                        ("category=%00", ["query", "category"])])  # fmt: skip
def test_a_category_that_no_product_can_have_is_refused(demo, query, loc):
    for path in ("search", "facets"):
        answer = demo.get(f"/products/{path}?{query}")
        assert answer.status_code == 422 and [e["loc"] for e in answer.json()["detail"]] == [loc]


@pytest.mark.parametrize("query", [{}, {"q": "light"}, {"q": "brass", "category": "lighting"}, {"category": ["audio", "lighting"]}, {"min_price": 5000}, {"q": "xyzzyplugh"}])
def test_facets_count_what_is_found(query, demo):
    found, facets = find(demo, limit=500, **query), demo.get("/products/facets", params=query).json()
    assert facets["total"] == len(found)
    counts = collections.Counter(p["category"] for p in found)
    assert {c["category"]: c["product_count"] for c in facets["categories"]} == counts
    assert [c["product_count"] for c in facets["categories"]] == sorted(counts.values(), reverse=True)
    assert len(facets["price_bands"]) <= 8
    for band in facets["price_bands"]:
        inside = [p for p in found if band["min_price"] <= p["price"] <= band["max_price"]]
        assert len(inside) == band["product_count"] > 0
    assert sum(b["product_count"] for b in facets["price_bands"]) == len(found)


def suggested_words(client, q: str) -> list[str]:
    return [s["text"] for s in client.get("/products/suggest", params={"q": q}).json() if s["kind"] == "words"]


def test_a_word_is_completed_by_what_follows_the_words_before(serve):
    client = serve().client()
    for i in range(24):  # words with b that are commoner in the shop, but not beside `light`
        for name in [f"Basket b{i}x", f"Bowl b{i}x"]:
            client.post("/products", json=product(name=name, description="Light.", category="kitchen"))
    for name in ["Light bulb", "LED light bulbs, set of 4", "Light by Brass & Co", "Big desk light"]:
        client.post("/products", json=product(name=name, description="", category="lighting"))
    assert suggested_words(client, "light b") == ["light bulb", "light brass", "light bulbs", "light big"]
    assert suggested_words(client, "light ") == ["light bulb", "light brass", "light bulbs"]
    assert suggested_words(client, "light by") == []
    assert suggested_words(client, "bu") == ["bulb", "bulbs"]


def test_suggestions_lead_somewhere(demo):
    """A search for each suggestion finds something; a suggested product comes first."""
    for q in ["l", "li", "lamp", "wireless h", "caf", "coffe", "sen", "brass-h", "hedph", "hedphones", "light b", "wool ", "bag f"]:
        suggestions = demo.get("/products/suggest", params={"q": q}).json()
        assert len(suggestions) <= 8
        for s in suggestions:
            found = find(demo, q=s["text"])
            assert found, s
            if s["kind"] == "product":
                assert found[0]["id"] == s["product_id"]
    for q, words in [("wireless h", ["wireless headphones"]), ("desk ", ["desk lamp"]), ("usb-", ["usb-c"]), ("dsek la", ["dsek lamp"]), ("string l", ["string lights"]), ("laptop s", ["laptop sleeve"]), ("65 w", []), ("desk xy", [])]:
        assert suggested_words(demo, q) == words
    assert demo.get("/products/suggest").json() == []
    assert demo.get("/products/suggest", params={"q": "x" * 201}).status_code == 422


def test_a_change_is_found_at_once(serve):
    client = serve().client()
    made = client.post("/products", json=product(name="Zymurgy kit", description="For brewers", category="hobby")).json()
    for q in ["zymurgy", "kits", "brewer", "zymu", "hobby"]:
        assert find(client, q=q) == [made]
    client.patch(f"/products/{made['id']}", json={"name": "Mead set", "price": 1})
    assert find(client, q="zymurgy") == []
    assert names(find(client, q="mead", max_price=1)) == ["Mead set"]
    client.delete(f"/products/{made['id']}")
    assert find(client, q="mead") == find(client) == []
    client.patch(f"/products/{made['id']}", json={"is_active": True})
    assert names(find(client, q="brewer")) == ["Mead set"]
    assert client.get("/products/facets").json()["categories"] == [{"category": "hobby", "product_count": 1}]


def test_a_blank_text_is_no_filter_and_punctuation_finds_nothing(demo):
    for q in ["", " ", " \t\n"]:
        assert len(find(demo, q=q)) == len(find(demo))
    for q in ["!", "…", '"', "*", "-", "😀", "%", "_", "'; --"]:
        assert find(demo, q=q) == []


TEXTS = st.text(max_size=220) | st.text(alphabet="lampe'\"*()-+:%_\\ \t,.1é😀\u0301", max_size=220)


@settings(max_examples=300)
@given(q=TEXTS, category=st.none() | st.text(max_size=110), low=st.none() | st.integers(), high=st.none() | st.integers(), sort=st.sampled_from(SORTS))
def test_any_text_is_safe(demo, q, category, low, high, sort):
    query = {"q": q, "category": category, "min_price": low, "max_price": high}
    query = {name: value for name, value in query.items() if value is not None}
    for path, more in [("search", {"sort": sort}), ("facets", {}), ("suggest", {})]:
        answer = demo.get("/products/" + path, params=query | more)
        fits = len(q) <= 200 and "\0" not in q
        if path != "suggest":
            category_fits = category is None or (len(category) <= 100 and "\0" not in category)
            fits = fits and category_fits and min(low or 0, high or 0) >= 0
        assert answer.status_code == (200 if fits else 422)
