"""What all tests share: servers that are stopped, and looked at, when their test is over."""
from __future__ import annotations

import os
import pathlib
import re
import shutil
import tempfile

import hypothesis
import pytest

import postgres
import shopping
from proxy import proxy  # noqa: F401, a fixture
from server import CATALOGUE, TILL, Server, till

if os.environ.get("TILL_TEST_NODES"):  # every server of a test is three, behind a balancer
    from fleet import Fleet as Server

hypothesis.settings.register_profile(
    "till",
    database=None,
    deadline=None,
    derandomize=True,  # the same examples every time: a failure is a change's, not the day's
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("till")


def pytest_collection_modifyitems(items):
    if os.environ.get("CI") or os.environ.get("SLOW"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="waits long: set SLOW=1 (CI does)"))


def pytest_report_header():
    return f"till: {TILL}"


class Servers:
    """Starts servers, and stops those that still run."""

    def __init__(self):
        self.folders: list[pathlib.Path] = []
        self.started: list[Server] = []

    def folder(self) -> pathlib.Path:
        """An empty folder that any user can look into; pytest's own are its user's alone."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="till-test-"))
        folder.chmod(0o755)
        self.folders.append(folder)
        return folder

    def __call__(self, folder: pathlib.Path | None = None, catalogue: bool = False, **options) -> Server:
        """A server in the folder, or in a new one; with the catalogue in its database if it should have one."""
        folder = folder or self.folder()
        if catalogue:
            done = till("import", CATALOGUE, "--db", folder / "till.db")
            assert done.returncode == 0, done.stderr
        self.started.append(server := Server(folder, **options))
        return server

    def end(self) -> None:
        failures = []
        for server in self.started:
            server.hang_up()
            try:
                server.stop()
            except Exception as failure:  # the others must be stopped too
                failures.append(failure)
                server.process.kill()
                server.process.wait()
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)
            postgres.drop(folder)
        assert not failures, failures


@pytest.fixture
def serve():
    """Starts servers for one test: `serve()`, `serve(folder, catalogue=True, cors_origin="…")`."""
    servers = Servers()
    yield servers
    servers.end()


@pytest.fixture(scope="module")
def serve_module():
    servers = Servers()
    yield servers
    servers.end()


@pytest.fixture(scope="module")
def shop(serve_module) -> Server:
    """A server on the catalogue for all tests of a file."""
    return serve_module(catalogue=True)


@pytest.fixture(scope="module")
def admin(shop):
    return shop.client()


@pytest.fixture(scope="module")
def shopper(shop):
    return shop.client(admin=False)


@pytest.fixture(scope="module")
def audited(serve_module) -> Server:
    """An empty shop for all tests of a file, which must be sound when they are over."""
    server = serve_module()
    yield server
    shopping.audit(server)


@pytest.fixture
def ann(shop, request):
    """A shopper of the test's own."""
    return shopping.shopper(shop, re.sub(r"\W", "-", request.node.name)[:80])


@pytest.fixture
def clock(serve):
    return shopping.Clock(serve.folder())


@pytest.fixture
def timed(serve, clock):
    """A server whose time the test's clock tells; it can be started again."""
    return lambda: serve(clock.path.parent, test_clock=clock.path)
