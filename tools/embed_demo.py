#!/usr/bin/env python3
"""Writes a C file with the demo shop: its pictures, and its catalogue pointing at them.

    embed_demo.py OUT.c CATALOGUE.json MEDIA_FOLDER

A picture's name has a hash of its content, so that browsers may keep it for ever.
"""
import hashlib
import json
import pathlib
import sys

from embed import literal


def main() -> None:
    out, catalogue, folder = sys.argv[1:]
    urls, rows = {}, []
    for path in sorted(pathlib.Path(folder).glob("*.svg")):
        data = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(data).hexdigest()[:12]}.svg"
        urls[f"/media/{path.name}"] = f"/media/{name}"
        rows.append(f'    {{{{"{name}", {len(name)}}}, {{\n{literal(data)},\n    {len(data)}}}}},')
    products = json.loads(pathlib.Path(catalogue).read_text())
    for product in products:
        product["image_url"] = urls[product["image_url"]]
    text = json.dumps(products, ensure_ascii=False).encode()
    pathlib.Path(out).write_text(
        '#include "api/assets.h"\n#include "files/catalogue_file.h"\n\n'
        f"const struct str asset_demo_catalogue = {{\n{literal(text)},\n    {len(text)},\n}};\n\n"
        "const struct asset asset_media[] = {\n" + "\n".join(rows) + "\n};\n"
        f"const size_t asset_media_count = {len(rows)};\n"
    )


if __name__ == "__main__":
    main()
