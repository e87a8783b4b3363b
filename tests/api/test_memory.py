"""What a served shop keeps in memory. Resident bytes are counted, not timed, so a bound with slack is a test."""
import http.client
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import postgres
from importing import oddities
from pictures import png
from server import PATIENCE_S, SANITIZED, till, wait_until

pytestmark = [
    pytest.mark.skipif(bool(SANITIZED), reason="a sanitizer's shadow is larger than the shop"),
    pytest.mark.skipif(postgres.WANTED, reason="the promise is a shop on SQLite's"),
]


def test_thousand_products_with_a_full_cache_take_at_most_23_mib(serve):
    folder = serve.folder()
    till("seed", "--db", folder / "till.db", "--products", 1000)
    server = serve(folder, cache_mib=8, threads=1)
    with server.client() as c:
        products = [p for offset in (0, 500) for p in c.get(f"/products?limit=500&offset={offset}").json()]
        for _ in range(2):
            for offset in range(0, 1000, 4):
                assert c.get(f"/products?limit=100&offset={offset}").status_code == 200
            for p in products:
                c.get(f"/products/{p['id']}")
                c.get("/products/search", params={"q": p["name"].split()[0]})
    resident, anonymous = server.memory_kib("VmRSS") / 1024, server.memory_kib("RssAnon") / 1024
    assert anonymous < 17, f"{anonymous:.1f} MiB"  # 16.1 on Debian 12 and 13
    # 20.6 on Debian 12. On 13 the pages of libraries, which processes share, are some more; libcrypto would be 3.1, libpq and
    # libcurl 3.6.
    assert resident < 23, f"{resident:.1f} MiB"


def test_libpq_libcurl_and_what_they_need_are_loaded_only_by_shops_that_use_them(serve):
    server = serve()
    with open(f"/proc/{server.pid}/maps", encoding="ascii") as maps:
        mapped = maps.read()
    assert "libsqlite3" in mapped
    assert not [name for name in ("libpq", "libcurl", "libldap", "libgnutls", "libcrypto") if name in mapped]


HASH_KIB = 19456  # the memory of one hash, which libsodium maps and unmaps


def test_a_flood_of_sign_ins_leaves_nothing_behind(serve):
    """While they come, one hash is in memory. Then it is given back, and what stays are counts, in bounded tables."""
    server = serve(threads=1, trusted_proxy="127.0.0.1")

    def flood(network: int) -> set[int]:
        connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=PATIENCE_S)
        statuses = set()
        for n in range(5):
            body = json.dumps({"email": f"a{n}@{network}.example.com", "password": "wrong"})
            connection.request("POST", "/staff/login", body, {"Content-Type": "application/json", "X-Forwarded-For": f"198.{network}.{n}.7"})
            answer = connection.getresponse()
            answer.read()
            statuses.add(answer.status)
        connection.close()
        return statuses

    def is_hashing() -> bool:
        with open(f"/proc/{server.pid}/smaps", encoding="ascii") as maps:
            return f"Size:{HASH_KIB:15} kB" in maps.read()

    def flood_and_drain() -> int:
        with ThreadPoolExecutor(48) as pool:  # more than fit in the line
            statuses = set().union(*pool.map(flood, range(48)))
        assert statuses == {401, 503}
        assert server.memory_kib("VmHWM") > HASH_KIB
        wait_until(lambda: not any(is_hashing() for _ in range(20)))
        return server.memory_kib("RssAnon")

    before = server.memory_kib("RssAnon")
    first, second = flood_and_drain(), flood_and_drain()
    assert first - before < 4096 and second - first < 1024, (before, first, second)


def test_pictures_leave_the_memory_to_the_rest(serve):
    """Their pages would fill what each connection keeps, 32 MiB, and push out what is needed often."""
    server = serve(cache_mib=8, threads=1)
    urls = [server.client().post("/admin/media", content=png(3, seed=n, size=500_000)).json()["url"] for n in range(120)]
    with server.client(admin=False) as c:
        for url in urls:
            assert len(c.get(url).content) == 500_000
    anonymous = server.memory_kib("RssAnon") / 1024
    assert anonymous < 24, f"{anonymous:.1f} MiB"  # 14; it was 72


def test_an_import_leaves_its_memory_behind(serve):
    server = serve(cache_mib=8, threads=1)
    data = oddities(server.folder, 60_000).read_bytes()
    parts = [data[i : i + 2**20] for i in range(0, len(data), 2**20)]
    with server.client() as c:
        job = c.post("/admin/imports", json={"name": "x", "parts": len(parts)}).json()
        for n, part in enumerate(parts, 1):
            c.put(f"/admin/imports/{job['id']}/parts/{n}", content=part)
        c.post(f"/admin/imports/{job['id']}/start")
        wait_until(lambda: c.get(f"/admin/imports/{job['id']}").json()["status"] == "done")
    highest = server.memory_kib("VmHWM") / 1024
    assert highest < 80, f"{highest:.1f} MiB"  # 58; by itself the index in memory would grow to 120
