"""What narrows a search over HTTP: categories, prices and stock; and the facets, which count what is found."""
import collections
import json

import pytest

from searching import demo, find, names, names_in_stock  # noqa: F401, a fixture
from server import product, till, wait_until
from shopping import audit, bought, create, shopper


def test_filters_narrow_what_is_found(demo):
    light = find(demo, q="light")
    narrow = find(demo, q="light", category="lighting", min_price=5000, max_price=20000)
    assert narrow == [p for p in light if p["category"] == "lighting" and 5000 <= p["price"] <= 20000]
    assert 0 < len(narrow) < len(light)
    assert find(demo, q="light", category="Lighting") == []


def test_a_filter_of_prices_has_both_its_ends(demo):
    light = find(demo, q="light", limit=500)
    low, high = sorted({p["price"] for p in light})[1:3]
    for query, more in (({"q": "light"}, light), ({}, find(demo, limit=500))):
        wanted = [p for p in more if low <= p["price"] <= high]
        assert find(demo, min_price=low, max_price=high, limit=500, **query) == wanted and {low, high} <= {p["price"] for p in wanted}


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
