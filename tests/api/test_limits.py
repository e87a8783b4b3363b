"""Every limit, from both sides: the largest allowed request is answered, the next larger one gets its error, and the
server's memory and threads stay bounded under any load."""
import concurrent.futures
import contextlib
import json
import os
import resource
import socket
import time

import postgres
import pytest

from server import ADMIN, SANITIZED, product, till, wait_until
from shopping import writes_held
from wire import Closed, chunked, message

JSON = {"content_type": "application/json"} | ADMIN
MIB = 1 << 20

body_bytes_max = MIB
target_bytes_max = 8 * 1024
head_bytes_max = 16 * 1024
fields_max = 100
query_fields_max = 100
json_depth_max = 32
json_values_max = 16384
json_members_max = 256
queue_jobs_max = 4096
descriptors_spare = 64
money_max = 2**53 - 1


def padded(size: int) -> bytes:
    """The JSON of a product, of exactly this many bytes."""
    return json.dumps(product()).encode().ljust(size)


# The size of one request


@pytest.mark.parametrize("size, status", [(body_bytes_max, 201), (body_bytes_max + 1, 413)])
def test_body_by_length(shop, size, status):
    answer = shop.wire().request("POST", "/products", padded(size), **JSON).answer()
    assert answer.status == status
    if status == 413:
        assert answer.json() == {"detail": "Request body is larger than 1 MiB"} and answer["connection"] == "close"


@pytest.mark.parametrize("size, status", [(body_bytes_max, 201), (body_bytes_max + 1, 413)])
@pytest.mark.parametrize("chunk", [1000, 65536, 2 * MIB])
def test_body_in_chunks(shop, size, status, chunk):
    wire = shop.wire().request("POST", "/products", None, transfer_encoding="chunked", **JSON)
    with contextlib.suppress(ConnectionError):  # refused before its end
        wire.send(chunked(padded(size), chunk))
    assert wire.answer().status == status


@pytest.mark.parametrize("length", ["1048577", "999999999", "999999999999999999"])
def test_body_that_is_announced_as_too_large_is_refused_at_once(shop, length):
    wire = shop.wire().request("POST", "/products", None, content_length=length, **JSON)
    assert wire.answer().status == 413 and wire.is_closed()


def test_chunk_that_is_announced_as_too_large_is_refused_at_once(shop):
    wire = shop.wire().request("POST", "/products", None, transfer_encoding="chunked", **JSON).send(b"100001\r\n")
    assert wire.answer().status == 413 and wire.is_closed()


def test_chunks_of_one_byte_may_carry_a_whole_body_but_no_flood_of_extensions(shop):
    head = message("POST", "/products", None, transfer_encoding="chunked", **JSON)
    assert shop.wire().send(head + chunked(padded(100_000), 1)).answer().status == 201
    flood = b"".join(b"1;%s\r\n \r\n" % (b"x" * 900) for _ in range(2000))
    wire = shop.wire()
    with contextlib.suppress(ConnectionError):
        wire.send(head + flood)
    assert wire.answer().status == 400


def test_trailers_are_bounded(shop):
    head = message("POST", "/products", None, transfer_encoding="chunked", **JSON)
    wire = shop.wire()
    with contextlib.suppress(ConnectionError):
        wire.send(head + b"0\r\n" + b"".join(b"X-%d: y\r\n" % i for i in range(100_000)))
    assert wire.answer().status == 400


@pytest.mark.parametrize("size, status", [(target_bytes_max, 200), (target_bytes_max + 1, 414)])
def test_target(shop, size, status):
    path = "/products?limit=1&x="
    answer = shop.wire().request("GET", path + "x" * (size - len(path))).answer()
    assert answer.status == status
    if status == 414:
        assert answer.json() == {"detail": "Request target is longer than 8 KiB"}


@pytest.mark.parametrize("size, status", [(head_bytes_max, 200), (head_bytes_max + 1, 431), (100_000, 431)])
@pytest.mark.parametrize("where", ["value", "name"])
def test_head(shop, size, status, where):
    missing = size - len(message("GET", "/health", **{"x" if where == "name" else "x-long": "y"}))
    long = {"x" + "x" * missing: "y"} if where == "name" else {"x-long": "y" + "y" * missing}
    wire = shop.wire()
    with contextlib.suppress(ConnectionError):
        wire.send(message("GET", "/health", **long))
    answer = wire.answer()
    assert answer.status == status
    assert (answer["connection"] == "close") == (status == 431)


