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
PAGES = sorted(page for each in ("*.md", "docs/**/*.md", "examples/**/README.md", "storefront/*.md", "clients/*/*.md") for page in ROOT.glob(each)
               if "node_modules" not in page.parts)
INTERNALS_LINES_MAX = 150


def shell_blocks(page: str) -> str:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.S)
    return "\n".join(block for block in blocks if "make run" not in block)


def stock_of(server) -> dict[str, int]:
    return {p["id"]: p["stock_quantity"] for p in admin(server).get("/products", params={"limit": 500}).json()}


@pytest.mark.parametrize("page", ["README.md", "docs/start/tour.md"])
def test_the_tour_runs_in_every_shell_and_twice(serve, page):
    server = serve(demo=True, admin_token=TOKEN)
    script = shell_blocks(page).replace("http://127.0.0.1:8000", server.address).replace("the-token", TOKEN)
    stock = stock_of(server)
    folder = server.folder / "of the reader"
    folder.mkdir()
    for shell in filter(shutil.which, ["sh", "bash", "bash", "zsh"]):
        done = subprocess.run([shell, "-c", script], capture_output=True, text=True, cwd=folder, timeout=60)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count('"detail"') == script.count("not-an-id"), done.stdout
        assert '"status":"paid"' in done.stdout, f"{shell}: {done.stdout}"
        for picture in set(re.findall(r'"image_url":"([^"]+)"', done.stdout)):
            assert admin(server).get(picture).status_code == 200, picture
        assert not list(folder.iterdir()), "the tour left files behind"
        if "tour" in page:
            assert stock_of(server) == stock, "the tour did not leave the shop as it was"
        assert stock_of(server).keys() == stock.keys()


def test_links_lead_somewhere():
    done = subprocess.run([sys.executable, ROOT / "tools/links.py", *PAGES], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", [p for p in PAGES if "internals" in p.parts], ids=lambda p: p.name)
def test_a_page_about_the_inside_is_read_in_one_go(page):
    assert len(page.read_text().splitlines()) < INTERNALS_LINES_MAX


def test_the_reference_is_the_programs():
    done = subprocess.run([sys.executable, ROOT / "tools/reference.py", "--check"], capture_output=True, text=True,
                          env={**os.environ, "TILL": str(TILL)})
    assert done.returncode == 0, done.stdout + done.stderr


# ---- docs/operate/security.md

SECURITY = (ROOT / "docs/operate/security.md").read_text()
ASVS_LEVEL_1_AND_2 = 253  # requirements of ASVS 5.0.0


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:tests/[\w/]+/)?\w+\.(?:py|c|test\.js)(?:::\w+)?)`", SECURITY))))
def test_each_test_that_security_names_is_there(name):
    file, _, function = name.partition("::")
    path = ROOT / (file if "/" in file else f"tests/api/{file}")
    assert path.exists()
    assert not function or re.search(rf"^(async )?def {function}\(", path.read_text(), re.M)


def test_security_judges_each_requirement_once():
    judged = re.findall(r"\b\d+\.\d+\.\d+\b", "\n".join(re.findall(r"^\| ([\d., ]+) \|", SECURITY, re.M)))
    assert len(judged) == len(set(judged)) == ASVS_LEVEL_1_AND_2
    rows = re.findall(r"^\| ([\d., ]+) \| ([*a-z ]+) \|", SECURITY, re.M)
    counts = {verdict: 0 for verdict in ["holds", "does not apply", "**falls short**"]}
    for ids, verdict in rows:
        counts[verdict] += len(ids.split(", "))
    assert re.findall(r"(\d+) hold, (\d+) do not apply, and (\d+) fall short", SECURITY) == [tuple(map(str, counts.values()))]
