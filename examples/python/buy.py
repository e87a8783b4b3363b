"""Finds a product, puts it into a cart, and pays for it: python3 buy.py [WORDS]. Needs nothing but Python 3.8.

The shop is http://127.0.0.1:8000, or what TILL_URL names.
"""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

SHOP = os.environ.get("TILL_URL", "http://127.0.0.1:8000")


class Shopper:
    """One shopper's cart and orders. A session is the key to them: keep its id, and nothing else, for the next time."""

    def __init__(self, session: str = ""):
        self.session = session or uuid.uuid4().hex

    def request(self, path: str, body: object = None, key: str = "") -> object:
        """GET, or POST with a body. A POST with a key may be sent again after a lost answer: it happens once."""
        headers = {"X-Session-Id": self.session, "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(SHOP + path, data, headers), timeout=30) as answer:
            return json.load(answer)

    def buy(self, product_id: str, quantity: int = 1) -> dict:
        """Returns the order, paid."""
        line = self.request("/cart", {"product_id": product_id, "quantity": quantity})
        order = self.request("/orders", {"cart_item_ids": [line["id"]]}, key=f"order-{line['id']}")
        payment = self.request("/payments/create-intent", {"order_id": order["id"]}, key=f"intent-{order['id']}")
        paid = {"payment_id": payment["id"], "payment_method": "pm_card_visa"}
        if self.request("/payments/confirm", paid, key=f"confirm-{payment['id']}")["status"] != "succeeded":
            raise SystemExit("The card was declined.")
        return self.request(f"/orders/{order['id']}")


def main() -> None:
    words = urllib.parse.quote(" ".join(sys.argv[1:]) or "headphones")
    shopper = Shopper()
    try:
        found = shopper.request(f"/products/search?limit=1&q={words}")
        if not found:
            raise SystemExit("Nothing was found.")
        order = shopper.buy(found[0]["id"])
    except urllib.error.HTTPError as refused:
        raise SystemExit(f"{refused.url}: {refused.code} {refused.read().decode()}")
    print(f"{found[0]['name']}: {order['total_amount'] / 100:.2f}, order {order['id']} is {order['status']}")


if __name__ == "__main__":
    main()
