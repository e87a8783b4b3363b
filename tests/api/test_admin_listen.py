"""--admin-listen: the staff's endpoints are there and nowhere else."""
import re

import httpx
import pytest
from server import ADMIN, product
from test_staff import NOBODY, bearer, staff_rows


@pytest.fixture(scope="module")
def shop(serve_module):
    return serve_module(catalogue=True, admin_listen="127.0.0.1:0")


@pytest.fixture(scope="module")
def staff(shop):
    address = re.search(r"^Staff +(\S+)\n", shop.output, re.M)[1]
    with httpx.Client(base_url=address, headers=ADMIN, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def public(shop):
    with httpx.Client(base_url=shop.address, headers=ADMIN, timeout=60) as client:
        yield client


def raw(answer) -> tuple:
    """All of an answer but what differs from request to request."""
    return answer.status_code, [(k, v) for k, v in answer.headers.raw if k.lower() not in (b"date", b"x-request-id")], answer.content


def test_the_staffs_endpoints_are_there(staff):
    made = staff.post("/products", json=product())
    assert made.status_code == 201
    assert staff.patch(f"/products/{made.json()['id']}", json={"price": 5}).status_code == 200
    assert staff.get("/admin/keys").json() == [] and staff.get("/admin/audit").json()
    assert staff.get("/products", headers={"Authorization": ""}).status_code == 200


def test_at_the_shoppers_they_are_as_paths_that_are_not_there(staff, public):
    document = staff.get("/openapi.json").json()
    seen = public.get("/openapi.json").json()["paths"]
    rows = list(staff_rows(document))
    assert len(rows) > 8
    key = staff.post("/admin/keys", json={"name": "x", "role": "owner"}).json()["key"]
    for method, path, _, body in rows:
        for headers in ({}, {"Authorization": ""}, bearer(key), {"Origin": "http://localhost:3000"}, {"X-Forwarded-Prefix": "/shop"}):
            for end in ("", "/", "?limit=x"):
                there = public.request(method, path + end, json=body, headers=headers)
                template = re.sub(NOBODY, "{id}", path)
                if any(re.sub("{.*?}", "{id}", p) == template for p in seen):  # shoppers have other methods of it
                    nothing = public.request("PROPFIND", path + end, json=body, headers=headers)
                    assert there.status_code in (405, 307) and method not in there.headers.get("allow", ""), (method, path)
                else:
                    nothing = public.request(method, "/nothing/of/it" + end, json=body, headers=headers)
                    assert there.status_code == 404, (method, path)
                assert raw(there) == raw(nothing) or there.status_code == 307, (method, path + end)


def test_so_are_the_metrics(staff, public):
    assert "till_requests_total" in staff.get("/metrics", headers={"Authorization": ""}).text
    assert raw(public.get("/metrics")) == raw(public.get("/nothing/of/it"))
    assert "/metrics" not in public.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE"])
@pytest.mark.parametrize("path", ["/admin/keys", "/admin/audit", f"/products/{NOBODY}/stock", f"/orders/{NOBODY}/refund"])
def test_other_methods_of_them_are_too(public, method, path):
    preflight = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    for headers in ({}, preflight):
        assert raw(public.request(method, path, headers=headers)) == raw(public.request(method, "/nothing/of/it", headers=headers))


def test_each_document_has_what_is_there(staff, public):
    both = {p: set(rows) for p, rows in staff.get("/openapi.json").json()["paths"].items()}
    document = public.get("/openapi.json").json()
    shoppers = {p: set(rows) for p, rows in document["paths"].items()}
    assert "/admin/keys" in both and "/admin/keys" not in shoppers
    assert shoppers["/products/{product_id}"] == {"get"} < both["/products/{product_id}"]
    assert not any("staff" in option for rows in document["paths"].values() for row in rows.values() for option in row["security"])
    assert "staff" not in [tag["name"] for tag in document["tags"]]
    assert "KeyCreate" not in document["components"]["schemas"]
    for _ in range(2):  # the second may be a kept answer
        assert public.get("/openapi.json").json() == document
        assert set(staff.get("/openapi.json").json()["paths"]) == set(both)


def test_a_kept_answer_of_the_shoppers_is_fresh_for_them(staff, public):
    made = staff.post("/products", json=product(name="Fresh")).json()
    path = f"/products/{made['id']}"
    for price in (1, 2, 3):
        staff.patch(path, json={"price": price})
        assert public.get(path).json()["price"] == staff.get(path).json()["price"] == price


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:x"])
def test_what_is_no_address_is_refused(serve, address):
    with pytest.raises(AssertionError, match=r"--admin-listen .* is neither host:port nor the path of a socket"):
        serve(admin_listen=address)


def test_an_address_in_use_is_refused(serve, shop):
    with pytest.raises(AssertionError, match="cannot listen on"):
        serve(admin_listen=shop.address.removeprefix("http://"))


def test_it_may_be_a_unix_socket(serve):
    folder = serve.folder()
    server = serve(folder, admin_listen=str(folder / "staff.sock"))
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(folder / "staff.sock")), base_url="http://till", headers=ADMIN) as staff:
        made = staff.post("/products", json=product())
        assert made.status_code == 201
        assert staff.get("/admin/audit").json()[0]["ip_prefix"] == "unix"
    with httpx.Client(base_url=server.address) as public:
        assert public.get(f"/products/{made.json()['id']}").status_code == 200
    server.stop()
    assert not (folder / "staff.sock").exists()
