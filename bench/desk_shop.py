"""A made-up shop of a million orders, on a catalogue of a million products: valid (`till audit` finds nothing), and as such a
shop would have it. Orders have contacts; most customers have few orders and some very many, and one surname is very common.

Orders, contacts and lines are made here. What follows from them (movements, payments, parcels, refunds, mails, the audit log) is
made by SQL from the table `made`, which says what became of each order, whether some of it was given back, and a number from 0 to 1."""

from __future__ import annotations

import itertools
import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
DAYS = 400
RECENT_DAYS = 6  # most of what was ordered in these is still to be sent
PENDING = 50  # the newest orders: they wait for a bank transfer
CUSTOMERS = 300_000

COMMON_SURNAME = "Nguyen"  # written before the given name, so that a search for it finds every one of these customers
GIVEN = (
    "Ann Ben Chloe Daniel Emma Felix Grace Hannah Ian Julia Karl Laura Marie Noah Olivia Paul Quentin Rosa Simon Tara Ugo Vera"
    " William Xenia Yara Zoe Amir Bianca Cem Dalia Elif Fatima Giulia Hugo Ines Jonas Katja Leon Mia Nadia"
).split()
SURNAMES = (
    "Smith Jones Taylor Brown Wilson Evans Thomas Roberts Walker Wright Green Hall Wood Martin Bernard Dubois Petit Durand Leroy"
    " Moreau Müller Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Koch Rossi Russo Ferrari Bianchi Romano García López"
    " Sánchez Pérez Kowalski Nowak Jansen Bakker Visser Silva Santos Costa Andersson Nilsson Hansen Larsen Virtanen Papadopoulos"
).split()
PLACES = (("London", "GB"), ("Leeds", "GB"), ("Berlin", "DE"), ("München", "DE"), ("Paris", "FR"), ("Lyon", "FR"), ("Boston", "US"))
DOMAINS = ("example.com", "example.net", "example.org", "mail.example.com")
FOLDED = str.maketrans("üíóáéñ", "uioaen")
NUMBER_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# What became of orders. `part`: something is sent, and something is to be sent.
FATES = ("delivered", "shipped", "part", "paid", "expired", "cancelled", "refunded")
FATES_RECENT, FATES_OLD = (10, 22, 8, 48, 8, 2, 2), (71, 11, 1, 5, 8, 2, 2)


def order_number(key: bytes) -> str:
    """As src/shop/orders/order_number.h has it."""
    bits = int.from_bytes(key[8:], "big")
    signs = "".join(NUMBER_SIGNS[bits >> shift & 31] for shift in range(45, -1, -5))
    return f"{signs[:5]}-{signs[5:]}"


