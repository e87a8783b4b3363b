"""Histories of concurrent requests, which Porcupine checks for linearizability (tests/histories/main.go has the models).

Each client sends one request at a time and repeats it with its key until it is answered, as a real one does. So an operation
lasts from its first request to its answer, and its outcome is known also if a server was killed in between.
"""
from __future__ import annotations

import functools
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import threading
import time
import uuid

import pytest

from server import ADMIN, PATIENCE_S, wait_until
from wire import Answer, Closed, Wire

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "histories"


@functools.cache
def checker() -> pathlib.Path:
    """Builds the checker. It needs Go's module proxy once; without it a person's run skips these tests, and CI's fails."""
    if not shutil.which("go") and not os.environ.get("CI"):
        pytest.skip("Go is not installed")
    program = pathlib.Path(tempfile.mkdtemp(prefix="till-histories-"), "histories")
    done = subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, capture_output=True, text=True)
    if done.returncode != 0 and not os.environ.get("CI"):
        pytest.skip("Porcupine cannot be had: " + done.stderr)
    assert done.returncode == 0, done.stderr
    return program


def check(folder: pathlib.Path, histories: list[History]) -> subprocess.CompletedProcess:
    path = pathlib.Path(folder, "histories.json")
    path.write_text(json.dumps([history.as_json() for history in histories]))
    return subprocess.run([checker(), path], capture_output=True, text=True)


def assert_linearizable(folder: pathlib.Path, histories: list[History]) -> None:
    done = check(folder, histories)
    assert done.returncode == 0, done.stdout
    for history in histories:
        said = {f"{o['do']} {o['said']}" for o in history.operations}
        assert said >= history.must_have, f"{history.name} has only {sorted(said)}"


class History:
    """What was asked of one object, and what was said. `must_have`: outcomes without which it shows little."""

    def __init__(self, model: str, name: str, initial: int = 0, must_have: str = ""):
        self.model, self.name, self.initial = model, name, initial
        self.must_have = set(filter(None, must_have.split(", ")))
        self.operations: list[dict] = []

    def as_json(self) -> dict:
        return {"model": self.model, "name": self.name, "initial": self.initial, "operations": self.operations}


class Client(threading.Thread):
    """Does its thing `wanted` times, one after the other."""

    numbers = iter(range(1, 1_000_000))

    def __init__(self, server, act, headers: dict, wanted: int):
        super().__init__(daemon=True)
        self.number = next(Client.numbers)
        self.server, self.act, self.headers, self.wanted = server, act, headers | {"content_type": "application/json"}, wanted
        self.random = random.Random(self.number)
        self.wire, self.latest, self.failure, self.done = None, None, None, 0

    def run(self) -> None:
        try:
            while self.done < self.wanted:
                self.act(self)
                self.done += 1
        except BaseException as failure:  # a test's thread cannot raise
            self.failure = failure
        if self.wire:
            self.wire.close()

    def try_once(self, method: str, path: str, body: bytes | None, key: str) -> Answer | None:
        """The answer; None if the outcome is not known."""
        try:
            # Not server.wire(): a server that is killed closes those, which wakes no thread that waits for them.
            self.wire = self.wire or Wire(self.server.address, PATIENCE_S)
            answer = self.wire.request(method, path, body, idempotency_key=key, **self.headers).answer()
            self.latest = answer
            broken = answer["connection"] == "close" or answer.status in (502, 503, 504)
        except (Closed, OSError):
            answer, broken = None, True
        if broken and self.wire:
            self.wire.close()
            self.wire = None
        return answer if answer and answer.status not in (502, 503, 504) else None

    def ask(self, method: str, path: str, body: dict | None = None, allowed: tuple = (200, 201)) -> tuple[Answer, dict]:
        """Asks until there is an answer. Also returns when it was first asked, when answered, and whether more than once."""
        key, encoded, tries = str(uuid.uuid4()), json.dumps(body).encode() if body is not None else None, 0
        if method == "POST" and encoded is None:
            encoded = b""
        call, end = time.monotonic_ns(), time.monotonic() + 2 * PATIENCE_S
        while time.monotonic() < end:
            answer = self.try_once(method, path, encoded, key)
            if answer and not (answer.status == 409 and b"still running" in answer.body):
                assert answer.status in allowed, f"{method} {path}: {answer}"
                return answer, {"client": self.number, "call": call, "return": time.monotonic_ns(), "again": tries > 0}
            tries += 1
            time.sleep(0.01)
        raise AssertionError(f"{method} {path} is not answered: {self.latest}")


def note(history: History, times: dict, do: str, said: str = "done", n: int = 0, id: str = "", value: int = 0) -> None:
    history.operations.append({k: v for k, v in times.items() if k != "again"} | {"do": do, "said": said, "n": n, "id": id, "value": value})


def run(clients: list[Client], meanwhile=lambda: None) -> None:
    for one in clients:
        one.start()
    try:
        meanwhile()
    finally:
        for one in clients:
            one.join()
    failures = [one.failure for one in clients if one.failure]
    assert not failures, failures


