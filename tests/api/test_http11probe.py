"""HTTP/1.1 by RFC 9110 and RFC 9112: the probes of Http11Probe (tests/data/http11probe.json, MIT), and some of our own
for framing that two programs may read differently.

The probes request `/`, so they go to tests/probe_server.c: the real server with an endpoint there. They go to the shop,
too, which has no endpoint at `/`.
"""
import concurrent.futures

import pytest

import probes
from server import PROBE

PROBES = probes.load()
SCORED = [p for p in PROBES if p["scored"]]
PASSED_MIN = 112

# The data scores these as warnings: accepting is allowed, refusing would pass. Why Till accepts:
WARNINGS = {
    "COMP-ABSOLUTE-FORM": "a server must accept the absolute form (RFC 9112 §3.2.2)",
    "COMP-UPGRADE-INVALID-VER": "a server may ignore Upgrade (RFC 9110 §7.8); Till speaks no WebSocket",
    "SMUG-CL-TRAILING-SPACE": "blanks around a value are no part of it (RFC 9110 §5.5)",
    "SMUG-CL-EXTRA-LEADING-SP": "blanks around a value are no part of it (RFC 9110 §5.5)",
    "MAL-CL-TAB-BEFORE-VALUE": "a tab is such a blank (RFC 9110 §5.6.3)",
    # The data does not score these.
    "COMP-GET-WITH-CL-BODY": "content has no meaning in a GET, but is framed as anywhere (RFC 9110 §9.3.1)",
    "COMP-HTTP10-NO-HOST": "HTTP/1.0 has no Host (RFC 9112 §3.2)",
    "COMP-HTTP12-VERSION": "there is no HTTP/1.2; either answer is a warning",
    "SMUG-TRANSFER_ENCODING": "another field's name (RFC 9110 §5.1), and the length frames the body",
    "SMUG-EXPECT-100-CL": "the body is there already, so no 100 is due (RFC 9110 §10.1.1)",
    "SMUG-HEAD-CL-BODY": "read and dropped (RFC 9110 §9.3.2); what comes behind it is the next request",
    "SMUG-OPTIONS-CL-BODY": "read and dropped (RFC 9110 §9.3.7)",
    "MAL-RANGE-OVERLAPPING": "a server may ignore Range (RFC 9110 §14.2)",
}

@pytest.fixture(scope="module")
def probe_server(serve_module):
    return serve_module(command=[PROBE])


