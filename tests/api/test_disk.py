"""Sequences of a fault and a crash: a sync that fails, a kill between a commit's writes and its sync, a power cut that
keeps only what was synced, a file that is removed. Afterwards what was answered is there, what was refused has not
happened, and a retry with the same key changes neither.

The program is unmodified: disk_shim.c is preloaded and records its writes.
"""
from __future__ import annotations

import concurrent.futures
import os
import pathlib
import re
import subprocess
import time

import httpx
import pytest

import disk
import postgres
from server import ADMIN, TILL, Server, environment, till, wait_until
from wire import Closed
from shopping import add, audit, create, place, session, shopper, stock

SANITIZED = re.search(r"lib[at]san", subprocess.run(["ldd", TILL], capture_output=True, text=True).stdout)
pytestmark = [
    pytest.mark.skipif(bool(postgres.WANTED or os.environ.get("TILL_TEST_NODES")), reason="about a file"),
    pytest.mark.skipif(bool(SANITIZED), reason="a sanitizer's runtime must be loaded first"),
]

HERE = pathlib.Path(__file__).parent
KEY = {"Idempotency-Key": "the-order"}
WAL_SYNCS = 4  # syncs of the order's commit and of those around it: the tests kill and fail at each


@pytest.fixture(scope="session")
def shim(tmp_path_factory) -> pathlib.Path:
    out = tmp_path_factory.mktemp("shim") / "disk_shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", out, HERE / "disk_shim.c"], check=True)
    return out


class Recorded:
    """A shop on a recorded disk, over kills and failing syncs."""

    def __init__(self, serve, shim: pathlib.Path):
        self.serve, self.shim = serve, shim
        self.folder = serve.folder() / "disk"
        self.folder.mkdir()
        self.log = self.folder.parent / "record"

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.shim), "DISK_LOG": str(self.log), "DISK_ROOT": str(self.folder)}

    def start(self, **faults) -> Server:
        faults = {f"DISK_{name.upper()}": str(value) for name, value in faults.items()}
        return self.serve(self.folder, env=self.environment | faults, threads=1)

    def after_power_cut(self) -> Server:
        """A server on the content that the disk would have if the power failed now."""
        files = disk.after_power_cut(self.log)
        return self.serve(disk.lay_out(files, self.folder, self.serve.folder()), threads=1)

    def syncs(self, end: str) -> int:
        return sum(op in "sf" and path.endswith(end) for op, path, _, _ in disk.records(self.log))


@pytest.fixture
def recorded(serve, shim) -> Recorded:
    return Recorded(serve, shim)


def attempt(call) -> httpx.Response | None:
    """The answer, or None if the connection broke: then the outcome is unknown."""
    try:
        return call()
    except (httpx.HTTPError, OSError, Closed):
        return None


def put_one(server: Server, product: dict) -> httpx.Response | None:
    return attempt(lambda: shopper(server).post("/cart", json={"product_id": product["id"], "quantity": 1}))


def ended(server: Server) -> None:
    """Kills the server, unless it has ended by itself."""
    if server.process.poll() is None:
        server.kill()
    else:
        server.wait()


def attempt_start(recorded: Recorded, **faults) -> Server | None:
    """A server, or None if the fault already refuses its start."""
    try:
        return recorded.start(**faults)
    except AssertionError as refused:
        assert "did not start" in str(refused)
        return None


def orders(server) -> list[dict]:
    return shopper(server).get("/orders").json()


def prepared(recorded: Recorded) -> tuple[dict, dict]:
    """A shop with a product and a cart line, whose server is stopped."""
    server = recorded.start()
    product = create(server, stock_quantity=10)
    line = add(shopper(server), product, 3)
    server.stop()
    return product, line


@pytest.mark.parametrize("at", range(1, WAL_SYNCS + 1))
def test_an_answer_from_what_a_killed_server_left_is_on_the_disk(recorded, at):
    """The kill falls between a commit's writes and its sync, so recovery finds the commit in the page cache alone."""
    product, line = prepared(recorded)
    server = recorded.start(kill=at, on="sync:-wal")
    attempt(lambda: place(shopper(server), line, key="the-order"))
    ended(server)
    server = recorded.start()
    order = place(shopper(server), line, key="the-order")
    assert order.status_code == 201, order.text
    cut = recorded.after_power_cut()
    server.kill()
    assert [o["id"] for o in orders(cut)] == [order.json()["id"]]
    assert stock(cut, product) == 7
    assert place(shopper(cut), line, key="the-order").json() == order.json()
    cut.stop()
    audit(cut)


