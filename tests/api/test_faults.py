"""Faults that a shop must survive: a full disk, a file that cannot be written, a crash, a foreign file.

The same holds after each: what was answered is there, what was refused is not, reads go on as long as there is something
to read, and the shop recovers by itself.
"""
import concurrent.futures
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess

import pytest

import postgres
from server import ADMIN, CATALOGUE, DATA, TILL, content, database, product, till, wait_until
from paying import balanced, ledger, paying, rows, status_of
from shopping import confirmed, shopper, writes_held
from test_jsontestsuite import TEXTS
from wire import Closed, message

JSON = {"content_type": "application/json"} | ADMIN
NOBODY = 65534  # a user without rights


def post(name: str) -> bytes:
    return message("POST", "/products", json.dumps(product(name=name)).encode(), **JSON)


def names(server_or_path) -> list[str]:
    with contextlib.closing(database(server_or_path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM products ORDER BY seq")]


def intact(server_or_path) -> bool:
    if postgres.WANTED:
        return True  # it checks with every change
    with contextlib.closing(database(server_or_path)) as connection:
        checks = ["integrity_check", "foreign_key_check"]
        return [connection.execute(f"PRAGMA {c}").fetchall() for c in checks] == [[("ok",)], []]


# A full disk


def limit_files(server, size: int) -> None:
    """Limits the server's files to `size` bytes: for the server the disk is full then."""
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))


@postgres.FILE_ONLY
@pytest.mark.parametrize("text", ["x", "x" * 9000], ids=["small rows", "rows of several pages"])
def test_full_disk_refuses_writes_while_reads_go_on_and_recovers(serve, text):
    server = serve(catalogue=True, log="none")
    with server.client() as client:

        def create(number: int):
            return client.post("/products", json=product(name=f"Lamp {number}", description=text))

        created = [f"Lamp {i}" for i in range(5) if create(i).status_code == 201]
        limit_files(server, max(path.stat().st_size for path in server.folder.iterdir()))
        for number in range(5, 1000):
            response = create(number)
            if response.status_code == 503:
                break
            created.append(f"Lamp {number}")
        for _ in range(5):
            response = create(9999)
            assert (response.status_code, response.headers["retry-after"]) == (503, "1")
            assert "try again" in response.json()["detail"]
            assert client.get("/products", params={"limit": 500}).headers["x-total-count"] == str(48 + len(created))
            assert client.get("/ready").status_code == 200

        limit_files(server, resource.RLIM_INFINITY)
        assert create(10_000).status_code == 201, "it recovers by itself"
        created.append("Lamp 10000")
    assert names(server)[48:] == created
    assert server.metric("till_commits_failed_total") >= 6
    server.stop()
    assert names(server)[48:] == created and intact(server)


@postgres.FILE_ONLY
def test_full_disk_while_many_write_loses_nothing_that_was_answered(serve):
    server = serve(log="none")
    created, stop = [], []

    def write(number: int):
        wire, i = server.wire(), 0
        while not stop:
            name = f"{number}-{(i := i + 1)}"
            answer = wire.send(post(name)).answer()
            assert answer.status in (201, 503)
            if answer.status == 201:
                created.append(name)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, i) for i in range(4)]
        try:
            for _ in range(3):
                sofar, failed = len(created), server.metric("till_commits_failed_total")
                wait_until(lambda: len(created) > sofar + 20)
                limit_files(server, 100_000)
                wait_until(lambda: server.metric("till_commits_failed_total") > failed + 5)
                limit_files(server, resource.RLIM_INFINITY)
        finally:
            sofar = len(created)
            wait_until(lambda: len(created) > sofar or any(w.done() for w in writers))
            stop.append(True)
        for writer in writers:
            writer.result()
    server.stop()
    assert sorted(names(server)) == sorted(created) and intact(server)


MANY_INTENTS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO intents (id, client_secret, payment, order_id, amount, currency, created_s)
    SELECT printf('pi_%024d', i), printf('pi_%024d_secret', i), zeroblob(16), zeroblob(16), 1, 'usd', 0 FROM n
