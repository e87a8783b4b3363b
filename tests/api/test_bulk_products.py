"""One change of many products: all or none, with all that a change of one product brings."""
import json
import threading

import pytest

from server import product, till, wait_until
from shopping import admin, add, audit, create, placed, query, shopper, stock, visitor
from test_audit_log import changes
from test_desk_products import listed, withdraw
from test_staff import bearer, make
from test_stock import MOST

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def server(serve):
    return serve()


def change(server, products, headers=None, **fields):
    ids = [p["id"] if isinstance(p, dict) else p for p in products]
    return admin(server).post("/admin/products/bulk", json={"ids": ids, "change": fields}, headers=headers or {})


def changed(server, products, **fields) -> dict:
    """What the products have become, by their ids."""
    answer = change(server, products, **fields)
    assert answer.status_code == 200, answer.text
    return {p["id"]: p for p in answer.json()}


def found(server, **params) -> set[str]:
    return {p["id"] for p in server.client().get("/products/search", params={"limit": 500} | params).json()}


def as_now(server) -> dict:
    return {p["id"]: p for p in listed(server, limit=500)}


def test_each_change_shows_everywhere(server):
    products = [create(server, name=f"Lamp {i}", price=100 * i, stock_quantity=i, category="lighting") for i in range(1, 8)]
    some, rest = products[:4], products[4:]
    client = server.client()
    lists = [client.get("/products").json(), client.get("/categories").json()]  # are kept, and must be read anew
    seen = changed(server, some, category="Sale now", price_e4=-2500, stock_delta=10)
    assert seen == {p["id"]: {"id": p["id"], "price": p["price"] * 3 // 4, "stock_quantity": p["stock_quantity"] + 10, "category": "Sale now", "is_active": True} for p in some}
    assert client.get("/products").json() != lists[0]
    assert client.get("/categories").json() == [{"category": "Sale now", "product_count": 4}, {"category": "lighting", "product_count": 3}] != lists[1]
    assert found(server, q="sale") == found(server, category="Sale now") == found(server, max_price=300, category=["Sale now"]) == {p["id"] for p in some}
    assert {p["id"]: (p["price"], p["stock_quantity"], p["category"]) for p in as_now(server).values() if p["id"] in seen} == {
        key: (p["price"], p["stock_quantity"], p["category"]) for key, p in seen.items()}
    assert query(server, "SELECT count(*) FROM stock_adjustments") == [(4,)]
    changed(server, products, is_active=False)
    assert client.get("/products").json() == client.get("/categories").json() == [] and not found(server, q="lamp")
    assert {p["is_active"] for p in as_now(server).values()} == {False}
    assert changed(server, rest + products, is_active=True, price=5).keys() == {p["id"] for p in products}
    assert found(server, q="lamp", max_price=5) == {p["id"] for p in products}
    audit(server)


def test_the_index_is_as_if_each_had_been_changed_alone(serve):
    def dump(server):
        tables = ("search_terms", "search_columns", "search_names", "search_categories", "categories")
        terms = query(server, "SELECT term, documents, words, titles FROM search_terms ORDER BY term")
        postings = query(server, "SELECT t.term, p.key - (t.id * 16777216), p.data FROM search_postings AS p JOIN search_terms AS t ON p.key >= t.id * 16777216"
                                 " AND p.key < (t.id + 1) * 16777216 ORDER BY 1, 2")
        return terms, [(term, key, bytes(data)) for term, key, data in postings], [query(server, f"SELECT * FROM {table} ORDER BY 1") for table in tables[1:]]

    def fill(server):
        products = [create(server, name=f"Lamp {i} {'brass' if i % 3 else 'steel'}", price=i, category=["a", "b", "c d"][i % 3]) for i in range(300)]
        for product in products[::7]:
            withdraw(server, product)
        return products

    alone, together = serve(), serve()
    for fields in ({"price": 7}, {"category": "brass things"}, {"is_active": False}, {"is_active": True, "price": 3, "category": "a"}):
        if fields == {"price": 7}:
            one, all_ = fill(alone), fill(together)
        for product in one[::2]:
            assert admin(alone).patch(f"/products/{product['id']}", json=fields).status_code == 200
        changed(together, all_[::2][::-1], **fields)
        assert dump(alone) == dump(together), fields


@pytest.mark.parametrize("price, e4, wanted", [(1000, 750, 1075), (999, -2000, 799), (1, 5000, 2), (1, -5000, 1), (3, -5000, 2), (0, 100000, 0), (12345, -10000, 0), (MOST, -1, MOST - 900719925474)])
def test_prices_are_rounded_to_the_nearest_unit(server, price, e4, wanted):
    lamp = create(server, price=price)
    assert changed(server, [lamp], price_e4=e4)[lamp["id"]]["price"] == wanted


def test_all_or_none(server):
    lamps = [create(server, name=f"Lamp {i}", stock_quantity=i, price=[1, MOST][i == 2]) for i in range(4)]
    before = as_now(server)
    short = change(server, lamps, stock_delta=-2, price=1)
    assert short.status_code == 409 and short.json() == {"detail": "The product's stock would be less than 0 or more than can be counted", "current": lamps[:2]}
    dear = change(server, lamps, price_e4=1)
    assert dear.status_code == 409 and dear.json() == {"detail": "The product's price would be more than can be counted", "current": [lamps[2]]}
    assert change(server, [*lamps, NOWHERE], is_active=False).status_code == 404
    assert change(server, lamps, stock_delta=MOST).status_code == 409
    assert as_now(server) == before and query(server, "SELECT count(*) FROM stock_adjustments") == [(0,)]
    assert admin(server).get("/admin/audit").json()[0]["action"] == "POST /products"
    audit(server)


def test_of_many_that_are_refused_the_first_are_named(server, tmp_path):
    """All of these would take more memory than a request has: one is 40 KB."""
    file = tmp_path / "large.json"
    file.write_text(json.dumps([product(name=f"Lamp {i}", description="\U0001f4a1" * 10000, stock_quantity=1) for i in range(1000)]))
    assert till("import", file, "--db", server.db).returncode == 0
    ids = [p["id"] for offset in (0, 500) for p in listed(server, limit=500, offset=offset)]
    answer = change(server, ids, stock_delta=-2)
    assert answer.status_code == 409 and [p["name"] for p in answer.json()["current"]] == [f"Lamp {i}" for i in range(100)]
    assert len(changed(server, ids, stock_delta=-1)) == 1000


@pytest.mark.parametrize("body", [{"ids": [], "change": {"price": 1}}, {"ids": [NOWHERE], "change": {}}, {"ids": [NOWHERE], "change": {"price": 1, "price_e4": 1}}, {"ids": [NOWHERE], "change": {"price": -1}},
                                  {"ids": [NOWHERE], "change": {"price_e4": -10001}}, {"ids": [NOWHERE], "change": {"reason": "none"}}, {"ids": ["x"], "change": {"price": 1}}, {"ids": [NOWHERE]},
                                  {"ids": [NOWHERE] * 1001, "change": {"price": 1}}, {"ids": [NOWHERE], "change": {"category": ""}}])  # fmt: skip
def test_inputs_are_bounded(server, body):
    assert admin(server).post("/admin/products/bulk", json=body).status_code == 422


def test_only_who_may_write_products(server):
    lamp, client = create(server), visitor(server)
    reader = make(admin(server), scopes=["products:read"])["key"]
    body = {"ids": [lamp["id"]], "change": {"price": 1}}
    for headers, status in ((bearer(reader), 403), (bearer("wrong"), 401), ({}, 401)):
        assert client.post("/admin/products/bulk", json=body, headers=headers).status_code == status


def test_a_retry_with_a_key_changes_once(server):
    lamps = [create(server, price=100), create(server, price=200)]
    key = {"Idempotency-Key": "once"}
    first, second = (change(server, lamps, headers=key, price_e4=1000, stock_delta=1) for _ in range(2))
    assert first.json() == second.json() and second.headers["idempotent-replayed"] == "true"
    assert sorted(p["price"] for p in as_now(server).values()) == [110, 220]
    assert change(server, lamps, headers=key, price_e4=2000).status_code == 422
    assert stock(server, lamps[0]) == lamps[0]["stock_quantity"] + 1


def test_the_audit_log_has_an_entry_of_each_product(server):
    one, two = create(server, price=100, category="a"), create(server, price=200, category="b")
    changed(server, [one, two], price=200, category="b", stock_delta=-1, reason="Broken")
    client = admin(server)
    (entry,) = [e for e in client.get("/admin/audit", params={"target": one["id"]}).json() if e["action"] == "POST /admin/products/bulk"]
    there = one["stock_quantity"]
    assert changes(entry) == {"price": ("100", "200"), "category": ("a", "b"), "stock_quantity": (str(there), str(there - 1)), "reason": (None, "Broken")}
    (entry,) = [e for e in client.get("/admin/audit", params={"target": two["id"]}).json() if e["action"] == "POST /admin/products/bulk"]
    assert changes(entry).keys() == {"stock_quantity", "reason"}


def test_a_thousand_at_once_while_shoppers_buy(server):
    lamps = [create(server, name=f"Lamp {i}", stock_quantity=1000) for i in range(1000)]
    stop = threading.Event()
    bought = [0] * 4

    def buy(number: int) -> None:
        with shopper(server, f"shopper{number}") as client:
            while not stop.is_set():
                placed(client, add(client, lamps[bought[number] * 37 % 1000], 1), add(client, lamps[999 - bought[number] * 11 % 1000], 1))
                bought[number] += 1

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    wait_until(lambda: min(bought) > 2, "shoppers buy")
    for _ in range(3):
        changed(server, lamps, stock_delta=10, price_e4=100)
        changed(server, lamps[::-1], stock_delta=-3)
    stop.set()
    [thread.join() for thread in threads]
    assert query(server, "SELECT count(*) FROM stock_adjustments") == [(6000,)]
    assert sum(row[0] for row in query(server, "SELECT stock_quantity FROM products")) == 1000 * (1000 + 21) - 2 * sum(bought)
    audit(server)
