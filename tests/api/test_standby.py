"""--db-read: the catalogue is read from a streaming standby if it is recent enough, and otherwise from the primary."""
from __future__ import annotations

import pathlib
import shutil

import httpx
import pytest

import postgres
from server import ADMIN, PATIENCE_S, till, wait_until
from shopping import add, admin, bought, create, shopper

pytestmark = pytest.mark.skipif(postgres.WANTED, reason="runs with the tests on SQLite")

READS, GIVEN_BACK = "till_standby_reads_total", "till_standby_given_back_total"


class Standby(postgres.Cluster):
    """A standby that streams from a primary."""

    def __init__(self, primary: postgres.Cluster):
        self.folder = pathlib.Path(postgres.tempfile.mkdtemp(prefix="till-standby-"))
        self.port, self.user, self.data = postgres.free_port(), primary.user, self.folder / "data"
        if self.user:
            shutil.chown(self.folder, self.user, self.user)
        source = ["-h", "127.0.0.1", "-p", primary.port, "-U", "postgres"]
        self.run("pg_basebackup", *source, "-D", self.data, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(f"unix_socket_directories = '{self.folder}'\n")
        self.start()

    def pause(self) -> None:
        """Stops the replay: from now on the standby does not show what the primary writes."""
        self.execute("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        self.execute("SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-w", "-s", "promote")


@pytest.fixture(scope="module")
def primary():
    made = postgres.Cluster()
    made.execute("CREATE DATABASE shop OWNER till")
    assert till("seed", "--products", "0", "--db", made.url("shop")).returncode == 0
    yield made
    made.remove()


@pytest.fixture(scope="module")
def shared(primary):
    made = Standby(primary)
    yield made
    made.remove()


@pytest.fixture
def standby(shared):
    yield shared
    shared.resume()


@pytest.fixture
def node(serve, primary):
    """Starts nodes with a standby, and waits until they read from it."""

    def start(standby: Standby, **flags):
        flags = {"cache_mib": 0, "db_read_lag": 60_000, "db_connections": 6} | flags
        server = serve(db=primary.url("shop"), db_read=standby.url("shop"), **flags)
        used(server)
        return server

    return start


def get(server, path: str):
    response = httpx.get(server.address + path, timeout=PATIENCE_S, trust_env=False)
    assert response.status_code == 200, response.text
    return response.json()


def used(server) -> None:
    """Waits until a read is done on the standby."""
    before = server.metric(READS)
    wait_until(lambda: get(server, "/products") is not None and server.metric(READS) > before, "the standby is not used")


def price(server, product: dict) -> int:
    return get(server, f"/products/{product['id']}")["price"]


def reprice(server, product: dict, to: int) -> None:
    response = httpx.patch(f"{server.address}/products/{product['id']}", json={"price": to}, headers=ADMIN, timeout=PATIENCE_S)
    assert response.status_code == 200, response.text


def test_the_catalogue_is_read_there_and_nothing_else(node, standby):
    server = node(standby)
    lamp, ann = create(server), shopper(server)
    wait_until(lambda: used(server) or price(server, lamp) == lamp["price"])
    used(server)
    before, paths = server.metric(READS), ["/products?limit=1", "/products/search?q=lamp", "/categories", "/products/suggest?q=la"]
    for path in paths:
        get(server, path)
    assert server.metric(READS) == before + len(paths)
    line = add(ann, lamp)
    assert ann.get("/cart").json() == [line]
    order = bought(ann, lamp)
    assert ann.get(f"/orders/{order['id']}").json() == order and len(ann.get("/orders").json()) == 1
    assert server.metric(READS) == before + len(paths)


def test_one_sees_what_one_was_answered_while_the_standby_has_not_got_it(node, standby):
    server = node(standby)
    lamp = create(server)
    standby.pause()
    for to in range(1, 7):
        reprice(server, lamp, to)
        assert price(server, lamp) == to
        assert get(server, "/products?limit=1")[0]["price"] == to
    new = create(server, name="brand new")
    assert get(server, "/products/search?q=brand")[0]["id"] == new["id"]
    standby.resume()
    used(server)
    assert price(server, lamp) == 6


def test_what_another_node_changed_is_never_taken_back(node, standby):
    """With a cache: an answer that was read on the standby too early would stay in it."""
    one, two = node(standby), node(standby, cache_mib=64)
    lamp = create(one)
    for to in range(1, 4):
        standby.pause()
        reprice(one, lamp, to)
        wait_until(lambda: price(two, lamp) == to)
        standby.resume()
        assert [price(two, lamp) for _ in range(20)] == [to] * 20


def test_stock_is_never_older_than_the_lag_that_is_allowed(node, standby):
    server = node(standby, db_read_lag=100)
    lamp = create(server, stock_quantity=100)
    used(server)
    standby.pause()
    bought(shopper(server), lamp, 40)
    wait_until(lambda: get(server, f"/products/{lamp['id']}")["stock_quantity"] == 60)
    wait_until(lambda: price(server, lamp) and "it lags behind" in server.errors)  # every connection has noticed


def test_a_standby_that_is_gone_is_done_without_until_it_is_back(node, standby):
    server = node(standby)
    lamp = create(server)
    standby.stop("immediate")
    reprice(server, lamp, 7)
    assert [price(server, lamp) for _ in range(20)] == [7] * 20
    standby.start()
    used(server)
    assert price(server, lamp) == 7


def test_a_standby_that_was_promoted_is_done_without(node, primary):
    promoted = Standby(primary)
    try:
        server = node(promoted)
        lamp = create(server)
        promoted.promote()
        reprice(server, lamp, 7)
        assert [price(server, lamp) for _ in range(20)] == [7] * 20
        wait_until(lambda: price(server, lamp) and "it is none, or is one no more" in server.errors)
    finally:
        promoted.remove()


def test_a_primary_is_no_standby_and_a_file_has_none(serve, primary):
    server = serve(db=primary.url("shop"), db_read=primary.url("shop"), cache_mib=0)
    get(server, "/products")
    wait_until(lambda: "it is none" in server.errors)
    assert server.metric(READS) == 0
    done = till("serve", "--db", "till.db", "--db-read", primary.url("shop"))
    assert done.returncode == 2 and "--db-read is for PostgreSQL" in done.stderr
    assert till("serve", "--db", primary.url("shop"), "--db-read", "x.db").returncode == 2
