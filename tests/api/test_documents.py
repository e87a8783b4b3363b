"""The documents are true: their commands run, their links resolve, and the reference is the program's."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from server import TILL
from shopping import admin

ROOT = pathlib.Path(__file__).parent.parent.parent
TOKEN = "the-token-of-the-documents"
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
INTERNALS_LINES_MAX = 150


def shell_blocks(page: str) -> str:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.S)
    return "\n".join(block for block in blocks if "make run" not in block)


@pytest.mark.parametrize("page", ["README.md", "docs/start/tour.md"])
def test_the_tour_runs_in_every_shell_and_twice(serve, page):
    server = serve(demo=True, admin_token=TOKEN)
    script = shell_blocks(page).replace("http://127.0.0.1:8000", server.address).replace("the-token", TOKEN)
    products = admin(server).get("/products").headers["X-Total-Count"]
    for shell in filter(shutil.which, ["sh", "bash", "bash", "zsh"]):
        done = subprocess.run([shell, "-c", script], capture_output=True, text=True, cwd=server.folder, timeout=60)
        assert done.returncode == 0, done.stderr
        assert '"status":"paid"' in done.stdout, f"{shell}: {done.stdout}"
        assert admin(server).get("/products").headers["X-Total-Count"] == products, "the tour left a product behind"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


@pytest.mark.parametrize("page", [p for p in PAGES if "internals" in p.parts], ids=lambda p: p.name)
def test_a_page_about_the_inside_is_read_in_one_go(page):
    assert len(page.read_text().splitlines()) < INTERNALS_LINES_MAX


def test_the_reference_is_the_programs():
    done = subprocess.run([sys.executable, ROOT / "tools/reference.py", "--check"], capture_output=True, text=True,
                          env={**os.environ, "TILL": str(TILL)})
    assert done.returncode == 0, done.stdout + done.stderr
