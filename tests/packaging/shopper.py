#!/usr/bin/env python3
"""A shopper of a shop that a package or a container serves.

    shopper.py buy URL FILE     buys two of a product, pays, and writes the session and the order down
    shopper.py read URL FILE    reads that order again, and fails unless it is paid and as it was
    shopper.py knock URL        opens a new connection again and again until it gets SIGTERM; fails if one was refused or cut off
"""
import http.cookiejar
import json
import pathlib
import signal
import sys
import urllib.request


def call(session, url: str, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with session.open(request, timeout=30) as answer:
        return json.load(answer)


def is_kept(before, now) -> bool:
    """Whether all that was there is as it was; a new version may add fields."""
    if isinstance(before, dict):
        return all(name in now and is_kept(value, now[name]) for name, value in before.items())
    if isinstance(before, list):
        return len(before) == len(now) and all(map(is_kept, before, now))
    return before == now


def buy(url: str, file: str) -> None:
    cookies = http.cookiejar.CookieJar()
    session = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    product = call(session, f"{url}/products?limit=1")[0]
    line = call(session, f"{url}/cart", {"product_id": product["id"], "quantity": 2})
    order = call(session, f"{url}/orders", {"cart_item_ids": [line["id"]]})
    payment = call(session, f"{url}/payments/create-intent", {"order_id": order["id"]})
    call(session, f"{url}/payments/confirm", {"payment_id": payment["id"], "payment_method": "pm_card_visa"})
    order = call(session, f"{url}/orders/{order['id']}")
    assert order["status"] == "paid", order
    cookie = "; ".join(f"{c.name}={c.value}" for c in cookies)
    pathlib.Path(file).write_text(json.dumps({"cookie": cookie, "order": order}))
    print(f"bought: order {order['id']} is paid")


def read(url: str, file: str) -> None:
    written = json.loads(pathlib.Path(file).read_text())
    session = urllib.request.build_opener()
    session.addheaders = [("Cookie", written["cookie"])]
    order = call(session, f"{url}/orders/{written['order']['id']}")
    assert is_kept(written["order"], order), (written["order"], order)
    print(f"read: order {order['id']} is as it was")


def knock(url: str) -> None:
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    answered, failures = 0, []
    while not ended:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=60) as answer:
                answer.read()
            answered += 1
        except OSError as error:
            failures.append(error)
    print(f"knocked: {answered} connections answered, {len(failures)} not {failures[:3]}")
    sys.exit(1 if failures or not answered else 0)


if __name__ == "__main__":
    {"buy": buy, "read": read, "knock": knock}[sys.argv[1]](*sys.argv[2:])
