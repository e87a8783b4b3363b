"""The checkout: quotes, addresses, shipping, taxes, and orders whose totals add up (EXTENSIONS 2.7)."""
from __future__ import annotations

import concurrent.futures
import json

import httpx
import pytest

from own_server import admin, ann, server  # noqa: F401, fixtures
from server import DATA
from shopping import ANN, add, audit, create, details, execute, intended, query, shopper, stock
from test_shipping import RATE, make

MONEY_MAX = 2**53 - 1
CODES = json.loads((DATA / "postal_codes.json").read_text())
REGIONS = {"US": "CA", "CA": "ON", "AU": "NSW", "BR": "SP", "IN": "MH", "MX": "CMX", "CN": "Beijing"}


def lines(client, *products, quantity: int = 1) -> dict:
    return {"cart_item_ids": [add(client, p, quantity)["id"] for p in products]}


def quoted(client, body: dict) -> dict:
    answer = client.post("/checkout/quote", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ordered(client, body: dict) -> dict:
    answer = client.post("/orders", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def method(admin, **wish) -> dict:
    return make(admin, "/admin/shipping-methods", {"name": "Standard", "tiers": [{"price": 490}]} | wish)


def test_an_order_with_address_shipping_and_tax(server, admin, ann):
    make(admin, "/admin/tax-rates", RATE)
    make(admin, "/admin/tax-rates", RATE | {"class": "shipping"})
    chosen = method(admin)
    lamp, bulb = create(server, name="Lamp", price=2999), create(server, name="Bulb", price=499)
    body = lines(ann, lamp) | {"shipping_address": ANN, "email": "Ann@Example.com", "note": "Ring twice", "shipping_method_id": chosen["id"]}
    body["cart_item_ids"] += lines(ann, bulb, quantity=2)["cart_item_ids"]
    quote = quoted(ann, body)
    assert quote["shipping_options"] == [{"id": chosen["id"], "name": "Standard", "description": "", "price": 490, "min_days": None, "max_days": None}]
    totals = {"items_total": 3997, "discount_total": 0, "shipping_total": 490, "tax_total": 500 + 166 + 82, "tax_included": True, "total_amount": 4487,
              "currency": "usd"}
    assert {name: quote[name] for name in totals} == totals and quote["short"] == quote["warnings"] == []
    order = ordered(ann, body | {"expected_total": 4487})
    assert set(order) == {"id", "total_amount", "status", "items", "currency", "created_at"} and order["total_amount"] == 4487
    assert intended(ann, order)["amount"] == 4487
    assert admin.patch(f"/products/{lamp['id']}", json={"name": "Renamed"}).status_code == 200
    whole = details(ann, order)
    assert {name: whole[name] for name in totals} == totals
    assert (whole["email"], whole["note"], whole["shipping_method"], whole["billing_address"]) == ("Ann@Example.com", "Ring twice", "Standard", None)
    assert whole["shipping_address"] == {"company": None, "line2": None, "region": None, "phone": None} | ANN
    assert [(i["line"], i["name"], i["quantity"], i["tax"], i["tax_rate_e5"], i["tax_name"]) for i in whole["items"]] == [
        (0, "Lamp", 1, 500, 20_000, "VAT 20%"), (1, "Bulb", 2, 166, 20_000, "VAT 20%")]
    number = whole["number"]
    assert len(number) == 11 and number[5] == "-" and whole["can_cancel"] is True and whole["payment_status"] == "unpaid"
    assert query(server, "SELECT number, email_key FROM order_contacts") == [(number, "ann@example.com")]
    with shopper(server, "bob") as bob:
        assert bob.get(f"/orders/{order['id']}/details").status_code == 404
    audit(server)


def test_tax_that_is_added(server, admin, ann):
    make(admin, "/admin/tax-rates", RATE | {"rate_e5": 9_375})
    admin.patch("/admin/settings", json={"prices_include_tax": False})
    order = ordered(ann, lines(ann, create(server, price=1000), quantity=3) | {"shipping_address": ANN})
    assert order["total_amount"] == 3281  # 281.25 of tax
    assert details(ann, order)["tax_total"] == 281
    audit(server)


def test_the_seeds_order_writes_none_of_it(server, admin, ann):
    make(admin, "/admin/tax-rates", RATE)
    method(admin)
    order = ordered(ann, lines(ann, create(server, price=1000)))
    assert order["total_amount"] == 1000
    for table in ("order_contacts", "order_totals", "order_line_totals"):
        assert query(server, f"SELECT * FROM {table}") == []
    whole = details(ann, order)
    assert (whole["items_total"], whole["shipping_total"], whole["tax_total"], whole["shipping_address"]) == (1000, 0, 0, None)
    audit(server)


def test_a_price_that_rises_is_refused_and_one_that_falls_is_passed_on(server, admin, ann):
    lamp = create(server, price=1000)
    body = lines(ann, lamp) | {"shipping_address": ANN}
    body["expected_total"] = quoted(ann, body)["total_amount"]
    admin.patch(f"/products/{lamp['id']}", json={"price": 1001})
    answer = ann.post("/orders", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (409, "The total has changed")
    (now,) = answer.json()["totals"]
    assert now["total_amount"] == 1001 and stock(server, lamp) == lamp["stock_quantity"] and len(ann.get("/cart").json()) == 1
    admin.patch(f"/products/{lamp['id']}", json={"price": 999})
    assert ordered(ann, body)["total_amount"] == 999


def test_each_order_has_one_rate_in_full(server, admin):
    """A rate that changes while 32 orders are placed: a line and its shipping have the same one."""
    rates = [make(admin, "/admin/tax-rates", RATE), make(admin, "/admin/tax-rates", RATE | {"class": "shipping"})]
    chosen, lamp = method(admin, tiers=[{"price": 1000}]), create(server, price=1000, stock_quantity=1000)

    def buy(i: int) -> dict:
        with shopper(server, f"buyer-{i}") as client:
            return details(client, ordered(client, lines(client, lamp) | {"shipping_address": ANN, "shipping_method_id": chosen["id"]}))

    with concurrent.futures.ThreadPoolExecutor(4) as pool, server.client() as changer:
        runs = [pool.submit(buy, i) for i in range(32)]
        for rate in (10_000, 5_000, 25_000):
            assert changer.put(f"/admin/tax-rates/{rates[0]['id']}", json=RATE | {"rate_e5": rate}).status_code == 200
        for run in runs:
            item = run.result()["items"][0]
            assert item["tax"] == {5_000: 48, 10_000: 91, 20_000: 167, 25_000: 200}[item["tax_rate_e5"]]
    audit(server)


def test_every_country_takes_its_minimal_address(server, admin, ann):
    body = lines(ann, create(server))
    seen = 0
    for country in sorted(CODES):
        for code in CODES[country][:2]:
            address = ANN | {"country": country, "postal_code": code} | ({"region": REGIONS[country]} if country in REGIONS else {})
            quote = quoted(ann, body | {"shipping_address": address})
            assert quote["warnings"] == [], (country, code)
            seen += 1
    assert seen > 200
    for country in ("HK", "AE", "IE", "AO", "ZW"):
        address = {name: value for name, value in ANN.items() if name != "postal_code"} | {"country": country}
        order = ordered(ann, lines(ann, create(server)) | {"shipping_address": address})
        assert details(ann, order)["shipping_address"]["country"] == country
    odd = quoted(ann, body | {"shipping_address": ANN | {"postal_code": "12345"}})
    assert [w["loc"] for w in odd["warnings"]] == [["body", "shipping_address", "postal_code"]]
    assert quoted(ann, body | {"shipping_address": {"country": "GB"}})["warnings"] == []


@pytest.mark.parametrize("change, at, kind", [
    ({"country": "XX"}, "country", "value_error"),
    ({"country": "gb"}, "country", "value_error"),
    ({"postal_code": " "}, "postal_code", "missing"),
    ({"postal_code": None}, "postal_code", "missing"),
    ({"country": "US"}, "region", "missing"),
    ({"name": ""}, "name", "string_too_short"),
    ({"line1": "x" * 201}, "line1", "string_too_long"),
])
def test_an_address_that_nothing_can_be_sent_to(server, ann, change, at, kind):
    body = lines(ann, create(server)) | {"shipping_address": ANN | change}
    answer = ann.post("/orders", json=body)
    assert answer.status_code == 422
    assert [(e["type"], e["loc"]) for e in answer.json()["detail"]] == [(kind, ["body", "shipping_address", at])]
    assert ann.get("/orders").json() == []


def test_what_the_shop_requires_is_asked_for_in_fastapis_form(server, admin, ann):
    chosen, card = method(admin), create(server, ships=False)
    admin.patch("/admin/settings", json={"checkout_requires": ["email", "address", "shipping"]})
    body = lines(ann, create(server))
    answer = ann.post("/orders", json=body)
    assert answer.status_code == 422
    assert answer.json() == {"detail": [{"type": "missing", "loc": ["body", name], "msg": "Field required", "input": body}
                                        for name in ("email", "shipping_address", "shipping_method_id")]}  # fmt: skip
    full = {"email": "ann@example.com", "shipping_address": ANN}
    assert [e["loc"][1] for e in ann.post("/orders", json=body | full).json()["detail"]] == ["shipping_method_id"]
    ordered(ann, body | full | {"shipping_method_id": chosen["id"]})
    ordered(ann, lines(ann, card) | full)  # nothing is sent
    assert ann.post("/orders", json=lines(ann, card) | {"email": "nobody"}).json()["detail"][0]["loc"] == ["body", "email"]
    admin.patch("/admin/settings", json={"checkout_requires": []})
    ordered(ann, lines(ann, create(server)))


def test_tiers_and_free_shipping_at_their_edges(server, admin, ann):
    heavy = method(admin, name="Weight", basis="weight", tiers=[{"from": 100, "price": 490}, {"from": 1000, "price": 690}], free_from=5000)
    for grams, price, offered in [(99, 100, None), (100, 100, 490), (101, 100, 490), (999, 100, 490), (1000, 100, 690), (1001, 4999, 690), (1000, 5000, 0)]:
        with shopper(server, f"g{grams}p{price}") as client:
            body = lines(client, create(server, price=price, weight_grams=grams)) | {"shipping_address": {"country": "GB"}}
            assert [o["price"] for o in quoted(client, body)["shipping_options"]] == ([] if offered is None else [offered])
            wish = body | {"shipping_address": ANN, "shipping_method_id": heavy["id"]}
            answer = client.post("/orders", json=wish)
            if offered is None:
                assert (answer.status_code, answer.json()) == (409, {"detail": "This cannot be shipped to that address"})
                assert len(client.get("/cart").json()) == 1
            else:
                assert answer.json()["total_amount"] == price + offered
    audit(server)


def test_what_does_not_ship_weighs_nothing_and_needs_no_method(server, admin, ann):
    heavy = method(admin, basis="weight", tiers=[{"from": 0, "price": 100}, {"from": 1000, "price": 900}])
    card, lamp = create(server, price=100, ships=False, weight_grams=5000), create(server, price=100, weight_grams=10)
    alone = lines(ann, card) | {"shipping_address": ANN, "shipping_method_id": heavy["id"]}
    assert quoted(ann, alone)["shipping_options"] == [] and ordered(ann, alone)["total_amount"] == 100
    mixed = lines(ann, card, lamp) | {"shipping_address": ANN, "shipping_method_id": heavy["id"]}
    assert ordered(ann, mixed)["total_amount"] == 300


def test_a_country_that_is_not_served(server, admin, ann):
    chosen = method(admin, countries=["AT"])
    lamp = create(server)
    body = lines(ann, lamp) | {"shipping_address": ANN, "shipping_method_id": chosen["id"]}
    quote = quoted(ann, body)
    assert quote["shipping_options"] == [] and quote["warnings"][0]["loc"] == ["body", "shipping_method_id"]
    assert ann.post("/orders", json=body).json() == {"detail": "This cannot be shipped to that address"}
    admin.patch("/admin/settings", json={"ship_to": ["AT"]})
    del body["shipping_method_id"]
    assert quoted(ann, body)["warnings"][0]["loc"] == ["body", "shipping_address"]
    assert ann.post("/orders", json=body).status_code == 409
    assert len(ann.get("/cart").json()) == 1 and stock(server, lamp) == lamp["stock_quantity"]
    unknown = ann.post("/orders", json=body | {"shipping_method_id": lamp["id"]})
    assert unknown.status_code == 409


def test_a_total_that_is_too_large_takes_nothing(server, admin, ann):
    chosen, lamp = method(admin, tiers=[{"price": MONEY_MAX}]), create(server, price=1000)
    body = lines(ann, lamp) | {"shipping_address": ANN, "shipping_method_id": chosen["id"]}
    for path in ("/checkout/quote", "/orders"):
        assert ann.post(path, json=body).json() == {"detail": "The order's total is too large"}
    assert len(ann.get("/cart").json()) == 1 and stock(server, lamp) == lamp["stock_quantity"]


def test_a_quote_says_what_is_short_and_changes_nothing(server, admin, ann):
    lamp = create(server, stock_quantity=5)
    body = lines(ann, lamp, quantity=5)
    admin.patch(f"/products/{lamp['id']}", json={"stock_quantity": 2})
    before = query(server, "SELECT count(*) FROM stock_movements")
    assert quoted(ann, body)["short"] == [{"product_id": lamp["id"], "requested": 5, "available": 2}]
    assert query(server, "SELECT count(*) FROM stock_movements") == before and len(ann.get("/cart").json()) == 1
    twice = {"cart_item_ids": body["cart_item_ids"] * 2}
    assert quoted(ann, twice)["items_total"] == 5 * lamp["price"]
    with shopper(server, "bob") as bob:
        assert bob.post("/checkout/quote", json=body).json() == {"detail": "Cart item not found"}
    assert httpx.post(server.address + "/checkout/quote", json=body).json() == {"detail": "Cart item not found"}


def test_names_are_kept_as_they_are(server, admin, ann):
    """What shows them escapes them: `<script>` is a name like any other in JSON."""
    chosen = method(admin, name="<script>alert(1)</script>")
    order = ordered(ann, lines(ann, create(server)) | {"shipping_address": ANN, "shipping_method_id": chosen["id"]})
    assert details(ann, order)["shipping_method"] == "<script>alert(1)</script>"


def test_an_audit_finds_a_total_that_does_not_add_up(server, admin, ann):
    make(admin, "/admin/tax-rates", RATE)
    ordered(ann, lines(ann, create(server, price=1000)) | {"shipping_address": ANN})
    audit(server)
    execute(server, "UPDATE order_totals SET tax = tax + 1")
    with pytest.raises(AssertionError):
        audit(server)


def test_a_key_gives_the_same_order_again(server, admin, ann):
    body = lines(ann, create(server)) | {"shipping_address": ANN, "email": "ann@example.com"}
    first = ann.post("/orders", json=body, headers={"Idempotency-Key": "once"})
    again = ann.post("/orders", json=body, headers={"Idempotency-Key": "once"})
    assert first.json() == again.json() and again.headers["idempotent-replayed"] == "true"
    assert query(server, "SELECT count(*) FROM order_contacts") == [(1,)]


def test_a_page_is_told_what_to_ask_for(server, admin, ann):
    form = ann.get("/checkout").json()
    assert form | {"countries": 0} == {"requires": [], "prices_include_tax": True, "currency": "usd", "countries": 0}
    needs = {c["code"]: (c["postal_code"], c["region"]) for c in form["countries"]}
    assert len(needs) == 249 and list(needs) == sorted(needs)
    assert needs["DE"] == ("required", "none") and needs["US"] == ("required", "required") and needs["HK"][0] == "none"
    change = {"checkout_requires": ["address", "email"], "prices_include_tax": False, "ship_to": ["DE", "AT"]}
    assert admin.patch("/admin/settings", json=change).status_code == 200
    after = ann.get("/checkout").json()
    assert after["requires"] == ["email", "address"] and after["prices_include_tax"] is False
    assert [country["code"] for country in after["countries"]] == ["AT", "DE"]


def test_the_demo_shop_ships_and_taxes_and_asks_for_nothing(serve):
    server = serve(demo=True)
    with shopper(server) as ann:
        lamp = ann.get("/products/search", params={"q": "mushroom", "limit": 1}).json()[0]
        body = lines(ann, lamp) | {"shipping_address": ANN | {"country": "DE", "postal_code": "10115"}}
        quote = quoted(ann, body)
        assert [(option["name"], option["price"]) for option in quote["shipping_options"]] == [("Standard", 490), ("Express", 1290)]
        chosen = quoted(ann, body | {"shipping_method_id": quote["shipping_options"][0]["id"]})
        assert chosen["tax_included"] and chosen["total_amount"] == lamp["price"] + 490
        assert chosen["tax_total"] == round(lamp["price"] * 19 / 119) + 78
        dear = lines(ann, lamp, quantity=9)
        assert quoted(ann, body | dear)["shipping_options"][0]["price"] == 0, "free from $150 on"
        assert ordered(ann, dear)["total_amount"] == 10 * lamp["price"], "a shopper who only clicks"
    audit(server)
