"""The server's own document: it is OpenAPI 3.1 and describes what the server does.

Whether answers fit it is checked by the whole suite: every client checks each answer against the document
(contract.py).
"""
import json
import re

import pytest

from contract import Contract
from server import product

METHODS = {"get", "post", "put", "patch", "delete"}
ID = "5d9dc9f8-1818-4811-892f-902bd23f0824"  # of the catalogue
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def document(shop) -> dict:
    return shop.contract.document


@pytest.fixture(scope="module")
def operations(document) -> list[tuple[str, str, dict]]:
    return [(method, path, row) for path, rows in document["paths"].items() for method, row in rows.items()]


def everything_in(value, at="#"):
    """Each value of a JSON text with its path."""
    yield at, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from everything_in(inner, f"{at}/{key}")


def test_head_of_the_document(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    assert {"openapi", "info", "paths", "components"} <= set(document)


def test_document_is_the_same_every_time_and_one_line_of_json(shop):
    first, second = (shop.wire().request("GET", "/openapi.json").answer() for _ in range(2))
    assert first.body == second.body and first["content-type"] == "application/json"
    assert len(json.dumps(first.json())) > 1000


def test_references_resolve(document):
    resolve = Contract(document).resolve
    for at, value in everything_in(document):
        if isinstance(value, dict) and "$ref" in value:
            assert isinstance(resolve(value), dict), at


def test_every_schema_is_used(document):
    used = {v["$ref"].rsplit("/", 1)[1] for _, v in everything_in(document) if isinstance(v, dict) and "$ref" in v}
    assert used == set(document["components"]["schemas"])


def test_operations_have_what_a_generator_needs(document, operations):
    tags = {tag["name"] for tag in document.get("tags", [])}
    for method, path, row in operations:
        where = f"{method} {path}"
        assert method in METHODS, where
        assert row["summary"] and set(row["tags"]) <= tags, where
        assert any(code.startswith("2") for code in row["responses"]), where
        assert all(response["description"] for response in row["responses"].values()), where


def test_operation_ids_are_unique(operations):
    ids = [row["operationId"] for _, _, row in operations]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"\w+", id) for id in ids)


