"""Payments on both sides, for the tests to compare: Till's rows, and the books of the mock provider."""
from __future__ import annotations

import contextlib
import sqlite3

import httpx

from server import Server, wait_until
from shopping import audit, bought, create, intended, query, shopper

DECLINED = "pm_card_chargeDeclined"


# An intent is what its newest change says (src/pay/mock/books.c).
BOOKS = """
    SELECT i.id, c.operation, i.amount, i.currency, c.status, c.method, c.declined, c.refunded
    FROM intents AS i JOIN changes AS c ON c.seq = (SELECT max(seq) FROM changes WHERE intent = i.seq)
"""


def ledger(server: Server) -> dict[str, dict]:
    """The provider's intents, read from its books as another process may."""
    with contextlib.closing(sqlite3.connect(f"file:{server.books}?mode=ro", uri=True)) as books:
        names = ("intent", "operation", "amount", "currency", "status", "method", "declined", "refunded")
        intents = [dict(zip(names, row)) for row in books.execute(BOOKS)]
    return {i["intent"]: i | {"received": i["amount"] if i["status"] == "succeeded" else 0} for i in intents}


def rows(server: Server) -> list[dict]:
    """Every payment at the provider with its order, oldest first."""
    names = "provider_payment_id, p.amount, p.status, p.surplus, p.refund, o.status, o.total_amount, p.due_at, o.seq, attempts, p.refunded_amount"
    keys = ("intent", "amount", "status", "surplus", "refund", "order", "total", "due_at", "order_seq", "attempts", "refunded")
    found = query(server, f"SELECT {names} FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq WHERE p.provider <> 'by_hand' ORDER BY p.seq")
    return [dict(zip(keys, row)) for row in found]


def balanced(server: Server) -> None:
    """Fails unless both books agree and the audit finds nothing."""
    compare(server)
    audit(server)


def compare(server: Server) -> None:
    """Fails unless both books agree and each order has exactly the money that it should have. `server.others` are the
    provider's intents that belong to other shops."""
    books, kept = ledger(server), {}
    for row in rows(server):
        if row["amount"] == 0:
            continue  # the provider has no payment of 0
        assert not row["intent"] or row["intent"] in books, f"the provider knows nothing of {row}"
        at = books.pop(row["intent"]) if row["intent"] else {"status": None, "received": 0, "refunded": 0, "amount": row["amount"]}
        assert (row["status"] == "succeeded") == (at["status"] == "succeeded"), (row, at)
        assert row["refunded"] == at["refunded"], (row, at)
        assert at["amount"] == row["amount"], (row, at)
        paid = kept.setdefault(row["order_seq"], [row["order"], row["total"], 0, 0])
        paid[2] += at["received"] - at["refunded"]
        paid[3] += 0 if row["surplus"] else at["refunded"]
    books = {intent: at for intent, at in books.items() if intent not in getattr(server, "others", ())}
    assert not books, f"only the provider knows of {books}"
    for status, total, money, refunded in kept.values():
        due = total - refunded if status in ("paid", "shipped", "delivered") else 0
        assert money == due, f"an order that is {status} has {money} of {total}, and {refunded} went back"


def settled(server: Server) -> None:
    """Waits until reconciliation has made both books agree."""

    def same() -> bool:
        try:
            compare(server)
        except AssertionError:
            return False
        return True

    try:
        wait_until(same)
    except AssertionError:
        compare(server)  # fails with the difference
        raise
    audit(server)


def ordered(server: Server, name: str = "ann", quantity: int = 1, **fields) -> tuple[httpx.Client, dict]:
    """A shopper, and their order that is to be paid."""
    client = shopper(server, name)
    return client, bought(client, create(server, **fields), quantity)


def paying(server: Server, name: str = "ann", **fields) -> tuple[httpx.Client, dict, dict]:
    """A shopper, their order, and its payment that is to be confirmed."""
    client, order = ordered(server, name, **fields)
    return client, order, intended(client, order)


def refund(server: Server, order: dict) -> httpx.Response:
    return server.shopkeeper.post(f"/orders/{order['id']}/refund")


def status_of(client: httpx.Client, order: dict) -> str:
    return client.get(f"/orders/{order['id']}").json()["status"]
