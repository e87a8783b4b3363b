"""The HTTP server, as its clients see it: connections, methods, headers."""
import json
import re
from urllib.parse import urljoin

import hypothesis
import pytest
from hypothesis import strategies as st

from server import ADMIN, product
from wire import Closed, chunked, message

JSON = {"content_type": "application/json"} | ADMIN
ID = "5d9dc9f8-1818-4811-892f-902bd23f0824"  # of the catalogue
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def body(**fields) -> bytes:
    return json.dumps(product(**fields)).encode()


# Connections


def test_connection_is_kept_for_the_next_request(shop):
    wire = shop.wire()
    for _ in range(3):
        answer = wire.request("GET", "/products?limit=1").answer()
        assert answer.status == 200 and answer["connection"] is None


def test_connection_close_is_honoured(shop):
    wire = shop.wire().request("GET", "/health", connection="close")
    assert wire.answer()["connection"] == "close" and wire.is_closed()


def test_http_1_0_closes_unless_asked_to_keep(shop):
    wire = shop.wire().send(b"GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert wire.answer()["connection"] == "keep-alive"
    wire.send(b"GET /health HTTP/1.0\r\n\r\n")
    assert wire.answer()["connection"] == "close" and wire.is_closed()


def test_pipelined_reads_are_answered_in_order(shop):
    wire = shop.wire().send(b"".join(message("GET", "/products?limit=3", x_request_id=str(i)) for i in range(500)))
    assert [wire.answer()["x-request-id"] for _ in range(500)] == [str(i) for i in range(500)]


def test_pipelined_reads_see_the_writes_before_them(serve):
    server, wire, count = serve(), None, 60
    wire = server.wire().send(
        b"".join(
            message("POST", "/products", body(name=f"Lamp {i}"), x_request_id=f"write-{i}", **JSON)
            + message("GET", "/products?limit=1", x_request_id=f"read-{i}")
            for i in range(count)
        )
    )
    for i in range(count):
        created, listed = wire.answer(), wire.answer()
        assert (created.status, created["x-request-id"]) == (201, f"write-{i}")
        assert (listed.json(), listed["x-request-id"]) == ([created.json()], f"read-{i}")
        assert listed["x-total-count"] == str(i + 1)


def test_pipelined_requests_after_a_refused_one_are_not_read(shop):
    wire = shop.wire().send(message("GET", "/health") + message("GET", "/health", host=None) + message("GET", "/docs"))
    assert [wire.answer().status, wire.answer().status] == [200, 400]
    assert wire.is_closed()


def test_pipelined_requests_after_a_close_are_not_answered(shop):
    wire = shop.wire().send(message("GET", "/health", connection="close") + message("GET", "/health"))
    assert wire.answer().status == 200 and wire.is_closed()


def test_request_that_comes_byte_by_byte_is_answered(shop):
    wire, text = shop.wire(), body(name="Slow — é 漢")
    for request in (message("POST", "/products", text, **JSON), message("POST", "/products", None, **JSON)):
        for i in range(len(request)):
            wire.send(request[i : i + 1])
    assert [wire.answer().status, wire.answer().status] == [201, 422]


PIPELINE = [
    ("GET", "/products?limit=2", None, {}),
    ("POST", "/products", b"{}", JSON),
    ("HEAD", "/products", None, {}),
    ("POST", "/products", chunked(b'{"name": "x"}', 3), {"transfer_encoding": "chunked"} | JSON),
    ("OPTIONS", "/products", None, {}),
    ("PATCH", "/products/x", chunked(b"[1, 2]", 5)[:-2] + b"X-Sum: 1\r\n\r\n", {"transfer_encoding": "chunked"} | JSON),
    ("GET", f"/products/{ID}", b"ignored", {}),
    ("DELETE", f"/products/{ID}", None, {}),
    ("GET", "/nope", None, {"connection": "close"}),
]


@hypothesis.given(cuts=st.sets(st.integers(1, 1400), max_size=60))
@hypothesis.settings(max_examples=40)
def test_it_makes_no_difference_where_a_stream_is_cut(shop, cuts):
    data = b"".join(message(m, path, text, x_request_id=str(i), **h) for i, (m, path, text, h) in enumerate(PIPELINE))
    ends = sorted(cuts | {len(data)})
    wire = shop.wire()
    for begin, end in zip([0, *ends], ends):
        wire.send(data[begin:end])
    answers = [wire.answer(head=method == "HEAD") for method, *_ in PIPELINE]
    assert [a.status for a in answers] == [200, 422, 200, 422, 204, 422, 200, 401, 404]
    assert [a["x-request-id"] for a in answers] == [str(i) for i in range(len(PIPELINE))]
    assert wire.is_closed()
    wire.close()


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_chunked_body_is_read_whole(shop, size):
    text = body(name=f"In chunks of {size}", description="x" * 300)
    head = message("POST", "/products", None, transfer_encoding="chunked", **JSON)
    answer = shop.wire().send(head + chunked(text, size)).answer()
    assert answer.status == 201 and answer.json()["name"] == f"In chunks of {size}"


def test_chunked_body_may_come_byte_by_byte_with_extensions_and_trailers(shop):
    text = body()
    framed = b"%X;note=1\r\n%s\r\n0;last\r\nX-Sum: 1\r\n\r\n" % (len(text), text)
    wire = shop.wire().send(message("POST", "/products", None, transfer_encoding="chunked", **JSON))
    for i in range(len(framed)):
        wire.send(framed[i : i + 1])
    assert wire.answer().status == 201
    assert wire.request("GET", "/health").answer().status == 200


def test_client_that_closed_its_side_gets_its_answers(shop):
    requests = message("POST", "/products", body(), **JSON) + message("GET", "/products?limit=500") * 5
    wire = shop.wire().send(requests).half_close()
    assert [wire.answer().status for _ in range(6)] == [201, 200, 200, 200, 200, 200]
    assert wire.is_closed()


def test_client_that_leaves_before_its_answer_harms_nobody(shop):
    for request in (message("POST", "/products", body(), **JSON), message("GET", "/products?limit=500") * 50):
        for cut in (10, len(request) // 2, len(request)):
            shop.wire().send(request[:cut]).close()
    assert shop.wire().request("GET", "/health").answer().status == 200


# Expect


def test_client_that_expects_100_gets_it_before_it_sends_its_body(shop):
    text = body()
    wire = shop.wire().request("POST", "/products", None, expect="100-continue", content_length=str(len(text)), **JSON)
    assert wire.answer().status == 100
    assert wire.send(text).answer().status == 201


def test_client_that_expects_100_gets_it_for_chunks_too(shop):
    wire = shop.wire().request("POST", "/products", None, expect="100-Continue", transfer_encoding="chunked", **JSON)
    assert wire.answer().status == 100
    assert wire.send(chunked(body(), 50)).answer().status == 201


def test_no_100_where_the_body_is_there_or_there_is_none(shop):
    wire = shop.wire().request("POST", "/products", body(), expect="100-continue", **JSON)
    assert wire.answer().status == 201
    assert wire.request("GET", "/health", expect="100-continue").answer().status == 200


def test_no_100_for_http_1_0(shop):
    head = "POST /products HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n"
    assert shop.wire().send(head.encode() + b"{}").answer().status == 401


@pytest.mark.parametrize("length, status", [(10, 417), (2 << 20, 413)])
def test_body_that_will_be_refused_is_not_asked_for(shop, length, status):
    expect = "100-continue" if status == 413 else "the-impossible"
    wire = shop.wire().request("POST", "/products", None, expect=expect, content_length=str(length), **JSON)
    assert wire.answer().status == status and wire.is_closed()


# Methods


def paths(shop) -> list[tuple[str, set[str]]]:
    """Every documented path, with an id for each parameter, and its methods."""
    documented = shop.contract.document["paths"].items()
    return [(re.sub(r"\{\w+\}", ID, path), {m.upper() for m in row}) for path, row in documented]


def allowed(methods: set[str]) -> set[str]:
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


def test_options_gives_the_documented_methods_of_every_path(shop):
    wire = shop.wire()
    for path, methods in paths(shop):
        answer = wire.request("OPTIONS", path).answer()
        assert answer.status == 204 and answer["content-length"] is None
        assert set(answer["allow"].split(", ")) == allowed(methods), path


def test_other_methods_of_every_path_give_405_and_the_same_allow(shop):
    wire = shop.wire()
    for path, methods in paths(shop):
        for method in set(METHODS) - methods:
            answer = wire.request(method, path).answer()
            assert (answer.status, answer.json()) == (405, {"detail": "Method Not Allowed"}), f"{method} {path}"
            assert set(answer["allow"].split(", ")) == allowed(methods), f"{method} {path}"


def test_options_of_the_server_itself(shop):
    answer = shop.wire().request("OPTIONS", "*").answer()
    assert answer.status == 204 and "GET" in answer["allow"]


HEADS = ["/products", "/products?limit=2&offset=3", f"/products/{ID}", "/categories", "/health", "/ready", "/docs",
         "/openapi.json", "/redoc", "/nope", "/products/nope", "/products?limit=0", "/products/"]  # fmt: skip


@pytest.mark.parametrize("path", HEADS)
def test_head_has_the_headers_of_get_and_no_body(shop, path):
    wire = shop.wire().send(b"".join(message(m, path, x_request_id="1") for m in ("HEAD", "GET", "HEAD", "GET")))
    for _ in range(2):
        head, get = wire.answer(head=True), wire.answer()
        assert head.status == get.status
        assert [h for h in head.headers if h[0] != "date"] == [h for h in get.headers if h[0] != "date"]


@pytest.mark.parametrize("headers", [{"host": None}, {"expect": "more"}, {"content_length": "2000000"}])
def test_refused_head_has_no_body_either(shop, headers):
    wire = shop.wire().request("HEAD", "/health", **headers)
    assert wire.answer(head=True).status in (400, 413, 417)
    assert wire.is_closed()


OTHER_METHODS = ["TRACE", "CONNECT", "PROPFIND", "QUERY", "BREW", "get", "M-SEARCH", "SETUP", "PRI", "SOURCE", "X" * 30]


@pytest.mark.parametrize("method", OTHER_METHODS)
def test_method_that_no_path_has_gives_405_and_allow(shop, method):
    """As FastAPI does: 38 of schemathesis' first 50 findings were a 501 for these."""
    wire = shop.wire()
    for path, methods in paths(shop):
        answer = wire.request(method, path, b"{}" if "{" in path else None).answer()
        assert (answer.status, answer.json()) == (405, {"detail": "Method Not Allowed"}), f"{method} {path}"
        assert set(answer["allow"].split(", ")) == allowed(methods), f"{method} {path}"
    assert wire.request(method, "/nope").answer().status == 404
    assert wire.request(method, "/products/?a").answer()["location"] == "/products?a"


@pytest.mark.parametrize("method", ["", "X" * 33, "G{}T", "G\x01T", "é", "G(T"])
def test_method_that_is_no_token_is_refused(shop, method):
    wire = shop.wire().request(method, "/products")
    assert wire.answer().status == 400 and wire.is_closed()


# Paths


@pytest.mark.parametrize(
    "path, location",
    [
        ("/products/", "/products"),
        ("/products/?limit=1&offset=%20x", "/products?limit=1&offset=%20x"),
        (f"/products/{ID}/", f"/products/{ID}"),
        ("/categories/?", "/categories"),
        ("/health/", "/health"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_trailing_slash_leads_to_the_path_without(shop, method, path, location):
    answer = shop.wire().request(method, path).answer()
    assert (answer.status, answer["location"]) == (307, location)


PROXIES = [{"x_forwarded_for": "203.0.113.7"}, {"x_forwarded_host": "shop.example"}, {"x_forwarded_proto": "https"}, {"forwarded": "for=_a"}]


@pytest.mark.parametrize("proxy", PROXIES, ids=lambda p: next(iter(p)))
def test_links_and_redirects_hold_below_a_prefix(shop, proxy):
    """A proxy asks for /products where its client asked for /api/products (fastapi#1441)."""
    wire = shop.wire()
    for path, header, target in [
        ("/products?limit=2", "link", "/api/products?limit=2&offset=2"),
        ("/products/search?limit=2&q=a", "link", "/api/products/search?q=a&limit=2&offset=2"),
        ("/products/?a=b", "location", "/api/products?a=b"),
        (f"/products/{ID}/", "location", f"/api/products/{ID}"),
        ("/redoc", "location", "/api/docs"),
        ("/redoc/", "location", "/api/redoc"),
    ]:
        reference = wire.request("GET", path, **proxy).answer()[header].removeprefix("<").partition(">")[0]
        assert urljoin(f"/api{path}", reference) == target


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/products/a/b", "//products", "/products//", "/nope/", "//evil.test/", "/%2Fproducts", "/..",
             "/health/x", "/health%2F", "/PRODUCTS"]  # fmt: skip
)
def test_path_that_is_not_there_gives_404(shop, path):
    answer = shop.wire().request("GET", path).answer()
    assert (answer.status, answer.json(), answer["location"]) == (404, {"detail": "Not Found"}, None)


def test_escapes_in_a_path_are_read(shop):
    answer = shop.wire().request("GET", f"/%70roducts/{ID[:-1]}%34").answer()
    assert answer.status == 200 and answer.json()["id"] == ID


def test_redoc_leads_to_the_docs(shop):
    answer = shop.wire().request("GET", "/redoc").answer()
    assert (answer.status, answer["location"]) == (307, "docs")


def test_docs_is_one_page_without_network(shop):
    answer = shop.wire().request("GET", "/docs").answer()
    assert answer.status == 200 and answer["content-type"].startswith("text/html")
    assert len(answer.body) < 60 * 1024
    assert "default-src 'none'" in answer["content-security-policy"]


# Headers


@pytest.mark.parametrize("method, path", [("GET", "/products"), ("GET", "/nope"), ("PUT", "/health"), ("POST", "/products")])
def test_answers_say_what_they_are(shop, method, path):
    answer = shop.wire().request(method, path).answer()
    assert answer["content-type"] == "application/json"
    assert answer["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer["date"])


@pytest.mark.parametrize("id", ["1", "a-B_c.9", "f" * 64])
def test_request_id_comes_back(shop, id):
    assert shop.wire().request("GET", "/health", x_request_id=id).answer()["x-request-id"] == id


@pytest.mark.parametrize("id", [None, "", "f" * 65, "two words", "é", 'a"b', "a;b", "<a>", "a\tb", "a/b"])
def test_request_id_is_minted_where_there_is_none_that_is_plain(shop, id):
    wire = shop.wire()
    minted = [wire.request("GET", "/health", x_request_id=id).answer()["x-request-id"] for _ in range(3)]
    assert all(re.fullmatch("[0-9a-f]{16}", m) for m in minted) and len(set(minted)) == 3


# CORS

DEFAULT = "http://localhost:3000"


def allowed_origin(answer) -> str | None:
    assert answer["access-control-allow-credentials"] == (answer["access-control-allow-origin"] and "true")
    assert "Origin" in ", ".join(answer.all("vary")).split(", ")
    return answer["access-control-allow-origin"]


@pytest.mark.parametrize(
    "method, path", [("GET", "/products"), ("HEAD", "/products"), ("GET", "/nope"), ("POST", "/products"),
                     ("DELETE", "/categories"), ("GET", "/products/")]  # fmt: skip
)
def test_page_of_the_default_origin_may_read_every_answer(shop, method, path):
    answer = shop.wire().request(method, path, origin=DEFAULT).answer(head=method == "HEAD")
    assert allowed_origin(answer) == DEFAULT
    assert {"X-Total-Count", "ETag"} <= set(answer["access-control-expose-headers"].split(", "))


@pytest.mark.parametrize(
    "origin", [None, "null", "*", "http://localhost:3001", "http://127.0.0.1:8000", "https://localhost:3000", DEFAULT + "/", "http://evil.test",
               "http://localhost:30000", "http://LOCALHOST:3000", "http://localhost"]  # fmt: skip
)
def test_page_of_another_origin_may_not(shop, origin):
    for method in ("GET", "OPTIONS"):
        answer = shop.wire().request(method, "/products", origin=origin, access_control_request_method="POST").answer()
        assert allowed_origin(answer) is None
        assert not [n for n, _ in answer.headers if n.startswith("access-control-")]


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_preflight_says_what_a_page_may_send(shop, method):
    wire = shop.wire().request("OPTIONS", f"/products/{ID}", origin=DEFAULT, access_control_request_method=method,
                               access_control_request_headers="authorization,content-type")  # fmt: skip
    answer = wire.answer()
    assert answer.status == 204 and allowed_origin(answer) == DEFAULT
    assert answer["access-control-allow-methods"] == "GET, HEAD, PATCH, DELETE, OPTIONS"
    allowed = answer["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "x-session-id", "idempotency-key", "x-request-id"} <= set(allowed)
    assert int(answer["access-control-max-age"]) > 0


@pytest.mark.parametrize("origin", ["http://127.0.0.1:3000", "http://localhost:5173", "http://127.0.0.1:5173"])
def test_development_servers_on_both_names_may_call_a_shop_on_loopback(shop, origin):
    assert allowed_origin(shop.wire().request("GET", "/products", origin=origin).answer()) == origin


def test_no_origin_is_allowed_by_default_beyond_loopback(serve, tmp_path):
    server = serve(listen=tmp_path / "s")
    assert server.wire().request("GET", "/health", origin=DEFAULT).answer()["access-control-allow-origin"] is None


@pytest.mark.parametrize(
    "asked, allowed", [("traceparent,baggage,sentry-trace", True), ("if-none-match, X-Any_1", True), ("x" * 1025, False),
                       ("a;b", False), ("a\x1b", False)]  # fmt: skip
)
def test_headers_that_a_page_asks_for_are_allowed(shop, asked, allowed):
    """Tools add headers to every request of a page, and each that was not listed made the browser refuse the call."""
    wire = shop.wire().request("OPTIONS", "/products", origin=DEFAULT, access_control_request_method="GET",
                               access_control_request_headers=asked)  # fmt: skip
    answer = wire.answer()
    if answer.status == 204:
        names = answer["access-control-allow-headers"]
        assert names.startswith("Authorization, ") and names.endswith(", " + asked) == allowed
    else:
        assert not allowed


@pytest.mark.parametrize(
    "given, sent",
    [("HTTPS://Shop.Example", "https://shop.example"), ("https://shop.example:443", "https://shop.example"),
     ("http://shop.example:80", "http://shop.example"), ("http://shop.example:0443", "http://shop.example:443"),
     ("http://[::1]:3000", "http://[::1]:3000")],
)  # fmt: skip
def test_origin_is_brought_to_the_form_that_browsers_send(serve, given, sent):
    server = serve(cors_origin=given)
    assert allowed_origin(server.wire().request("GET", "/health", origin=sent).answer()) == sent


def test_origins_are_those_of_the_flag(serve):
    server = serve(cors_origin="https://shop.test, http://127.0.0.1:5173")
    for origin in ("https://shop.test", "http://127.0.0.1:5173"):
        assert allowed_origin(server.wire().request("GET", "/health", origin=origin).answer()) == origin
    for origin in (DEFAULT, "https://shop.test, http://127.0.0.1:5173"):
        assert allowed_origin(server.wire().request("GET", "/health", origin=origin).answer()) is None


def test_no_answer_names_an_origin_where_none_is_allowed(serve):
    answer = serve(cors_origin="").wire().request("GET", "/health", origin=DEFAULT).answer()
    assert answer["access-control-allow-origin"] is None


def test_page_can_read_why_its_request_was_too_large(shop):
    answer = shop.wire().request("POST", "/products", None, origin=DEFAULT, content_length="2000000").answer()
    assert answer.status == 413 and allowed_origin(answer) == DEFAULT


# Many connections


def test_hundreds_of_connections_are_served_at_once(shop):
    wires = [shop.wire() for _ in range(300)]
    for wire in wires:
        wire.request("GET", "/products?limit=2")
    assert {wire.answer().status for wire in wires} == {200}
    for wire in wires:
        wire.close()


def test_closed_is_told_from_unanswered(shop):
    """Tests the tests' own connection: if it ends early, that is an exception and never an answer."""
    wire = shop.wire().request("GET", "/health", connection="close")
    wire.answer()
    with pytest.raises(Closed):
        wire.answer()


# Caches on the way


@pytest.mark.parametrize(
    "method, path, wanted",
    [("GET", "/health", "no-store"), ("GET", "/ready", "no-store"), ("GET", "/metrics", "no-store"), ("GET", "/orders", "no-store"),
     ("GET", "/products", "no-cache"), ("GET", f"/products/{ID}", "no-cache"), ("GET", "/nope", "no-cache"),
     ("GET", "/products/search?limit=x", "no-cache"), ("GET", "/media/nope.svg", "no-cache"), ("DELETE", "/categories", "no-cache"),
     ("GET", "/" + "x" * 9000, "no-store")],
)  # fmt: skip
def test_every_answer_says_what_a_cache_may_do(shop, method, path, wanted):
    """Behind Varnish, which keeps what says nothing, /ready stayed 200 and a new product 404 for two minutes."""
    assert shop.wire().request(method, path).answer()["cache-control"] == wanted
