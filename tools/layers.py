#!/usr/bin/env python3
"""Fails if an include of src/ points up the order of rooms, if modules include each other in a circle, or if a folder has
grown past what a reader can hold.

A room is a folder of src/ that has sources; a module is a .h/.c pair, and is named by its path without the ending. A header
without a .c file of its own is private to those that include it: it counts as part of each.
"""
import pathlib
import re
import sys

# From the ground up: a room may include itself and those before it.
ROOMS = """
base base/crypto base/thread base/file base/ip model net password image
db db/sqlite db/postgres db/exec db/copy
pay pay/stripe pay/mock hooks mail
shop/schema shop/schema/sqlite shop/schema/postgres shop shop/outbox shop/staff shop/index shop/synonyms shop/media shop/imports shop/catalogue shop/checkout shop/alerts shop/search shop/suggest shop/cart shop/orders shop/guests shop/payments shop/payments/refunds shop/desk shop/audit shop/chores
api api/resources api/resources/pages api/resources/staff api/resources/settings api/resources/orders api/resources/media api/resources/imports api/resources/desk api/mock_stripe
http/parse http console files/foreign files files/import serve/import serve/outbox serve/sandbox serve cli cli/shop cli/staff
""".split()

# Beyond the order: the rooms that a layer knows nothing of (docs/internals/README.md).
UNKNOWN = {
    "net": ["model"],
    "password": ["model", "net"],
    "image": ["model", "net", "password"],
    "db": ["model", "net"],
    "pay": ["model", "db"],
    "hooks": ["model", "db", "pay"],
    "mail": ["model", "db", "pay"],
    "shop": ["model", "net"],
    "http": ["shop", "pay", "net"],
}

# Except for these: the mock provider keeps books.
KNOWN = {"pay/mock": ["db"]}

# The one folder that may include a library's header.
OWNERS = {
    "uv.h": "http",
    "llhttp.h": "http",
    "sqlite3.h": "db/sqlite",
    "libpq-fe.h": "db/postgres",
    "curl/curl.h": "net",
    "expat.h": "files/foreign",
    "sodium.h": "password",
    "nettle/sha2.h": "base/crypto",
    "nettle/hmac.h": "base/crypto",
    "nettle/memops.h": "base/crypto",
    "nettle/base64.h": "base/crypto",
}

# Includes against the order that are still to be untied: this list only gets shorter.
KNOTS: set[tuple[str, str]] = set()

SOURCES_MAX = 12  # .c files of one folder
INCLUDE = re.compile(r'#include ["<]([^">]+)[">]')


def below(room: str, folder: str) -> bool:
    return room == folder or room.startswith(folder + "/")


def includes(path: pathlib.Path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if m := INCLUDE.match(line):
            yield number, m[1]


def wrong_way(module: str, target: str) -> str | None:
    room, other = (str(pathlib.PurePath(name).parent) for name in (module, target))
    if (module, target) in KNOTS or other not in ROOMS:
        return None
    if room in ROOMS and ROOMS.index(other) > ROOMS.index(room):
        return f"{room}/ includes {target}.h, which is above it"
    for folder, unknown in UNKNOWN.items():
        unknown = set(unknown) - set(KNOWN.get(room, ()))
        if below(room, folder) and any(below(other, name) for name in unknown):
            return f"{folder}/ knows nothing of {other}/"
    return None


def without_private(graph: dict[str, set[str]], private: set[str]) -> dict[str, set[str]]:
    """The graph of the other modules, each with what its private headers include."""

    def targets(module: str, seen: set[str]):
        for target in graph.get(module, set()) - seen:
            if target in private:
                yield from targets(target, seen | {target})
            else:
                yield target

    return {m: set(targets(m, set())) - {m} for m in graph if m not in private}


def circles(graph: dict[str, set[str]]):
    """Each module that can be reached from itself, with the way back."""
    done: set[str] = set()

    def walk(module: str, way: list[str]):
        if module in way:
            yield " → ".join(way[way.index(module):] + [module])
        elif module not in done:
            for target in sorted(graph.get(module, ())):
                if (module, target) not in KNOTS:
                    yield from walk(target, way + [module])
            done.add(module)

    for module in sorted(graph):
        yield from walk(module, [])


def complaints(root: pathlib.Path):
    graph: dict[str, set[str]] = {}
    private: set[str] = set()
    for path in sorted(root.rglob("*.[ch]")):
        name = path.relative_to(root).with_suffix("")
        module, room = str(name), str(name.parent)
        if room != "." and room not in ROOMS:
            yield f"{path}: {room}/ has no place in the order of rooms (tools/layers.py)"
        if path.suffix == ".h" and not path.with_suffix(".c").exists():
            private.add(module)
        for number, header in includes(path):
            target = header.removesuffix(".h")
            if target != module and (root / header).exists():
                graph.setdefault(module, set()).add(target)
            if wrong := wrong_way(module, target):
                yield f"{path}:{number}: {wrong}"
            if header in OWNERS and not below(room, OWNERS[header]):
                yield f"{path}:{number}: only {OWNERS[header]}/ includes {header}"
    for circle in circles(without_private(graph, private)):
        yield f"modules include each other: {circle}"
    for folder in [root / room for room in ROOMS]:
        if (count := len(list(folder.glob("*.c")))) > SOURCES_MAX:
            yield f"{folder}: {count} sources, more than {SOURCES_MAX}"


def main() -> int:
    found = list(complaints(pathlib.Path(__file__).parent.parent / "src"))
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
