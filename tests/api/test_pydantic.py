"""Edge cases of validation: how FastAPI and Pydantic answer odd numbers, ids, booleans, texts and bodies.

tests/data/pydantic.json names the versions that gave its answers, and lists apart the few cases in which Till answers
differently on purpose.
"""
import json
import re

import pytest

from server import ADMIN, DATA

RECORDED = json.loads((DATA / "pydantic.json").read_text())
KEPT_APART = RECORDED["kept_apart"]


def expanded(value):
    """Replaces `<9*4300>` by 4,300 nines, anywhere in a text."""
    if isinstance(value, str):
        return re.sub(r"<(.)\*(\d+)>", lambda m: m[1] * int(m[2]), value)
    if isinstance(value, list):
        return [expanded(v) for v in value]
    if isinstance(value, dict):
        return {k: expanded(v) for k, v in value.items()}
    return value


CASES = [{"name": c["name"]} | expanded(c) for c in RECORDED["cases"]]


@pytest.fixture(scope="module")
def empty(serve_module):
    return serve_module()


@pytest.fixture(scope="module")
def wire(empty):
    return empty.wire()


def send(wire, case):
    headers = dict(ADMIN)
    body = case["body"].encode() if "body" in case else None
    if (content_type := case.get("content_type", "application/json")) and body is not None:
        headers["Content-Type"] = content_type
    return wire.request(case["method"], case["path"], body, **headers).answer()


def exact(value) -> str:
    """JSON in which true differs from 1, and 100.0 equals 1e2, as for a JSON reader."""
    return json.dumps(value, sort_keys=True)


def detail_of(answer):
    detail = answer.json()["detail"]
    for error in detail if isinstance(detail, list) else []:
        if error["type"] == "json_invalid":
            error["loc"] = error["loc"][:1]
            del error["input"], error["ctx"]
    return detail


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in RECORDED["cases"]])
def test_answers_as_pydantic_does(case, wire):
    answer = send(wire, case)
    assert answer.status == case["status"], answer.body[:500]
    if "detail" in case:
        assert exact(detail_of(answer)) == exact(case["detail"])
    if "product" in case:
        got = answer.json()
        del got["id"]
        assert exact(got) == exact(case["product"])


@pytest.mark.parametrize("case", KEPT_APART, ids=[c["name"] for c in KEPT_APART])
def test_differs_on_purpose(case, wire):
    answer = send(wire, expanded(case))
    assert answer.status == case["status"], answer.body[:500]
    if case["type"]:
        detail = json.loads(answer.body, parse_int=str)["detail"]  # Python itself refuses to read 4,301 digits
        assert [e["type"] for e in detail] == [case["type"]]
