"""Several nodes on one database, under load: nodes that are killed or replaced, changes that each must learn from the
others, and a primary that is lost.

8 kills of nodes; 100 if CI or SOAK is set.
"""
from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time

import pytest

import postgres
from fleet import NODES
from load import SHOPPERS, Load, Visitors
from server import wait_until
from shopping import audit, create, query

LONG = bool(os.environ.get("SOAK") or os.environ.get("CI"))
KILLS = 100 if LONG else 8


def replace(shop, i: int) -> None:
    """Restarts a node, and waits until the balancer has seen it: until then the next one must not go down."""
    page = 'route="GET /products/{product_id}"'
    shop.restart(i)
    wait_until(lambda: shop.nodes[i].metric("till_requests_total", page) > 0)


def test_a_rolling_restart_fails_no_request(fleet):
    shop = fleet()
    with Load(shop) as load, Visitors(shop) as visitors:
        for i in [*range(NODES)] * 2:
            load.wait_for_orders()
            replace(shop, i)
        load.wait_for_orders()
    assert [one.unanswered for one in load.customers] == [0] * SHOPPERS
    assert visitors.served > 1000 and not visitors.turned_away
    audit(shop)


def test_visitors_notice_a_node_that_goes_with_their_requests(fleet):
    """Otherwise the test above would prove nothing. The stopped node's connections wait in its queue, and the balancer may
    not repeat what it has sent over them: a 502. A restart without a drain does the same to fewer, if it meets any."""
    shop = fleet()
    with Visitors(shop) as visitors:
        wait_until(lambda: visitors.served)
        shop.nodes[0].process.send_signal(signal.SIGSTOP)
        wait_until(visitors.stuck)
        shop.nodes[0].kill()
    assert visitors.turned_away and set(visitors.turned_away) == {502}


def test_a_node_killed_under_load_loses_nothing_that_was_answered(fleet, capsys):
    shop, chance, began = fleet(), random.Random(1), time.monotonic()
    with Load(shop) as load:
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.02, 0.3))
            victim = kill % NODES
            shop.nodes[victim].kill()
            load.wait_for_orders()  # on the others
            shop.nodes[victim] = shop.node(victim)
    assert load.placements() > KILLS * SHOPPERS
    audit(shop)
    with capsys.disabled():
        asked = sum(one.unanswered for one in load.customers)
        print(f"\n{KILLS} nodes killed in {time.monotonic() - began:.0f} s, {load.placements()} orders kept, {asked} requests asked again")


