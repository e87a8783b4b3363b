"""As tests/api/test_histories.py, through three nodes of which one after the other is killed, and with a database that is lost
and replaced by its standby."""
from __future__ import annotations

import pytest

import histories
from fleet import NODES
from histories import Client, History, assert_linearizable, run, staff, wait_for
from server import wait_until
from shopping import Clock, audit, bought, create, intended, session, shopper
from test_nodes import pair  # noqa: F401, a fixture

PLENTY = 1_000_000
EACH = 60


def workload(shop) -> tuple[list[History], list[Client]]:
    """A product that is scarce, a cart of three tabs, and orders of which clerks give thirds back."""
    scarce, plenty = create(shop, stock_quantity=20), create(shop, stock_quantity=PLENTY, price=900)
    stock = History("stock", "stock", 20, "take done, give done, adjust done, read done")
    cart = History("cart", "cart", must_have="add done, read done")
    kinds = [(histories.stock_shopper(stock, scarce), session(f"shopper-{i}")) for i in range(4)]
    kinds += [(histories.stock_clerk(stock, scarce), staff(shop))] * 2 + [(histories.cart_tab(cart, plenty), session("tabs"))] * 3
    clients, paid = [Client(shop, act, headers, EACH) for act, headers in kinds], []
    ann = shopper(shop)
    for i in range(6):
        order = bought(ann, plenty)
        assert ann.post("/payments/confirm", json={"payment_id": intended(ann, order)["id"], "payment_method": "pm_card_visa"}).status_code == 200
        paid.append(history := History("order", f"order {i}", 900))
        # What the model begins with.
        history.operations.append({"client": 0, "call": 0, "return": 1, "do": "pay", "said": "done", "n": 0, "id": "", "value": 0})
        clients += [Client(shop, histories.give_back(history, order, 300), staff(shop), EACH // 10) for _ in range(2)]
    return [stock, cart, *paid], clients


def test_nodes_that_are_killed(fleet, tmp_path):
    """What a node had begun with the provider is taken over by the others when its lease is over, after four minutes."""
    clock = Clock(tmp_path)
    shop = fleet(test_clock=clock.path)
    recorded, clients = workload(shop)

    def kill_one_after_the_other() -> None:
        for kill in range(6):
            wait_for(clients, kill + 1)
            shop.nodes[kill % NODES].kill()
            shop.nodes[kill % NODES] = shop.node(kill % NODES)
            clock.forward(minutes=5)

    run(clients, kill_one_after_the_other)
    assert_linearizable(shop.folder, recorded)
    audit(shop)


@pytest.mark.parametrize("end", ["immediate", "kill -9"])
def test_a_primary_that_is_lost(fleet, pair, end):  # noqa: F811
    primary, standby = pair
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
    shop = fleet(db=f"postgresql://till@{hosts}/shop?target_session_attrs=read-write")
    recorded, clients = workload(shop)

    def fail_over() -> None:
        wait_for(clients, 2)
        primary.stop("immediate") if end == "immediate" else primary.kill()
        standby.promote()
        for node in shop.nodes:
            wait_until(lambda: node.client().get("/ready").status_code == 200)

    run(clients, fail_over)
    assert_linearizable(shop.folder, recorded)
    audit(standby.url("shop"))
