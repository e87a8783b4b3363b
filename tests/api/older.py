"""Files of SQLite as an older version left them, made from new ones: for tests of the steps that bring them up to date."""
from __future__ import annotations

import pathlib
import re

from server import Server, database

FOLDER = pathlib.Path(__file__).parents[2] / "src/shop/schema/sqlite"
SOURCES = "".join(path.read_text() + "\n" for path in sorted(FOLDER.glob("*.c")))
STEPS = ["catalogue"] + re.findall(r"^    STEP\((\w+)\)", (FOLDER / "steps.h").read_text(), re.MULTILINE)


def made_by(step: str) -> str:
    """The statements of a step."""
    return re.search(rf"const char sqlite_step_{step}\[\] =(.*?);\n(?=\n|/\*|const)", SOURCES, re.DOTALL)[1]


def make_older(server: Server, step: str) -> None:
    """Takes the tables, columns, indexes, triggers and views away that this step and the later ones have made. The server must have ended."""
    texts = [made_by(name) for name in STEPS[STEPS.index(step) :]]
    with database(server, write=True) as older:
        older.execute("PRAGMA foreign_keys = OFF")
        for (view,) in older.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
            older.execute(f"DROP VIEW {view}")  # some name what goes, and the server needs none of them
        for text in texts[::-1]:
            for kind, name in re.findall(r"CREATE (?:UNIQUE )?(TRIGGER|INDEX) (\w+)", text):
                older.execute(f"DROP {kind} {name}")
            for table in re.findall(r"CREATE TABLE (\w+)", text)[::-1]:
                older.execute(f"DROP TABLE {table}")
            for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", text)[::-1]:
                older.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        older.execute(f"PRAGMA user_version = {STEPS.index(step)}")
