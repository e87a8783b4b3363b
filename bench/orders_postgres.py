#!/usr/bin/python3
"""Orders of three lines on PostgreSQL: how many Till places in a second, as a ratio to pgbench, which runs the same
statements as a script on the same cluster. Needs wrk.

    python3 bench/orders_postgres.py [SECONDS]
"""
import hashlib
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "api"))
os.environ["TILL_TEST_DB"] = "postgres"
import postgres  # noqa: E402
from server import Server, till  # noqa: E402

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 8
CLIENTS, CARTS, ROUNDS, PRODUCTS = 8, 24_000, 3, 1000

# A cart's session and lines are made from its number. A uuid can only be made from bytes through its text.
FILL = f"""
TRUNCATE carts, cart_items, orders, order_items, stock_movements, idempotency_keys, payments;
INSERT INTO carts SELECT encode(substring(sha256(('session-of-cart-' || lpad(n::text, 8, '0'))::bytea) FOR 16), 'hex')::uuid, now()
  FROM generate_series(0, {CARTS - 1}) AS n;
INSERT INTO cart_items (id, session, product, quantity, created_at)
  SELECT md5(n || '/' || k)::uuid, encode(substring(sha256(('session-of-cart-' || lpad(n::text, 8, '0'))::bytea) FOR 16), 'hex')::uuid,
    (n * 7 + k * 331) % {PRODUCTS} + (SELECT min(seq) FROM products), 1, now() FROM generate_series(0, {CARTS - 1}) AS n, generate_series(0, 2) AS k;
UPDATE products SET stock_quantity = 1000000000, stock_received = 1000000000;
ANALYZE; CHECKPOINT;
"""

SCRIPT = """\\set i :i + 1
\\set n :client_id * {share} + :i
\\set p0 (:n * 7) % {products} + {first}
\\set p1 (:n * 7 + 331) % {products} + {first}
\\set p2 (:n * 7 + 662) % {products} + {first}
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SELECT pg_current_xact_id()::text::bigint;
SELECT pg_advisory_xact_lock(:n);
SELECT md5((:n)::text || 's')::uuid AS s, md5((:n)::text || '/0')::uuid AS l0, md5((:n)::text || '/1')::uuid AS l1, md5((:n)::text || '/2')::uuid AS l2, session AS s0 FROM cart_items WHERE id = md5((:n)::text || '/0')::uuid \\gset
SELECT request, http_status, body, created_at FROM idempotency_keys WHERE session = :s0 AND key = 'k' || (:n)::text;
SELECT c.seq, c.product, c.quantity, p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product WHERE c.id = :l0 AND c.session = :s0 FOR UPDATE OF c;
SELECT c.seq, c.product, c.quantity, p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product WHERE c.id = :l1 AND c.session = :s0 FOR UPDATE OF c;
SELECT c.seq, c.product, c.quantity, p.id FROM cart_items AS c JOIN products AS p ON p.seq = c.product WHERE c.id = :l2 AND c.session = :s0 FOR UPDATE OF c;
UPDATE products SET stock_quantity = stock_quantity - 1 WHERE seq = least((:p0)::bigint, (:p1)::bigint, (:p2)::bigint) AND is_active = 1 AND stock_quantity >= 1 RETURNING price;
UPDATE products SET stock_quantity = stock_quantity - 1 WHERE seq = (:p0)::bigint + (:p1)::bigint + (:p2)::bigint - least((:p0)::bigint, (:p1)::bigint, (:p2)::bigint) - greatest((:p0)::bigint, (:p1)::bigint, (:p2)::bigint) AND is_active = 1 AND stock_quantity >= 1 RETURNING price;
UPDATE products SET stock_quantity = stock_quantity - 1 WHERE seq = greatest((:p0)::bigint, (:p1)::bigint, (:p2)::bigint) AND is_active = 1 AND stock_quantity >= 1 RETURNING price;
INSERT INTO orders (id, session, total_amount, currency, status, created_at, expires_at) VALUES (:s, :s0, 300, 'usd', 'pending', now(), now() + interval '30 minutes') RETURNING seq \\gset
INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase) VALUES (:seq, 0, :p0, 1, 100);
INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase) VALUES (:seq, 1, :p1, 1, 100);
INSERT INTO order_items (order_seq, line, product, quantity, price_at_purchase) VALUES (:seq, 2, :p2, 1, 100);
INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at) SELECT product, order_seq, 'reserved', quantity, now() FROM order_items WHERE order_seq = :seq ORDER BY line;
DELETE FROM cart_items WHERE session = :s0 AND product IN (SELECT product FROM order_items WHERE order_seq = :seq);
INSERT INTO idempotency_keys (session, key, request, http_status, body, created_at) VALUES (:s0, 'k' || (:n)::text, '\\x0011223344556677', 201, decode(repeat('30', 500), 'hex'), now()) ON CONFLICT (session, key) DO UPDATE SET http_status = excluded.http_status WHERE idempotency_keys.http_status = 0;
COMMIT;
"""

