"""Three nodes of a shop behind HAProxy. Tests see one server: any node may answer a request.

TILL_TEST_NODES=1 TILL_TEST_DB=postgres runs every test against it that talks to its server by HTTP alone.
"""
from __future__ import annotations

import pathlib
import subprocess

import httpx

from postgres import free_port
from server import PATIENCE_S, TILL, Server, wait_until

NODES = 3
DRAIN_S = 1  # ten of the balancer's checks

# The balancer repeats a request only if no node has taken it, because the connection was refused. If a node may have run
# it, the client has to repeat it with its key. A check has 100 ms unless it sets a limit: on a busy machine all nodes would
# miss that at once and be taken for dead.
CONFIGURATION = """
global
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 120s
    timeout server 120s
    timeout check 5s
    retries 3
    option redispatch 1
    retry-on conn-failure
    http-reuse safe
frontend shop
    bind 127.0.0.1:{port}
    default_backend nodes
backend nodes
    balance roundrobin
    option httpchk GET /ready
    default-server check inter 100ms fall 1 rise 1
{servers}
"""


class Balancer:
    def __init__(self, folder: pathlib.Path, ports: list[int]):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        servers = "\n".join(f"    server node{i} 127.0.0.1:{port}" for i, port in enumerate(ports))
        path = folder / f"haproxy-{self.port}.cfg"
        path.write_text(CONFIGURATION.format(port=self.port, servers=servers))
        self.process = subprocess.Popen(
            ["haproxy", "-db", "-q", "-f", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self.serves, "the balancer did not start")

    def serves(self) -> bool:
        assert self.process.poll() is None, "HAProxy ended"
        try:
            return httpx.get(self.address + "/ready", trust_env=False, verify=False, timeout=PATIENCE_S).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Fleet(Server):
    def __init__(self, folder: pathlib.Path, command=None, **flags):
        if command:  # another program than the shop
            super().__init__(folder, command=command, **flags)
            self.nodes, self.balancer = [], None
            return
        self.folder, self._clients = pathlib.Path(folder), []
        (self.folder / "key").write_text("sk_test_of_the_nodes\n")
        (self.folder / "secret").write_text("whsec_of_the_nodes\n")
        self.books = self.folder / "till.db.mock-books"
        mock = [TILL, "mock-stripe", "--listen", "127.0.0.1:0", "--ledger", self.books]
        self.mock = Server(self.folder, command=list(map(str, mock)))
        self.flags = flags | {
            "payments": "stripe",
            "mock_ledger": None,
            "stripe_url": self.mock.address,
            "stripe_key_file": self.folder / "key",
            "webhook_secret_file": self.folder / "secret",
        }
        self.ports = [free_port() for _ in range(NODES)]
        self.nodes = [self.node(i) for i in range(NODES)]
        self.db, self.token = self.nodes[0].db, self.nodes[0].token
        self.stderr_path, self.output = self.nodes[0].stderr_path, self.nodes[0].output
        self.process = self.nodes[0].process
        self.balancer = Balancer(self.folder, self.ports)
        self.address = self.balancer.address

    def node(self, i: int, **flags) -> Server:
        return Server(self.folder, **(self.flags | flags), listen=f"127.0.0.1:{self.ports[i]}")

    def restart(self, i: int, **flags) -> Server:
        """Restarts a node as an owner does for a new version: it drains, ends, and is started again."""
        self.nodes[i].stop()
        self.nodes[i] = self.node(i, **flags)
        wait_until(lambda: self.nodes[i].client().get("/ready").status_code == 200)
        return self.nodes[i]

    def _end(self, how: str) -> None:
        if not self.balancer:
            return getattr(Server, how)(self)
        if self.balancer.process.returncode is None:
            self.hang_up()
            self.balancer.stop()
            running = [one for one in [*self.nodes, self.mock] if one.process.returncode is None]
            for one in running if how == "stop" else []:
                one.terminate()  # all drain at once; stop() sends the second signal, which ends the drain
            for one in running:
                getattr(one, how)()

    def stop(self) -> None:
        self._end("stop")

    def kill(self) -> None:
        self._end("kill")
