"""The seed's flow answers as it always has, byte for byte, and costs no statement more.

tests/data/seed_flow.json holds the requests of a shopper from the first page to the refund, with every error that the seed
names, then those of the storefront and of a browser, and to each its answer and its statements in the database. `make record`
sends the requests anew, to the binary that TILL names, and writes down what comes back: the diff then shows what a change does
to clients. A new request is added to the file by hand, without an answer.

What may differ from the record, as the whole list, stands in EXCEPTIONS.
"""
from __future__ import annotations

import gzip
import json
import os
import re

import pytest

import postgres
from server import CATALOGUE, DATA, PATIENCE_S, Server, till, wait_until
from shopping import execute, query
from wire import Wire

FLOW = DATA / "seed_flow.json"
STEPS = json.loads(FLOW.read_text())
RECORD = bool(os.environ.get("RECORD"))
ENGINE = "postgres" if postgres.WANTED else "sqlite"

# What no two runs have in common: the expression, and what stands for it. `<name>` stands for an id that was saved before.
RULES = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>"),  # minted: the catalogue's are version 4
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "<time>"),
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "<date>"),
    (r"pi_\w{24}(_secret_\w{24})?", "<intent>"),
    (r"(?m)^x-request-id: \S+", "x-request-id: <request>"),
    (r'(?m)^etag: "[^"]+"', 'etag: "<etag>"'),
]

# Where the record does not bind a later version: a list of sort orders may get longer. /openapi.json is not in the flow, nor
# is a field of a body that is not in the seed: it was ignored as unknown, and may get a meaning and be validated.
EXCEPTIONS = [(r"'price_asc', 'price_desc'[^\"]*", "<sort orders>")]

# The tables that the seed's flow may need. It must work while all others are empty, and leave them so.
TABLES = set(
    """cart_items carts catalogue categories idempotency_keys order_items orders payment_events payments products
    search_categories search_columns search_endings search_names search_postings search_spellings search_state search_terms settings
    scarce sold_out staged_categories stock_adjustments stock_movements till""".split()
)

# Rows are removed without their references, and what the import noted in the audit log, which a trigger keeps, too.
UNBOUND = ["SET session_replication_role = replica"] if postgres.WANTED else ["DROP TRIGGER audit_log_kept"]


def normal(text: str, names: dict[str, str]) -> str:
    """The text with `<name>` in the place of saved values, and without what differs from run to run."""
    for name, value in names.items():
        text = text.replace(value, f"<{name}>")
    for rule, instead in RULES + EXCEPTIONS:
        text = re.sub(rule, instead, text)
    return text


def filled(text: str, names: dict[str, str]) -> str:
    return re.sub(r"<([^<>]+)>", lambda m: names[m[1]], text)


def request(step: dict, names: dict[str, str]) -> bytes:
    """The step's request, with the saved values in it."""
    body = filled(step["body"], names).encode() if "body" in step else None
    lines = {"Host": "till.test"} | step.get("headers", {})
    if body is not None:
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {filled(value, names)}\r\n" for name, value in lines.items())
    return f"{filled(step['send'], names)} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")


def send(wire: Wire, step: dict, names: dict[str, str]) -> tuple[str, str]:
    """Sends a step's request. Returns the answer's normal form, and the request's id. Saves what later steps refer to."""
    answer = wire.send(request(step, names)).answer(head=step["send"].startswith("HEAD"))
    if "save" in step and answer.status < 300:
        names[step["save"]] = answer.json()["id"]
    if session := answer["x-session-id"]:
        names["session"] = session
    if etag := answer["etag"]:
        names["etag"] = etag.strip('"')
    head, body = answer.head, answer.body
    if answer["content-encoding"] == "gzip":  # whose size differs from one zlib to the next
        head, body = re.sub("content-length: .*", "content-length: <size>", head), gzip.decompress(body)
    known = {name: value for name, value in names.items() if name != "etag"}
    return normal(f"{head}\r\n\r\n{body.decode()}", known), answer["x-request-id"]


def statements(server: Server, ids: list[str]) -> list[int]:
    """How many statements the requests of these ids have run, from the server's log."""

    def found():
        lines = [json.loads(line) for line in server.log() if '"request_id"' in line]
        counts = {line["request_id"]: line["statements"] for line in lines}
        return ids[-1] in counts and [counts[id] for id in ids]

    return wait_until(found, f"a request is not in the log after {PATIENCE_S} s")


def replay(server: Server) -> list[tuple[str, str]]:
    """Runs the flow. Returns each step's answer and id."""
    names = {"etag": "none yet"}
    wire = server.wire()
    return [send(wire, step, names) for step in STEPS]


def later_tables(server) -> list[str]:
    """The database's tables that are not the seed's."""
    listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    if not postgres.WANTED:
        listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return sorted({name for (name,) in query(server, listed)} - TABLES)


@pytest.fixture(scope="module")
def answers(serve_module) -> list[str]:
    return [answer for answer, _ in replay(serve_module(catalogue=True))]


@pytest.fixture(scope="module")
def counts(serve_module) -> list[int]:
    """Counted without a cache, which runs no statements."""
    server = serve_module(catalogue=True, cache_mib=0)
    return statements(server, [id for _, id in replay(server)])


@pytest.mark.skipif(not RECORD, reason="make record")
def test_record(answers, counts):
    for step, answer, count in zip(STEPS, answers, counts):
        head, body = answer.split("\r\n\r\n", 1)
        step["statements"] = step.get("statements", {}) | {ENGINE: count}
        step["answer"] = head.split("\r\n") + [body]
    FLOW.write_text(json.dumps(STEPS, indent=1, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step["name"] for step in STEPS])
def test_a_request_gets_the_recorded_answer(answers, number):
    *head, body = STEPS[number]["answer"]
    assert answers[number] == "\r\n".join(head) + "\r\n\r\n" + body


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step["name"] for step in STEPS])
def test_a_request_runs_no_statement_more(counts, number):
    assert counts[number] <= STEPS[number]["statements"][ENGINE]


def test_the_flow_needs_no_other_table(answers, serve):
    folder = serve.folder()
    assert till("import", CATALOGUE, "--db", folder / "till.db").returncode == 0
    tables = later_tables(folder / "till.db")
    execute(folder / "till.db", *UNBOUND, *[f"DELETE FROM {table}" for table in tables if table != "audit_log"])  # whose entries stay
    server = serve(folder)
    assert [answer for answer, _ in replay(server)] == answers
    rows = {table: query(server, f"SELECT count(*) FROM {table}")[0][0] for table in tables}
    assert rows.pop("audit_log") == 5  # the import, and what the admin's requests changed; a shopper's write nothing there
    assert (rows.pop("refunds"), rows.pop("refund_items")) == (1, 2)  # the admin's
    assert not any(rows.values()), rows
