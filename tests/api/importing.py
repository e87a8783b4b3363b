"""Files of products, and what shoppers see of an import: `from importing import oddities, write`."""
from __future__ import annotations

import csv
import json
import random
import threading

from server import SANITIZED, product, till

FORMATS = ["csv", "jsonl", "json"]
MANY = 3_000 if SANITIZED else 12_000  # products of an import that takes a while
SHIPPING = {"weight_grams": None, "ships": True, "tax_class": "standard"}  # which an export has beside what is given
HEAD = "name,description,price,stock_quantity,category,image_url"


def write(path, products: list[dict]) -> None:
    """Writes a file in the format of its name, with an independent library."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        if path.suffix == ".csv":
            writer = csv.DictWriter(file, list(products[0]))
            writer.writeheader()
            writer.writerows(products)
        elif path.suffix == ".jsonl":
            file.writelines(json.dumps(p, ensure_ascii=False) + "\n" for p in products)
        else:
            json.dump(products, file, indent=1)


def read(path) -> list[dict]:
    """Reads such a file."""
    with open(path, newline="", encoding="utf-8") as file:
        if path.suffix == ".csv":
            numbers = ("price", "stock_quantity")
            rows = [row | {n: int(row[n]) for n in numbers} for row in csv.DictReader(file, strict=True)]
            return [row | {"weight_grams": int(row["weight_grams"]) if row["weight_grams"] else None, "ships": row["ships"] == "true"} for row in rows]
        return [json.loads(line) for line in file] if path.suffix == ".jsonl" else json.load(file)


def import_into(path, file, **kwargs):
    return till("import", file, "--db", path, **kwargs)


def oddities(folder, count: int = MANY):
    """A file of many products with a word, a category and prices that the shop does not have yet."""
    dice = random.Random(count)
    words = ["".join(dice.choices("abcdefghiklmnoprstu", k=6)) for _ in range(2000)]
    made = (
        product(name=f"Oddity {' '.join(dice.choices(words, k=3))}", description=" ".join(dice.choices(words, k=20)),
                price=10**9 + i, category="odds")
        for i in range(count)
    )  # fmt: skip
    write(folder / "odd.jsonl", list(made))
    return folder / "odd.jsonl"


def total(answer) -> int:
    return int(answer.headers["x-total-count"])


ASKS = {
    "/products?limit=3": total,
    "/products/search?q=oddity": total,
    "/products/search?q=odity&limit=1": total,
    "/products/search?category=odds": total,
    "/products/search?sort=price_desc&limit=2": total,
    "/products/facets?q=oddity": lambda answer: answer.json()["total"],
    "/products/facets": lambda answer: (answer.json()["total"], len(answer.json()["categories"])),
    "/categories": lambda answer: sorted((c["category"], c["product_count"]) for c in answer.json() if c["category"] == "odds"),
    "/products/suggest?q=oddi": lambda answer: bool(answer.json()),
}  # fmt: skip


class Watcher(threading.Thread):
    """Reads the shop over and over. Each answer must be the one from before the import or the one from after it, and never
    the former again after the latter. (Cached answers may be 100 ms old, so each kind of answer changes at its own
    time.)"""

    def __init__(self, server, asks: dict[str, callable]):
        super().__init__(daemon=True)
        self.client, self.asks, self.ended = server.client(admin=False), asks, threading.Event()
        self.seen: dict[str, list] = {path: [] for path in asks}
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.ended.is_set():
                for path, figure in self.asks.items():
                    answer = self.client.get(path)
                    assert answer.status_code == 200, answer
                    if (got := figure(answer)) not in self.seen[path][-1:]:
                        self.seen[path].append(got)
        except BaseException as failure:  # a test's thread cannot raise
            self.failure = failure

    def end(self) -> dict[str, list]:
        self.ended.set()
        self.join()
        assert not self.failure, self.failure
        return self.seen
