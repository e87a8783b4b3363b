"""The content of a disk after a power cut, worked out from the record that tests/api/disk_shim.c makes."""
from __future__ import annotations

import pathlib
import struct

HEAD = struct.Struct("<c3xIQQ")


def records(log: pathlib.Path):
    """(op, path, offset, data) of each operation, in order. A last record that a kill cut off is ignored."""
    data = log.read_bytes()
    at = 0
    while at + HEAD.size <= len(data):
        op, path_size, offset, size = HEAD.unpack_from(data, at)
        at += HEAD.size
        path = data[at:at + path_size].decode()
        body = data[at + path_size:at + path_size + size]
        if len(body) < size:
            return
        at += path_size + size
        yield op.decode(), path, offset, body


class File:
    """One file: its bytes on the disk, and its writes that are still in the page cache."""

    def __init__(self, durable: bytes = b""):
        self.durable = bytearray(durable)
        self.waiting: list[tuple[str, int, bytes]] = []

    def sync(self, lost: bool = False) -> None:
        for op, offset, data in [] if lost else self.waiting:
            if op == "t":
                del self.durable[offset:]
                self.durable.extend(b"\0" * (offset - len(self.durable)))
            else:
                self.durable.extend(b"\0" * (offset + len(data) - len(self.durable)))
                self.durable[offset:offset + len(data)] = data
        self.waiting.clear()


def after_power_cut(log: pathlib.Path, before: dict[str, bytes] | None = None) -> dict[str, bytes]:
    """Each file's content if the power fails after the last recorded operation: only what was synced. Names are durable
    at once. `before` is the disk's content at the start of the record, by path."""
    files = {path: File(data) for path, data in (before or {}).items()}
    for op, path, offset, data in records(log):
        if op == "u":
            files.pop(path, None)
        elif op == "r":
            files[data.decode()] = files.pop(path, File())
        else:
            file = files.setdefault(path, File())
            if op in "sf":
                file.sync(lost=op == "f")
            else:
                file.waiting.append((op, offset, data))
    return {path: bytes(file.durable) for path, file in files.items()}


def lay_out(files: dict[str, bytes], root: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Writes the files of `root` into an empty folder, and returns it."""
    for path, data in files.items():
        target = folder / pathlib.Path(path).relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder
