"""Shared by all tests: servers that are stopped, and checked, after their test."""
from __future__ import annotations

import functools
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
    derandomize=True,  # the same examples in every run, so that a new failure comes from a change
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("till")


# The files that take longest come first, so that in the end no worker of pytest-xdist is left alone with one of them.
LONGEST = [f"test_{name}.py" for name in ("payments_webhook", "state_machine", "kill", "memory", "staff_login", "totals", "import_served", "limits", "copy", "staff",
                                          "postgres", "bulk_products", "payments_crash", "cache", "disk", "faults", "mail", "webhooks", "standby", "desk_events",
                                          "imports", "restore")]  # fmt: skip


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    runs_slow = os.environ.get("CI") or os.environ.get("SLOW")
    for item in items:
        if item.get_closest_marker("slow") and not runs_slow:
            item.add_marker(pytest.mark.skip(reason="waits long: set SLOW=1 (CI does)"))


def pytest_report_header():
    return f"till: {TILL}"


@functools.cache
def empty_shop() -> bytes:
    """A database file of a shop without products: writing it is faster than a first start, which makes every table. On
    PostgreSQL each database is a copy of such a shop too."""
    with tempfile.TemporaryDirectory(prefix="till-test-") as folder:
        done = till("seed", "--products", "0", "--db", path := pathlib.Path(folder, "till.db"))
        assert done.returncode == 0, done.stderr
        return path.read_bytes()


class Servers:
    """Starts servers, and stops those that still run."""

    def __init__(self):
        self.folders: list[pathlib.Path] = []
        self.started: list[Server] = []

    def folder(self) -> pathlib.Path:
        """An empty folder that every user can read; pytest's are readable for its own user only."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="till-test-"))
        folder.chmod(0o755)
        self.folders.append(folder)
        return folder

    def __call__(self, folder: pathlib.Path | None = None, catalogue: bool = False, **options) -> Server:
        """A server in the folder, or in a new one; with the catalogue in its database if it should have one."""
        is_new, folder = folder is None, folder or self.folder()
        if is_new and not postgres.WANTED and not {"db", "command"} & options.keys():
            (folder / "till.db").write_bytes(empty_shop())
        if catalogue:
            done = till("import", CATALOGUE, "--db", folder / "till.db")
            assert done.returncode == 0, done.stderr
        self.started.append(server := Server(folder, **options))
        return server

    def end(self) -> None:
        failures = []
        for server in reversed(self.started):  # a shop before the provider that it calls, or it would go on trying
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
    """An empty shop for all tests of a file; the audit must pass after them."""
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
    """A server that takes its time from the test's clock; it can be started again."""
    return lambda: serve(clock.path.parent, test_clock=clock.path)
