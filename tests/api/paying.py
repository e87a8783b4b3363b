"""Payments as the tests look at them: Till's own rows, and the books of the mock provider."""
from __future__ import annotations

import json

import httpx

from server import Server, wait_until
from shopping import audit, bought, create, intended, query, shopper

DECLINED = "pm_card_chargeDeclined"


def ledger(server: Server) -> dict[str, dict]:
    """The provider's intents, as the last line of each has them."""
    text = server.books.read_text().rstrip("\0")  # the room for its next lines
    lines = [json.loads(line) for line in text.splitlines()]
    return {line["intent"]: line for line in lines if "intent" in line}


def rows(server: Server) -> list[dict]:
    """Every payment with its order, in the order of their making."""
    names = "provider_payment_id, p.amount, p.status, p.surplus, p.refund, o.status, o.total_amount, p.due_at, o.seq, attempts"
    keys = ("intent", "amount", "status", "surplus", "refund", "order", "total", "due_at", "order_seq", "attempts")
    found = query(server, f"SELECT {names} FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq ORDER BY p.seq")
    return [dict(zip(keys, row)) for row in found]


def balanced(server: Server) -> None:
    """Both books say the same, and everything else that must hold does hold."""
    compare(server)
    audit(server)


def compare(server: Server) -> None:
    """Both books say the same, and each order has exactly the money that it should have. `server.parts` says how much
    of an intent a test has given back at the provider, where that is not all of it; `server.others`, which intents of
    the provider's are another shop's."""
    books, kept, parts = ledger(server), {}, getattr(server, "parts", {})
    for row in rows(server):
        if row["amount"] == 0:
            continue  # the provider is not told of it
        assert not row["intent"] or row["intent"] in books, f"the provider knows nothing of {row}"
        at = books.pop(row["intent"]) if row["intent"] else {"status": None, "received": 0, "refunded": 0, "amount": row["amount"]}
        assert (row["status"] == "succeeded") == (at["status"] == "succeeded"), (row, at)
        part = parts.get(row["intent"], 0)
        assert (row["refund"] == "done") == (at["refunded"] > part), (row, at)
        assert at["amount"] == row["amount"], (row, at)
        kept.setdefault(row["order_seq"], [row["order"], row["total"], 0])[2] += at["received"] - at["refunded"] + part
    books = {intent: at for intent, at in books.items() if intent not in getattr(server, "others", ())}
    assert not books, f"only the provider knows of {books}"
    for status, total, money in kept.values():
        assert money == (total if status == "paid" else 0), f"an order that is {status} has {money} of {total}"


def settled(server: Server) -> None:
    """Waits for reconciliation to have brought the books to say the same."""

    def same() -> bool:
        try:
            compare(server)
        except AssertionError:
            return False
        return True

    try:
        wait_until(same)
    except AssertionError:
        compare(server)  # says what is the matter
        raise
    audit(server)


def ordered(server: Server, name: str = "ann", quantity: int = 1, **fields) -> tuple[httpx.Client, dict]:
    """A shopper, and an order of theirs that is to be paid."""
    client = shopper(server, name)
    return client, bought(client, create(server, **fields), quantity)


def paying(server: Server, name: str = "ann", **fields) -> tuple[httpx.Client, dict, dict]:
    """… and its payment, to be confirmed."""
    client, order = ordered(server, name, **fields)
    return client, order, intended(client, order)


def refund(server: Server, order: dict) -> httpx.Response:
    return server.shopkeeper.post(f"/orders/{order['id']}/refund")


def status_of(client: httpx.Client, order: dict) -> str:
    return client.get(f"/orders/{order['id']}").json()["status"]
