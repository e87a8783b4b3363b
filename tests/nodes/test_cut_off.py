"""One node loses its database while the others keep theirs: the balancer goes round it, and it comes back by itself."""
from __future__ import annotations

import json
import time

import pytest

from load import Load
from proxy import through
from server import wait_until
from shopping import audit, create, session

# If the database stops answering, a node takes up to 7 s for an answer, 8 s to look up the outcome of a COMMIT, and 3 s
# for a connection that it has begun. The balancer's own limit in docs/operate/many-machines.md is 30 s.
ANSWER_S = 30


def asked(node, method: str, path: str, body: dict | None = None) -> int:
    """The status of the node's own answer, which must come within ANSWER_S."""
    began, body = time.monotonic(), body and json.dumps(body).encode()
    answer = node.wire().request(method, path, body, content_type="application/json", **session("ann")).answer()
    took = time.monotonic() - began
    assert took < ANSWER_S, f"{method} {path} took {took:.1f} s"
    return answer.status


def orders_at(node) -> float:
    """How many orders the node was asked for."""
    return node.metric("till_requests_total", 'route="POST /orders"')


@pytest.mark.parametrize("drops", ["replies", "all"])
def test_a_node_cut_off_from_the_database_is_gone_round_and_comes_back(fleet, proxy, drops):
    shop = fleet()
    lamp = create(shop)
    line = {"product_id": lamp["id"], "quantity": 1}
    node = shop.restart(0, db=through(proxy, shop.db))
    with Load(shop) as load:
        wait_until(lambda: orders_at(node) > 20)
        proxy.drops = drops
        assert asked(node, "GET", "/ready") == asked(node, "GET", "/cart") == asked(node, "POST", "/cart", line) == 503
        load.wait_for_orders()
        orders = orders_at(node)
        load.wait_for_orders()
        assert orders_at(node) == orders, "the balancer sends it more"
        proxy.drops = None
        wait_until(lambda: orders_at(node) > orders + 20)
        assert (asked(node, "GET", "/cart"), asked(node, "POST", "/cart", line)) == (200, 201)
    audit(shop)
