"""The bill of materials of a release: that it names what is in the program, the desk and the storefront, at the versions that are here."""
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
TILL = os.environ.get("TILL", str(ROOT / "build/till"))


@pytest.fixture(scope="module")
def bill() -> dict:
    done = subprocess.run([sys.executable, ROOT / "tools/sbom.py", TILL], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(bill) -> dict[str, dict]:
    return {component["bom-ref"]: component for component in bill["components"]}


def used(bill, ref: str) -> list[str]:
    (uses,) = [entry["dependsOn"] for entry in bill["dependencies"] if entry["ref"] == ref]
    return uses


def test_it_is_a_bill_of_this_version(bill, found):
    version = subprocess.run([TILL, "--version"], capture_output=True, text=True).stdout.split()[1]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert (bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"]) == ("till", version)
    assert len(found) == len(bill["components"])
    assert all(ref in found for entry in bill["dependencies"] for ref in entry["dependsOn"])


def test_each_library_is_there_as_it_is_installed(bill, found):
    libraries = [found[ref] for ref in used(bill, "till") if ref != "till-desk"]
    for name in ("libuv1", "libsqlite3-0", "libnettle8", "libsodium23", "libexpat1", "zlib1g", "libutf8proc", "libstemmer", "libc6", "libpq5", "libcurl4", "libssl3", "(lib|node-)llhttp"):
        assert [library for library in libraries if re.match(name, library["name"])], name
    for library in libraries:
        installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", library["name"]], capture_output=True, text=True).stdout
        assert library["version"] == installed and library["licenses"][0]["license"]["name"], library


def test_each_package_of_npm_that_is_used_is_there_and_no_tool(bill, found):
    for ref, own in (("till-desk", {"preact", "uqr"}), ("till-storefront", {"next", "react", "react-dom", "standardwebhooks"})):
        components = [found[uses] for uses in used(bill, ref)]
        names = {component["name"] for component in components}
        assert own <= names and not names & {"esbuild", "typescript", "playwright-core", "tailwindcss", "till-client"}
        for component in components:
            assert component["licenses"][0]["expression"] and len(component["hashes"][0]["content"]) == 128, component