@pytest.mark.parametrize("count, status", [(fields_max, 200), (fields_max + 1, 431)])
def test_fields_of_a_head(shop, count, status):
    fields = {f"x-{i}": "y" for i in range(count - 1)}  # and Host
    assert shop.wire().request("GET", "/health", **fields).answer().status == status


@pytest.mark.parametrize("count, status", [(query_fields_max, 200), (query_fields_max + 1, 400)])
def test_fields_of_a_query(shop, count, status):
    query = "&".join(["limit=1"] + [f"x{i}=y" for i in range(count - 1)])
    assert shop.wire().request("GET", "/products?" + query).answer().status == status


def extra(text: str) -> bytes:
    """A product with an unknown field, which is parsed and ignored."""
    return (json.dumps(product())[:-1] + f', "extra": {text}}}').encode()


def members(count: int) -> str:
    return "{" + ",".join(f'"x{i}":0' for i in range(count)) + "}"


@pytest.mark.parametrize(
    "text, reason",
    [
        ("[" * (json_depth_max - 1) + "]" * (json_depth_max - 1), None),
        ("[" * (json_depth_max - 1) + "0" + "]" * (json_depth_max - 1), None),
        ("[" * json_depth_max + "]" * json_depth_max, "Nested too deeply"),
        ('{"x":' * json_depth_max + "0" + "}" * json_depth_max, "Nested too deeply"),
        ("[" * 500_000, "Nested too deeply"),
        ("[" + "0," * (json_values_max - 8) + "0]", None),  # with the six of the product and the list itself
        ("[" + "0," * (json_values_max - 7) + "0]", "Too many values"),
        (members(json_members_max), None),
        (members(json_members_max + 1), "Too many names in an object"),
        ('"' + "x" * 1_000_000 + '"', None),
        ("1" * 1_000_000, None),
        ("1." + "1" * 1_000_000, None),
    ],
    ids=["depth", "depth with a value inside", "too deep", "too deep in objects", "unclosed and far too deep", "values",
         "too many values", "names", "too many names", "long text", "long integer", "long fraction"],  # fmt: skip
)
def test_json(shop, text, reason):
    answer = shop.wire().request("POST", "/products", extra(text), **JSON).answer()
    if reason:
        assert answer.status == 422
        [error] = answer.json()["detail"]
        assert (error["type"], error["ctx"]) == ("json_invalid", {"error": reason})
    else:
        assert answer.status == 201


@pytest.mark.parametrize("field", ["price", "stock_quantity"])
@pytest.mark.parametrize("value, kind", [(0, None), (money_max, None), (-1, "greater_than_equal"),
                                         (money_max + 1, "less_than_equal"), (2**63, "less_than_equal"),
                                         (-(2**63), "greater_than_equal"), (10**100, "less_than_equal")])  # fmt: skip
def test_integers_end_at_2_to_the_53(shop, field, value, kind):
    answer = shop.wire().request("POST", "/products", json.dumps(product(**{field: value})).encode(), **JSON).answer()
    if kind:
        [error] = answer.json()["detail"]
        assert (error["type"], error["loc"], error["input"]) == (kind, ["body", field], value)
    else:
        assert answer.status == 201 and answer.json()[field] == value


@pytest.mark.parametrize("field, most", [("name", 200), ("category", 100), ("description", 10_000), ("image_url", 2000)])
@pytest.mark.parametrize("letter", ["x", "漢", "😀"])
def test_texts_are_counted_in_characters(shop, field, most, letter):
    for count, status in ((most, 201), (most + 1, 422)):
        text = json.dumps(product(**{field: letter * count})).encode()
        assert shop.wire().request("POST", "/products", text, **JSON).answer().status == status


@pytest.mark.parametrize("query, status", [("limit=500", 200), ("limit=501", 422), ("limit=0", 422), ("offset=10000", 200),
                                           ("offset=10001", 422), ("offset=-1", 422)])  # fmt: skip
def test_pages(shop, query, status):
    assert shop.wire().request("GET", "/products?" + query).answer().status == status


@pytest.mark.parametrize("letter", ["😀", "\x01"], ids=["four bytes a character", "six to escape one"])
def test_largest_page_of_the_largest_products_is_answered(serve, letter):
    """500 products with the longest texts, made of the characters that take the most bytes."""
    folder, count = serve.folder(), 100 if SANITIZED else 500  # a sanitizer build keeps outgrown blocks of its arenas
    big = product(name=letter * 200, description=letter * 10_000, category=letter * 100, image_url=letter * 2000)
    (folder / "big.json").write_text(json.dumps([big] * count, ensure_ascii=False))
    assert till("import", folder / "big.json", "--db", folder / "till.db").returncode == 0
    answer = serve(folder).wire().request("GET", "/products?limit=500").answer()
    assert answer.status == 200
    products = answer.json()
    assert len(products) == count and all(p == big | {"id": p["id"]} for p in products)


