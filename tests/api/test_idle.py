"""What a server asks of its database while nothing happens, and that it still does in time what is due."""
import time

import pytest

from receiver import Receiver
from server import wait_until
from shopping import Clock, add, admin, audit, create, placed, query, shopper

JOBS = "till_commit_jobs_sum"  # transactions of the writer, of requests and of background workers


@pytest.fixture
def clock(serve):
    return Clock(serve.folder())


@pytest.fixture
def server(serve, clock):
    """With a test's clock the workers' turns are 20 ms apart, so a second has fifty."""
    return serve(test_clock=clock.path, webhook_insecure=True)


def is_settled(server) -> float:
    """The count, if the workers have looked at what the requests wrote and ask no more; else 0."""
    before = server.metric(JOBS)
    time.sleep(0.5)
    return before if server.metric(JOBS) == before else 0


def test_an_idle_server_asks_seldom(server, clock):
    """Three workers, each once and then once in 30 seconds, in place of each second."""
    with shopper(server) as ann:
        placed(ann, add(ann, create(server)))  # an order that will expire, and a payment to look after
    settled = wait_until(lambda: is_settled(server), "the workers do not come to rest")
    begun = time.monotonic()
    time.sleep(3)  # 150 turns of each worker
    asked = server.metric(JOBS) - settled
    assert asked <= 3 * (1 + (time.monotonic() - begun) // 30)
    clock.forward(seconds=31)
    wait_until(lambda: server.metric(JOBS) >= settled + asked + 2)  # a sender that finds nothing commits nothing
    audit(server)


def test_what_is_due_is_done_although_the_server_was_idle(server, clock):
    receiver = Receiver()
    assert admin(server).post("/admin/webhooks", json={"url": receiver.url, "types": ["order.created", "order.expired"]}).status_code == 201
    with shopper(server) as ann:
        placed(ann, add(ann, create(server)))
    wait_until(lambda: receiver.types() == ["order.created"])
    clock.forward(minutes=9)
    clock.forward(minutes=1, seconds=1)
    wait_until(lambda: query(server, "SELECT status FROM orders") == [("expired",)])
    wait_until(lambda: receiver.types() == ["order.created", "order.expired"])
    receiver.close()
