"""`till serve` apart from its requests: starting, listening, stopping."""
import concurrent.futures
import contextlib
import fcntl
import grp
import json
import os
import pty
import re
import signal
import socket
import subprocess
import time

import postgres
import pytest

from proxy import Proxy
from server import ADMIN, CATALOGUE, PATIENCE_S, TILL, database, environment, product, till, wait_until
from shopping import writes_held
from wire import Closed, Wire, message

JSON = {"content_type": "application/json"} | ADMIN
STOP_MS = 10_000  # stop_ms: how long a stop waits for accepted requests


def post(name: str) -> bytes:
    return message("POST", "/products", json.dumps(product(name=name)).encode(), **JSON)


def refuses(*flags) -> str:
    """Starting with these flags fails at once: exit code 2, one line with the reason, nothing on standard output."""
    refused = till("serve", "--db=:memory:", *flags, timeout=30)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("till: ") and refused.stderr.count("\n") == 1
    return refused.stderr


# Listening


def test_serves_on_a_unix_socket(serve):
    folder = serve.folder()
    server = serve(folder, listen=str(folder / "till.sock"))
    assert server.address == f"unix:{folder}/till.sock"
    with server.client() as client:
        assert client.post("/products", json=product()).status_code == 201
        assert len(client.get("/products").json()) == 1
    wires = [server.wire().request("GET", "/health") for _ in range(50)]
    assert {wire.answer().status for wire in wires} == {200}
    server.stop()
    assert not (folder / "till.sock").exists()


@pytest.mark.parametrize("flags, mode, group", [({}, 0o660, None), ({"listen_mode": "600"}, 0o600, None),
                                                ({"listen_mode": "0666", "listen_group": "www-data"}, 0o666, "www-data")])  # fmt: skip
def test_unix_socket_is_for_its_group(serve, flags, mode, group):
    """It was made with the umask, 022 mostly: a proxy of another user could not connect."""
    server = serve(listen="./till.sock", **flags)
    info = (server.folder / "till.sock").stat()
    assert info.st_mode & 0o777 == mode
    assert group is None or info.st_gid == grp.getgrnam(group).gr_gid


def test_unix_socket_left_by_a_crash_is_taken_over(serve):
    folder = serve.folder()
    serve(folder, listen="./till.sock").kill()
    assert (folder / "till.sock").is_socket()
    server = serve(folder, listen="./till.sock")
    assert Wire(f"unix:{folder}/till.sock", 30).request("GET", "/health").answer().status == 200
    assert server.running


def test_unix_socket_in_use_is_left_alone(serve):
    folder = serve.folder()
    server = serve(folder, listen=str(folder / "till.sock"))
    assert "another server is there" in refuses("--listen", folder / "till.sock")
    assert server.wire().request("GET", "/health").answer().status == 200


def test_file_that_is_no_socket_is_left_alone(serve):
    path = serve.folder() / "precious"
    path.write_text("keep me")
    assert str(path) in refuses("--listen", path)
    assert path.read_text() == "keep me"


def test_second_server_on_a_port_is_refused(serve):
    server = serve()
    why = refuses("--listen", f"127.0.0.1:{server.port}")
    assert str(server.port) in why and "another server is there" in why
    assert server.wire().request("GET", "/health").answer().status == 200