def wait_for(clients: list[Client], parts: int, of: int = 8) -> None:
    """Waits until all clients together have done a part of what they shall do, or have ended."""
    wanted = sum(one.wanted for one in clients) * parts // of
    wait_until(lambda: sum(one.done for one in clients) >= wanted or not any(one.is_alive() for one in clients))


# ---- A product's stock: shoppers who order and cancel, clerks who add, take and count.


def stock_shopper(history: History, product: dict):
    mine: list[tuple[str, int]] = []

    def act(client: Client) -> None:
        if mine and client.random.random() < 0.6:
            order, n = mine.pop(client.random.randrange(len(mine)))
            answer, times = client.ask("POST", f"/orders/{order}/cancel", allowed=(200, 409))
            assert answer.status == 200 or times["again"], answer  # the first request of the two did it
            return note(history, times, "give", n=n)
        n = client.random.randint(1, 4)
        line, _ = client.ask("POST", "/cart", {"product_id": product["id"], "quantity": n}, allowed=(201, 409))
        if line.status == 409:  # a cart takes no more than the stock that it sees, which is a hint and no promise
            return
        answer, times = client.ask("POST", "/orders", {"cart_item_ids": [line.json()["id"]]}, allowed=(201, 409))
        if answer.status == 201:
            mine.append((answer.json()["id"], n))
            return note(history, times, "take", n=n)
        assert b"Insufficient stock" in answer.body, answer
        note(history, times, "take", "refused", n=n)
        client.ask("DELETE", f"/cart/{line.json()['id']}", allowed=(204, 404))

    return act


def stock_clerk(history: History, product: dict):
    """Counts by the staff's page. The shoppers' may show a stock of half a second ago (docs/internals/cache.md)."""

    def act(client: Client) -> None:
        if client.random.random() < 0.5:
            answer, times = client.ask("GET", f"/products/{product['id']}/stock")
            return note(history, times, "read", value=answer.json()["stock_quantity"])
        delta = client.random.choice([-3, -2, -1, 1, 2, 3])
        answer, times = client.ask("POST", f"/products/{product['id']}/stock", {"delta": delta, "reason": "counted"}, allowed=(200, 409))
        if answer.status == 200:
            return note(history, times, "adjust", n=delta, value=answer.json()["stock_quantity"])
        note(history, times, "adjust", "refused", n=delta)

    return act


# ---- A cart that three tabs of one browser change.


def cart_tab(history: History, product: dict):
    seen = [""]  # the latest id of the line, which all tabs share as a page does

    def act(client: Client) -> None:
        do = client.random.choice(["add", "add", "set", "remove", "read", "read"])
        if do == "read":
            answer, times = client.ask("GET", "/cart")
            lines = answer.json()
            assert len(lines) <= 1, lines
            return note(history, times, "read", id=lines[0]["id"] if lines else "", value=lines[0]["quantity"] if lines else 0)
        if do == "add":
            n = client.random.randint(1, 3)
            answer, times = client.ask("POST", "/cart", {"product_id": product["id"], "quantity": n})
            seen[0] = answer.json()["id"]
            return note(history, times, "add", n=n, id=seen[0], value=answer.json()["quantity"])
        if not (id := seen[0]):
            return
        if do == "set":
            n = client.random.randint(1, 9)
            answer, times = client.ask("PUT", f"/cart/{id}", {"quantity": n}, allowed=(200, 404))
            return note(history, times, "set", "done" if answer.status == 200 else "missing", n=n, id=id, value=n)
        answer, times = client.ask("DELETE", f"/cart/{id}", allowed=(204, 404))
        note(history, times, "remove", "done" if answer.status == 204 else "missing", id=id)

    return act


# ---- Orders: two tabs pay, one cancels, clerks give thirds back.


def pay(history: History, payment: dict):
    def act(client: Client) -> None:
        body = {"payment_id": payment["id"], "payment_method": "pm_card_visa"}
        answer, times = client.ask("POST", "/payments/confirm", body, allowed=(200, 409))
        note(history, times, "pay", "done" if answer.status == 200 else "refused")

    return act


def cancel(history: History, order: dict):
    def act(client: Client) -> None:
        answer, times = client.ask("POST", f"/orders/{order['id']}/cancel", allowed=(200, 409))
        note(history, times, "cancel", "done" if answer.status == 200 else "refused")

    return act


def look(history: History, order: dict):
    def act(client: Client) -> None:
        answer, times = client.ask("GET", f"/orders/{order['id']}")
        note(history, times, "status", id=answer.json()["status"])

    return act


def give_back(history: History, order: dict, amount: int):
    def act(client: Client) -> None:
        if client.random.random() < 0.3:
            answer, times = client.ask("GET", f"/orders/{order['id']}/refunds")
            return note(history, times, "refunded", value=sum(r["amount"] for r in answer.json()))
        answer, times = client.ask("POST", f"/orders/{order['id']}/refunds", {"amount": amount}, allowed=(201, 409))
        note(history, times, "refund", "done" if answer.status == 201 else "refused", n=amount)

    return act


def staff(server) -> dict:
    return {"Authorization": f"Bearer {server.token}"} if getattr(server, "token", None) else dict(ADMIN)
