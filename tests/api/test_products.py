"""The catalogue, as shoppers see it and as the admin changes it."""
import datetime
import json
import re
import uuid
from urllib.parse import urljoin

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import postgres
from conftest import Servers
from server import ADMIN, CATALOGUE, product, till

JSON = {"content_type": "application/json"} | ADMIN
FIELDS = ["id", "name", "description", "price", "stock_quantity", "category", "image_url"]
NOBODY = str(uuid.UUID(int=1))


def create(client, **fields) -> dict:
    response = client.post("/products", json=product(**fields))
    assert response.status_code == 201, response.text
    return response.json()


# The admin's token


@pytest.mark.parametrize(
    "authorization, detail",
    [
        (None, "Not authenticated"),
        ("", "Not authenticated"),
        ("Bearer", "Not authenticated"),
        ("Bearer ", "Not authenticated"),
        ("Basic YWRtaW46YWRtaW4=", "Not authenticated"),
        (ADMIN["Authorization"].removeprefix("Bearer "), "Not authenticated"),
        ("Bearer wrong", "Invalid admin token"),
        (ADMIN["Authorization"] + "x", "Invalid admin token"),
        (ADMIN["Authorization"][:-1], "Invalid admin token"),
        (ADMIN["Authorization"].upper(), "Invalid admin token"),
    ],
)
@pytest.mark.parametrize("method, path", [("POST", "/products"), ("PATCH", f"/products/{NOBODY}"), ("DELETE", "/products/x")])
def test_only_the_admin_changes_products(shop, method, path, authorization, detail):
    headers = {"content_type": "application/json"} | ({"authorization": authorization} if authorization is not None else {})
    answer = shop.wire().request(method, path, b"not even JSON", **headers).answer()
    assert (answer.status, answer.json(), answer["www-authenticate"]) == (401, {"detail": detail}, "Bearer")


def test_scheme_is_read_in_any_case(shop):
    answer = shop.wire().request("DELETE", f"/products/{NOBODY}", authorization="bEARER " + shop.token).answer()
    assert answer.status == 404


def minted(output: str) -> str | None:
    found = re.search(r"^Admin token +([\w-]{43})$", output, re.M)
    return found and found[1]


def accepts(server, token: str) -> bool:
    status = server.wire().request("DELETE", f"/products/{NOBODY}", authorization=f"Bearer {token}").answer().status
    assert status in (401, 404)
    return status == 404


