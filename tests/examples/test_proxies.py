"""The proxies' configurations as they stand, but for ports, names and certificates: each before a shop that sells through it."""
import http.server
import pathlib
import shutil
import socket
import ssl
import subprocess
import threading

import httpx
import pytest

from server import ROOT, wait_until
from test_log import logged

EXAMPLES = ROOT / "examples"
SHOPPER = "127.0.0.2"  # not the proxy's address, which is trusted


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> pathlib.Path:
    """A file with a certificate of 127.0.0.1, and its key behind it."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key", "-out", folder / "pem"], check=True, capture_output=True)  # fmt: skip
    (folder / "both").write_text((folder / "pem").read_text() + (folder / "key").read_text())
    return folder / "both"


def replaced(path: str, **pairs: str) -> str:
    text = (EXAMPLES / path).read_text()
    for old, new in pairs.values():
        assert old in text, f"{path} has no {old}"
        text = text.replace(old, new)
    return text


def nginx(folder, port, till, pem):
    site = replaced("nginx/till.conf", port=("listen 443", f"listen 127.0.0.1:{port}"), till=("127.0.0.1:8000", till), name=("shop.example;", "127.0.0.1;"),
                    pem=("/etc/ssl/shop.example.pem", str(pem)), key=("/etc/ssl/shop.example.key", str(pem)))  # fmt: skip
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "conf").write_text(f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\nhttp {{ access_log off; {temporary}\n{site}\n}}\n")
    return ["nginx", "-p", folder, "-c", folder / "conf"]


def caddy(folder, port, till, pem):
    site = replaced("caddy/Caddyfile", name=("shop.example {", f"https://127.0.0.1:{port} {{\n\tbind 127.0.0.1\n\ttls {pem} {pem}"), till=("127.0.0.1:8000", till))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system " + str(folder) + "\n}\n" + site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"]


def haproxy(folder, port, till, pem):
    (folder / "cfg").write_text(replaced("haproxy/haproxy.cfg", port=("bind :443", f"bind 127.0.0.1:{port}"), till=("127.0.0.1:8000", till),
                                         pem=("/etc/ssl/shop.example.pem", str(pem))))  # fmt: skip
    return ["haproxy", "-db", "-f", folder / "cfg"]


@pytest.fixture(params=[nginx, caddy, haproxy], ids=lambda make: make.__name__)
def before(request, tmp_path, certificate):
    """Starts the proxy before an address, and returns its port."""
    if not shutil.which(request.param.__name__):
        pytest.fail(f"{request.param.__name__} is missing: tools/setup.sh examples")
    running = []

    def start(till: str) -> int:
        port = free_port()
        command = request.param(tmp_path, port, till, certificate)
        running.append(subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=open(tmp_path / "log", "w"),
                                        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path)}))  # fmt: skip

        def listens():
            assert running[0].poll() is None, (tmp_path / "log").read_text()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_until(listens)
        return port

    yield start
    for process in running:
        process.terminate()
        process.wait()


def client_of(port: int, certificate) -> httpx.Client:
    context = ssl.create_default_context(cafile=str(certificate))
    return httpx.Client(base_url=f"https://127.0.0.1:{port}", timeout=60, transport=httpx.HTTPTransport(verify=context, local_address=SHOPPER))


def test_a_product_is_bought_through_it(serve, before, certificate):
    server = serve(demo=True, trusted_proxy="127.0.0.1", log="json")
    with client_of(before(server.address.removeprefix("http://")), certificate) as shopper:
        wait_until(lambda: shopper.get("/ready").status_code == 200)
        [product] = shopper.get("/products/search", params={"q": "lamp", "limit": 1}).json()
        forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9;proto=http", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "http"}
        added = shopper.post("/cart", json={"product_id": product["id"], "quantity": 1}, headers=forged)
        cookie = added.headers["set-cookie"].lower()
        assert added.status_code == 201 and "; secure" in cookie and "; httponly" in cookie
        order = shopper.post("/orders", json={"cart_item_ids": [added.json()["id"]]}).json()
        payment = shopper.post("/payments/create-intent", json={"order_id": order["id"]}).json()
        shopper.post("/payments/confirm", json={"payment_id": payment["id"], "payment_method": "pm_card_visa"})
        assert shopper.get(f"/orders/{order['id']}").json()["status"] == "paid"
    [line] = [line for line in wait_until(lambda: [x for x in logged(server, 5) if x["path"] == "/cart"])]
    assert line["client"] == SHOPPER


class Events(http.server.BaseHTTPRequestHandler):
    """A server of events that sends the second one only when the first one has arrived."""

    arrived: threading.Event

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        self.wfile.flush()
        if self.path == "/admin/events":
            self.arrived.wait(60)
            self.wfile.write(b"data: second\n\n")

    def log_message(self, *_):
        pass


def test_events_come_at_once(before, certificate):
    Events.arrived = threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Events)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = before(f"127.0.0.1:{server.server_address[1]}")
    with client_of(port, certificate) as client:
        wait_until(lambda: client.get("/ready").status_code == 200)
        with client.stream("GET", "/admin/events") as answer:
            lines = answer.iter_lines()
            assert next(lines).strip() == "data: first"
            Events.arrived.set()
            assert "data: second" in [line.strip() for line in lines]
    server.shutdown()