@pytest.mark.parametrize("at", range(1, WAL_SYNCS + 1))
def test_what_was_refused_has_not_happened_after_a_kill(recorded, at):
    """The commit's sync fails, the client gets 503, and the process is killed before the next commit."""
    product, line = prepared(recorded)
    server = attempt_start(recorded, fail=at, on="sync:-wal")
    answers = [put_one(server, product) for _ in range(2)] if server else []
    if server:
        ended(server)
    done = sum(answer is not None and answer.status_code == 201 for answer in answers)
    unknown = sum(answer is None for answer in answers)
    for after in (recorded.start(), recorded.after_power_cut()):
        quantity = shopper(after).get("/cart").json()[0]["quantity"]
        assert 3 + done <= quantity <= 3 + done + unknown, "a refused request has happened, or an answered one has not"
        after.kill()


@pytest.mark.parametrize("at", range(1, WAL_SYNCS + 1))
def test_answers_after_a_failed_sync_and_a_kill_are_on_the_disk(recorded, at):
    """The writes of the failed sync are in the page cache only: later commits must not build on them."""
    product, line = prepared(recorded)
    server = attempt_start(recorded, fail=at, on="sync:-wal")
    first = attempt(lambda: place(shopper(server), line, key="the-order")) if server else None
    if server:
        ended(server)
    server = recorded.start()
    order = place(shopper(server), line, key="the-order")
    assert order.status_code == 201, order.text
    for _ in range(3):
        add(shopper(server, "bob"), product)
    cut = recorded.after_power_cut()
    server.kill()
    assert [o["id"] for o in orders(cut)] == [order.json()["id"]]
    assert first is None or first.status_code == 503 or first.json() == order.json()
    assert shopper(cut, "bob").get("/cart").json()[0]["quantity"] == 3
    cut.stop()
    audit(cut)


def search_for(server: Server, seconds: float) -> None:
    """Searches that keep a reader's snapshot open most of the time."""
    end = time.monotonic() + seconds
    with httpx.Client(base_url=server.address, timeout=30) as client:
        while time.monotonic() < end and server.process.poll() is None:
            if attempt(lambda: client.get("/products/search?q=a&limit=50")) is None:
                return


@pytest.mark.parametrize("fail", ["1", "2", "1+"])
@pytest.mark.parametrize("end", ["power cut", "its own end"])
def test_a_checkpoint_whose_sync_fails_loses_nothing(recorded, fail, end):
    """Searches make most checkpoints partial; then one sync of the database itself fails."""
    recorded.start().stop()
    seed = ["seed", "--products", "3000", "--db", recorded.folder / "till.db"]
    assert till(*seed, env=environment(**recorded.environment)).returncode == 0
    server = recorded.start(fail=fail, on="sync:till.db")
    answered = []
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        busy = [pool.submit(search_for, server, 6) for _ in range(2)]
        with httpx.Client(base_url=server.address, headers=ADMIN, timeout=30) as client:
            stop_at = time.monotonic() + 5
            while time.monotonic() < stop_at and server.process.poll() is None:
                body = {"name": f"Lamp {len(answered)}", "description": "x" * 3000, "price": 100, "stock_quantity": 1,
                        "category": "lamps", "image_url": "https://cdn.example/x.jpg"}
                answer = attempt(lambda: client.post("/products", json=body))
                if answer is None or answer.status_code != 201:
                    break
                answered.append(answer.json()["id"])
        for each in busy:
            each.result()
    assert recorded.syncs("till.db") >= int(fail[0]), "the test reached no checkpoint: write more"
    if end == "power cut":
        server.process.kill()
        server.wait()
    else:
        wait_until(lambda: server.process.poll() is not None, "the server goes on without its disk")
        assert server.wait() == 1
        assert "refused a sync" in server.errors
    for after in (recorded.after_power_cut(), recorded.start()):
        with httpx.Client(base_url=after.address) as client:
            lost = [i for i in answered if (found := client.get(f"/products/{i}")).status_code != 200]
            assert not lost, f"{len(lost)} of {len(answered)} answered products are lost: {found.text}"
        after.stop()
        audit(after)


@pytest.mark.parametrize("how", ["removed", "renamed", "replaced"])
def test_a_database_file_that_is_taken_away_stops_the_writes(serve, how):
    server = serve()
    product = create(server)
    path = server.folder / "till.db"
    if how == "removed":
        path.unlink()
    else:
        path.rename(server.folder / "away.db")
    if how == "replaced":
        path.write_bytes((server.folder / "away.db").read_bytes())
    wait_until(lambda: httpx.get(f"{server.address}/ready", verify=False).status_code == 503, "/ready stays 200")
    answer = shopper(server).post("/cart", json={"product_id": product["id"], "quantity": 1})
    assert answer.status_code == 503
    assert "till.db" in server.errors
    server.kill()


