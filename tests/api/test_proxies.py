"""Behind proxies: whose address a request has, and whether the client used TLS. Only proxies of --trusted-proxy are believed."""
import functools
import socket

import pytest

from server import product, till, wait_until
from test_log import logged
from wire import message

BODY = b'{"product_id": "%s", "quantity": 1}'


def forwarded(**headers: str) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), value) for name, value in headers.items()]


CLIENTS = [
    # without the flag, no header is believed
    (None, forwarded(x_forwarded_for="203.0.113.7"), "127.0.0.1"),
    (None, forwarded(forwarded="for=203.0.113.7"), "127.0.0.1"),
    ("10.0.0.0/8", forwarded(x_forwarded_for="203.0.113.7"), "127.0.0.1"),
    ("", forwarded(x_forwarded_for="203.0.113.7"), "127.0.0.1"),
    ("127.0.0.1", [], "127.0.0.1"),
    ("127.0.0.1", forwarded(x_forwarded_for="203.0.113.7"), "203.0.113.7"),
    ("127.0.0.0/8, 10.0.0.0/8", forwarded(x_forwarded_for="6.6.6.6, 203.0.113.7, 10.1.2.3"), "203.0.113.7"),
    # HAProxy adds a line of its own behind that of the client
    ("127.0.0.1", [("X-Forwarded-For", "6.6.6.6"), ("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
    ("127.0.0.1", forwarded(forwarded='for=6.6.6.6, for="[2001:db8::7]:80"'), "2001:db8::7"),
    ("127.0.0.1", forwarded(forwarded="for=6.6.6.6", x_forwarded_for="203.0.113.7"), "203.0.113.7"),
    ("127.0.0.1", forwarded(x_forwarded_for='"\\evil'), "127.0.0.1"),
    ("::ffff:127.0.0.1", forwarded(x_forwarded_for="::ffff:203.0.113.7"), "203.0.113.7"),
]


@pytest.mark.parametrize("log", ["json", "text"])
@pytest.mark.parametrize("trusted", dict.fromkeys(row[0] for row in CLIENTS))
def test_log_names_the_client(serve, trusted, log):
    server = serve(log=log, **({} if trusted is None else {"trusted_proxy": trusted}))
    rows = [row for row in CLIENTS if row[0] == trusted]
    for _, headers, _ in rows:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        assert server.wire().send(f"GET /health HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode()).answer().status == 200
    wanted = [client for _, _, client in rows]
    if log == "json":
        assert sorted(line["client"] for line in logged(server, len(rows))) == sorted(wanted)
    else:
        lines = wait_until(lambda: len(found := server.log()) >= len(rows) and found)
        assert sorted(line.split()[-1] for line in lines) == sorted(wanted)


def test_client_of_a_refused_request_is_named_too(serve):
    server = serve()
    for request in (b"nonsense\r\n\r\n", message("GET", "/", host=None, x_forwarded_for="203.0.113.7")):
        assert server.wire().send(request).answer().status == 400
    assert [line["client"] for line in logged(server, 2)] == ["127.0.0.1"] * 2


@pytest.mark.parametrize("trusted, client", [("127.0.0.1", "unix"), ("10.0.0.1,unix", "203.0.113.7")])
def test_peer_on_a_unix_socket_is_called_unix(serve, trusted, client, tmp_path):
    server = serve(listen=tmp_path / "till.sock", trusted_proxy=trusted)
    server.wire().request("GET", "/health", x_forwarded_for="203.0.113.7").answer()
    assert [line["client"] for line in logged(server, 1)] == [client]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_peer_may_have_an_address_of_ipv6(serve):
    server = serve(listen="[::1]:0", trusted_proxy="::1")
    for headers, client in [("", "::1"), ("X-Forwarded-For: 2001:DB8::0:7\r\n", "2001:db8::7")]:
        with socket.create_connection(("::1", server.port)) as wire:
            wire.sendall(f"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n".encode())
            assert wire.recv(4096).startswith(b"HTTP/1.1 200")
        wait_until(lambda: server.log() and logged(server, 1)[-1]["client"] == client)


PROTOS = [
    ("127.0.0.1", {"x_forwarded_proto": "https"}, True),
    ("127.0.0.1", {"x_forwarded_proto": "https,http"}, True),
    ("127.0.0.1", {"x_forwarded_proto": "HTTPS , http"}, True),
    ("127.0.0.1", {"x_forwarded_proto": "http,https"}, False),
    ("127.0.0.1", {"x_forwarded_proto": ""}, False),
    ("127.0.0.1", {"forwarded": "for=203.0.113.7;proto=https"}, True),
    ("127.0.0.1", {"forwarded": "for=203.0.113.7;proto=https, for=127.0.0.9;proto=http"}, False),
    ("127.0.0.0/8", {"forwarded": "for=203.0.113.7;proto=https, for=127.0.0.9;proto=http"}, True),
    ("127.0.0.1", {"forwarded": "proto=https", "x_forwarded_proto": "http"}, False),
    ("127.0.0.1", {}, False),
    ("10.0.0.0/8", {"x_forwarded_proto": "https"}, False),
    ("10.0.0.0/8", {"forwarded": "proto=https"}, False),
    # as before the flag was there: a shop whose proxy is not named keeps `Secure`
    (None, {"x_forwarded_proto": "https"}, True),
    (None, {"x_forwarded_proto": "https,http"}, True),
    (None, {"forwarded": "proto=https"}, False),
]


@pytest.fixture(scope="module")
def shop_that_trusts(serve_module):
    """A shop by its --trusted-proxy, with the id of a product."""

    @functools.cache
    def start(trusted):
        server = serve_module(**({} if trusted is None else {"trusted_proxy": trusted}))
        return server, server.client().post("/products", json=product()).json()["id"]

    return start


@pytest.mark.parametrize("trusted, headers, secure", PROTOS)
def test_cookie_is_secure_if_the_client_used_tls(shop_that_trusts, trusted, headers, secure):
    """`X-Forwarded-Proto: https,http` is what two proxies make of it (connect#733)."""
    server, lamp = shop_that_trusts(trusted)
    wire = server.wire().request("POST", "/cart", BODY % lamp.encode(), content_type="application/json", **headers)
    answer = wire.answer()
    assert answer.status == 201 and answer["set-cookie"].endswith("; Secure") == secure


@pytest.mark.parametrize("list", ["proxy.example", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.1:80", "10.0.0.1 10.0.0.2", "Unix", "*"])
def test_what_is_no_list_of_proxies_is_refused(list):
    done = till("serve", "--db", ":memory:", "--listen", "127.0.0.1:0", "--trusted-proxy", list)
    assert done.returncode == 2 and "--trusted-proxy takes up to 256 addresses" in done.stderr and repr(list) in done.stderr
