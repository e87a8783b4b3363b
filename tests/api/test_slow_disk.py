"""A disk whose syncs take seconds, under writers that do not wait: the queue and the memory stay bounded, the surplus is turned
away at once, reads are answered, and what was answered is there. call_shim.c makes the syncs slow."""
import json
import os
import resource

import pytest

import postgres
from calls import Calls
from server import ADMIN, SANITIZED, product, wait_until
from shopping import audit
from wire import message

pytestmark = [
    pytest.mark.skipif(bool(postgres.WANTED or os.environ.get("TILL_TEST_NODES")), reason="about a file"),
    pytest.mark.skipif(bool(SANITIZED), reason="a sanitizer's runtime must be loaded first"),
]

queue_jobs_max, batch_jobs_max = 4096, 512  # src/db/exec/executor.h
SURPLUS = 200
SYNC_MS = 2000
REQUEST_KIB = 16  # what a request may take while it waits: its arena, its connection, its rows


def test_a_disk_that_takes_seconds_fills_a_bounded_queue_and_the_surplus_is_turned_away(serve):
    """Three batches can have left the queue by the time that it is full, if sending all takes as long as three syncs."""
    count = queue_jobs_max + 4 * batch_jobs_max + SURPLUS
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count + 300:
        pytest.skip(f"only {hard} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = serve.folder()
    calls = Calls(folder)
    server = serve(folder, env=calls.environment, log="none")
    head = {"content_type": "application/json"} | ADMIN
    request = message("POST", "/products", json.dumps(product()).encode(), **head)
    assert server.wire().send(request).answer().status == 201
    wires = [server.wire() for _ in range(count)]
    for wire in wires:
        assert wire.request("GET", "/health").answer().status == 200
    before_kib = server.memory_kib()

    calls.fail("sync", 0, forever=True, delay_ms=SYNC_MS)
    for wire in wires:
        wire.send(request)
    wait_until(lambda: server.metric("till_queue_refused_total") >= 1)
    reader = server.wire()
    for _ in range(20):
        assert server.metric("till_queue_depth") <= queue_jobs_max
        assert reader.request("GET", "/products?limit=1").answer().status == 200, "reads go on"
    assert server.memory_kib() - before_kib < count * REQUEST_KIB
    calls.work()

    answers = [wire.answer() for wire in wires]
    refused = [answer for answer in answers if answer.status != 201]
    assert {(a.status, a["retry-after"], a.json()["detail"]) for a in refused} == {(503, "1", "Too many requests at once, try again shortly")}
    created = 1 + count - len(refused)
    assert created > queue_jobs_max and reader.request("GET", "/products?limit=1").answer()["x-total-count"] == str(created)
    wait_until(lambda: server.metric("till_queue_depth") == 0)
    server.stop()
    audit(server)
