"""The document that the server gives of itself: that it is OpenAPI 3.1, and that it says what the server does.

That answers fit it is checked all over the suite: every client of it holds each answer against the document
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
    """Each value of a JSON text with its place."""
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
        model = "$ref" in json.dumps(row.get("requestBody", {}))  # and not bytes that the handler reads itself
        inputs = [p for p in row.get("parameters", []) if p["in"] in ("path", "query")] or model
        assert bool(inputs) == ("422" in row["responses"]), f"{method} {path}"
        needed = "security" in row and {} not in row["security"]
        assert needed == ("401" in row["responses"]), f"{method} {path}"


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
    assert list(create["properties"]) == ["name", "description", "price", "stock_quantity", "category", "image_url"]
    assert list(read["properties"]) == ["id", *create["properties"]]
    assert set(create["required"]) == set(create["properties"]) and set(read["required"]) == set(read["properties"])


def test_defaults_and_bounds_are_those_of_the_server(operations):
    [row] = [row for method, path, row in operations if (method, path) == ("get", "/products")]
    schemas = {p["name"]: p["schema"] for p in row["parameters"]}
    bounds = {name: (s["default"], s["minimum"], s["maximum"]) for name, s in schemas.items() if name in ("limit", "offset")}
    assert bounds == {"limit": (100, 1, 500), "offset": (0, 0, 10_000)}


# What each documented answer takes: method, path, body, whether the admin asks, status.
ANSWERS = [
    ("GET", "/products", None, False, 200),
    ("GET", "/products?limit=x", None, False, 422),
    ("POST", "/products", product(), True, 201),
    ("POST", "/products", product(), False, 401),
    ("POST", "/products", {}, True, 422),
    ("GET", f"/products/{ID}", None, False, 200),
    ("GET", f"/products/{NOBODY}", None, False, 404),
    ("GET", "/products/x", None, False, 422),
    ("PATCH", f"/products/{ID}", {"price": 1}, True, 200),
    ("PATCH", f"/products/{ID}", {"price": 1}, False, 401),
    ("PATCH", f"/products/{NOBODY}", {}, True, 404),
    ("PATCH", f"/products/{ID}", {"price": -1}, True, 422),
    ("DELETE", f"/products/{ID}", None, True, 204),
    ("DELETE", f"/products/{ID}", None, False, 401),
    ("DELETE", f"/products/{NOBODY}", None, True, 404),
    ("DELETE", "/products/x", None, True, 422),
    ("GET", "/categories", None, False, 200),
    ("GET", "/health", None, False, 200),
    ("GET", "/ready", None, False, 200),
    ("GET", "/metrics", None, False, 200),
]
FAULTS = {"503"}  # what only a fault brings about: test_faults.py


@pytest.mark.parametrize("method, path, body, is_admin, status", ANSWERS)
def test_answer_is_documented_and_fits(shop, admin, shopper, method, path, body, is_admin, status):
    client = admin if is_admin else shopper
    assert client.request(method, path, json=body).status_code == status  # the client looks at the rest


@pytest.mark.parametrize("path", ["/products", "/products/{product_id}", "/categories", "/health", "/ready", "/metrics"])
def test_every_documented_answer_can_be_had(document, path):
    contract = Contract(document)
    documented = {(m.upper(), code) for m, row in document["paths"][path].items() for code in row["responses"]}
    had = {(m, str(status)) for m, p, _, _, status in ANSWERS if contract.template(p.split("?")[0]) == path}
    assert {(m, code) for m, code in documented if code not in FAULTS} == had


def test_contract_sees_what_does_not_fit(document):
    """The tests' own tool must not take everything."""
    contract = Contract(document)
    fits = {"id": ID} | product()
    schema = {"$ref": "#/components/schemas/ProductRead"}
    assert contract.misfit(fits, schema) is None
    for wrong in ({"price": -1}, {"price": "1"}, {"price": True}, {"name": ""}, {"name": None}, {"id": ID.upper()}, {"more": 1}):
        assert contract.misfit(fits | wrong, schema), wrong
    assert contract.misfit({k: v for k, v in fits.items() if k != "price"}, schema)
    assert contract.misfit([fits], schema)
