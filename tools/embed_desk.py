#!/usr/bin/env python3
"""Writes a C file with the owner's desk, as it is and as gzip: its page first.

    embed_desk.py OUT.c DEPFILE FOLDER MISSING.html

FOLDER has what admin/build.mjs made. If it has no desk.html, MISSING.html is the page, and there are no files. DEPFILE gets
what this depends on, for ninja: the folder itself too, so that a file that comes later is noticed.
"""
import gzip
import pathlib
import sys

from embed import literal

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


def text(data: bytes) -> str:
    return f"{{\n{literal(data)},\n    {len(data)}}}"


def row(path: pathlib.Path) -> str:
    data = path.read_bytes()
    parts = path.name.encode(), TYPES[path.suffix].encode(), data, gzip.compress(data, 9, mtime=0)
    return "    {" + ", ".join(text(part) for part in parts) + "},"


def main() -> None:
    out, depfile, folder, missing = (pathlib.Path(name) for name in sys.argv[1:])
    page = folder / "desk.html"
    files = [path for path in sorted(folder.iterdir()) if path.suffix in TYPES and path != page]
    shown = [page, *files] if page.exists() else [missing]
    out.write_text(
        '#include "api/assets.h"\n\nconst struct desk_file asset_desk[] = {\n' + "\n".join(map(row, shown)) + "\n};\n"
        f"const size_t asset_desk_count = {len(shown)};\n"
    )
    depfile.write_text(f"{out}: " + " ".join(str(path).replace(" ", "\\ ") for path in [folder, missing, *shown]) + "\n")


if __name__ == "__main__":
    main()
