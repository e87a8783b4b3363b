"""A restart of one node whose listening socket a supervisor holds (systemd's protocol): no client is refused."""
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import threading
import time

import httpx
import pytest

from server import ADMIN, PATIENCE_S, TILL, TOKEN, environment, wait_until
from staffing import accept
from wire import Closed

RESTARTS = 20


class Held:
    """Starts `till serve` with sockets that this process holds, as a .socket unit does."""

    def __init__(self, folder, sockets, *flags):
        self.sockets, self.folder = sockets, folder
        self.command = ["sh", "-c", f'LISTEN_PID=$$ LISTEN_FDS={len(sockets)} exec "$@"', "sh", TILL, "serve", "--db", folder / "till.db", *flags]

    def start(self):
        fds = [3 + i for i in range(len(self.sockets))]

        def hand_over():
            moved = [os.dup(s.fileno()) for s in self.sockets]  # none of them may be overwritten before it is moved
            high = [os.dup2(fd, 100 + i) for i, fd in enumerate(moved)]
            for fd, wanted in zip(high, fds):
                os.dup2(fd, wanted)

        self.process = subprocess.Popen(self.command, pass_fds=fds, preexec_fn=hand_over, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment())  # fmt: skip
        self.addresses = []
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.addresses.append(line.split()[-1])
                break
        return self

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode


@contextlib.contextmanager
def listening(*addresses):
    with contextlib.ExitStack() as stack:
        sockets = []
        for address in addresses:
            s = stack.enter_context(socket.socket(socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX))
            s.bind(address)
            s.listen(1024)
            sockets.append(s)
        yield sockets


def status_of(port: int, path: str = "/products") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status


def test_twenty_restarts_under_constant_new_connections_refuse_none(serve):
    folder, ended, failures, answered = serve.folder(), threading.Event(), [], [0] * 4
    with listening(("127.0.0.1", 0)) as sockets:
        port = sockets[0].getsockname()[1]
        held = Held(folder, sockets, "--log=none", "--threads=2").start()
        assert held.addresses == [f"http://127.0.0.1:{port}"]

        def connect(i: int) -> None:
            while not ended.is_set():
                try:
                    assert status_of(port) == 200
                    answered[i] += 1
                except Exception as error:  # noqa: BLE001: any is a failure
                    failures.append(repr(error))

        threads = [threading.Thread(target=connect, args=(i,)) for i in range(len(answered))]
        for thread in threads:
            thread.start()
        for _ in range(RESTARTS):
            before = sum(answered)
            while sum(answered) < before + 50 and not failures:
                time.sleep(0.001)
            assert held.stop() == 0
            held.start()
        ended.set()
        for thread in threads:
            thread.join()
        assert held.stop() == 0
    assert failures == [] and sum(answered) >= RESTARTS * 50


def test_the_request_of_a_client_that_has_just_connected_is_answered_at_a_stop(serve):
    server = serve(threads=1)
    idle = server.wire()
    assert idle.request("GET", "/health").answer().status == 200
    fresh = server.wire()
    wait_until(lambda: server.metric("till_connections_opened_total") >= 3)
    server.terminate()
    with pytest.raises(Closed):
        idle.answer()  # the loop has stopped listening
    assert fresh.request("GET", "/health").answer().status == 200
    assert server.wait() == 0


def test_sockets_may_be_several_and_their_file_is_left_to_the_supervisor(serve):
    folder = serve.folder()
    with listening(("127.0.0.1", 0), ("127.0.0.1", 0)) as sockets:
        held = Held(folder, sockets).start()
        assert [status_of(s.getsockname()[1], "/health") for s in sockets] == [200, 200]
        assert held.stop() == 0
    path = str(folder / "held.sock")
    with listening(path) as sockets:
        held = Held(folder, sockets).start()
        assert held.addresses == [f"unix:{path}"]
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as client:
            client.connect(path)
            client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert held.stop() == 0
        assert os.path.exists(path)


@pytest.mark.parametrize("where, is_local", [(("127.0.0.1", 0), True), ("held.sock", False)])
def test_who_can_reach_the_shop_is_a_matter_of_its_sockets_not_of_listen(serve, where, is_local):
    """From this machine alone: development servers' pages may call, and managers need no second factor. --listen says the opposite."""
    folder = serve.folder()
    address = where if is_local else str(folder / where)
    flag = folder / "flag.sock" if is_local else "127.0.0.1:8000"
    with listening(address) as sockets:
        held = Held(folder, sockets, f"--listen={flag}", f"--admin-token={TOKEN}").start()
        transport = httpx.HTTPTransport(uds=None if is_local else address)
        base = held.addresses[0] if is_local else "http://till.test"
        with httpx.Client(transport=transport, base_url=base, timeout=PATIENCE_S) as client:
            origin = "http://localhost:3000"
            allowed = client.get("/products", headers={"Origin": origin}).headers.get("Access-Control-Allow-Origin")
            assert allowed == (origin if is_local else None)
            hired = {"email": "bob@shop.example", "name": "Bob", "role": "manager"}
            token = client.post("/admin/staff", json=hired, headers=ADMIN).json()["invite_url"].rsplit("=", 1)[1]
            assert accept(client, token).is_success
            assert client.get("/admin/synonyms").status_code == (200 if is_local else 403)
        assert held.stop() == 0


def test_sockets_that_cannot_be_served_are_refused_in_one_line(serve):
    folder = serve.folder()
    with listening(("127.0.0.1", 0), str(folder / "held.sock")) as sockets:
        held = Held(folder, sockets).start()
        assert "LISTEN_FDS" in held.process.communicate(timeout=PATIENCE_S)[1]
        assert held.process.returncode == 2
