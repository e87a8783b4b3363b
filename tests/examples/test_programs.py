"""The programs among the examples find a product and buy it, and say so if they cannot."""
import os
import re
import shutil
import subprocess
import sys

import pytest

from server import PATIENCE_S, ROOT, environment

EXAMPLES = ROOT / "examples"
STOREFRONT = ROOT / "storefront"
CLIENT = ROOT / "clients" / "typescript"


def run(*command, url: str, **kwargs) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=PATIENCE_S, env=environment(TILL_URL=url), **kwargs)


def sold(server) -> float:
    return server.metric("till_payments_succeeded_total")


@pytest.mark.parametrize("command", [["sh", EXAMPLES / "curl/buy.sh"], [sys.executable, EXAMPLES / "python/buy.py"]], ids=["curl", "python"])
def test_it_buys(serve, command):
    server = serve(demo=True)
    for words in ([], ["desk", "lamp"]):
        done = run(*command, *words, url=server.address)
        assert done.returncode == 0 and re.search(r'"status":"paid"|is paid', done.stdout), done.stdout + done.stderr
    assert sold(server) == 2
    refused = run(*command, "qqqq", url=server.address)
    assert refused.returncode != 0 and sold(server) == 2


def test_the_program_in_typescript_compiles_and_buys(serve, tmp_path):
    server = serve(demo=True)
    shutil.copytree(EXAMPLES / "node", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "*.js"))
    modules = tmp_path / "node_modules"
    (modules / "@types").mkdir(parents=True)
    (modules / "till-client").symlink_to(CLIENT)
    (modules / "@types" / "node").symlink_to(STOREFRONT / "node_modules/@types/node")
    (modules / "undici-types").symlink_to(STOREFRONT / "node_modules/undici-types")
    compiled = run("node", STOREFRONT / "node_modules/typescript/bin/tsc", url="", cwd=tmp_path)
    assert compiled.returncode == 0, compiled.stdout
    done = run("node", "buy.js", url=server.address, cwd=tmp_path)
    assert done.returncode == 0 and "is paid" in done.stdout, done.stdout + done.stderr
    assert sold(server) == 1


def test_each_is_in_the_table_and_short():
    folders = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
    table = (EXAMPLES / "README.md").read_text()
    assert folders == sorted(set(re.findall(r"^\| \[.*?\]\(([\w-]+)/", table, re.M)))
    for readme in EXAMPLES.glob("*/README.md"):
        assert len(readme.read_text().splitlines()) <= 60, readme
    assert os.access(EXAMPLES / "curl/buy.sh", os.R_OK)
