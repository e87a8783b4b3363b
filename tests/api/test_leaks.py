"""No session sees or changes anything of another session: calls every endpoint of the OpenAPI document with its ids.

The calls are made from the document, so that new endpoints are tested, too. If one takes an id of a new kind, this test
fails until somebody adds where to get one.
"""
import json
import re

import pytest

from contract import streams
from server import ADMIN, content, product
from shopping import add, admin, audit, create, intended, placed, session, shopper, visitor
from wire import message

PUBLIC = {"product_id", "shipping_method_id"}  # ids that belong to no session
METHODS = ("get", "post", "put", "patch", "delete")


class World:
    """A shop in which Ann and Bob each have a cart line, an order and a payment."""

    def __init__(self, server):
        self.server = server
        self.lamp = create(server, stock_quantity=1000)
        method = {"name": "Standard", "countries": ["FR"], "tiers": [{"price": 490}]}
        self.public = {"product_id": self.lamp["id"], "shipping_method_id": admin(server).post("/admin/shipping-methods", json=method).json()["id"]}
        self.ann, self.bob = shopper(server, "ann"), shopper(server, "bob")
        self.hers, self.his = self.belongings(self.ann), self.belongings(self.bob)
        self.documented = self.ann.get("/openapi.json").json()

    def belongings(self, client) -> dict[str, str]:
        order = placed(client, add(client, self.lamp), key="a-key")
        ids = self.public | {"order_id": order["id"], "item_id": add(client, self.lamp)["id"]}
        return ids | {"payment_id": intended(client, order)["id"]}

    def resolve(self, schema: dict) -> dict:
        while "$ref" in schema:
            schema = self.documented["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def body_of(self, operation: dict, ids=()) -> dict:
        """The properties of the JSON that an operation takes: all, or those that it needs and those that take one of `ids`."""
        content = operation.get("requestBody", {}).get("content", {})
        schema = self.resolve(content.get("application/json", {}).get("schema", {}))  # nothing of a body that is a file
        needed = schema.get("required", [])
        return {name: of for name, of in schema.get("properties", {}).items() if not ids or name in needed or kind(name) in ids}

    def operations(self):
        """Each operation that takes ids, with the names of those in its path and in its body."""
        for path, methods in self.documented["paths"].items():
            for method in methods.keys() & set(METHODS):
                operation = methods[method]
                in_path = set(re.findall(r"{(\w+)}", path))
                in_body = {name for name, schema in self.body_of(operation).items() if "uuid" in json.dumps(self.resolve(schema))}
                yield method.upper(), path, operation, in_path, in_body


def kind(name: str) -> str:
    """`cart_item_ids` is a list of `item_id`."""
    return {"cart_item_ids": "item_id"}.get(name, name)


@pytest.fixture(scope="module")
def world(serve_module):
    made = World(serve_module())
    yield made
    audit(made.server)


def value(world: World, name: str, schema: dict, ids: dict[str, str]):
    """A value for a property: the id if it takes one, else its example."""
    schema = world.resolve(schema)
    if kind(name) in ids:
        return [ids[kind(name)]] if schema.get("type") == "array" else ids[kind(name)]
    return schema.get("examples", [schema.get("default", 1)])[0]


STAFFS = "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a"  # an id of something that is the staff's alone


def is_staffs(operation: dict) -> bool:
    """Whether the staff alone may call it."""
    return takes_staff(operation) and all("staff" in option for option in operation["security"])


def takes_staff(operation: dict) -> bool:
    """Whether the staff may call it, alone or beside sessions."""
    return any("staff" in option for option in operation.get("security", []))


def private(world: World):
    """The operations that take an id which belongs to a session."""
    for method, path, operation, in_path, in_body in world.operations():
        names = {kind(name) for name in in_path | in_body}
        if path.startswith("/media") or is_staffs(operation):
            continue
        assert names <= world.hers.keys(), f"{method} {path}: this test knows no {names - world.hers.keys()}"
        if names - PUBLIC:
            yield method, path, operation


def call(world: World, method: str, path: str, operation: dict, ids: dict[str, str], headers: dict):
    body = {name: value(world, name, schema, ids) for name, schema in world.body_of(operation, ids).items()}
    target = re.sub(r"{(\w+)}", lambda m: ids.get(m[1], STAFFS), path)
    return visitor(world.server).request(method, target, json=body or None, headers=headers)


def callers(world: World) -> dict[str, dict[str, str]]:
    minted = visitor(world.server).post("/cart", json={"product_id": world.lamp["id"], "quantity": 1})
    return {
        "another session": session("bob"),
        "another session, with her key": session("bob") | {"Idempotency-Key": "a-key-of-anns"},
        "another session, by cookie": {"Cookie": f"till_session={minted.headers['x-session-id']}"},
        "a session that has nothing": session("nobody"),
        "no session": {},
        "no session, with a key": {"Idempotency-Key": "a-key"},
        "the admin": ADMIN,
        "her cookie behind another's header": session("bob") | {"Cookie": f"till_session={session('ann')['X-Session-Id']}"},
    }


def test_there_is_something_to_try(world):
    tried = {f"{method} {path}" for method, path, _ in private(world)}
    assert tried >= {
        "PUT /cart/{item_id}",
        "DELETE /cart/{item_id}",
        "POST /orders",
        "GET /orders/{order_id}",
        "POST /orders/{order_id}/cancel",
        "POST /payments/create-intent",
        "POST /payments/confirm",
        "GET /payments/{payment_id}",
    }


def test_ids_of_another_session_are_not_there(world):
    placed(world.ann, add(world.ann, create(world.server)), key="a-key-of-anns")
    everybody = callers(world)
    before = content(world.server)
    for method, path, operation in private(world):
        for who, headers in everybody.items():
            response = call(world, method, path, operation, world.hers, headers)
            where = f"{method} {path} by {who}: {response.text}"
            if who == "the admin" and takes_staff(operation):  # it reads orders beside their sessions
                assert (method, response.status_code) == ("GET", 200), where
                continue
            assert response.status_code == 404 and "idempotent-replayed" not in response.headers, where
            assert "set-cookie" not in response.headers and not [i for i in world.hers.values() if i in response.text], where
    assert content(world.server) == before


def test_they_are_not_there_in_the_same_words(world):
    """The same answer as for an id that does not exist, so that it does not reveal whether the id exists."""
    nobodys = {name: "0198c0de-7a11-7c0f-9b1e-3f2a6d5c4b3a" for name in world.hers} | world.public
    for method, path, operation in private(world):
        answers = [call(world, method, path, operation, ids, session("bob")) for ids in (world.hers, nobodys)]
        assert answers[0].content == answers[1].content and answers[0].status_code == answers[1].status_code


def test_what_is_the_admins_is_nobody_elses(world):
    before = content(world.server)
    for method, path, operation, *_ in world.operations():
        if is_staffs(operation):
            for headers in (session("ann"), session("bob"), {}):
                assert call(world, method, path, operation, world.hers, headers).status_code == 401, f"{method} {path}"
    assert content(world.server) == before


@pytest.mark.parametrize("mix", ["hers first", "his first"])
def test_one_of_hers_among_his_own_spoils_the_order(world, mix):
    ids = [world.hers["item_id"], world.his["item_id"]]
    before = content(world.server)
    response = world.bob.post("/orders", json={"cart_item_ids": ids if mix == "hers first" else ids[::-1]})
    assert (response.status_code, response.json()) == (404, {"detail": "Cart item not found"})
    assert content(world.server) == before


def test_lists_hold_only_ones_own(world):
    for path, methods in world.documented["paths"].items():
        if "get" in methods and "{" not in path and not streams(methods["get"]):
            for who, headers in callers(world).items():
                if who == "the admin" and is_staffs(methods["get"]):
                    continue  # who may see the orders of all
                text = visitor(world.server).get(path, headers=headers).text
                assert not [i for name, i in world.hers.items() if name not in PUBLIC and i in text], path


def test_her_own_ids_are_there(world):
    """Proves that the others were refused because of their session and for no other reason."""
    bob = shopper(world.server, "bob")
    for client, ids in ((world.ann, world.hers), (bob, world.his)):
        assert client.get(f"/orders/{ids['order_id']}").status_code == 200
        assert client.put(f"/cart/{ids['item_id']}", json={"quantity": 2}).status_code == 200
        assert client.post("/orders", json={"cart_item_ids": [ids["item_id"]]}).status_code == 201
        assert client.get(f"/payments/{ids['payment_id']}").status_code == 200
        assert intended(client, {"id": ids["order_id"]})["id"] == ids["payment_id"]
        assert client.post(f"/orders/{ids['order_id']}/cancel").status_code == 200


def test_what_others_do_at_the_same_time_stays_theirs(serve):
    """Answers to pipelined requests of many sessions on one connection come in the order of the requests."""
    server = serve()
    products = [create(server, price=i, stock_quantity=10_000) for i in range(40)]
    names = [f"shopper-{i}" for i in range(40)]
    for name, bought in zip(names, products):
        add(shopper(server, name), bought, 1 + bought["price"])
    wire, order = server.wire(), [(i * 7) % 40 for i in range(400)]
    wire.send(b"".join(message("GET", "/cart", **session(names[i])) for i in order))
    for i in order:
        assert [(line["product"]["id"], line["quantity"]) for line in wire.answer().json()] == [(products[i]["id"], 1 + i)]


def test_the_admins_products_are_nobodys_session(world):
    assert admin(world.server).post("/products", json=product()).headers.get("set-cookie") is None
