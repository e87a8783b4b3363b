#!/usr/bin/env python3
"""Lets Docker Compose 2 read compose.yaml, alone and with each override that the documents have: compose_check.py. It needs no Docker."""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent.parent
COMPOSE = "/usr/libexec/docker/cli-plugins/docker-compose"  # Debian 13's
PAGES = sorted(ROOT.glob("docs/**/*.md"))


def main() -> int:
    overrides = [(page, block) for page in PAGES for block in re.findall(r"^```yaml\n(services:.*?)^```", page.read_text(), re.M | re.S)]
    assert overrides
    failed = 0
    for page, override in [(None, "{}"), *overrides]:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(override)
            file.flush()
            done = subprocess.run([COMPOSE, "-f", ROOT / "compose.yaml", "-f", file.name, "config", "--quiet"], capture_output=True, text=True)
        if done.returncode != 0 or done.stderr:
            print(f"{page or 'compose.yaml'}: {done.stderr}")
            failed += 1
    print(f"compose.yaml with {len(overrides)} overrides of the documents: {failed} failed")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
