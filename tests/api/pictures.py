"""Pictures for tests: real ones of the fuzzer's corpus, and PNGs of any size made here."""
from __future__ import annotations

import random
import struct
import zlib

from server import ROOT

SAMPLES = ROOT / "tests" / "fuzz" / "corpus" / "image"


def sample(name: str) -> bytes:
    """A picture of 24 by 16 pixels, as a camera or a program wrote it."""
    return (SAMPLES / name).read_bytes()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int = 1, seed: int = 0, size: int = 0, more: bytes = b"") -> bytes:
    """A grey picture, whose pixels follow from the seed. `size`: how many bytes it is to have; `more`: chunks of it."""
    rows = b"".join(b"\0" + random.Random(f"{seed} {y}").randbytes(width) for y in range(height))
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + more
    body, end = chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")
    missing = size - len(head) - len(body) - len(end) - 12
    return head + body + (chunk(b"IDAT", bytes(missing)) if missing >= 0 else b"") + end


def parts_of(picture: bytes) -> list[bytes]:
    """The names of a PNG's chunks."""
    at, names = 8, []
    while at < len(picture):
        names.append(picture[at + 4 : at + 8])
        at += 12 + struct.unpack(">I", picture[at : at + 4])[0]
    return names