@pytest.mark.parametrize("path, status", [("create-intent", 201), ("confirm", 200)])
def test_a_key_whose_commit_failed_can_be_used_again(recorded, path, status):
    """Each commit of a payment's steps fails once: the request ends all the same, or a retry with its key does at once."""
    product, line = prepared(recorded)
    server = recorded.start()
    ann = shopper(server)
    body = {"order_id": place(ann, line, key="the-order").json()["id"]}
    if path == "confirm":
        body = {"payment_id": ann.post("/payments/create-intent", json=body).json()["id"], "payment_method": "pm_card_visa"}
    server.stop()

    def pay(server: Server, at: int) -> httpx.Response:
        return shopper(server).post(f"/payments/{path}", json=body, headers={"Idempotency-Key": f"payment-{at}"})

    refused = 0
    for at in range(1, 9):
        if (server := attempt_start(recorded, fail=at, on="sync:till.db-wal")) is None:
            continue
        answer = attempt(lambda: pay(server, at))
        if answer is None:  # the server could not make certain that nothing had happened
            server.wait()
            server = recorded.start()
        refused += answer is None or answer.status_code != status
        again = pay(server, at)
        assert again.status_code == status, f"sync {at}: {again.text}"
        server.kill()
    assert refused > 0, "no commit of the request failed"
    audit(recorded.folder / "till.db")


@pytest.mark.parametrize("fault", ["kill", "fail"])
def test_both_books_of_a_payment_survive_a_power_cut(recorded, fault):
    """The mock's books are on the same disk: what the shop says is paid can be given back, whatever happened in between."""
    product, line = prepared(recorded)
    server = recorded.start()
    order = place(shopper(server), line, key="the-order").json()
    payment = shopper(server).post("/payments/create-intent", json={"order_id": order["id"]}).json()
    body = {"payment_id": payment["id"], "payment_method": "pm_card_visa"}
    books = server.books.name
    server.stop()
    for at in range(1, 5):
        server = attempt_start(recorded, **{fault: at}, on=f"sync:{books}-wal")
        if server is None:
            continue
        attempt(lambda: shopper(server).post("/payments/confirm", json=body))
        ended(server)
    server = recorded.start()
    paid = wait_until(lambda: (a := shopper(server).post("/payments/confirm", json=body)).status_code == 200 and a)
    assert paid.json()["status"] == "succeeded"
    cut = recorded.after_power_cut()
    server.kill()
    assert shopper(cut).get(f"/orders/{order['id']}").json()["status"] == "paid"
    refunded = httpx.post(f"{cut.address}/orders/{order['id']}/refund", headers=ADMIN)
    assert refunded.status_code == 200, refunded.text
    cut.stop()
    audit(cut)


@pytest.mark.parametrize("command", ["backup", "export"])
def test_a_file_whose_folder_cannot_be_synced_is_reported_as_there(recorded, command):
    """The file is whole and has its name, but a power cut may take that away: neither success nor nothing."""
    prepared(recorded)
    target = recorded.folder / "copies" / "copy.jsonl"
    target.parent.mkdir()
    faults = {"DISK_FAIL": "1", "DISK_ON": "sync:/copies"}
    done = till(command, target, "--db", recorded.folder / "till.db", env=environment(**recorded.environment, **faults))
    assert done.returncode == 1 and "is there and whole" in done.stderr and "Input/output error" in done.stderr
    assert [path.name for path in target.parent.iterdir()] == ["copy.jsonl"]
    if command == "backup":
        audit(target)


@pytest.mark.parametrize("command", ["backup", "export"])
def test_a_file_and_its_name_are_on_the_disk_when_the_command_ends(recorded, command):
    prepared(recorded)
    target = recorded.folder / "copies" / "copy.jsonl"
    target.parent.mkdir()
    done = till(command, target, "--db", recorded.folder / "till.db", env=environment(**recorded.environment))
    assert done.returncode == 0, done.stderr
    operations = [(op, pathlib.Path(path).name) for op, path, _, _ in disk.records(recorded.log)]
    assert operations[-1] == ("s", "copies"), operations[-5:]
    assert ("s", "copy.jsonl.part") in operations


@pytest.mark.parametrize("size", [512, 4096])
def test_a_database_whose_making_was_cut_off_is_made_anew(serve, size):
    """The power failed in the first write: the file has the page's size, and none of its bytes."""
    folder = serve.folder()
    (folder / "till.db").write_bytes(bytes(size))
    server = serve(folder)
    create(server)
    server.stop()
    audit(server)


@pytest.mark.parametrize("data", [b"\0" * 4095 + b"x", b"\0" * 8192, b"notes of somebody " * 50])
def test_a_file_that_may_hold_something_is_not_made_anew(serve, data):
    folder = serve.folder()
    (folder / "till.db").write_bytes(data)
    with pytest.raises(AssertionError, match="did not start"):
        serve(folder)
    assert (folder / "till.db").read_bytes() == data


def test_a_file_of_zeros_with_a_log_is_not_made_anew(serve):
    """Its log may hold every page."""
    server = serve()
    create(server)
    server.kill()
    kept = (server.folder / "till.db-wal").read_bytes()
    (server.folder / "till.db").write_bytes(bytes(4096))
    try:
        again = serve(server.folder)
    except AssertionError as refused:
        assert "did not start" in str(refused) and (server.folder / "till.db-wal").read_bytes() == kept
    else:
        assert len(httpx.get(f"{again.address}/products").json()) == 1
