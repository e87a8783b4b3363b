"""Nodes that are killed, replaced, and told of by each other, and a primary that is lost, all under load.

8 kills of nodes; 100 where CI or SOAK is set.
"""
from __future__ import annotations

import os
import random
import shutil
import time

import pytest

import postgres
from crowd import SHOPPERS, Crowd
from fleet import NODES
from server import wait_until
from shopping import audit, create, query

LONG = bool(os.environ.get("SOAK") or os.environ.get("CI"))
KILLS = 100 if LONG else 8


def test_a_rolling_restart_fails_no_request(fleet):
    shop = fleet()
    with Crowd(shop) as crowd:
        for i in range(NODES):
            crowd.go_on()
            shop.restart(i)
            # Until the balancer has seen it: the next one must not go before.
            wait_until(lambda: shop.nodes[i].metric("till_requests_total") > 20)
        crowd.go_on()
    assert [one.unanswered for one in crowd.customers] == [0] * SHOPPERS
    audit(shop)


def test_a_node_killed_under_load_loses_nothing_that_was_answered(fleet, capsys):
    shop, chance, began = fleet(), random.Random(1), time.monotonic()
    with Crowd(shop) as crowd:
        for kill in range(KILLS):
            time.sleep(chance.uniform(0.02, 0.3))
            victim = kill % NODES
            shop.nodes[victim].kill()
            crowd.go_on()  # on the others
            shop.nodes[victim] = shop.node(victim)
    assert crowd.placements() > KILLS * SHOPPERS
    audit(shop)
    with capsys.disabled():
        asked = sum(one.unanswered for one in crowd.customers)
        print(f"\n{KILLS} nodes killed in {time.monotonic() - began:.0f} s, {crowd.placements()} orders kept, {asked} requests asked again")


class Standby(postgres.Cluster):
    """A copy of a primary, which waits for it with every COMMIT."""

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
    with Crowd(shop) as crowd:
        crowd.go_on()
        primary.stop("immediate") if end == "immediate" else primary.kill()
        standby.promote()
        promoted = time.monotonic()
        for node in shop.nodes:
            wait_until(lambda: node.client().get("/ready").status_code == 200)
        took = time.monotonic() - promoted
        crowd.go_on()
    audit(standby.url("shop"))
    with capsys.disabled():
        print(f"\nprimary gone ({end}): {NODES} nodes ready {took:.1f} s after the promotion, {crowd.placements()} orders kept")
    assert not LONG or took < 10


def test_what_one_node_changes_the_others_show_in_order(fleet):
    shop = fleet()
    lamp = create(shop, name="version 0")
    path, versions = f"/products/{lamp['id']}", range(1, 61)
    readers, shown = [node.client(admin=False) for node in shop.nodes], [0] * NODES
    for version in versions:
        if version % 20 == 0:  # deaf for a while, and must notice it
            query(shop, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        " WHERE query LIKE 'LISTEN%' AND datname = current_database()")
        assert shop.nodes[version % NODES].client().patch(path, json={"name": f"version {version}"}).status_code == 200

        def arrived() -> bool:
            for i, reader in enumerate(readers):
                answer = reader.get(path)
                if answer.status_code == 503:
                    continue
                now = int(answer.json()["name"].split()[1])
                assert now >= shown[i], f"node {i} showed {shown[i]}, and then {now}"
                shown[i] = now
            return shown == [version] * NODES

        wait_until(arrived, f"version {version} is not shown by all: {shown}")


def test_a_node_that_drains_is_not_ready_and_serves_on(fleet):
    shop = fleet(drain_seconds=60)
    node = shop.nodes[0]
    assert node.wire().request("GET", "/ready").answer()["connection"] != "close"
    node.terminate()
    wait_until(lambda: node.wire().request("GET", "/ready").answer().status == 503)
    answer = node.wire().request("GET", "/products").answer()
    assert (answer.status, answer["connection"]) == (200, "close")
    node.terminate()  # again: at once
    assert node.wait() == 0
    shop.kill()  # nobody waits for the others to drain
