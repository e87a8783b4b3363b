"""What keeps an attacker small: the unit's sandbox."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from server import SANITIZED, TILL, environment, till

ROOT = pathlib.Path(__file__).parent.parent.parent
UNITS = ROOT / "packaging/systemd"
EXPOSURE_MAX = 2.0

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")


@needs_systemd
def test_the_unit_exposes_little():
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", UNITS / "till.service"],
                          capture_output=True, text=True, timeout=60)
    exposure = re.search(r"Overall exposure level for till.service: ([0-9.]+)", done.stdout)
    assert exposure, done.stdout + done.stderr
    assert float(exposure[1]) < EXPOSURE_MAX, done.stdout


@needs_systemd
def test_the_units_are_valid(tmp_path):
    service = (UNITS / "till.service").read_text()
    assert "ExecStart=till serve\n" in service
    (tmp_path / "till.service").write_text(service.replace("ExecStart=till", f"ExecStart={TILL}"))
    shutil.copy(UNITS / "till.socket", tmp_path)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / "till.service", tmp_path / "till.socket"],
                          capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if "till." in line]
    assert done.returncode == 0 and complaints == [], done.stderr


@pytest.mark.parametrize("unit", ["till.service", "till.socket"])
def test_the_page_shows_the_unit(unit):
    page = (ROOT / "docs/operate/one-machine.md").read_text()
    assert f"```ini\n{(UNITS / unit).read_text()}```" in page


@pytest.mark.skipif(SANITIZED, reason="the flags are the release build's")
def test_the_binary_is_hardened():
    def readelf(*options: str) -> str:
        return subprocess.run(["readelf", "-W", *options, TILL], capture_output=True, text=True, check=True).stdout

    segments, dynamic = readelf("-l"), readelf("-d")
    assert "DYN (Position-Independent Executable file)" in readelf("-h")
    assert "GNU_RELRO" in segments and "BIND_NOW" in dynamic and "NOW PIE" in dynamic
    assert re.search(r"GNU_STACK .* RW +0x", segments), "the stack can be executed"
    assert not re.search(r"LOAD .* RWE ", segments), "a segment can be written and executed"
    first = [line.split()[-2] for line in segments.splitlines() if " LOAD " in line][0]
    assert first == "R", "the headers lie in a segment with code"
    assert "RPATH" not in dynamic and "RUNPATH" not in dynamic
    symbols = readelf("--dyn-syms")
    assert "__stack_chk_fail" in symbols and "__snprintf_chk" in symbols
    if os.uname().machine == "x86_64":
        assert "SHSTK" in readelf("-n"), "calls do not use the shadow stack"


@pytest.mark.skipif(SANITIZED or not shutil.which("checksec"), reason="checksec is not installed")
def test_checksec_finds_everything():
    done = subprocess.run(["checksec", f"--file={TILL}", "--output=json"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)[str(TILL)]
    wanted = {"relro": "full", "canary": "yes", "nx": "yes", "pie": "yes", "rpath": "no", "runpath": "no", "fortify_source": "yes"}
    assert {name: found[name] for name in wanted} == wanted


# ---- The sandbox of the served shop: code of an attacker's that runs inside of it (attack_shim.c).

REFUSED = {
    "open": "EACCES", "create": "EACCES", "shadow": "EACCES", "edit": "EACCES", "signal": "EPERM", "trace": "EPERM",
    "packets": "EAFNOSUPPORT", "namespace": "EPERM", "mount": "EPERM", "module": "EPERM", "code": "EPERM",
    "protect": "EPERM", "process": "EPERM", "privileges": "EPERM", "execute": "EPERM",
}
NEEDED = {"names": "done", "inet": "done"}


@pytest.fixture(scope="module")
def attack(tmp_path_factory) -> pathlib.Path:
    library = tmp_path_factory.mktemp("attack") / "attack.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, ROOT / "tests/api/attack_shim.c"], check=True)
    return library


def attacked(serve, attack, **flags) -> tuple[dict[str, str], "Server"]:
    """What an attacker's code is answered inside of a server, and the server."""
    outside = serve.folder()
    (outside / "secret").write_text("x")
    env = {"LD_PRELOAD": str(attack), "ATTACK_LOG": str(outside / "log"), "ATTACK_READ": str(outside / "secret"),
           "ATTACK_WRITE": str(outside / "made"), "TMPDIR": "/var/tmp"}
    if "sandbox" not in flags:
        env["ATTACK_EXECUTE"] = "1"
    server = serve(env=env, **flags)
    server.metric("till_sandbox")
    return dict(line.split() for line in (outside / "log").read_text().splitlines()), server


@pytest.mark.skipif(SANITIZED, reason="sanitizers trace and preload")
def test_an_attackers_code_is_refused(serve, attack):
    results, server = attacked(serve, attack)
    if server.metric("till_sandbox") < 2:
        pytest.skip("the kernel lacks Landlock or seccomp: " + server.errors)
    assert results == REFUSED | NEEDED
    assert "\nSandbox      files and system calls\n" in server.output and server.running


@pytest.mark.skipif(SANITIZED, reason="sanitizers trace and preload")
def test_the_sandbox_can_be_switched_off(serve, attack):
    results, server = attacked(serve, attack, sandbox="off")
    assert server.metric("till_sandbox") == 0 and "\nSandbox      off\n" in server.output
    assert results["open"] == results["create"] == results["code"] == "done"


# ---- The user that serves.

@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused")
def test_root_is_refused_unless_it_is_meant(serve):
    refused = till("serve", "--db=:memory:", "--listen=127.0.0.1:0", env=environment(TILL_AS_ROOT=""), timeout=30)
    assert refused.returncode == 2 and refused.stdout == ""
    assert all(way in refused.stderr for way in ["sudo -u till", "User=", "--as-root"])
    assert serve(env={"TILL_AS_ROOT": ""}, as_root=True).metric("till_sandbox") >= 0


def test_another_user_needs_no_flag(serve):
    folder = serve.folder()
    shutil.copy(TILL, folder / "till")
    folder.chmod(0o777)
    user = 65534 if os.geteuid() == 0 else None
    server = serve(folder, command=[folder / "till", "serve", "--db=x.db", "--listen=127.0.0.1:0"], user=user,
                   env={"TILL_AS_ROOT": ""})
    assert "listening on" in server.output