def everything_in(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_token_is_minted_once_and_kept_as_a_hash(serve):
    folder = serve.folder()
    first = serve(folder, admin_token=None)
    token = minted(first.output)
    assert token and accepts(first, token)
    assert token.encode() not in everything_in(folder)
    first.stop()
    second = serve(folder, admin_token=None)
    assert token not in second.output and not minted(second.output)
    assert accepts(second, token)
    second.stop()
    assert token.encode() not in everything_in(folder), "nor in any log"


def test_two_shops_mint_two_tokens(serve):
    assert minted(serve(admin_token=None).output) != minted(serve(admin_token=None).output)


def test_a_token_is_replaced_while_the_shop_is_served(serve):
    folder = serve.folder()
    server = serve(folder, admin_token=None)
    old = minted(server.output)
    assert accepts(server, old)
    done = till("token", "--db", server.db)
    new = done.stdout.strip()
    assert done.returncode == 0 and re.fullmatch(r"[\w-]{43}", new)
    for _ in range(2):
        assert accepts(server, new) and not accepts(server, old)
        server.stop()
        server = serve(folder, admin_token=None)
    assert new.encode() not in everything_in(folder)


def test_token_of_no_shop_cannot_be_replaced(serve):
    folder = serve.folder()
    done = till("token", "--db", postgres.fresh() if postgres.WANTED else folder / "till.db")
    assert done.returncode == 1 and not done.stdout
    assert list(folder.iterdir()) == []


def test_given_token_is_neither_kept_nor_shown(serve):
    folder = serve.folder()
    server = serve(folder, admin_token="a token of the command line")
    assert "a token of the command line" not in server.output and accepts(server, server.token)
    server.stop()
    again = serve(folder, admin_token=None)
    assert minted(again.output) and not accepts(again, "a token of the command line")


# Create, change, delete


def test_created_product_is_there_as_it_was_sent(admin, shopper):
    sent = product(name="Ünïcode 漢字 😀 \u2028 \"quoted\" \\ \t</script>", description="\x01\x7f\n")
    created = admin.post("/products", json=sent).json()
    assert list(created) == FIELDS
    assert created == {"id": created["id"]} | sent and uuid.UUID(created["id"]).version in (4, 7)
    assert shopper.get(f"/products/{created['id']}").json() == created


def test_two_products_may_be_the_same_but_for_their_ids(admin):
    assert create(admin)["id"] != create(admin)["id"]


def test_new_product_has_an_id_of_its_own(admin):
    assert create(admin, id=NOBODY)["id"] != NOBODY


def test_id_is_read_in_every_form_and_written_in_one(admin, shopper):
    id = create(admin)["id"]
    for form in (id.upper(), id.replace("-", ""), f"urn:uuid:{id}", "{" + id + "}"):
        assert shopper.get(f"/products/{form}").json()["id"] == id


@pytest.mark.parametrize(
    "change", [{"name": "New"}, {"price": 0}, {"stock_quantity": 7, "category": "other"}, {}, {"colour": "red"},
               {"description": ""}, {"image_url": "/x"}, {"is_active": True}]  # fmt: skip
)
def test_change_touches_what_it_names(admin, change):
    before = create(admin)
    response = admin.patch(f"/products/{before['id']}", json=change)
    assert response.status_code == 200
    assert response.json() == before | {k: v for k, v in change.items() if k in FIELDS}
    assert admin.get(f"/products/{before['id']}").json() == response.json()


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": None}, {"price": None}, {"is_active": None}, {"price": -1}, {"is_active": "perhaps"},
               {"stock_quantity": "many"}, {"category": "x" * 101}, [], "text", None, 1]  # fmt: skip
)
def test_change_that_does_not_fit_changes_nothing(admin, change):
    before = create(admin)
    assert admin.patch(f"/products/{before['id']}", json=change).status_code == 422
    assert admin.get(f"/products/{before['id']}").json() == before


def test_deleted_product_is_gone_and_can_come_back(admin, shopper):
    there = create(admin, category="comes and goes")
    path = f"/products/{there['id']}"
    assert admin.delete(path).status_code == 204
    gone = shopper.get(path)
    assert (gone.status_code, gone.json()) == (404, {"detail": "Product not found"})
    assert there["id"] not in [p["id"] for p in shopper.get("/products", params={"limit": 500}).json()]
    assert admin.delete(path).status_code == 404
    assert admin.patch(path, json={"price": 5}).json() == there | {"price": 5}, "it can be changed where it is"
    assert shopper.get(path).status_code == 404, "and stays there"
    assert admin.patch(path, json={"is_active": True}).status_code == 200
    assert shopper.get(path).json() == there | {"price": 5}


