"""Cases that only PostgreSQL has: several nodes on one database, a database that stops, answers that get lost."""
from __future__ import annotations

import concurrent.futures
import contextlib
import json
import random
import socket
import subprocess
import time

import pytest

import postgres
from proxy import Proxy, through
from server import ROOT, product, till, wait_until
from shopping import add, admin, audit, bought, create, place, query, session, shopper, stock
from test_kill import Shopper
from wire import Closed

DEMO = ROOT / "demo" / "catalogue.json"

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="is about PostgreSQL: TILL_TEST_DB=postgres")


@pytest.fixture
def private():
    """A cluster for one test, which stops and kills it. It runs with fsync, because durability is tested."""
    cluster = postgres.Cluster(fsync="on")
    cluster.execute("CREATE DATABASE shop OWNER till")
    yield cluster
    cluster.remove()


def encrypt(cluster: postgres.Cluster) -> bytes:
    """Lets a cluster take TLS only, and returns its certificate."""
    made = {"-keyout": "server.key", "-out": "server.crt"}
    files = [part for flag, name in made.items() for part in (flag, cluster.data / name)]
    request = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*request, *files], check=True, capture_output=True, user=cluster.user)
    (cluster.data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 trust\n")
    with open(cluster.data / "postgresql.conf", "a") as conf:
        conf.write("ssl = on\n")
    cluster.stop()
    cluster.start()
    return (cluster.data / "server.crt").read_bytes()


@pytest.mark.parametrize("path", ["{folder}/certs/root.crt", "certs/root.crt", "root.crt"], ids=["absolute", "relative", "bare"])
def test_a_certificate_that_the_url_names_is_found(serve, private, path):
    """The sandbox must let libpq read it, whenever it connects."""
    certificate, folder = encrypt(private), serve.folder()
    (folder / "certs").mkdir()
    for name in ("certs/root.crt", "root.crt"):
        (folder / name).write_bytes(certificate)
    url = f"{private.url('shop')}?sslmode=verify-full&sslrootcert={path.format(folder=folder)}"
    server = serve(folder, db=url, mock_ledger=None)
    create(server)


# Nodes


def nodes(serve) -> list:
    """Two nodes on one database."""
    folder = serve.folder()
    return [serve(folder), serve(folder, mock_ledger=None)]


def test_what_one_node_changes_the_others_show(serve):
    one, two = nodes(serve)
    lamp = create(one, stock_quantity=9)
    wait_until(lambda: two.client().get(f"/products/{lamp['id']}").json() == lamp)
    admin(two).patch(f"/products/{lamp['id']}", json={"price": 100})
    wait_until(lambda: one.client().get(f"/products/{lamp['id']}").json()["price"] == 100)
    bought(shopper(two), lamp, 4)
    wait_until(lambda: one.client().get(f"/products/{lamp['id']}").json()["stock_quantity"] == 5)
    assert till("import", "-", "--db", one.db, input=json.dumps([product(name="Mug")])).returncode == 0
    wait_until(lambda: len(one.client().get("/products").json()) == len(two.client().get("/products").json()) == 2)


def test_nodes_that_start_at_once_make_one_shop(serve):
    url = postgres.fresh()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        folder = serve.folder()
        started = list(pool.map(lambda _: serve(folder, db=url, admin_token=None, demo=True, mock_ledger=None), range(4)))
    minted = [node for node in started if "as printed" not in node.output]
    assert len(minted) == 1
    assert {node.client(admin=False).get("/products").headers["x-total-count"] for node in started} == {str(len(json.loads(DEMO.read_text())))}
    audit(started[0])


def test_a_node_waits_for_one_that_is_still_starting(serve):
    """For longer than a statement may take later."""
    folder = serve.folder()
    serve(folder).stop()
    with contextlib.closing(postgres.Connection(url := postgres.url_for(folder / "till.db"))) as other, concurrent.futures.ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN")
        other.execute("SELECT pg_advisory_xact_lock(x'7374'::bigint)")  # startup_lock of src/serve/startup.c
        node = pool.submit(serve, folder, mock_ledger=None)
        with contextlib.closing(postgres.Connection(url)) as watch:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database() AND clock_timestamp() - query_start > '7.5 seconds'"
            wait_until(lambda: watch.execute(waiting).fetchone() == (1,) or node.done())
        other.execute("COMMIT")
        assert create(node.result()) and "cannot be written" not in node.result().errors


def test_a_session_may_change_its_node_with_every_request(serve):
    one, two = nodes(serve)
    lamp = create(one, stock_quantity=9)
    line = add(shopper(two), lamp, 2)
    first = place(shopper(one), line, key="k")
    again = place(shopper(two), line, key="k")
    assert first.status_code == 201 and again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


def test_one_key_on_two_nodes_at_once_is_one_order(serve):
    pair = nodes(serve)
    lamp = create(pair[0], stock_quantity=1000)
    clients = [shopper(node) for node in pair]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number in range(50):
            line = add(clients[0], lamp)
            first, second = pool.map(lambda c: place(c, line, key=f"k{number}"), clients)
            assert (first.status_code, second.status_code) == (201, 201) and first.content == second.content
    assert query(pair[0], "SELECT count(*) FROM orders") == [(50,)]
    audit(pair[0])


# A database that stops


def test_a_database_that_is_down_is_a_503_until_it_is_back(serve, private):
    server = serve(db=private.url("shop"), log="none")
    client = server.client()
    lamp = create(server)
    private.stop("immediate")
    assert client.get("/health").status_code == 200
    wait_until(lambda: client.get("/ready").status_code == 503)
    assert client.get(f"/products/{lamp['id']}").status_code == 503, "what may have changed is not shown"
    refused = client.post("/products", json=product())
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    private.start()
    wait_until(lambda: client.get("/ready").status_code == 200)
    assert client.get(f"/products/{lamp['id']}").json() == lamp
    assert client.post("/products", json=product()).status_code == 201


class Insistent(Shopper):
    """Shops on while the database is down, and repeats unanswered requests with their keys."""

    def run(self) -> None:
        self.stopping = False
        try:
            while not self.stopping:
                self.shop()
        except BaseException as failure:
            self.failure = failure

    def ask(self, method, path, body=None, **headers):
        while True:
            answer = super().ask(method, path, body, **headers)
            if answer.status != 503:
                return answer
            time.sleep(0.01)

    def place(self, placement):
        answer = self.ask("POST", "/orders", placement.body, idempotency_key=placement.key)
        # The first request may have taken effect, and the database's answer been lost.
        answer.headers[:] = [(name, value) for name, value in answer.headers if name.lower() != "idempotent-replayed"]
        return answer

    def cancel(self, placement) -> None:
        placement.cancel = "asked"
        answer = self.ask("POST", f"/orders/{placement.shown['id']}/cancel", b"")
        assert answer.status in (200, 409), answer
        placement.cancel = "answered"


KILLS = 5


def test_a_database_killed_under_load_loses_nothing_that_was_answered(serve, private):
    server = serve(db=private.url("shop"), log="none", reserve_minutes=43200, hold_minutes=43200, hold_max=0)
    products = [create(server, price=100 + i, stock_quantity=10**9) for i in range(10)]
    shoppers = [Insistent(f"insistent-{i}", i) for i in range(8)]
    for one in shoppers:
        one.connect(server, products)
        one.start()
    chance = random.Random(1)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 0.8))
        private.kill()
        private.start()
        wait_until(lambda: server.client().get("/ready").status_code == 200)
    for one in shoppers:
        one.stopping = True
    for one in shoppers:
        one.join()
    assert not [one.failure for one in shoppers if one.failure], [one.failure for one in shoppers]
    for one in shoppers:
        found = one.orders()
        assert found.keys() == {p.shown["id"] for p in one.placements}
        for placement in one.placements:
            status = "cancelled" if placement.cancel == "answered" else "pending"
            assert found[placement.shown["id"]] == placement.shown | {"status": status}
    assert sum(len(one.placements) for one in shoppers) > 10 * KILLS
    audit(server)


def test_a_backend_that_is_ended_is_noticed_by_nobody(serve):
    server = serve(log="none")
    lamp = create(server, stock_quantity=10**6)
    client = shopper(server)
    for _ in range(20):
        query(server, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                      " WHERE application_name = 'till' AND datname = current_database()")
        bought(client, lamp)
    audit(server)


def test_a_node_that_is_cut_off_answers_503_and_recovers(serve, proxy):
    url = postgres.url_for(serve.folder() / "till.db")
    server = serve(db=through(proxy, url), log="none")
    lamp = create(server)
    page, client = f"/products/{lamp['id']}", server.client()
    assert [client.get(page).status_code for _ in range(3)] == [200] * 3  # it is in the cache by now
    proxy.drops = "replies"
    answers = [server.wire() for _ in range(40)]
    began = time.monotonic()
    for wire in answers:
        wire.request("GET", "/cart", **session("ann"))
    assert {wire.answer().status for wire in answers} == {503}
    assert time.monotonic() - began < 60  # otherwise it hangs: 7 s for an answer, 3 s for a connection
    assert server.client().get("/health").status_code == 200
    wait_until(lambda: client.get(page).status_code == 503, "what may have changed is shown from memory")
    proxy.drops = None
    wait_until(lambda: server.client().get("/ready").status_code == 200)
    bought(shopper(server), lamp)
    audit(url)


