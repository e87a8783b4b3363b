#!/usr/bin/env python3
"""Writes a C file with the contents of files as `const struct str asset_…`.

    embed.py OUT.c HEADER [NAME=]FILE …

Without a name, `a.txt` becomes `asset_a_txt`.
"""
import pathlib
import sys


def literal(data: bytes) -> str:
    """Returns the bytes as string literals, one a line, because compilers read them far faster than arrays of numbers."""
    text = "".join(
        chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in data
    )
    lines, at = [], 0
    while at < len(text):
        end = min(at + 100, len(text))
        while end > at and "\\" in text[max(at, end - 3):end] and end < len(text):
            end -= 1
        lines.append(f'    "{text[at:end]}"')
        at = end
    return "\n".join(lines) or '    ""'


def main() -> None:
    out, header, *files = sys.argv[1:]
    parts = [f'#include "{header}"\n']
    for item in files:
        name, path = item.split("=", 1) if "=" in item else (pathlib.Path(item).name.replace(".", "_"), item)
        data = pathlib.Path(path).read_bytes()
        parts.append(f"const struct str asset_{name} = {{\n{literal(data)},\n    {len(data)},\n}};\n")
    pathlib.Path(out).write_text("\n".join(parts))


if __name__ == "__main__":
    main()