def test_parameters_of_a_path_are_those_of_its_template(operations):
    for _, path, row in operations:
        parameters = row.get("parameters", [])
        assert {p["name"] for p in parameters if p["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in parameters if p["in"] == "path")
        assert all("schema" in p and p["in"] in ("path", "query", "header", "cookie") for p in parameters)
        assert len({(p["in"], p["name"]) for p in parameters}) == len(parameters)


def test_what_can_be_refused_says_so(operations):
    for method, path, row in operations:
        body = json.dumps(row.get("requestBody", {}))
        model = "$ref" in body or "image/" in body  # without other bodies that the handler reads as bytes
        inputs = [p for p in row.get("parameters", []) if p["in"] in ("path", "query")] or model
        session = {"session": []} in row["security"]  # a malformed X-Session-Id
        unused = method != "get" and "requestBody" not in row  # a body that would be dropped
        assert (bool(inputs) or session or unused) == ("422" in row["responses"]), f"{method} {path}"
        assert any(code.startswith("4") for code in row["responses"]), f"{method} {path}"
        needed = [s for s in row["security"] if "staff" in s]
        signs_in = path in ("/staff/login", "/staff/token-login")
        assert (bool(needed) or signs_in) == ("401" in row["responses"]), f"{method} {path}"
        reads_own = row["security"] == [{"staff": []}] and method == "get"  # what any of the staff may read
        assert (bool(needed) and not reads_own) == ("403" in row["responses"]), f"{method} {path}"


def test_integers_that_32_bits_do_not_hold_say_so(document):
    """Generated clients in Rust, Java and C# overflowed at 3,000,000,000."""
    checked = set()
    for at, value in everything_in(document):
        if isinstance(value, dict) and value.get("type") == "integer" and not at.startswith("#/components/schemas/ValidationError"):
            small = value.get("minimum", -(2**63)) >= -(2**31) and value.get("maximum", 2**63) < 2**31
            assert ("format" in value) != small and value.get("format", "int64") == "int64", at
            checked.add(at.rsplit("/", 1)[1])
    assert {"price", "stock_quantity", "total_amount", "amount", "product_count"} <= checked
    schemas = document["components"]["schemas"]
    assert "format" not in schemas["CartItemCreate"]["properties"]["quantity"]  # at most 10,000


def test_a_key_fits_the_documented_pattern_if_the_server_takes_it(operations, shop):
    keyed = [p["schema"] for _, _, row in operations for p in row.get("parameters", []) if p["name"] == "Idempotency-Key"]
    [(pattern, low, high)] = {(schema["pattern"], schema["minLength"], schema["maxLength"]) for schema in keyed}
    for key in ["a", "!", "~", "x" * 255, "x" * 256, "a b", "", "é", "a\tb", '"quoted"']:
        fits = re.search(pattern, key, re.ASCII) is not None and low <= len(key) <= high
        answer = shop.wire().request("POST", "/cart", b"{}", content_type="application/json", idempotency_key=key).answer()
        refused = ["header", "idempotency-key"] in [error["loc"] for error in answer.json()["detail"]]
        assert answer.status == 422 and refused != fits, key


def test_headers_of_an_answer_are_documented(operations):
    headers = {(m, p): set(h) for m, p, row in operations for c, r in row["responses"].items() if (h := r.get("headers"))}
    assert headers["post", "/cart"] == {"X-Session-Id", "Idempotent-Replayed"}
    assert headers["post", "/orders"] == {"Idempotent-Replayed"}
    assert headers["get", "/products"] == {"X-Total-Count", "Link"}


def test_document_says_where_it_holds_and_under_which_licence(document, operations):
    assert [server["url"] for server in document["servers"]] == ["/"]
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"} and document["info"]["contact"]["name"]
    assert all("security" in row for _, _, row in operations)
    assert [row["security"] for m, p, row in operations if (m, p) == ("get", "/products")] == [[]]


def test_security_schemes_are_declared(document, operations):
    declared = set(document["components"]["securitySchemes"])
    for _, path, row in operations:
        assert {name for scheme in row.get("security", []) for name in scheme} <= declared, path


def test_examples_fit_their_schemas(document):
    contract = Contract(document)
    for at, value in everything_in(document["components"]["schemas"]):
        if isinstance(value, dict) and isinstance(value.get("examples"), list):
            for example in value["examples"]:
                assert not contract.misfit(example, value), at


def test_examples_of_a_creation_create(document, admin):
    fields = document["components"]["schemas"]["ProductCreate"]["properties"]
    created = admin.post("/products", json={name: field["examples"][0] for name, field in fields.items()})
    assert created.status_code == 201


def test_what_is_created_is_what_is_read_but_for_its_id(document):
    schemas = document["components"]["schemas"]
    create, read = schemas["ProductCreate"], schemas["ProductRead"]
    fields = ["name", "description", "price", "stock_quantity", "category", "image_url"]
    assert list(create["properties"]) == fields + ["weight_grams", "ships", "tax_class"]
    assert read["required"] == ["id", *fields] == list(read["properties"])[: len(read["required"])]
    assert create["required"] == fields


def test_defaults_and_bounds_are_those_of_the_server(operations):
    [row] = [row for method, path, row in operations if (method, path) == ("get", "/products")]
    schemas = {p["name"]: p["schema"] for p in row["parameters"]}
    bounds = {name: (s["default"], s["minimum"], s["maximum"]) for name, s in schemas.items() if name in ("limit", "offset")}
    assert bounds == {"limit": (100, 1, 500), "offset": (0, 0, 10_000)}


STALE = {"If-Match": '"stale"'}

# How to get each documented answer: method, path, body, who (the admin, a shopper, or a key without the scope), status; and
# other headers.
ANSWERS = [
    ("GET", "/products", None, False, 200),
    ("GET", "/products?limit=x", None, False, 422),
    ("POST", "/products", product(), True, 201),
    ("POST", "/products", product(), False, 401),
    ("POST", "/products", product(), "key", 403),
    ("POST", "/products", {}, True, 422),
    ("GET", f"/products/{ID}", None, False, 200),
    ("GET", f"/products/{NOBODY}", None, False, 404),
    ("GET", "/products/x", None, False, 422),
    ("PATCH", f"/products/{ID}", {"price": 1}, True, 200),
    ("PATCH", f"/products/{ID}", {"price": 1}, False, 401),
    ("PATCH", f"/products/{ID}", {"price": 1}, "key", 403),
    ("PATCH", f"/products/{NOBODY}", {}, True, 404),
    ("PATCH", f"/products/{ID}", {"price": -1}, True, 422),
    ("PATCH", f"/products/{ID}", {"expected_stock": 2**53 - 1}, True, 409),
    ("PATCH", f"/products/{ID}", {"price": 1}, True, 412, STALE),
    ("DELETE", f"/products/{ID}", None, True, 412, STALE),
    ("DELETE", f"/products/{ID}", None, True, 204),
    ("DELETE", f"/products/{ID}", None, False, 401),
    ("DELETE", f"/products/{ID}", None, "key", 403),
    ("DELETE", f"/products/{NOBODY}", None, True, 404),
    ("DELETE", "/products/x", None, True, 422),
    ("POST", f"/products/{ID}/stock", {"delta": 1}, True, 200),
    ("POST", f"/products/{ID}/stock", {"delta": 1}, False, 401),
    ("POST", f"/products/{ID}/stock", {"delta": 1}, "key", 403),
    ("POST", f"/products/{NOBODY}/stock", {"delta": 1}, True, 404),
    ("POST", f"/products/{ID}/stock", {"delta": -(2**53) + 1}, True, 409),
    ("POST", f"/products/{ID}/stock", {"delta": "x"}, True, 422),
    ("GET", f"/products/{ID}/stock", None, True, 200),
    ("GET", f"/products/{ID}/stock", None, False, 401),
    ("GET", f"/products/{ID}/stock", None, "key", 403),
    ("GET", f"/products/{NOBODY}/stock", None, True, 404),
    ("GET", "/products/x/stock", None, True, 422),
    ("GET", "/categories", None, False, 200),
    ("GET", "/health", None, False, 200),
    ("GET", "/ready", None, False, 200),
    ("GET", "/metrics", None, False, 200),
]
FAULTS = {"503", "4XX", "429"}  # what only a fault, HTTP itself or a flood causes: test_faults.py, test_limits.py, test_staff_login.py
UNREADABLE = "400"  # every body that is not UTF-8


@pytest.fixture(scope="module")
def keyed(shop, admin):
    """A client with a key that may do nothing here."""
    client = shop.client()
    made = admin.post("/admin/keys", json={"name": "Other", "scopes": ["audit:read"]}).json()
    client.headers["Authorization"] = f"Bearer {made['key']}"
    return client


@pytest.mark.parametrize("method, path, body, who, status, headers", [(*row, {})[:6] for row in ANSWERS])
def test_answer_is_documented_and_fits(shop, admin, shopper, keyed, method, path, body, who, status, headers):
    client = {True: admin, False: shopper, "key": keyed}[who]
    assert client.request(method, path, json=body, headers=headers).status_code == status  # the client checks the rest


@pytest.mark.parametrize("path", ["/products", "/products/{product_id}", "/products/{product_id}/stock", "/categories", "/health", "/ready", "/metrics"])
def test_every_documented_answer_can_be_had(document, path):
    contract = Contract(document)
    documented = {(m.upper(), code) for m, row in document["paths"][path].items() for code in row["responses"]}
    had = {(m, str(status)) for m, p, _, _, status, *_ in ANSWERS if contract.template(p.split("?")[0]) == path}
    assert {(m, code) for m, code in documented if code not in FAULTS | {UNREADABLE}} == had


def test_a_body_that_is_not_utf8_has_its_documented_answer(operations, admin):
    for method, path, row in operations:
        if "$ref" in json.dumps(row.get("requestBody", {})):
            headers = {"X-Session-Id": "x" * 22, "Content-Type": "application/json"}
            answer = admin.request(method, re.sub("{.*?}", NOBODY, path), content=b"\xff", headers=headers)
            assert answer.status_code == 400 and UNREADABLE in row["responses"], (method, path, answer.text)


@pytest.mark.parametrize("body, status", [("", 404), ("{}", 404), (" {\n}", 404), ('{"amount":1}', 422), ("[]", 422), ("1", 422), ("{", 422)])
def test_an_endpoint_without_a_body_refuses_one_that_it_would_drop(operations, admin, body, status):
    bodiless = [(m, p) for m, p, row in operations if m != "get" and "requestBody" not in row]
    assert {("post", "/orders/{order_id}/cancel"), ("post", "/orders/{order_id}/refund")} < set(bodiless)
    for method, path in bodiless:
        headers = {"X-Session-Id": "x" * 22, "Content-Type": "application/json"}
        answer = admin.request(method, re.sub("{.*?}", NOBODY, path), content=body, headers=headers)
        if path.startswith("/staff/") and status == 404:
            assert answer.status_code in (204, 409)  # a token has no session to end, and no account
            continue
        assert answer.status_code == status, (method, path, answer.text)


def test_a_body_of_no_media_type_is_refused_too(admin):
    for body, status in [(b"amount=1", 422), (b"{}", 404)]:
        assert admin.post(f"/orders/{NOBODY}/refund", content=body).status_code == status


def test_a_cards_number_in_such_a_body_is_not_echoed(admin):
    answer = admin.post(f"/orders/{NOBODY}/refund", json={"card": "4242424242424242"})
    assert answer.status_code == 422 and "4242" not in answer.text


def test_contract_sees_what_does_not_fit(document):
    """Tests the tests' own tool: it must not accept everything."""
    contract = Contract(document)
    fits = {"id": ID} | product()
    schema = {"$ref": "#/components/schemas/ProductRead"}
    assert contract.misfit(fits, schema) is None
    for wrong in ({"price": -1}, {"price": "1"}, {"price": True}, {"name": ""}, {"name": None}, {"id": ID.upper()}, {"more": 1}):
        assert contract.misfit(fits | wrong, schema), wrong
    assert contract.misfit({k: v for k, v in fits.items() if k != "price"}, schema)
    assert contract.misfit([fits], schema)