def test_a_node_that_is_cut_off_can_be_stopped(serve, proxy):
    server = serve(db=through(proxy, postgres.url_for(serve.folder() / "till.db")), log="none")
    client = server.client()
    proxy.drops = "all"
    wait_until(lambda: client.get("/ready").status_code == 503)
    server.stop()  # not before the listener has noticed, too


def test_a_commit_whose_answer_is_lost_is_looked_up(serve, proxy):
    """Drops replies at a random moment of placing, and then the connections: each order is there once."""
    url = postgres.url_for(serve.folder() / "till.db")
    server = serve(db=through(proxy, url), log="none", db_connections=3)
    lamp = create(server, stock_quantity=10**6)
    client, chance, placed = shopper(server), random.Random(3), 0
    for _ in range(30):
        line = add(client, lamp)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(place, client, line)
            time.sleep(chance.uniform(0, 0.004))
            proxy.drops = "replies"
            time.sleep(0.002)
            for end in list(proxy.backs):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            proxy.drops = None
            placed += answer.result().status_code == 201
        wait_until(lambda: server.client().get("/ready").status_code == 200)
    assert query(url, "SELECT count(*) FROM orders") == [(placed,)] and placed >= 20  # the others got an error that says that nothing was done
    audit(url)


def test_a_commit_that_is_still_running_is_not_done_again(serve, private):
    """A COMMIT that waits for a synchronous standby has neither happened nor failed when its connection is lost."""
    proxy = Proxy(private.port)
    url = private.url("shop")
    server = serve(db=url.replace(f":{private.port}/", f":{proxy.port}/"), log="none", db_connections=3)
    create(server, name="first")
    private.execute("ALTER SYSTEM SET synchronous_standby_names = 'missing'")
    private.execute("SELECT pg_reload_conf()")
    names = ["first"]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:

        def another():
            names.append(f"product {len(names)}")
            return pool.submit(create, server, name=names[-1])

        def one_waits():
            nonlocal answer
            if answer.done():  # before the checkpointer had read the setting, which makes commits wait
                answer = another()
            return query(url, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") != [(0,)]

        answer = another()
        wait_until(one_waits)
        for end in list(proxy.backs):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        time.sleep(1)
        private.execute("ALTER SYSTEM RESET synchronous_standby_names")
        private.execute("SELECT pg_reload_conf()")
        assert answer.result()["name"] == names[-1]
    assert query(url, "SELECT name FROM products ORDER BY seq") == [(name,) for name in names]
    audit(url)
    server.stop()
    proxy.stop()


# Commands


def test_backups_are_postgresqls_own(serve, tmp_path):
    server = serve()
    done = till("backup", tmp_path / "copy", "--db", server.db)
    assert done.returncode == 1 and "pg_dump" in done.stderr
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("url, words", [("postgresql://127.0.0.1:1/x", "cannot be reached"), ("postgresql://127.0.0.1:{port}/no", "does not exist")])
def test_a_database_that_cannot_be_opened_says_why(url, words):
    done = till("audit", "--db", url.replace("{port}", str(postgres.cluster().port)))
    assert done.returncode == 1 and words in done.stderr and len(done.stderr.splitlines()) == 1
