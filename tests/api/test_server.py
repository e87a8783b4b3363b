"""Starting, stopping and listening: what `till serve` does around its requests."""
import concurrent.futures
import contextlib
import fcntl
import json
import re
import signal
import socket
import time

import postgres
import pytest

from server import ADMIN, CATALOGUE, database, product, till, wait_until
from shopping import writes_held
from wire import Closed, Wire, message

JSON = {"content_type": "application/json"} | ADMIN
STOP_MS = 10_000  # stop_ms: how long a stop may wait for what was taken


def post(name: str) -> bytes:
    return message("POST", "/products", json.dumps(product(name=name)).encode(), **JSON)


def refuses(*flags) -> str:
    """Starting it so fails at once: exit code 2, one line that says why, and nothing on standard output."""
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
    assert serve(folder).running  # a lock goes with its process


@postgres.FILE_ONLY
def test_a_start_that_is_refused_brings_no_older_file_up_to_date_under_its_server(serve):
    """The oldest of all files is an empty one; whoever holds its lock is the server of an older Till."""
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
                                  "--nonsense", "--demo=yes", "surplus"])  # fmt: skip
def test_flag_that_makes_no_sense_is_refused(flag):
    assert refuses("--listen=127.0.0.1:0", flag)


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
    """A POST that the server has begun to read, all of it sent."""
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
    """Until the server sends next to nothing any more: its clients do not read."""
    sent, before = 0, -1_000_000
    while sent - before > 20_000:  # the answer to this very question is a few thousand
        time.sleep(0.3)
        before, sent = sent, server.metric("till_sent_bytes_total")


def test_slow_readers_get_whole_answers_and_do_not_hold_up_the_stop(serve):
    """Each leaves another amount unread, some 2 to 4 MiB, so that the stop meets every state of writing. Requests
    that were not taken yet may go unanswered, but no answer is cut, and who has all of his is not waited for."""
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
