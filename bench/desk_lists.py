"""What the owner's desk asks of a shop that bench/desk_shop.py made: every list with every filter, and the sums of its first page."""

from __future__ import annotations

import http.client
import itertools
import json
import math
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta, timezone

from desk_shop import COMMON_SURNAME

TOKEN = "0123456789012345678901234567890123456789abc"
STATUSES = ("pending", "paid", "shipped", "delivered", "cancelled", "expired", "refunded")
TIMES_OF_FILTER = 30

Asked = tuple[str, dict]  # a path and its parameters


class Desk:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def get(self, path: str, **parameters) -> tuple[float, object]:
        """Milliseconds, and what was answered."""
        began = time.perf_counter()
        self.connection.request("GET", path + "?" + urllib.parse.urlencode(parameters), headers={"Authorization": f"Bearer {TOKEN}"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return (time.perf_counter() - began) * 1000, json.loads(body)


def p99(times: list[float]) -> float:
    return sorted(times)[math.ceil(len(times) * 0.99) - 1]


def slowest(desk: Desk, asked: Iterable[Asked], progress: Callable[[str], None]) -> float:
    """The 99th percentile of the filter that has the worst one, in ms."""
    found = [(p99([desk.get(path, **filters)[0] for _ in range(TIMES_OF_FILTER)]), path, filters) for path, filters in asked]
    worst = max(found, key=lambda one: one[0])
    progress(f"{len(found)} filters: the slowest is {urllib.parse.unquote(worst[1] + '?' + urllib.parse.urlencode(worst[2]))}, p99 {worst[0]:.1f} ms")
    return worst[0]


def combined(path: str, *axes: Iterable[dict]) -> Iterator[Asked]:
    for parts in itertools.product(*axes):
        yield path, {name: value for part in parts for name, value in part.items()}


def each(name: str, values: Iterable) -> list[dict]:
    return [{}] + [{name: value} for value in values]


def windows() -> list[dict]:
    """Times: any, the last 30 days, a day of last year, and before the first order."""
    now = datetime.now(timezone.utc)
    day = [(now - timedelta(days=days)).strftime("%Y-%m-%dT00:00:00Z") for days in (30, 300, 299, 2000)]
    return [{}, {"from": day[0]}, {"from": day[1], "to": day[2]}, {"to": day[3]}]


def products(desk: Desk) -> list[Asked]:
    category = desk.get("/categories")[1][0]["category"]
    words = [{}, {"sort": "price_asc"}, {"sort": "name_asc"}, {"q": "lamp"}, {"q": "desk lamp"}, {"q": "s"}]
    return list(combined("/admin/products", each("active", ("true", "false")), each("stock_below", (5, 50, 200)), each("category", (category,)), words))


def words(desk: Desk) -> list[str]:
    """What somebody looks for: an order by its number and its id, a customer by email address and name, names that many have, and nothing."""
    order = desk.get("/admin/orders", status="delivered", **windows()[2])[1][0]
    return [order["number"], order["id"], order["email"], order["email"][:3], order["name"], COMMON_SURNAME, f"{COMMON_SURNAME} Zoe", "Jo", "an", "Nobody Of This Name"]


def orders(desk: Desk) -> list[Asked]:
    states = [*each("status", STATUSES), {"fulfillment": "unshipped"}]
    pages = [{}, {"cursor": 400_000}]
    return [
        *combined("/admin/orders", states, windows(), each("by", ("paid", "payment_failed")), pages),
        *combined("/admin/orders", each("status", ("pending", "cancelled", "delivered")), windows(), [{"q": word} for word in words(desk)]),
    ]


def customers(desk: Desk) -> list[Asked]:
    return list(combined("/admin/customers", each("q", words(desk)), each("limit", (100,)), each("cursor", (400_000,))))


def mails(desk: Desk) -> list[Asked]:
    searched = [f"{COMMON_SURNAME.lower()}", "your order", desk.get("/admin/mails")[1][0]["to"], "nobody@of.this.name"]
    states = each("state", ("held", "queued", "sent", "failed"))
    return list(combined("/admin/mails", states, each("q", searched), [{}, {"limit": 500}, {"offset": 2000}]))


def audit_log(desk: Desk) -> list[Asked]:
    entry = desk.get("/admin/audit")[1][0]
    who = each("actor", ("token", "0198c0e4-6d1b-7f20-8a3c-000000000003", "0198c0e4-6d1b-7f20-8a3c-999999999999"))
    what = each("action", ("POST /orders/{order_id}/refunds", "DELETE /products/{product_id}"))
    return [*combined("/admin/audit", who, what, windows()), *combined("/admin/audit", [{"target": entry["target"]}], who, what)]


LISTS: dict[str, Callable[[Desk], list[Asked]]] = {"products": products, "orders": orders, "customers": customers, "mails": mails, "audit log": audit_log}