def test_deactivating_is_deleting(admin, shopper):
    there = create(admin)
    assert admin.patch(f"/products/{there['id']}", json={"is_active": False}).json() == there
    assert shopper.get(f"/products/{there['id']}").status_code == 404
    assert admin.delete(f"/products/{there['id']}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_product_that_never_was_is_not_found(admin, method):
    response = admin.request(method, f"/products/{NOBODY}", json={} if method == "PATCH" else None)
    assert (response.status_code, response.json()) == (404, {"detail": "Product not found"})


def test_answer_without_content_has_no_body(shop, admin):
    answer = shop.wire().request("DELETE", f"/products/{create(admin)['id']}", **ADMIN).answer()
    assert (answer.status, answer["content-length"], answer["content-type"]) == (204, None, None)


# Categories


def test_categories_count_what_can_be_seen(serve):
    with serve().client() as client:

        def counts() -> dict:
            listed = client.get("/categories").json()
            assert [c["category"] for c in listed] == sorted(c["category"] for c in listed)
            return {c["category"]: c["product_count"] for c in listed}

        assert counts() == {}
        a, b = create(client, category="b"), create(client, category="b")
        create(client, category="ä")
        assert counts() == {"b": 2, "ä": 1}
        client.patch(f"/products/{a['id']}", json={"category": "c"})
        assert counts() == {"b": 1, "c": 1, "ä": 1}
        client.delete(f"/products/{b['id']}")
        assert counts() == {"c": 1, "ä": 1}
        client.patch(f"/products/{b['id']}", json={"category": "d"})
        assert counts() == {"c": 1, "ä": 1}
        client.patch(f"/products/{b['id']}", json={"is_active": True, "category": "c"})
        client.patch(f"/products/{b['id']}", json={"is_active": True, "category": "c"})
        assert counts() == {"c": 2, "ä": 1}
        client.patch(f"/products/{a['id']}", json={"is_active": False, "category": "ä"})
        assert counts() == {"c": 1, "ä": 1}


# Paging


def test_catalogue_is_listed_newest_first_and_keeps_its_ids(serve):
    imported = json.loads(CATALOGUE.read_text())
    listed = serve(catalogue=True).client(admin=False).get("/products").json()
    assert listed == imported[::-1]


@pytest.mark.parametrize("limit", [1, 7, 47, 48, 49, 500])
def test_pages_lead_through_everything_once(serve_catalogue, limit):
    client, everything = serve_catalogue
    path, found = f"/products?limit={limit}", []
    while path:
        response = client.get(path)
        assert response.status_code == 200 and response.headers["x-total-count"] == "48"
        found += response.json()
        link = re.fullmatch(r'<(products\?[^>]+)>; rel="next"', response.headers.get("link", ""))
        assert bool(link) == (len(found) < 48)
        path = link and urljoin(path, link[1])
    assert found == everything


@pytest.fixture(scope="module")
def serve_catalogue(serve_module):
    client = serve_module(catalogue=True).client(admin=False)
    return client, client.get("/products", params={"limit": 500}).json()


def test_link_keeps_the_other_parameters(serve_catalogue):
    client, _ = serve_catalogue
    link = client.get("/products?x=%20a+b&offset=3&limit=2&limit=4&y").headers["link"]
    assert link == '<products?x=%20a+b&y&limit=4&offset=7>; rel="next"'


def test_page_past_the_end_is_empty(serve_catalogue):
    client, _ = serve_catalogue
    response = client.get("/products", params={"offset": 48})
    assert (response.json(), response.headers["x-total-count"], response.headers.get("link")) == ([], "48", None)


def test_links_lead_through_a_catalogue_of_any_size(serve):
    folder, count = serve.folder(), 11_000  # offset ends at 10,000
    assert till("seed", "--products", count, "--db", folder / "till.db").returncode == 0
    client, path, found = serve(folder).client(admin=False), "/products?limit=500", set()
    while path:
        response = client.get(path)
        assert response.status_code == 200, f"{path} was given as the next page: {response.text}"
        found |= {p["id"] for p in response.json()}
        path = next((urljoin(path, link) for link in re.findall("<(.+)>", response.headers.get("link", ""))), None)
    assert len(found) == count


# Validation: parity_cases.json has most cases; here are the rest


def errors_of(shop, text: str, method: str = "POST", path: str = "/products") -> list[dict]:
    answer = shop.wire().request(method, path, text.encode(), **JSON).answer()
    assert answer.status == 422, answer
    return answer.json()["detail"]


@pytest.mark.parametrize(
    "number", ["1" + "0" * 60, "-123456789012345678901234567890", "1e400", "-1e400", "0.1234567890123456789012345",
               "123456789012345678.5", "1E+2", "-0.0"]  # fmt: skip
)
def test_numbers_come_back_as_they_were_written(shop, number):
    text = json.dumps(product(name=1)).replace('"name": 1', f'"name": {number}')
    answer = shop.wire().request("POST", "/products", text.encode(), **JSON).answer()
    assert f'"msg":"Input should be a valid string","input":{number}}}' in answer.body.decode()


def test_texts_come_back_as_they_were_sent(shop):
    text = '["\\u00e9", "é", "\\ud83d\\ude00", {"deep": [null, true, 1.50]}]'
    [error] = errors_of(shop, json.dumps(product(name=0)).replace('"name": 0', f'"name": {text}'))
    assert error["input"] == json.loads(text)


def test_all_errors_are_told_at_once_in_the_order_of_the_fields(shop):
    wrong = {"image_url": 1, "category": "", "stock_quantity": "x", "price": -1, "name": ""}
    errors = errors_of(shop, json.dumps(wrong))
    assert [(e["loc"][1], e["type"]) for e in errors] == [
        ("name", "string_too_short"),
        ("description", "missing"),
        ("price", "greater_than_equal"),
        ("stock_quantity", "int_parsing"),
        ("category", "string_too_short"),
        ("image_url", "string_type"),
    ]


def test_errors_of_path_come_before_those_of_the_body(shop):
    errors = errors_of(shop, '{"price": "x"}', "PATCH", "/products/nope")
    assert [e["loc"] for e in errors] == [["path", "product_id"], ["body", "price"]]


def test_text_with_a_nul_is_refused(shop):
    [error] = errors_of(shop, json.dumps(product(name="a\0b")))
    assert (error["type"], error["loc"], error["input"]) == ("value_error", ["body", "name"], "a\0b")


@pytest.mark.parametrize(
    "kind, taken", [("application/json", True), ("Application/JSON; charset=utf-8", True), ("application/problem+json", True),
                    ("text/plain", False), ("application/x-www-form-urlencoded", False), (None, False),
                    ("application/jsonp", False), ("text/json", False)]  # fmt: skip
)
def test_body_is_json_only_where_it_says_so(shop, kind, taken):
    """A page of another origin may send a form or plain text without a preflight; these must not be read as JSON."""
    answer = shop.wire().request("POST", "/products", json.dumps(product()).encode(), **ADMIN, content_type=kind).answer()
    assert answer.status == (201 if taken else 422)


@pytest.mark.parametrize("text", [b'{"name":"\xff"}', b'{ \xff', b"\xff", b'"\xed\xa0\x80"', b"\xff\xfe{\x00}\x00", b'\xef\xbb\xbf"\xc3'])
def test_body_that_is_no_utf8_is_refused_as_fastapi_does(shop, text):
    for method, path in [("POST", "/products"), ("PATCH", f"/products/{uuid.uuid4()}")]:
        answer = shop.wire().request(method, path, text, **JSON).answer()
        assert (answer.status, answer.json()) == (400, {"detail": "There was an error parsing the body"})


def test_a_lone_surrogate_is_refused(shop):
    answer = shop.wire().request("POST", "/products", b'{"a":"\\ud800"}', **JSON).answer()
    assert answer.status == 422 and answer.json()["detail"][0]["type"] == "json_invalid"


def test_a_byte_order_mark_is_skipped(shop):
    """Editors on Windows and .NET's Encoding.UTF8 write one."""
    answer = shop.wire().request("POST", "/products", b"\xef\xbb\xbf" + json.dumps(product()).encode(), **JSON).answer()
    assert answer.status == 201
    for text, at in [(b"", 0), (b'{"name":}', 8)]:  # positions count from behind it
        answer = shop.wire().request("POST", "/products", b"\xef\xbb\xbf" + text, **JSON).answer()
        [error] = answer.json()["detail"]
        assert answer.status == 422 and error["type"] == "json_invalid" and error["loc"] == ["body", at]


# The catalogue against a model

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=20)
AMOUNT = st.integers(0, 2**53 - 1)
CATEGORY = st.sampled_from(["a", "b", "ä", "c d"])
PRODUCTS = st.fixed_dictionaries(
    {"name": TEXT, "description": TEXT, "price": AMOUNT, "stock_quantity": AMOUNT, "category": CATEGORY, "image_url": TEXT}
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={"name": TEXT, "description": TEXT, "price": AMOUNT, "stock_quantity": AMOUNT, "category": CATEGORY,
              "image_url": TEXT, "is_active": st.booleans()},
)  # fmt: skip


