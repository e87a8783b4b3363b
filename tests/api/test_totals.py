"""What orders cost, against Python's fractions: 100,000 random orders, not one off by a unit (tests/probe_totals.c)."""
from __future__ import annotations

import random
import subprocess
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from server import PROBE

MONEY_MAX = 2**53 - 1
ORDERS, BATCH = 100_000, 1_000


def half_up(x: Fraction) -> int:
    return int(x + Fraction(1, 2))  # x is not negative


def tax_of(amount: int, rate: int, included: bool) -> int:
    r = Fraction(rate, 100_000)
    return half_up(amount * r / (1 + r) if included else amount * r)


def expected(included: bool, discount: int, shipping: int, shipping_rate: int, lines: list[tuple[int, int, int]]) -> list[int]:
    amounts = [quantity * price for quantity, price, _ in lines]
    items = sum(amounts)
    discount = min(discount, items)
    exact = [Fraction(discount * amount, items) if items else Fraction(0) for amount in amounts]
    parts = [int(part) for part in exact]
    by_loss = sorted(range(len(lines)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_loss[: discount - sum(parts)]:
        parts[i] += 1
    taxes = [tax_of(amount - part, rate, included) for amount, part, (_, _, rate) in zip(amounts, parts, lines)]
    shipping_tax = tax_of(shipping, shipping_rate, included)
    tax = sum(taxes) + shipping_tax
    total = items - discount + shipping + (0 if included else tax)
    assert sum(parts) == discount and all(0 <= part <= amount for part, amount in zip(parts, amounts)) and total >= 0
    if max(items, tax, items - discount + shipping, total) > MONEY_MAX:
        return [0]
    return [1, items, discount, shipping_tax, tax, total] + [n for line in zip(amounts, parts, taxes) for n in line]


def random_order(r: random.Random):
    rates = r.choice([[0], [20_000], [19_000, 7_000], [9_375], [r.randrange(30_001) for _ in range(4)]])
    price_max = r.choice([10, 1_000, 100_000, 10_000_000])
    lines = [(r.randrange(1, 20), r.randrange(price_max), r.choice(rates)) for _ in range(r.choice([1, 2, 3, 5, r.randrange(1, 101)]))]
    items = sum(quantity * price for quantity, price, _ in lines)
    discount = r.choice([0, r.randrange(items + 1), items // 10, items, items + 1])
    return r.random() < 0.5, discount, r.choice([0, 490, r.randrange(10_000)]), r.choice(rates), lines


def huge_order(r: random.Random):
    """Near 2^53: most have a term that is too large."""
    lines = [(r.randrange(1, 10_001), r.choice([MONEY_MAX, MONEY_MAX // 10_000, r.randrange(2**40)]), r.randrange(30_001)) for _ in range(r.randrange(1, 4))]
    return r.random() < 0.5, r.randrange(MONEY_MAX), r.choice([0, MONEY_MAX, MONEY_MAX - 1]), r.randrange(30_001), lines


def computed(orders) -> list[list[int]]:
    text = "".join(" ".join(map(str, [int(o[0]), *o[1:4], *(n for line in o[4] for n in line)])) + "\n" for o in orders)
    out = subprocess.run([PROBE.parent / "probe_totals"], input=text, capture_output=True, text=True, check=True).stdout
    return [[int(n) for n in line.split()] for line in out.splitlines()]


def check(orders) -> None:
    answers = computed(orders)
    assert len(answers) == len(orders)
    for order, answer in zip(orders, answers):
        wanted = expected(*order)
        assert answer[: len(wanted)] == wanted, order


@settings(max_examples=ORDERS // BATCH, deadline=None)
@given(st.integers(min_value=0, max_value=2**64))
def test_random_orders_are_exact(seed):
    r = random.Random(seed)
    check([random_order(r) for _ in range(BATCH)])


@settings(max_examples=10, deadline=None)
@given(st.integers(min_value=0, max_value=2**64))
def test_what_is_too_large_is_said(seed):
    r = random.Random(seed)
    check([huge_order(r) for _ in range(200)])


def test_an_example_of_the_guide():
    """docs/guides/sell-abroad.md: a lamp of 29.99 and two bulbs of 4.99 with 20 % tax in them, shipping 4.90."""
    lines = [(1, 2999, 20_000), (2, 499, 20_000)]
    check([(True, 400, 490, 20_000, lines)])
    assert computed([(True, 0, 490, 20_000, lines)]) == [[1, 3997, 0, 82, 748, 4487, 2999, 0, 500, 998, 0, 166]]