# Time limits of a client

HEAD_MS, BODY_MS, WRITE_MS, IDLE_MS, BUSY_MS = 10_000, 30_000, 30_000, 75_000, 5_000


def timed(read):
    """The result of `read`, and how many milliseconds it took."""
    began = time.monotonic()
    result = read()
    return result, (time.monotonic() - began) * 1000


def drip(wire, data: bytes, every_s: float):
    """Sends a byte every now and then until an answer comes."""
    wire.socket.settimeout(every_s)
    for i in range(len(data)):
        wire.send(data[i : i + 1])
        with contextlib.suppress(socket.timeout):
            return wire.answer()
    raise AssertionError("no answer at all")


def stopped_in_a_head(server, answers: int):
    """A client that starts one more request before it reads any of its answers, and never completes it."""
    wire, other, request = server.wire(), server.wire(), message("GET", "/products?limit=500")
    wire.send(request[:5])
    for _ in range(answers):
        wire.send(request[5:] + request[:5])
        assert other.request("GET", "/health").answer().status == 200  # by now the only loop has read it
    assert {wire.answer().status for _ in range(answers)} == {200}
    return wire


def test_head_must_come_in_time_also_behind_answers_that_were_not_taken(serve):
    """All at once: silent and slow clients get 408; idle ones and new ones stay connected."""
    folder = serve.folder()
    server = serve(folder, listen=str(folder / "till.sock"), threads=1, catalogue=True)
    # Answers of 10 KiB each; their sums go past what the socket and the server buffer for one client.
    behind = [stopped_in_a_head(server, answers) for answers in range(15, 80)]
    halves = [b"G", b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\nX-", b"\r\n"]
    stuck = [server.wire().send(half) for half in halves]
    again = server.wire().send(message("GET", "/health") + b"GET /he")
    assert again.answer().status == 200
    idle = server.wire().request("GET", "/health")
    assert idle.answer().status == 200
    silent = server.wire()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        dripped = pool.submit(timed, lambda: drip(server.wire(), b"GET /health HTTP/1.1\r\nX: " + b"x" * 200, 0.5))
        results = [pool.submit(timed, wire.answer) for wire in stuck + [again]] + [dripped]
        for answer, took_ms in (r.result() for r in results):
            assert (answer.status, answer["connection"]) == (408, "close")
            assert answer.json() == {"detail": "The request did not arrive in time"}
            assert took_ms >= HEAD_MS - 500  # never early; up to 500 ms pass before the measurement starts
    assert all(wire.is_closed() for wire in stuck)
    assert {wire.answer().status for wire in behind} == {408}
    for wire in (idle, silent):
        assert wire.request("GET", "/health").answer().status == 200


@pytest.mark.slow
def test_body_must_come_and_answers_must_be_taken_in_time(serve):
    """The long limits, tested at the same time."""
    server = serve(catalogue=True)
    head = message("POST", "/products", None, content_length="1000", **JSON)
    stuck = [server.wire().send(head), server.wire().send(head + b'{"name"'),
             server.wire().request("POST", "/products", None, transfer_encoding="chunked", **JSON).send(b"5\r\nab")]  # fmt: skip
    deaf = server.wire(receive_buffer=4096).send(message("GET", "/products?limit=500") * 1000)
    idle = server.wire().request("GET", "/health")
    assert idle.answer().status == 200
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        dripped = pool.submit(timed, lambda: drip(server.wire().send(head), b" " * 900, 1))
        results = [pool.submit(timed, wire.answer) for wire in stuck] + [dripped]
        idled = pool.submit(timed, idle.is_closed) if os.environ.get("SLOW") else None
        for answer, took_ms in (r.result() for r in results):
            assert (answer.status, answer["connection"]) == (408, "close")
            assert took_ms >= BODY_MS - 500
        wait_until(lambda: server.metric("till_connections_open") <= 2)  # the idle connection, and the one that sends this request
        if idled:
            closed, took_ms = idled.result()
            assert closed and took_ms >= IDLE_MS - 500
    with pytest.raises(Closed):
        while True:
            deaf.widen().answer()


# The load that the server accepts


def test_reader_that_does_not_read_costs_little_and_gets_all_his_answers(serve):
    server, requests = serve(catalogue=True), 3000
    other = server.wire()
    assert other.request("GET", "/products?limit=500").answer().status == 200
    before = server.memory_kib()
    deaf = server.wire(receive_buffer=4096)
    flood = b"".join(message("GET", f"/products?limit=500&offset={i % 3}", x_request_id=str(i)) for i in range(requests))

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        sending = pool.submit(deaf.send, flood)  # the server stops reading, so this blocks until the test reads
        for _ in range(50):
            assert other.request("GET", "/products?limit=500").answer().status == 200
            time.sleep(0.01)
        wait_until_still(server)
        grown = server.memory_kib() - before
        deaf.widen()
        for i in range(requests):
            answer = deaf.answer()
            assert (answer.status, answer["x-request-id"], answer["x-total-count"]) == (200, str(i), "48")
            assert len(answer.json() if i % 100 == 0 else answer.body) > 45 * (i % 100 == 0)
        sending.result()
    assert answer.status == 200
    most = 512 if SANITIZED else 8  # a sanitizer keeps freed memory for a while
    assert grown < most * 1024, f"{grown} KiB for one slow reader"


def test_many_requests_of_one_read_are_not_all_answered_to_who_does_not_read(serve):
    server = serve(threads=1)
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    requests = 60_000 // len(asked)  # which are one read, and whose answers are 70 MB
    size = len(server.wire().send(asked).answer().body)
    before = server.memory_kib()
    deaf = server.wire(receive_buffer=4096).send(asked * requests)
    wait_until_still(server)
    grown = server.memory_kib() - before
    deaf.close()
    assert requests * size > 60 * MIB
    assert grown < (512 if SANITIZED else 16) * 1024, f"{grown} KiB for one read"


def wait_until_still(server) -> None:
    """Waits until the server hardly sends any more, because its clients do not read."""
    sent, before = 0, -1_000_000
    while sent - before > 20_000:  # the answer to /metrics itself is a few thousand bytes
        time.sleep(0.3)
        before, sent = sent, server.metric("till_sent_bytes_total")


@postgres.FILE_ONLY  # connections to PostgreSQL are descriptors too
def test_connections_end_at_the_limit_on_descriptors_and_the_surplus_is_told(serve):
    server = serve(threads=1, nofile=160)
    most = 160 - descriptors_spare
    wires = [server.wire() for _ in range(most)]
    for wire in wires:
        assert wire.request("GET", "/health").answer().status == 200
    for _ in range(30):
        surplus = server.wire()
        answer = surplus.answer()
        assert (answer.status, answer["retry-after"], answer["connection"]) == (503, "1", "close")
        assert answer.json() == {"detail": "Too many connections, try again shortly"}
        assert surplus.is_closed()
        surplus.close()
    for wire in wires:
        assert wire.request("GET", "/products").answer().status == 200
    for wire in wires[:10]:
        wire.close()

    def served():
        with contextlib.suppress(Closed, ConnectionError):
            return server.wire().request("GET", "/health").answer().status == 200

    wait_until(served)


def test_full_queue_turns_the_surplus_away_and_answers_the_rest(serve):
    """A connection has one request at a time, so it takes as many connections to fill the queue. One slot may be taken
    by the server's own chores."""
    surplus, own = 100, 3
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < queue_jobs_max + surplus + 300:
        pytest.skip(f"only {hard} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = serve(log="none")
    request = message("POST", "/products", json.dumps(product()).encode(), **JSON)
    wires = [server.wire() for _ in range(queue_jobs_max + surplus)]
    for wire in wires:  # all of them are accepted before the first write waits
        assert wire.request("GET", "/health").answer().status == 200

    began = time.monotonic()
    with writes_held(server):
        for wire in wires:
            wire.send(request)
        wait_until(lambda: server.metric("till_queue_refused_total") >= surplus)
        assert server.metric("till_queue_depth") == queue_jobs_max
        assert server.wire().request("GET", "/products").answer().status == 200, "reads go on"
    held_ms = (time.monotonic() - began) * 1000

    answers = [wire.answer() for wire in wires]
    assert {a.status for a in answers} == {201, 503}
    assert {a["retry-after"] for a in answers if a.status == 503} == {"1"}
    details = [a.json()["detail"] for a in answers if a.status == 503]
    late = [d for d in details if "cannot be written" in d]  # a slow build may get here after the time limit of the lock
    assert not late or held_ms > BUSY_MS - 500
    assert details.count("Too many requests at once, try again shortly") == len(details) - len(late)
    assert surplus <= len(details) - len(late) <= surplus + own
    created = len(wires) - len(details)
    assert server.wire().request("GET", "/products").answer()["x-total-count"] == str(created)
    wait_until(lambda: server.metric("till_queue_depth") == 0)
