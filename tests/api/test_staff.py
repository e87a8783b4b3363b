"""Who may do what: scopes, roles and keys, on every endpoint of the staff that the document lists."""
import json
import re

import httpx
import postgres
import pytest
from contract import Contract, streams
from server import ADMIN, DATA, product
from staffing import signed_in
from shopping import audit, bought, confirmed, create, everything_stored, execute, intended, shopper, stock

NOBODY = "00000000-0000-4000-8000-000000000000"
REFUSED = {401: "Invalid admin token", 403: "Not enough permissions"}
ALLOWED = {200, 201, 202, 204, 404, 409, 412, 422}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def make(admin, **wish) -> dict:
    answer = admin.post("/admin/keys", json={"name": "Test"} | wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def document(admin):
    return admin.get("/openapi.json").json()


@pytest.fixture(scope="module")
def scopes(document):
    return document["components"]["schemas"]["KeyRead"]["properties"]["scopes"]["items"]["enum"]


@pytest.fixture(scope="module")
def roles(document):
    return [r for r in document["components"]["schemas"]["KeyRead"]["properties"]["role"]["enum"] if r != "custom"]


def staff_rows(document):
    """Method, path, scope (None: any of the staff may), and an example of a body."""
    contract = Contract(document)
    for path, methods in document["paths"].items():
        for method, row in methods.items():
            needed = [s["staff"] for s in row["security"] if "staff" in s]
            if not needed or {} in row["security"] or streams(row):  # shoppers' own: test_order_events.py; test_desk_events.py
                continue
            schema = row.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = contract.resolve(schema).get("properties", {})
            body = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
            (scope,) = needed[0] or (None,)
            if path == "/admin/keys" and body:
                body = {"name": "Made", "scopes": [scope]}  # what a key with this scope alone may give away
            yield method.upper(), re.sub("{.*?}", NOBODY, path), scope, body or None


def tries(document):
    """Each row with a body that fits and with one that does not: what is refused must not learn which."""
    for method, path, scope, body in staff_rows(document):
        yield method, path, scope, body
        yield method, path.replace(NOBODY, "x"), scope, {"name": 1, "delta": "x"}


def test_the_staffs_rows_are_those_with_a_scope(document, scopes):
    rows = list(staff_rows(document))
    assert {"products:write", "orders:refund", "staff:write"} <= {scope for _, _, scope, _ in rows} <= {*scopes, None}
    assert all((scope is None) == path.startswith("/staff/") for _, path, scope, _ in rows)


def test_each_row_asks_for_its_scope(document):
    """The matrices below go by what the document says, which a wrong row says too. What is new gets its line here."""
    found = {f"{method.upper()} {path}": need["staff"] for path, methods in document["paths"].items() for method, row in methods.items() for need in row["security"] if "staff" in need}
    assert {row: scopes[0] if scopes else None for row, scopes in found.items()} == json.loads((DATA / "scopes.json").read_text())


def check_matrix(document, shop, allowed: set[str], **access) -> None:
    with httpx.Client(base_url=shop.address, **access) as client:
        for method, path, scope, body in tries(document):
            if path == "/admin/staff" and allowed == {scope}:
                body = None  # this scope alone is no role's, so it may give none
            if path == "/staff/session" and "cookies" in access:
                continue  # it would end this session
            answer = client.request(method, path, json=body)
            if scope in allowed or scope is None:
                assert answer.status_code in ALLOWED, (method, path, answer.text)
            else:
                assert (answer.status_code, answer.json()) == (403, {"detail": REFUSED[403]}), (method, path)


def test_matrix_of_roles(document, shop, admin, roles):
    assert roles == ["owner", "manager", "catalogue", "fulfilment", "support"]
    for role in roles:
        made = make(admin, role=role)
        assert made["role"] == role
        check_matrix(document, shop, set(made["scopes"]), headers=bearer(made["key"]))


def test_matrix_of_sessions(document, shop, roles):
    for role in roles:
        client = signed_in(shop, f"{role}@shop.example", role)
        me = client.get("/staff/me").json()
        assert (me["kind"], me["role"]) == ("staff", role)
        check_matrix(document, shop, set(me["scopes"]), cookies=dict(client.cookies))


def test_matrix_of_keys(document, shop, admin, scopes):
    for scope in scopes:
        made = make(admin, scopes=[scope])
        assert (made["scopes"], made["role"]) == ([scope], "custom")
        check_matrix(document, shop, {scope}, headers=bearer(made["key"]))


def test_roles_are_these_scopes(admin, scopes):
    def of(role):
        return set(make(admin, role=role)["scopes"])

    assert of("owner") == set(scopes)
    assert of("manager") == set(scopes) - {"staff:write"}
    assert of("catalogue") == {"products:read", "products:write"}
    assert of("fulfilment") == {"orders:read", "orders:fulfil"}
    assert of("support") == {"orders:read", "orders:write", "orders:refund", "customers:read", "reviews:moderate"}


@pytest.mark.parametrize("changed", ["prefix", "secret", "sign"])
def test_no_other_key_opens_anything(document, shop, admin, changed):
    key = make(admin, role="owner")["key"]
    at = {"prefix": 10, "secret": 58, "sign": 6}[changed]
    other = key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :]
    with httpx.Client(base_url=shop.address, headers=bearer(other)) as client:
        for method, path, _, body in tries(document):
            answer = client.request(method, path, json=body)
            assert (answer.status_code, answer.json()) == (401, {"detail": REFUSED[401]}), (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"


def test_without_a_token_everything_is_401(document, shopper):
    for method, path, _, body in tries(document):
        answer = shopper.request(method, path, json=body)
        assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"}), (method, path)


def test_the_keys_that_a_revoked_key_made_are_revoked_with_it(serve):
    server = serve()
    with server.client() as admin:
        other = make(admin, role="owner")
        keys = [make(admin, role="owner")]
        for _ in range(3):
            with httpx.Client(base_url=server.address, headers=bearer(keys[-1]["key"])) as client:
                keys.append(make(client, role="owner"))
        assert admin.delete(f"/admin/keys/{keys[1]['id']}").status_code == 204
        used = [admin.get("/admin/keys", headers=bearer(key["key"])).status_code for key in [other, *keys]]
        assert used == [200, 200, 401, 401, 401]
        entry = admin.get("/admin/audit").json()[0]
        assert {"field": "keys_made_by_it", "before": "2", "after": None} in entry["changes"]
    audit(server)


def test_a_use_of_a_key_is_noted_if_the_request_succeeds(serve):
    """It is written in the request's transaction, which a failure undoes: guesses and refusals leave no trace there."""
    with serve().client() as admin:
        key = make(admin, role="catalogue")
        for method, path, expected, noted in (("DELETE", f"/products/{NOBODY}", 404, False), ("GET", "/admin/keys", 403, False), ("GET", "/admin/synonyms", 200, True)):
            assert admin.request(method, path, headers=bearer(key["key"])).status_code == expected
            assert bool(admin.get("/admin/keys").json()[0]["last_used_at"]) == noted, path


def test_a_revoked_key_is_refused_by_every_server_in_the_next_request(serve):
    first = serve()
    second = serve(first.folder, mock_ledger=first.folder / "second-books") if postgres.WANTED else first  # a file has one server
    with first.client() as admin, httpx.Client(base_url=second.address) as there:
        for _ in range(5):
            made = make(admin, role="catalogue")
            headers = bearer(made["key"])
            assert there.post("/products", json=product(), headers=headers).status_code == 201
            assert admin.delete(f"/admin/keys/{made['id']}").status_code == 204
            assert there.post("/products", json=product(), headers=headers).status_code == 401
            assert admin.delete(f"/admin/keys/{made['id']}").status_code == 404
            assert admin.get("/admin/keys").json()[0]["revoked_at"]


def test_a_key_is_over_when_its_time_is(timed, clock):
    server = timed()
    with server.client() as admin:
        made = make(admin, role="catalogue", expires_in_days=2)
        lasting = make(admin, role="catalogue")
    with httpx.Client(base_url=server.address, headers=bearer(made["key"])) as client:
        clock.forward(days=2, seconds=-5)
        assert client.post("/products", json=product()).status_code == 201
        clock.forward(seconds=10)
        assert client.post("/products", json=product()).status_code == 401
        assert client.post("/products", json=product(), headers=bearer(lasting["key"])).status_code == 201


def test_a_key_makes_none_that_may_do_more(admin, shop):
    maker = make(admin, scopes=["staff:write", "products:write"])
    with shop.client() as client:
        client.headers.update(bearer(maker["key"]))
        assert client.post("/admin/keys", json={"name": "More", "role": "catalogue"}).status_code == 403
        assert client.post("/admin/keys", json={"name": "More", "scopes": ["orders:read"]}).status_code == 403
        made = make(client, scopes=["products:write"])
    assert (maker["created_by"], made["created_by"]) == (None, maker["id"])


def test_a_key_is_shown_once_and_stored_nowhere(serve):
    server = serve()
    with server.client() as admin:
        made = make(admin, role="catalogue")
        key = made["key"]
        assert re.fullmatch(r"till_sk_[\w-]{51}", key) and key[8:16] == made["prefix"]
        for _ in range(2):
            assert admin.post("/products", json=product(), headers=bearer(key)).status_code == 201
        assert admin.post("/products", json=product(price=-1), headers=bearer(key)).status_code == 422
        listed = admin.get("/admin/keys")
        assert key[16:] not in listed.text and "hash" not in listed.text
        (seen,) = listed.json()
        assert seen | {"key": key, "last_used_at": None} == made and seen["last_used_at"]
    server.stop()
    assert key[16:].encode() not in everything_stored(server)
    assert key[16:] not in server.errors


def test_its_use_is_noted_once_an_hour(timed, clock):
    server = timed()
    with server.client() as admin:
        made = make(admin, role="catalogue")
        used = []
        for minutes in (0, 59, 2, 61):
            clock.forward(minutes=minutes)
            assert admin.post("/products", json=product(), headers=bearer(made["key"])).status_code == 201
            used.append(admin.get("/admin/keys").json()[0]["last_used_at"])
    assert used[0] == used[1] < used[2] < used[3]


@pytest.mark.parametrize(
    "wish, where",
    [
        ({"name": "x"}, "scopes"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["products"]}, "scopes"),
        ({"name": "x", "scopes": [""]}, "scopes"),
        ({"name": "x", "role": "admin"}, "role"),
        ({"name": "", "role": "owner"}, "name"),
        ({"name": "x", "role": "owner", "expires_in_days": 0}, "expires_in_days"),
    ],
)
def test_what_is_no_key_is_422(admin, wish, where):
    answer = admin.post("/admin/keys", json=wish)
    assert answer.status_code == 422
    assert where in [error["loc"][1] for error in answer.json()["detail"]]


