"""The staff's list of products: also what shoppers do not see, with every filter, to its end (EXTENSIONS 4.3)."""
import itertools
import random

import pytest

from server import till
from shopping import MONEY_MAX, admin, add, audit, create, execute, placed, query, shopper, stock, visitor
from test_staff import bearer, make

REMOTE = "00000000-0000-7000-8000-000000000000"


def listed(server, **params) -> list[dict]:
    answer = admin(server).get("/admin/products", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(products) -> list[str]:
    return [product["name"] for product in products]


def withdraw(server, product: dict) -> None:
    assert admin(server).delete(f"/products/{product['id']}").status_code == 204


def pages(server, limit: int, **params) -> list[dict]:
    """All products of a list, by its cursors."""
    client, seen, cursor = admin(server), [], {}
    for _ in range(1000):
        answer = client.get("/admin/products", params=params | cursor | {"limit": limit})
        assert answer.status_code == 200, answer.text
        assert len(answer.json()) <= limit
        seen += answer.json()
        if "x-next-cursor" not in answer.headers:
            return seen
        cursor = {"cursor": answer.headers["x-next-cursor"]}
    raise AssertionError("the cursors never end")


@pytest.fixture
def server(serve):
    return serve()


def test_all_products_with_all_that_the_staff_needs(server):
    lamp = create(server, name="Lamp", price=700, stock_quantity=3, category="lighting", weight_grams=850, tax_class="reduced")
    chair = create(server, name="Chair")
    withdraw(server, lamp)
    first, second = listed(server)
    assert names([first, second]) == ["Chair", "Lamp"] and first["is_active"] and first["created_at"] >= second["created_at"]
    assert second == lamp | {"is_active": False, "weight_grams": 850, "ships": True, "tax_class": "reduced", "key": None, "created_at": second["created_at"]}
    assert first["id"] == chair["id"]


def test_only_who_may_read_products(server):
    reader, packer = make(admin(server), scopes=["products:read"])["key"], make(admin(server), scopes=["orders:read"])["key"]
    client = visitor(server)
    assert client.get("/admin/products").status_code == 401
    assert client.get("/admin/products", headers=bearer(reader)).status_code == 200
    assert client.get("/admin/products", headers=bearer(packer)).status_code == 403
    assert client.get("/admin/products", headers=bearer("wrong")).status_code == 401
    assert client.get("/admin/products?limit=0", headers=bearer(packer)).status_code == 403  # before the inputs are told of
    assert client.get("/admin/products?limit=0", headers=bearer(reader)).status_code == 422


@pytest.mark.parametrize("params", [{"limit": 501}, {"limit": 0}, {"offset": 10001}, {"cursor": 0}, {"stock_below": 0}, {"sort": "stock"}, {"active": "maybe"}, {"q": "x" * 201}])
def test_inputs_are_bounded(server, params):
    assert admin(server).get("/admin/products", params=params).status_code == 422


CATEGORIES = ["lighting", "chairs", "Ärmel"]


@pytest.fixture(scope="module")
def mixed(serve_module):
    """A shop of 700 products of every kind, some of which are withdrawn, brought back, or sold out."""
    server, dice = serve_module(), random.Random(7)
    client = admin(server)
    products = []
    for i in range(700):
        product = create(server, name=f"{dice.choice(['Desk lamp', 'Armchair', 'ünique lamp'])} {dice.randrange(300)}", price=dice.randrange(50),
                         stock_quantity=dice.choice([0, 1, 4, 5, 49, 50, 51, 400]), category=dice.choice(CATEGORIES))
        product["is_active"] = True
        products.append(product)
    for product in products:
        if dice.random() < 0.3:
            withdraw(server, product)
            product["is_active"] = False
            if dice.random() < 0.3:
                assert client.patch(f"/products/{product['id']}", json={"is_active": True}).status_code == 200
                product["is_active"] = True
            elif dice.random() < 0.5:
                product |= {"name": f"Renamed {dice.randrange(100)}", "price": dice.randrange(50), "category": dice.choice(CATEGORIES)}
                assert client.patch(f"/products/{product['id']}", json={name: product[name] for name in ("name", "price", "category")}).status_code == 200
    return server, products[::-1]


SORTS = {"newest": lambda p: 0, "price_asc": lambda p: p["price"], "price_desc": lambda p: -p["price"]}


@pytest.mark.parametrize("active, below, category, sort", list(itertools.product([None, True, False], [None, 1, 5, 50, 51], [None, "chairs", "no such"], SORTS)))
def test_every_filter_and_order_to_its_end(mixed, active, below, category, sort):
    server, products = mixed
    wanted = [p for p in products if active in (None, p["is_active"]) and (below is None or p["stock_quantity"] < below) and category in (None, p["category"])]
    wanted.sort(key=SORTS[sort])
    params = {"active": active, "stock_below": below, "category": category, "sort": sort}
    params = {name: value for name, value in params.items() if value is not None}
    assert [p["id"] for p in pages(server, 97, **params)] == [p["id"] for p in wanted]
    answer = admin(server).get("/admin/products", params=params | {"limit": 5, "offset": 3})
    assert [p["id"] for p in answer.json()] == [p["id"] for p in wanted[3:8]]
    if below is None:
        assert answer.headers["x-total-count"] == str(len(wanted))


def test_by_name(mixed):
    server, products = mixed
    for sort, reverse in (("name_asc", False), ("name_desc", True)):
        seen = pages(server, 100, sort=sort)
        folded = [p["name"].lower().replace("ü", "u") for p in seen]
        assert folded == sorted(folded, reverse=reverse) and {p["id"] for p in seen} == {p["id"] for p in products}


def test_words_are_counted_where_all_that_match_are(mixed):
    server, products = mixed
    active = sum("lamp" in p["name"] and p["is_active"] for p in products)
    for params, total in (({"active": True}, str(active)), ({"active": False}, None), ({}, None), ({"active": True, "q": next(p["id"] for p in products if p["is_active"])}, None)):
        for limit in (1, 500):
            answer = admin(server).get("/admin/products", params={"q": "lamp", "limit": limit} | params)
            assert answer.headers.get("x-total-count") == total, (params, limit)


def test_words_and_a_bound_that_all_are_below(mixed):
    server, products = mixed
    lamps = {p["id"] for p in products if "lamp" in p["name"]}
    for below in (2**31, MONEY_MAX):
        assert {p["id"] for p in pages(server, 50, q="lamp", stock_below=below)} == lamps


def test_words_find_what_is_active_and_behind_it_what_is_not(mixed):
    server, products = mixed
    lamps = {p["id"] for p in products if "lamp" in p["name"]}
    seen = pages(server, 50, q="lamp")
    assert {p["id"] for p in seen} == lamps and len(seen) == len(lamps)
    assert [p["is_active"] for p in seen] == sorted((p["is_active"] for p in seen), reverse=True)
    for active in (True, False):
        wanted = {p["id"] for p in products if p["id"] in lamps and p["is_active"] == active}
        assert {p["id"] for p in pages(server, 50, q=" LAMP ", active=active)} == wanted
        low = {p["id"] for p in products if p["id"] in wanted and p["stock_quantity"] < 5 and p["category"] == "chairs"}
        assert {p["id"] for p in pages(server, 50, q="lamp", active=active, stock_below=5, category="chairs")} == low
    assert {p["id"] for p in pages(server, 50, q="RENAMED")} == {p["id"] for p in products if p["name"].startswith("Renamed") and not p["is_active"]} | {
        p["id"] for p in products if p["name"].startswith("Renamed") and p["is_active"]}


def test_a_withdrawn_product_is_found_by_the_beginning_of_its_name_however_old(server):
    old = create(server, name="Old Lamp")
    withdraw(server, old)
    for i in range(3):
        withdraw(server, create(server, name=f"New lamp {i}"))
    assert names(listed(server, q="old l")) == ["Old Lamp"]
    assert names(listed(server, q="lamp")) == ["New lamp 2", "New lamp 1", "New lamp 0", "Old Lamp"]


def test_by_id_and_by_key_of_an_import(serve, tmp_path):
    server = serve()
    file = tmp_path / "lamps.csv"
    file.write_text("Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant SKU,Variant Inventory Qty,Variant Price\n"
                    "lamp,Lamp,Text,Ann,lighting,,true,L-1,3,7.00\nred-lamp,Red lamp,Text,Ann,lighting,,true,L-2,3,8.00\n")
    imported = till("import", file, "--db", server.db, "--from", "shopify", "--currency", "usd")
    assert imported.returncode == 0, imported.stderr
    keys = {p["name"]: p["key"] for p in listed(server)}
    assert all(keys.values()), keys
    assert names(listed(server, q=keys["Red lamp"]))[0] == "Red lamp"
    assert names(listed(server, q=keys["Red lamp"], category="chairs")) == []
    one = listed(server, q=keys["Lamp"])[0]
    assert names(listed(server, q=one["id"])) == ["Lamp"] and names(listed(server, q=one["id"], stock_below=3)) == []
    withdraw(server, one)
    assert names(listed(server, q=one["id"])) == names(listed(server, q=one["id"], active=False)) == ["Lamp"]
    assert listed(server, q=one["id"], active=True) == listed(server, q=REMOTE) == []
    for limit in (1, 2, 3):
        assert sorted(names(pages(server, limit, q=keys["Red lamp"]))) == sorted(names(listed(server, q=keys["Red lamp"]))), limit


def test_a_sale_and_a_return_cross_the_bound_of_scarce_products(server):
    lamp = create(server, stock_quantity=51)
    with shopper(server) as ann:
        placed(ann, add(ann, lamp, 2))
        assert [p["stock_quantity"] for p in listed(server, stock_below=50, sort="price_asc")] == [49]
    assert query(server, "SELECT count(*) FROM scarce") == [(1,)]
    admin(server).post(f"/products/{lamp['id']}/stock", json={"delta": 1})
    assert stock(server, lamp) == 50 and listed(server, stock_below=50) == [] and query(server, "SELECT count(*) FROM scarce") == [(0,)]
    audit(server)


def test_the_audit_finds_a_wrong_table_of_scarce_products(server):
    create(server, stock_quantity=3), create(server, stock_quantity=60)
    audit(server)
    execute(server, "DELETE FROM scarce")
    done = till("audit", "--db", server.db)
    assert done.returncode == 1 and "takes it for plentiful" in done.stdout