@pytest.fixture(scope="module")
def everything(probe_server, shop):
    """The outcomes of both servers, and of the first one if each byte comes alone; all are requested at the same time."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(probes.send_all, server.address, PROBES) for server in (probe_server, shop)]
        short = [p for p in PROBES if len(p["data"]) < 2000]
        runs.append(pool.submit(probes.send_all, probe_server.address, short, step=1))
        return [run.result() for run in runs]


@pytest.fixture(scope="module")
def outcomes(everything):
    return everything[0]


@pytest.fixture(scope="module")
def outcomes_of_shop(everything):
    return everything[1]


@pytest.mark.parametrize("probe", PROBES, ids=[p["id"] for p in PROBES])
def test_probe_passes_or_is_known(probe, outcomes):
    outcome = outcomes[probe["id"]]
    verdict = probes.score(probe, outcome)
    known = {"Warn": WARNINGS}.get(verdict, {probe["id"]: "passed"})
    assert probe["id"] in known, f"{verdict} with {outcome}: {probe['description']} ({probe['expected']})"


@pytest.fixture(scope="module")
def outcomes_by_bytes(everything):
    return everything[2]


# Whether a 100 is sent depends on whether the body has come by then (RFC 9110 §10.1.1), and so on the cut.
BY_THE_CUT = {"SMUG-EXPECT-100-CL"}


def test_it_makes_no_difference_how_the_bytes_come(outcomes, outcomes_by_bytes):
    ids = outcomes_by_bytes.keys() - BY_THE_CUT
    whole, by_bytes = ({id: (o[id].status, o[id].more) for id in ids} for o in (outcomes, outcomes_by_bytes))
    assert by_bytes == whole


def test_enough_of_the_scored_probes_pass(outcomes):
    passed = [p["id"] for p in SCORED if probes.score(p, outcomes[p["id"]]) == "Pass"]
    assert len(passed) >= PASSED_MIN, f"{len(passed)} of {len(SCORED)}"


def test_no_probe_gets_a_second_answer(outcomes, outcomes_of_shop):
    """Each probe is one request, so a second answer would be to a request that was smuggled in the first."""
    for outcomes in (outcomes, outcomes_of_shop):
        assert {id: o.more for id, o in outcomes.items() if o.more} == {}


@pytest.mark.parametrize("probe", PROBES, ids=[p["id"] for p in PROBES])
def test_shop_refuses_what_must_be_refused(probe, outcomes_of_shop, shop):
    outcome = outcomes_of_shop[probe["id"]]
    assert outcome.status != "500"
    no_path = probe["id"] == "COMP-TRACE-WITH-BODY"  # 405 on a path that is there; the probes' is not
    if "2xx" not in probe["expected"] and probe["expected"].startswith("400") and not no_path:
        routed = outcome.status in ("200", "404", "405", "422")
        assert not routed, f"{outcome}: {probe['description']} ({probe['expected']})"
    assert shop.running


HOST = b"Host: till.test\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET / HTTP/1.1\r\nHost: till.test\r\nConnection: close\r\n\r\n"

REFUSED = {
    # A blank before the colon must be refused (RFC 9112 §5.1), whatever the field.
    "length with a blank before its colon": POST + b"Content-Length : 5\r\n\r\nhello" + NEXT,
    "coding with a blank before its colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "length twice, once with a blank": POST + b"Content-Length: 5\r\nContent-Length : 3\r\n\r\nhello" + NEXT,
    "host twice, once with a blank": b"GET / HTTP/1.1\r\n" + HOST + b"Host : evil.test\r\n\r\n" + NEXT,
    "host twice, once with a tab": b"GET / HTTP/1.1\r\n" + HOST + b"Host\t: evil.test\r\n\r\n" + NEXT,
    "length twice, the same": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + NEXT,
    "coding twice, the same": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "coding without a value, and a length": POST + b"Content-Length: 5\r\nTransfer-Encoding:\r\n\r\nhello" + NEXT,
    "coding in HTTP/1.0": b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
    "field with a NUL for a name": POST + b"\0: x\r\n\r\n",
    "chunk size with a blank behind": CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n" + NEXT,
    "chunk size with a tab behind": CHUNKED + b"5\t\r\nhello\r\n0\r\n\r\n" + NEXT,
    "chunk without a size": CHUNKED + b";x\r\nhello\r\n0\r\n\r\n" + NEXT,
    "empty line for a chunk size": CHUNKED + b"\r\n5\r\nhello\r\n0\r\n\r\n" + NEXT,
    "line end in a quoted chunk extension": CHUNKED + b'5;x="a\r\nb"\r\nhello\r\n0\r\n\r\n' + NEXT,
    "folded trailer": CHUNKED + b"0\r\nX: y\r\n z\r\n\r\n" + NEXT,
    "trailer with a blank before its colon": CHUNKED + b"0\r\nX : y\r\n\r\n" + NEXT,
    "trailer without a name": CHUNKED + b"0\r\n: y\r\n\r\n" + NEXT,
    "trailer without a colon": CHUNKED + b"0\r\nnothing\r\n\r\n" + NEXT,
    "trailer with a bare line feed": CHUNKED + b"0\r\nX: y\n\r\n" + NEXT,
    "trailer with a NUL": CHUNKED + b"0\r\nX: \0\r\n\r\n" + NEXT,
    "trailer that frames": CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n" + NEXT,
    "user in an absolute target": b"GET http://user@till.test/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "absolute target and no host": b"GET http://till.test/ HTTP/1.1\r\n\r\n",
    "absolute target of another host": b"GET http://evil.test/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "another protocol": b"GET / RTSP/1.0\r\n" + HOST + b"\r\n",
    "protocol in small letters": b"GET / http/1.1\r\n" + HOST + b"\r\n",
    "blank behind the version": b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n",
    "version of two digits": b"GET / HTTP/1.11\r\n" + HOST + b"\r\n",
    "letter behind the version": b"GET / HTTP/1.1x\r\n" + HOST + b"\r\n",
    "host that is an address without its end": b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    "host with a port of letters": b"GET / HTTP/1.1\r\nHost: till.test:http\r\n\r\n",
    "host with two ports": b"GET / HTTP/1.1\r\nHost: till.test:80:81\r\n\r\n",
    "host with a broken escape": b"GET / HTTP/1.1\r\nHost: till%zz\r\n\r\n",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_ambiguous_request_is_refused_and_nothing_behind_it_is_read(data, probe_server):
    for step in (len(data), 1):
        outcome = probes.send(probe_server.address, {"data": data}, step)
        assert (outcome.status, outcome.closed, outcome.more) == ("400", True, b"")


ACCEPTED = {
    "chunk size with zeros in front": CHUNKED + b"00000005\r\nhello\r\n0\r\n\r\n" + NEXT,
    "chunk extension with a value": CHUNKED + b"5;x=y\r\nhello\r\n0\r\n\r\n" + NEXT,
    "quoted chunk extension": CHUNKED + b'5;x="a;b"\r\nhello\r\n0\r\n\r\n' + NEXT,
    "trailer": CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n" + NEXT,
    "upgrade": POST + b"Content-Length: 0\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + NEXT,
    "absolute target in capitals": b"GET HTTP://TILL.TEST/ HTTP/1.1\r\n" + HOST + b"\r\n" + NEXT,
    "absolute target without a path": b"GET http://till.test HTTP/1.1\r\n" + HOST + b"\r\n" + NEXT,
    "host that is an address": b"GET / HTTP/1.1\r\nHost: [::1]:8000\r\n\r\n" + NEXT,
    "host with an empty port": b"GET / HTTP/1.1\r\nHost: till.test:\r\n\r\n" + NEXT,
    "one empty line first": b"\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n" + NEXT,
    "body of a GET": b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello" + NEXT,
}


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_lawful_request_is_answered_and_so_is_the_next(data, probe_server):
    for step in (len(data), 1):
        wire = probe_server.wire()
        for i in range(0, len(data), step):
            wire.send(data[i : i + step])
        assert [wire.answer().status, wire.answer().status] == [200, 200]
        assert wire.is_closed()