# What must be asked for


@pytest.fixture
def asked_of(shop, admin, ann):
    """A product, and a function that reads it by an endpoint's path with a query."""
    made = create(admin, name="Asked lamp", weight_grams=850, tax_class="books")
    ann.post("/cart", json={"product_id": made["id"], "quantity": 1})

    def read(path: str, query: str) -> dict:
        answer = ann.get(path.format(made["id"]) + query)
        assert answer.status_code == 200, answer.text
        found = answer.json() if isinstance(answer.json(), list) else [answer.json()]
        [one] = [p for p in (line.get("product", line) for line in found) if p["id"] == made["id"]]
        return one

    return made, read


WITH_PRODUCTS = ["/products?limit=1&", "/products/{}?", "/products/search?q=asked+lamp&limit=500&", "/cart?"]


@pytest.mark.parametrize("path", WITH_PRODUCTS)
def test_a_field_that_is_asked_for_comes_beside_the_others(asked_of, path):
    made, read = asked_of
    assert read(path, "") == read(path, "include=") == read(path, "include=,") == made
    for include in ["include=created_at", "include=created_at,created_at", "include=&include=created_at"]:
        got = read(path, include)
        at = datetime.datetime.fromisoformat(got.pop("created_at"))
        assert got == made
        assert abs(datetime.datetime.now(datetime.timezone.utc) - at) < datetime.timedelta(minutes=10)
    assert read(path, "include=shipping") == made | {"weight_grams": 850, "ships": True, "tax_class": "books"}
    assert read(path, "") == made, "a cache knows them apart"


