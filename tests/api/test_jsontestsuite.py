"""Every text of JSONTestSuite (tests/data/jsontestsuite.json, MIT) as the body of POST /products.

No text is a product, so each must be refused: invalid JSON (n_) with an error of the parser, valid JSON (y_) with an
error of validation, and what is not even UTF-8 with 400. If parsers may differ (i_), either will do.
"""
import base64
import json

import pytest

from server import ADMIN, DATA, product

TEXTS = {name: base64.b64decode(text) for name, text in json.loads((DATA / "jsontestsuite.json").read_text()).items()}

# JSON that Till refuses on purpose: a name that comes twice in one object.
REFUSED = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


def is_utf8(text: bytes) -> bool:
    try:
        return text.decode() is not None
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("name", TEXTS)
def test_is_refused_for_what_it_is(name, shop):
    answer = shop.wire().request("POST", "/products", TEXTS[name], content_type="application/json", **ADMIN).answer()
    if not is_utf8(TEXTS[name]):
        assert (answer.status, answer.json()) == (400, {"detail": "There was an error parsing the body"})
        return
    assert answer.status == 422
    kinds = {error["type"] for error in answer.json()["detail"]}
    if name[0] == "n":
        assert kinds == {"json_invalid"} or (not TEXTS[name] and kinds == {"missing"})
    elif name[0] == "y":
        assert ("json_invalid" in kinds) == (name in REFUSED)


def test_server_lives_and_has_what_it_had(shop, admin):
    assert len(admin.get("/products", params={"limit": 500}).json()) == 48
    assert admin.post("/products", json=product()).status_code == 201