@postgres.FILE_ONLY
def test_second_server_on_a_file_is_refused_since_it_would_let_go_of_running_keys(serve):
    folder = serve.folder()
    server = serve(folder)
    with contextlib.closing(database(server, write=True)) as connection:
        connection.execute("INSERT INTO idempotency_keys (session, key, request, http_status, body, created_at)"
                           " VALUES (x'00', 'key', x'00', 0, x'', ?)", (time.time_ns() // 1000,))  # fmt: skip
    second = till("serve", "--listen=127.0.0.1:0", "--mock-ledger=other.ledger", cwd=folder, timeout=30)
    assert second.returncode == 2 and "is being served by another till" in second.stderr
    with contextlib.closing(database(server)) as connection:
        assert connection.execute("SELECT count(*) FROM idempotency_keys").fetchone() == (1,)
    server.kill()
    assert serve(folder).running  # a process's locks end with it


@postgres.FILE_ONLY
def test_a_start_that_is_refused_brings_no_older_file_up_to_date_under_its_server(serve):
    """An empty file is the oldest database that there is. A lock on it is held by a server of an older Till."""
    folder = serve.folder()
    with open(folder / "till.db", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refused = till("serve", "--listen=127.0.0.1:0", cwd=folder)
        assert refused.returncode == 2 and "is being served by another till" in refused.stderr
        assert {path.name: path.stat().st_size for path in folder.iterdir()} == {"till.db": 0}
    assert serve(folder).running


def test_a_start_that_is_refused_wrote_nothing_so_that_its_token_is_not_lost(serve):
    taken, folder = serve(), serve.folder()
    refused = till("serve", f"--listen=127.0.0.1:{taken.port}", "--demo", cwd=folder)
    assert refused.returncode == 2 and "another server is there" in refused.stderr
    server = serve(folder, admin_token=None)
    token = re.search(r"^Admin token  (\S+)$", server.output, re.M)[1]
    wire = server.wire().request("POST", "/products", b"{}", content_type="application/json", authorization=f"Bearer {token}")
    assert wire.answer().status == 422
    assert server.wire().request("GET", "/products").answer().json() == []


@pytest.mark.parametrize("listen", ["nonsense", "127.0.0.1", "127.0.0.1:", ":8000", "127.0.0.1:x", "127.0.0.1:65536",
                                    "no.such.host.invalid:8000", "203.0.113.1:0", "/no/such/folder/till.sock", ""])  # fmt: skip
def test_address_that_cannot_be_listened_on_is_refused(listen):
    assert "listen" in refuses(f"--listen={listen}")


@pytest.mark.parametrize("flag", ["--admin-token=short", "--cors-origin=*", "--cors-origin=shop.test", "--log=loud",
                                  "--cors-origin=https://shop.test/", "--threads=0", "--threads=65", "--threads=two",
                                  "--nonsense", "--demo=yes", "surplus", "--listen-mode=rw", "--listen-mode=1000", "--listen-mode=-1",
                                  "--listen-group=no-such-group", "--wait-for-db=-1"])  # fmt: skip
def test_flag_that_makes_no_sense_is_refused(flag):
    assert refuses("--listen=127.0.0.1:0", flag)


SWITCH = {"1": True, "true": True, "YES": True, "on": True, "0": False, "false": False, "No": False, "off": False, "": False}


@pytest.mark.parametrize("value", SWITCH)
def test_switch_in_the_environment_is_on_or_off_as_its_value_says(serve, value):
    """TILL_DEMO=false used to fill a real shop with demo products."""
    server = serve(env={"TILL_DEMO": value, "TILL_DRAIN_SECONDS": "", "TILL_STRIPE_KEY_FILE": ""})
    assert (server.wire().request("GET", "/products").answer().json() != []) == SWITCH[value]


def test_a_demo_shop_whose_products_are_all_taken_out_is_not_filled_again(serve):
    server = serve(demo=True)
    with server.client() as admin:
        for product in admin.get("/products", params={"limit": 500}).json():
            assert admin.delete(f"/products/{product['id']}").status_code == 204
    server.stop()
    server = serve(server.folder, demo=True)
    assert server.wire().request("GET", "/products").answer().json() == []


def test_switch_in_the_environment_that_makes_no_sense_is_refused(tmp_path):
    done = till("serve", "--db=:memory:", "--listen=127.0.0.1:0", env=environment(TILL_DEMO="maybe"), timeout=30)
    assert done.returncode == 2 and "TILL_DEMO takes 1, true, yes or on" in done.stderr


@pytest.mark.parametrize(
    "db, meant",
    [("host=db dbname=shop password=secret", "postgresql://"), ("dbname = shop", "postgresql://"), ("x.db?mode=ro", "the path alone"),
     ("file:x.db", "the path alone"), ("sqlite:///x.db", "a file's path"), ("mysql://till:secret@db/shop", "postgresql://"),
     ("", "a file's path"), (":memory", ":memory:")],
)  # fmt: skip
@pytest.mark.parametrize("command", [["serve", "--listen=127.0.0.1:0"], ["seed", "--products=1"], ["audit"]])
def test_database_that_is_meant_otherwise_is_refused_and_no_file_is_made(tmp_path, command, db, meant):
    """Each of these used to be the name of a new SQLite file: an empty shop."""
    done = till(*command, f"--db={db}", cwd=tmp_path, timeout=30)
    assert done.returncode == 2 and meant in done.stderr and "secret" not in done.stderr, done.stderr
    assert [*tmp_path.iterdir()] == []


def test_database_in_an_odd_path_is_served(serve):
    server = serve(db="./shop=1.db", mock_ledger="./books")
    assert postgres.WANTED or (server.folder / "shop=1.db").exists()


@pytest.mark.parametrize("origin", ["https://*.shop.test", "https://shop.test/shop", "https://shop test", "https://", "https://:443",
                                    "https://till@shop.test", "https://shop.test:0", "https://shop.test:65536", "https://shop.test:x",
                                    "https://shöp.test", "ftp://shop.test", "null", "https://" + "x" * 300 + ".test",
                                    ",".join(["http://a.test"] * 17)])  # fmt: skip
def test_origin_that_no_browser_sends_is_refused(origin):
    """Each of these used to be taken, and to match nothing."""
    assert "--cors-origin takes" in refuses("--listen=127.0.0.1:0", f"--cors-origin={origin}")


@pytest.mark.parametrize("threads", [1, 3])
def test_serves_with_any_number_of_threads(serve, threads):
    server = serve(threads=threads, catalogue=True)
    wires = [server.wire().send(post(f"Lamp {i}")) for i in range(40)]
    assert {wire.answer().status for wire in wires} == {201}
    assert server.wire().request("GET", "/products").answer()["x-total-count"] == "88"


@postgres.FILE_ONLY
def test_memory_serves_without_a_file(serve):
    folder = serve.folder()
    with serve(folder, db=":memory:").client() as client:
        ids = [client.post("/products", json=product(name=f"Lamp {i}")).json()["id"] for i in range(3)]
        assert [p["id"] for p in client.get("/products").json()] == ids[::-1]
        assert client.delete(f"/products/{ids[0]}").status_code == 204
        assert client.get("/categories").json() == [{"category": "lighting", "product_count": 2}]
    assert [p.name for p in folder.iterdir() if p.suffix != ".log"] == []


# Stopping


def begin_post(server, name: str) -> Wire:
    """Sends a whole POST, and waits until the server has begun to read it."""
    text = json.dumps(product(name=name)).encode()
    wire = server.wire().request("POST", "/products", None, expect="100-continue", content_length=str(len(text)), **JSON)
    assert wire.answer().status == 100
    return wire.send(text)


def test_request_under_way_is_answered_before_the_server_stops(serve):
    server = serve()
    idle = server.wire().request("GET", "/health")
    idle.answer()
    with writes_held(server):
        writer = begin_post(server, "Lamp")
        server.terminate()
        assert idle.is_closed()
        assert server.running
    answer = writer.answer()
    assert (answer.status, answer["connection"]) == (201, "close")
    server.stop()
    assert database(server).execute("SELECT name FROM products").fetchall() == [("Lamp",)]


def test_stop_takes_no_new_connections(serve):
    server = serve()
    def refused():
        try:
            socket.create_connection(("127.0.0.1", server.port)).close()
        except ConnectionError:
            return True

    with writes_held(server):
        writer = begin_post(server, "Lamp")
        server.terminate()
        wait_until(refused)
    assert writer.answer().status == 201


def test_idle_connections_do_not_hold_up_the_stop(serve):
    server = serve()
    idle = [server.wire().request("GET", "/health") for _ in range(50)] + [server.wire() for _ in range(50)]
    assert {wire.answer().status for wire in idle[:50]} == {200}
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < STOP_MS / 1000


def wait_until_still(server) -> None:
    """Waits until the server hardly sends any more, because its clients do not read."""
    sent, before = 0, -1_000_000
    while sent - before > 20_000:  # the answer to /metrics itself is a few thousand bytes
        time.sleep(0.3)
        before, sent = sent, server.metric("till_sent_bytes_total")


def test_slow_readers_get_whole_answers_and_do_not_hold_up_the_stop(serve):
    """Each client leaves another amount unread, 2 to 4 MiB, so that the stop meets every state of writing. Requests that
    were not accepted yet may stay unanswered, but no answer is cut. A client that has all its answers delays nothing."""
    server, request = serve(catalogue=True), message("GET", "/products?limit=500")
    counts = range(230, 326, 4)
    wires = [server.wire(receive_buffer=4096).send(request * count) for count in counts]
    wait_until_still(server)
    server.terminate()
    wait_until(lambda: "stopping" in server.errors)

    def read(wire) -> bytes:
        wire.widen()
        with pytest.raises(Closed) as closed:
            while True:
                assert wire.answer().status == 200
        return closed.value.left

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(len(wires)) as pool:
        assert {*pool.map(read, wires)} == {b""}
    server.stop()
    assert time.monotonic() - began < STOP_MS / 1000


def test_interrupt_stops_as_sigterm_does(serve):
    server = serve()
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 0


def test_hangup_ends_nothing(serve):
    """SIGHUP, as logrotate sends it, used to end the shop without a drain. A terminal's end still stops it."""
    server = serve()
    server.process.send_signal(signal.SIGHUP)
    assert server.wire().request("GET", "/health").answer().status == 200
    ours, theirs = pty.openpty()
    process = subprocess.Popen([TILL, "serve", "--db=:memory:", "--listen=127.0.0.1:0"], stdin=theirs, stdout=subprocess.PIPE, env=environment())
    with process.stdout:
        next(line for line in process.stdout if line.startswith(b"listening on "))
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE_S) == 0
    os.close(ours), os.close(theirs)


def test_restart_keeps_what_is_there(serve):
    folder = serve.folder()
    server = serve(folder, catalogue=True)
    with server.client() as client:
        created = client.post("/products", json=product(name="Kept")).json()
        before = client.get("/products", params={"limit": 500}).json()
    server.stop()
    assert not (folder / "till.db-wal").exists(), "a clean stop leaves one file"
    with serve(folder).client() as client:
        assert client.get("/products", params={"limit": 500}).json() == before
        assert client.get(f"/products/{created['id']}").json() == created


def test_import_into_a_running_shop_is_seen(serve):
    server = serve()
    with server.client() as client:
        assert client.get("/products").json() == []
        assert till("import", CATALOGUE, "--db", server.db).returncode == 0
        wait_until(lambda: client.get("/products").headers["x-total-count"] == "48")
        wait_until(lambda: len(client.get("/categories").json()) == 6)


def test_start_waits_for_a_postgresql_that_is_not_up_yet(tmp_path):
    """It used to end at once. It asks again until the time is over, or until a signal."""
    port = postgres.free_port()
    command = [TILL, "serve", f"--db=postgresql://till@127.0.0.1:{port}/shop", "--listen=127.0.0.1:0", "--wait-for-db=60"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(), cwd=tmp_path)
    with process.stderr:
        assert "waiting for the database" in process.stderr.readline()
        with socket.create_server(("127.0.0.1", port)) as server:
            server.accept()[0].close()  # it asks again
        process.terminate()
        assert process.wait(PATIENCE_S) == 1


@pytest.mark.skipif(not postgres.WANTED, reason="is about PostgreSQL")
def test_start_that_waited_serves_as_soon_as_postgresql_answers(tmp_path):
    real, port = postgres.cluster().port, postgres.free_port()
    url = postgres.url_for(tmp_path / "till.db").replace(f":{real}/", f":{port}/")
    command = [TILL, "serve", f"--db={url}", "--listen=127.0.0.1:0", "--wait-for-db=100"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), cwd=tmp_path
    )
    with process.stdout, process.stderr:
        assert "waiting for the database" in process.stderr.readline()
        up = Proxy(real, listen=port)
        assert any(line.startswith("listening on ") for line in process.stdout)
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        up.stop()
