"""Searches over HTTP, and a server on the demo shop: `from searching import demo, find, names`."""
import pytest

from server import ROOT, till

SORTS = ["relevance", "price_asc", "price_desc", "name_asc", "name_desc", "newest"]


def demo_shop(serve_module):
    folder = serve_module.folder()
    done = till("import", ROOT / "demo" / "catalogue.json", "--db", folder / "till.db")
    assert done.returncode == 0, done.stderr
    return serve_module(folder)


@pytest.fixture(scope="module")
def demo(serve_module):
    return demo_shop(serve_module).client(admin=False)


def find(client, **query) -> list[dict]:
    answer = client.get("/products/search", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(products: list[dict]) -> list[str]:
    return [p["name"] for p in products]


def names_in_stock(client, truth="true", **query) -> list[str]:
    return names(find(client, in_stock=truth, **query))
