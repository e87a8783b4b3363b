"""Shipping methods, tax rates, and what a product says about its shipping."""
import uuid

import httpx
import pytest

import postgres
from own_server import admin, server  # noqa: F401
from server import product, till, wait_until
from shopping import add, audit, create, shopper

METHOD = {"name": "Standard", "description": "Tracked", "basis": "weight", "tiers": [{"from": 0, "price": 490}, {"from": 1000, "price": 690}],
          "free_from": 5000, "min_days": 2, "max_days": 4, "position": 1, "countries": ["AT", "DE"], "is_active": True}
RATE = {"country": "GB", "region": "", "class": "standard", "name": "VAT 20%", "rate_e5": 20_000}


def make(admin, path: str, body: dict) -> dict:
    answer = admin.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def names(client, country: str | None = None) -> list[str]:
    return [m["name"] for m in client.get("/shipping-methods", params={"country": country} if country else {}).json()]


def test_methods_are_made_replaced_and_deleted(server, admin):
    with shopper(server) as ann:
        assert names(ann) == []
        made = make(admin, "/admin/shipping-methods", METHOD)
        assert made == METHOD | {"id": made["id"], "created_at": made["created_at"]}
        express = make(admin, "/admin/shipping-methods", {"name": "Express", "tiers": [{"price": 1990}]})
        assert express | {"id": 0, "created_at": 0} == {
            "id": 0, "created_at": 0, "name": "Express", "description": "", "basis": "flat", "tiers": [{"from": 0, "price": 1990}], "free_from": None,
            "min_days": None, "max_days": None, "position": 0, "countries": [], "is_active": True}
        assert names(ann) == ["Express", "Standard"]
        assert names(ann, "AT") == ["Express", "Standard"] and names(ann, "FR") == ["Express"]
        path = f"/admin/shipping-methods/{express['id']}"
        assert admin.put(path, json={"name": "Courier", "tiers": [{"price": 1}], "is_active": False}).json()["name"] == "Courier"
        assert names(ann) == ["Standard"]
        assert [m["name"] for m in admin.get("/admin/shipping-methods").json()] == ["Courier", "Standard"]
        (shown,) = ann.get("/shipping-methods?country=DE").json()
        assert shown == {name: made[name] for name in ("id", "name", "description", "basis", "tiers", "free_from", "min_days", "max_days")}
        assert admin.patch("/admin/settings", json={"ship_to": ["AT"]}).status_code == 200
        assert names(ann, "DE") == [] and names(ann, "AT") == ["Standard"]
        assert admin.delete(path).status_code == 204
        assert admin.delete(path).json() == {"detail": "Shipping method not found"}
        assert admin.put(path, json=METHOD).status_code == 404
        assert ann.get("/shipping-methods?country=XX").json()["detail"][0]["loc"] == ["query", "country"]
        assert len(admin.get("/admin/audit").json()) == 5
    audit(server)


@pytest.mark.parametrize("wish, loc", [
    ({"tiers": []}, ["body", "tiers"]),
    ({"tiers": [{"from": 5, "price": 1}, {"from": 5, "price": 2}]}, ["body", "tiers", 1]),
    ({"tiers": [{"from": -1, "price": 1}]}, ["body", "tiers", 0, "from"]),
    ({"countries": ["XX"]}, ["body", "countries", 0]),
    ({"min_days": 5, "max_days": 4}, ["body", "max_days"]),
    ({"basis": "volume"}, ["body", "basis"]),
    ({"name": ""}, ["body", "name"]),
])
def test_a_method_that_does_not_fit(admin, wish, loc):
    answer = admin.post("/admin/shipping-methods", json=METHOD | wish)
    assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == loc
    assert admin.get("/admin/shipping-methods").json() == []


def test_a_shop_has_fifty_methods(admin):
    for _ in range(50):
        make(admin, "/admin/shipping-methods", METHOD)
    full = admin.post("/admin/shipping-methods", json=METHOD)
    assert (full.status_code, full.json()) == (409, {"detail": "The shop has 50 shipping methods already"})