def customer(number: int) -> tuple[str, str, str, str]:
    """Name, email address, city and country, which follow from the number."""
    given, surname = GIVEN[number % len(GIVEN)], SURNAMES[number // len(GIVEN) % len(SURNAMES)]
    name = f"{COMMON_SURNAME} {given}" if number % 25 == 7 else f"{given} {surname}"
    mail = f"{name.replace(' ', '.').lower().translate(FOLDED)}{number}@{DOMAINS[number % len(DOMAINS)]}"
    return (name, mail, *PLACES[number % len(PLACES)])


class Orders:
    """The rows of orders, oldest first."""

    def __init__(self, count: int, products: range) -> None:
        self.dice, self.count, self.products, self.now = random.Random(1), count, products, time.time_ns() // 1000

    def fate(self, age: int) -> str:
        recent = age < self.count * RECENT_DAYS // DAYS
        return "pending" if age < PENDING else self.dice.choices(FATES, FATES_RECENT if recent else FATES_OLD)[0]

    def lines(self, fate: str) -> list[tuple[int, int, int]]:
        """Products, quantities and prices. What was sent in part has two lines."""
        dice, count = self.dice, 2 if fate == "part" else self.dice.choices((1, 2, 3), (60, 28, 12))[0]
        first = dice.randrange(len(self.products))
        return [(self.products[(first + 7919 * i) % len(self.products)], dice.choice((1, 1, 1, 2)), dice.randrange(100, 20_000)) for i in range(count)]

    def __iter__(self) -> Iterator[tuple]:
        """Of each order: its row, its contact, its lines, and its row of `made`: seq, fate, gave_back, luck."""
        dice = self.dice
        for seq in range(1, self.count + 1):
            created = self.now - (self.count - seq) * (DAYS * DAY_US // self.count) - 1
            key = (created // 1000).to_bytes(6, "big") + dice.randbytes(10)
            fate = self.fate(self.count - seq)
            lines = self.lines(fate)
            name, mail, city, country = customer(int(CUSTOMERS * dice.random() ** 2))
            held = fate == "pending"
            closed = None if held else created + dice.randrange(20_000_000, HOUR_US // 3)
            order = (
                seq, key, None if held else dice.randbytes(16), sum(line[1] * line[2] for line in lines),
                {"part": "paid"}.get(fate, fate), created, created + (DAYS * DAY_US if held else HOUR_US // 2), closed,
                closed + DAY_US // 4 if fate == "refunded" else None,
            )  # fmt: skip
            contact = (seq, order_number(key), mail, mail, name, f"{seq % 200} High Street", city, country, name.lower().translate(FOLDED))
            made = (seq, fate, fate in ("delivered", "shipped", "part") and dice.random() < 0.03, dice.random())
            yield order, contact, [(seq, i, *line) for i, line in enumerate(lines)], made


MONEY = "('paid', 'shipped', 'delivered', 'refunded')"
LINES = "FROM orders AS o JOIN order_items AS i ON i.order_seq = o.seq"
MADE = "FROM made AS m JOIN orders AS o ON o.seq = m.seq"
MOVED = "INSERT INTO stock_movements (product, order_seq, kind, quantity, created_at) SELECT i.product, i.order_seq"
RETURNED = "CASE m.fate WHEN 'refunded' THEN o.total_amount ELSE m.gave_back * o.total_amount * 3 / 10 END"
SENT, ARRIVED, GIVEN_BACK = (f"min(o.closed_at + {hours} * {HOUR_US}, :now)" for hours in (3, 50, 99))
UUID_TEXT = "lower(" + " || '-' || ".join(f"substr(hex(id), {at}, {size})" for at, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))) + ")"

MOVEMENTS = f"""
{MOVED}, 'reserved', i.quantity, o.created_at {LINES} ORDER BY o.seq;
{MOVED}, CASE WHEN o.status IN {MONEY} THEN 'sold' ELSE 'returned' END, i.quantity, o.closed_at {LINES} WHERE o.closed_at IS NOT NULL ORDER BY o.seq;
"""

PAYMENTS = f"""
INSERT INTO payments (id, order_seq, provider, provider_payment_id, amount, currency, status, failure_message, attempts, created_at, changed_at)
  SELECT randomblob(16), o.seq, 'mock', 'pi_failed_' || o.seq || '_' || t.n, o.total_amount, 'usd', 'failed', 'Your card was declined.', 1,
    o.created_at + t.n, o.created_at + 10000000 + t.n
  {MADE} JOIN (SELECT 1 AS n UNION ALL SELECT 2) AS t WHERE m.luck < CASE m.fate WHEN 'pending' THEN 0 WHEN 'expired' THEN 0.6 ELSE 0.04 END / t.n ORDER BY o.seq;
INSERT INTO payments (id, order_seq, provider, provider_payment_id, amount, currency, status, attempts, created_at, changed_at, refund, refund_reserved, refunded_amount)
  SELECT randomblob(16), o.seq, 'mock', 'pi_' || lower(hex(o.id)), o.total_amount, 'usd', 'succeeded', 1, o.created_at + 15000000, o.closed_at,
    CASE m.fate WHEN 'refunded' THEN 'done' ELSE 'none' END, {RETURNED}, {RETURNED}
  {MADE} WHERE o.status IN {MONEY} ORDER BY o.seq;
"""

PARCELS = f"""
INSERT INTO fulfillments (id, order_seq, status, carrier, tracking_number, shipped_at, delivered_at)
  SELECT randomblob(16), o.seq, CASE m.fate WHEN 'delivered' THEN 'delivered' ELSE 'shipped' END, 'dhl', '00340434' || o.seq, {SENT},
    CASE m.fate WHEN 'delivered' THEN {ARRIVED} END
  {MADE} WHERE m.fate IN ('delivered', 'shipped', 'part') ORDER BY o.seq;
INSERT INTO fulfillment_items (fulfillment, line, quantity)
  SELECT f.seq, i.line, i.quantity FROM fulfillments AS f JOIN order_items AS i ON i.order_seq = f.order_seq JOIN made AS m ON m.seq = f.order_seq
  WHERE m.fate <> 'part' OR i.line = 0;
"""

REFUNDS = f"""
INSERT INTO refunds (id, order_seq, payment, amount, shipping, status, origin, provider_refund_id, succeeded_at, notify, actor_kind, created_at)
  SELECT randomblob(16), o.seq, p.seq, p.refunded_amount, 0, 'succeeded', 'staff', 're_' || o.seq, coalesce(o.refunded_at, {GIVEN_BACK}), 1, 'token',
    coalesce(o.refunded_at, {GIVEN_BACK}) - 1000000
  FROM payments AS p JOIN orders AS o ON o.seq = p.order_seq WHERE p.refunded_amount > 0 ORDER BY o.seq;
INSERT INTO refund_items (refund, line, quantity, unsent, restock)
  SELECT r.seq, i.line, CASE m.fate WHEN 'refunded' THEN i.quantity ELSE 1 END, CASE m.fate WHEN 'refunded' THEN i.quantity ELSE 0 END,
    CASE m.fate WHEN 'refunded' THEN i.quantity ELSE 1 END
  FROM refunds AS r JOIN made AS m ON m.seq = r.order_seq JOIN order_items AS i ON i.order_seq = r.order_seq WHERE m.fate = 'refunded' OR i.line = 0;
{MOVED}, 'returned', ri.restock, r.succeeded_at FROM refunds AS r JOIN refund_items AS ri ON ri.refund = r.seq
  JOIN order_items AS i ON i.order_seq = r.order_seq AND i.line = ri.line ORDER BY i.order_seq;
"""

TIMELINE = """
INSERT INTO order_events (order_seq, n, at, kind, actor_kind, subject, amount)
  SELECT order_seq, row_number() OVER (PARTITION BY order_seq ORDER BY at), at, kind, 'token', id, amount FROM (
    SELECT order_seq, shipped_at AS at, 'shipped' AS kind, id, NULL AS amount FROM fulfillments
    UNION ALL SELECT order_seq, delivered_at, 'delivered', id, NULL FROM fulfillments WHERE status = 'delivered'
    UNION ALL SELECT r.order_seq, r.succeeded_at, 'partly_refunded', r.id, r.amount FROM refunds AS r JOIN made AS m ON m.seq = r.order_seq
      WHERE m.fate <> 'refunded');
"""

# About as long as what the templates make of an order of three lines.
TEXT = "replace(hex(zeroblob(9)), '00', '1 × Desk lamp with a foot of brass, 29.99' || char(10))"
HTML = "replace(hex(zeroblob(26)), '00', '<tr><td>Desk lamp with a foot of brass</td><td>29.99</td></tr>' || char(10))"
MAILED = "SELECT o.seq, c.email, c.number, "
OF_CONTACT = "JOIN order_contacts AS c ON c.order_seq = o.seq"

# Mails are kept for a year, and their texts for 30 days. The latest wait for their next try.
MAILS = f"""
INSERT INTO mails (id, to_address, kind, subject, text, html, state, attempts, due_at, last_error, created_at, done_at)
  SELECT randomblob(16), email, kind, subject, CASE WHEN at > :now - 30 * {DAY_US} THEN {TEXT} END, CASE WHEN at > :now - 30 * {DAY_US} THEN {HTML} END,
    state, 1, CASE state WHEN 'queued' THEN :now + {DAYS} * {DAY_US} END, CASE state WHEN 'failed' THEN '550 No such user here' END, at,
    CASE state WHEN 'queued' THEN NULL ELSE at + 2000000 END FROM (
    SELECT email, kind, subject, at, CASE WHEN at > :now - {HOUR_US} // 9 THEN 'queued' WHEN seq % 250 = 0 THEN 'failed' ELSE 'sent' END AS state FROM (
      {MAILED} 'order_confirmed' AS kind, 'Your order ' || c.number || ' at Ann''s Shop' AS subject, o.closed_at AS at
        FROM orders AS o {OF_CONTACT} WHERE o.status IN {MONEY}
      UNION ALL {MAILED} 'order_shipped', 'Your order ' || c.number || ' is on its way', f.shipped_at
        FROM fulfillments AS f JOIN orders AS o ON o.seq = f.order_seq {OF_CONTACT}
      UNION ALL {MAILED} 'order_cancelled', 'Your order ' || c.number || ' is cancelled', o.closed_at
        FROM orders AS o {OF_CONTACT} WHERE o.status = 'cancelled'
      UNION ALL {MAILED} 'order_refunded', r.amount / 100 || '.00 of your order ' || c.number || ' go back to you', r.succeeded_at
        FROM refunds AS r JOIN orders AS o ON o.seq = r.order_seq {OF_CONTACT})
    WHERE at > :now - 365 * {DAY_US}) ORDER BY at;
""".replace("//", "/")

# What six of the staff and the owner's token did: parcels, refunds, and changes of products.
AUDIT_LOG = f"""
INSERT INTO audit_log (created_at, actor_kind, actor, action, target, changes, ip_prefix, request_id)
  SELECT at, CASE staff WHEN 0 THEN 'token' ELSE 'staff' END, CASE WHEN staff > 0 THEN '0198c0e4-6d1b-7f20-8a3c-00000000000' || staff END, action,
    {UUID_TEXT}, '{{"changes":[{{"field":"' || field || '","before":"' || before || '","after":"' || after || '"}}]}}', '192.0.2.0/24', 'r-' || at FROM (
    SELECT f.shipped_at AS at, o.seq % 7 AS staff, 'POST /orders/{{order_id}}/fulfillments' AS action, o.id, 'carrier' AS field, '' AS before, 'dhl' AS after
      FROM fulfillments AS f JOIN orders AS o ON o.seq = f.order_seq
    UNION ALL SELECT r.created_at, o.seq % 7, 'POST /orders/{{order_id}}/refunds', o.id, 'amount', '', r.amount FROM refunds AS r JOIN orders AS o ON o.seq = r.order_seq
    UNION ALL SELECT o.created_at, o.seq % 3, 'PATCH /products/{{product_id}}', p.id, 'price', p.price + 100, p.price
      FROM orders AS o JOIN order_items AS i ON i.order_seq = o.seq JOIN products AS p ON p.seq = i.product WHERE o.seq % 5 = 0 AND i.line = 0) ORDER BY at;
"""

STOCK = """
CREATE TEMP TABLE taken AS SELECT product, sum(quantity) AS quantity FROM (
  SELECT product, CASE kind WHEN 'reserved' THEN quantity WHEN 'returned' THEN -quantity ELSE 0 END AS quantity FROM stock_movements) GROUP BY product;
UPDATE products SET stock_received = stock_quantity + t.quantity FROM taken AS t WHERE t.product = products.seq;
"""


def put(db: sqlite3.Connection, table: str, columns: str, rows: list[tuple]) -> None:
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(columns.split(',')))})", rows)


