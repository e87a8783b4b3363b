#!/usr/bin/env python3
"""Follows all links from a page to another file of its tree, or to one of a page's headings: links.py PAGE|FOLDER…

Prints those that lead nowhere; exit 1 if there are some. Links to other sites are not followed.
"""
import functools
import pathlib
import re
import sys
import urllib.parse

LINK = re.compile(r"\]\(([^)\s]+)\)|<(?:img|a) [^>]*(?:src|href)=\"([^\"]+)\"")


def read(page: pathlib.Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)


@functools.cache
def anchors_of(page: pathlib.Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*?)\s*$", read(page), re.M)
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


def broken(page: pathlib.Path):
    """The links of a page that lead nowhere."""
    for match in LINK.finditer(re.sub(r"`[^`\n]*`", "``", read(page))):
        target = match[1] or match[2]
        path, _, anchor = urllib.parse.unquote(target).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = page.parent / path if path else page
        if not file.exists() or (anchor and anchor not in anchors_of(file)):
            yield target


def main(roots: list[str]) -> int:
    found = 0
    for root in map(pathlib.Path, roots):
        for page in [root] if root.is_file() else sorted(root.rglob("*.md")):
            for target in broken(page):
                print(f"{page} links to {target}, which is not there")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