class Standby(postgres.Cluster):
    """A synchronous copy of a primary: the primary waits for it with every COMMIT."""

    def __init__(self, primary: postgres.Cluster):
        self.folder = primary.folder.with_name(primary.folder.name + "-standby")
        self.folder.mkdir(mode=0o755)
        shutil.chown(self.folder, primary.user, primary.user) if primary.user else None
        self.port, self.user, self.data = postgres.free_port(), primary.user, self.folder / "data"
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name=standby"
        self.run("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-c", "fast", "-d", source)
        self.start()
        primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        primary.execute("SELECT pg_reload_conf()")
        wait_until(lambda: self.synchronous(primary), "the standby does not follow")

    @staticmethod
    def synchronous(primary: postgres.Cluster) -> bool:
        connection = primary.connect()
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
        found = cursor.fetchone()[0]
        connection.close()
        return found == 1

    def promote(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-w", "-s", "promote")


@pytest.fixture
def pair():
    """A primary and its synchronous standby."""
    primary = postgres.Cluster(fsync="on", wal_level="replica", max_wal_senders=4)
    standby = None
    try:
        primary.execute("CREATE DATABASE shop OWNER till")
        standby = Standby(primary)
        yield primary, standby
    finally:
        for cluster in filter(None, (standby, primary)):
            cluster.remove()


@pytest.mark.parametrize("end", ["immediate", "kill -9"])
def test_a_lost_primary_loses_nothing_that_was_answered(fleet, pair, capsys, end):
    primary, standby = pair
    hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
    shop = fleet(db=f"postgresql://till@{hosts}/shop?target_session_attrs=read-write")
    with Load(shop) as load:
        load.wait_for_orders()
        primary.stop("immediate") if end == "immediate" else primary.kill()
        standby.promote()
        promoted = time.monotonic()
        for node in shop.nodes:
            wait_until(lambda: node.client().get("/ready").status_code == 200)
        took = time.monotonic() - promoted
        load.wait_for_orders()
    audit(standby.url("shop"))
    with capsys.disabled():
        print(f"\nprimary gone ({end}): {NODES} nodes ready {took:.1f} s after the promotion, {load.placements()} orders kept")
    assert not LONG or took < 10


@contextlib.contextmanager
def listeners_down(shop):
    """Cuts the nodes off from each other: ends the connections on which they listen, and refuses new ones."""
    cluster, name = postgres.cluster(), shop.db.rsplit("/", 1)[1]
    listeners = f"FROM pg_stat_activity WHERE application_name = 'till listener' AND datname = '{name}'"
    wait_until(lambda: query(cluster.url("postgres"), f"SELECT count(*) {listeners}") == [(NODES,)])
    cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    try:
        ended = query(cluster.url("postgres"), f"SELECT pg_terminate_backend(pid, 10000) {listeners}")
        assert ended == [(True,)] * NODES
        yield
    finally:
        cluster.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


class Page:
    """One product's page, read from every node."""

    def __init__(self, shop):
        self.shop, self.path = shop, f"/products/{create(shop, name='version 0')['id']}"
        self.readers = [node.client(admin=False) for node in shop.nodes]

    def change(self, version: int) -> None:
        node = self.shop.nodes[version % NODES]
        assert node.client().patch(self.path, json={"name": f"version {version}"}).status_code == 200

    def versions(self) -> list[int]:
        return [int(reader.get(self.path).json()["name"].split()[1]) for reader in self.readers]

    def shown_by_all(self, version: int) -> None:
        wait_until(lambda: self.versions() == [version] * NODES, f"version {version} is not shown by all")

    def from_cache(self) -> bool:
        """Whether every node answers from its cache."""
        before = [node.metric("till_cache_hits_total") for node in self.shop.nodes]
        self.versions()
        return all(node.metric("till_cache_hits_total") > n for node, n in zip(self.shop.nodes, before))


def test_what_one_node_changes_the_others_show_in_order(fleet):
    page, shown = Page(fleet()), [0] * NODES

    def arrived(version: int) -> bool:
        now = page.versions()
        assert all(new >= old for new, old in zip(now, shown)), f"{shown} were shown, and then {now}"
        shown[:] = now
        return now == [version] * NODES

    for version in range(1, 61):
        page.change(version)
        wait_until(lambda: arrived(version), f"version {version} is not shown by all")


def test_a_node_that_cannot_listen_answers_nothing_from_its_cache(fleet):
    page, other = Page(shop := fleet()), Page(shop)
    wait_until(page.from_cache)
    with listeners_down(shop):
        page.change(1)
        page.shown_by_all(1)
        assert not page.from_cache()
        page.change(2)
    wait_until(other.from_cache)  # all nodes listen again
    assert page.versions() == [2] * NODES, "a node shows an answer that it cached before it missed a change"


def test_a_node_that_drains_is_not_ready_and_serves_on(fleet):
    shop = fleet(drain_seconds=60)
    node = shop.nodes[0]
    assert node.wire().request("GET", "/ready").answer()["connection"] != "close"
    node.terminate()
    wait_until(lambda: node.wire().request("GET", "/ready").answer().status == 503)
    answer = node.wire().request("GET", "/products").answer()
    assert (answer.status, answer["connection"]) == (200, "close")
    node.terminate()  # a second SIGTERM: it stops at once
    assert node.wait() == 0
    shop.kill()  # without a drain of the others
