"""The clock is set a day forward, or a day back, in the middle of things: nothing is lost, nobody waits for a day that has been
already. Back is what a machine does whose clock was wrong until it asked."""
import json

import pytest

from paying import balanced, refund, status_of
from receiver import Receiver
from server import wait_until
from shopping import add, bought, confirm, confirmed, create, intended, placed, shopper, stock
from staffing import browser, hire, login
from test_webhooks import deliveries, hook


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def server(serve, clock):
    return serve(test_clock=clock.path, webhook_insecure=True)


def sold(server, name: str) -> tuple:
    """A purchase from its beginning to its end."""
    client = shopper(server, name)
    order = bought(client, create(server, stock_quantity=9))
    confirmed(client, intended(client, order), "pm_card_visa")
    wait_until(lambda: status_of(client, order) == "paid")
    return client, order


@pytest.mark.parametrize("days", [[1], [-1], [1, -1], [-1, 1]], ids=lambda days: " then ".join(f"{d:+}" for d in days))
def test_a_shop_goes_on_when_the_clock_jumps(server, clock, receiver, days):
    """What is under way: an order that is not paid, one that is being paid, a cart, and webhooks that are not taken. Time stands
    still between the jumps, so no second try becomes due by itself."""
    clock.hold()
    webhook = hook(server, receiver.url, "order.created", "order.paid", "order.refunded")
    product = create(server, stock_quantity=9)
    ann, bea, carl = (shopper(server, name) for name in ("ann", "bea", "carl"))
    receiver.answers = [503] * 1000
    line, unpaid, begun = add(carl, product), bought(ann, product), bought(bea, product)
    payment = intended(bea, begun)
    is_late = days[0] > 0
    for i, day in enumerate(days):
        wait_until(lambda: all(d["answer"] for d in deliveries(server, webhook)))  # each try is written down
        if i == len(days) - 1:
            receiver.answers.clear()
        clock.forward(days=day)
        sold(server, f"dora-{day}")
        if is_late:
            wait_until(lambda: {status_of(ann, unpaid), status_of(bea, begun)} == {"expired"})
    assert (confirm(bea, payment, "pm_card_visa").json().get("status") == "succeeded") is not is_late
    assert status_of(bea, begun) == ("expired" if is_late else "paid")
    assert stock(server, product) == (9 if is_late else 7)
    placed(carl, line, key="carls")
    client, order = sold(server, "last")
    assert refund(server, order).json()["status"] == "refunded"
    wait_until(lambda: {d["state"] for d in deliveries(server, webhook)} == {"sent"}, "a webhook waits")
    told = [event["data"]["id"] for event in receiver.events()]
    assert {unpaid["id"], begun["id"], order["id"]} <= set(told)
    durations = [json.loads(line)["us"] for line in server.log() if '"us":' in line]
    assert durations and min(durations) >= 0
    balanced(server)


def test_a_wait_after_wrong_passwords_ends_when_the_clock_is_set_back(server, clock):
    """The wait had been counted from a time that was a day ahead, so the right password was refused for a day."""
    hire(server, "bob@shop.example")
    clock.hold()
    bob = browser(server)
    clock.forward(days=1)
    tries = [login(bob, "bob@shop.example", "a wrong password").status_code for _ in range(7)]
    assert tries[-1] == 429
    clock.forward(days=-1)
    assert login(bob, "bob@shop.example").status_code == 200
    clock.forward(days=1)
    assert login(browser(server), "bob@shop.example").status_code == 200


def test_sessions_and_keys_hold_when_the_clock_is_set_back(server, clock):
    """What was made while the clock was ahead is known: the member is let in, and a repeated order is the same one."""
    hire(server, "bob@shop.example")
    clock.hold()
    clock.forward(days=1)
    bob, ann = browser(server), shopper(server)
    assert login(bob, "bob@shop.example").status_code == 200
    line = add(ann, create(server, stock_quantity=9))
    order = placed(ann, line, key="the-order")
    clock.forward(days=-1)
    assert bob.get("/staff/me").status_code == 200
    assert placed(ann, line, key="the-order") == order
    assert [o["id"] for o in ann.get("/orders").json()] == [order["id"]]
