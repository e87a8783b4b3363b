#!/usr/bin/env python3
"""Fails on an include of src/ that points against the way of a request: from a layer to one further out."""
import pathlib
import re
import sys

LAYERS = ["base", "model", "db", "pay", "shop", "api", "http", "cli"]
# Beyond the order: what each layer must know nothing of (docs/ARCHITECTURE.md).
STRANGERS = {"db": {"model"}, "pay": {"model", "db"}, "shop": {"model"}, "api": set(), "http": set()}
# Libraries that only one folder may include.
OWNERS = {"uv.h": {"http"}, "llhttp.h": {"http"}, "sqlite3.h": {"db"}, "libpq-fe.h": {"db"}, "curl/curl.h": {"pay"}, "jansson.h": {"pay"}}


def complaints(root: pathlib.Path):
    for path in sorted(root.glob("*/*.[ch]")):
        layer = path.parent.name
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not (m := re.match(r'#include ["<]([^">]+)[">]', line)):
                continue
            target, folder = m[1], m[1].split("/")[0]
            at = f"{path}:{number}"
            if folder in LAYERS and LAYERS.index(folder) > LAYERS.index(layer):
                yield f"{at}: {layer}/ includes {target}, which lies further out"
            if folder in STRANGERS.get(layer, ()):
                yield f"{at}: {layer}/ must know nothing of {folder}/"
            if target in OWNERS and layer not in OWNERS[target]:
                yield f"{at}: only {', '.join(OWNERS[target])}/ includes {target}"


def main() -> int:
    found = list(complaints(pathlib.Path(__file__).parent.parent / "src"))
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
