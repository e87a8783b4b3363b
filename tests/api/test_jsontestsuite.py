"""Every text of JSONTestSuite (tests/data/jsontestsuite.json, MIT) as the body of POST /products.

None of them is a product, so none may be accepted: what is no JSON (n_) is told so, what is JSON (y_) is told what
it is not, and where parsers may differ (i_) either will do.
"""
import base64
import json

import pytest

from server import ADMIN, DATA, product

TEXTS = {name: base64.b64decode(text) for name, text in json.loads((DATA / "jsontestsuite.json").read_text()).items()}

# JSON that Till refuses to parse on purpose: a name given twice in one object.
REFUSED = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


@pytest.mark.parametrize("name", TEXTS)
def test_is_refused_for_what_it_is(name, shop):
    answer = shop.wire().request("POST", "/products", TEXTS[name], content_type="application/json", **ADMIN).answer()
    assert answer.status == 422
    kinds = {error["type"] for error in answer.json()["detail"]}
    if name[0] == "n":
        assert kinds == {"json_invalid"} or (not TEXTS[name] and kinds == {"missing"})
    elif name[0] == "y":
        assert ("json_invalid" in kinds) == (name in REFUSED)


def test_server_lives_and_has_what_it_had(shop, admin):
    assert len(admin.get("/products", params={"limit": 500}).json()) == 48
    assert admin.post("/products", json=product()).status_code == 201