@pytest.mark.parametrize("path", WITH_PRODUCTS)
def test_a_field_that_is_not_there_cannot_be_asked_for(shopper, path):
    answer = shopper.get(path.format(NOBODY) + "include=created_at,colour,size")
    expected = "'created_at', 'shipping' or 'images'"
    assert answer.status_code == 422
    assert answer.json()["detail"] == [
        {"type": "enum", "loc": ["query", "include"], "msg": f"Input should be {expected}", "input": "colour",
         "ctx": {"expected": expected}}
    ]  # fmt: skip


def test_the_next_page_is_asked_for_the_same(shop, shopper):
    answer = shopper.get("/products?limit=1&include=created_at")
    assert "include=created_at" in answer.links["next"]["url"]


def test_the_document_requires_what_need_not_be_asked_for(shop):
    schema = shop.contract.document["components"]["schemas"]["ProductRead"]
    assert schema["required"] == FIELDS
    for name in schema["properties"].keys() - set(FIELDS) - {"weight_grams", "ships", "tax_class"}:  # whose text is that of inputs, too
        assert "only there if `include` names it" in schema["properties"][name]["description"]


class Catalogue(RuleBasedStateMachine):
    """After any sequence of operations, the server has the same products as a dictionary."""

    @initialize()
    def start(self):
        self.servers = Servers()
        self.client = self.servers().client()
        self.products: dict[str, dict] = {}  # oldest first
        self.active: set[str] = set()

    def teardown(self):
        self.servers.end()

    def visible(self) -> list[dict]:
        return [p for id, p in reversed(self.products.items()) if id in self.active]

    def pick(self, data) -> str:
        return data.draw(st.sampled_from([*self.products, NOBODY]))

    @rule(new=PRODUCTS)
    def create(self, new):
        made = self.client.post("/products", json=new).json()
        assert made == {"id": made["id"]} | new and made["id"] not in self.products
        self.products[made["id"]] = made
        self.active.add(made["id"])

    @rule(data=st.data(), change=CHANGES)
    def change(self, data, change):
        id = self.pick(data)
        response = self.client.patch(f"/products/{id}", json=change)
        assert response.status_code == (200 if id in self.products else 404)
        if id not in self.products:
            return
        active = change.pop("is_active", id in self.active)
        (self.active.add if active else self.active.discard)(id)
        self.products[id] |= change
        assert response.json() == self.products[id]

    @rule(data=st.data())
    def delete(self, data):
        id = self.pick(data)
        assert self.client.delete(f"/products/{id}").status_code == (204 if id in self.active else 404)
        self.active.discard(id)

    @rule(data=st.data())
    def get(self, data):
        id = self.pick(data)
        response = self.client.get(f"/products/{id}")
        assert response.status_code == (200 if id in self.active else 404)
        assert id not in self.active or response.json() == self.products[id]

    @rule(limit=st.integers(1, 5), offset=st.integers(0, 5))
    def page(self, limit, offset):
        response = self.client.get("/products", params={"limit": limit, "offset": offset})
        assert response.json() == self.visible()[offset : offset + limit]
        assert ("link" in response.headers) == (offset + limit < len(self.active) and offset < len(self.active))

    @invariant()
    def agrees(self):
        if not hasattr(self, "client"):
            return
        response = self.client.get("/products", params={"limit": 500})
        assert response.json() == self.visible()
        assert response.headers["x-total-count"] == str(len(self.active))
        counts: dict[str, int] = {}
        for p in self.visible():
            counts[p["category"]] = counts.get(p["category"], 0) + 1
        assert self.client.get("/categories").json() == [
            {"category": c, "product_count": counts[c]} for c in sorted(counts, key=str.encode)
        ]


TestCatalogue = Catalogue.TestCase
TestCatalogue.settings = settings(max_examples=12, stateful_step_count=30)
