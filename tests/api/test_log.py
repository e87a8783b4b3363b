"""The log: one line for each request, without anything private."""
import contextlib
import json
import os
import re
import socket
import subprocess

import pytest

from server import ADMIN, PATIENCE_S, TILL, environment, product, wait_until
from wire import Wire, message

JSON = {"content_type": "application/json"} | ADMIN
SECRETS = ["secret-token", "secret-cookie", "secret-session", "secret-query", "secret-body", "secret-header"]


def requests(lines: list[str]) -> list[dict]:
    """The log's lines about requests. Every line must be JSON."""
    return [line for line in map(json.loads, lines) if "request_id" in line]


def logged(server, count: int) -> list[dict]:
    """Waits for `count` lines about requests, because a line may be written after its answer."""
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
        assert (line["statements"] > 0) == (line["path"] == "/products" and line["status"] in (200, 201))
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


REFUSED = [
    (message("GET", "/products?secret", host=None), 400, "GET", "/products"),
    (b"nonsense\r\n\r\n", 400, "-", "-"),
    (b'{"password": "secret"}\r\n\r\n', 400, "-", "-"),
    (message("POST", "/products", None, content_length="2000000"), 413, "POST", "/products"),
    (message("GET", "/" + "x" * 9000), 414, "GET", "/" + "x" * 1023),
    (message("PUT", "/cart/1", x_large="x" * 17000), 431, "PUT", "/cart/1"),
    (message("HEAD", "/health", transfer_encoding="chunked", content_length="1"), 400, "HEAD", "/health"),
    (message("GET", "http://till:secret@other.test/health?secret"), 400, "GET", "/health"),
    (message("PROPFIND", "/products?secret"), 405, "PROPFIND", "/products"),
    (b"\r\n" + message("get", "/products"), 405, "get", "/products"),
    (message("OPTIONS", "*"), 204, "OPTIONS", "*"),
]


def test_refused_request_is_told_too(serve):
    server = serve()
    for sent, (request, *_) in enumerate(REFUSED, 1):
        wire = server.wire().send(request)
        wire.answer(head=request.startswith(b"HEAD"))
        wire.close()
        lines = logged(server, sent)  # before the next, because that one's line may be another thread's
    assert [(line["status"], line["method"], line["path"]) for line in lines] == [tuple(told) for _, *told in REFUSED]
    assert "secret" not in server.errors


def test_request_that_never_ends_is_told_too(serve):
    server = serve()
    wires = [server.wire().send(start) for start in (b"GE", b"GET /nev", b"GET /never?secret HTTP/1.1\r\nHost:")]
    assert [wire.answer().status for wire in wires] == [408] * 3
    assert {(line["method"], line["path"]) for line in logged(server, 3)} == {("GE", "-"), ("GET", "/nev"), ("GET", "/never")}


def test_refused_request_gets_an_id_as_any_other(serve):
    wire = serve().wire()
    answer = wire.request("POST", "/products", None, content_length="2000000", x_request_id="mine").answer()
    assert (answer.status, answer["x-request-id"]) == (413, "mine")


def test_text_is_for_eyes_and_none_is_nothing(serve):
    text, none = serve(log="text"), serve(log="none")
    for server in (text, none):
        server.wire().request("GET", "/products", x_request_id="mine").answer()
        server.stop()
    assert re.search(r"^\S+ 200 GET /products \d+ us \d+ B mine 127\.0\.0\.1$", text.errors, re.M)
    assert "/products" not in none.errors


def test_server_says_that_it_stops(serve):
    server = serve()
    server.stop()
    assert json.loads(server.log()[-1])["message"] == "stopping"


@contextlib.contextmanager
def serving(stderr, **more):
    """A shop whose standard error is `stderr`, and its address. It must stop by itself."""
    command = [TILL, "serve", "--db=:memory:", "--listen=127.0.0.1:0", "--log=json", "--threads=2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment(), **more)
    with contextlib.ExitStack() as stack:
        stack.callback(process.stdout.close)
        stack.callback(process.kill)
        yield next(line for line in process.stdout if line.startswith("listening on ")).split()[-1]
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def ask(address: str, count: int, path: str = "/health") -> int:
    """Sends requests, each of which must be answered, and returns how many lines the log has dropped by then."""
    wire = Wire(address, PATIENCE_S)
    for _ in range(count):
        assert wire.request("GET", path).answer().status in (200, 404)
    text = wire.request("GET", "/metrics").answer().body.decode()
    wire.close()
    return int(re.search(r"^till_log_lines_dropped_total (\d+)$", text, re.M)[1])


LINES = 2000  # of 130 bytes, more than a pipe's 64 KiB


def test_log_on_a_full_disk_does_not_stop_the_shop():
    with open("/dev/full", "wb") as full, serving(full) as address:
        assert ask(address, 3) == 3


def test_log_into_closed_standard_error_goes_into_no_file_of_the_shop(tmp_path):
    db = tmp_path / "till.db"
    with serving(None, preexec_fn=lambda: os.close(2), cwd=tmp_path) as address:
        assert ask(address, 3) == 3
    command = [TILL, "serve", f"--db={db}", "--listen=127.0.0.1:0", "--log=json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(), preexec_fn=lambda: os.close(2))
    with contextlib.closing(process.stdout):
        address = next(line for line in process.stdout if line.startswith("listening on ")).split()[-1]
        ask(address, 3)
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    assert all(b'"request_id"' not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["pipe", "pipe of another user", "socket"])
def test_log_that_nobody_reads_does_not_stop_the_shop(kind):
    """A full pipe used to hold up every request, and SIGTERM. Whoever reads again finds whole lines."""
    more = {"user": "nobody", "cwd": "/"} if kind == "pipe of another user" else {}
    if more and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    if kind.startswith("pipe"):
        reader, writer = os.pipe()
    else:
        reader, writer = (end.detach() for end in socket.socketpair())
    with open(reader, "rb", buffering=0) as reader, open(writer, "wb") as writer, serving(writer, **more) as address:
        dropped = ask(address, LINES)
        assert 0 < dropped < LINES
        block = reader.read(1 << 20)
        assert ask(address, 1) >= dropped
        assert ask(address, 1, "/" + "%F0%9F%98%80" * 600) < LINES, "lines are taken again"
        lines = (block + reader.read(1 << 20)).split(b"\n")
        statuses = {json.loads(line).get("status") for line in lines[:-1]}
        assert lines[-1] == b"" and statuses == {200, 404}
        ask(address, LINES)  # so that it is full when the shop is to stop


def test_log_whose_reader_is_gone_does_not_stop_the_shop():
    reader, writer = os.pipe()
    with open(writer, "wb") as writer, serving(writer) as address:
        os.close(reader)
        assert ask(address, 3) == 3
