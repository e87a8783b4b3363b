"""The contract: the answers of the same API built with FastAPI and Pydantic v2 (tests/data/parity_cases.json).

A case is skipped as long as the server does not document its endpoint. Cases that only read have a server of their own,
so that the others do not change their catalogue.
"""
import json
import re

import pytest

from parity import difference, templates
from server import ADMIN, DATA
from wire import Answer

CASES = json.loads((DATA / "parity_cases.json").read_text())

# The endpoints of the contract, by the path that the document lists when they exist.
CONTRACT = [
    "/products/search",
    "/cart",
    "/cart/{item_id}",
    "/orders",
    "/orders/{order_id}",
    "/payments/create-intent",
    "/payments/confirm",
]


@pytest.fixture(scope="module")
def untouched(serve_module):
    return serve_module(catalogue=True)


@pytest.fixture(scope="module")
def documented(shop):
    return set(shop.contract.document["paths"])


def send(server, step: dict, ids: dict[str, str]) -> Answer:
    """Sends the request as bytes: an HTTP client would rewrite some of these paths."""

    def fill(text: str) -> str:
        return re.sub(r"<(\w+)>", lambda m: ids.get(m[1], m[0]), text)

    headers = {"X-Session-Id": step["session"]} if "session" in step else {}
    headers |= ADMIN if step.get("admin") else {}
    body = None
    if "json" in step:
        body, headers["Content-Type"] = fill(json.dumps(step["json"])).encode(), "application/json"
    if "raw" in step:
        body = step["raw"].encode()
    if "content_type" in step:
        headers["Content-Type"] = step["content_type"]
    return server.wire().request(step["method"], fill(step["path"]), body, **headers).answer()


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_answers_as_fastapi_does(case, shop, untouched, documented):
    for template in templates(case, CONTRACT):
        if template not in documented:
            pytest.skip(f"{template} is not there yet")
    server = untouched if all(step["method"] == "GET" for step in case["steps"]) else shop
    ids: dict[str, str] = {}
    for number, step in enumerate(case["steps"], 1):
        answer = send(server, step, ids)
        if "save" in step and answer.status < 300:
            ids[step["save"]] = answer.json()["id"]
        problem = difference(step["answer"], answer, ids)
        assert not problem, f"step {number} {step['method']} {step['path']}: {problem}"