"""


@postgres.FILE_ONLY
def test_charge_that_the_mocks_full_disk_did_not_keep_pays_nothing_until_it_is_kept(timed, clock):
    """The log of the mock's books is made the largest file, so that a limit at its size stops it alone: a reader of an
    old state keeps it from being written from its start again."""
    server = timed()
    client, order, payment = paying(server)
    with contextlib.closing(sqlite3.connect(server.books, isolation_level=None)) as books:
        books.execute("BEGIN")
        made = books.execute("SELECT count(*) FROM intents").fetchone()[0]
        with contextlib.closing(sqlite3.connect(server.books, isolation_level=None)) as others:
            others.execute("PRAGMA wal_autocheckpoint = 0")
            others.execute(MANY_INTENTS)
        limit_files(server, server.books.with_name(server.books.name + "-wal").stat().st_size)
        for _ in range(3):
            answer = client.post("/payments/confirm", json={"payment_id": payment["id"], "payment_method": "pm_card_visa"})
            assert answer.status_code == 503, answer.text
            assert client.get(f"/payments/{payment['id']}").json()["status"] == "pending"
            assert status_of(client, order) == "pending"
        limit_files(server, resource.RLIM_INFINITY)
        assert made == 1 and books.execute("SELECT count(*) FROM changes").fetchone()[0] == 1
    due = rows(server)[0]["due_at"]
    clock.forward(minutes=2)
    wait_until(lambda: rows(server)[0]["due_at"] > due)  # reconciliation has asked, and the charge never happened
    assert status_of(client, order) == "pending"
    assert confirmed(client, payment, "pm_card_visa")["status"] == "succeeded" and status_of(client, order) == "paid"
    server.stop()
    balanced(server)
    assert ledger(server)[payment["provider_payment_id"]]["status"] == "succeeded"


@pytest.mark.parametrize("command", [["token"], ["staff", "add", "bob@shop.example"], ["audit"]], ids=" ".join)
def test_a_command_whose_output_is_lost_does_not_end_with_success(serve, command):
    """A new token that went into a full file was shown nowhere else."""
    folder = serve.folder()
    assert till("seed", "--products", "1", "--db", folder / "till.db").returncode == 0
    with open("/dev/full", "w") as full:
        done = till(*command, "--db", folder / "till.db", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1 and "till: standard output: No space left on device" in done.stderr


# A file that cannot be written


@postgres.FILE_ONLY
@pytest.mark.skipif(os.geteuid() != 0, reason="needs another user than the file's owner")
@pytest.mark.parametrize("folder_mode", [0o555, 0o777], ids=["in a folder that cannot be written", "alone"])
def test_read_only_database_is_read_and_refuses_writes(serve, folder_mode):
    folder = serve.folder()
    server = serve(folder, catalogue=True, admin_token=None)
    token = re.search(r"Admin token +(\S+)", server.output)[1]
    server.stop()
    before = server.db.read_bytes()
    shutil.copy(TILL, folder / "till")  # in a folder in which the other user can run it
    server.db.chmod(0o444)
    folder.chmod(folder_mode)
    server = serve(folder, command=[folder / "till", "serve", "--db=till.db", "--listen=127.0.0.1:0"], user=NOBODY)
    wire = server.wire()
    for _ in range(3):
        listed = wire.request("GET", "/products?limit=500").answer()
        assert listed.status == 200 and len(listed.json()) == 48
        refused = wire.request("DELETE", f"/products/{listed.json()[0]['id']}", authorization=f"Bearer {token}").answer()
        assert (refused.status, refused["retry-after"]) == (503, "1")
    server.stop()
    assert server.db.read_bytes() == before


def test_database_that_another_process_holds_refuses_writes_and_recovers(serve):
    server = serve(catalogue=True)
    with server.client() as client:
        with writes_held(server), concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.post, "/products", json=product())
            assert client.get("/products").status_code == 200
            refused = waiting.result()
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert client.post("/products", json=product()).status_code == 201
        assert client.get("/products").headers["x-total-count"] == "49"


# A crash


def test_kill_9_loses_no_product_that_was_answered(serve):
    folder, created, doubtful = serve.folder(), [], set()
    for cycle in range(20):
        server = serve(folder, log="none")
        wires = [server.wire() for _ in range(4)]
        done = []

        def write(number: int):
            wire = wires[number]
            with contextlib.suppress(Closed, ConnectionError):
                for i in range(100_000):
                    name = f"{cycle}-{number}-{i}"
                    doubtful.add(name)  # until its answer has arrived
                    if wire.send(post(name)).answer().status == 201:
                        doubtful.discard(name)
                        done.append(name)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            writers = [pool.submit(write, i) for i in range(4)]
            wait_until(lambda: len(done) > 5 + cycle * 5)
            server.process.kill()
            for writer in writers:
                writer.result()
        server.kill()
        created += done
    server = serve(folder)
    there = set(names(server))
    assert set(created) <= there
    assert there - set(created) <= doubtful, "what was not answered happened wholly or not at all"
    assert server.wire().request("GET", "/products").answer()["x-total-count"] == str(len(there))
    server.stop()
    assert intact(server)


@postgres.FILE_ONLY
def test_first_start_that_crashes_leaves_a_database_to_start_on(serve):
    for _ in range(10):
        folder = serve.folder()
        serve(folder).kill()
        server = serve(folder)
        assert server.wire().send(post("Lamp")).answer().status == 201


# Foreign files


def refusal(folder, name: str = "till.db") -> str:
    """Neither serve nor import takes the file, and both leave it unchanged. Returns the error of serve."""
    path = folder / name
    before = path.read_bytes() if path.is_file() else None
    served = till("serve", "--db", path, "--listen", "127.0.0.1:0", timeout=30)
    imported = till("import", CATALOGUE, "--db", path)
    for refused in (served, imported):
        assert refused.returncode in (1, 2) and refused.stdout == ""
        assert refused.stderr.startswith("till: ") and refused.stderr.count("\n") == 1
        assert str(path) in refused.stderr, "it says which file"
    assert not before or path.read_bytes() == before
    return f"exit {served.returncode}: {served.stderr}"


@postgres.FILE_ONLY
def test_database_of_a_newer_version_is_refused(serve):
    folder = serve.folder()
    serve(folder).stop()
    with contextlib.closing(sqlite3.connect(folder / "till.db")) as connection:
        connection.execute("PRAGMA user_version=999")
    why = refusal(folder)
    assert "newer Till" in why and "999" in why and "exit 2" in why


@postgres.FILE_ONLY
def test_database_of_another_program_is_refused(serve):
    folder = serve.folder()
    with contextlib.closing(sqlite3.connect(folder / "till.db")) as connection:
        connection.execute("CREATE TABLE products (id)")
        connection.commit()
    why = refusal(folder)
    assert "not Till's" in why and "exit 2" in why


@postgres.FILE_ONLY
@pytest.mark.parametrize("command", [["token"], ["seed", "--demo"], ["audit"], ["backup", "copy.db"]], ids=lambda c: c[0])
def test_every_command_tells_a_database_that_fails_from_one_that_is_none_of_its_own(serve, command):
    folder = serve.folder()
    with contextlib.closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.execute("CREATE TABLE products (id)")
    for name, code in [("no-such-folder/till.db", 1), ("other.db", 2)]:
        done = till(*command, "--db", folder / name, cwd=folder)
        assert (done.returncode, done.stdout) == (code, "") and name in done.stderr


@postgres.FILE_ONLY
def test_file_that_is_no_database_is_refused(serve):
    folder = serve.folder()
    (folder / "till.db").write_text("Dear diary,\n" * 1000)
    assert "not a database" in refusal(folder)


@postgres.FILE_ONLY
def test_database_that_was_cut_off_is_refused(serve):
    folder = serve.folder()
    serve(folder, catalogue=True).stop()
    os.truncate(folder / "till.db", (folder / "till.db").stat().st_size // 2)
    assert "malformed" in refusal(folder)


@postgres.FILE_ONLY
@pytest.mark.parametrize("name", [".", "no/such/folder.db"])
def test_path_that_can_hold_no_database_is_refused(serve, name):
    assert "cannot be opened" in refusal(serve.folder(), name)


@postgres.FILE_ONLY
def test_empty_file_becomes_a_database(serve):
    folder = serve.folder()
    (folder / "till.db").touch()
    assert serve(folder).wire().send(post("Lamp")).answer().status == 201


@postgres.FILE_ONLY
def test_damaged_page_is_an_error_and_no_crash(serve):
    folder = serve.folder()
    serve(folder, catalogue=True).stop()
    data = bytearray((folder / "till.db").read_bytes())
    for page in range(1, len(data) // 4096):  # the first one says what the file is
        data[page * 4096 + 8 : page * 4096 + 200] = b"\xa5" * 192
    (folder / "till.db").write_bytes(data)
    with contextlib.suppress(AssertionError):
        server = serve(folder)
        wire = server.wire()
        for _ in range(3):
            assert wire.request("GET", "/products?limit=500").answer().status in (200, 500, 503)
            assert wire.send(post("Lamp")).answer().status in (201, 500, 503)
        assert server.running


def test_import_of_a_bad_file_imports_nothing(serve):
    folder = serve.folder()
    server = serve(folder, catalogue=True)
    before = content(server)
    taken = json.loads(CATALOGUE.read_text())[:1]
    for text in ("", "{", "{}", "[1]", json.dumps([product(), product(price=-1)]), json.dumps(taken)):
        (folder / "bad.json").write_text(text)
        done = till("import", folder / "bad.json", "--db", folder / "till.db")
        assert done.returncode == 1 and "nothing was imported" in done.stderr
    assert till("import", folder / "none.json", "--db", folder / "till.db").returncode == 1
    assert content(server) == before


# Bad input


def bad_requests() -> list[bytes]:
    """Sends all of the suite's data that is refused: parity cases, invalid JSON, and the rest."""
    head = {"x_request_id": "bad"} | JSON
    requests = [message("POST", "/products", text, **head) for text in TEXTS.values()]
    for case in json.loads((DATA / "parity_cases.json").read_text()):
        for step in case["steps"]:
            if step["path"] == "/products" and step["answer"]["status"] == 422:
                text = step.get("raw") or json.dumps(step.get("json"))
                requests.append(message(step["method"], "/products", text.encode(), **head))
    id = "5d9dc9f8-1818-4811-892f-902bd23f0824"
    changes = [{"price": -1}, {"name": 5, "price": 1}, [], {"category": ""}, {"is_active": "perhaps", "price": 0}]
    for change in changes:
        requests.append(message("PATCH", f"/products/{id}", json.dumps(change).encode(), **head))
    requests += [
        message("DELETE", "/products/" + id.replace("5", "6"), **head),
        message("DELETE", "/products/'; DELETE FROM products; --".replace(" ", "%20"), **head),
        message("DELETE", f"/products/{id}"),
        message("PUT", f"/products/{id}", json.dumps(product()).encode(), **head),
    ]
    return requests


def test_bad_input_leaves_the_database_as_it_was(serve):
    server = serve(catalogue=True, log="none")
    before, wire = content(server), server.wire()
    requests = bad_requests()
    assert len(requests) > 380
    for request in requests:
        assert wire.send(request).answer().status in (400, 401, 404, 405, 422)
    for cut in (request[:-1] for request in [post("Lamp")] * 20):
        server.wire().send(cut).close()
    assert server.wire().request("GET", "/products").answer()["x-total-count"] == "48"
    server.stop()
    assert content(server) == before and intact(server)


def test_signals_that_mean_nothing_harm_nobody(serve):
    server = serve()
    server.process.send_signal(signal.SIGPIPE)
    assert server.wire().send(post("Lamp")).answer().status == 201
