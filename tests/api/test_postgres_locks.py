"""Requests of which PostgreSQL lets two go on side by side. Each pair is stopped at a lock that the test holds, behind what both have
read, and goes on when both wait: so what one reads before the other has written is read in every run."""
from __future__ import annotations

import concurrent.futures
import contextlib

import psycopg2
import pytest

import postgres
from server import ADMIN, wait_until
from shopping import add, audit, create, place, query, shopper, visitor
from staffing import app_code, browser, login, signed_in, with_app
from test_fulfillments import paid, ship

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="is about PostgreSQL: TILL_TEST_DB=postgres")


@contextlib.contextmanager
def held(server, statement: str, *arguments: str):
    """Holds the locks of a statement."""
    with contextlib.closing(psycopg2.connect(server.db)) as connection:
        connection.cursor().execute(statement, arguments)
        yield
        connection.rollback()


def at_once(server, requests: list, statement: str, *arguments: str) -> list:
    """The answers to requests that all have come to a lock, or to their end, before one of them goes on."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
        with held(server, statement, *arguments):
            sent = [pool.submit(request) for request in requests]
            wait_until(lambda: query(server, waits)[0][0] + sum(each.done() for each in sent) >= len(sent))
        return [each.result() for each in sent]


def test_a_double_click_buys_once(serve):
    server = serve()
    lamp = create(server, stock_quantity=9)
    ann = [shopper(server), shopper(server)]
    line = add(ann[0], lamp, 2)
    answers = at_once(server, [lambda c=client: place(c, line) for client in ann], "SELECT 1 FROM products WHERE id = %s FOR UPDATE", lamp["id"])
    assert sorted(answer.status_code for answer in answers) == [201, 404]
    assert query(server, "SELECT count(*) FROM orders") == [(1,)]
    audit(server)


def test_two_adds_do_not_pass_the_limit_of_lines(serve):
    server = serve()
    lamps = [create(server) for _ in range(101)]
    ann = [shopper(server), shopper(server)]
    for lamp in lamps[2:]:
        add(ann[0], lamp)
    adds = [lambda c=c, lamp=lamp: c.post("/cart", json={"product_id": lamp["id"], "quantity": 1}) for c, lamp in zip(ann, lamps)]
    answers = at_once(server, adds, "SELECT 1 FROM products WHERE id IN (%s, %s) FOR UPDATE", lamps[0]["id"], lamps[1]["id"])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert query(server, "SELECT count(*) FROM cart_items") == [(100,)]


def test_a_code_signs_in_once(serve):
    server = serve()
    secret, _ = with_app(signed_in(server, "ann@shop.example"))
    code = app_code(secret, 30)  # not the one that it was set up with
    logins = [lambda b=browser(server): login(b, "ann@shop.example", code=code) for _ in range(2)]
    answers = at_once(server, logins, "SELECT 1 FROM staff FOR UPDATE")
    assert sorted(answer.status_code for answer in answers) == [200, 401]


def test_two_clerks_do_not_send_the_same_units(serve):
    server = serve()
    order = paid(server, shopper(server), 2)
    clerks = [visitor(server, **ADMIN), visitor(server, **ADMIN)]
    answers = at_once(server, [lambda c=clerk: ship(c, order, (0, 2)) for clerk in clerks], "SELECT 1 FROM orders WHERE id = %s FOR UPDATE", order["id"])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    audit(server)
