#!/usr/bin/python3
"""Runs a command with a PostgreSQL of its own, whose URL is in TILL_TEST_DB_URL."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "api"))
from postgres import Cluster  # noqa: E402

cluster = Cluster()
try:
    cluster.execute("CREATE DATABASE unit OWNER till")
    code = subprocess.run(sys.argv[1:], env=os.environ | {"TILL_TEST_DB_URL": cluster.url("unit")}).returncode
finally:
    cluster.remove()
sys.exit(code)
