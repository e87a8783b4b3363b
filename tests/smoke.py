#!/usr/bin/env python3
"""Calls every endpoint of a running server once, by its OpenAPI document: smoke.py URL ADMIN_TOKEN.

A body is made from the examples of its schema, and an id is that of the last thing which was made. So most calls do what
they are for: a product is made, put in a cart, ordered and paid. An answer must have a status that the document lists.
"""
import collections
import json
import sys
import urllib.error
import urllib.request

MADE_BY = {
    "/products": "product_id",
    "/cart": "item_id",
    "/orders": "order_id",
    "/payments/create-intent": "payment_id",
    "/orders/{order_id}/fulfillments": "fulfillment_id",
    "/admin/webhooks": "webhook_id",
    "/admin/keys": "key_id",
    "/admin/staff": "staff_id",
    "/staff/sessions": "session_id",
    "/admin/shipping-methods": "shipping_method_id",
    "/admin/tax-rates": "tax_rate_id",
    "/admin/mails/test": "mail_id",
}


def example(schema: dict, document: dict, ids: dict, name: str = ""):
    """A value that fits a schema."""
    if "$ref" in schema:
        return example(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document, ids)
    if name in ids:
        return ids[name]
    if name == "cart_item_ids":
        return [ids["item_id"]]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: example(properties[name], document, ids, name) for name in schema.get("required", [])}
    return {"integer": schema.get("minimum", 1), "array": []}.get(schema["type"], "x")


def late(method: str, path: str) -> int:
    """What takes something away or back comes after what needs it."""
    return 2 if method == "delete" else 1 if path.endswith(("/cancel", "/refund")) else 0


def main(url: str, token: str) -> int:
    def call(method: str, path: str, body=None) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}", "X-Session-Id": "smoke-test-session"}
        data = None
        if body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        try:
            request = urllib.request.Request(url + path, data, headers, method=method.upper())
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    document = json.loads(call("get", "/openapi.json")[1])
    operations = [(m, p, o) for p, methods in document["paths"].items() for m, o in methods.items()]
    unknown = "00000000-0000-4000-8000-000000000000"
    ids = collections.defaultdict(lambda: unknown, dict.fromkeys(MADE_BY.values(), unknown))
    wrong = 0
    for method, path, operation in sorted(operations, key=lambda o: late(*o[:2])):
        if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
            method = "head"  # the answer to a GET does not end
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")  # None: no body, or a file
        body = example(schema, document, ids) if schema else None
        status, text = call(method, path.format_map(ids), body)
        known = str(status) in operation["responses"]
        wrong += not known
        print(f"{method.upper():7}{path:32}{status}{'' if known else '  <- not in the document: ' + text.decode(errors='replace')}")
        if method == "post" and path in MADE_BY and status in (201, 202):
            ids[MADE_BY[path]] = json.loads(text)["id"]
    print(f"{len(operations)} endpoints called, {wrong} wrong")
    return 1 if wrong or not operations else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