def test_tax_rates_are_made_replaced_and_deleted(server, admin):
    made = make(admin, "/admin/tax-rates", RATE)
    assert made == RATE | {"id": made["id"], "created_at": made["created_at"]}
    books = make(admin, "/admin/tax-rates", {"country": "GB", "class": "books", "name": "Zero", "rate_e5": 0})
    assert books["region"] == ""
    again = admin.post("/admin/tax-rates", json=RATE | {"name": "Other"})
    assert (again.status_code, again.json()) == (409, {"detail": "The country, region and class have a tax rate already"})
    path = f"/admin/tax-rates/{books['id']}"
    assert admin.put(path, json=RATE).status_code == 409
    assert admin.put(path, json=RATE | {"region": "NIR"}).json()["region"] == "NIR"
    assert [r["region"] for r in admin.get("/admin/tax-rates").json()] == ["", "NIR"]
    assert admin.post("/admin/tax-rates", json=RATE | {"country": "UK"}).json()["detail"][0]["loc"] == ["body", "country"]
    assert admin.post("/admin/tax-rates", json=RATE | {"rate_e5": 1_000_001}).status_code == 422
    assert admin.delete(path).status_code == 204 and admin.delete(path).status_code == 404
    assert [e["action"].split()[0] for e in admin.get("/admin/audit").json()] == ["DELETE", "PUT", "POST", "POST"]
    audit(server)


def test_every_node_follows_a_change_at_once(serve):
    first = serve()
    second = serve(first.folder, mock_ledger=first.folder / "second-books") if postgres.WANTED else first  # a file has one server
    with first.client() as admin, httpx.Client(base_url=second.address) as there:
        for i in range(5):
            make(admin, "/admin/shipping-methods", METHOD | {"name": f"Method {i}"})
            wait_until(lambda: names(there)[-1:] == [f"Method {i}"])
        assert till("settings", "ship_to=FR", "--db", first.db).returncode == 0
        wait_until(lambda: names(there, "DE") == [])


def test_a_product_says_how_it_ships_if_asked(server, admin):
    with shopper(server) as ann:
        plain, card = create(server), create(server, weight_grams=0, ships=False, tax_class="books")
        assert set(plain) == set(card) == {"id", "name", "description", "price", "stock_quantity", "category", "image_url"}

        def shipping(path, got):
            asked = ann.get(path, params={"include": "shipping"}).json()
            return [asked[name] for name in ("weight_grams", "ships", "tax_class")] if got is None else asked

        assert shipping(f"/products/{plain['id']}", None) == [None, True, "standard"]
        assert shipping(f"/products/{card['id']}", None) == [0, False, "books"]
        changed = admin.patch(f"/products/{plain['id']}", json={"weight_grams": 850, "ships": False, "tax_class": "food"})
        assert changed.status_code == 200 and "ships" not in changed.json()
        assert shipping(f"/products/{plain['id']}", None) == [850, False, "food"]
        (entry,) = admin.get("/admin/audit", params={"target": plain["id"], "limit": 1}).json()
        assert [(c["field"], c["before"], c["after"]) for c in entry["changes"]] == [
            ("weight_grams", None, "850"), ("ships", "true", "false"), ("tax_class", "standard", "food")]
        add(ann, card)
        (line,) = ann.get("/cart?include=shipping").json()
        assert line["product"]["ships"] is False and "ships" not in ann.get("/cart").json()[0]["product"]
    for wish in ({"weight_grams": -1}, {"ships": "perhaps"}, {"tax_class": ""}):
        assert admin.post("/products", json=product(**wish)).status_code == 422


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_files_carry_it(serve, form, tmp_path):
    server = serve()
    create(server, name="A", weight_grams=850017, tax_class="books")
    create(server, name="B", ships=False)
    create(server, name="C")
    done = till("export", "--format", form, "--db", server.db)
    assert done.returncode == 0
    (file := tmp_path / f"out.{form}").write_text(done.stdout)
    second = serve()
    assert till("import", file, "--db", second.db).returncode == 0
    again = till("export", "--format", form, "--db", second.db)
    assert again.stdout == done.stdout
    file.write_text(done.stdout.replace("850017", "900017"))
    assert till("import", "--update", file, "--db", second.db).returncode == 0
    assert till("export", "--format", form, "--db", second.db).stdout == done.stdout.replace("850017", "900017")
    audit(second)


def test_a_csv_without_these_columns_is_read_as_before(serve, tmp_path):
    server = serve()
    (file := tmp_path / "in.csv").write_text("name,price,stock_quantity,category,weight_grams\nLamp,100,1,home,\nRug,100,1,home,12\n")
    assert till("import", file, "--db", server.db).returncode == 0
    with server.client() as client:
        got = client.get("/products?include=shipping").json()
    assert [(p["weight_grams"], p["ships"], p["tax_class"]) for p in got] == [(12, True, "standard"), (None, True, "standard")]
