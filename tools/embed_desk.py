#!/usr/bin/env python3
"""Writes a C file with the owner's desk, as it is and as gzip: its page first; and the policy under which the page runs.

    embed_desk.py OUT.c DEPFILE FOLDER MISSING.html

FOLDER has what admin/build.mjs made. If it has no desk.html, MISSING.html is the page, and there are no files. DEPFILE gets
what this depends on, for ninja: the folder itself too, so that a file that comes later is noticed.
"""
import base64
import gzip
import hashlib
import pathlib
import re
import sys

from embed import literal

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


# The page runs the scripts that the build made, and nothing that somebody has typed into the shop. Pictures of products may be
# anywhere. What is in the page itself is allowed by its hash.
POLICY = (
    "default-src 'none'; script-src 'self'{script}; style-src 'self'{style}; img-src 'self' blob: https:; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
)


def hashes(page: str, tag: str) -> str:
    inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'" for part in inside)


def text(data: bytes) -> str:
    return f"{{\n{literal(data)},\n    {len(data)}}}"


def row(path: pathlib.Path) -> str:
    data = path.read_bytes()
    parts = path.name.encode(), TYPES[path.suffix].encode(), data, gzip.compress(data, 9, mtime=0)
    etag = hashlib.sha256(data).hexdigest()[:32]
    return "    {" + ", ".join(text(part) for part in parts) + f", \"\\\"{etag}\\\"\"" + "},"


def main() -> None:
    out, depfile, folder, missing = (pathlib.Path(name) for name in sys.argv[1:])
    page = folder / "desk.html"
    files = [path for path in sorted(folder.iterdir()) if path.suffix in TYPES and path != page]
    shown = [page, *files] if page.exists() else [missing]
    page_text = shown[0].read_text()
    policy = POLICY.format(script=hashes(page_text, "script"), style=hashes(page_text, "style"))
    out.write_text(
        '#include "api/assets.h"\n\nconst struct desk_file asset_desk[] = {\n' + "\n".join(map(row, shown)) + "\n};\n"
        f"const size_t asset_desk_count = {len(shown)};\n"
        f"const struct str asset_desk_policy = {text(policy.encode())};\n"
    )
    depfile.write_text(f"{out}: " + " ".join(str(path).replace(" ", "\\ ") for path in [folder, missing, *shown]) + "\n")


if __name__ == "__main__":
    main()
