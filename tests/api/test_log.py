"""The log: one line for each request, and nothing in it that is anybody's business."""
import contextlib
import json
import re
import subprocess

import pytest

from server import ADMIN, PATIENCE_S, TILL, environment, product, wait_until
from wire import Wire, message

JSON = {"content_type": "application/json"} | ADMIN
SECRETS = ["secret-token", "secret-cookie", "secret-session", "secret-query", "secret-body", "secret-header"]


def requests(lines: list[str]) -> list[dict]:
    """The lines about requests; every line must be JSON."""
    return [line for line in map(json.loads, lines) if "request_id" in line]


def logged(server, count: int) -> list[dict]:
    """The requests, once so many are there: a line may be written after its answer."""
    return wait_until(lambda: len(found := requests(server.log())) >= count and found, f"not {count} lines")


def test_each_request_is_one_line_that_says_what_happened(serve):
    server = serve(catalogue=True)
    wire = server.wire()
    sent = [("GET", "/products", 200), ("GET", "/nope", 404), ("DELETE", "/products", 405), ("HEAD", "/health", 200),
            ("OPTIONS", "/products", 204), ("GET", "/products/", 307), ("GET", "/products/x", 422),
            ("POST", "/products", 401)]  # fmt: skip
    for i, (method, path, status) in enumerate(sent):
        assert wire.request(method, path, x_request_id=f"id-{i}").answer(head=method == "HEAD").status == status
    assert wire.request("POST", "/products", json.dumps(product()).encode(), x_request_id="id-8", **JSON).answer().status == 201
    sent.append(("POST", "/products", 201))
    lines = logged(server, len(sent))
    assert [(e["request_id"], e["method"], e["path"], e["status"]) for e in lines] == [
        (f"id-{i}", *one) for i, one in enumerate(sent)
    ]
    for line in lines:
        assert line["level"] == "info" and isinstance(line["us"], int) and isinstance(line["bytes"], int)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"])


def test_minted_id_of_the_answer_is_that_of_the_line(serve):
    server = serve()
    answer = server.wire().request("GET", "/health").answer()
    [line] = logged(server, 1)
    assert line["request_id"] == answer["x-request-id"]


@pytest.mark.parametrize("log", ["json", "text"])
def test_no_token_cookie_query_header_or_body_is_in_it(serve, log):
    server = serve(log=log, admin_token="secret-token of the admin")
    secret = {"cookie": "till_session=secret-cookie", "x_session_id": "secret-session", "user_agent": "secret-header",
              "authorization": "Bearer secret-token of the admin", "content_type": "application/json"}  # fmt: skip
    wire = server.wire()
    for method, path, body in [
        ("GET", "/products?limit=secret-query", None),
        ("GET", "/nope?secret-query", None),
        ("GET", "/products/?secret-query", None),
        ("POST", "/products", json.dumps(product(name="secret-body")).encode()),
        ("POST", "/products", b'{"secret-body": '),
        ("POST", "/products?secret-query", b'{"price": "secret-body"}'),
    ]:
        wire.request(method, path, body, **secret).answer()
    wire.request("GET", "/products", host="secret-header!").answer()
    server.stop()
    assert "/products" in server.errors
    assert [s for s in SECRETS if s in server.errors + server.output] == []


FORGED = ["/%22%0a%5c", "/%0d%0aHTTP/1.1", "/%1b%5b31m", "/caf%C3%A9", "/%ff", "/a%00b", "/'", "/" + "%F0%9F%98%80" * 600]


@pytest.mark.parametrize("log", ["json", "text"])
def test_path_cannot_forge_a_line(serve, log):
    server = serve(log=log)
    for path in FORGED:
        wire = server.wire().request("GET", path)
        assert wire.answer().status in (400, 404)
        wire.close()
    server.stop()
    lines = server.log()
    assert len(lines) == len(FORGED) + 1, "and one that says that it stops"
    assert all(line.isprintable() and line.isascii() for line in lines)
    if log == "json":
        assert {e["path"] for e in requests(lines)} == set(FORGED)


def test_refused_request_is_told_too(serve):
    server = serve()
    refused = [message("GET", "/", host=None), b"nonsense\r\n\r\n", message("POST", "/products", None, content_length="2000000")]
    for request in refused:
        wire = server.wire().send(request)
        wire.answer()
        wire.close()
    server.stop()
    lines = [json.loads(line) for line in server.log()]
    assert sorted(line["status"] for line in lines if "status" in line) == [400, 400, 413]


def test_refused_request_gets_an_id_as_any_other(serve):
    wire = serve().wire()
    answer = wire.request("POST", "/products", None, content_length="2000000", x_request_id="mine").answer()
    assert (answer.status, answer["x-request-id"]) == (413, "mine")


def test_text_is_for_eyes_and_none_is_nothing(serve):
    text, none = serve(log="text"), serve(log="none")
    for server in (text, none):
        server.wire().request("GET", "/products", x_request_id="mine").answer()
        server.stop()
    assert re.search(r"^\S+ 200 GET /products \d+ us \d+ B mine$", text.errors, re.M)
    assert "/products" not in none.errors


def test_server_says_that_it_stops(serve):
    server = serve()
    server.stop()
    assert json.loads(server.log()[-1])["message"] == "stopping"


def test_log_that_nobody_can_take_does_not_stop_the_shop():
    """Standard error on a full device: lines are lost, requests are not."""
    with open("/dev/full", "wb") as full:
        command = [TILL, "serve", "--db=:memory:", "--listen=127.0.0.1:0", "--log=json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=full, text=True, env=environment())
    with contextlib.ExitStack() as stack:
        stack.callback(process.stdout.close)
        stack.callback(process.kill)
        address = next(line for line in process.stdout if line.startswith("listening on ")).split()[-1]
        wire = Wire(address, PATIENCE_S)
        assert [wire.request("GET", "/health").answer().status for _ in range(3)] == [200] * 3
        wire.close()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
