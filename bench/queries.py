#!/usr/bin/env python3
"""Writes queries.txt: 500 different searches of a made-up catalogue (`till seed --products N`), one target a line.

    queries.py DATABASE > queries.txt

Words come from the search index's dictionary, so that the common and the rare ones really are. Run it again when the
made-up vocabulary changes; 100,000 products are enough. Standard library only.
"""
from __future__ import annotations

import random
import sqlite3
import sys
import urllib.parse

KINDS = ("common", "rare", "two", "prefix", "misspelt", "none")
EACH = 500 // len(KINDS)


def misspell(rng: random.Random, word: str) -> str:
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + rng.choice("aeiorst") + word[at:]
    if kind == 2:
        return word[:at] + rng.choice("aeiorst") + word[at + 1 :]
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def filters(rng: random.Random, categories: list[str]) -> dict:
    """No filter, a category, a range of prices, or both, and any sort."""
    chosen: dict = {}
    if rng.random() < 0.4:
        chosen["category"] = rng.choice(categories)
    if rng.random() < 0.4:
        low = rng.choice([0, 500, 1000, 5000])
        chosen |= {"min_price": low, "max_price": low + rng.choice([1000, 5000, 50000])}
    if rng.random() < 0.5:
        chosen["sort"] = rng.choice(["relevance", "price_asc", "price_desc", "name_asc", "name_desc", "newest"])
    if rng.random() < 0.1:
        chosen["offset"] = rng.choice([20, 200, 2000])
    return chosen | {"limit": rng.choice([20, 20, 20, 100])}


def main() -> None:
    rng = random.Random(1)
    database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    total = database.execute("SELECT count(*) FROM products").fetchone()[0]
    terms = database.execute("SELECT term, documents FROM search_terms WHERE words > 0 ORDER BY documents DESC, term").fetchall()
    categories = [name for name, in database.execute("SELECT name FROM categories ORDER BY name")]
    common = [t for t, n in terms if n >= total / 25 and len(t) > 2]
    middle = [t for t, n in terms if total / 1000 <= n < total / 25 and len(t) > 3]
    rare = [t for t, n in terms if n <= total / 5000]

    def words(kind: str) -> str:
        if kind == "common":
            return rng.choice(common)
        if kind == "rare":
            return rng.choice(rare)
        if kind == "two":
            return f"{rng.choice(common)} {rng.choice(middle)}"
        if kind == "prefix":
            word = rng.choice(common + middle)
            return word[: rng.randrange(2, len(word))]
        if kind == "misspelt":
            return misspell(rng, rng.choice([w for w in middle if len(w) > 5]))
        return ""

    seen: set[str] = set()
    for i in range(500):
        kind = KINDS[i % len(KINDS)]
        while True:
            query = filters(rng, categories)
            if text := words(kind):
                query = {"q": text} | query
            target = "/products/search?" + urllib.parse.urlencode(query)
            if target not in seen:
                break
        seen.add(target)
        print(target)


if __name__ == "__main__":
    main()