LUA = """local n = 0
request = function()
  local cart = n
  n = n + 1
  local lines = {{}}
  for k = 0, 2 do lines[k + 1] = ids[cart * 3 + k + 1] end
  return wrk.format("POST", "/orders", {{["X-Session-Id"] = string.format("session-of-cart-%08d", cart),
    ["Idempotency-Key"] = "k" .. cart, ["Content-Type"] = "application/json"}},
    '{{"cart_item_ids": ["' .. table.concat(lines, '","') .. '"]}}')
end
local bad = 0
response = function(status) if status ~= 201 then bad = bad + 1 end end
ids = {{}}
for line in io.lines("{ids}") do ids[#ids + 1] = line end
done = function(summary) io.write(string.format("TILL %f\\n", summary.requests / summary.duration * 1e6)) end
"""


def cpu_s() -> float:
    """CPU time of all processes of this cluster, including backends that have ended."""
    pid = (postgres.cluster().data / "postmaster.pid").read_text().split()[0]
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for one in [pid, *children]:
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += sum(map(int, fields[11:13])) + (sum(map(int, fields[13:15])) if one == pid else 0)
    return ticks / os.sysconf("SC_CLK_TCK")


def fill(url: str) -> None:
    connection = postgres.Connection(url)
    for statement in filter(str.strip, FILL.split(";")):
        connection.connection.cursor().execute(statement)
    connection.close()


def first_product(url: str) -> int:
    connection = postgres.Connection(url)
    [(seq,)] = connection.execute("SELECT min(seq) FROM products").fetchall()
    connection.close()
    return seq


def orders(url: str) -> int:
    connection = postgres.Connection(url)
    [(count,)] = connection.execute("SELECT count(*) FROM orders").fetchall()
    connection.close()
    return count


def till_rate(server, url: str, lua: pathlib.Path) -> float:
    fill(url)
    before = cpu_s()
    out = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{SECONDS}", "-s", lua, server.address], capture_output=True, text=True).stdout
    count, used = orders(url), cpu_s() - before
    assert "Non-2xx" not in out, out
    print(f"  till    {count / SECONDS:7.0f} orders/s, PostgreSQL {used / count * 1e6:5.0f} us of CPU each")
    return count / SECONDS


def pgbench_rate(url: str, script: pathlib.Path) -> float:
    fill(url)
    before = cpu_s()
    command = [postgres.programs() / "pgbench", "-n", "-M", "prepared", "-c", CLIENTS, "-j", 1, "-T", SECONDS, "-D", "i=-1", "-f", script, url]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert "tps" in done.stdout, done.stderr
    count, used = orders(url), cpu_s() - before
    print(f"  pgbench {count / SECONDS:7.0f} orders/s, PostgreSQL {used / count * 1e6:5.0f} us of CPU each")
    return count / SECONDS


def main() -> None:
    postgres.SETTINGS["fsync"] = "on"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        url = postgres.url_for(folder / "till.db")
        till("seed", "--products", PRODUCTS, "--db", url)
        ids = [hashlib.md5(f"{n}/{k}".encode()).hexdigest() for n in range(CARTS) for k in range(3)]
        (folder / "ids").write_text("".join(f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}\n" for i in ids))
        (folder / "orders.lua").write_text(LUA.format(ids=folder / "ids"))
        (folder / "orders.sql").write_text(SCRIPT.format(share=CARTS // CLIENTS, products=PRODUCTS, first=first_product(url)))
        server = Server(folder, db=url, log="none", threads=1)
        ratios = []
        for _ in range(ROUNDS):
            ratios.append(till_rate(server, url, folder / "orders.lua") / pgbench_rate(url, folder / "orders.sql"))
        server.stop()
        print(f"placements of Till to pgbench's: {statistics.median(ratios):.2f} (of {', '.join(f'{r:.2f}' for r in ratios)})")


main()