def test_idempotency_keys_are_each_keys_own(shop, admin):
    made = create(shop)
    one, two = (make(admin, role="catalogue")["key"] for _ in range(2))
    path = f"/products/{made['id']}/stock"
    for headers in (bearer(one), bearer(two), ADMIN):
        answers = [admin.post(path, json={"delta": 1}, headers=headers | {"Idempotency-Key": "same"}) for _ in range(2)]
        assert [a.headers.get("idempotent-replayed") for a in answers] == [None, "true"]
    assert stock(shop, made) == made["stock_quantity"] + 3


def test_a_key_refunds(shop, admin, ann):
    order = bought(ann, create(shop))
    assert confirmed(ann, intended(ann, order))["status"] == "succeeded"
    made = make(admin, role="support")
    answer = admin.post(f"/orders/{order['id']}/refund", headers=bearer(made["key"]))
    assert (answer.status_code, answer.json()["status"]) == (200, "refunded")


def test_no_other_endpoint_reads_a_key(serve):
    """A key that could not be read (its table is gone) changes nothing for shoppers, and their requests run no statement
    more with a key than without."""
    server = serve(catalogue=True)
    execute(server, "DROP VIEW IF EXISTS api_keys_view", "DROP TABLE api_keys")
    key = "till_sk_" + "x" * 51
    with shopper(server) as ann:
        item = ann.get("/products", headers=bearer(key)).json()[0]
        line = ann.post("/cart", json={"product_id": item["id"], "quantity": 1}, headers=bearer(key))
        assert line.status_code == 201
        answer = ann.post("/orders", json={"cart_item_ids": [line.json()["id"]]}, headers=bearer(key))
        assert answer.status_code == 201
