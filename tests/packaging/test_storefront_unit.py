"""The storefront's unit of systemd, which its README has for you to copy."""
import pathlib
import re
import shutil
import subprocess

import pytest

STOREFRONT = pathlib.Path(__file__).parent.parent.parent / "storefront"


@pytest.mark.skipif(not shutil.which("systemd-analyze") or not shutil.which("node", path="/usr/local/bin:/usr/bin"), reason="needs systemd and node")
def test_systemd_reads_it_without_a_complaint(tmp_path):
    [unit] = re.findall(r"```ini\n(.*?)```", (STOREFRONT / "README.md").read_text(), re.S)
    (tmp_path / "storefront.service").write_text(unit)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / "storefront.service"], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_it_starts_is_there_and_may_write_what_is_built():
    [unit] = re.findall(r"```ini\n(.*?)```", (STOREFRONT / "README.md").read_text(), re.S)
    values = dict(re.findall(r"^(\w+)=(.*)$", unit, re.M))
    program, script = values["ExecStart"].split()
    assert program == "node" and (STOREFRONT / script).exists()
    assert values["ReadWritePaths"] == values["WorkingDirectory"] + "/.next"
