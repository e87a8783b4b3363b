#!/usr/bin/env python3
"""How the code reads, in numbers, and which of them are past their bound.

    tools/style.py                    all of src/; exit 1 if a bound is broken
    tools/style.py src/db src/http    these folders only
    tools/style.py --list …           also each comment line with a counted word, and each shared name

Counted are the words of comments (a dialect that has to be decoded: `where` for if, `none`, `told`, `whoever`), the share of
comment lines in .c files, the length of functions, and functions that share their name, so that grep and gdb cannot tell them
apart.
"""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent
WORDS_MAX = 15  # of each group, in 10,000 words of comments
GROUPS = {
    "where": r"where",
    "none": r"none",
    "told": r"told",
    "whoever, nobody": r"whoever|nobody|everybody|somebody",
}
SHOWN = {"if": r"if", "because": r"because|so that", "when": r"when", "what": r"what"}  # without a bound
COMMENT_SHARE_MIN = 8.0  # per cent of a .c file's lines that are not blank, over all of them
FUNCTION_LINES_P90_MAX = 22
FUNCTION_LINES_MAX = 50

TOKEN = re.compile(r'(?P<comment>/\*.*?\*/|//[^\n]*)|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
WORD = re.compile(r"[A-Za-z][A-Za-z'_]*")
ATTRIBUTE = re.compile(r"^__attribute__\(\(.*?\)\)\) ")
HEAD = re.compile(r"^(?!typedef|struct \w+ \{|enum|extern|#|union)[A-Za-z_][^;={]*?\b(\w+)\(")


def comments(text: str):
    """(line number, text) of each comment."""
    for m in TOKEN.finditer(text):
        if m["comment"]:
            yield text.count("\n", 0, m.start()) + 1, m["comment"]


def functions(text: str):
    """(line number, name, lines) of each function, as clang-format lays them out: it ends at the next line that is a brace."""
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        if (m := HEAD.match(ATTRIBUTE.sub("", lines[i]))) and not lines[i].rstrip().endswith(";"):
            head = i
            while head < len(lines) and not lines[head].rstrip().endswith(("{", ";", "}")):
                head += 1
            if head < len(lines) and lines[head].rstrip().endswith("{") and "= {" not in lines[head]:
                end = next((j for j in range(head + 1, len(lines)) if lines[j].startswith("}")), head)
                if lines[end] == "}":
                    yield i + 1, m[1], end - i + 1
                i = end
        i += 1


def count_words(files: list[pathlib.Path], listed: bool):
    total, found = 0, collections.Counter()
    for path in files:
        for number, text in comments(path.read_text()):
            total += len(WORD.findall(text))
            for offset, line in enumerate(text.splitlines()):
                for name, pattern in {**GROUPS, **SHOWN}.items():
                    hits = len(re.findall(rf"\b(?:{pattern})\b", line, re.I))
                    found[name] += hits
                    if hits and listed and name in GROUPS:
                        print(f"{path}:{number + offset}: {line.strip()}")
    return total, found


def shared_names(listed: bool):
    places = collections.defaultdict(list)
    for path in sorted((ROOT / "src").rglob("*.c")):
        for number, name, _ in functions(path.read_text()):
            places[name].append(f"{path.relative_to(ROOT)}:{number}")
    return {name: found for name, found in places.items() if len(found) > 1}


def comment_share(files: list[pathlib.Path]) -> float:
    lines = commented = 0
    for path in files:
        text = path.read_text()
        lines += sum(1 for line in text.splitlines() if line.strip())
        commented += sum(1 + c.count("\n") for n, c in comments(text) if text.splitlines()[n - 1].lstrip().startswith("/"))
    return 100 * commented / max(lines, 1)


def main() -> int:
    listed = "--list" in sys.argv
    folders = [pathlib.Path(a) for a in sys.argv[1:] if a != "--list"] or [ROOT / "src"]
    files = sorted(p for f in folders for p in ([f] if f.is_file() else f.rglob("*.[ch]")))
    sources = [p for p in files if p.suffix == ".c"]
    wrong = []

    def row(name: str, value: float, bound: str, broken: bool):
        print(f"{name:<44}{value:8.1f}  {bound}{'  <- past its bound' if broken else ''}")
        if broken:
            wrong.append(name)

    total, found = count_words(files, listed)
    for name in GROUPS:
        share = 10_000 * found[name] / max(total, 1)
        row(f"'{name}' in 10,000 words of comments", share, f"at most {WORDS_MAX}", share > WORDS_MAX)
    for name in SHOWN:
        row(f"'{name}'", 10_000 * found[name] / max(total, 1), "", False)
    share = comment_share(sources)
    row("comment lines in .c files, per cent", share, f"at least {COMMENT_SHARE_MIN:.0f}", share < COMMENT_SHARE_MIN)
    sizes = sorted((n, name, f"{p}:{line}") for p in sources for line, name, n in functions(p.read_text()))
    p90 = sizes[len(sizes) * 9 // 10][0]
    row("lines of a function, 90th percentile", p90, f"at most {FUNCTION_LINES_P90_MAX}", p90 > FUNCTION_LINES_P90_MAX)
    row("lines of the longest function", sizes[-1][0], f"at most {FUNCTION_LINES_MAX} ({sizes[-1][2]})", sizes[-1][0] > FUNCTION_LINES_MAX)
    mine = {str(p.resolve().relative_to(ROOT)) for p in files}
    shared = {n: at for n, at in shared_names(listed).items() if any(a.rsplit(":", 1)[0] in mine for a in at)}
    if listed:
        for name, at in sorted(shared.items()):
            print(f"{name}: {', '.join(at)}")
    row("function names that several functions have", len(shared), "none", bool(shared))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
