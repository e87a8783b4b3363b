"""Fixtures for modules in which each test has a server of its own, with a shopper: `from own_server import admin, ann, server`."""
from __future__ import annotations

import pytest

from shopping import shopper


@pytest.fixture
def server(serve):
    return serve()


@pytest.fixture
def admin(server):
    with server.client() as client:
        yield client


@pytest.fixture
def ann(server):
    with shopper(server) as client:
        yield client