def fill(path: Path, count: int) -> None:
    """Writes the orders into a shop that has products alone. What the orders took comes on top of what was received."""
    db = sqlite3.connect(path, isolation_level=None)
    [(first, last)] = db.execute("SELECT min(seq), max(seq) FROM products")
    orders = Orders(count, range(first, last + 1))
    for statement in ("PRAGMA synchronous=OFF", "PRAGMA journal_mode=WAL", "PRAGMA cache_size=-500000", "PRAGMA temp_store=MEMORY", "BEGIN"):
        db.execute(statement)
    db.execute("CREATE TEMP TABLE made (seq INTEGER PRIMARY KEY, fate TEXT, gave_back INTEGER, luck REAL)")
    rows = iter(orders)
    while chunk := list(itertools.islice(rows, 50_000)):
        columns = "seq, id, session, total_amount, status, created_at, expires_at, closed_at, refunded_at, currency"
        put(db, "orders", columns, [(*row[0], "usd") for row in chunk])
        columns = "order_seq, number, email, email_key, shipping_name, shipping_line1, shipping_city, shipping_country, name_key, shipping_postal_code"
        put(db, "order_contacts", columns, [(*row[1], "10115") for row in chunk])
        put(db, "order_items", "order_seq, line, product, quantity, price_at_purchase", [line for row in chunk for line in row[2]])
        put(db, "made", "seq, fate, gave_back, luck", [row[3] for row in chunk])
    for statement in "".join((MOVEMENTS, PAYMENTS, PARCELS, REFUNDS, TIMELINE, MAILS, AUDIT_LOG, STOCK)).split(";\n"):
        db.execute(statement, {"now": orders.now} if ":now" in statement else {})
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
