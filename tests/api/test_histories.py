"""What concurrent clients are answered can be put into an order in which each request happened at once, between its sending
and its answer. Porcupine looks for that order (histories.py)."""
from __future__ import annotations

import pytest

import histories
from histories import Client, History, assert_linearizable, note, run, staff, wait_for
from postgres import free_port
from shopping import audit, bought, create, intended, session, shopper

PLENTY = 1_000_000


def crowd(server, kinds: list, each: int) -> list[Client]:
    """Clients that each do their thing `each` times."""
    return [Client(server, act, headers, each) for act, headers in kinds]


def stock_of(server, history: History, product: dict) -> list:
    shoppers = [(histories.stock_shopper(history, product), session(f"{history.name}-{i}")) for i in range(4)]
    return shoppers + [(histories.stock_clerk(history, product), staff(server)) for _ in range(3)]


@pytest.mark.parametrize("initial", [3, 40])
def test_the_stock_of_a_product(serve, initial):
    server = serve(hold_max=0)
    product = create(server, stock_quantity=initial)
    history = History("stock", "stock", initial, "take done, give done, adjust done, read done" + (", take refused" if initial < 10 else ""))
    run(crowd(server, stock_of(server, history, product), 60))
    assert_linearizable(server.folder, [history])
    audit(server)


def test_a_cart_of_three_tabs(serve):
    server = serve()
    product = create(server, stock_quantity=PLENTY)
    carts = [History("cart", f"cart {i}", must_have="add done, set done, remove done, read done") for i in range(3)]
    tabs = [(histories.cart_tab(history, product), session(history.name.replace(" ", "-"))) for history in carts]
    run(crowd(server, tabs * 3, 60))
    assert_linearizable(server.folder, carts)


def test_an_order_that_is_paid_cancelled_and_given_back_at_once(serve):
    server = serve(hold_max=0)
    product = create(server, stock_quantity=PLENTY, price=900)
    ann = shopper(server)
    made = [bought(ann, product) for _ in range(12)]
    orders = [History("order", f"order {i}", 900) for i in range(len(made))]
    kinds = []
    for i, (order, history) in enumerate(zip(made, orders)):
        payment = intended(ann, order)
        kinds += [(histories.pay(history, payment), session("ann"))] * 2 + [(histories.look(history, order), session("ann"))]
        kinds += [(histories.give_back(history, order, 300), staff(server))] * 2
        if i % 2:  # the others can be paid
            kinds += [(histories.cancel(history, order), session("ann"))]
    run(crowd(server, kinds, 4))
    assert_linearizable(server.folder, orders)
    said = {f"{o['do']} {o['said']}" for history in orders for o in history.operations}
    assert said >= {"pay done", "refund done", "refund refused", "status done", "refunded done", "cancel refused"}
    audit(server)


def test_a_server_that_is_killed_again_and_again(serve):
    """Its clients repeat what was not answered, and each of their requests happens once."""
    folder = serve.folder()
    flags = {"hold_max": 0, "listen": f"127.0.0.1:{free_port()}", "log": "none"}
    server = serve(folder, **flags)
    product = create(server, stock_quantity=20)
    history = History("stock", "stock", 20, "take done, give done, adjust done, read done")
    other = create(server, stock_quantity=PLENTY)
    cart = History("cart", "cart", must_have="add done, read done")
    clients = crowd(server, stock_of(server, history, product), 80)
    clients += crowd(server, [(histories.cart_tab(cart, other), session("tabs"))] * 3, 80)

    def kill_and_restart() -> None:
        nonlocal server
        for kill in range(6):
            wait_for(clients, kill + 1)
            server.kill()
            server = serve(folder, **flags)

    run(clients, kill_and_restart)
    assert_linearizable(folder, [history, cart])
    audit(server)


# ---- The checker finds what it is there for.


def recorded(model: str, initial: int, *operations: tuple) -> History:
    """A history of operations (call, return, do, said, n, id, value)."""
    history = History(model, model, initial)
    for client, (call, end, do, said, n, id, value) in enumerate(operations):
        note(history, {"client": client, "call": call, "return": end}, do, said, n, id, value)
    return history


WRONG = {
    "a read that is older than an answer": ("stock", 5, (0, 1, "take", "done", 2, "", 0), (2, 3, "read", "done", 0, "", 5)),
    "one sold twice": ("stock", 1, (0, 9, "take", "done", 1, "", 0), (1, 8, "take", "done", 1, "", 0)),
    "a refusal with stock left": ("stock", 2, (0, 1, "take", "refused", 1, "", 0)),
    "two reads that go back": ("stock", 1, (0, 9, "take", "done", 1, "", 0), (1, 2, "read", "done", 0, "", 0), (3, 4, "read", "done", 0, "", 1)),
    "a line that was added to and lost it": ("cart", 0, (0, 1, "add", "done", 1, "a", 1), (2, 3, "add", "done", 1, "a", 1)),
    "an order paid and cancelled": ("order", 900, (0, 9, "pay", "done", 0, "", 0), (0, 9, "cancel", "done", 0, "", 0)),
    "more given back than was paid": ("order", 500, (0, 1, "pay", "done", 0, "", 0), (2, 3, "refund", "done", 300, "", 0), (2, 3, "refund", "done", 300, "", 0)),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_history_that_is_wrong_is_refused(tmp_path, wrong):
    model, initial, *operations = WRONG[wrong]
    done = histories.check(tmp_path, [recorded(model, initial, *operations)])
    assert done.returncode == 1 and "Illegal" in done.stdout, done.stdout
